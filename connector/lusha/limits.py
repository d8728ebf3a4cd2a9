"""Lusha's windows of second, minute, hour and day, as answers tell them: a used-up one is a closed lane of ``Turns``.

The transport shows it every answer and asks it before every request. Plans differ, and only the answers tell how much
is left. Few tell when a window ends: then the whole window is waited for from when it was seen used up, but an hour at
most, because every process believes it until then. A needless 429 is free; a day that ended at midnight and is
believed until the next evening costs a night's run.
Headers: https://docs.lusha.com/apis/openapi, "Rate Limiting", and V2's "TooManyRequests" (2026-11-22).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from connector.errors import QuotaExhausted
from connector.lusha.errors import LONGEST_WAIT
from connector.pacing import Clock, Turns


@dataclass(frozen=True, slots=True)
class Window:
    """One window of the plan, its length in seconds, and the headers that tell what is left, its size and its end."""

    name: str
    seconds: float
    left: tuple[str, ...]
    limit: str
    reset: str | None = None


MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
WINDOWS = (
    Window("second", 1.0, ("ratelimit-remaining",), "ratelimit-limit", "ratelimit-reset"),
    Window("minute", MINUTE, ("x-minute-requests-left",), "x-rate-limit-minute"),
    Window("hourly", HOUR, ("x-hourly-requests-left",), "x-rate-limit-hourly"),
    Window(
        "daily", DAY, ("x-daily-requests-left", "x-ratelimit-remaining-daily"), "x-rate-limit-daily",
        "x-ratelimit-reset-daily",
    ),
)  # fmt: skip
_MILLISECONDS = 1e11
"""From here on a moment is told in milliseconds: in seconds it would be in the year 5138."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What an answer says of one window; ``ends_in``: seconds, where it says so."""

    left: float
    size: str
    ends_in: float | None


class PlanLimits:
    """What is left of the plan's windows.

    ``key`` names the Lusha key and gives it not away (its fingerprint): two keys never share a lane. ``clock`` is the
    wall clock, for answers that name the moment when a window ends.
    """

    def __init__(self, turns: Turns, key: str, *, clock: Clock = time.time) -> None:
        self._turns = turns
        self._clock = clock
        self._lanes = {window: f"{key} {window.name}" for window in WINDOWS}

    def observe(self, headers: Mapping[str, str]) -> None:
        """Close the windows that an answer's headers show as used up; one with requests left is open again."""
        now = self._clock()
        told = {}
        for window in WINDOWS:
            left = next((name for name in window.left if _number(headers.get(name)) is not None), "")
            reset = headers.get(window.reset) if window.reset else None
            told[window] = _told(window, headers.get(left), headers.get(window.limit), reset, now)
        self._settle(told)

    def learn(self, rate_limits: Mapping[str, Any]) -> None:
        """The same from ``rateLimits`` of /v3/account/usage: ``remaining``, ``limit`` and ``resetsAt`` of each window;
        null where the plan has none."""
        now = self._clock()
        tiers = {window: rate_limits.get(window.name) for window in WINDOWS}
        self._settle(
            {
                window: _told(window, tier.get("remaining"), tier.get("limit"), tier.get("resetsAt"), now)
                for window, tier in tiers.items()
                if isinstance(tier, Mapping)
            }
        )

    def resets_in(self, seconds: float) -> None:
        """A 429 said "Reset in X seconds": the windows shorter than a day end no later than that."""
        for window, lane in self._lanes.items():
            if window.seconds < DAY:
                self._turns.shorten(lane, seconds)

    def wait(self) -> float:
        """Seconds to wait before the next request.

        QuotaExhausted: a window stays used up for longer than two minutes; its name and size are in the message.
        """
        closed = self._turns.closed(list(self._lanes.values()))
        ends = [(*closed[lane], window.name) for window, lane in self._lanes.items() if lane in closed]
        seconds, size, name = max(ends, default=(0.0, "", ""))
        if seconds <= LONGEST_WAIT:
            return seconds
        raise QuotaExhausted(
            f"Lusha: the {name} limit{size and f' of {size} requests'} is used up",
            hint=f"run again when the {name} window ends; nothing is lost",
        )

    def _settle(self, told: Mapping[Window, _Told | None]) -> None:
        closed = self._turns.closed([self._lanes[window] for window in told])
        for window, seen in told.items():
            lane = self._lanes[window]
            if seen is None:
                continue
            if seen.left > 0:
                if lane in closed:
                    self._turns.open(lane)
            elif seen.ends_in is not None:
                self._turns.close(lane, seen.ends_in, seen.size)
                self._turns.shorten(lane, seen.ends_in)  # what was only believed until now
            elif lane not in closed:
                self._turns.close(lane, min(window.seconds, HOUR), seen.size)


def _told(window: Window, left: object, limit: object, reset: object, now: float) -> _Told | None:
    """None where nothing is told, or the plan has no such window."""
    count, size = _number(left), _number(limit)
    if count is None or (size is not None and size <= 0):
        return None
    return _Told(count, "" if size is None else f"{size:,.0f}", _ends_in(reset, window, now))


def _ends_in(reset: object, window: Window, now: float) -> float | None:
    """Seconds until a window ends, told as such, as a moment of the epoch in seconds or milliseconds, or in ISO form.

    The documentation leaves the format open. None for anything else, and for an end that is over already or further
    away than the window is long (a minute, for one shorter).
    """
    longest = max(window.seconds, MINUTE)
    number = _number(reset)
    if number is None:
        moment = _moment(reset)
        seconds = moment - now if moment is not None else 0.0
    elif number <= longest:
        seconds = number
    else:
        seconds = (number / 1000 if number >= _MILLISECONDS else number) - now
    return seconds if 0 < seconds <= longest else None


def _moment(value: object) -> float | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None
