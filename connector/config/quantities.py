"""Durations and shares as the files write them."""

from __future__ import annotations

import re
from datetime import timedelta

from connector.config.wording import found
from connector.errors import ConfigError

_DURATION = re.compile(r"([0-9]{1,5})([wdh])")
_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,17})?)\s*(%?)")
_UNITS = {"w": "weeks", "d": "days", "h": "hours"}


def parse_duration(text: str) -> timedelta:
    """``90d``, ``12h`` or ``2w`` as a timedelta; ConfigError for anything else.

    ``m`` is refused on purpose: three months read as three minutes would buy every record anew.

    >>> parse_duration("90d")
    datetime.timedelta(days=90)
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ConfigError(f"expected a duration such as 90d or 12h, found {found(text)}")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def spell_duration(age: timedelta) -> str:
    """A timedelta as the files write it, in whole hours or days.

    >>> spell_duration(timedelta(days=90)), spell_duration(timedelta(hours=36))
    ('90d', '36h')
    """
    hours = round(age.total_seconds() / 3600)
    return f"{hours // 24}d" if hours % 24 == 0 else f"{hours}h"


def parse_share(value: str | float) -> float:
    """``20%``, ``0.2`` or 0.2 as a fraction of one; ConfigError for anything else.

    >>> parse_share("20%")
    0.2
    """
    text = str(value).strip()
    match = _SHARE.fullmatch(text)
    share = -1.0 if match is None else float(match[1]) / (100 if match[2] else 1)
    if not 0 <= share <= 1:
        raise ConfigError(f"expected a share such as 20% or 0.2, found {found(text)}")
    return share
