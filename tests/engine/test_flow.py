"""Calls in flight: who runs where, how many at once, and what becomes of an error."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from functools import partial
from threading import Barrier, Event, current_thread, main_thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.engine.flow import Flow, Task, at_once, called
from connector.errors import AccessDenied, BudgetExhausted, InDoubt, Interrupted
from connector.pacing import held_by


def task(*calls: Callable[[], object], told: list[object] | None = None) -> Task[None]:
    """Makes calls one after the other, and tells what they returned."""
    for call in calls:
        answer = yield from called(call)
        if told is not None:
            told.append(answer)


@pytest.mark.parametrize("workers", [1, 4])
def test_a_task_gets_what_its_calls_return_in_their_order(workers: int) -> None:
    told: list[object] = []
    with Flow(workers) as flow:
        lane = flow.lane("some")
        lane.start(task(lambda: 1, lambda: 2, told=told))
        lane.finish()
    assert told == [1, 2]


def test_calls_leave_the_main_thread_and_nothing_else_does() -> None:
    called_on, ran_on = [], []

    def one() -> Task[None]:
        yield from called(lambda: called_on.append(current_thread()))
        ran_on.append(current_thread())

    with Flow(4) as flow:
        lane = flow.lane("some")
        for _ in range(8):
            lane.start(one())
        lane.finish()
    assert set(ran_on) == {main_thread()} and main_thread() not in called_on


def test_with_one_worker_every_call_is_made_at_once_on_the_main_thread() -> None:
    order: list[str] = []
    with Flow() as flow:
        lane = flow.lane("some")
        lane.start(task(lambda: order.append(current_thread().name)))
        order.append("after")
    assert order == [main_thread().name, "after"]


def test_tasks_run_side_by_side_up_to_the_width_and_no_further() -> None:
    together = Barrier(2, timeout=10)  # breaks unless two calls are under way at once
    running, most, lock = [0], [0], threading.Lock()

    def call() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        together.wait()
        with lock:
            running[0] -= 1

    with Flow(8) as flow:
        lane = flow.lane("some", most=2)
        for _ in range(6):
            lane.start(task(call))
        assert not lane.open
        lane.finish()
        assert lane.open and lane.idle
    assert most == [2]


def test_a_lane_widens_while_nothing_holds_its_calls_and_narrows_where_a_rate_does() -> None:
    def held() -> None:
        with held_by("a rate"):
            Event().wait(0.01)

    def hardly() -> None:
        with held_by("a rate"):
            pass
        Event().wait(0.001)

    with Flow(16) as flow:
        lane = flow.lane("some")
        begun = lane.width
        for _ in range(30):
            lane.start(task(hardly))
        lane.finish()
        assert begun < lane.width <= 16
        for _ in range(30):
            lane.start(task(held))
        lane.finish()
        assert lane.width == begun
    assert flow.timings.calls["some"].held["a rate"] > 0


@pytest.mark.parametrize("workers", [1, 4])
def test_an_error_is_met_by_whoever_owns_the_lane_and_by_nobody_else(workers: int) -> None:
    def fails() -> None:
        raise BudgetExhausted("no credits")

    done: list[object] = []
    with Flow(workers) as flow:
        lane, other = flow.lane("buy"), flow.lane("write")
        lane.start(task(fails))
        other.start(task(lambda: "written", told=done))
        other.finish()
        with pytest.raises(BudgetExhausted):
            lane.finish()
        lane.meet()  # it is told once
    assert done == ["written"]


def test_after_an_error_no_task_of_its_lane_begins() -> None:
    told: list[object] = []

    def fails() -> None:
        raise BudgetExhausted("no credits")

    with Flow(4) as flow:
        lane = flow.lane("buy", most=1)
        lane.start(task(fails))
        lane.start(task(lambda: 1, told=told))
        with pytest.raises(BudgetExhausted):
            lane.finish()
    assert told == []


def test_after_an_error_not_even_a_running_task_begins_another() -> None:
    go, told = Event(), list[object]()

    def fails() -> None:
        raise BudgetExhausted("no credits")

    with Flow(4) as flow:
        lane = flow.lane("write")

        def parent() -> Task[None]:
            yield from called(lambda: go.wait(10))
            lane.start(task(lambda: 1, told=told))

        lane.start(parent())
        lane.start(task(fails))
        flow.step("write")
        go.set()
        with pytest.raises(BudgetExhausted):
            lane.finish()
    assert told == []


def test_however_many_tasks_wait_they_do_not_begin_one_inside_the_other() -> None:
    told: list[object] = []
    with Flow() as flow:
        lane = flow.lane("write")

        def parent() -> Task[None]:
            for _ in range(1_000):
                lane.start(task(lambda: 1, told=told))
            yield from called(lambda: None)

        lane.start(parent())
        lane.finish()
    assert len(told) == 1_000


def test_a_task_may_handle_the_error_of_its_call() -> None:
    seen: list[str] = []

    def careful() -> Task[None]:
        try:
            yield from called(partial(int, "x"))
        except ValueError as error:
            seen.append(str(error))
        seen.append((yield from called(lambda: "on")))

    at_once(careful())
    with Flow(4) as flow:
        lane = flow.lane("some")
        lane.start(careful())
        lane.finish()
    assert seen[1::2] == ["on", "on"]


def test_leaving_takes_in_what_is_under_way_and_sends_nothing_more() -> None:
    go, told, refused = Event(), list[object](), list[Exception]()

    def two() -> Task[None]:
        told.append((yield from called(lambda: go.wait(10))))
        try:
            yield from called(lambda: told.append("sent"))
        except Interrupted as error:
            refused.append(error)
            raise

    with pytest.raises(InDoubt), Flow(4) as flow:
        flow.lane("write").start(two())
        go.set()
        raise InDoubt("lost twice")  # the other's call, which nobody sent, is in no doubt
    assert told == [True] and [str(error) for error in refused] == ["the run ended"]


def test_a_bug_is_not_lost_behind_the_error_that_ends_the_run() -> None:
    go = Event()

    def breaks() -> None:
        go.wait(10)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), Flow(4) as flow:
        flow.lane("buy").start(task(breaks))
        go.set()
        raise Interrupted("a person asked")


@pytest.mark.parametrize("stops_first", [True, False])
def test_that_a_quota_ended_hides_no_graver_error(stops_first: bool) -> None:
    def fails(error: Exception) -> None:
        raise error

    errors = [BudgetExhausted("no credits"), AccessDenied("no such key")]
    with Flow(4) as flow:
        lane = flow.lane("buy")
        for error in errors if stops_first else reversed(errors):
            lane.start(task(partial(fails, error)))
        with pytest.raises(AccessDenied):
            lane.finish()


def test_whoever_ends_at_once_waits_for_nothing() -> None:
    go, told = Event(), list[object]()
    with pytest.raises(KeyboardInterrupt), Flow(4) as flow:
        flow.lane("write").start(task(lambda: go.wait(10), told=told))
        raise KeyboardInterrupt
    assert told == []
    go.set()


def test_an_idle_thread_keeps_nothing_of_its_last_call() -> None:
    class Page(list[int]):
        """One that can be watched."""

    watched: list[weakref.ref[Page]] = []

    def answer() -> Page:
        page = Page()
        watched.append(weakref.ref(page))
        return page

    def one() -> Task[None]:
        yield from called(answer)

    with Flow(4) as flow:
        lane = flow.lane("some")
        for _ in range(4):
            lane.start(one())
        lane.finish()
        for _ in range(1_000):  # until the threads wait for their next call
            if not any(ref() is not None for ref in watched):
                break
            Event().wait(0.001)
        assert [ref() for ref in watched] == [None] * 4


@given(st.lists(st.integers(min_value=0, max_value=4), max_size=12), st.integers(min_value=1, max_value=5))
def test_however_many_there_are_every_task_ends_once(lengths: list[int], workers: int) -> None:
    ended: list[int] = []

    def one(number: int) -> Task[None]:
        for _ in range(lengths[number]):
            yield from called(lambda: None)
        ended.append(number)

    with Flow(workers) as flow:
        lane = flow.lane("some")
        for number in range(len(lengths)):
            lane.start(one(number))
        lane.finish()
    assert sorted(ended) == list(range(len(lengths)))
