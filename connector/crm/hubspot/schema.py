"""Property definitions as FieldInfo, values as HubSpot spells them, and what a property cannot hold. Pure.

Definitions: https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide. One value that does not fit
refuses a whole batch, so ``misfit`` looks at each before it is sent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connector.crm.hubspot.endpoints import CONTACTS
from connector.models import FieldInfo, FieldType, Option, Rejection, Value
from connector.redact import redact

TEXT_LENGTH = 65_536
_CONSENT = ("hs_email_optout", "hs_legal_basis")
_BILLED = "hs_marketable"  # whether somebody is a marketing contact, which HubSpot bills
_SECONDS_A_DAY = 86_400
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(_DAY.pattern + r"T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})", re.ASCII)
_MILLISECONDS = re.compile(r"-?\d{1,15}", re.ASCII)
_TYPES: Mapping[str, FieldType] = {
    "number": "number",
    "date": "date",
    "datetime": "datetime",
    "bool": "boolean",
    "phone_number": "phone",
}
_WIDGETS: Mapping[str, FieldType] = {"checkbox": "multipicklist", "booleancheckbox": "boolean"}


def field_info(object: str, definition: Mapping[str, Any]) -> FieldInfo:
    """One entry of ``GET /crm/v3/properties/{object}``."""
    name = str(definition["name"])
    kind = _type(name, definition)
    options = _options(definition.get("options") or ())
    why_read_only = _why_read_only(name, definition)
    return FieldInfo(
        name=name,
        label=str(definition.get("label") or name),
        type=kind,
        writable=not why_read_only,
        length=TEXT_LENGTH if definition.get("type") in ("string", "phone_number") else None,
        options=options if kind != "boolean" else (),
        # Owners and other options kept elsewhere (externalOptions) are not listed here.
        restricted=kind in ("picklist", "multipicklist") and bool(options) and not definition.get("externalOptions"),
        unique=bool(definition.get("hasUniqueValue")) or (object == CONTACTS and name == "email"),
        why_read_only=why_read_only,
        custom=definition.get("hubspotDefined") is False,
    )


def _options(listed: Iterable[Mapping[str, Any]]) -> tuple[Option, ...]:
    """Those that people can choose first: a label that two options share means the one that is shown.

    Hidden ones are taken by HubSpot all the same, and an undo may have to restore one.
    """
    shown_first = sorted(listed, key=lambda option: bool(option.get("hidden")))
    return tuple(Option(str(option.get("value", "")), str(option.get("label", ""))) for option in shown_first)


def _why_read_only(name: str, definition: Mapping[str, Any]) -> str:
    """The reason as a clause; empty where the property may be written."""
    if name.startswith(_CONSENT):  # a gate that people and forms set: never ours to write
        return "consent is for people to give"
    if name.startswith(_BILLED):
        return "it decides what HubSpot bills"
    if definition.get("calculated") or str(definition.get("fieldType")).startswith("calculation"):
        return "HubSpot calculates it"
    return "HubSpot sets it" if (definition.get("modificationMetadata") or {}).get("readOnlyValue") else ""


def field_text(value: Value) -> str | None:
    """A value as HubSpot returns it: everything is text, blank is null.

    >>> [field_text(v) for v in (True, 364.0, 0.5, " x ", "", None)]
    ['true', '364', '0.5', ' x ', None, None]
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value):
        return "0" if value == 0 else format(Decimal(repr(value)).normalize(), "f")
    return str(value)


def wire_text(value: Value) -> str:
    """A value as it is sent: null becomes ``""``, which clears the property."""
    return field_text(value) or ""


def same(info: FieldInfo, held: Value, sent: str) -> bool:
    """Whether a property holds what was sent, however HubSpot spells it.

    Times come back with milliseconds, dates as days, e-mails in lower case; several options are a set.
    """
    if info.type in ("date", "datetime") and held and sent:
        return (moment(str(held)) or held) == (moment(sent) or sent)
    if info.type == "multipicklist" and isinstance(held, str):
        return set(held.split(";")) == set(sent.split(";"))
    if info.type == "email" and isinstance(held, str):
        return held.lower() == sent.strip().lower()
    return field_text(held) == field_text(sent)


def moment(text: str) -> datetime | None:
    """A time as HubSpot tells it, ISO or milliseconds since 1970, in UTC; None for a text that is neither."""
    try:
        in_ms = _MILLISECONDS.fullmatch(text)
        at = datetime.fromtimestamp(int(text) / 1000, UTC) if in_ms else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def misfit(info: FieldInfo | None, name: str, text: str) -> Rejection | None:
    """Why HubSpot would refuse this text in this property, under HubSpot's own code; None if it may fit.

    Only an unknown option is repeated (redacted), so that a mapping can translate it.
    """
    if info is None:
        return Rejection("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist', name)
    if not info.writable:
        return Rejection("READ_ONLY_VALUE", f'Property "{name}" is read-only', name)
    if not text:
        return None
    check = _CHECKS.get(info.type)
    if check and (told := check(info, text)):
        return Rejection(told[0], told[1], name)
    if info.length is not None and len(text) > info.length:
        return Rejection("TOO_LONG", f'The value is longer than the {info.length:,} characters of "{name}"', name)
    return None


def _type(name: str, definition: Mapping[str, Any]) -> FieldType:
    declared, widget = definition.get("type"), definition.get("fieldType")
    if declared == "enumeration":
        return _WIDGETS.get(str(widget), "picklist")
    if declared == "string":
        if name == "email":
            return "email"
        return "phone" if widget == "phonenumber" else "text"
    return _TYPES.get(str(declared), "other")


Complaint = tuple[str, str]
"""HubSpot's code and our words, which never repeat the value."""


def _one_option(info: FieldInfo, text: str) -> Complaint | None:
    return _unknown(info, [text])


def _some_options(info: FieldInfo, text: str) -> Complaint | None:
    if text.startswith(";"):  # HubSpot would add these to the options held instead of replacing them
        return "INVALID_OPTION", f'The value begins with ";", which adds to "{info.name}" what it should replace'
    return _unknown(info, text.split(";"))


def _unknown(info: FieldInfo, chosen: Iterable[str]) -> Complaint | None:
    known = {option.value for option in info.options}
    unknown = next((one for one in chosen if one not in known), None) if info.restricted else None
    if unknown is None:
        return None
    return "INVALID_OPTION", f'"{redact(unknown[:80])}" is not one of the options of "{info.name}"'


def _number(info: FieldInfo, text: str) -> Complaint | None:
    """No thousands separators, no exponents; a percentage is 0.5 for 50 %, an amount of money has no sign."""
    if _NUMBER.fullmatch(text):
        return None
    return "INVALID_NUMBER", f'The value is not a number, which "{info.name}" needs'


def _boolean(info: FieldInfo, text: str) -> Complaint | None:
    if text in ("true", "false"):
        return None
    return "INVALID_BOOLEAN", f'The value is neither true nor false, which "{info.name}" needs'


def _date(info: FieldInfo, text: str) -> Complaint | None:
    """https://developers.hubspot.com/docs/faq/how-should-timestamps-be-formatted-for-hubspots-apis"""
    at = moment(text) if _DAY.fullmatch(text) or _MILLISECONDS.fullmatch(text) else None
    if at is not None and not at.timestamp() % _SECONDS_A_DAY:
        return None
    return "INVALID_DATE", f'The value is not a day (YYYY-MM-DD, or its midnight in UTC), which "{info.name}" needs'


def _datetime(info: FieldInfo, text: str) -> Complaint | None:
    if (_MOMENT.fullmatch(text) or _MILLISECONDS.fullmatch(text)) and moment(text):
        return None
    return "INVALID_DATETIME", f'The value is not a time, which "{info.name}" needs'


_CHECKS: Mapping[FieldType, Callable[[FieldInfo, str], Complaint | None]] = {
    "picklist": _one_option,
    "multipicklist": _some_options,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
}
