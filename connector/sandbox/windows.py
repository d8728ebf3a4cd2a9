"""Request limits of the three local servers: how many requests a vendor takes in a stretch of time.

Every server asks ``take()`` before it serves a request and answers 429 when it is refused. Thread-safe; time comes
in through ``clock`` (seconds, as ``time.monotonic`` or ``time.time`` gives them).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from threading import Lock

Clock = Callable[[], float]


class SlidingWindow:
    """At most ``requests`` in any ``seconds`` (25 a second, 190 in 10 seconds). A refused request does not count.

    ``enforce=False`` counts and never refuses.
    """

    def __init__(self, requests: int, seconds: float, *, clock: Clock = time.monotonic, enforce: bool = True) -> None:
        self.requests = requests
        self.seconds = seconds
        self._clock = clock
        self._enforce = enforce
        self._taken: deque[float] = deque()
        self._lock = Lock()

    def take(self) -> bool:
        """Count one request; False (and nothing counted) when the window is full."""
        with self._lock:
            now = self._forget_old()
            if self._enforce and len(self._taken) >= self.requests:
                return False
            self._taken.append(now)
            return True

    @property
    def used(self) -> int:
        """Requests counted in the last ``seconds``."""
        with self._lock:
            self._forget_old()
            return len(self._taken)

    @property
    def left(self) -> int:
        """Requests that would still be taken now."""
        return max(0, self.requests - self.used)

    @property
    def reset_in(self) -> float:
        """Seconds until the oldest counted request leaves the window; 0 when none is counted."""
        with self._lock:
            now = self._forget_old()
            return self._taken[0] + self.seconds - now if self._taken else 0.0

    def _forget_old(self) -> float:
        now = self._clock()
        while self._taken and self._taken[0] <= now - self.seconds:
            self._taken.popleft()
        return now


class FixedWindow:
    """At most ``requests`` in each period of ``seconds``; periods begin at whole multiples of the clock.

    With ``time.time``, a period of 86,400 seconds is a UTC day. One integer, whatever the traffic: for hourly and
    daily quotas. ``enforce=False`` counts and never refuses.
    """

    def __init__(self, requests: int, seconds: float, *, clock: Clock = time.time, enforce: bool = True) -> None:
        self.requests = requests
        self.seconds = seconds
        self._clock = clock
        self._enforce = enforce
        self._period = -1
        self._used = 0
        self._lock = Lock()

    def take(self) -> bool:
        """Count one request; False (and nothing counted) when the period's quota is used up."""
        with self._lock:
            self._turn_over()
            if self._enforce and self._used >= self.requests:
                return False
            self._used += 1
            return True

    @property
    def full(self) -> bool:
        """Whether ``take`` would be refused now."""
        return self._enforce and self.left == 0

    @property
    def used(self) -> int:
        """Requests counted in the current period."""
        with self._lock:
            self._turn_over()
            return self._used

    @property
    def left(self) -> int:
        """Requests left in the current period."""
        return max(0, self.requests - self.used)

    @property
    def reset_in(self) -> float:
        """Seconds until the next period begins."""
        with self._lock:
            now = self._turn_over()
            return (self._period + 1) * self.seconds - now

    def _turn_over(self) -> float:
        now = self._clock()
        period = int(now // self.seconds)
        if period != self._period:
            self._period, self._used = period, 0
        return now
