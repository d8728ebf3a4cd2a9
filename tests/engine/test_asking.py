"""Lusha asked by hand: confirmed first, booked like a run, saved, and never bought twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.config.settings import Budget
from connector.engine.asking import Finding, find, spend
from connector.engine.payer import Limits, Till
from connector.errors import BudgetExhausted, InDoubt, RequestRefused, Stopped
from connector.lusha.prices import PriceList
from connector.models import Account, Answer, Entity, Identity
from connector.store import balances, ledger
from connector.store.db import open_store
from connector.store.ledger import Purpose
from tests.engine.house import START, person
from tests.lusha.fakes import FakeLusha, FakeLushaV2, Known

ADA = Identity("person", email="ada1@acme.example")


class Hand:
    """Somebody who asks, and agrees to every cost."""

    def __init__(self, folder: Path, generation: str = "v3", *, budget: Budget | None = None, **more: Any) -> None:
        people = more.pop("people", [person(1), person(2)])
        self.lusha = (FakeLushaV2 if generation == "v2" else FakeLusha)(people, **more)
        self.store = open_store(folder / "state.db")
        self.agreed: list[int] = []
        self.till = Till(
            self.store,
            Purpose("k", "by hand", 0, "", "lusha"),
            lambda: START,
            lambda seconds: None,
            self.lusha,
            (Limits("lusha.budget", budget or Budget()),),
        )
        asked = balances.mark(self.store, "k")
        balances.save_account(self.store, "k", Account(self.lusha.remaining), asked=asked, now=START)

    def find(self, identity: Identity = ADA, *reveal: str, anew: bool = False) -> Finding:
        since = START + timedelta(seconds=1) if anew else START - timedelta(days=90)
        return find(self.till, PriceList(), identity, reveal, since=since, confirm=self.agreed.append)

    def booked(self) -> int:
        return ledger.booked(self.store, key="k")


@pytest.mark.parametrize("generation", ["v3", "v2"])
def test_what_is_saved_is_not_bought_again_by_whatever_spelling(tmp_path: Path, generation: str) -> None:
    hand = Hand(tmp_path, generation)
    found = hand.find(ADA, "phones")
    assert found.profile is not None
    assert len(found.profile.attributes["phones"]) == 2
    spent = hand.booked()
    assert spent == hand.lusha.charged_total
    named = Identity("person", first_name="Adab", last_name="Byronb", company_name="Acme")
    again = [hand.find(identity, "phones") for identity in (ADA, Identity("person", id="1001"), named)]
    assert [finding.saved for finding in again] == [True, True, True]
    assert (hand.booked(), len(hand.agreed)) == (spent, 1)


def test_only_what_is_missing_is_bought(tmp_path: Path) -> None:
    hand = Hand(tmp_path)
    hand.find(ADA)
    hand.find(ADA, "emails")
    hand.find(ADA, "emails", "phones")
    assert [reveal for _, reveal in hand.lusha.enriches] == [{"emails"}, {"phones"}]
    assert hand.lusha.purchases.keys() == {("1001", "emails"), ("1001", "phones")}
    assert len(hand.lusha.searches) == 1


def test_the_worst_cost_is_confirmed_before_anything_is_asked(tmp_path: Path) -> None:
    hand = Hand(tmp_path)

    def refuse(credits: int) -> None:
        raise RuntimeError(credits)

    with pytest.raises(RuntimeError, match="7"):
        find(hand.till, PriceList(), ADA, {"emails", "phones"}, since=None, confirm=refuse)
    assert (hand.lusha.calls, hand.booked()) == (0, 0)


def test_what_does_not_exist_is_not_asked_for(tmp_path: Path) -> None:
    hand = Hand(tmp_path, people=[person(1, phones=[])])
    assert hand.find(ADA, "phones").profile is not None
    assert hand.lusha.enriches == []


@pytest.mark.parametrize("generation", ["v3", "v2"])
def test_whom_lusha_may_not_process_is_asked_for_once(tmp_path: Path, generation: str) -> None:
    hand = Hand(tmp_path, generation, people=[Known(person(1).attributes, error="COMPLIANCE_RESTRICTED")])
    assert hand.find(ADA, "emails").error == "COMPLIANCE_RESTRICTED"
    calls = hand.lusha.calls
    assert hand.find(ADA, "emails", anew=True).error == "COMPLIANCE_RESTRICTED"
    assert hand.lusha.calls == calls


def test_nobody_found_is_told_and_costs_nothing(tmp_path: Path) -> None:
    hand = Hand(tmp_path)
    assert hand.find(Identity("person", email="nobody@acme.example")).error == "NOT_FOUND"
    assert hand.booked() == 0


def test_a_budget_holds_for_questions_by_hand(tmp_path: Path) -> None:
    hand = Hand(tmp_path, budget=Budget(per_day=5))
    with pytest.raises(BudgetExhausted, match=r"lusha.budget.per_day: 5 leaves 4 credits"):
        hand.find(ADA, "phones")
    assert hand.booked() == 1


def test_a_lost_answer_is_asked_for_once_more_and_booked_once(tmp_path: Path) -> None:
    hand = Hand(tmp_path)
    hand.find(ADA)
    hand.lusha.lose_answer_next()
    assert hand.find(ADA, "phones").profile is not None
    assert hand.booked() == hand.lusha.charged_total == 6


def test_answers_that_stay_lost_keep_their_worst_case(tmp_path: Path) -> None:
    hand = Hand(tmp_path)
    hand.find(ADA)
    hand.lusha.fail_next(InDoubt("Lusha: cut"), times=3)
    with pytest.raises(Stopped):
        hand.find(ADA, "phones")
    assert hand.booked() == 1 + 3 * 5
    assert len(ledger.doubts_by_hand(hand.store, key="k")) == 3
    assert ledger.doubts(hand.store, key="k", org="") == []


def test_a_refused_question_costs_nothing_and_says_why(tmp_path: Path) -> None:
    hand = Hand(tmp_path)
    hand.lusha.fail_next(RequestRefused("Lusha: answered 400: no", code="400"))
    with pytest.raises(RequestRefused, match="answered 400: no"):
        hand.find(ADA)
    assert hand.booked() == 0


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
        keep=kept.append,
    )
    assert isinstance(answer, Answer)
    assert kept == [answer]
    assert [tuple(line) for line in hand.store.rows("SELECT action, worst, charged, data FROM ledger")] == [
        ("signals", 9, 1, '{"signals": 1}')
    ]
