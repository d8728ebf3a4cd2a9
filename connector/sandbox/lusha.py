"""The sandbox's Lusha API, generation V3, over HTTP: person and company search and enrichment, and account usage.

One frame a concern: log → key → fault → account → limits → checks → work → answer. Rules: https://docs.lusha.com.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connector.sandbox.faults import Fault, NoAnswer, cut_in_half
from connector.sandbox.lusha_account import Datum, LushaAccount
from connector.sandbox.lusha_answers import (
    PRICES,
    SEARCH_LOT,
    company_preview,
    contact_preview,
    enriched_company,
    enriched_contact,
    item_error,
)
from connector.sandbox.lusha_checks import REVEALS, enrich_problems, search_problems

Body = Mapping[str, Any]
USAGE = "/v3/account/usage"

_WORDS: Mapping[int, str] = {
    400: "Invalid request parameters",
    401: "Invalid API key",
    402: "Insufficient credits for this operation",
    403: "Your account is not active. Please reach out to support at support@lusha.com",
    404: "Resource not found",
    412: "The request failed due to invalid syntax that was provided. Please make sure to send a full name field "
    "that contains a valid first & last name",
    429: "Too many requests. Please wait before making another request.",
    451: "We are unable to process this contact request due to our GDPR regulations",
    499: "Request failed due to request timeout",
    500: "Internal server error. Please try again later.",
}


class Refusal(Exception):
    """The request is refused whole, with ``status`` and Lusha's words."""

    def __init__(self, status: int, message: str | None = None, errors: list[str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.message = message or _WORDS.get(status, _WORDS[500 if status >= 500 else 400])
        self.errors = errors

    def response(self) -> Response:
        """``{statusCode, message, errors}``; ``errors`` only where there are some."""
        body: dict[str, Any] = {"statusCode": self.status, "message": self.message}
        return JSONResponse(body | ({"errors": self.errors} if self.errors else {}), self.status)


def lusha_app(account: LushaAccount) -> Starlette:
    """The HTTP side of ``account``."""
    paid: dict[str, Callable[[LushaAccount, Any], dict[str, Any]]] = {
        "/v3/contacts/search": search_contacts,
        "/v3/contacts/enrich": enrich_contacts,
        "/v3/companies/search": search_companies,
        "/v3/companies/enrich": enrich_companies,
    }
    routes = [Route(path, _endpoint(account, work), methods=["POST"]) for path, work in paid.items()]
    routes.append(Route(USAGE, _endpoint(account, lambda account, _: usage(account)), methods=["GET"]))

    async def stats(request: Request) -> Response:
        return JSONResponse(account.stats())

    async def unknown(request: Request, error: Exception) -> Response:
        return Refusal(404).response()

    return Starlette(
        routes=[*routes, Route("/_sandbox/stats", stats, methods=["GET"])],
        exception_handlers={404: unknown, 405: unknown},
    )


def _endpoint(account: LushaAccount, work: Callable[[LushaAccount, Any], dict[str, Any]]) -> Any:
    async def endpoint(request: Request) -> Response:
        path, content = request.url.path, await request.body()
        with account.lock:
            body = _parsed(content)
            account.log(path, body)
            if request.headers.get("api_key") != account.key:
                return Refusal(401).response()
            answer = _served(account, path, lambda: work(account, body))
            answer.headers.update(account.limits.headers())
            return answer

    return endpoint


def _served(account: LushaAccount, path: str, work: Callable[[], dict[str, Any]]) -> Response:
    """The answer, or what an armed fault makes of it."""
    fault = account.faults.take(path)
    if fault is not None and fault.status is not None and not fault.after_work:
        return _failure(fault.status, fault)
    try:
        _admit(account, path)
        answer: Response = JSONResponse(work())
    except Refusal as refusal:
        answer = refusal.response()
    if fault is None:
        return answer
    if fault.status is not None:
        return _failure(fault.status, fault)
    return cut_in_half(answer) if fault.truncate else NoAnswer()


def _admit(account: LushaAccount, path: str) -> None:
    if not account.active:
        raise Refusal(403)
    limits = account.limits
    words = limits.refusal_of_usage() if path == USAGE else limits.refusal(path)
    if words is not None:
        raise Refusal(429, words)


def _failure(status: int, fault: Fault) -> Response:
    if fault.body is None:
        return Refusal(status).response()
    is_json = fault.body.lstrip().startswith("{")
    return Response(fault.body, status, media_type="application/json" if is_json else "text/html")


def _parsed(content: bytes) -> Any:
    """The JSON body; None when there is none or it is no JSON."""
    try:
        return json.loads(content)
    except ValueError:
        return None


def search_contacts(account: LushaAccount, body: Any) -> dict[str, Any]:
    """``POST /v3/contacts/search``: previews without personal data, each with what more would cost."""

    def result(item: Body) -> dict[str, Any]:
        id = account.directory.person(item)
        if id is None:
            return item_error("contacts", "NOT_FOUND")
        person = account.directory.people[id]
        if person.restricted:
            return item_error("contacts", "COMPLIANCE_RESTRICTED")
        return contact_preview(person.profile, lambda field: account.price(id, field))

    return _searched(account, "contacts", body, result)


def search_companies(account: LushaAccount, body: Any) -> dict[str, Any]:
    """``POST /v3/companies/search``."""

    def result(item: Body) -> dict[str, Any]:
        id = account.directory.company(item)
        if id is None:
            return item_error("companies", "NOT_FOUND")
        profile = account.directory.companies[id].profile
        return company_preview(profile, lambda field: account.price(id, field))

    return _searched(account, "companies", body, result)


def _searched(account: LushaAccount, kind: str, body: Any, result: Callable[[Body], dict[str, Any]]) -> dict[str, Any]:
    """One result an item, in order; one credit for each started lot of 25 that were found."""
    _refuse(search_problems(kind, body))
    results = []
    for item in body[kind]:
        echo = {"clientReferenceId": item["clientReferenceId"]} if "clientReferenceId" in item else {}
        results.append(echo | result(item))
    hits = [answer["id"] for answer in results if "error" not in answer]
    cost = -(-len(hits) // SEARCH_LOT)
    if not account.charge(cost):
        raise Refusal(402)
    account.found.update(hits)
    return _billed(results, cost, len(hits))


def enrich_contacts(account: LushaAccount, body: Any) -> dict[str, Any]:
    """``POST /v3/contacts/enrich``: charged for each asked datum that exists and is not owned yet.

    An empty ``reveal`` is taken as none given: both data, at full price.
    """
    _refuse(enrich_problems("contacts", body))
    _refuse_table(body)
    reveal = body.get("reveal") or REVEALS["contacts"]
    people = account.directory.people

    def result(id: str) -> dict[str, Any]:
        if id not in people:
            return {"id": id} | item_error("contacts", "NOT_FOUND")
        if people[id].restricted:
            return {"id": id} | item_error("contacts", "COMPLIANCE_RESTRICTED")
        return enriched_contact(people[id].profile, reveal)

    def bought(answer: dict[str, Any]) -> list[Datum]:
        return [(answer["id"], field) for field in reveal if answer[field]]

    return _enriched(account, [result(id) for id in body["ids"]], bought)


def enrich_companies(account: LushaAccount, body: Any) -> dict[str, Any]:
    """``POST /v3/companies/enrich``: charged for each company and each asked extra that has a value."""
    _refuse(enrich_problems("companies", body))
    _refuse_table(body)
    reveal = body.get("reveal") or ()
    companies = account.directory.companies

    def result(id: str) -> dict[str, Any]:
        if id not in companies:
            return {"id": id} | item_error("companies", "NOT_FOUND")
        return enriched_company(companies[id].profile, reveal)

    def bought(answer: dict[str, Any]) -> list[Datum]:
        return [(answer["id"], field) for field in ("company", *reveal) if field == "company" or answer.get(field)]

    return _enriched(account, [result(id) for id in body["ids"]], bought)


def _enriched(
    account: LushaAccount, results: list[dict[str, Any]], bought: Callable[[dict[str, Any]], list[Datum]]
) -> dict[str, Any]:
    hits = [answer for answer in results if "error" not in answer]
    cost = account.buy(datum for answer in hits for datum in bought(answer))
    if cost is None:
        raise Refusal(402)
    return _billed(results, cost, len(hits))


def _billed(results: list[dict[str, Any]], cost: int, returned: int) -> dict[str, Any]:
    billing = {"creditsCharged": cost, "resultsReturned": returned}
    return {"requestId": str(uuid4()), "results": results, "billing": billing}


def _refuse(problems: list[str]) -> None:
    if problems:
        raise Refusal(400, "Validation failed", problems)


def _refuse_table(body: Body) -> None:
    if "tableId" in body:
        raise Refusal(404, "TABLE_NOT_FOUND: Table not found")


def usage(account: LushaAccount) -> dict[str, Any]:
    """``GET /v3/account/usage``: credits, limits, plan and the price of each action."""
    year = account.clock().year
    prices = {
        "revealEmail": (PRICES["emails"], 1),
        "revealPhone": (PRICES["phones"], 1),
        "reveal_company": (PRICES["company"], 1),
        "api_search": (1, SEARCH_LOT),
    }
    return {
        "credits": {"total": account.total, "used": account.used, "remaining": account.remaining},
        "rateLimits": account.limits.report(account.clock),
        "plan": {
            "category": "sandbox",
            "renewalType": "annual",
            "startDate": f"{year}-01-01T00:00:00.000Z",
            "endDate": f"{year + 1}-01-01T00:00:00.000Z",
        },
        "pricing": {
            action: {"credits": credits, "perQuantity": quantity} for action, (credits, quantity) in prices.items()
        },
    }
