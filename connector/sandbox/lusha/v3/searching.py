"""``POST /v3/{contacts,companies}/search``: previews without personal data, each with what more would cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.call import Call, Operations
from connector.sandbox.lusha.checker import Body
from connector.sandbox.lusha.prices import lots
from connector.sandbox.lusha.refusals import Refusal, refuse
from connector.sandbox.lusha.signals import Asked, events_of
from connector.sandbox.lusha.v3.answers import company_preview, contact_preview, item_error
from connector.sandbox.lusha.v3.billing import billed, hits
from connector.sandbox.lusha.v3.rules import SEARCH, SIGNAL_TYPES


def find(account: LushaAccount, kind: str, item: Body) -> tuple[str | None, dict[str, Any]]:
    """The Lusha id that an item names, or None and the item's error; with the item's reference to echo."""
    echo = {"clientReferenceId": item["clientReferenceId"]} if "clientReferenceId" in item else {}
    directory = account.directory
    id = directory.person(item) if kind == "contacts" else directory.company(item)
    if id is None:
        return None, echo | item_error(kind, "NOT_FOUND")
    if kind == "contacts" and directory.people[id].restricted:
        return None, echo | item_error(kind, "COMPLIANCE_RESTRICTED")
    return id, echo


def preview(account: LushaAccount, kind: str, id: str) -> dict[str, Any]:
    """The free preview of a person or company, with what more costs this account now."""
    shown = contact_preview if kind == "contacts" else company_preview
    everybody: Any = account.directory.people if kind == "contacts" else account.directory.companies
    return shown(everybody[id].profile, lambda field: account.price(id, field))


def _search(kind: str) -> Callable[[LushaAccount, Call], dict[str, Any]]:
    """One result an item, in order; one credit for each started lot of 25 that were found.

    ``signals`` narrows: who has none of those asked for is not found, and who has some shows their types and costs
    the signals' price. ``includePartialProfiles`` is accepted; every profile of this world is whole.
    """

    def work(account: LushaAccount, call: Call) -> dict[str, Any]:
        refuse(SEARCH[kind].problems(call.body, ""))
        asked = _asked(account, kind, call.body)
        results = [_result(account, kind, item, asked) for item in call.body[kind]]
        found = hits(results)
        fee = account.signal_fee(len(result.get("signalTypes", ())) for result in found)
        cost = lots(len(found)) + fee
        if not account.charge(cost):
            raise Refusal(402)
        account.found.update(result["id"] for result in found)
        return billed(results, cost, len(found))

    return work


def _asked(account: LushaAccount, kind: str, body: Body) -> Asked | None:
    if "signals" not in body:
        return None
    wanted, today = body["signals"], account.clock().date()
    return Asked.of(
        wanted["types"], SIGNAL_TYPES[kind][1:], wanted.get("startDate"), today, wanted.get("maxResultsPerSignal")
    )


def _result(account: LushaAccount, kind: str, item: Body, asked: Asked | None) -> dict[str, Any]:
    id, answer = find(account, kind, item)
    if id is None:
        return answer
    shown = answer | preview(account, kind, id)
    if asked is None:
        return shown
    types = list(asked.matching(events_of(account.directory, kind, id)))
    return shown | {"signalTypes": types} if types else answer | item_error(kind, "NOT_FOUND")


OPERATIONS: Operations = {("POST", f"/v3/{kind}/search"): _search(kind) for kind in SEARCH}
