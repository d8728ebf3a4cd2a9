"""One paid call: booked, sent, and settled — or left in doubt and asked once more under a booking of its own.

An answer that was lost may have been charged, so its worst case stays booked until what asking again costs, or the
account's balance, tells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Generic, Literal, Protocol, TypeVar

from connector.engine.account import ask_account
from connector.engine.budget import Costs, Reservation, reserve
from connector.engine.flow import Task, called
from connector.engine.payer import Payer
from connector.errors import ConnectorError, InDoubt, QuotaExhausted, RequestRefused, Stopped, VendorUnreachable
from connector.lusha.batches import MOST_ITEMS
from connector.lusha.errors import UnknownAnswer, UnknownEndpoint
from connector.models import Answer
from connector.pacing import backoff
from connector.store import balances, ledger
from connector.store.shares import split

BATCH = MOST_ITEMS
ATTEMPTS = 3
"""How often the same is asked when answers get lost."""
BY_BALANCE = {"by": "balance"}
"""In what the ledger keeps of a request: only the balance tells whether it was charged."""

Again = Literal["fee", "free", "balance"]
"""What asking the same once more costs: the fee again (a search) · nothing for what was paid for (V3 enrich), so that
the second charge tells of the first · nobody knows before the balance tells of the first (V2)."""


class Charged(Protocol):
    """Any paid answer; ``charged`` is None where Lusha did not say."""

    @property
    def charged(self) -> int | None: ...


A = TypeVar("A", bound=Charged)


@dataclass(frozen=True, slots=True)
class Question(Generic[A]):
    """One paid request, not sent yet: how it is booked, and how its first so many items are asked.

    ``request``: what the ledger keeps of it until it is settled. ``weights``: how the credits charged divide over the
    data that an answer brought. ``brought``: for how many profiles each datum came.
    """

    action: str
    items: int
    costs: Costs
    request: Callable[[int], Mapping[str, Any]]
    call: Callable[[int], A]
    again: Again
    weights: Callable[[A], Mapping[str, int]]
    brought: Callable[[A], Mapping[str, int] | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Payment(Generic[A]):
    """The answer to the first ``items`` of the question, still to be settled; or why Lusha refused them."""

    question: Question[A]
    items: int
    answer: A | None
    refused: RequestRefused | None
    reservation: Reservation
    doubtful: tuple[Reservation, ...]

    @property
    def entry(self) -> int:
        """The booking that paid for the answer: the one whose answer was lost, where asking again cost nothing."""
        free = self.answer is not None and self.answer.charged == 0
        lost = self.doubtful[0] if self.doubtful and free and self.question.again == "free" else None
        return (lost or self.reservation).entry

    def settle(self, payer: Payer) -> None:
        """Book what it cost; call it inside the transaction that saves the answer."""
        charged = self.answer.charged if self.answer else 0
        if charged is not None and charged > self.reservation.worst:
            payer.note("Lusha charged more for a request than its own prices say")
        weights = self.question.weights(self.answer) if self.answer else {}
        brought = self.question.brought(self.answer) if self.answer else None
        ledger.settle(
            payer.store,
            self.reservation.entry,
            charged=charged,
            now=payer.now(),
            data=split(self.reservation.worst if charged is None else charged, weights),
            brought=brought,
            estimated=isinstance(self.answer, Answer) and self.answer.estimated,
        )
        for place, reservation in enumerate(self.doubtful):
            again = self._charged_now(place, reservation, charged)
            resolve(payer, reservation.entry, reservation.worst, again=again, weights=weights, brought=brought)

    def _charged_now(self, place: int, lost: Reservation, charged: int | None) -> int | None:
        """How much of a lost asking was charged later; what can be paid only once is booked with the first."""
        if self.question.again == "fee":
            return 0
        return charged if place == 0 else lost.worst


def resolve(
    payer: Payer,
    entry: int,
    worst: int,
    *,
    again: int | None,
    weights: Mapping[str, int] = MappingProxyType({}),
    brought: Mapping[str, int] | None = None,
) -> None:
    """Settle a booking in doubt: what the second asking cost was not charged the first time.

    That is the most it can have cost, not what Lusha told: an estimate. ``brought``: what it paid for came with the
    second answer.
    """
    first = worst if again is None else max(0, worst - again)
    data = split(first, weights)
    ledger.settle(payer.store, entry, charged=first, now=payer.now(), data=data, brought=brought, estimated=first > 0)


def resolve_by_balance(payer: Payer, entry: int) -> None:
    """Settle a booking in doubt by what the account's balance fell by; where that is not clear, or the account never
    tells it to this key, at its worst.

    Stopped: the account does not answer now; the booking stays in doubt, and the next run asks again.
    """
    key = payer.purpose.key
    ledger.doubt(payer.store, entry)  # whoever made it is gone: it is not in flight
    if not balances.told_since(payer.store, key, entry):
        silence = ask_account(payer.store, key, payer.lusha.account, payer.now).silence
        passing = isinstance(silence, QuotaExhausted | VendorUnreachable)
        if silence and passing and not isinstance(silence, UnknownEndpoint | UnknownAnswer):
            raise Stopped(
                f"an answer of Lusha's got lost, and the account does not say if it was charged: {silence.message}",
                hint="run the same command again in a minute: it asks for the balance first",
            ) from silence
    with payer.store.transaction():
        told = balances.told_since(payer.store, key, entry)
        charged = balances.charge_told(payer.store, key, entry) if told else None
        ledger.settle(payer.store, entry, charged=charged, now=payer.now())


def pay(payer: Payer, question: Question[A]) -> Task[Payment[A]]:
    """A task: book and send a request for as many of its items as the budgets cover.

    Raises BudgetExhausted (nothing was sent), Stopped when the answer stayed unreadable, and whatever the
    provider raises when it did nothing.
    """
    doubtful: list[Reservation] = []
    items, action = question.items, question.action
    attempts = _attempts(payer, question)
    for attempt in range(1, attempts + 1):
        booked = reserve(payer, action=action, wanted=items, costs=question.costs, request=question.request)
        items = booked.items
        try:
            answer = yield from called(partial(question.call, items))
        except InDoubt:
            ledger.doubt(payer.store, booked.entry)
            yield from called(partial(payer.sleep, backoff(attempt)))
            if question.again == "balance":
                resolve_by_balance(payer, booked.entry)
            else:
                doubtful.append(booked)
        except RequestRefused as refused:
            return Payment(question, items, None, refused, booked, tuple(doubtful))
        except ConnectorError:
            ledger.settle(payer.store, booked.entry, charged=0, now=payer.now())
            raise
        else:
            return Payment(question, items, answer, None, booked, tuple(doubtful))
    raise _lost(payer, action, attempts)


def _attempts(payer: Payer, question: Question[A]) -> int:
    """By hand nothing is paid for again that was confirmed once."""
    return 1 if _by_hand(payer) and question.again != "free" else ATTEMPTS


def _by_hand(payer: Payer) -> bool:
    return payer.purpose.run == 0


def _lost(payer: Payer, action: str, attempts: int) -> Stopped:
    words = f"Lusha's answer to {action} got lost{f' {attempts} times' if attempts > 1 else ''}"
    hint = "run the same command again: it asks what was paid for, before anything else"
    if _by_hand(payer):
        hint = "its worst cost stays booked; ask again if you want the answer, which may be charged again"
    return Stopped(f"{words}; whether it was charged is not known", hint=hint)
