"""A key's account as it truly is, and the ledger that several processes keep of it: the model of ``test_truth``."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connector.models import Account
from connector.store import balances, ledger
from connector.store.balances import Mark
from connector.store.db import open_store
from connector.store.ledger import Purpose

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@dataclass
class Booking:
    """One request. ``took``: what Lusha charged for it, None while it was not sent. ``told``: Lusha said so."""

    entry: int
    invocation: str
    worst: int
    took: int | None = None
    alive: bool = True
    told: bool = False


@dataclass
class Asked:
    """A question for the account, by an invocation that corrects its estimates with it, or by anybody."""

    mark: Mark
    invocation: str | None
    told: Account | None = None
    at: datetime = NOW


class World:
    """Lusha charges when a request is sent, and tells of one moment; what it tells is saved at another.

    ``came`` and ``others``: credits that were bought, and those that somebody else spent.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = open_store(Path(self.folder.name) / "state.db")
        self.remaining, self.total, self.came, self.others = 1_000, 3_000, 0, 0
        self.renewed = False
        self.clock, self.lives = NOW, [0, 0, 0]
        self.bookings: list[Booking] = []
        self.asked: list[Asked] = []
        self.at_word: dict[datetime, tuple[int, int]] = {}
        self.last_counted = 0

    # --- what Lusha does ---

    def take(self, booking: Booking, share: float) -> int:
        if booking.took is None:
            booking.took = round(booking.worst * share)
            self.remaining -= booking.took
        return booking.took

    def tell(self, question: Asked) -> Account:
        self.clock += timedelta(seconds=1)
        question.told, question.at = Account(self.remaining, self.total), self.clock
        self.at_word[question.at] = self.came, self.others
        return question.told

    def top_up(self, credits: int) -> None:
        self.comes(credits)
        self.total += credits

    def comes(self, credits: int) -> None:
        self.came += credits
        self.remaining += credits

    # --- what the processes do ---

    def invocation(self, process: int) -> str:
        return f"{process}.{self.lives[process]}"

    def book(self, invocation: str, worst: int) -> Booking:
        purpose = Purpose("k", invocation, 1, "acme", "m.yaml")
        with self.store.transaction():
            entry = ledger.reserve(
                self.store, purpose, action="person", items=1, worst=worst, request={}, now=self.clock
            )
        self.bookings.append(Booking(entry, invocation, worst))
        return self.bookings[-1]

    def settle(self, booking: Booking, charged: int | None, *, told: bool) -> None:
        data = {"emails": charged} if charged else None
        ledger.settle(self.store, booking.entry, charged=charged, now=self.clock, data=data, estimated=not told)
        booking.told = told

    def still_open(self, *, alive: bool) -> list[Booking]:
        rows = self.store.rows("SELECT id FROM ledger WHERE state <> 'settled'")
        ids = {row["id"] for row in rows}
        return [booking for booking in self.bookings if booking.entry in ids and booking.alive == alive]

    def buy(self, worst: int, share: float) -> None:
        booking = self.book("hand", worst)
        self.settle(booking, self.take(booking, share), told=True)

    def all_is_clear(self) -> None:
        """Nothing is open, and Lusha's word is new."""
        for booking in [*self.still_open(alive=True), *self.still_open(alive=False)]:
            self.settle(booking, self.take(booking, 0), told=True)
        self.know()

    # --- what the ledger learns ---

    def know(self, invocation: str | None = None) -> None:
        question = Asked(balances.mark(self.store, "k"), invocation)
        self.tell(question)
        self.save(question)

    def save(self, question: Asked) -> None:
        assert question.told is not None
        with self.store.transaction():
            if question.invocation is not None:
                self.true_up(question, question.told)
            balances.save_account(self.store, "k", question.told, asked=question.mark, now=question.at)
        saved = balances.saved_account(self.store, "k")
        if saved is not None and saved[1] == question.at:
            self.last_counted = max((booking.entry for booking in self.bookings), default=0)

    def true_up(self, question: Asked, told: Account) -> None:
        before, saved = self.booked(), balances.saved_account(self.store, "k")
        moved = balances.true_up(self.store, key="k", told=told, asked=question.mark)
        after, made = self.booked(), {booking.entry: booking for booking in self.bookings}
        changed = {entry for entry in after if after[entry] != before[entry]}
        assert moved == sum(after.values()) - sum(before.values())
        assert not any(made[entry].told for entry in changed)
        if moved:
            assert saved is not None
            assert self.at_word[question.at][0] == self.at_word[saved[1]][0]  # no credits came
            span = [booking for entry, booking in made.items() if entry > self.last_counted]
            booked, took = sum(after[booking.entry] for booking in span), sum(booking.took or 0 for booking in span)
            assert booked >= took
            assert booked == took or self.others

    def resolve(self, booking: Booking) -> int | None:
        charged = balances.charge_told(self.store, "k", booking.entry)
        self.settle(booking, charged, told=charged is not None)
        assert booking.took is not None
        if charged is not None:
            assert booking.took <= charged <= booking.worst
            assert charged == booking.took or self.others
        return charged

    # --- what is compared ---

    def booked(self) -> dict[int, int]:
        rows = self.store.rows("SELECT id, coalesce(charged, worst) AS booked FROM ledger")
        return {row["id"]: row["booked"] for row in rows}

    def since_last_word(self) -> tuple[int, int]:
        """Credits that came, and that others spent, since the moment of which the saved word tells."""
        saved = balances.saved_account(self.store, "k")
        came, others = self.at_word[saved[1]] if saved else (0, 0)
        return self.came - came, self.others - others

    def close(self) -> None:
        self.store.close()
        self.folder.cleanup()
