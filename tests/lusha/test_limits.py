"""Windows as the headers tell them: wait for the short, stop at the long."""

from __future__ import annotations

import pytest

from connector.errors import QuotaExhausted
from connector.lusha.limits import Limits


def headers(minute: object = 30, hourly: object = 300, daily: object = 4000) -> dict[str, str]:
    return {
        "x-rate-limit-minute": "50",
        "x-minute-requests-left": str(minute),
        "x-rate-limit-hourly": "500",
        "x-hourly-requests-left": str(hourly),
        "x-rate-limit-daily": "5000",
        "x-daily-requests-left": str(daily),
    }


def test_nothing_known_and_something_left_need_no_wait() -> None:
    limits = Limits()
    assert limits.wait(100.0) == 0.0
    limits.observe({}, 100.0)
    limits.observe(headers(), 100.0)
    limits.observe(headers(minute="many"), 100.0)
    assert limits.wait(100.0) == 0.0


def test_a_used_up_minute_is_waited_for_from_when_it_was_seen() -> None:
    limits = Limits()
    limits.observe(headers(minute=0), 100.0)
    limits.observe(headers(minute=0), 110.0)
    assert limits.wait(115.0) == 45.0
    assert limits.wait(160.0) == 0.0


def test_a_window_that_shows_requests_left_is_open_again() -> None:
    limits = Limits()
    limits.observe(headers(minute=0, hourly=0), 100.0)
    limits.observe(headers(minute=1, hourly=1), 101.0)
    assert limits.wait(101.0) == 0.0


@pytest.mark.parametrize(
    ("left", "message", "hint"),
    [
        ({"hourly": 0}, "Lusha: the hourly limit of 500 requests is used up",
         "run again when the hourly window ends; nothing is lost"),
        ({"daily": 0}, "Lusha: the daily limit of 5,000 requests is used up",
         "run again when the daily window ends; nothing is lost"),
    ],
)  # fmt: skip
def test_a_long_window_stops_the_run(left: dict[str, int], message: str, hint: str) -> None:
    limits = Limits()
    limits.observe(headers(**left), 100.0)
    with pytest.raises(QuotaExhausted) as stopped:
        limits.wait(101.0)
    assert (stopped.value.message, stopped.value.hint) == (message, hint)


def test_the_end_of_an_hour_is_waited_for() -> None:
    limits = Limits()
    limits.observe(headers(hourly=0), 0.0)
    assert limits.wait(3500.0) == 100.0


def test_a_reset_that_lusha_tells_shortens_the_hour_but_not_the_day() -> None:
    limits = Limits()
    limits.observe(headers(hourly=0), 100.0)
    limits.resets_in(30.0, 100.0)
    assert limits.wait(100.0) == 30.0
    limits.observe(headers(daily=0), 140.0)
    limits.resets_in(30.0, 140.0)
    with pytest.raises(QuotaExhausted, match="daily"):
        limits.wait(141.0)


def test_a_window_that_the_plan_does_not_have_never_closes() -> None:
    limits = Limits()
    limits.observe({"x-rate-limit-hourly": "0", "x-hourly-requests-left": "0"}, 0.0)
    assert limits.wait(0.0) == 0.0


def test_the_other_spelling_of_the_daily_header() -> None:
    limits = Limits()
    limits.observe({"x-ratelimit-remaining-daily": "0"}, 0.0)
    with pytest.raises(QuotaExhausted, match=r"^Lusha: the daily limit is used up$"):
        limits.wait(0.0)
