"""Rates and waits, the same for every vendor: how soon may a request go, and how long to wait after a fault.

Time comes in through ``clock`` and goes out through ``sleep``, so tests neither wait nor depend on the hour.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock, local
from typing import Protocol, TypeVar
from uuid import uuid4

from connector.errors import ConnectorError

Clock = Callable[[], float]
Sleep = Callable[[float], None]
Waits = Mapping[str, float]
"""What held a call up before it was sent: the limit, in words → seconds."""

T = TypeVar("T")
_log = logging.getLogger(__name__)
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

    def take(self, lane: str, rates: Sequence[Rate], *, call: str = "", within: float = 0.0) -> float:
        """Take a place in every window of the lane: 0.0 = taken; else nothing is taken, and these are the seconds to
        wait before asking again. A closed lane has no turn before it opens.

        The place counts from now. ``call`` (``new_call``) names what is sent where that is too early: the vendor
        counts it when it arrives, somewhere between sending and answer. Then it counts from ``answered`` on, or from
        ``within`` seconds after now where that is never told, because its process died."""

    def answered(self, lane: str, call: str) -> None:
        """The vendor has certainly counted ``call`` by now. Nothing where its place is over already."""

    def standing(self, lane: str, seconds: float) -> int:
        """How many places of this lane stand in a window of so many seconds, those included whose answer is awaited."""

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


def delay(counts: Sequence[float], rates: Sequence[Rate], now: float) -> float:
    """Seconds until one more request may fit every window; ``counts``: from when each of the last ones counts, the
    earliest first. What counts from later on waits for its answer, which may come at any moment."""
    # Counted from the newest: rounding may leave an expired request standing before the window.
    full = (min(counts[-rate.requests], now) + rate.seconds - now for rate in rates if len(counts) >= rate.requests)
    return max(0.0, max(full, default=0.0))


def noted(vendor: str, note: Callable[[], None]) -> bool:
    """Tell the turns, or ask them, what an answer of ``vendor`` is about; False where they are in trouble, which is no
    reason to lose the answer."""
    try:
        note()
    except ConnectorError as trouble:
        _log.warning("%s; the limits that %s told are not remembered", trouble.message, vendor)
        return False
    return True


def new_call() -> str:
    """A name that no other call has, of whatever process."""
    return uuid4().hex


def longest(rates: Sequence[Rate]) -> float:
    """How long a request counts: the length of the longest window."""
    return max((rate.seconds for rate in rates), default=0.0)


@dataclass(frozen=True, slots=True)
class _Place:
    """A turn that was taken at ``since`` for ``call`` and counts from ``counts`` on, for ``length`` seconds at most."""

    call: str
    since: float
    counts: float
    length: float

    def stands(self, now: float, seconds: float) -> bool:
        """Whether it stands in a window of so many seconds. One from the future is forgotten: the clock jumped."""
        return self.since <= now < self.counts + min(seconds, self.length)


class LocalTurns:
    """The turns of one process, in memory; safe to use from several threads.

    The clock is the wall clock as for turns that processes share; it may jump: requests from the future are forgotten.
    """

    def __init__(self, *, clock: Clock = time.time) -> None:
        self._clock = clock
        self._lock = Lock()
        self._places: dict[str, list[_Place]] = {}
        self._closings: dict[str, Closing] = {}

    def take(self, lane: str, rates: Sequence[Rate], *, call: str = "", within: float = 0.0) -> float:
        """As in ``Turns``."""
        with self._lock:
            now, length = self._clock(), longest(rates)
            places = [place for place in self._places.get(lane, ()) if place.stands(now, place.length)]
            closing = self._settled(lane, now)
            counts = sorted(place.counts for place in places)
            seconds = max(delay(counts, rates, now), closing.ends - now if closing else 0.0)
            if seconds <= 0:
                places.append(_Place(call, now, now + within if call else now, length))
            self._places[lane] = places
            return seconds

    def answered(self, lane: str, call: str) -> None:
        """As in ``Turns``."""
        with self._lock:
            now, places = self._clock(), self._places.get(lane, [])
            self._places[lane] = [
                _Place("", now, now, place.length) if place.call == call else place for place in places
            ]

    def standing(self, lane: str, seconds: float) -> int:
        """As in ``Turns``."""
        with self._lock:
            now = self._clock()
            return sum(place.stands(now, seconds) for place in self._places.get(lane, ()))

    def give_back(self, lane: str) -> None:
        """As in ``Turns``."""
        with self._lock:
            self._places[lane] = self._places.get(lane, [])[:-1]

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


def backoff(attempt: int, *, base: float = 1.0, cap: float = 60.0, jitter: Clock = random.random) -> float:
    """Seconds before try ``attempt + 1``: ``base`` doubling up to ``cap``, shortened by up to a quarter.

    >>> [backoff(n, jitter=lambda: 0.0) for n in (1, 2, 3, 10)]
    [1.0, 2.0, 4.0, 60.0]
    """
    whole = min(cap, base * 2.0 ** (attempt - 1))
    return float(whole * (1 - 0.25 * jitter()))
