"""Sliding and fixed windows under an injected clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sandbox.windows import FixedWindow, SlidingWindow


class Clock:
    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_a_sliding_window_takes_its_requests_and_no_more_until_the_oldest_leaves() -> None:
    clock = Clock()
    window = SlidingWindow(2, 1.0, clock=clock)
    assert [window.take(), window.take(), window.take()] == [True, True, False]
    assert (window.used, window.left, window.reset_in) == (2, 0, 1.0)
    clock.now = 0.999
    assert not window.take()
    clock.now = 1.0
    assert window.take()


def test_a_window_that_does_not_enforce_counts_and_never_refuses() -> None:
    window = SlidingWindow(1, 1.0, clock=Clock(), enforce=False)
    assert [window.take() for _ in range(3)] == [True, True, True]
    assert (window.used, window.left) == (3, 0)
    fixed = FixedWindow(1, 60, clock=Clock(), enforce=False)
    assert [fixed.take() for _ in range(3)] == [True, True, True]
    assert not fixed.full


def test_a_fixed_window_turns_over_at_whole_multiples_of_the_clock() -> None:
    clock = Clock(86_400 * 3 + 86_390.0)
    day = FixedWindow(1, 86_400, clock=clock)
    assert day.take()
    assert not day.take()
    assert (day.full, day.left, day.reset_in) == (True, 0, 10.0)
    clock.now += 10
    assert not day.full
    assert day.take()


@settings(max_examples=50)
@given(
    st.lists(st.floats(0, 0.7), max_size=60),
    st.integers(1, 5),
    st.sampled_from([0.5, 1.0, 10.0]),
)
def test_no_stretch_of_time_ever_holds_more_than_the_limit(gaps: list[float], requests: int, seconds: float) -> None:
    clock = Clock()
    window = SlidingWindow(requests, seconds, clock=clock)
    taken: list[float] = []
    for gap in gaps:
        clock.now += gap
        if window.take():
            taken.append(clock.now)
        assert len([moment for moment in taken if moment > clock.now - seconds]) <= requests


def test_threads_together_get_no_more_than_the_limit() -> None:
    window = SlidingWindow(100, 60.0, clock=Clock())
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: window.take(), range(400))) == 100
