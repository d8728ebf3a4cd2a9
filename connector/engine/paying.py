"""One paid call: booked, sent, and settled — or left in doubt and asked once more under a booking of its own.

An answer that was lost may have been charged, so its worst case stays booked while the same is asked again: a
search costs at most its fee again, an enrich returns what was already revealed for 0 credits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.engine.budget import Costs, Reservation, reserve
from connector.engine.context import Context
from connector.errors import ConnectorError, InDoubt, RequestRefused, Stopped
from connector.models import Answer
from connector.pacing import backoff
from connector.store import ledger

BATCH = 100
"""Most items in one Lusha request (https://docs.lusha.com, search and enrich)."""
ATTEMPTS = 3
"""How often the same is asked when answers get lost."""


@dataclass(frozen=True, slots=True)
class Question:
    """One paid request, not sent yet: how it is booked, and how its first so many items are asked.

    ``free_again``: asking again for what was paid costs nothing (enrich), so the second charge tells of the first.
    """

    action: str
    items: int
    costs: Costs
    request: Callable[[int], Mapping[str, Any]]
    call: Callable[[int], Answer]
    free_again: bool


@dataclass(frozen=True, slots=True)
class Payment:
    """The answer to the first ``items`` of what was wanted, still to be settled; or why Lusha refused them."""

    items: int
    answer: Answer | None
    refused: RequestRefused | None
    reservation: Reservation
    doubtful: tuple[Reservation, ...]
    free_again: bool

    def settle(self, context: Context) -> None:
        """Book what it cost; call it inside the transaction that saves the answer."""
        charged = self.answer.charged if self.answer else 0
        if charged is not None and charged > self.reservation.worst:
            context.note("Lusha charged more for a request than its own prices say")
        ledger.settle(context.store, self.reservation.entry, charged=charged, now=context.now())
        for place, reservation in enumerate(self.doubtful):
            again = self._charged_now(place, reservation, charged)
            resolve(context, reservation.entry, reservation.worst, again=again)

    def _charged_now(self, place: int, lost: Reservation, charged: int | None) -> int | None:
        """How much of a lost asking was charged later; what can be paid only once is booked with the first."""
        if not self.free_again:
            return 0
        return charged if place == 0 else lost.worst


def resolve(context: Context, entry: int, worst: int, *, again: int | None) -> None:
    """Settle a booking in doubt: what the second asking cost was not charged the first time."""
    first = worst if again is None else max(0, worst - again)
    ledger.settle(context.store, entry, charged=first, now=context.now())


def pay(context: Context, question: Question) -> Payment:
    """Book and send a request for as many of its items as the budgets cover.

    Raises BudgetExhausted (nothing was sent), Stopped when the answer stayed unreadable, and whatever the
    provider raises when it did nothing.
    """
    doubtful: list[Reservation] = []
    items, action = question.items, question.action
    for attempt in range(1, ATTEMPTS + 1):
        booked = reserve(context, action=action, wanted=items, costs=question.costs, request=question.request)
        items = booked.items
        try:
            answer = question.call(items)
        except InDoubt:
            ledger.doubt(context.store, booked.entry)
            doubtful.append(booked)
            context.sleep(backoff(attempt))
        except RequestRefused as refused:
            return Payment(items, None, refused, booked, tuple(doubtful), question.free_again)
        except ConnectorError:
            ledger.settle(context.store, booked.entry, charged=0, now=context.now())
            raise
        else:
            return Payment(items, answer, None, booked, tuple(doubtful), question.free_again)
    raise Stopped(
        f"Lusha's answer to {action} got lost {ATTEMPTS} times; whether it was charged is not known",
        hint="run the same command again: it asks what was paid for, before anything else",
    )
