"""Rates and waits, the same for every vendor: how soon may a request go, and how long to wait after a fault.

Time comes in through ``clock`` and goes out through ``sleep``, so tests neither wait nor depend on the hour.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]
Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``requests`` in any ``seconds``."""

    requests: int
    seconds: float


class Pacer:
    """A sliding window for each rate; ``wait`` blocks until one more request fits all of them."""

    def __init__(self, *rates: Rate, clock: Clock = time.monotonic, sleep: Sleep = time.sleep) -> None:
        self._windows = [(rate, deque[float]()) for rate in rates]
        self._clock = clock
        self._sleep = sleep
        self._not_before = 0.0

    def wait(self) -> None:
        """Take a place in every window, sleeping first for as long as the fullest one asks."""
        while (delay := self._delay(self._clock())) > 0:
            self._sleep(delay)
        now = self._clock()
        for _, sent in self._windows:
            sent.append(now)

    def pause(self, seconds: float) -> None:
        """Hold every request for ``seconds`` from now: the vendor said so."""
        self._not_before = max(self._not_before, self._clock() + seconds)

    def _delay(self, now: float) -> float:
        delays = [self._not_before - now]
        for rate, sent in self._windows:
            while sent and sent[0] <= now - rate.seconds:
                sent.popleft()
            if len(sent) >= rate.requests:
                # Not the oldest one: rounding may leave an expired request standing before the window.
                delays.append(sent[-rate.requests] + rate.seconds - now)
        return max(delays)


def backoff(attempt: int, *, base: float = 1.0, cap: float = 60.0, jitter: Clock = random.random) -> float:
    """Seconds before try ``attempt + 1``: ``base`` doubling up to ``cap``, shortened by up to a quarter.

    >>> [backoff(n, jitter=lambda: 0.0) for n in (1, 2, 3, 10)]
    [1.0, 2.0, 4.0, 60.0]
    """
    whole = min(cap, base * 2.0 ** (attempt - 1))
    return float(whole * (1 - 0.25 * jitter()))
