"""``POST /v3/lookalike/{contacts,companies}``: V2's lookalikes, in spite of the path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.call import Call, Operations
from connector.sandbox.lusha.lookalikes import alike
from connector.sandbox.lusha.refusals import refuse
from connector.sandbox.lusha.v2.rules import LOOKALIKE

Answer = dict[str, Any]


def _lookalike(kind: str) -> Callable[[LushaAccount, Call], Answer]:
    def work(account: LushaAccount, call: Call) -> Answer:
        refuse(LOOKALIKE[kind].problems(call.body, ""))
        found = alike(account, kind, call.body)
        shown, everybody = _RESULTS[kind], _everybody(account, kind)
        return {
            "dedupeSessionId": found.session,
            "results": [shown(everybody[id].profile) for id in found.ids],
            "meta": {"returned": len(found.ids), "hasMore": found.more},
            "creditsCharged": found.charged,
        }

    return work


def _everybody(account: LushaAccount, kind: str) -> Any:
    return account.directory.people if kind == "contacts" else account.directory.companies


def _contact(profile: Any) -> Answer:
    employer, title = profile["company"], profile["jobTitle"]
    named = {"companyId": employer["id"]} if "id" in employer else {}
    return {
        "contactId": profile["id"],
        "firstName": profile["firstName"],
        "lastName": profile["lastName"],
        "socialLinks": {"linkedin": profile["socialLinks"]["linkedin"]},
        "company": named | {"name": employer["name"], "domain": employer.get("domain")},
        "jobTitle": {
            "title": title["title"],
            "departments": title["departments"],
            "seniority": title.get("seniority"),
        },
        "location": _place(profile),
    }


def _company(profile: Any) -> Answer:
    return {
        "domain": profile["domain"],
        "linkedinUrl": profile["socialLinks"]["linkedin"],
        "name": profile["name"],
        "employeeCount": profile["employeeCount"]["exact"],
        "industry": profile["industry"],
        "location": _place(profile),
    }


def _place(profile: Any) -> Answer:
    return {name: profile["location"].get(name) for name in ("country", "state", "city")}


_RESULTS: dict[str, Callable[[Any], Answer]] = {"contacts": _contact, "companies": _company}

OPERATIONS: Operations = {("POST", f"/v3/lookalike/{kind}"): _lookalike(kind) for kind in LOOKALIKE}
