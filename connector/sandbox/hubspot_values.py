"""What a HubSpot portal does with a property's value: coerce, check, refuse in its own words.

Pure. HubSpot keeps every value as text, white space included; ``""`` clears. E-mails are kept in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from connector.sandbox.hubspot_schema import PORTAL_ID, HubSpotProperty, HubSpotType

NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
MOST_CHARACTERS = 65_536
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(_DAY.pattern + r"T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})", re.ASCII)
_MILLISECONDS = re.compile(r"-?\d{1,15}", re.ASCII)
_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\"]+@[^@\s.,;:]+(\.[^@\s.,;:]+)+")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value was refused, and for which property."""

    code: str
    message: str
    name: str

    def as_error(self) -> dict[str, Any]:
        """The entry in the answer's ``errors``."""
        return {"message": self.message, "code": self.code, "context": {"propertyName": [self.name]}}

    def as_validation(self) -> dict[str, Any]:
        """The entry in the answer's ``message``, which holds JSON within text."""
        return {
            "isValid": False, "message": self.message, "error": self.code, "name": self.name,
            "localizedErrorMessage": self.message, "portalId": PORTAL_ID,
        }  # fmt: skip


def hubspot_time(value: datetime | str) -> str:
    """A time in the one spelling HubSpot answers with, ``2026-11-22T03:04:05.000Z``; texts sort by time.

    Takes ISO texts and milliseconds since 1970 as text. Raises ValueError for anything else.
    """
    return _respelled(value) if isinstance(value, str) else _spelled(value)


@lru_cache(maxsize=1_024)
def _respelled(text: str) -> str:
    milliseconds = text.lstrip("-").isdecimal()
    return _spelled(datetime.fromtimestamp(int(text) / 1000, UTC) if milliseconds else datetime.fromisoformat(text))


def _spelled(moment: datetime) -> str:
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def stored(spec: HubSpotProperty, value: str, held: str | None = None) -> str:
    """The spelling in which an accepted value is kept, in place of what is ``held``.

    Several options of a checkbox property, begun with ``;``, are added to those held:
    https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide
    """
    if spec.type == "datetime" and value:
        return hubspot_time(value)
    if spec.type == "date" and value:
        return hubspot_time(value)[:10]
    if spec.field_type == "checkbox" and value.startswith(";"):
        return ";".join(dict.fromkeys([*(held or "").split(";"), *value.split(";")])).strip(";")
    return value.lower() if spec.name == "email" else value


def check_values(spec: HubSpotType, sent: Mapping[str, str]) -> list[Problem]:
    """One problem for each value that HubSpot would not take."""
    found = []
    for name, value in sent.items():
        known = spec.by_name.get(name)
        if known is None:
            found.append(Problem("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist', name))
        elif known.read_only:
            message = f'"{name}" is a read only property; its value cannot be set.'
            found.append(Problem("READ_ONLY_VALUE", message, name))
        elif value and (problem := _check(known, value)):
            found.append(problem)
    return found


def _check(spec: HubSpotProperty, value: str) -> Problem | None:
    if spec.name == "email" and not _EMAIL.fullmatch(value):
        return Problem("INVALID_EMAIL", f"Email address {value} is invalid", spec.name)
    check = _CHECKS.get(spec.type)
    return check(spec, value) if check else None


def _options(spec: HubSpotProperty, value: str) -> Problem | None:
    """Options are written by their value. Hidden ones are taken: they are out of people's sight alone."""
    chosen = value.removeprefix(";").split(";") if spec.field_type == "checkbox" else [value]
    if spec.external or all(one in spec.values for one in chosen):
        return None
    message = f"{value} was not one of the allowed options: [{', '.join(spec.values)}]"
    return Problem("INVALID_OPTION", message, spec.name)


def _number(spec: HubSpotProperty, value: str) -> Problem | None:
    if NUMBER.fullmatch(value):
        return None
    return Problem("INVALID_INTEGER", f"{value} was not a valid number.", spec.name)


def _text(spec: HubSpotProperty, value: str) -> Problem | None:
    if len(value) <= MOST_CHARACTERS:
        return None
    return Problem("PROPERTY_VALUE_TOO_LONG", f"Property values are limited to {MOST_CHARACTERS} characters", spec.name)


def _date(spec: HubSpotProperty, value: str) -> Problem | None:
    """A day, or its midnight in UTC as milliseconds; a time of day is refused.

    https://developers.hubspot.com/docs/faq/how-should-timestamps-be-formatted-for-hubspots-apis
    """
    try:
        at = hubspot_time(value) if _DAY.fullmatch(value) or _MILLISECONDS.fullmatch(value) else None
    except (ValueError, OverflowError, OSError):
        at = None
    if at is None:
        return Problem("INVALID_DATE", f"{value} was not a valid date.", spec.name)
    if at.endswith("T00:00:00.000Z"):
        return None
    return Problem("INVALID_DATE", f"{value} is at {at[11:-1]} UTC, not midnight!", spec.name)


def _moment(spec: HubSpotProperty, value: str) -> Problem | None:
    try:
        if _MOMENT.fullmatch(value) or _MILLISECONDS.fullmatch(value):
            hubspot_time(value)
            return None
    except (ValueError, OverflowError, OSError):
        pass
    return Problem("INVALID_LONG", f"{value} was not a valid long.", spec.name)


_CHECKS: Mapping[str, Callable[[HubSpotProperty, str], Problem | None]] = {
    "enumeration": _options,
    "bool": _options,
    "number": _number,
    "string": _text,
    "phone_number": _text,
    "date": _date,
    "datetime": _moment,
}
