"""``POST /api/signals/{contacts,companies}[/search]`` and ``GET /api/signals/filters/{objectType}``.

Who is not known, or may not be told of, is left out of the map; who is known and had nothing happen has an entry
without events, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.call import Call, Operations
from connector.sandbox.lusha.checker import Body, Shape
from connector.sandbox.lusha.refusals import Refusal, refuse
from connector.sandbox.lusha.signals import (
    DEPARTMENTS,
    NEWS,
    Asked,
    Event,
    Keep,
    events_of,
    only_departments,
    only_news,
    only_places,
    told,
)
from connector.sandbox.lusha.v2.rules import SIGNAL_TYPES, SIGNALS, SIGNALS_SEARCH

Answer = dict[str, Any]
Found = Iterable[tuple[str, str | None]]
"""The key of an answer and the Lusha id behind it."""


def refinements(filters: Body) -> list[Keep]:
    """``filters.include``: values of one are alternatives, in any case."""
    include = filters.get("include", {})
    made: dict[str, Callable[[Any], Keep]] = {
        "newsEventTypes": only_news,
        "hiringByDepartments": only_departments,
        "hiringByLocations": only_places,
    }
    return [make(include[name]) for name, make in made.items() if include.get(name)]


def contact_event(profile: Any, event: Event) -> Answer:
    """A person's signal in V2's names."""
    employer, title = profile["company"], profile["jobTitle"]
    known = {
        "personId": profile["id"],
        "currentCompanyId": int(employer["id"]) if "id" in employer else None,
        "currentCompanyName": employer["name"],
        "currentDepartments": ", ".join(title["departments"]),
        "currentSeniorityLabel": title.get("seniority", "other").lower(),
        "currentTitle": title["title"],
        "signalDate": event.day.isoformat(),
        "previousCompanyName": event.detail["previous"]["name"],
        "previousDomain": event.detail["previous"].get("domain"),
        "currentDomain": employer.get("domain"),
    }
    return {name: value for name, value in known.items() if value is not None}


def _by_id(kind: str, name: str) -> Callable[[LushaAccount, Call], Answer]:
    def work(account: LushaAccount, call: Call) -> Answer:
        refuse(SIGNALS[kind].problems(call.body, ""))
        return _answered(account, kind, call.body, ((str(id), str(id)) for id in call.body[name]))

    return work


def _by_search(kind: str) -> Callable[[LushaAccount, Call], Answer]:
    """Keyed by the request's ``id``, which is also taken for Lusha's where an item has nothing else."""

    def work(account: LushaAccount, call: Call) -> Answer:
        refuse(SIGNALS_SEARCH[kind].problems(call.body, ""))
        find = _person if kind == "contacts" else _company
        return _answered(account, kind, call.body, ((item["id"], find(account, item)) for item in call.body[kind]))

    return work


def _person(account: LushaAccount, item: Body) -> str | None:
    first, _, last = item.get("full_name", "").strip().partition(" ")
    if len(item) == 1:
        return account.directory.person(item)
    alone = {"linkedinUrl": item.get("social_link"), "email": item.get("email")}
    at = [
        {"firstName": first, "lastName": last, "companyName": one["name"], "companyDomain": one["domain"]}
        for one in item.get("companies", ())
    ]
    found = (account.directory.person({key: value for key, value in way.items() if value}) for way in (alone, *at))
    return next((id for id in found if id is not None), None)


def _company(account: LushaAccount, item: Body) -> str | None:
    known = {key: value for key, value in item.items() if key != "id"}
    return account.directory.company(known or item)


def _answered(account: LushaAccount, kind: str, body: Body, ids: Found) -> Answer:
    start, most, today = body.get("startDate"), body.get("maxResultsPerSignal"), account.clock().date()
    asked = Asked.of(body["signals"], SIGNAL_TYPES[kind][1:], start, today, most)
    keeps = refinements(body.get("filters", {}))
    found = {
        key: (id, asked.of_one(events_of(account.directory, kind, id), *keeps))
        for key, id in ids
        if id is not None and told(account.directory, kind, id)
    }
    cost = account.signal_fee(len(events) for _, events in found.values())
    if not account.charge(cost):
        raise Refusal(402)
    return {
        kind: {key: _entry(account, kind, id, asked, events) for key, (id, events) in found.items()},
        "startDate": asked.start.isoformat(),
        "endDate": asked.end.isoformat(),
        "creditCharged": cost,
    }


def _entry(account: LushaAccount, kind: str, id: str, asked: Asked, events: dict[str, list[Event]]) -> Answer:
    """Contacts show every type asked for; companies those that have events, as in the document's examples."""
    if kind == "contacts":
        person = account.directory.people[id].profile
        return {"personId": id} | {
            type: [contact_event(person, event) for event in events.get(type, ())] for type in asked.types
        }
    profile = account.directory.companies[id].profile
    shown: Answer = {type: [dict(event.detail) for event in each] for type, each in events.items()}
    return {"companyId": id, "companyName": profile["name"], "domain": profile["domain"]} | shown


def _options(account: LushaAccount, call: Call) -> Answer:
    """The signal types of one kind of object; of companies the values of their refinements too."""
    refuse(Shape({}).problems(dict(call.query), ""))
    kinds = {"contact": "contacts", "company": "companies"}
    kind = call.path["objectType"]
    if kind not in kinds:
        raise Refusal(400, "Validation failed", ["objectType must be one of the following values: contact, company"])
    answer: Answer = {"signals": list(SIGNAL_TYPES[kinds[kind]]), "objectType": kind}
    if kind == "contact":
        return answer
    news = sorted(event for events in NEWS.values() for event in events)
    return answer | {"filterOptions": {"newsEventTypes": news, "hiringByDepartments": list(DEPARTMENTS)}}


OPERATIONS: Operations = {
    ("POST", "/api/signals/contacts"): _by_id("contacts", "contactIds"),
    ("POST", "/api/signals/companies"): _by_id("companies", "companyIds"),
    **{("POST", f"/api/signals/{kind}/search"): _by_search(kind) for kind in SIGNALS_SEARCH},
    ("GET", "/api/signals/filters/{objectType}"): _options,
}
