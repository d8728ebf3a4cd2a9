"""Numbers, booleans and times as CRMs and Lusha spell them, read into Python values; and numbers as text.

Stands below ``values`` and ``conform``. A reader gives None for what it cannot read; it never guesses.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?:\.\d*)?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_SCALAR = (str, int, float)
_LONGEST = 64
"""Characters of a text that may be a number (what is longer is one only if it is no text), and of one whose reading as
a time is kept."""
_TRUE = frozenset({"true", "yes", "1", "y", "t"})
_FALSE = frozenset({"false", "no", "0", "n", "f"})
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:?\d{2}.*", re.ASCII)
_EPOCH_MS = re.compile(r"-?\d{11,16}", re.ASCII)
_KEPT = 4096
"""Texts whose reading is kept: a record's stamp is read several times on its way, and records written together share
theirs."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def plain_text(value: str | int | float | bool) -> str:
    """A scalar as text: numbers in their shortest form, booleans as ``true`` and ``false``.

    >>> plain_text(364.0), plain_text(0.1), plain_text(1e22), plain_text(True)
    ('364', '0.1', '10000000000000000000000', 'true')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        shortest = format(Decimal(repr(value)), "f")
        return shortest.removesuffix(".0") if "." in shortest else shortest
    return str(value)


def read_number(value: object) -> Decimal | None:
    """A finite number from a number or its text, with or without thousands commas: ``"1,234.5"``."""
    if isinstance(value, bool) or not isinstance(value, _SCALAR):
        return None
    text = str(value).strip() if isinstance(value, str) else repr(value)
    readable = _NUMBER.fullmatch(text) and (len(text) <= _LONGEST or not isinstance(value, str))
    return Decimal(text.replace(",", "")) if readable else None


def read_boolean(value: object) -> bool | None:
    """True or False from a boolean, 1 or 0, or a word: true, yes, y, false, no, n in any case."""
    if value is None or value is True or value is False:
        return value
    if not isinstance(value, _SCALAR):
        return None
    word = plain_text(value).strip().casefold()
    return True if word in _TRUE else False if word in _FALSE else None


def read_instant(value: object) -> datetime | None:
    """An instant in UTC, cut to the second, from ISO 8601 text or epoch milliseconds.

    A date alone is its midnight in UTC, a time without a zone is in UTC. Milliseconds need eleven digits, so
    that a year or a count is never taken for a time. An incomplete date (``2024-05``) is none.
    """
    if isinstance(value, bool) or not isinstance(value, _SCALAR):
        return None
    text = plain_text(value).strip()
    return _kept_instant(text) if len(text) <= _LONGEST else _instant(text)


def _instant(text: str) -> datetime | None:
    try:
        if _EPOCH_MS.fullmatch(text):
            return (_EPOCH + timedelta(milliseconds=int(text))).replace(microsecond=0)
        return _iso(text)
    except (ValueError, OverflowError):
        return None


_kept_instant = lru_cache(_KEPT)(_instant)


def _iso(text: str) -> datetime | None:
    if not (_DATE.fullmatch(text) or _DATETIME.fullmatch(text)):
        return None
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0)
