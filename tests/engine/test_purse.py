"""The purse under everything that can happen at once: spenders, crashes, lost answers, late words on the balance."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from connector.config.settings import Budget
from connector.engine.payer import Payer
from connector.errors import BudgetExhausted
from connector.models import Account
from connector.store import balances, ledger
from connector.store.balances import Mark
from connector.store.db import Store, open_store
from tests.engine.purse import KEY, book, broken_limits, spender

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SPAWN = multiprocessing.get_context("spawn")

# --- real processes, some of which are killed in the middle ---

SHARED, REMAINING = Budget(per_run=40, per_day=60, per_month=61, keep=38), 100
OWN = {"a": Budget(per_run=35), "b": Budget(per_day=30), "c": Budget(), "d": Budget(keep=42)}


def _spend(path: str, org: str, seed: int, end: str, together: Barrier) -> None:
    """Reserve much, settle little, so that the limits are close all the time; ``end``: how this process dies."""
    chance = random.Random(seed)
    store = open_store(Path(path))
    payer = spender(store, org, f"{org}{seed}", SHARED, OWN[org], lambda: NOW)
    dies_at = chance.randint(3, 12)
    together.wait(60)
    for step in range(60):
        if end and step == dies_at:
            _die(store, payer, end)
        with suppress(BudgetExhausted):
            reservation = book(payer, wanted=chance.randint(1, 4), each=chance.randint(1, 6))
            charged = min(reservation.worst, chance.choice([0, 0, 0, 0, 1, 3]))
            ledger.settle(store, reservation.entry, charged=charged, now=NOW, data={"emails": charged})
    store.close()


def _die(store: Store, payer: Payer, end: str) -> None:
    """With a booking open, committed or not; one that finds no room first waits for it."""
    while True:
        with suppress(BudgetExhausted), store.transaction():
            book(payer, each=1)
            if end == "rollback":  # this booking was never made
                os.kill(os.getpid(), signal.SIGKILL)
            break
    if end == "exit":
        os._exit(9)
    os.kill(os.getpid(), signal.SIGKILL)


def _start(path: Path, ends: Mapping[str, str], seed: int, together: Barrier) -> list[BaseProcess]:
    """A process for each org; none begins before all are there."""
    processes: list[BaseProcess] = [
        SPAWN.Process(target=_spend, args=(str(path), org, seed, end, together)) for org, end in ends.items()
    ]
    for process in processes:
        process.start()
    return processes


def _watch(store: Store, payers: list[Payer], running: list[BaseProcess]) -> int:
    """Look at every limit until all have ended; returns how often."""
    looks = 0
    while True:
        alive = any(process.is_alive() for process in running)
        with store.transaction():  # one moment, not several
            assert broken_limits(payers, NOW) == []
            booked = ledger.booked(store, key=KEY)
            assert booked <= REMAINING - 38
            assert balances.balance(store, KEY) == REMAINING - booked
        looks += 1
        if not alive:
            return looks
        running[looks % len(running)].join(timeout=0.02)  # leave the file to them for a moment


@pytest.mark.parametrize("seed", [1, 2])
def test_processes_that_spend_and_die_at_once_never_exceed_a_limit(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "state.db"
    store = open_store(path)
    balances.save_account(store, KEY, Account(REMAINING), asked=balances.mark(store, KEY), now=NOW)
    ends = {"a": "", "b": "exit", "c": "kill", "d": "rollback"}
    together = SPAWN.Barrier(len(ends))
    first = _start(path, ends, seed, together)
    payers = [
        spender(store, org, f"{org}{number}", SHARED, OWN[org], lambda: NOW)
        for org in ends
        for number in (seed, seed + 10)
    ]
    assert _watch(store, payers, first) > 1
    codes = [process.exitcode for process in first]
    assert codes == [0, 9, -signal.SIGKILL, -signal.SIGKILL]
    left_open = store.rows("SELECT org FROM ledger WHERE state = 'reserved' ORDER BY org")
    assert [row["org"] for row in left_open] == ["b", "c"]
    again = _start(path, dict.fromkeys(ends, ""), seed + 10, together)
    _watch(store, payers, again)
    assert [process.exitcode for process in again] == [0, 0, 0, 0]
    assert ledger.booked(store, key=KEY) > 40  # the limits were close, not merely kept


# --- every order of events that one process can see ---

LIMIT = st.dictionaries(st.sampled_from(["per_run", "per_day", "per_month", "keep"]), st.integers(0, 60), max_size=2)
BUDGETS = LIMIT.map(lambda limits: Budget(**limits))


@dataclass
class Booking:
    """One reservation. ``charged``: what Lusha took for it, None while it was not sent."""

    entry: int
    worst: int
    charged: int | None = None
    alive: bool = True


class Spending(RuleBasedStateMachine):
    """Spenders, a Lusha that charges between booking and answer, and a state file that is closed at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.now = NOW
        self.bookings: list[Booking] = []
        self.asked: list[tuple[Mark, int]] = []
        self.spent = self.others = 0

    @initialize(shared=BUDGETS, own=st.tuples(BUDGETS, BUDGETS), credits=st.integers(0, 40))
    def begin(self, shared: Budget, own: tuple[Budget, Budget], credits: int) -> None:
        self.budgets, self.credits = (shared, own), credits
        self._open()
        balances.save_account(self.store, KEY, Account(credits), asked=balances.mark(self.store, KEY), now=self.now)

    def _open(self) -> None:
        shared, own = self.budgets
        self.store = open_store(Path(self.folder.name) / "state.db")
        who = [("acme", "i1"), ("acme", "i2"), ("beta", "i1"), ("beta", "i3")]
        self.payers = [
            spender(self.store, org, invocation, shared, own[org == "beta"], lambda: self.now)
            for org, invocation in who
        ]

    @property
    def remaining(self) -> int:
        """What Lusha would say now."""
        return self.credits - self.spent - self.others

    def _some(self, data: st.DataObject, **having: Any) -> Booking | None:
        found = [b for b in self.bookings if all(getattr(b, name) == value for name, value in having.items())]
        return data.draw(st.sampled_from(found)) if found else None

    @rule(number=st.integers(0, 3), wanted=st.integers(1, 6), each=st.integers(2, 9))
    def reserve(self, number: int, wanted: int, each: int) -> None:
        with suppress(BudgetExhausted):
            made = book(self.payers[number], wanted, each)
            self.bookings.append(Booking(made.entry, made.worst))

    @precondition(lambda self: self.bookings)
    @rule(data=st.data(), share=st.floats(0, 1))
    def lusha_charges(self, data: st.DataObject, share: float) -> None:
        booking = self._some(data, charged=None, alive=True)
        if booking:
            booking.charged = int(booking.worst * share)
            self.spent += booking.charged

    @precondition(lambda self: self.bookings)
    @rule(data=st.data(), told=st.booleans())
    def the_answer_comes(self, data: st.DataObject, told: bool) -> None:
        booking = self._some(data, alive=True)
        if booking:
            charged = (booking.charged or 0) if told else None
            ledger.settle(self.store, booking.entry, charged=charged, now=self.now)
            self.bookings.remove(booking)

    @precondition(lambda self: self.bookings)
    @rule(data=st.data())
    def the_answer_gets_lost(self, data: st.DataObject) -> None:
        booking = self._some(data, alive=True)
        if booking:
            ledger.doubt(self.store, booking.entry)
            booking.alive = False

    @precondition(lambda self: self.bookings)
    @rule(data=st.data())
    def a_doubt_is_resolved(self, data: st.DataObject) -> None:
        booking = self._some(data, alive=False)
        if booking:
            ledger.settle(self.store, booking.entry, charged=booking.charged or 0, now=self.now)
            self.bookings.remove(booking)

    @rule(inside=st.booleans())
    def everything_dies(self, inside: bool) -> None:
        """The process ends, maybe within a booking that is not committed; what was booked is in doubt."""
        if inside:
            with suppress(KeyboardInterrupt, BudgetExhausted), self.store.transaction():
                book(self.payers[0], each=1)
                raise KeyboardInterrupt
        self.store.close()
        self._open()
        self.asked.clear()
        for booking in self.bookings:
            booking.alive = False

    @rule()
    def lusha_tells_at_once(self) -> None:
        self.lusha_is_asked()
        self.lushas_word_comes(late=False)

    @rule()
    def lusha_is_asked(self) -> None:
        self.asked.append((balances.mark(self.store, KEY), self.remaining))

    @precondition(lambda self: self.asked)
    @rule(late=st.booleans())
    def lushas_word_comes(self, late: bool) -> None:
        """It tells of the moment it was asked, or of a later one."""
        asked, then = self.asked.pop()
        told = self.remaining if late else then
        balances.save_account(self.store, KEY, Account(told), asked=asked, now=self.now)

    @rule(credits=st.integers(1, 20))
    def others_spend(self, credits: int) -> None:
        self.others += credits

    @rule(credits=st.integers(1, 10))
    def a_top_up(self, credits: int) -> None:
        self.credits += credits

    @rule(hours=st.sampled_from([1, 10, 200]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def no_limit_is_exceeded(self) -> None:
        if hasattr(self, "store"):
            assert broken_limits(self.payers, self.now) == []

    @invariant()
    def what_is_to_be_kept_is_kept(self) -> None:
        """Leaving others out: their spending is not ours to prevent."""
        if not hasattr(self, "store"):
            return
        keep = min(max(limits.budget.keep or 0 for limits in payer.limits) for payer in self.payers)
        coming = sum(booking.worst for booking in self.bookings if booking.alive and booking.charged is None)
        assert self.credits - self.spent - coming >= min(keep, self.credits)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
        self.folder.cleanup()


Spending.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestSpending = Spending.TestCase
