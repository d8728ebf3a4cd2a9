"""What a HubSpot portal does with a property's value: coerce, check, refuse in its own words.

Pure. HubSpot keeps every value as text, white space included; ``""`` clears. E-mails are kept in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connector.sandbox.hubspot_schema import PORTAL_ID, HubSpotProperty, HubSpotType

NUMBER = re.compile(r"-?\d+(\.\d+)?")
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
    if isinstance(value, str):
        moment = datetime.fromtimestamp(int(value) / 1000, UTC) if value.isdecimal() else datetime.fromisoformat(value)
    else:
        moment = value
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def stored(spec: HubSpotProperty, value: str) -> str:
    """The spelling in which an accepted value is kept."""
    if spec.type == "datetime" and value:
        return hubspot_time(value)
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
    if spec.options and value not in spec.values:
        message = f"{value} was not one of the allowed options: [{', '.join(spec.values)}]"
        return Problem("INVALID_OPTION", message, spec.name)
    if spec.name == "email" and not _EMAIL.fullmatch(value):
        return Problem("INVALID_EMAIL", f"Email address {value} is invalid", spec.name)
    if spec.type == "number" and not NUMBER.fullmatch(value):
        return Problem("INVALID_INTEGER", f"{value} was not a valid number.", spec.name)
    if spec.type == "datetime":
        try:
            hubspot_time(value)
        except (ValueError, OverflowError):
            return Problem("INVALID_LONG", f"{value} was not a valid long.", spec.name)
    return None
