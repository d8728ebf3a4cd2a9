"""A Lusha account of the sandbox: what it may spend, what it has bought, and what everybody asked of it.

Stands below ``app`` (the HTTP side). Thread-safe: one lock around every request's work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from threading import RLock
from typing import Any

from connector.sandbox.directory import Directory
from connector.sandbox.faults import Fault, Faults, Loss
from connector.sandbox.log import RequestLog
from connector.sandbox.lusha.limits import Limits, Plan
from connector.sandbox.lusha.memory import Searches, Sessions
from connector.sandbox.lusha.prices import PRICES, SIGNAL
from connector.sandbox.world import World

_PARSED = 4
"""A body takes so many times its bytes once it is parsed, more or less."""
Datum = tuple[str, str]
"""Lusha id and what is bought of it: ``("4389064704", "phones")``."""


class LushaAccount:
    """One account and its API key.

    ``total`` and ``used`` are credits; ``revealed`` is what the account owns and gets for nothing from now on.
    ``active=False``: every request is refused with 403. ``limits`` may be replaced: ``Limits(Plan(per_hour=3))``.
    ``unified``: the plan is Unified Credits; only then may V2 ask for e-mails or phones alone. ``dnc_filter``: the
    plan is Scale; only then may V2's prospecting leave out who must not be called. ``signals_by_type``: signals are
    charged for each type of a person or company that matched, as the examples of the V2 document reckon, rather than
    once for each person or company, as the price list does.
    ``requests`` lists (path, body) as they came, of a GET (path, query). ``purchases`` and ``asked`` count how often
    each datum was charged and asked for; ``found`` how often a search returned each profile. A purchase counted twice
    is a double charge. ``directory``: who is found by what; default: an index over everybody in ``world``.
    """

    def __init__(
        self,
        world: World,
        *,
        key: str,
        clock: Callable[[], datetime],
        credits: int = 10_000,
        limits: bool = True,
        plan: Plan | None = None,
        unified: bool = True,
        directory: Directory | None = None,
    ) -> None:
        self.key = key
        self.clock = clock
        self.total = credits
        self.used = 0
        self.active = True
        self.unified = unified
        self.dnc_filter = True
        self.signals_by_type = False
        self.directory = directory or Directory(world)
        self.limits = Limits(plan or Plan(), enforce=limits)
        self.faults = Faults()
        self.lock = RLock()
        self.revealed: set[Datum] = set()
        self.purchases: Counter[Datum] = Counter()
        self.asked: Counter[Datum] = Counter()
        self.found: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.requests: RequestLog[tuple[str, Any]] = RequestLog()
        self.sessions = Sessions()
        self.searches = Searches()

    @property
    def remaining(self) -> int:
        """Credits left."""
        return self.total - self.used

    def price(self, id: str, datum: str) -> int:
        """Credits for this datum now: 0 once it is revealed."""
        return 0 if (id, datum) in self.revealed else PRICES[datum]

    def unowned(self, data: Iterable[Datum]) -> list[Datum]:
        """What of ``data`` would be charged, each once."""
        return [datum for datum in dict.fromkeys(data) if datum not in self.revealed]

    def signal_fee(self, types: Iterable[int]) -> int:
        """Credits for signals; ``types``: how many types matched, for each person or company."""
        matched = [count for count in types if count]
        return SIGNAL * (sum(matched) if self.signals_by_type else len(matched))

    def buy(self, data: Iterable[Datum], fee: int = 0) -> int | None:
        """Charge ``fee`` and what is not owned yet, and reveal it; the credits charged, or None (and nothing done)
        when the balance does not cover them. A datum named twice is charged once."""
        wanted = list(data)
        new = self.unowned(wanted)
        cost = fee + sum(PRICES[name] for _, name in new)
        if cost > self.remaining:
            return None
        self.used += cost
        self.revealed.update(new)
        self.purchases.update(new)
        self.asked.update(wanted)
        return cost

    def charge(self, credits: int) -> bool:
        """Take ``credits``; False (and nothing taken) when the balance does not cover them."""
        if credits > self.remaining:
            return False
        self.used += credits
        return True

    def log(self, path: str, body: Any, size: int) -> None:
        """Write a request down; ``size``: of its body, in bytes."""
        self.calls[path] += 1
        self.requests.keep((path, body), _PARSED * size)

    def fail_next(
        self,
        status: int,
        times: int = 1,
        path: str | None = None,
        *,
        after_charge: bool = False,
        body: str | None = None,
    ) -> None:
        """Answer the next ``times`` requests (to ``path``, if given) with ``status``.

        ``after_charge``: the request is carried out and charged first. ``body``: sent instead of Lusha's own words.
        """
        self.faults.arm(Fault(status, body, path=path, after_work=after_charge), times)

    def drop_next(
        self, times: int = 1, path: str | None = None, *, how: Loss = "close", after_charge: bool = True
    ) -> None:
        """Carry out and charge the next ``times`` requests (unless ``after_charge`` is off), then lose the answer."""
        self.faults.arm(Fault(path=path, how=how, after_work=after_charge), times)

    def stats(self) -> dict[str, Any]:
        """The counters as JSON, for ``GET /_sandbox/stats``."""
        with self.lock:
            return {
                "requests": dict(sorted(self.calls.items())),
                "credits_charged": self.used,
                "usage": {"total": self.total, "used": self.used, "remaining": self.remaining},
                "purchases": [
                    {"id": id, "datum": name, "charged": self.purchases[id, name], "asked": asked}
                    for (id, name), asked in sorted(self.asked.items())
                ],
                "charged_more_than_once": sorted(
                    f"{id} {name}" for (id, name), times in self.purchases.items() if times > 1
                ),
                "found": dict(sorted(self.found.items())),
            }
