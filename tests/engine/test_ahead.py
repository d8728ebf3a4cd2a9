"""Pages read ahead: not too many, and none that nobody asks for."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from functools import partial
from threading import Event

import pytest

from connector.engine.ahead import AHEAD, MOST_AHEAD, ahead
from connector.engine.flow import Flow, Task
from connector.errors import BudgetExhausted


def test_the_next_page_is_asked_for_before_other_answers_are_taken_in() -> None:
    reading, busy, asked = Event(), Event(), Event()

    def back(most: int) -> None:
        while flow._came.qsize() < most:
            Event().wait(0.001)

    def pages() -> Iterator[list[int]]:
        reading.set()
        busy.wait(10)
        back(1)  # the answer of the second
        yield [1]
        asked.set()
        yield [2]

    def first() -> Task[None]:
        yield partial(reading.wait, 10)
        busy.set()
        back(2)  # the answer of the second, and then a page

    def second() -> Task[None]:
        yield partial(busy.wait, 10)
        assert asked.wait(10)

    with Flow(4) as flow:
        lane = flow.lane("some")
        read = ahead(flow, pages(), "read")
        lane.start(first())
        lane.start(second())
        assert [page for page in read if page] == [[1], [2]]
        lane.finish()


def test_pages_are_read_ahead_but_not_far() -> None:
    read: list[int] = []

    def pages() -> Iterator[list[int]]:
        for number in range(50):
            read.append(number)
            yield [number]

    with Flow(4) as flow:
        read_ahead = ahead(flow, pages(), "read")
        page = next(read_ahead)
        assert page in (None, [0])
        got = [page, *read_ahead]
        assert [one for one in got if one is not None] == [[number] for number in range(50)]
    with Flow(4) as flow:
        read.clear()
        read_ahead = ahead(flow, pages(), "read")
        while next(read_ahead) is None:
            pass
        for _ in range(20):  # whoever works on the first page
            flow.poll()
            Event().wait(0.001)
        assert len(read) <= AHEAD + 1


def test_of_large_pages_fewer_are_read_ahead() -> None:
    read: list[int] = []

    def pages() -> Iterator[Sequence[int]]:
        for number in range(50):
            read.append(number)
            yield range(MOST_AHEAD // 2)

    with Flow(4) as flow:
        read_ahead = ahead(flow, pages(), "read")
        while next(read_ahead) is None:
            pass
        for _ in range(20):
            flow.poll()
            Event().wait(0.001)
    assert len(read) <= 3


@pytest.mark.parametrize("workers", [1, 4])
def test_no_page_is_read_that_nobody_asked_for_where_few_are_wanted(workers: int) -> None:
    read: list[int] = []

    def pages() -> Iterator[list[int]]:
        for number in range(9):
            read.append(number)
            yield [number]

    with Flow(workers) as flow:
        read_ahead = ahead(flow, pages(), "read", depth=1)
        while next(read_ahead) is None:
            pass
    assert read == [0]


@pytest.mark.parametrize("workers", [1, 4])
def test_a_reader_that_fails_fails_after_the_pages_before(workers: int) -> None:
    def pages() -> Iterator[list[int]]:
        yield [1]
        raise BudgetExhausted("the day's calls")

    got: list[Sequence[int] | None] = []
    with Flow(workers) as flow, pytest.raises(BudgetExhausted):
        for page in ahead(flow, pages(), "read"):
            got.append(page)
    assert [one for one in got if one is not None] == [[1]]


def test_a_reader_is_closed_when_the_run_ends() -> None:
    closed: list[bool] = []

    def pages() -> Iterator[list[int]]:
        try:
            while True:
                yield [1]
        finally:
            closed.append(True)

    with Flow(4) as flow:
        next(ahead(flow, pages(), "read"))
    assert closed == [True]


def test_a_page_that_was_taken_is_not_kept_while_the_next_one_is_read() -> None:
    class Page(list[int]):
        """One that can be watched."""

    watched: list[weakref.ref[Page]] = []
    reading, go_on = Event(), Event()

    def page() -> Page:
        made = Page([1])
        watched.append(weakref.ref(made))
        return made

    def pages() -> Iterator[list[int]]:
        yield page()
        reading.set()
        go_on.wait(10)

    with Flow(4) as flow:
        taken = ahead(flow, pages(), "read")
        assert any(taken)
        assert reading.wait(10)
        kept = [ref() for ref in watched]
        go_on.set()
        assert not any(taken)
    assert kept == [None]
