"""A schedule as cron spells it (https://man7.org/linux/man-pages/man5/crontab.5.html), read and checked, never run.

Read by the rules of configuration files and by ``doctor``.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass

from connector.config.wording import found
from connector.errors import ConfigError

_LEAP_YEAR = 2024
_ITEM = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>[0-9]+))?")


@dataclass(frozen=True, slots=True)
class _Column:
    """One of the five: its name, what it may hold, and names that stand for the first numbers."""

    name: str
    least: int
    most: int
    names: Sequence[str] = ()

    @property
    def range(self) -> str:
        return f"the {self.name} is {self.least} to {self.most}"


_COLUMNS = (
    _Column("minute", 0, 59),
    _Column("hour", 0, 23),
    _Column("day of the month", 1, 31),
    _Column("month", 1, 12, [name.casefold() for name in calendar.month_abbr[1:]]),
    _Column("day of the week", 0, 7, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job starts, as sets of numbers. ``weekdays``: 0 to 6 from Sunday. ``any_day``, ``any_weekday``: begins
    with ``*``, so that the other one alone restricts; where neither does, a day fits by either."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool


def parse_schedule(text: str) -> Schedule:
    """Five cron columns; ConfigError with one sentence for anything that cron would refuse or never start.

    >>> sorted(parse_schedule("0 3 * * 1-5").weekdays)
    [1, 2, 3, 4, 5]
    """
    words = text.split()
    if len(words) != len(_COLUMNS):
        raise ConfigError(f'expected five cron fields such as "0 3 * * 1-5", found {found(text)}')
    minutes, hours, days, months, weekdays = (
        _numbers(word, column) for word, column in zip(words, _COLUMNS, strict=True)
    )
    if words[4] == "*" and min(days) > max(_days_in(month) for month in months):
        raise ConfigError(f"{found(text)} never comes: no such month has a day {min(days)}")
    sundays = frozenset(day % 7 for day in weekdays)
    stars = [word.startswith("*") for word in words]
    return Schedule(minutes, hours, days, months, sundays, any_day=stars[2], any_weekday=stars[4])


def _days_in(month: int) -> int:
    return calendar.monthrange(_LEAP_YEAR, month)[1]


def _numbers(word: str, column: _Column) -> frozenset[int]:
    """Every number that one column names: lists of ``*``, numbers and ranges, each range with a step if need be."""
    numbers: set[int] = set()
    for item in word.split(","):
        match = _ITEM.fullmatch(item)
        if match is None or (match["first"] == "*" and match["last"]):
            raise ConfigError(f"{column.range}, found {found(item)}")
        numbers.update(_item(match, column))
    return frozenset(numbers)


def _item(match: re.Match[str], column: _Column) -> range:
    everything, ranged = match["first"] == "*", match["last"] is not None
    first = column.least if everything else _number(match["first"], column)
    last = column.most if everything else _number(match["last"], column) if ranged else first
    if first > last:
        raise ConfigError(f"{column.range}, found {found(match[0])}, which runs backwards")
    if match["step"] and not everything and not ranged:
        raise ConfigError(f"a step stands behind * or a range, found {found(match[0])}")
    if (step := int(match["step"] or 1)) == 0:
        raise ConfigError(f"a step is 1 or more, found {found(match[0])}")
    return range(first, last + 1, step)


def _number(word: str, column: _Column) -> int:
    if word.casefold() in column.names:
        return column.least + column.names.index(word.casefold())
    if not word.isascii() or not word.isdigit() or not column.least <= int(word[:9]) <= column.most:
        raise ConfigError(f"{column.range}, found {found(word)}")
    return int(word)
