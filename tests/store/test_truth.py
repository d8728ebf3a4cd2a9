"""The ledger against the account as it truly is: whatever several processes do, a figure is exact or at its worst."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from connector.store import balances, ledger
from tests.store.truth import Asked, World

PROCESSES = st.integers(0, 2)
WORST = st.integers(0, 9)
SHARE = st.floats(0, 1)


class Truth(World, RuleBasedStateMachine):
    """Three processes with one key: each books, asks and dies as it likes, and Lusha charges when a request is sent."""

    @initialize(alone=st.booleans())
    def begin(self, alone: bool) -> None:
        self.alone = alone

    # --- what Lusha does ---

    @rule(credits=st.integers(1, 400))
    def a_top_up(self, credits: int) -> None:
        self.top_up(credits)

    @precondition(lambda self: not self.renewed)
    @rule()
    def a_renewal(self) -> None:
        """The total stays; once, so that what is spent in between cannot hide it."""
        self.renewed = True
        self.comes(self.total - self.remaining)

    @precondition(lambda self: not self.alone)
    @rule(credits=st.integers(1, 5))
    def somebody_else_spends(self, credits: int) -> None:
        self.others += credits
        self.remaining -= credits

    # --- what the processes do ---

    @rule(process=PROCESSES, worst=WORST)
    def books(self, process: int, worst: int) -> None:
        self.book(self.invocation(process), worst)

    @precondition(lambda self: self.still_open(alive=True))
    @rule(data=st.data(), share=SHARE)
    def sends(self, data: st.DataObject, share: float) -> None:
        self.take(data.draw(st.sampled_from(self.still_open(alive=True))), share)

    @precondition(lambda self: self.still_open(alive=True))
    @rule(data=st.data(), share=SHARE, told=st.booleans())
    def the_answer_comes(self, data: st.DataObject, share: float, told: bool) -> None:
        booking = data.draw(st.sampled_from(self.still_open(alive=True)))
        took = self.take(booking, share)
        guess = st.one_of(st.none(), st.integers(0, booking.worst))
        self.settle(booking, took if told else data.draw(guess), told=told)

    @precondition(lambda self: self.still_open(alive=True))
    @rule(data=st.data())
    def the_answer_gets_lost(self, data: st.DataObject) -> None:
        booking = data.draw(st.sampled_from(self.still_open(alive=True)))
        self.take(booking, 0)
        ledger.doubt(self.store, booking.entry)
        booking.alive = False

    @rule(process=PROCESSES)
    def dies(self, process: int) -> None:
        """What it has in flight stays open, and what it asked is never saved."""
        dead = self.invocation(process)
        for booking in self.still_open(alive=True):
            if booking.invocation == dead:
                self.take(booking, 0)
                booking.alive = False
        self.asked = [question for question in self.asked if question.invocation != dead]
        self.lives[process] += 1

    # --- what the ledger learns ---

    @rule(process=st.one_of(st.none(), PROCESSES))
    def asks(self, process: int | None) -> None:
        invocation = None if process is None else self.invocation(process)
        self.asked.append(Asked(balances.mark(self.store, "k"), invocation))

    @precondition(lambda self: any(question.told is None for question in self.asked))
    @rule(data=st.data())
    def lusha_tells(self, data: st.DataObject) -> None:
        self.tell(data.draw(st.sampled_from([question for question in self.asked if question.told is None])))

    @precondition(lambda self: any(question.told for question in self.asked))
    @rule(data=st.data())
    def its_word_is_saved(self, data: st.DataObject) -> None:
        """In any order: one process is slower than another."""
        question = data.draw(st.sampled_from([question for question in self.asked if question.told]))
        self.asked.remove(question)
        self.save(question)

    @rule()
    def the_account_is_known(self) -> None:
        self.know()

    @precondition(lambda self: self.still_open(alive=False))
    @rule(data=st.data())
    def a_doubt_is_resolved(self, data: st.DataObject) -> None:
        booking = data.draw(st.sampled_from(self.still_open(alive=False)))
        ledger.doubt(self.store, booking.entry)
        if balances.told_since(self.store, "k", booking.entry):
            self.resolve(booking)

    @precondition(lambda self: self.still_open(alive=False))
    @rule(data=st.data())
    def a_doubt_stays_at_its_worst(self, data: st.DataObject) -> None:
        booking = data.draw(st.sampled_from(self.still_open(alive=False)))
        self.settle(booking, booking.worst, told=False)

    # --- nothing is careful in vain: alone, everything is known ---

    @rule(bookings=st.lists(st.tuples(WORST, SHARE, SHARE, st.booleans()), min_size=1, max_size=4))
    def an_invocation_alone_is_corrected(self, bookings: list[tuple[int, float, float, bool]]) -> None:
        self.all_is_clear()
        self.lives[0] += 1
        invocation, made = self.invocation(0), []
        for worst, share, guess, told in bookings:
            made.append(booking := self.book(invocation, worst))
            took = self.take(booking, share)
            self.settle(booking, took if told else round(worst * guess), told=told)
        self.know(invocation)
        booked = self.booked()
        assert sum(booked[booking.entry] for booking in made) == sum(booking.took or 0 for booking in made)

    @rule(worst=WORST, share=SHARE, before=st.lists(WORST, max_size=2), after=st.lists(WORST, max_size=2))
    def a_lost_answer_alone_is_found_out(self, worst: int, share: float, before: list[int], after: list[int]) -> None:
        self.all_is_clear()
        for each in before:
            self.buy(each, share)
        lost = self.book("hand", worst)
        self.take(lost, share)
        ledger.doubt(self.store, lost.entry)
        lost.alive = False
        for each in after:
            self.buy(each, share)
        self.know()
        assert self.resolve(lost) == lost.took

    # --- the same with others at work: what is careful is careful for a reason ---

    def _meanwhile(self, data: st.DataObject) -> None:
        """Up to three things that anybody may do in between."""
        for _ in range(data.draw(st.integers(0, 3))):
            _STEPS[data.draw(st.sampled_from(sorted(_STEPS)))](self, data)

    def _other_books(self, data: st.DataObject) -> None:
        self.book(self.invocation(1), data.draw(WORST))

    def _other_buys(self, data: st.DataObject) -> None:
        booking = self.book(self.invocation(1), data.draw(WORST))
        took, told = self.take(booking, data.draw(SHARE)), data.draw(st.booleans())
        self.settle(booking, took if told else data.draw(st.integers(0, booking.worst)), told=told)

    def _other_is_answered(self, data: st.DataObject) -> None:
        if flying := self.still_open(alive=True):
            booking = data.draw(st.sampled_from(flying))
            took, told = self.take(booking, data.draw(SHARE)), data.draw(st.booleans())
            self.settle(booking, took if told else data.draw(st.integers(0, booking.worst)), told=told)

    def _other_asks(self, data: st.DataObject) -> None:
        self.asked.append(Asked(balances.mark(self.store, "k"), None))

    def _other_is_told(self, data: st.DataObject) -> None:
        if self.asked:
            question = data.draw(st.sampled_from(self.asked))
            if question.told is None:
                self.tell(question)
            else:
                self.asked.remove(question)
                self.save(question)

    def _credits_come(self, data: st.DataObject) -> None:
        self.top_up(data.draw(st.integers(1, 9)))

    @rule(data=st.data(), worst=WORST, share=SHARE)
    def a_lost_answer_among_others(self, data: st.DataObject, worst: int, share: float) -> None:
        self.all_is_clear()
        self._meanwhile(data)
        lost = self.book("hand", worst)
        self._meanwhile(data)
        self.take(lost, share)
        ledger.doubt(self.store, lost.entry)
        lost.alive = False
        self._meanwhile(data)
        if not balances.told_since(self.store, "k", lost.entry):
            question = Asked(balances.mark(self.store, "k"), None)
            self._meanwhile(data)
            self.tell(question)
            self._meanwhile(data)
            self.save(question)
        self.resolve(lost)

    @rule(data=st.data(), worst=WORST, share=SHARE, guess=SHARE)
    def an_invocation_among_others(self, data: st.DataObject, worst: int, share: float, guess: float) -> None:
        self.all_is_clear()
        self._meanwhile(data)
        invocation = self.invocation(0)
        booking = self.book(invocation, worst)
        self.take(booking, share)
        self._meanwhile(data)
        if any(flying is booking for flying in self.still_open(alive=True)):
            self.settle(booking, round(worst * guess), told=False)
        question = Asked(balances.mark(self.store, "k"), invocation)
        self._meanwhile(data)
        self.tell(question)
        self._meanwhile(data)
        self.save(question)

    # --- what always holds ---

    @invariant()
    def a_certain_balance_is_what_lusha_would_tell(self) -> None:
        certain = balances.certain_balance(self.store, "k")
        if certain is not None:
            came, others = self.since_last_word()
            assert certain == self.remaining - came + others

    @invariant()
    def figures_are_what_the_bookings_add_up_to(self) -> None:
        sums = "run, org, substr(at, 1, 10), sum(worst), sum(coalesce(charged, worst)) FROM ledger"
        counted = self.store.rows("SELECT * FROM bookings ORDER BY key, invocation, run, org, day")
        added = self.store.rows(f"SELECT key, invocation, {sums} GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5")
        assert [tuple(row) for row in counted] == [tuple(row) for row in added]
        not_counted = (
            "SELECT pending, (SELECT coalesce(sum(coalesce(charged, worst)), 0) FROM ledger WHERE id > ledger_id"
            " OR id IN (SELECT value FROM json_each(in_flight))) AS added FROM accounts"
        )
        assert all(row["pending"] == row["added"] for row in self.store.rows(not_counted))

    @invariant()
    def what_is_no_estimate_is_booked_in_full(self) -> None:
        rows = {row["id"]: row for row in self.store.rows("SELECT id, worst, charged, estimated, state FROM ledger")}
        for booking in self.bookings:
            row, took = rows[booking.entry], booking.took or 0
            assert 0 <= (row["worst"] if row["charged"] is None else row["charged"]) <= row["worst"]
            if row["state"] != "settled":
                assert row["worst"] >= took
            elif not row["estimated"]:
                assert row["charged"] >= took

    def teardown(self) -> None:
        self.close()


_STEPS = {
    "another books": Truth._other_books,
    "another buys": Truth._other_buys,
    "one is answered": Truth._other_is_answered,
    "another asks": Truth._other_asks,
    "another is told": Truth._other_is_told,
    "credits come": Truth._credits_come,
}
Truth.TestCase.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)
TestTruth = Truth.TestCase
