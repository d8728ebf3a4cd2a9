"""A question by hand: booked as what it is, all of it or nothing, and saved with what it cost or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.config.settings import Budget
from connector.engine import questions
from connector.engine.asking import ask, spend
from connector.engine.finding import Buying
from connector.errors import BudgetExhausted
from connector.lusha.prices import PriceList
from connector.models import Answer, Entity, Identity
from tests.engine.hand import ADA, Hand
from tests.engine.house import person


def test_any_question_is_booked_as_what_it_is(tmp_path: Path) -> None:
    hand, kept = Hand(tmp_path), []
    entity: Entity = "person"
    answer = spend(
        hand.till,
        action="signals",
        worst=9,
        call=lambda: hand.lusha.search(entity, [ADA]),
        again="fee",
        data="signals",
        keep=lambda *came: kept.append(came),
    )
    assert isinstance(answer, Answer)
    [[entry]] = hand.store.rows("SELECT id FROM ledger")
    assert kept == [(answer, entry)]
    assert [tuple(line) for line in hand.store.rows("SELECT action, worst, charged, data FROM ledger")] == [
        ("signals", 9, 1, '{"signals": 1}')
    ]


def test_a_question_is_not_cut_to_what_a_budget_covers(tmp_path: Path) -> None:
    hand = Hand(tmp_path, people=[person(n) for n in range(1, 27)], budget=Budget(per_day=1))
    identities = [Identity("person", email=f"ada{n}@acme.example") for n in range(1, 27)]
    with pytest.raises(BudgetExhausted, match="leaves 1 credit, the next search needs 2"):
        ask(hand.till, questions.search(Buying(hand.lusha, PriceList(), "person"), identities), lambda *came: None)
    assert hand.lusha.calls == 0


def test_an_answer_that_cannot_be_saved_is_not_settled(tmp_path: Path) -> None:
    hand = Hand(tmp_path)

    def fail(answer: Answer, entry: int) -> None:
        hand.store.db.execute("INSERT INTO answers (key, action, question, body, at) VALUES ('k', 'a', 'q', '{}', 't')")
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="the disk is full"):
        ask(hand.till, questions.search(Buying(hand.lusha, PriceList(), "person"), [ADA]), fail)
    assert hand.bookings() == [("search", 1, None)]
    assert hand.store.rows("SELECT * FROM answers") == []
