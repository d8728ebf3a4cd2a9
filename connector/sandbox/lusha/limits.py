"""Lusha's request limits: 25 a second for each endpoint, a plan's minute, hour and day, 5 a minute for usage.

https://docs.lusha.com, "Rate Limiting". The windows of minute, hour and day belong to the account and are told in
headers; the rest shows only as 429.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any

from connector.sandbox.windows import FixedWindow, SlidingWindow

_PERIODS = {"daily": 86_400, "hourly": 3_600, "minute": 60}
PLAIN = "Too many requests. Please wait before making another request."


@dataclass(frozen=True, slots=True)
class Plan:
    """What a subscription allows. ``trial``: requests in all of a trial account; None = no trial."""

    per_second: int = 25
    per_minute: int = 1_500
    per_hour: int = 20_000
    per_day: int = 100_000
    usage_per_minute: int = 5
    trial: int | None = None


class Limits:
    """The windows of one account. ``enforce=False`` counts and never refuses."""

    def __init__(self, plan: Plan, *, enforce: bool = True) -> None:
        self.plan = plan
        self._enforce = enforce
        self._served = 0
        self._endpoints: dict[str, SlidingWindow] = {}
        self._usages: dict[str, SlidingWindow] = {}
        sizes = {"daily": plan.per_day, "hourly": plan.per_hour, "minute": plan.per_minute}
        self._windows = {name: FixedWindow(sizes[name], seconds, enforce=enforce) for name, seconds in _PERIODS.items()}

    def refusal_of_usage(self, path: str) -> str | None:
        """Lusha's words when a usage endpoint takes no request now; None when it does. Each has its own window."""
        usage = self._usages.setdefault(path, SlidingWindow(self.plan.usage_per_minute, 60, enforce=self._enforce))
        return None if usage.take() else PLAIN

    def refusal(self, path: str) -> str | None:
        """Lusha's words when this endpoint takes no request now; None (and the request counted) when it does."""
        if self._enforce and self.plan.trial is not None and self._served >= self.plan.trial:
            return "You've reached your trial limit, please contact support for upgrade"
        if self._windows["daily"].full:
            return f"Daily API quota limit exceeded. Limit {self.plan.per_day} calls per day"
        if self._windows["hourly"].full:
            seconds = ceil(self._windows["hourly"].reset_in)
            return (
                f"Hourly API rate limit exceeded. Limit: {self.plan.per_hour} calls per hour. "
                f"Reset in {seconds} seconds"
            )
        second = self._endpoints.setdefault(path, SlidingWindow(self.plan.per_second, 1, enforce=self._enforce))
        if self._windows["minute"].full or not second.take():
            return PLAIN
        for window in self._windows.values():
            window.take()
        self._served += 1
        return None

    def headers(self) -> dict[str, str]:
        """The nine headers of every answer."""
        told = {}
        for name, window in self._windows.items():
            told[f"x-rate-limit-{name}"] = str(window.requests)
            told[f"x-{name}-requests-left"] = str(window.left)
            told[f"x-{name}-usage"] = str(window.used)
        return told

    def report(self, clock: Callable[[], datetime]) -> dict[str, Any]:
        """``rateLimits`` of the usage answer; periods end at whole minutes, hours and days of ``clock``."""
        now = clock().timestamp()
        return {
            name: {
                "limit": window.requests,
                "used": window.used,
                "remaining": window.left,
                "resetsAt": iso((now // window.seconds + 1) * window.seconds),
            }
            for name, window in self._windows.items()
        }


def iso(timestamp: float) -> str:
    """``2026-03-31T00:00:00.000Z``."""
    moment = datetime.fromtimestamp(timestamp, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
