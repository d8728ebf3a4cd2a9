"""The e-mails and phones behind a value that a path found: of which day they are, and whether they may be called.

Read by ``diff``. Pure. A path finds a bare value (``phones[0].number``); what Lusha says about it (``update_date``,
``do_not_call``) stands beside it in its entry, which is found again by the value, in whatever spelling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from connector.mapping.addresses import normal_email
from connector.mapping.conform import Unfit, as_items
from connector.mapping.paths import Path
from connector.mapping.phones import same_phone
from connector.mapping.scalars import read_instant

DO_NOT_CALL = "the number is marked do not call"
_VALUES = {"emails": "email", "phones": "number"}
_LEAST_DIGITS = 7
"""A number with fewer digits may stand within another one by chance."""


def region_of(attributes: Mapping[str, Any]) -> str | None:
    """The country (ISO2) by which a national phone number is read: where Lusha knows the person or company."""
    return (attributes.get("location") or {}).get("country_iso2")


def permitted(path: Path, attributes: Mapping[str, Any]) -> Any:
    """What a path finds, without the numbers of a do-not-call list; Unfit where nothing else is left.

    The path need not ask for it (``phones[0].number``). A number that stands twice is barred by either entry, and a
    text that was put together (``join``) by any barred number in it.
    """
    found = path.search(attributes)
    if "phones" not in path.heads:
        return found
    barred = [entry["number"] for entry in _entries("phones", attributes) if entry.get("do_not_call")]
    if not barred:
        return found
    region = region_of(attributes)
    kept = [item for item in as_items(found) if not any(_holds(item, number, region) for number in barred)]
    if found not in (None, []) and not kept:
        raise Unfit(DO_NOT_CALL)
    return kept if isinstance(found, list) else found


def day_of(path: Path, attributes: Mapping[str, Any]) -> datetime | None:
    """When Lusha last checked what a path finds (UTC); None where it does not say.

    By the entry that holds the value, else by the profile. Of entries with the same value the latest counts: it is
    one datum, and on that day it was still true. Of several values together the oldest counts: they are no younger.
    """
    whole = read_instant(attributes.get("update_date"))
    days = [_entry_day(path, item, attributes) or whole for item in as_items(permitted(path, attributes))]
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None


def _entry_day(path: Path, item: Any, attributes: Mapping[str, Any]) -> datetime | None:
    region = region_of(attributes)
    days = (
        read_instant(entry.get("update_date"))
        for name in _lists(path)
        for entry in _entries(name, attributes)
        if _same_datum(name, entry[_VALUES[name]], item, region)
    )
    return max((day for day in days if day is not None), default=None)


def _lists(path: Path) -> frozenset[str]:
    """The lists of entries that a path reads: ``emails``, ``phones``."""
    return path.heads & _VALUES.keys()


def _entries(name: str, attributes: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The entries of a list that hold a value."""
    return (entry for entry in attributes.get(name) or () if isinstance(entry.get(_VALUES[name]), str))


def _same_datum(name: str, value: str, item: Any, region: str | None) -> bool:
    if not isinstance(item, str):
        return False
    if name == "phones":
        return same_phone(value, item, region)
    return (normal_email(value) or value.strip()) == (normal_email(item) or item.strip())


def _holds(item: Any, number: str, region: str | None) -> bool:
    """Whether a found value is this number, or a text with it inside."""
    if not isinstance(item, str):
        return False
    long = sum(letter.isdigit() for letter in number) >= _LEAST_DIGITS
    return same_phone(number, item, region) or (long and number in item)
