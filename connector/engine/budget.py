"""The purse: worst-case cost is booked before each paid request, cut to what the tightest limit covers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.config.settings import Budget
from connector.engine.context import Context
from connector.errors import BudgetExhausted
from connector.store import ledger

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


def room(context: Context) -> Room:
    """The tightest of all limits: the key's budget, the org's part of it, and the balance less ``keep``."""
    store, purpose = context.store, context.purpose
    rooms = [
        *_rooms(context, context.org.lusha.budget, None, "lusha.budget"),
        *_rooms(context, context.org.budget, context.org.name, f"orgs.{context.org.name}.budget"),
    ]
    keeps = [budget.keep for budget in (context.org.lusha.budget, context.org.budget) if budget.keep]
    balance = ledger.balance(store, purpose.key)
    if balance is None and keeps:
        rooms.append(Room(0, f"keep: {max(keeps)}, of a balance that Lusha does not tell,"))
    if balance is not None:
        name = f"keep: {max(keeps)} of a balance of {balance}" if keeps else "the balance of the Lusha account"
        rooms.append(Room(balance - max(keeps, default=0), name))
    return min(rooms, key=lambda item: item.credits or 0, default=Room(None))


def _rooms(context: Context, budget: Budget, org: str | None, name: str) -> list[Room]:
    key, now = context.purpose.key, context.now()
    limits: tuple[tuple[int | None, str, dict[str, Any]], ...] = (
        (budget.per_run, "per_run", {"invocation": context.purpose.invocation}),
        (budget.per_day, "per_day", {"since": ledger.start_of_day(now)}),
        (budget.per_month, "per_month", {"since": ledger.start_of_month(now)}),
    )
    return [
        Room(limit - ledger.booked(context.store, key=key, org=org, **scope), f"{name}.{option}: {limit}")
        for limit, option, scope in limits
        if limit is not None
    ]


def covered(credits: int | None, wanted: int, costs: Costs) -> int:
    """How many of ``wanted`` items so many credits cover at worst."""
    if credits is None:
        return wanted
    return next((items for items in range(wanted, 0, -1) if costs(items) <= credits), 0)


def reserve(
    context: Context, *, action: str, wanted: int, costs: Costs, request: Callable[[int], Mapping[str, Any]]
) -> Reservation:
    """Book the worst case of as many of ``wanted`` items as fit, at least one.

    Raises BudgetExhausted, naming the limit, when not even one item fits. Limits are read and the booking is
    made in one transaction, so parallel processes cannot spend the same credit.
    """
    with context.store.transaction():
        tightest = room(context)
        items = covered(tightest.credits, wanted, costs)
        if items == 0:
            raise BudgetExhausted(
                f"{tightest.name} leaves {max(tightest.credits or 0, 0)} credits, the next {action} needs {costs(1)}",
                hint="change that limit, or run again when there is room; everything bought so far is saved",
            )
        entry = ledger.reserve(
            context.store,
            context.purpose,
            action=action,
            items=items,
            worst=costs(items),
            request=request(items),
            now=context.now(),
        )
    return Reservation(entry, items, costs(items))
