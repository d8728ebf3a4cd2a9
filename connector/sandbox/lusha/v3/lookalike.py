"""``POST /v3/{contacts,companies}/lookalike``: light previews of who resembles the seeds, charged for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.call import Call, Operations
from connector.sandbox.lusha.lookalikes import alike
from connector.sandbox.lusha.refusals import refuse, refuse_table
from connector.sandbox.lusha.v3.answers import picked
from connector.sandbox.lusha.v3.billing import billing
from connector.sandbox.lusha.v3.rules import LOOKALIKE

_FIELDS = {
    "contacts": ("id", "firstName", "lastName", "jobTitle"),
    "companies": ("id", "name", "domain", "industry"),
}


def _lookalike(kind: str) -> Callable[[LushaAccount, Call], dict[str, Any]]:
    def work(account: LushaAccount, call: Call) -> dict[str, Any]:
        refuse(LOOKALIKE[kind].problems(call.body, ""))
        refuse_table(call.body)
        found = alike(account, kind, call.body)
        everybody: Any = account.directory.people if kind == "contacts" else account.directory.companies
        return {
            "dedupeSessionId": found.session,
            "results": [_result(kind, everybody[id].profile) for id in found.ids],
            "meta": {"returned": len(found.ids), "hasMore": found.more},
            "billing": billing(found.charged, len(found.ids)),
        }

    return work


def _result(kind: str, profile: Any) -> dict[str, Any]:
    more = (
        {"company": picked(profile["company"], ("id", "name", "domain"))}
        if kind == "contacts"
        else {"employeeCount": {"exact": profile["employeeCount"]["exact"]}}
    )
    return {
        **picked(profile, _FIELDS[kind]),
        **more,
        "location": picked(profile["location"], ("country", "state", "city")),
        "socialLinks": picked(profile["socialLinks"], ("linkedin",)),
    }


OPERATIONS: Operations = {("POST", f"/v3/{kind}/lookalike"): _lookalike(kind) for kind in LOOKALIKE}
