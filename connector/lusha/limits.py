"""Lusha's minute, hour and day windows, as its answers' headers tell them. Pure but for its own memory.

The client shows it every answer and asks it before every request. Plans differ, and only the headers tell how much
is left; they never tell when a window ends, so the whole window is waited for from the moment it was seen used up.
Headers: https://docs.lusha.com/apis/openapi ("Rate Limiting").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector.errors import QuotaExhausted
from connector.lusha.errors import LONGEST_WAIT


@dataclass(frozen=True, slots=True)
class Window:
    """One window of the plan; ``left`` and ``limit`` are its header names, ``seconds`` its length."""

    name: str
    seconds: float
    left: tuple[str, ...]
    limit: str


DAY = 86400.0
WINDOWS = (
    Window("minute", 60.0, ("x-minute-requests-left",), "x-rate-limit-minute"),
    Window("hourly", 3600.0, ("x-hourly-requests-left",), "x-rate-limit-hourly"),
    Window("daily", DAY, ("x-daily-requests-left", "x-ratelimit-remaining-daily"), "x-rate-limit-daily"),
)


class Limits:
    """What is left of the plan's windows. ``now`` is any clock that only goes forward, in seconds."""

    def __init__(self) -> None:
        self._ends: dict[Window, tuple[float, int | None]] = {}

    def observe(self, headers: Mapping[str, str], now: float) -> None:
        """Remember which windows an answer shows as used up; one with requests left is open again."""
        for window in WINDOWS:
            left = next((count for name in window.left if (count := _count(headers.get(name))) is not None), None)
            limit = _count(headers.get(window.limit))
            if left is None or (limit is not None and limit <= 0):  # a plan without this window
                continue
            if left > 0:
                self._ends.pop(window, None)
            else:
                self._ends.setdefault(window, (now + window.seconds, limit))

    def resets_in(self, seconds: float, now: float) -> None:
        """A 429 said "Reset in X seconds": the windows shorter than a day end no later than that."""
        for window, (ends, limit) in list(self._ends.items()):
            if window.seconds < DAY:
                self._ends[window] = min(ends, now + seconds), limit

    def wait(self, now: float) -> float:
        """Seconds to wait before the next request.

        QuotaExhausted: a window stays used up for longer than two minutes; its name and size are in the message.
        """
        seconds = 0.0
        for window, (ends, limit) in list(self._ends.items()):
            if ends <= now:
                self._ends.pop(window, None)
            elif ends - now > LONGEST_WAIT:
                raise _exhausted(window, limit)
            else:
                seconds = max(seconds, ends - now)
        return seconds


def _exhausted(window: Window, limit: int | None) -> QuotaExhausted:
    size = f" of {limit:,} requests" if limit is not None else ""
    return QuotaExhausted(
        f"Lusha: the {window.name} limit{size} is used up",
        hint=f"run again when the {window.name} window ends; nothing is lost",
    )


def _count(value: str | None) -> int | None:
    try:
        return int(value) if value is not None else None
    except ValueError:
        return None
