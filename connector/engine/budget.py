"""The purse: worst-case cost is booked before each paid request, cut to what the tightest limit covers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.engine.payer import Limits, Payer
from connector.errors import BudgetExhausted
from connector.store import balances, ledger

Costs = Callable[[int], int]
"""Worst-case credits of a request with so many items."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the tightest limit still covers; ``credits`` None = nothing limits. ``name`` says which one it is."""

    credits: int | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A booked request of ``items`` items at ``worst`` credits."""

    entry: int
    items: int
    worst: int


def room(payer: Payer) -> Room:
    """The tightest of all limits: every budget, and the balance less ``keep``."""
    rooms = [room for limits in payer.limits for room in _rooms(payer, limits)]
    keeps = [limits.budget.keep for limits in payer.limits if limits.budget.keep]
    balance = balances.balance(payer.store, payer.purpose.key)
    if balance is None and keeps:
        rooms.append(Room(0, f"keep: {max(keeps)}, of a balance that Lusha does not tell,"))
    if balance is not None:
        name = f"keep: {max(keeps)} of a balance of {balance}" if keeps else "the balance of the Lusha account"
        rooms.append(Room(balance - max(keeps, default=0), name))
    return min(rooms, key=lambda item: item.credits or 0, default=Room(None))


def _rooms(payer: Payer, limits: Limits) -> list[Room]:
    key, now, budget = payer.purpose.key, payer.now(), limits.budget
    spans: tuple[tuple[int | None, str, dict[str, Any]], ...] = (
        (budget.per_run, "per_run", {"invocation": payer.purpose.invocation}),
        (budget.per_day, "per_day", {"since": ledger.start_of_day(now)}),
        (budget.per_month, "per_month", {"since": ledger.start_of_month(now)}),
    )
    return [
        Room(limit - ledger.booked(payer.store, key=key, org=limits.org, **span), f"{limits.name}.{option}: {limit}")
        for limit, option, span in spans
        if limit is not None
    ]


def covered(credits: int | None, wanted: int, costs: Costs) -> int:
    """How many of ``wanted`` items so many credits cover at worst."""
    if credits is None:
        return wanted
    return next((items for items in range(wanted, 0, -1) if costs(items) <= credits), 0)


def _credits(number: int) -> str:
    return "1 credit" if number == 1 else f"{number} credits"


def reserve(
    payer: Payer, *, action: str, wanted: int, costs: Costs, request: Callable[[int], Mapping[str, Any]]
) -> Reservation:
    """Book the worst case of as many of ``wanted`` items as fit, at least one.

    Raises BudgetExhausted, naming the limit, when not even one item fits. Limits are read and the booking is
    made in one transaction, so parallel processes cannot spend the same credit.
    """
    with payer.store.transaction():
        tightest = room(payer)
        items = covered(tightest.credits, wanted, costs)
        if items == 0:
            raise BudgetExhausted(
                f"{tightest.name} leaves {_credits(max(tightest.credits or 0, 0))}, the next {action} needs {costs(1)}",
                hint="change that limit, or run again when there is room; everything bought so far is saved",
            )
        entry = ledger.reserve(
            payer.store,
            payer.purpose,
            action=action,
            items=items,
            worst=costs(items),
            request=request(items),
            now=payer.now(),
        )
    return Reservation(entry, items, costs(items))
