"""Which moments a schedule means: those that come next, and those that have passed. Pure, by the day, in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from connector.config.schedule import Schedule

_LONGEST = 366 * 8
"""Days to look ahead or back: 29 February may be eight years away."""


def after(schedule: Schedule, moment: datetime) -> Iterator[datetime]:
    """Every time after a moment, for some years."""
    day = _midnight(moment)
    for _ in range(_LONGEST):
        yield from (time for time in _of(schedule, day) if time > moment)
        day += timedelta(days=1)


def before(schedule: Schedule, moment: datetime) -> Iterator[datetime]:
    """Every time up to a moment, the latest first, for some years back."""
    day = _midnight(moment)
    for _ in range(_LONGEST):
        yield from (time for time in reversed(_of(schedule, day)) if time <= moment)
        day -= timedelta(days=1)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _of(schedule: Schedule, day: datetime) -> list[datetime]:
    if day.month not in schedule.months or not _has(schedule, day):
        return []
    hours, minutes = sorted(schedule.hours), sorted(schedule.minutes)
    return [day.replace(hour=hour, minute=minute) for hour in hours for minute in minutes]


def _has(schedule: Schedule, day: datetime) -> bool:
    by_month, by_week = day.day in schedule.days, day.isoweekday() % 7 in schedule.weekdays
    either = not (schedule.any_day or schedule.any_weekday)
    return by_month or by_week if either else by_month and by_week
