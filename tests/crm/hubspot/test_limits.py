"""Whom a wait that HubSpot asks for holds, and that its window is never overrun and always used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.crm.hubspot.endpoints import VERSIONS, Endpoint
from connector.crm.hubspot.limits import Limits
from connector.errors import Stopped
from connector.pacing import LocalTurns
from tests.crm.hubspot.portal import FakeTime

SEARCH, READ, WRITE = VERSIONS["v3"].search, VERSIONS["v3"].batch_read, VERSIONS["v3"].batch_update


def limits_on(time: FakeTime, turns: LocalTurns | None = None) -> Limits:
    return Limits(turns or LocalTurns(clock=time.clock), "app", reserve=0.2, clock=time.clock, sleep=time.sleep)


def sent(limits: Limits, *endpoints: Endpoint) -> None:
    for endpoint in endpoints:
        with limits.turn(endpoint):
            pass


def told(most: int, left: int | None = None) -> dict[str, str]:
    window = {"X-HubSpot-RateLimit-Max": str(most), "X-HubSpot-RateLimit-Interval-Milliseconds": "10000"}
    return window | ({"X-HubSpot-RateLimit-Remaining": str(left)} if left is not None else {})


@pytest.mark.parametrize(
    ("policy", "asked", "other_waits"),
    [
        ("SECONDLY", SEARCH, 0.0),
        ("SECONDLY", READ, 10.0),
        ("TEN_SECONDLY_ROLLING", SEARCH, 10.0),
        ("TEN_SECONDLY_ROLLING", READ, 10.0),
        (None, SEARCH, 10.0),
    ],
)
def test_a_limit_of_the_app_holds_whatever_it_was_told_to(
    policy: str | None, asked: Endpoint, other_waits: float
) -> None:
    time = FakeTime()
    limits = limits_on(time)
    limits.hold(asked, policy, 10.0)
    sent(limits, READ if asked is SEARCH else SEARCH)
    assert sum(time.slept) == pytest.approx(other_waits)
    sent(limits, SEARCH if asked is SEARCH else READ)
    assert sum(time.slept) == pytest.approx(10.0)


def test_the_days_calls_are_told_once_hubspot_told_them() -> None:
    time = FakeTime()
    limits = limits_on(time)
    limits.note({"X-HubSpot-RateLimit-Max": "190"})
    assert limits.quota() is None
    limits.note({"X-HubSpot-RateLimit-Daily": "1000", "X-HubSpot-RateLimit-Daily-Remaining": "300"})
    quota = limits.quota()
    assert quota is not None
    assert (quota.used, quota.most, quota.ours) == (700, 1000, 100)
    limits.note({"X-HubSpot-RateLimit-Daily": "1000", "X-HubSpot-RateLimit-Daily-Remaining": "150"})
    assert (quota := limits.quota()) is not None and quota.ours == 0


def test_a_write_finds_a_place_where_a_read_would_wait() -> None:
    time = FakeTime()
    limits = limits_on(time)
    while not time.slept:
        sent(limits, READ)
    time.slept.clear()
    sent(limits, WRITE)
    assert time.slept == []


@pytest.mark.parametrize("most", [100, 190, 250])
def test_the_whole_window_is_used_and_searches_take_nothing_of_it(most: int) -> None:
    time = FakeTime()
    limits = limits_on(time)
    limits.note(told(most))
    sent(limits, *[SEARCH] * 20)
    time.now += 60
    time.slept.clear()
    sent(limits, *[READ] * (most // 2), *[WRITE] * (most - most // 2))
    assert sum(time.slept) < 10
    sent(limits, WRITE)
    assert sum(time.slept) == pytest.approx(10)


@pytest.mark.parametrize(
    ("told", "calls", "seconds"),
    [
        ({}, 250, 10.0),
        ({"Max": "190", "Interval-Milliseconds": "10000"}, 190, 10.0),
        ({"Max": "110", "Interval-Milliseconds": "10000"}, 110, 10.0),
        ({"Max": "100", "Interval-Milliseconds": "5000"}, 100, 5.0),
        ({"Max": "1", "Interval-Milliseconds": "1000"}, 1, 1.0),
        ({"Max": "190"}, 100, 10.0),
        ({"Max": "0", "Interval-Milliseconds": "10000"}, 100, 10.0),
        ({"Max": "many", "Interval-Milliseconds": "-1"}, 100, 10.0),
    ],
)
def test_the_window_is_the_one_that_hubspot_tells(told: dict[str, str], calls: int, seconds: float) -> None:
    time = FakeTime()
    limits = limits_on(time)
    limits.note({f"X-HubSpot-RateLimit-{name}": text for name, text in told.items()})
    sent(limits, *[WRITE] * calls)
    assert sum(time.slept) < seconds
    sent(limits, WRITE)
    assert sum(time.slept) == pytest.approx(seconds)


def test_reads_take_the_last_places_where_others_come_free_right_after() -> None:
    time = FakeTime()
    limits = limits_on(time)
    limits.note(told(190))
    for _ in range(190):
        time.now += 10 / 190
        sent(limits, READ)
    assert time.slept == []


def test_nobody_who_looked_at_a_record_waits_for_longer_than_that_answers_for_it() -> None:
    time = FakeTime()
    limits = limits_on(time)
    limits.note(told(190))
    sent(limits, *[READ] * 1_000)
    assert max(time.slept) < 5


DELAYS = st.floats(0, 20)


@given(st.lists(st.tuples(DELAYS, DELAYS, st.sampled_from([READ, WRITE, SEARCH])), max_size=40), st.integers(1, 6))
def test_no_ten_seconds_of_hubspots_hold_more_than_it_allows_however_long_requests_are_on_their_way(
    calls: list[tuple[float, float, Endpoint]], most: int
) -> None:
    time, arrived = FakeTime(), list[float]()
    limits = limits_on(time)
    limits.note(told(most))
    for before, after, endpoint in calls:
        with limits.turn(endpoint):
            time.now += before
            if not endpoint.search:
                arrived.append(time.now)
            time.now += after
    assert all(later - earlier >= 10 - 1e-6 for earlier, later in zip(arrived, arrived[most:], strict=False))


@pytest.mark.parametrize(("left", "ours"), [(100, 100), (95, 90), (90, 80), (50, 50), (0, 50)])
def test_others_who_use_the_app_are_left_what_they_use_and_as_much_again(left: int, ours: int) -> None:
    time = FakeTime()
    limits = limits_on(time)
    limits.note(told(100, left))
    sent(limits, *[WRITE] * ours)
    assert sum(time.slept) < 10
    sent(limits, WRITE)
    assert sum(time.slept) == pytest.approx(10)


def test_what_we_have_sent_ourselves_is_nobody_elses() -> None:
    time = FakeTime()
    limits = limits_on(time)
    limits.note(told(100))
    for left in range(99, -1, -1):
        with limits.turn(WRITE):
            limits.note(told(100, left))
    assert sum(time.slept) < 10


def test_what_others_used_is_known_for_no_longer_than_a_window() -> None:
    """Of two processes the one that saw others use the app is sent no answer while the other fills the window."""
    time = FakeTime()
    turns = LocalTurns(clock=time.clock)
    mine, theirs = limits_on(time, turns), limits_on(time, turns)
    mine.note(told(100, 60))
    theirs.note(told(100, 100))
    for _ in range(400):
        time.now += 10 / 95
        sent(theirs, READ)
    time.slept.clear()
    sent(mine, WRITE)
    assert time.slept == []


def test_who_comes_second_is_sent_the_first_answer_however_many_places_the_first_keeps_taken() -> None:
    time = FakeTime()
    turns = LocalTurns(clock=time.clock)
    mine, theirs = limits_on(time, turns), limits_on(time, turns)
    mine.note(told(190))
    for _ in range(190):
        time.now += 10 / 180
        sent(mine, READ)
    time.slept.clear()
    sent(theirs, READ)
    assert time.slept == []


def test_two_apps_have_a_window_each() -> None:
    time = FakeTime()
    turns = LocalTurns(clock=time.clock)
    mine, theirs = (Limits(turns, app, reserve=0.2, clock=time.clock, sleep=time.sleep) for app in ("a", "b"))
    for limits in (mine, theirs):
        sent(limits, *[WRITE] * 20)
    assert time.slept == []


def test_one_app_has_one_window_whoever_uses_it() -> None:
    time = FakeTime()
    turns = LocalTurns(clock=time.clock)
    mine, theirs = limits_on(time, turns), limits_on(time, turns)
    mine.note(told(4))
    theirs.note(told(4))
    sent(mine, WRITE, WRITE, WRITE)
    sent(theirs, WRITE)
    assert sum(time.slept) < 10
    sent(theirs, WRITE)
    assert sum(time.slept) == pytest.approx(10)


class Broken(LocalTurns):
    """Turns that are given, and whose file has trouble as soon as something was sent."""

    def close(self, lane: str, seconds: float, note: str = "") -> None:
        raise Stopped("state file state.db-rates: busy")

    def answered(self, lane: str, call: str) -> None:
        raise Stopped("state file state.db-rates: busy")

    def standing(self, lane: str, seconds: float) -> int:
        raise Stopped("state file state.db-rates: busy")


def test_trouble_with_the_rates_loses_no_answer() -> None:
    time = FakeTime()
    limits = limits_on(time, Broken(clock=time.clock))
    sent(limits, WRITE)
    limits.note(told(100, 50))
    assert time.slept == []
    limits.hold(WRITE, None, 10.0)
    assert time.slept == [10.0]  # whoever was asked to wait does, if nobody else
