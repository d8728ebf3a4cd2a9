"""What Lusha writes, made plain: no blanks, no placeholder words, bare domains, ISO dates, country codes.

The lowest step of reading an answer; ``connector.lusha.profiles`` builds the canonical shape from it. All pure.
Every reader returns None for a value that is missing or of the wrong kind, and ``present`` drops those.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

PLACEHOLDERS = frozenset({"unknown", "n/a", "-", "none", "test"})
"""Words that stand where a value is missing; compared without regard to case."""
_LONGEST = max(map(len, PLACEHOLDERS))
_MAP, _LIST, _NUMBER = (dict, Mapping), (list, tuple), (int, float)
"""What JSON makes stands first: it is met for every value of every answer."""

_KEPT = 4096
"""Days and hosts kept as read: colleagues share their company's, and Lusha checks many people on one day."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_DAY_YEAR = re.compile(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2}), (\d{4})")

_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


def prune(value: Any) -> Any:
    """The value without blanks and placeholders at any depth, texts trimmed; None if nothing is left.

    >>> prune({"title": " CTO ", "seniority": "Unknown", "departments": [""], "raw": None})
    {'title': 'CTO'}
    """
    if isinstance(value, str):
        return word(value)
    if isinstance(value, _MAP):
        return {key: kept for key, item in value.items() if (kept := prune(item)) is not None} or None
    if isinstance(value, _LIST):
        return [kept for item in value if (kept := prune(item)) is not None] or None
    return value


def present(**values: Any) -> dict[str, Any]:
    """The named values that are there: neither None, nor empty. 0 and False are values."""
    return {name: value for name, value in values.items() if value or value == 0}


def mapping(value: Any) -> Mapping[str, Any]:
    """The map, or an empty one where Lusha sent something else."""
    return value if isinstance(value, _MAP) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The maps in a list; anything else is left out."""
    return [item for item in value if isinstance(item, _MAP)] if isinstance(value, list) else []


def text(value: Any) -> str | None:
    """A text; numbers (ids, mostly) by their digits."""
    if value is None or isinstance(value, str):
        return value
    return str(value) if isinstance(value, _NUMBER) and not isinstance(value, bool) else None


def word(value: Any) -> str | None:
    """A ``text`` as it is after ``prune``: trimmed, None for a blank and for a placeholder."""
    if value is None:
        return None
    if not isinstance(value, str):
        return text(value)
    told = value.strip()
    return None if not told or (len(told) <= _LONGEST and told.casefold() in PLACEHOLDERS) else told


def words(value: Any) -> list[str]:
    """``texts`` as they are after ``prune``."""
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(item for item in map(word, items) if item is not None))


def texts(value: Any) -> list[str]:
    """The texts in a list, each once, or a lone text as a list of one."""
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(item for item in map(text, items) if item is not None))


def full_name(first: str | None, last: str | None) -> str | None:
    """The whole name; names in Chinese, Japanese or Korean script have the family name first and no space.

    >>> full_name("Ada", "Example"), full_name("艳", "吴")
    ('Ada Example', '吴艳')
    """
    if first and last and _EAST_ASIAN.fullmatch(first) and _EAST_ASIAN.fullmatch(last):
        return last + first
    return " ".join(part for part in (first, last) if part) or None


def number(value: Any) -> int | float | None:
    """A number; also one written as text (``"+24"``, ``"10,000"``)."""
    if isinstance(value, str):
        try:
            value = float(value.replace(",", ""))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else value if abs(value) < float("inf") else None
    return value


def integer(value: Any) -> int | None:
    """A whole number, or None."""
    found = number(value)
    return found if isinstance(found, int) else None


def boolean(value: Any) -> bool | None:
    """True or False; also as words."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def iso_date(value: Any) -> str | None:
    """``YYYY-MM-DD`` from an ISO date or time, or from the ``Nov 10, 2021`` of Lusha's funding rounds."""
    return _day(value) if isinstance(value, str) else None


@lru_cache(maxsize=_KEPT)
def _day(value: str) -> str | None:
    if spelled := _MONTH_DAY_YEAR.fullmatch(value):
        month = spelled[1].lower()
        value = f"{spelled[3]}-{_MONTHS.index(month) + 1:02}-{int(spelled[2]):02}" if month in _MONTHS else ""
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        return None


def bare_domain(value: Any) -> str | None:
    """``https://www.lusha.com/`` or ``www.lusha.com`` → ``lusha.com``."""
    host = _host(value)
    return (host.removeprefix("www.") or None) if host else None


def web_address(value: Any) -> str | None:
    """The address of the host that Lusha names as domain, ``www.`` kept: ``https://www.lusha.com``."""
    host = _host(value)
    return f"https://{host}" if host else None


def _host(value: Any) -> str | None:
    written = text(value)
    return None if written is None else _host_in(written)


@lru_cache(maxsize=_KEPT)
def _host_in(written: str) -> str | None:
    return re.split(r"[/?#]", written.lower().split("://")[-1], maxsplit=1)[0].rstrip(".") or None
