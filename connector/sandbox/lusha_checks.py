"""What Lusha refuses with 400 before it does anything: one malformed item refuses the whole request.

Pure: body in, problems out, worded as the API does. Rules: https://docs.lusha.com (V3, Search and Enrich).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

MOST = 100
"""Items in one request."""

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
_PERSON_KEYS = ("id", "linkedinUrl", "email", "firstName", "lastName", "companyName", "companyDomain")
_COMPANY_KEYS = ("id", "name", "domain")
REVEALS: Mapping[str, tuple[str, ...]] = {
    "contacts": ("emails", "phones"),
    "companies": (
        "employeesByDepartment", "employeesByLocation", "employeesBySeniority", "competitors", "intent",
        "estimatedAnnualItSpend", "monthlyWebsiteTraffic",
    ),
}  # fmt: skip

Body = Mapping[str, Any]
Problems = Iterator[str]


def search_problems(kind: str, body: object) -> list[str]:
    """Problems of a ``/v3/{kind}/search`` body; ``kind`` is ``contacts`` or ``companies``."""
    if not isinstance(body, dict):
        return ["the body must be a JSON object"]
    check = _person_problems if kind == "contacts" else _company_problems
    return [
        *_unknown(body, (kind, "options", "signals"), ""),
        *_list_problems(kind, body.get(kind), check),
        *_option_problems(body),
        *_signal_problems(body),
    ]


def enrich_problems(kind: str, body: object) -> list[str]:
    """Problems of a ``/v3/{kind}/enrich`` body."""
    if not isinstance(body, dict):
        return ["the body must be a JSON object"]
    known = ("ids", "reveal", "tableId") + (("waterfallEnabled",) if kind == "contacts" else ())
    return [
        *_unknown(body, known, ""),
        *_list_problems("ids", body.get("ids"), _id_problems),
        *_reveal_problems(kind, body),
        *_waterfall_problems(body),
        *([] if isinstance(body.get("tableId", ""), str) else ["tableId must be a string"]),
    ]


def _unknown(body: Body, known: tuple[str, ...], where: str) -> Problems:
    for name in body:
        if name not in known:
            yield f"{where}property {name} should not exist"


def _list_problems(name: str, items: object, check: Callable[[object, str], Problems]) -> Problems:
    if not isinstance(items, list):
        yield f"{name} must be an array"
        return
    if not items:
        yield f"{name} must contain at least 1 elements"
    if len(items) > MOST:
        yield f"{name} must contain no more than {MOST} elements"
    for index, item in enumerate(items):
        yield from check(item, f"{name}.{index}.")


def _id_problems(item: object, where: str) -> Problems:
    if not isinstance(item, str) or not item.strip():
        yield f"{where.rstrip('.')} must be a non-empty string"


def _person_problems(item: object, where: str) -> Problems:
    if not isinstance(item, dict):
        yield f"{where.rstrip('.')} must be an object"
        return
    yield from _text_problems(item, ("clientReferenceId", *_PERSON_KEYS), where)
    email = item.get("email")
    if isinstance(email, str) and not is_email(email):
        yield f"{where}email must be an email"
    at_company = _given(item, "companyName") or _given(item, "companyDomain")
    named = _given(item, "firstName") and _given(item, "lastName") and at_company
    if not named and not any(_given(item, key) for key in ("id", "linkedinUrl", "email")):
        yield (
            f"{where.rstrip('.')} must have an identifier: id, linkedinUrl, email, or firstName + lastName + "
            "companyName or companyDomain"
        )


def _company_problems(item: object, where: str) -> Problems:
    if not isinstance(item, dict):
        yield f"{where.rstrip('.')} must be an object"
        return
    yield from _text_problems(item, ("clientReferenceId", *_COMPANY_KEYS), where)
    if not any(_given(item, key) for key in _COMPANY_KEYS):
        yield f"{where.rstrip('.')} must have an identifier: id, name or domain"


def _text_problems(item: Body, known: tuple[str, ...], where: str) -> Problems:
    yield from _unknown(item, known, where)
    for name in known:
        if name in item and not isinstance(item[name], str):
            yield f"{where}{name} must be a string"


def _given(item: Body, key: str) -> bool:
    value = item.get(key)
    return isinstance(value, str) and bool(value.strip())


def is_email(text: str) -> bool:
    """Whether Lusha takes the text for an e-mail address."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def _reveal_problems(kind: str, body: Body) -> Problems:
    if "reveal" not in body:
        return
    allowed = ", ".join(REVEALS[kind])
    if not isinstance(body["reveal"], list):
        yield "reveal must be an array"
    elif not all(isinstance(field, str) and field in REVEALS[kind] for field in body["reveal"]):
        yield f"each value in reveal must be one of the following values: {allowed}"


def _waterfall_problems(body: Body) -> Problems:
    if not isinstance(body.get("waterfallEnabled", False), bool):
        yield "waterfallEnabled must be a boolean value"


def _option_problems(body: Body) -> Problems:
    options = body.get("options", {})
    if not isinstance(options, dict):
        yield "options must be an object"
        return
    yield from _unknown(options, ("includePartialProfiles",), "options.")
    if not isinstance(options.get("includePartialProfiles", False), bool):
        yield "options.includePartialProfiles must be a boolean value"


def _signal_problems(body: Body) -> Problems:
    """The demo world has no signals: better refused than answered as if nobody had any."""
    if "signals" in body:
        yield "signals: this sandbox holds no signals"
