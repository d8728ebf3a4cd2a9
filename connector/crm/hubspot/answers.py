"""Reads HubSpot's error bodies: whom and what a refusal means. Pure; used by the send path and by writing.

Every key of ``{status, message, correlationId, category, errors[], context}`` is optional
(https://developers.hubspot.com/docs/api-reference/error-handling), and details hide in three places: ``errors[]``,
``context``, and a JSON list inside ``message`` ("Property values were not valid: [{…}]").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from connector.errors import VendorUnreachable
from connector.redact import redact

Body = Mapping[str, Any]

_LONGEST_WORDS = 300
_PROPERTY_KEYS = ("propertyName", "propertyNames", "property", "properties")
_VALUE_KEYS = ("propertyValue", "propertyValues", "value", "values")
_ID_KEYS = ("ids", "id", "objectId", "objectIds", "objectWriteTraceId")
_SCOPE_KEYS = ("requiredGranularScopes", "requiredScopes", "missingScopes", "scopes")
_PASSING = ("INTERNAL_ERROR", "NO_RESULT", "RATE_LIMIT", "RATE_LIMITS", "SERVICE_UNAVAILABLE", "TIMEOUT")
_CONFLICTS = ("CONFLICT", "CONFLICTING_UNIQUE_VALUE", "DUPLICATE_VALUE")
_NAMED_PROPERTY = re.compile(r"[Pp]ropert(?:y|ies) [\"'`]([A-Za-z0-9_]+)[\"'`]")
_NAMED_ID = re.compile(r"(?i)(?<!existing )\bids?\b\W{0,6}(\d+)")
_NAMED_VALUE = re.compile(r"^(?:Email address )?(.+?) (?:was not one of|was not a valid|is invalid|is not a valid)")
_EXISTING_ID = re.compile(r"(?i)\bexisting id\b\W{0,3}(\d+)")
_HELD = re.compile(r"(?:\bon (\d+)\. )?\b(\d+) already has that value")
"""What is said of unique values other than e-mails: "Cannot set … on 7. 9 already has that value."."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that HubSpot found wrong, in its own words (redacted), and whom it names.

    Empty ``properties``, ``values`` or ``ids``: it names none. ``holder``: the record that has a unique value.
    """

    code: str
    message: str
    properties: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    holder: str | None = None

    @property
    def not_found(self) -> bool:
        """Whether it says that the record does not exist (any more)."""
        return "NOT_FOUND" in self.code

    @property
    def transient(self) -> bool:
        """Whether it says that HubSpot was busy or broken, and nothing of the record."""
        return self.code in _PASSING

    @property
    def conflict(self) -> bool:
        """Whether it says that another record holds a unique value."""
        return self.holder is not None or self.code in _CONFLICTS


def complaints(body: Body | None) -> tuple[Complaint, ...]:
    """Everything a refusal says, the most exact first; its own message alone if it gives no details."""
    if not body:
        return ()
    details = [_complaint(detail) for detail in _details(body)]
    whole = _complaint(body)
    if not details or whole.holder or (whole.properties and not any(one.properties for one in details)):
        details.append(whole)
    return tuple(details)


def listed(body: Body) -> tuple[Complaint, ...]:
    """The entries of ``errors[]`` alone, with their details: what a 207 (or 200) says about single records."""
    found: list[Complaint] = []
    for error in _mappings(body.get("errors")):
        ids = _complaint(error).ids
        found += [replace(one, ids=one.ids or ids) for one in complaints(error)]
    return tuple(found)


def results(body: Body, place: str) -> list[Body]:
    """The ``results[]`` of a reading answer. VendorUnreachable: it has none, which says nothing of any record."""
    if not isinstance(body.get("results"), list):
        raise VendorUnreachable(f"HubSpot's answer to {place} holds no results", hint="run again later")
    return _mappings(body["results"])


def words(body: Body | None) -> str:
    """HubSpot's own message, without personal data, short enough for one line."""
    message = body.get("message") if body else None
    return _tidy(message) if isinstance(message, str) else ""


def scopes(body: Body | None) -> tuple[str, ...]:
    """The scopes that a 403 MISSING_SCOPES says are needed; empty if it does not tell."""
    found: dict[str, None] = {}
    for part in (body or {}, *_details(body or {})):
        context = part.get("context")
        for key in _SCOPE_KEYS:
            found.update(dict.fromkeys(_texts(context.get(key)) if isinstance(context, Mapping) else ()))
    return tuple(found)


def _details(body: Body) -> Iterator[Body]:
    for error in _mappings(body.get("errors")):
        yield error
        yield from _mappings(error.get("errors"))
    message = body.get("message")
    if isinstance(message, str):
        yield from _embedded(message)


def _embedded(message: str) -> list[Body]:
    start = message.find("[{")
    if start < 0:
        return []
    try:
        return _mappings(json.JSONDecoder().raw_decode(message[start:])[0])
    except ValueError:
        return []


def _complaint(part: Body) -> Complaint:
    message = part.get("message")
    text = message if isinstance(message, str) else ""
    context = part.get("context")
    context = context if isinstance(context, Mapping) else {}
    code = next((str(part[key]) for key in ("code", "error", "category", "status") if part.get(key)), "REFUSED")
    holder, held = _EXISTING_ID.search(text), _HELD.search(text)
    return Complaint(
        code=code,
        message=_tidy(text),
        properties=frozenset(
            [*_texts(part.get("name")), *_texts(part.get("in")), *_under(context, _PROPERTY_KEYS),
             *_NAMED_PROPERTY.findall(text)]
        ),
        values=frozenset(_under(context, _VALUE_KEYS) or _NAMED_VALUE.findall(text)),
        ids=frozenset(_under(context, _ID_KEYS) or ([held[1]] if held and held[1] else _NAMED_ID.findall(text))),
        holder=holder[1] if holder else held[2] if held else None,
    )  # fmt: skip


def _under(context: Body, keys: tuple[str, ...]) -> list[str]:
    return [text for key in keys for text in _texts(context.get(key))]


def _texts(value: object) -> list[str]:
    """HubSpot gives a context value as a text, a number or a list of them."""
    if isinstance(value, list):
        return [str(one) for one in value if isinstance(one, str | int)]
    return [str(value)] if isinstance(value, str | int) else []


def _mappings(value: object) -> list[Body]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _tidy(text: str) -> str:
    text = redact(" ".join(text.split()))
    return text if len(text) <= _LONGEST_WORDS else text[: _LONGEST_WORDS - 1] + "…"
