"""``POST /v3/{contacts,companies}/prospecting``: previews of everybody whom the filters leave, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.call import Call, Operations
from connector.sandbox.lusha.checker import Body
from connector.sandbox.lusha.matching import dig
from connector.sandbox.lusha.prices import lots
from connector.sandbox.lusha.prospects import companies_passing, contacts_passing
from connector.sandbox.lusha.refusals import Refusal, refuse, refuse_table
from connector.sandbox.lusha.signals import events_of, filtered_types
from connector.sandbox.lusha.v3.billing import billed
from connector.sandbox.lusha.v3.filter_rules import PROSPECTING
from connector.sandbox.lusha.v3.searching import preview


def _prospecting(kind: str) -> Callable[[LushaAccount, Call], dict[str, Any]]:
    """One credit for each started lot of 25 results; signals that were filtered on cost theirs as well."""

    def work(account: LushaAccount, call: Call) -> dict[str, Any]:
        body = call.body
        refuse(PROSPECTING[kind].problems(body, ""))
        refuse_table(body)
        found = _found(account, kind, body)
        page, size = body["pagination"]["page"], body["pagination"]["size"]
        shown = found[page * size : (page + 1) * size]
        wanted = dig(body, f"filters.{kind}.include.signals")
        results = [_result(account, kind, id, wanted) for id in shown]
        cost = lots(len(shown)) + account.signal_fee(len(result.get("signalTypes", ())) for result in results)
        if not account.charge(cost):
            raise Refusal(402)
        account.found.update(shown)
        answer = billed(results, cost, len(results))
        return answer | {"pagination": {"page": page, "size": size, "total": len(found)}}

    return work


def _found(account: LushaAccount, kind: str, body: Body) -> list[str]:
    if kind == "companies":
        return companies_passing(account.directory, body["filters"])
    exclude_dnc = body.get("options", {}).get("excludeDnc", False)
    return contacts_passing(account.directory, body["filters"], exclude_dnc=exclude_dnc)


def _result(account: LushaAccount, kind: str, id: str, wanted: Body | None) -> dict[str, Any]:
    shown = preview(account, kind, id)
    if wanted is None:
        return shown
    return shown | {"signalTypes": filtered_types(events_of(account.directory, kind, id), wanted)}


OPERATIONS: Operations = {("POST", f"/v3/{kind}/prospecting"): _prospecting(kind) for kind in PROSPECTING}
