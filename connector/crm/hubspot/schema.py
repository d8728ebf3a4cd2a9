"""Property definitions as FieldInfo, values as HubSpot spells them, and what a property cannot hold. Pure.

Definitions: https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide. One value that does not fit
refuses a whole batch, so ``misfit`` looks at each before it is sent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connector.crm.hubspot.endpoints import CONTACTS
from connector.models import FieldInfo, FieldType, Option, Rejection, Value
from connector.redact import redact

TEXT_LENGTH = 65_536
_CONSENT = ("hs_email_optout", "hs_legal_basis")
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
    options = tuple(
        Option(str(option.get("value", "")), str(option.get("label", ""))) for option in definition.get("options") or ()
    )
    why_read_only = _why_read_only(name, definition)
    return FieldInfo(
        name=name,
        label=str(definition.get("label") or name),
        type=kind,
        writable=not why_read_only,
        length=TEXT_LENGTH if definition.get("type") == "string" else None,
        options=options if kind != "boolean" else (),
        # Owners and other options kept elsewhere (externalOptions) are not listed here.
        restricted=kind in ("picklist", "multipicklist") and bool(options) and not definition.get("externalOptions"),
        unique=bool(definition.get("hasUniqueValue")) or (object == CONTACTS and name == "email"),
        why_read_only=why_read_only,
    )


def _why_read_only(name: str, definition: Mapping[str, Any]) -> str:
    """The reason as a clause; empty where the property may be written."""
    if name.startswith(_CONSENT):  # a gate that people and forms set: never ours to write
        return "consent is for people to give"
    if definition.get("calculated"):
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

    Times come back with milliseconds, e-mails in lower case.
    """
    if info.type == "datetime" and held and sent:
        return (moment(str(held)) or held) == (moment(sent) or sent)
    if info.type == "email" and isinstance(held, str):
        return held.lower() == sent.strip().lower()
    return field_text(held) == field_text(sent)


def moment(text: str) -> datetime | None:
    """A time as HubSpot tells it, ISO or milliseconds since 1970, in UTC; None for a text that is neither."""
    try:
        at = datetime.fromtimestamp(int(text) / 1000, UTC) if text.isdecimal() else datetime.fromisoformat(text)
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
    if info.restricted and (unknown := _unknown_option(info, text)) is not None:
        return Rejection("INVALID_OPTION", f'"{redact(unknown[:80])}" is not one of the options of "{name}"', name)
    if info.type == "number" and not _is_number(text):
        return Rejection("INVALID_NUMBER", f'The value is not a number, which "{name}" needs', name)
    if info.type == "boolean" and text not in ("true", "false"):
        return Rejection("INVALID_BOOLEAN", f'The value is neither true nor false, which "{name}" needs', name)
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


def _unknown_option(info: FieldInfo, text: str) -> str | None:
    known = {option.value for option in info.options}
    chosen = text.split(";") if info.type == "multipicklist" else [text]
    return next((one for one in chosen if one and one not in known), None)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
