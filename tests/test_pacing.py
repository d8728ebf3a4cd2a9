"""Rates and waits, on a clock that only sleeping moves."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.pacing import Pacer, Rate, backoff


class Watch:
    """A clock; sleeping moves it, and is remembered."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def pacer(self, *rates: Rate) -> Pacer:
        return Pacer(*rates, clock=lambda: self.now, sleep=self.sleep)


def test_requests_go_at_once_until_the_window_is_full() -> None:
    watch = Watch()
    pacer = watch.pacer(Rate(3, 1.0))
    for _ in range(3):
        pacer.wait()
    assert watch.slept == []
    pacer.wait()
    assert watch.slept == [1.0]


def test_a_place_is_free_again_when_its_time_is_over() -> None:
    watch = Watch()
    pacer = watch.pacer(Rate(2, 10.0))
    pacer.wait()
    watch.now += 4
    pacer.wait()
    pacer.wait()
    assert (watch.slept, watch.now) == ([6.0], 1_010.0)


def test_the_fullest_window_decides() -> None:
    watch = Watch()
    pacer = watch.pacer(Rate(2, 1.0), Rate(3, 60.0))
    sent = []
    for _ in range(4):
        pacer.wait()
        sent.append(watch.now - 1_000)
    assert sent == [0.0, 0.0, 1.0, 60.0]


def test_without_rates_nothing_waits_but_a_pause() -> None:
    watch = Watch()
    pacer = watch.pacer()
    pacer.wait()
    pacer.pause(7)
    pacer.pause(3)  # a shorter pause does not cut a longer one
    pacer.wait()
    assert watch.slept == [7.0]
    pacer.wait()
    assert watch.slept == [7.0]


@given(
    st.integers(1, 4),
    st.sampled_from([0.5, 1.0, 10.0]),
    st.lists(st.floats(0, 3), min_size=1, max_size=30),
    st.lists(st.integers(0, 29), max_size=2),
)
def test_no_window_ever_holds_more_than_its_rate(
    requests: int, seconds: float, gaps: list[float], pauses: list[int]
) -> None:
    watch = Watch()
    pacer, sent = watch.pacer(Rate(requests, seconds)), list[float]()
    for number, gap in enumerate(gaps):
        watch.now += gap
        if number in pauses:
            pacer.pause(2.0)
        pacer.wait()
        sent.append(watch.now)
    for first, later in zip(sent, sent[requests:], strict=False):
        assert later - first >= seconds - 1e-6
    assert all(pause > 0 for pause in watch.slept)


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 1.0), (2, 2.0), (6, 32.0), (7, 60.0), (50, 60.0)])
def test_a_fault_is_waited_out_twice_as_long_each_time_up_to_a_minute(attempt: int, seconds: float) -> None:
    assert backoff(attempt, jitter=lambda: 0.0) == seconds
    assert backoff(attempt, jitter=lambda: 1.0) == seconds * 0.75


@given(st.integers(1, 200), st.floats(0.1, 10), st.floats(1, 300))
def test_the_wait_stays_between_three_quarters_and_its_cap(attempt: int, base: float, cap: float) -> None:
    whole = min(cap, base * 2.0 ** (attempt - 1))
    assert whole * 0.75 <= backoff(attempt, base=base, cap=cap) <= whole


def test_an_expired_request_that_rounding_left_standing_opens_no_gap() -> None:
    """1021.8… + 10 − 1031.8… is 0.0, and 1021.8… is still later than 1031.8… − 10."""
    now = [1021.8242735375038]
    pacer = Pacer(Rate(1, 10.0), clock=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds))
    taken = []
    for _ in range(5):
        pacer.wait()
        taken.append(now[0])
    assert all(later - earlier > 9.99 for earlier, later in pairwise(taken))
