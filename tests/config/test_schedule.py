"""What cron would refuse is refused with a sentence; the rest is understood as cron understands it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config.schedule import parse_schedule
from connector.errors import ConfigError


def test_every_form_that_cron_knows() -> None:
    schedule = parse_schedule("*/20  3,15 1-31/10 JAN,3-5 sun,5-7")
    assert schedule.minutes == {0, 20, 40}
    assert schedule.hours == {3, 15}
    assert schedule.days == {1, 11, 21, 31}
    assert schedule.months == {1, 3, 4, 5}
    assert schedule.weekdays == {0, 5, 6}
    assert (schedule.any_day, schedule.any_weekday) == (False, False)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0 3 * *", "expected five cron fields such as \"0 3 * * 1-5\", found '0 3 * *'"),
        ("", "expected five cron fields such as \"0 3 * * 1-5\", found ''"),
        ("@daily", "expected five cron fields such as \"0 3 * * 1-5\", found '@daily'"),
        ("60 3 * * *", "the minute is 0 to 59, found '60'"),
        ("0 24 * * *", "the hour is 0 to 23, found '24'"),
        ("0 3 0 * *", "the day of the month is 1 to 31, found '0'"),
        ("0 3 * 13 *", "the month is 1 to 12, found '13'"),
        ("0 3 * * 8", "the day of the week is 0 to 7, found '8'"),
        ("0 3 * * funday", "the day of the week is 0 to 7, found 'funday'"),
        ("0 3 * * fri-mon", "the day of the week is 0 to 7, found 'fri-mon', which runs backwards"),
        ("0 3 * * 1,", "the day of the week is 0 to 7, found ''"),
        ("3am * * * *", "the minute is 0 to 59, found '3am'"),
        ("0/15 * * * *", "a step stands behind * or a range, found '0/15'"),
        ("*/0 * * * *", "a step is 1 or more, found '*/0'"),
        ("*-5 * * * *", "the minute is 0 to 59, found '*-5'"),
        ("0 3 30 2 *", "'0 3 30 2 *' never comes: no such month has a day 30"),
        ("9999999999999999999999 * * * *", "the minute is 0 to 59, found '9999999999999999999999'"),
    ],
)
def test_what_cron_would_refuse(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_schedule(text)
    assert refused.value.message == sentence


def test_a_day_that_a_month_lacks_may_still_fall_on_a_weekday() -> None:
    assert parse_schedule("0 3 30 2 1").days == {30}


@given(st.text(alphabet="0123456789*/-, @janSUN٣²", max_size=20))
def test_any_text_is_a_schedule_or_a_sentence(text: str) -> None:
    try:
        schedule = parse_schedule(text)
    except ConfigError as refused:
        assert "\n" not in refused.message
    else:
        assert schedule.minutes and schedule.weekdays <= set(range(7))
