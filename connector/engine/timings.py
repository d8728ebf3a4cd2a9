"""Where the time of a run went: our own work by stage, waits by what was waited for, and what held the calls up."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from connector.pacing import Clock, Waits

T = TypeVar("T")
_OURS = 0.8
"""Share of the time that this process computes, from which it is what bounds the run."""
_HELD = 0.25
"""Time for which calls were held up ÷ time until their answers, from which the limit is what bounds the run: more were
under way than it let through, and answers that came sooner would have waited for the next place."""


@dataclass(slots=True)
class Calls:
    """The calls of one stage: how many, seconds until their answers came, seconds held up before they were sent, by the
    limit in words."""

    calls: int = 0
    network: float = 0.0
    held: dict[str, float] = field(default_factory=lambda: defaultdict(float))


class Timings:
    """Measured on the main thread; every moment belongs to one stage or one wait."""

    def __init__(self, *, clock: Clock = time.monotonic, cpu: Clock = time.process_time) -> None:
        self.busy: dict[str, float] = defaultdict(float)
        self.waited: dict[str, float] = defaultdict(float)
        self.calls: dict[str, Calls] = defaultdict(Calls)
        self.clock, self._cpu = clock, cpu
        self._began, self._cpu_began = clock(), cpu()
        self._since = self._began
        self._stack: list[tuple[dict[str, float], str]] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What passes meanwhile is our work in this stage, but for stages and waits inside."""
        with self._turn(self.busy, name):
            yield

    @contextmanager
    def waiting(self, name: str) -> Iterator[None]:
        """What passes meanwhile is waiting for calls of this stage."""
        with self._turn(self.waited, name):
            yield

    @contextmanager
    def _turn(self, account: dict[str, float], name: str) -> Iterator[None]:
        self._settle()
        self._stack.append((account, name))
        try:
            yield
        finally:
            self._settle()
            self._stack.pop()

    def _settle(self) -> None:
        now = self.clock()
        if self._stack:
            account, name = self._stack[-1]
            account[name] += now - self._since
        self._since = now

    def call(self, stage: str, seconds: float, waits: Waits) -> None:
        """A call of a stage came back after so long, held up by these waits."""
        calls = self.calls[stage]
        calls.calls += 1
        calls.network += max(0.0, seconds - sum(waits.values()))
        for limit, held in waits.items():
            calls.held[limit] += held

    def of(self, stage: str, batches: Iterable[T]) -> Iterator[T]:
        """The batches, and the making of each on this stage's account."""
        iterator = iter(batches)
        while True:
            with self.stage(stage):
                try:
                    batch = next(iterator)
                except StopIteration:
                    return
            yield batch
            del batch  # not kept while the next one is made

    def told(self) -> dict[str, Any]:
        """The document that ``docs/json.md`` describes under "timings"; seconds."""
        stages = {*self.busy, *self.waited, *self.calls}
        return {
            "seconds": round(self.clock() - self._began, 3),
            "cpu": round(self._cpu() - self._cpu_began, 3),
            "bound_by": self.bound_by(),
            "stages": {name: self._stage(name) for name in sorted(stages)},
        }

    def _stage(self, name: str) -> dict[str, Any]:
        calls = self.calls.get(name, Calls())
        return {
            "busy": round(self.busy.get(name, 0.0), 3),
            "waited": round(self.waited.get(name, 0.0), 3),
            "calls": calls.calls,
            "network": round(calls.network, 3),
            "held": {limit: round(seconds, 3) for limit, seconds in sorted(calls.held.items())},
        }

    def bound_by(self) -> str:
        """What the run would have to have more of to be faster, in words."""
        whole = max(self.clock() - self._began, 1e-9)
        longest = max(self.waited, key=lambda name: self.waited[name], default=None)
        ours = max(self._cpu() - self._cpu_began, sum(self.busy.values()))
        if longest is None or ours / whole >= _OURS:
            return "this machine: its own work"
        calls = self.calls.get(longest, Calls())
        limit = max(calls.held, key=lambda name: calls.held[name], default=None)
        if limit is not None and sum(calls.held.values()) > calls.network * _HELD:
            return limit
        each = calls.network / max(calls.calls, 1)
        return f"the time that answers take: {calls.calls:,} calls to {longest}, {each:.2f} s each"
