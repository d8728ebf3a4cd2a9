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
        ledger.settle(context.store, self.reservation.entry, charged=charged, now=context.now())
        for place, reservation in enumerate(self.doubtful):
            paid_before = self.free_again and place > 0  # what can be paid once was booked with the first asking
            again = reservation.worst if paid_before else charged if self.free_again else 0
            resolve(context, reservation.entry, reservation.worst, again=again)


def resolve(context: Context, entry: int, worst: int, *, again: int | None) -> None:
    """Settle a booking in doubt: what the second asking cost was not charged the first time."""
    first = worst if again is None else max(0, worst - again)
    ledger.settle(context.store, entry, charged=first, now=context.now())


def pay(
    context: Context,
    *,
    action: str,
    wanted: int,
    costs: Costs,
    request: Callable[[int], Mapping[str, Any]],
    call: Callable[[int], Answer],
    free_again: bool,
) -> Payment:
    """Book and send a request for as many of ``wanted`` items as the budgets cover.

    ``free_again``: asking again for what was paid costs nothing (enrich), so the second charge tells of the first.
    Raises BudgetExhausted (nothing was sent), Stopped when the answer stayed unreadable, and whatever the
    provider raises when it did nothing.
    """
    doubtful: list[Reservation] = []
    for attempt in range(1, ATTEMPTS + 1):
        reservation = reserve(context, action=action, wanted=wanted, costs=costs, request=request)
        wanted = reservation.items
        try:
            answer = call(reservation.items)
        except InDoubt:
            ledger.doubt(context.store, reservation.entry)
            doubtful.append(reservation)
            context.sleep(backoff(attempt))
        except RequestRefused as refused:
            return Payment(reservation.items, None, refused, reservation, tuple(doubtful), free_again)
        except ConnectorError:
            ledger.settle(context.store, reservation.entry, charged=0, now=context.now())
            raise
        else:
            return Payment(reservation.items, answer, None, reservation, tuple(doubtful), free_again)
    raise Stopped(
        f"Lusha's answer to {action} got lost {ATTEMPTS} times; whether it was charged is not known",
        hint="run the same command again: it asks what was paid for, before anything else",
    )
