"""Rates and waits, the same for every vendor: how soon may a request go, and how long to wait after a fault.

Time comes in through ``clock`` and goes out through ``sleep``, so tests neither wait nor depend on the hour.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock, local
from typing import Protocol, TypeVar

Clock = Callable[[], float]
Sleep = Callable[[float], None]
Waits = Mapping[str, float]
"""What held a call up before it was sent: the limit, in words → seconds."""

T = TypeVar("T")
_of_thread = local()


@contextmanager
def held_by(limit: str) -> Iterator[None]:
    """What passes meanwhile is no answer's time: this thread waits for ``limit`` ("HubSpot search, 5 requests/s")."""
    began = time.monotonic()
    try:
        yield
    finally:
        waits: dict[str, float] | None = getattr(_of_thread, "waits", None)
        if waits is not None:
            waits[limit] = waits.get(limit, 0.0) + time.monotonic() - began


def watched(call: Callable[[], T]) -> tuple[T, Waits]:
    """Make a call; what it returned, and what held it up on this thread."""
    waits: dict[str, float] = {}
    _of_thread.waits = waits
    try:
        return call(), waits
    finally:
        _of_thread.waits = None


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``requests`` in any ``seconds``."""

    requests: int
    seconds: float


class Turns(Protocol):
    """Whose turn it is to send: places in sliding windows, and lanes that are closed until a moment.

    ``lane`` is any name; who shares a lane asks for windows of the same lengths. ``connector.store.rates`` shares
    them between processes.
    """

    def take(self, lane: str, rates: Sequence[Rate]) -> float:
        """Take a place in every window of the lane: 0.0 = taken; else nothing is taken, and these are the seconds to
        wait before asking again. A closed lane has no turn before it opens."""

    def give_back(self, lane: str) -> None:
        """The last turn taken in this lane was not used: nothing was sent."""

    def close(self, lane: str, seconds: float, note: str = "") -> None:
        """Nobody's turn in this lane for ``seconds`` from now; an earlier end never replaces a later one."""

    def shorten(self, lane: str, seconds: float) -> None:
        """The lane, if closed, opens no later than ``seconds`` from now."""

    def open(self, lane: str) -> None:
        """The lane is closed no longer."""

    def closed(self, lanes: Sequence[str]) -> Mapping[str, tuple[float, str]]:
        """Of these lanes, those closed now: the seconds until they open, and the note."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A lane closed from ``since`` until ``ends``, and why. Moments are seconds of one clock."""

    since: float
    ends: float
    note: str = ""

    def at(self, now: float) -> Closing | None:
        """What is left of it; None once it is over. Where the clock jumped back behind its beginning, its own length
        counts from now: nobody waits for longer than was asked."""
        closing = Closing(now, now + self.ends - self.since, self.note) if now < self.since else self
        return closing if closing.ends > now else None

    def shortened(self, now: float, seconds: float) -> Closing | None:
        """The same, ending no later than ``seconds`` from now."""
        return self if self.ends <= now + seconds else Closing(now, now + seconds, self.note).at(now)


def later(closing: Closing | None, other: Closing) -> Closing:
    """Whichever of two closings of a lane ends later."""
    return closing if closing is not None and closing.ends > other.ends else other


def delay(sent: Sequence[float], rates: Sequence[Rate], now: float) -> float:
    """Seconds until one more request fits every window; ``sent``: when the last ones went, oldest first."""
    # Counted from the newest: rounding may leave an expired request standing before the window.
    full = (sent[-rate.requests] + rate.seconds - now for rate in rates if len(sent) >= rate.requests)
    return max(0.0, max(full, default=0.0))


def longest(rates: Sequence[Rate]) -> float:
    """How long a request counts: the length of the longest window."""
    return max((rate.seconds for rate in rates), default=0.0)


class LocalTurns:
    """The turns of one process, in memory; safe to use from several threads.

    The clock is the wall clock as for turns that processes share; it may jump: requests from the future are forgotten.
    """

    def __init__(self, *, clock: Clock = time.time) -> None:
        self._clock = clock
        self._lock = Lock()
        self._sent: dict[str, list[float]] = {}
        self._closings: dict[str, Closing] = {}

    def take(self, lane: str, rates: Sequence[Rate]) -> float:
        """As in ``Turns``."""
        with self._lock:
            now, length = self._clock(), longest(rates)
            sent = [at for at in self._sent.get(lane, ()) if at <= now < at + length]
            closing = self._settled(lane, now)
            seconds = max(delay(sent, rates, now), closing.ends - now if closing else 0.0)
            self._sent[lane] = sent if seconds > 0 else [*sent, now]
            return seconds

    def taken(self, lane: str, seconds: float) -> int:
        """The turns that were taken in this lane in so many last seconds."""
        with self._lock:
            now = self._clock()
            return sum(at <= now < at + seconds for at in self._sent.get(lane, ()))

    def give_back(self, lane: str) -> None:
        """As in ``Turns``."""
        with self._lock:
            self._sent[lane] = self._sent.get(lane, [])[:-1]

    def close(self, lane: str, seconds: float, note: str = "") -> None:
        """As in ``Turns``."""
        with self._lock:
            now = self._clock()
            self._closings[lane] = later(self._settled(lane, now), Closing(now, now + seconds, note))

    def shorten(self, lane: str, seconds: float) -> None:
        """As in ``Turns``."""
        with self._lock:
            now = self._clock()
            if closing := self._settled(lane, now):
                self._keep(lane, closing.shortened(now, seconds))

    def open(self, lane: str) -> None:
        """As in ``Turns``."""
        with self._lock:
            self._closings.pop(lane, None)

    def closed(self, lanes: Sequence[str]) -> Mapping[str, tuple[float, str]]:
        """As in ``Turns``."""
        with self._lock:
            now = self._clock()
            found = {lane: self._settled(lane, now) for lane in lanes}
            return {lane: (closing.ends - now, closing.note) for lane, closing in found.items() if closing}

    def _settled(self, lane: str, now: float) -> Closing | None:
        closing = self._closings.get(lane)
        return self._keep(lane, closing.at(now)) if closing else None

    def _keep(self, lane: str, closing: Closing | None) -> Closing | None:
        if closing is None:
            self._closings.pop(lane, None)
        else:
            self._closings[lane] = closing
        return closing


class Pacer:
    """A sliding window for each rate; ``wait`` blocks until one more request fits all of them."""

    def __init__(self, *rates: Rate, clock: Clock = time.monotonic, sleep: Sleep = time.sleep) -> None:
        self._rates = rates
        self._turns = LocalTurns(clock=clock)
        self._sleep = sleep

    def wait(self, *, spare: float = 0.0) -> None:
        """Take a place in every window, sleeping first for as long as the fullest one asks. ``spare``: the share of
        each that is left to those who may not wait."""
        while (seconds := self._turns.take("", [_less(rate, spare) for rate in self._rates])) > 0:
            self._sleep(seconds)

    def sent(self) -> int:
        """How many requests stand in the longest window now."""
        return self._turns.taken("", longest(self._rates))

    def change(self, *rates: Rate) -> None:
        """Other windows from now on; what was sent before counts in them as well."""
        self._rates = rates

    def pause(self, seconds: float) -> None:
        """Hold every request for ``seconds`` from now: the vendor said so."""
        self._turns.close("", seconds)


def _less(rate: Rate, spare: float) -> Rate:
    return Rate(max(1, rate.requests - int(rate.requests * spare)), rate.seconds)


def backoff(attempt: int, *, base: float = 1.0, cap: float = 60.0, jitter: Clock = random.random) -> float:
    """Seconds before try ``attempt + 1``: ``base`` doubling up to ``cap``, shortened by up to a quarter.

    >>> [backoff(n, jitter=lambda: 0.0) for n in (1, 2, 3, 10)]
    [1.0, 2.0, 4.0, 60.0]
    """
    whole = min(cap, base * 2.0 ** (attempt - 1))
    return float(whole * (1 - 0.25 * jitter()))
