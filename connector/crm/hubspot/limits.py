"""How many requests HubSpot takes: in ten seconds, in a second of search, in a day, as far as its headers tell.

Used by ``transport`` around every request. Headers and figures:
https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from connector.crm.base import Quota
from connector.crm.hubspot.endpoints import Endpoint
from connector.crm.hubspot.wire import whole
from connector.errors import QuotaExhausted
from connector.pacing import Clock, Pacer, Rate, Sleep, held_by

SHARE = 0.95
"""Of what the app may send in ten seconds, our part: it may run elsewhere at the same time."""
_SMALLEST = Rate(100, 10.0)  # of all plans; the first answer tells this portal's own
_SEARCH_RATE = Rate(4, 1.0)  # HubSpot allows 5 a second to the whole account: one is left to others
_SEARCH_WORDS = "HubSpot's search, 4 requests a second"
_CROWDED = 0.1  # share of the window left, below which we slow down for other integrations
_FOR_WRITES = 0.04  # share of every window
_AT_ONCE, _MOMENT = 1.6, 2.0  # how much faster than on average we may go, in windows of so many seconds
_PREFIX = "X-HubSpot-RateLimit-"


class Limits:
    """The limits of one portal. Threads may share it.

    ``reserve``: share of the day's calls that is left to others.
    """

    def __init__(self, *, reserve: float, clock: Clock, sleep: Sleep) -> None:
        self._reserve = reserve
        self._all = Pacer(clock=clock, sleep=sleep)
        self._search = Pacer(_SEARCH_RATE, clock=clock, sleep=sleep)
        self._turns = Lock()
        self._search_turns = Lock()
        self._daily: tuple[int, int] | None = None
        self._change(_SMALLEST)

    def take_turn(self, endpoint: Endpoint) -> None:
        """Wait until one more request fits. Search counts against its own second and everybody's ten.

        Who waits stands in a line. A write does not, and the last places are kept for it: its records were looked at
        just now, and what people do to them until it arrives is lost.
        """
        if endpoint.search:
            with held_by(_SEARCH_WORDS), self._search_turns:
                self._search.wait()
        with held_by(self._words):
            if endpoint.write:
                self._all.wait()
                return
            with self._turns:
                self._all.wait(spare=_FOR_WRITES)

    def hold(self, endpoint: Endpoint, policy: str | None, seconds: float) -> None:
        """HubSpot asked to wait: nobody sends for so long. A 429 ``SECONDLY`` to a search is about searches alone."""
        pacer = self._search if endpoint.search and policy == "SECONDLY" else self._all
        pacer.pause(seconds)

    def note(self, headers: Mapping[str, str]) -> None:
        """What an answer tells: search tells nothing, and OAuth nothing of the day. What was told before stays."""
        daily, remaining, most, left, interval = (
            whole(headers.get(_PREFIX + name))
            for name in ("Daily", "Daily-Remaining", "Max", "Remaining", "Interval-Milliseconds")
        )
        if daily and remaining is not None:
            self._daily = (daily, remaining)
        if most and interval:
            self._change(Rate(most, interval / 1000))
        if most and left is not None and left < most * _CROWDED and self._others(most, left) > most * (1 - SHARE):
            self._all.pause(1.0)

    def _change(self, told: Rate) -> None:
        """The windows that leave others their part: HubSpot's own, and a shorter one, so that nobody who has looked at
        a record waits for the end of a window that was used up in its first moments."""
        ours = Rate(max(1, int(told.requests * SHARE)), told.seconds)
        burst = Rate(max(1, int(ours.requests / ours.seconds * _AT_ONCE * _MOMENT)), _MOMENT)
        self._words = f"HubSpot, {ours.requests} requests in {ours.seconds:g} s"
        self._all.change(ours, burst)

    def _others(self, most: int, left: int) -> int:
        """How much of the window others have taken, as far as our own requests do not explain it."""
        return most - left - self._all.sent()

    def quota(self) -> Quota | None:
        """The day's calls, where HubSpot told of them."""
        if self._daily is None:
            return None
        daily, remaining = self._daily
        return Quota(daily - remaining, daily, self._reserve)

    def check_reserve(self) -> None:
        """QuotaExhausted: the day's calls are down to the share that is left to others.

        Where HubSpot does not tell of the day (OAuth apps have no daily limit), nothing is known to be used up.
        """
        if self._daily is None:
            return
        daily, remaining = self._daily
        if remaining < daily * self._reserve:
            raise QuotaExhausted(
                f"HubSpot's daily calls are down to {remaining:,} of {daily:,}; "
                f"{self._reserve:.0%} are left to other integrations",
                hint="run again tomorrow, or lower connection.api_reserve",
            )
