"""A question by hand: confirmed, booked and settled as in a run, and saved before it is shown.

What was answered within a day is told again from the state file, for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Generic

from connector.engine import restricted
from connector.engine.flow import at_once
from connector.engine.payer import ByHand, Payer, Prices
from connector.engine.paying import BY_BALANCE, A, Again, Question, pay
from connector.lusha.answered import to_json
from connector.lusha.calls import Call
from connector.lusha.errors import DatapointsNotOnPlan
from connector.models import Answer, Entity, Found, Lookalikes, SignalsAnswer
from connector.store import answers

Confirm = Callable[[int], None]
"""Called with the worst cost before anything is spent; raises to refuse."""
YOUNG = timedelta(hours=24)
"""So long an answer is told again to the same question."""


@dataclass(frozen=True, slots=True)
class Reply(Generic[A]):
    """An answer; ``saved``: nothing was asked, it was in the state file."""

    answer: A
    saved: bool = False


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks: with whose credits, of whom, at which prices, and who agrees to the cost.

    ``anew``: nothing that is saved counts.
    """

    payer: Payer
    lusha: ByHand
    prices: Prices
    confirm: Confirm
    anew: bool = False

    def agreed(self) -> Asker:
        """The same, once the cost of all that follows has been agreed to."""
        return replace(self, confirm=lambda credits: None)

    def reply(
        self, call: Call[A], read: Callable[[str], A], *, action: str, worst: Callable[[], int], lasting: bool = True
    ) -> Reply[A]:
        """The saved answer to this question, or a paid one.

        ``read``: from storage. ``lasting``: the same question has the same answer for a while.
        """
        if lasting and (saved := self.remembered(call, read)) is not None:
            return Reply(saved, saved=True)
        credits = worst()
        self.confirm(credits)
        answer = spend(
            self.payer,
            action=action,
            worst=credits,
            call=lambda: self.lusha.send(call),
            again="fee" if self.lusha.previews else "balance",
            data=action,
            keep=lambda answer, _: self.remember(call, action, restricted.without_barred(self.payer, answer)),
        )
        return Reply(restricted.without_barred(self.payer, answer))

    def remembered(self, call: Call[A], read: Callable[[str], A]) -> A | None:
        """The answer of the last day to this question."""
        if self.anew:
            return None
        key, since = self.payer.purpose.key, self.payer.now() - YOUNG
        body = answers.latest(self.payer.store, key=key, question=call.fingerprint, since=since)
        return None if body is None else read(body)

    def remember(self, call: Call[A], action: str, answer: A) -> None:
        """Save an answer; call it inside the transaction that settles it."""
        assert isinstance(answer, SignalsAnswer | Lookalikes | Found | Answer)
        answers.save(
            self.payer.store,
            key=self.payer.purpose.key,
            action=action,
            question=call.fingerprint,
            body=to_json(answer),
            now=self.payer.now(),
        )


def spend(
    payer: Payer,
    *,
    action: str,
    worst: int,
    call: Callable[[], A],
    again: Again,
    data: str,
    keep: Callable[[A, int], None],
) -> A:
    """One paid question of any kind; all it costs is booked as ``data``. ``keep`` saves the answer, with the
    booking that paid for it."""
    return ask(
        payer,
        Question(
            action=action,
            items=1,
            costs=lambda _: worst,
            request=lambda _: BY_BALANCE if again == "balance" else {"items": 1},
            call=lambda _: call(),
            again=again,
            weights=lambda _: {data: 1},
        ),
        keep,
    )


def ask(payer: Payer, question: Question[A], keep: Callable[[A, int], None]) -> A:
    """Pay for a question, all of it or nothing, and save its answer with what it cost; ``keep`` takes the answer and
    the booking that paid for it.

    Raises what ``pay`` raises, and RequestRefused where Lusha takes the request for malformed.
    """
    payment = at_once(pay(payer, _whole(question)))
    with payer.store.transaction():
        payment.settle(payer)
        if payment.answer is not None:
            keep(payment.answer, payment.entry)
    if payment.answer is None:
        assert payment.refused is not None
        raise payment.refused
    return payment.answer


def _whole(question: Question[A]) -> Question[A]:
    """The same question as one item, which no budget cuts: who asks by hand waits for all of it."""
    items = question.items
    return replace(
        question,
        items=1,
        costs=lambda _: question.costs(items),
        request=lambda _: question.request(items),
        call=lambda _: question.call(items),
    )


def as_sold(
    payer: Payer,
    entity: Entity,
    wanted: Collection[str],
    buy: Callable[[frozenset[str]], A],
    *,
    worst: Callable[[frozenset[str]], int],
    confirm: Confirm,
) -> A:
    """Buy what is wanted as the provider sells it.

    A plan that sells a person's data together only says so once it is asked: then the rest is agreed to and bought.
    """
    data = payer.lusha.purchase(entity, wanted)
    try:
        return buy(data)
    except DatapointsNotOnPlan:
        sold = payer.lusha.purchase(entity, wanted)
        if sold == data:
            raise
        if worst(sold) > worst(data):
            confirm(worst(sold))
        return buy(sold)
