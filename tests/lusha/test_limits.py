"""Windows as the answers tell them: wait for the short, stop at the long."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import QuotaExhausted
from connector.lusha.limits import WINDOWS, PlanLimits
from connector.pacing import LocalTurns

NOW = 1_795_420_800.0
"""2026-11-23T08:00:00Z."""


class Key:
    """The limits of one Lusha key, on a clock that moves when told."""

    def __init__(self, name: str = "k1") -> None:
        self.now = NOW
        self.turns = LocalTurns(clock=lambda: self.now)
        self.limits = self.limits_of(name)

    def limits_of(self, name: str) -> PlanLimits:
        return PlanLimits(self.turns, name, clock=lambda: self.now)

    def closed(self) -> dict[str, float]:
        lanes = {f"k1 {window.name}": window.name for window in WINDOWS}
        return {lanes[lane]: round(seconds, 3) for lane, (seconds, _) in self.turns.closed(list(lanes)).items()}


@pytest.fixture
def key() -> Key:
    return Key()


def headers(minute: object = 30, hourly: object = 300, daily: object = 4000) -> dict[str, str]:
    return {
        "x-rate-limit-minute": "50",
        "x-minute-requests-left": str(minute),
        "x-rate-limit-hourly": "500",
        "x-hourly-requests-left": str(hourly),
        "x-rate-limit-daily": "5000",
        "x-daily-requests-left": str(daily),
    }


def tier(remaining: object, resets_at: object = None, limit: object = 5000) -> dict[str, Any]:
    return {"limit": limit, "used": 1, "remaining": remaining, "resetsAt": resets_at}


@pytest.mark.parametrize("told", [{}, headers(), headers(minute="many"), headers(minute="nan", hourly="inf")])
def test_nothing_known_and_something_left_need_no_wait(key: Key, told: dict[str, str]) -> None:
    assert key.limits.wait() == 0.0
    key.limits.observe(told)
    assert key.limits.wait() == 0.0


@pytest.mark.parametrize("left", [0, -1])
def test_a_used_up_minute_is_waited_for_from_when_it_was_first_seen(key: Key, left: int) -> None:
    key.limits.observe(headers(minute=left))
    key.now += 10
    key.limits.observe(headers(minute=left))
    assert key.limits.wait() == 50.0
    key.now += 50
    assert key.limits.wait() == 0.0
    key.limits.observe(headers(minute=left))
    assert key.limits.wait() == 60.0


def test_a_window_that_shows_requests_left_is_open_again(key: Key) -> None:
    key.limits.observe(headers(minute=0, hourly=0, daily=0))
    key.limits.observe(headers(minute=1, hourly=1, daily=1))
    assert key.limits.wait() == 0.0


def test_an_answer_that_says_nothing_of_a_window_leaves_it_closed(key: Key) -> None:
    key.limits.observe(headers(minute=0))
    key.limits.observe({"x-hourly-requests-left": "7"})
    assert key.limits.wait() == 60.0


@pytest.mark.parametrize(
    ("left", "message", "hint"),
    [
        ({"hourly": 0}, "Lusha: the hourly limit of 500 requests is used up",
         "run again when the hourly window ends; nothing is lost"),
        ({"daily": 0}, "Lusha: the daily limit of 5,000 requests is used up",
         "run again when the daily window ends; nothing is lost"),
    ],
)  # fmt: skip
def test_a_long_window_stops_the_run(key: Key, left: dict[str, int], message: str, hint: str) -> None:
    key.limits.observe(headers(**left))
    with pytest.raises(QuotaExhausted) as stopped:
        key.limits.wait()
    assert (stopped.value.message, stopped.value.hint) == (message, hint)


def test_the_window_that_ends_last_is_named(key: Key) -> None:
    key.limits.learn({"hourly": tier(0, "2026-11-23T09:00:00Z"), "daily": tier(0, "2026-11-24T00:00:00Z")})
    with pytest.raises(QuotaExhausted, match="daily"):
        key.limits.wait()


def test_the_end_of_an_hour_is_waited_for(key: Key) -> None:
    key.limits.observe(headers(hourly=0))
    key.now += 3480
    assert key.limits.wait() == 120.0


def test_a_day_of_unknown_end_is_believed_for_an_hour(key: Key) -> None:
    """It may end at midnight, and every later run would be stopped too."""
    key.limits.observe(headers(daily=0))
    assert key.closed() == {"daily": 3600.0}
    key.now += 3600
    assert key.limits.wait() == 0.0


def test_a_reset_that_lusha_tells_shortens_the_hour_but_not_the_day(key: Key) -> None:
    key.limits.observe(headers(minute=0, hourly=0))
    key.limits.resets_in(30.0)
    assert key.limits.wait() == 30.0
    key.limits.observe(headers(daily=0))
    key.limits.resets_in(30.0)
    with pytest.raises(QuotaExhausted, match="daily"):
        key.limits.wait()


def test_a_reset_closes_nothing_that_is_open(key: Key) -> None:
    key.limits.resets_in(30.0)
    assert key.limits.wait() == 0.0


@pytest.mark.parametrize("size", ["0", "-1"])
def test_a_window_that_the_plan_does_not_have_never_closes(key: Key, size: str) -> None:
    key.limits.observe({"x-rate-limit-hourly": size, "x-hourly-requests-left": "0"})
    key.limits.learn({"hourly": tier(0, "2026-11-23T09:00:00Z", limit=int(size))})
    assert key.limits.wait() == 0.0


@pytest.mark.parametrize(
    "told",
    [
        {"x-ratelimit-remaining-daily": "0"},
        {"x-daily-requests-left": "?", "x-ratelimit-remaining-daily": "0"},
        {"x-ratelimit-remaining-daily": "0", "x-rate-limit-daily": "plenty"},
    ],
)
def test_the_other_spelling_of_the_daily_header(key: Key, told: dict[str, str]) -> None:
    key.limits.observe(told)
    with pytest.raises(QuotaExhausted, match=r"^Lusha: the daily limit is used up$"):
        key.limits.wait()


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("90", 90.0),
        ("86400", 86_400.0),
        ("12.5", 12.5),
        (f"{NOW + 7200:.0f}", 7200.0),
        (f"{1000 * (NOW + 7200):.0f}", 7200.0),
        ("2026-11-24T00:00:00.000Z", 57_600.0),
        ("2026-11-23T10:00:00+01:00", 3600.0),
        ("2026-11-23T09:30:00", 5400.0),
    ],
)
def test_a_day_ends_when_its_reset_header_says(key: Key, reset: str, seconds: float) -> None:
    told = {"x-ratelimit-remaining-daily": "0", "x-ratelimit-reset-daily": reset}
    key.limits.observe(told)
    assert key.closed() == {"daily": seconds}


@pytest.mark.parametrize(
    "reset",
    ["", "0", "-5", "soon", "nan", "inf", "1e999", "86401", "tomorrow at noon", "99999999999999999999", "20261124",
     f"{NOW - 60:.0f}", f"{NOW + 90_000:.0f}", "2026-11-22T00:00:00Z", "2027-11-24T00:00:00Z", "24:00"],
)  # fmt: skip
def test_a_reset_that_makes_no_sense_is_ignored(key: Key, reset: str) -> None:
    key.limits.observe({**headers(daily=0), "x-ratelimit-reset-daily": reset})
    assert key.closed() == {"daily": 3600.0}


@pytest.mark.parametrize("seconds", [60, 7200])
def test_an_end_that_is_told_replaces_one_that_was_believed(key: Key, seconds: int) -> None:
    key.limits.observe(headers(daily=0))
    key.now += 5
    key.limits.observe({**headers(daily=0), "x-ratelimit-reset-daily": str(seconds)})
    assert key.closed() == {"daily": seconds}
    key.limits.observe(headers(daily=0))  # and stays, where the next answer tells none
    assert key.closed() == {"daily": seconds}


def test_a_reset_without_a_used_up_window_closes_nothing(key: Key) -> None:
    key.limits.observe({**headers(), "x-ratelimit-reset-daily": "60", "ratelimit-reset": "1"})
    assert key.limits.wait() == 0.0


@pytest.mark.parametrize(("reset", "seconds"), [("1", 1.0), ("3", 3.0), ("60", 60.0), ("61", 1.0), ("?", 1.0)])
def test_the_headers_of_a_429_hold_for_its_second(key: Key, reset: str, seconds: float) -> None:
    key.limits.observe({"ratelimit-limit": "25", "ratelimit-remaining": "0", "ratelimit-reset": reset})
    assert key.closed() == {"second": seconds}
    assert key.limits.wait() == seconds
    key.limits.observe({"ratelimit-limit": "25", "ratelimit-remaining": "24", "ratelimit-reset": "1"})
    assert key.limits.wait() == 0.0


def test_the_longest_of_several_short_windows_is_waited_for(key: Key) -> None:
    key.limits.observe({**headers(minute=0), "ratelimit-remaining": "0", "ratelimit-reset": "1"})
    assert key.limits.wait() == 60.0


def test_the_account_tells_of_used_up_windows_and_when_they_end(key: Key) -> None:
    key.limits.learn(
        {
            "daily": tier(4880, "2026-11-24T00:00:00.000Z"),
            "hourly": tier(0, "2026-11-23T08:01:30.000Z"),
            "minute": tier(0, "2026-11-23T08:00:20.000Z"),
        }
    )
    assert key.closed() == {"hourly": 90.0, "minute": 20.0}
    assert key.limits.wait() == 90.0


def test_the_account_opens_what_was_closed(key: Key) -> None:
    key.limits.observe(headers(minute=0, daily=0))
    key.limits.learn({"daily": tier(1.0, "2026-11-24T00:00:00.000Z"), "hourly": None})
    assert key.closed() == {"minute": 60.0}


@pytest.mark.parametrize(
    "rate_limits",
    [
        {},
        {"daily": None, "hourly": None, "minute": None},
        {"daily": "none", "hourly": [], "weekly": {"remaining": 0}},
        {"daily": {}, "hourly": tier(None), "minute": tier("?")},
        {"daily": tier(False), "hourly": tier([0])},
    ],
)
def test_an_account_that_tells_nothing_of_use_changes_nothing(key: Key, rate_limits: dict[str, Any]) -> None:
    key.limits.observe(headers(minute=0))
    key.limits.learn(rate_limits)
    assert key.closed() == {"minute": 60.0}


@pytest.mark.parametrize("resets_at", [None, "", "soon", 0, True, "2026-11-22T00:00:00Z", ["2026"]])
def test_an_account_without_a_readable_end_is_believed_for_an_hour(key: Key, resets_at: object) -> None:
    key.limits.learn({"daily": tier(0, resets_at)})
    assert key.closed() == {"daily": 3600.0}
    with pytest.raises(QuotaExhausted, match="daily limit of 5,000 requests"):
        key.limits.wait()


def test_two_keys_never_share_and_two_clients_of_one_key_do(key: Key) -> None:
    key.limits.observe(headers(minute=0))
    assert key.limits_of("k1").wait() == 60.0
    assert key.limits_of("k2").wait() == 0.0
