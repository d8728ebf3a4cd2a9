"""``POST /v3/{contacts,companies}/enrich`` and ``…/search-and-enrich``: whole profiles, charged by the datum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from connector.sandbox.lusha.account import Datum, LushaAccount
from connector.sandbox.lusha.call import Call, Operations
from connector.sandbox.lusha.checker import Body
from connector.sandbox.lusha.prices import REVEALS, lots
from connector.sandbox.lusha.refusals import Refusal, refuse, refuse_table
from connector.sandbox.lusha.v3.answers import enriched_company, enriched_contact, item_error
from connector.sandbox.lusha.v3.billing import billed, hits
from connector.sandbox.lusha.v3.rules import ENRICH, SEARCH_AND_ENRICH
from connector.sandbox.lusha.v3.searching import find

Answer = dict[str, Any]


def _revealed(kind: str, body: Body) -> Sequence[str]:
    """Which data are asked for. Contacts: none named, or an empty list, means both, at full price; companies: none."""
    wanted: Sequence[str] = body.get("reveal") or ()
    return wanted or (REVEALS["contacts"] if kind == "contacts" else ())


def _profile(account: LushaAccount, kind: str, id: str, reveal: Sequence[str]) -> Answer:
    """The enriched profile; an error when nobody has this id, or nothing may be told."""
    everybody: Any = account.directory.people if kind == "contacts" else account.directory.companies
    if id not in everybody:
        return {"id": id} | item_error(kind, "NOT_FOUND")
    if kind == "companies":
        return enriched_company(everybody[id].profile, reveal)
    if everybody[id].restricted:
        return {"id": id} | item_error(kind, "COMPLIANCE_RESTRICTED")
    return enriched_contact(everybody[id].profile, reveal)


def _bought(kind: str, answer: Answer, reveal: Sequence[str]) -> list[Datum]:
    """What is charged unless owned: each asked datum that exists, and a company itself."""
    itself = [(answer["id"], "company")] if kind == "companies" else []
    return [*itself, *((answer["id"], field) for field in reveal if answer.get(field))]


def _sold(account: LushaAccount, kind: str, results: list[Answer], reveal: Sequence[str], fee: int = 0) -> Answer:
    found = hits(results)
    cost = account.buy((datum for answer in found for datum in _bought(kind, answer, reveal)), fee)
    if cost is None:
        raise Refusal(402)
    return billed(results, cost, len(found))


def _enrich(kind: str) -> Callable[[LushaAccount, Call], Answer]:
    def work(account: LushaAccount, call: Call) -> Answer:
        refuse(ENRICH[kind].problems(call.body, ""))
        refuse_table(call.body)
        reveal = _revealed(kind, call.body)
        return _sold(account, kind, [_profile(account, kind, id, reveal) for id in call.body["ids"]], reveal)

    return work


def _search_and_enrich(kind: str) -> Callable[[LushaAccount, Call], Answer]:
    """Contacts pay for the search as well ("two charges apply"); companies do not ("same as Enrich Companies")."""

    def work(account: LushaAccount, call: Call) -> Answer:
        refuse(SEARCH_AND_ENRICH[kind].problems(call.body, ""))
        reveal = _revealed(kind, call.body)
        results = []
        for item in call.body[kind]:
            id, answer = find(account, kind, item)
            results.append(answer if id is None else answer | _profile(account, kind, id, reveal))
        found = hits(results)
        answer = _sold(account, kind, results, reveal, lots(len(found)) if kind == "contacts" else 0)
        account.found.update(result["id"] for result in found)
        return answer

    return work


OPERATIONS: Operations = {
    **{("POST", f"/v3/{kind}/enrich"): _enrich(kind) for kind in ENRICH},
    **{("POST", f"/v3/{kind}/search-and-enrich"): _search_and_enrich(kind) for kind in SEARCH_AND_ENRICH},
}
