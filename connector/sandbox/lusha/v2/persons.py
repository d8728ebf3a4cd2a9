"""``GET /v2/person`` and ``POST /v2/person``: people found and sold in one call, each datum once for both generations.

A person without e-mail and phone is found only with ``partialProfile``: "by default, results will include contacts
with at least one contact detail". ``refreshJobInfo`` is accepted; profiles here are always fresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connector.sandbox.lusha.account import Datum, LushaAccount
from connector.sandbox.lusha.call import Call, Operations
from connector.sandbox.lusha.checker import Body, typed
from connector.sandbox.lusha.refusals import Refusal, refuse
from connector.sandbox.lusha.signals import Asked, contact_events
from connector.sandbox.lusha.v2 import firms, people
from connector.sandbox.lusha.v2.revealing import revealed
from connector.sandbox.lusha.v2.rules import PERSON_QUERY, PERSONS, SIGNAL_TYPES, person_problems
from connector.sandbox.lusha.v2.signals import contact_event
from connector.sandbox.world import Person

Answer = dict[str, Any]

EMPTY_DATA: Answer = {"code": 3, "name": "EMPTY_DATA", "message": "Could not find requested data"}
RESTRICTED: Answer = {
    "code": 451,
    "name": "COMPLIANCE_RESTRICTED",
    "message": "We are unable to process this contact request due to our GDPR regulations",
}
"""Our choice: the document shows no bulk error but EMPTY_DATA; status and words of the single answer, V3's name."""


def single(account: LushaAccount, call: Call) -> Answer:
    """One person by query; 404 when not found, 451 when Lusha may not tell."""
    query = typed(PERSON_QUERY, call.query)
    refuse(PERSON_QUERY.problems(query, ""))
    if {"firstName", "lastName"} & set(query) and not _is_name(query.get("firstName", ""), query.get("lastName", "")):
        raise Refusal(412)
    refuse(person_problems(query))
    reveal = revealed(account, query)
    person = _found(account, [query | ({"id": query["personId"]} if "personId" in query else {})], query)
    if person is None:
        raise Refusal(404)
    if person.restricted:
        raise Refusal(451)
    events = _events(account, query, person)
    data = _data(person, reveal)
    charged = account.buy(data, account.signal_fee([len(events or ())]))
    if charged is None:
        raise Refusal(402)
    shown = people.alone(person.profile, reveal) | _signals(person, events)
    shown["company"] = firms.beside_person(_employer(account, person))
    return {"contact": {"error": None, "isCreditCharged": charged > 0, "data": shown}}


def bulk(account: LushaAccount, call: Call) -> Answer:
    """Up to 100 people, keyed by the request's ``contactId``, and their employers, keyed by Lusha's id."""
    body = call.body
    refuse(PERSONS.problems(body, ""))
    if any("fullName" in item and not _is_name(*item["fullName"].split()) for item in body["contacts"]):
        raise Refusal(412)
    metadata = body.get("metadata", {})
    reveal = revealed(account, metadata)
    found = {item["contactId"]: _found(account, _ways(item), metadata) for item in body["contacts"]}
    events = {
        id: _events(account, metadata, person) for id, person in found.items() if person and not person.restricted
    }
    charged = _charged(account, found, reveal, {id: len(each or ()) for id, each in events.items()})
    told = [person for person in found.values() if person and not person.restricted]
    return {
        "contacts": {id: _contact(person, reveal, charged[id], events.get(id)) for id, person in found.items()},
        "companies": {
            str(people.employer_id(person.profile)): firms.beside_person(_employer(account, person)) for person in told
        },
    }


def _is_name(*words: str) -> bool:
    """A first and a last name, each with a letter in it."""
    return len(words) > 1 and all(any(map(str.isalpha, word)) for word in words[:: len(words) - 1])


def _ways(item: Body) -> list[Answer]:
    """A bulk item in V3's names: what identifies alone, then the name at each company."""
    alone = {"id": item.get("personId"), "email": item.get("email"), "linkedinUrl": item.get("linkedinUrl")}
    first, _, last = item.get("fullName", "").strip().partition(" ")
    at = [
        {"firstName": first, "lastName": last, "companyName": one.get("name"), "companyDomain": one.get("domain")}
        for one in item.get("companies", ())
        if last
    ]
    return [{key: value for key, value in way.items() if value} for way in (alone, *at)]


def _found(account: LushaAccount, ways: Sequence[Body], metadata: Body) -> Person | None:
    """The person whom the first of ``ways`` finds, unless the request filters them out."""
    ids = (account.directory.person(way) for way in ways)
    id = next((id for id in ids if id is not None), None)
    if id is None:
        return None
    person = account.directory.people[id]
    has = {"phoneNumbers": person.profile["phones"], "emailAddresses": person.profile["emails"]}
    wanted = has[metadata["filterBy"]] if "filterBy" in metadata else has["phoneNumbers"] or has["emailAddresses"]
    return person if person.restricted or wanted or metadata.get("partialProfile") else None


def _data(person: Person, reveal: Sequence[str]) -> list[Datum]:
    """What is charged unless owned: each asked datum that exists."""
    return [(person.profile["id"], datum) for datum in reveal if person.profile[datum]]


def _charged(
    account: LushaAccount, found: dict[str, Person | None], reveal: Sequence[str], signals: dict[str, int]
) -> dict[str, bool]:
    """Buys everything at once; which of the contacts were charged: somebody named twice only the first time."""
    charged, bought = {}, list[Datum]()
    for id, person in found.items():
        data = _data(person, reveal) if person and not person.restricted else []
        charged[id] = bool(set(account.unowned(data)).difference(bought)) or bool(signals.get(id))
        bought += data
    if account.buy(bought, account.signal_fee(signals.values())) is None:
        raise Refusal(402)
    return charged


def _contact(person: Person | None, reveal: Sequence[str], charged: bool, events: Answer | None) -> Answer:
    if person is None or person.restricted:
        return {"error": RESTRICTED if person else EMPTY_DATA, "isCreditCharged": False}
    data = people.in_bulk(person.profile, reveal) | _signals(person, events)
    return {"error": None, "isCreditCharged": charged, "data": data}


def _events(account: LushaAccount, wanted: Body, person: Person) -> Answer | None:
    """The signals by type; None when none were asked for."""
    if "signals" not in wanted:
        return None
    today = account.clock().date()
    asked = Asked.of(wanted["signals"], SIGNAL_TYPES["contacts"][1:], wanted.get("signalsStartDate"), today)
    return dict(asked.matching(contact_events(person.profile)))


def _signals(person: Person, events: Answer | None) -> Answer:
    """``signals``: "empty but still present" when asked for and there are none."""
    if events is None:
        return {}
    shown = {type: [contact_event(person.profile, event) for event in each] for type, each in events.items()}
    return {"signals": shown}


def _employer(account: LushaAccount, person: Person) -> Any:
    reference = person.profile["company"]
    company = account.directory.companies.get(reference.get("id", ""))
    return company.profile if company else reference


OPERATIONS: Operations = {("GET", "/v2/person"): single, ("POST", "/v2/person"): bulk}
