"""How many requests HubSpot takes: in ten seconds, in a second of search, in a day, as far as its headers tell.

Used by ``transport`` around every request. Headers and figures:
https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines. The ten seconds are an app's own, and
search is exempt from them (``x-hubspot-rate-limit-exemptions`` in HubSpot's OpenAPI documents, 2026-11:
https://github.com/HubSpot/HubSpot-public-api-spec-collection, CRM/Contacts): it has a second that the whole account
shares. A limit of every request by the second is told (``Secondly``) and not enforced any more.

The window of ten seconds rolls by HubSpot's clock, and what it holds is what arrived, somewhere between sending and
answer. So a place is taken again ten seconds after its answer came: then no ten seconds ever hold more than HubSpot
allows, however long requests are on their way, and all of it can be used. Who kills this process leaves the places of
what was under way taken for as long as an answer may take.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from math import ceil
from threading import Lock
from typing import Any

from connector.crm.base import Quota
from connector.crm.hubspot.endpoints import Endpoint
from connector.crm.hubspot.wire import LONGEST, whole
from connector.errors import QuotaExhausted
from connector.pacing import Clock, Rate, Sleep, Turns, held_by, new_call, noted

_LARGEST = Rate(250, 10.0)
"""Of all plans, until the first answer tells this portal's own. By a smaller one a process would have no first turn for
as long as another that was told more keeps more places taken."""
_SMALLEST = Rate(100, 10.0)
"""Of all plans, where answers come and tell of no window."""
_SEARCH_RATE = Rate(4, 1.0)  # HubSpot allows 5 a second to the whole account: one is left to others
_SEARCH_WORDS = "HubSpot's search, 4 requests a second"
_FOR_WRITES, _SOON = 0.05, 0.06  # of a window: its last places are for writes, unless more come free within this of it
_AT_ONCE, _MOMENT = 1.4, 2.0  # how much faster than on average we may go, in windows of so many seconds
_PREFIX = "X-HubSpot-RateLimit-"


class Limits:
    """The limits of one app in one portal. Threads may share it, and so do all processes that share ``turns``.

    ``app`` names the app and gives no token away. ``reserve``: share of the day's calls that is left to others.
    """

    def __init__(self, turns: Turns, app: str, *, reserve: float, clock: Clock, sleep: Sleep) -> None:
        self._turns = turns
        self._lane, self._search_lane = f"hubspot {app}", f"hubspot search {app}"
        self._reserve = reserve
        self._clock, self._sleep = clock, sleep
        self._line, self._search_line = Lock(), Lock()
        self._daily: tuple[int, int] | None = None
        self._told = _LARGEST
        self._others, self._others_at = 0, clock()

    @contextmanager
    def turn(self, endpoint: Endpoint) -> Iterator[None]:
        """Wait until one more request fits; it is sent, and its answer waited for, inside.

        Who waits stands in a line. A write does not, and the last places are kept for it: its records were looked at
        just now, and what people do to them until it arrives is lost.
        """
        lane, line, words = self._of(endpoint)
        call = "" if endpoint.search else new_call()  # one page is asked for after the other: none overtakes another
        with held_by(words), line:
            while (seconds := self._turns.take(lane, self._fitting(endpoint), call=call, within=LONGEST)) > 0:
                self._sleep(seconds)
        try:
            yield
        finally:
            if call:
                noted("HubSpot", lambda: self._turns.answered(lane, call))

    def hold(self, endpoint: Endpoint, policy: str | None, seconds: float) -> None:
        """HubSpot asked to wait: nobody sends for so long, or where the turns are in trouble, not whoever was asked.

        A 429 ``SECONDLY`` to a search is about searches alone.
        """
        alone = endpoint.search and policy == "SECONDLY"
        lanes = [self._search_lane] if alone else [self._search_lane, self._lane]
        if not all(noted("HubSpot", partial(self._turns.close, lane, seconds)) for lane in lanes):
            with held_by("HubSpot, which asked to wait or did not answer"):
                self._sleep(seconds)

    def note(self, headers: Mapping[str, str]) -> None:
        """What an answer tells: search tells nothing, and OAuth nothing of the day. What was told before stays."""
        daily, remaining, most, left, interval = (
            whole(headers.get(_PREFIX + name))
            for name in ("Daily", "Daily-Remaining", "Max", "Remaining", "Interval-Milliseconds")
        )
        if daily and remaining is not None:
            self._daily = (daily, remaining)
        if most and interval:
            noted("HubSpot", partial(self._learn, Rate(most, interval / 1000), left))
        elif headers and self._told is _LARGEST:
            self._told = _SMALLEST

    def _of(self, endpoint: Endpoint) -> tuple[str, AbstractContextManager[Any], str]:
        """The lane that a request goes by, the line in which it waits, and what for, in words."""
        if endpoint.search:
            return self._search_lane, self._search_line, _SEARCH_WORDS
        words = f"HubSpot, {self._told.requests} requests in {self._told.seconds:g} s"
        return self._lane, nullcontext() if endpoint.write else self._line, words

    def _fitting(self, endpoint: Endpoint) -> Sequence[Rate]:
        """The windows that one more request must fit: HubSpot's own, and a shorter one, so that nobody who has looked
        at a record waits for the end of a window that was used up in its first moments."""
        if endpoint.search:
            return (_SEARCH_RATE,)
        told = self._told
        others = self._others if self._clock() < self._others_at + told.seconds else 0
        ours = max(1, told.requests // 2, told.requests - 2 * others)
        most = ceil(ours / told.seconds * _AT_ONCE * _MOMENT)
        windows = (Rate(ours, told.seconds), Rate(most, _MOMENT))
        return windows if endpoint.write else (*windows, *map(_without_last, windows))

    def _learn(self, told: Rate, left: int | None) -> None:
        """Others have taken with this app's token, at least, what is not left and not ours. They are left that and as
        much again, half of the window at most, until that window is over: it is not known for longer, and who is sent
        no answer meanwhile would wait for them for good."""
        self._told = told
        if left is not None:
            self._others_at = self._clock()
            self._others = max(0, told.requests - left - self._turns.standing(self._lane, told.seconds))

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


def _without_last(rate: Rate) -> Rate:
    """A window without its last places and its last moments: what it leaves are places that no read takes, unless
    others come free right after."""
    return Rate(max(1, rate.requests - ceil(rate.requests * _FOR_WRITES)), rate.seconds * (1 - _SOON))
