"""``POST /v3/{contacts,companies}/signals`` and their types.

Who is not known, or may not be told of, is left out of the results: the document's results have no error of their
own. Who is known and had nothing happen has an entry without events, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.call import Call, Operations
from connector.sandbox.lusha.checker import Shape
from connector.sandbox.lusha.matching import dig
from connector.sandbox.lusha.refusals import Refusal, refuse, refuse_table
from connector.sandbox.lusha.signals import Asked, Event, events_of, only_categories, told
from connector.sandbox.lusha.v3.billing import billing
from connector.sandbox.lusha.v3.rules import SIGNAL_TYPES, SIGNALS

Answer = dict[str, Any]


def _signals(kind: str) -> Callable[[LushaAccount, Call], Answer]:
    def work(account: LushaAccount, call: Call) -> Answer:
        body = call.body
        refuse(SIGNALS[kind].problems(body, ""))
        refuse_table(body)
        asked = Asked.of(
            body["signalTypes"],
            SIGNAL_TYPES[kind][1:],
            body.get("startDate"),
            account.clock().date(),
            body.get("maxResultsPerSignal"),
        )
        categories = dig(body, "filters.include.intentCategories")
        keeps = [only_categories(categories)] if categories else []
        found = [
            (id, asked.of_one(events_of(account.directory, kind, id), *keeps))
            for id in dict.fromkeys(body["ids"])
            if told(account.directory, kind, id)
        ]
        cost = account.signal_fee(len(events) for _, events in found)
        if not account.charge(cost):
            raise Refusal(402)
        return {
            "results": [_result(account, kind, id, asked, events) for id, events in found],
            "startDate": asked.start.isoformat(),
            "endDate": asked.end.isoformat(),
            "billing": billing(cost, len(found)),
        }

    return work


def _result(account: LushaAccount, kind: str, id: str, asked: Asked, events: dict[str, list[Event]]) -> Answer:
    """Contacts show every type asked for, as in the document's example; companies those that have events."""
    if kind == "contacts":
        person = account.directory.people[id].profile
        return {"id": id} | {type: [_change(person, event) for event in events.get(type, ())] for type in asked.types}
    profile = account.directory.companies[id].profile
    shown: Answer = {type: [dict(event.detail) for event in each] for type, each in events.items()}
    return {"id": id, "companyName": profile["name"], "domain": profile["domain"]} | shown


def _change(person: Any, event: Event) -> Answer:
    """``previousCompany`` and ``newCompany`` as in the document's example; its schema names no field."""
    change: Answer = {"id": person["id"], "signalDate": event.day.isoformat()}
    if event.type == "promotion":
        return change | {"company": person["company"]["name"], "newTitle": person["jobTitle"]["title"]}
    return change | {"previousCompany": event.detail["previous"]["name"], "newCompany": person["company"]["name"]}


def _types(kind: str) -> Callable[[LushaAccount, Call], Answer]:
    def work(account: LushaAccount, call: Call) -> Answer:
        refuse(Shape({}).problems(dict(call.query), ""))
        return {"signalTypes": list(SIGNAL_TYPES[kind])}

    return work


OPERATIONS: Operations = {
    **{("POST", f"/v3/{kind}/signals"): _signals(kind) for kind in SIGNALS},
    **{("GET", f"/v3/{kind}/signals/types"): _types(kind) for kind in SIGNAL_TYPES},
}
