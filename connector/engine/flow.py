"""Calls in flight: worker threads make them and do nothing else; all between two calls runs on the main thread.

A task is a generator that yields calls and is handed what each of them returned. Tasks of one kind share a lane, which
is as wide as the vendor's rate and latency make use of. Whoever has to wait takes a ``step``: that carries on every
task whose call has ended, so nothing that came back waits for long. With one worker each call is made at once, on the
main thread, in the order of the program.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Self, TypeVar

from connector.engine.timings import Timings
from connector.errors import ConnectorError, Interrupted, Stopped
from connector.pacing import Waits, watched

T = TypeVar("T")
Call = Callable[[], Any]
Task = Generator[Call, Any, T]
"""Yields calls, is sent their results, and returns a T."""

NARROWEST = 8
"""How wide a lane begins, and how narrow it gets, where it may be as wide as that: enough to use every place as it
comes free, and few enough to be looked at again and written within moments."""


def called(call: Callable[[], T]) -> Task[T]:
    """Make a call from within a task: ``answer = yield from called(lambda: lusha.search("person", some))``."""
    result: T = yield call
    return result


def at_once(task: Task[T]) -> T:
    """Carry a task out on this thread, one call after the other."""
    result, error = None, None
    while True:
        try:
            call = task.throw(error) if error else task.send(result)
        except StopIteration as end:
            returned: T = end.value
            return returned
        result, error = _made(call)


@dataclass(slots=True)
class _Ended:
    """A call that came back: to whom, with what, after how long, and what held it up."""

    lane: Lane
    task: Task[None]
    result: Any
    error: BaseException | None
    seconds: float
    waits: Waits


@dataclass(slots=True)
class Lane:
    """Tasks of one kind. ``most`` of them run at once at most, ``width`` for now; more wait for their turn.

    An error that ends a task is kept for whoever owns the lane (``meet``), the first that says more than that the run
    stops; until it is met no further task begins, not even one that a running one starts.
    """

    name: str
    most: int
    flow: Flow
    urgent: bool = False
    width: int = 0
    _running: int = 0
    _filling: bool = False
    _waiting: deque[Task[None]] = field(default_factory=deque)
    _error: BaseException | None = None

    def __post_init__(self) -> None:
        self.width = min(NARROWEST, self.most)

    @property
    def open(self) -> bool:
        """Whether another task would begin at once."""
        return not self._waiting and self._running < self.width

    @property
    def idle(self) -> bool:
        """Whether nothing runs or waits."""
        return not self._waiting and not self._running

    def start(self, task: Task[None]) -> None:
        """Begin a task, as soon as there is room for it."""
        if self._error is None:
            self._waiting.append(task)
            self._fill()

    def meet(self) -> None:
        """Raise the error that ended a task, if one did; once."""
        error, self._error = self._error, None
        if error is not None:
            raise error

    def finish(self) -> None:
        """Wait until every task has ended; raises the error of one that failed."""
        while not self.idle:
            self.flow.step(self.name)
        self.meet()

    def _fill(self) -> None:
        if self._filling:  # a task that began here has ended at once: the loop goes on, and not one inside it
            return
        self._filling = True
        try:
            while self._waiting and self._running < self.width:
                self._running += 1
                self.flow.resume(self, self._waiting.popleft())
        finally:
            self._filling = False

    def ended(self, error: BaseException | None) -> None:
        """A task came to its end."""
        self._running -= 1
        if error is not None:
            if self._error is None or isinstance(self._error, Stopped):
                self._error = error
            self._waiting.clear()
        self._fill()

    def learn(self, seconds: float, held: float) -> None:
        """Wider while calls go through unhindered, narrower where they wait for their turn: by then more are in flight
        than the rate lets through."""
        if held > seconds / 2:
            self.width = max(min(NARROWEST, self.most), self.width - 1)
        elif self._running >= self.width and held <= seconds / 10:
            self.width = min(self.most, self.width + 1)


class Flow:
    """The calls of one run. ``workers``: most tasks of a lane at once; 1 = every call at once, on the main thread.

    Leaving its ``with`` block waits for what is in flight, takes it in, and sends nothing more; whoever ends at once (a
    second Ctrl-C) waits for nothing.
    """

    def __init__(self, workers: int = 1, timings: Timings | None = None) -> None:
        self.timings = timings or Timings()
        self._workers = workers
        self._jobs: SimpleQueue[tuple[Lane, Task[None], Call] | None] = SimpleQueue()
        self._came: SimpleQueue[_Ended] = SimpleQueue()
        self._urgent, self._others = deque[_Ended](), deque[_Ended]()
        self._threads = self._in_flight = 0
        self._readers: list[Iterator[Any]] = []
        self._ending: Interrupted | None = None
        self._bug: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None or isinstance(error, Exception):
                self.end()
        finally:
            if not self._in_flight:
                self._close_readers()
            for _ in range(self._threads):
                self._jobs.put(None)
            self._threads = 0

    @property
    def workers(self) -> int:
        """Most tasks of a lane at once."""
        return self._workers

    def closes(self, pages: Iterator[Any]) -> None:
        """Close what pages are read from, once the run ends and nothing is under way."""
        self._readers.append(pages)

    def _close_readers(self) -> None:
        for pages in self._readers:
            if isinstance(pages, Generator):
                pages.close()

    def end(self) -> None:
        """Wait for what is in flight and take it in; nothing more is sent. Tasks that ask for it all the same meet
        Interrupted, whatever ended the run: its own error would tell them that their call was refused, or is in
        doubt. Raises the bug that ended a task, which nobody may have met; an error of the tree is told by the next
        run."""
        self._ending = Interrupted("the run ended")
        while self._in_flight:
            self.step("the end")
        if self._bug is not None:
            raise self._bug

    def lane(self, name: str, *, most: int | None = None, urgent: bool = False) -> Lane:
        """Room for tasks of one kind. ``most``: of them at once, where that is less than ``workers``."""
        return Lane(name, min(self._workers, most or self._workers), self, urgent)

    def step(self, name: str) -> None:
        """Wait for a call to come back, and carry on every task whose call did. ``name``: what is waited for."""
        assert self._in_flight, f"{name}: nothing is in flight"
        if not self._back():
            with self.timings.waiting(name):
                self._sort(self._came.get())
        self.poll()

    def poll(self) -> None:
        """Carry on the tasks whose calls have come back by now."""
        while self._back():
            self._take((self._urgent or self._others).popleft())

    def _back(self) -> bool:
        """Whether some call has come back that nobody took in yet."""
        try:
            while True:
                self._sort(self._came.get_nowait())
        except Empty:
            return bool(self._urgent or self._others)

    def _sort(self, came: _Ended) -> None:
        (self._urgent if came.lane.urgent else self._others).append(came)

    def resume(self, lane: Lane, task: Task[None], result: Any = None, error: BaseException | None = None) -> None:
        """Carry a task on, up to its next call or its end."""
        while True:
            with self.timings.stage(lane.name):
                try:
                    call = task.throw(error) if error else task.send(result)
                except StopIteration:
                    return lane.ended(None)
                except BaseException as failed:
                    if not isinstance(failed, Exception):
                        raise
                    if not isinstance(failed, ConnectorError):
                        self._bug = self._bug or failed
                    return lane.ended(failed)
            if self._ending is not None:
                result, error = None, self._ending
            elif self._workers == 1:
                began = self.timings.clock()
                with self.timings.waiting(lane.name):
                    (result, error), waits = watched(partial(_made, call))
                self.timings.call(lane.name, self.timings.clock() - began, waits)
            else:
                return self._send(lane, task, call)

    def _take(self, came: _Ended) -> None:
        self._in_flight -= 1
        came.lane.learn(came.seconds, sum(came.waits.values()))
        self.timings.call(came.lane.name, came.seconds, came.waits)
        self.resume(came.lane, came.task, came.result, came.error)

    def _send(self, lane: Lane, task: Task[None], call: Call) -> None:
        if self._in_flight == self._threads:
            Thread(target=self._work, name=f"calls-{self._threads + 1}", daemon=True).start()
            self._threads += 1
        self._in_flight += 1
        self._jobs.put((lane, task, call))

    def _work(self) -> None:
        """What a worker thread does: make calls, and hand on what came of them."""
        while (job := self._jobs.get()) is not None:
            self._came.put(self._carried_out(*job))
            del job  # who waits for the next one keeps nothing of the last, as 16 threads would

    def _carried_out(self, lane: Lane, task: Task[None], call: Call) -> _Ended:
        began = self.timings.clock()
        (result, error), waits = watched(partial(_made, call))
        return _Ended(lane, task, result, error, self.timings.clock() - began, waits)


def _made(call: Call) -> tuple[Any, BaseException | None]:
    """What a call returned, or its error: raised again in the task that asked, and nowhere else."""
    try:
        return call(), None
    except BaseException as error:  # noqa: BLE001 - goes to the task that asked, on its thread
        return None, error
