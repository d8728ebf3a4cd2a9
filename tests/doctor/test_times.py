"""Which moments five cron fields mean."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config.schedule import parse_schedule
from connector.doctor.times import after, before

FRIDAY = datetime(2026, 11, 27, 4, 30)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("0 3 * * 1-5", ["Mon 11-30 03:00", "Tue 12-01 03:00", "Wed 12-02 03:00"]),
        ("*/20 4 * * *", ["Fri 11-27 04:40", "Sat 11-28 04:00", "Sat 11-28 04:20"]),
        ("0 0 1 jan,JUL *", ["Fri 01-01 00:00", "Thu 07-01 00:00", "Sat 01-01 00:00"]),
        ("0 12 * * sun", ["Sun 11-29 12:00", "Sun 12-06 12:00", "Sun 12-13 12:00"]),
        ("0 12 * * 7", ["Sun 11-29 12:00", "Sun 12-06 12:00", "Sun 12-13 12:00"]),
        ("0 12 30 * tue", ["Mon 11-30 12:00", "Tue 12-01 12:00", "Tue 12-08 12:00"]),  # either day will do
        ("0 12 */2 * mon", ["Mon 12-07 12:00", "Mon 12-21 12:00", "Mon 01-11 12:00"]),  # a star is no restriction
        ("0 0 29 2 *", ["Tue 02-29 00:00", "Sun 02-29 00:00"]),
    ],
)
def test_which_times_come_next(text: str, times: list[str]) -> None:
    found = islice(after(parse_schedule(text), FRIDAY), len(times))
    assert [f"{time:%a %m-%d %H:%M}" for time in found] == times


@given(
    minutes=st.sets(st.integers(0, 59), min_size=1, max_size=3),
    hours=st.sets(st.integers(0, 23), min_size=1, max_size=3),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    at=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),
)
def test_just_the_minutes_that_fit(minutes: set[int], hours: set[int], weekdays: set[int], at: datetime) -> None:
    columns = [",".join(map(str, numbers)) for numbers in (minutes, hours, weekdays)]
    schedule = parse_schedule("{} {} * * {}".format(*columns))
    minute = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    while not (minute.minute in minutes and minute.hour in hours and minute.isoweekday() % 7 in weekdays):
        minute += timedelta(minutes=1)
    assert next(after(schedule, at)) == minute
    assert next(before(schedule, minute)) == minute
    assert next(before(schedule, minute - timedelta(minutes=1))) <= at
