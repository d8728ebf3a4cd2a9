"""Spenders on one state file, for tests of the purse: several orgs and invocations with budgets of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from connector.config.settings import Budget
from connector.engine.budget import Reservation, reserve
from connector.engine.payer import Limits, Payer, Provider, Till
from connector.store import ledger
from connector.store.db import Store
from connector.store.ledger import Purpose

KEY = "k"


def spender(store: Store, org: str, invocation: str, shared: Budget, own: Budget, now: Callable[[], datetime]) -> Payer:
    """Somebody of ``org`` who pays with the key that all share."""
    limits = (Limits("lusha.budget", shared), Limits(f"orgs.{org}.budget", own, org))
    nobody = cast(Provider, None)  # booking asks Lusha nothing
    return Till(store, Purpose(KEY, invocation, 1, org, "m.yaml"), now, lambda _: None, nobody, limits)


def book(payer: Payer, wanted: int = 1, each: int = 6) -> Reservation:
    """Reserve for ``wanted`` items at ``each`` credits; BudgetExhausted where not one fits."""
    return reserve(payer, action="enrich", wanted=wanted, costs=lambda n: n * each, request=lambda n: {"items": n})


def broken_limits(payers: Sequence[Payer], now: datetime) -> list[str]:
    """Every limit of these payers that is exceeded, in words."""
    return [words for payer in payers for limits in payer.limits for words in _broken(payer, limits, now)]


def _broken(payer: Payer, limits: Limits, now: datetime) -> list[str]:
    budget = limits.budget
    spans: tuple[tuple[str, int | None, dict[str, Any]], ...] = (
        ("per_run", budget.per_run, {"invocation": payer.purpose.invocation}),
        ("per_day", budget.per_day, {"since": ledger.start_of_day(now)}),
        ("per_month", budget.per_month, {"since": ledger.start_of_month(now)}),
    )
    booked = [
        (name, limit, ledger.booked(payer.store, key=KEY, org=limits.org, **span))
        for name, limit, span in spans
        if limit is not None
    ]
    return [f"{limits.name}.{name}: {used} of {limit}" for name, limit, used in booked if used > limit]
