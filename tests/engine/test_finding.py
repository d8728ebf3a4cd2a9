"""People and companies by hand: confirmed first, booked like a run, saved, and never bought twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from connector.config.settings import Budget
from connector.engine.finding import buy_by_id, checked, find
from connector.errors import BudgetExhausted, ConfigError, InDoubt, RequestRefused, Stopped
from connector.lusha.errors import Restricted
from connector.lusha.prices import PriceList
from connector.models import Identity
from connector.store import ledger
from tests.engine.hand import ADA, Hand
from tests.engine.house import person
from tests.lusha.fakes import FakeLushaV2, Known


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


@pytest.mark.parametrize("generation", ["v3", "v2"])
def test_a_request_refused_by_law_is_remembered_by_every_spelling(tmp_path: Path, generation: str) -> None:
    hand = Hand(tmp_path, generation)
    id = hand.find(ADA, "emails").profile
    hand.lusha.fail_next(Restricted("Lusha: answered 451", code="451"))
    assert hand.find(ADA, "phones").error == "COMPLIANCE_RESTRICTED"
    calls, booked = hand.lusha.calls, hand.booked()
    assert id is not None
    for identity in (ADA, Identity("person", id=id.id)):
        assert hand.find(identity, "phones", anew=True).error == "COMPLIANCE_RESTRICTED"
    assert (hand.lusha.calls, hand.booked()) == (calls, booked)


def test_asked_anew_what_the_account_owns_is_booked_at_its_offer(tmp_path: Path) -> None:
    hand = Hand(tmp_path)
    hand.now += timedelta(microseconds=250_000)
    hand.find(ADA, "emails", "phones")
    hand.now += timedelta(seconds=5)
    hand.find(ADA, "emails", "phones", anew=True)
    assert hand.bookings()[2:] == [("search", 1, 1), ("enrich emails+phones", 0, 0)]


def test_what_is_known_is_confirmed_at_what_it_still_costs(tmp_path: Path) -> None:
    hand = Hand(tmp_path)
    hand.find(ADA)
    hand.find(ADA, "emails")
    assert hand.agreed == [1, 1]


def test_nothing_more_on_offer_is_no_question(tmp_path: Path) -> None:
    hand = Hand(tmp_path, people=[person(1, phones=[])])
    hand.find(ADA)
    calls = hand.lusha.calls
    assert hand.find(ADA, "phones").saved
    assert (hand.lusha.calls, hand.agreed) == (calls, [1])


def test_without_previews_only_what_is_missing_is_bought(tmp_path: Path) -> None:
    hand = Hand(tmp_path, "v2")
    hand.find(ADA, "emails")
    hand.find(ADA, "emails", "phones")
    assert isinstance(hand.lusha, FakeLushaV2)
    assert [reveal for _, reveal in hand.lusha.look_ups] == [{"emails"}, {"phones"}]


def test_a_plan_that_sells_both_together_is_agreed_to_again_and_asked_once_more(tmp_path: Path) -> None:
    hand = Hand(tmp_path, "v2", separate=False)
    found = hand.find(ADA, "emails")
    assert found.profile is not None
    assert found.profile.revealed >= {"emails", "phones"}
    assert hand.agreed == [1, 6]
    assert hand.bookings() == [("look up emails", 1, 0), ("look up emails+phones", 6, 6)]


def test_a_wider_purchase_that_nobody_agrees_to_is_not_made(tmp_path: Path) -> None:
    hand = Hand(tmp_path, "v2", separate=False)

    def only_cheap(credits: int) -> None:
        if credits > 1:
            raise ConfigError("too dear")

    with pytest.raises(ConfigError, match="too dear"):
        find(hand.till, PriceList(), ADA, {"emails"}, since=None, confirm=only_cheap)
    assert (hand.booked(), hand.lusha.charged_total) == (0, 0)


def test_ids_are_bought_in_one_request_for_each_kind_of_gap(tmp_path: Path) -> None:
    hand = Hand(tmp_path, people=[person(n) for n in range(1, 5)])
    hand.find(ADA, "emails")
    reveal, since = frozenset({"emails", "phones"}), hand.now - timedelta(days=90)
    ids = ["1003", "1001", "4004", "1002"]
    answer, saved = buy_by_id(hand.till, PriceList(), "person", ids, reveal, since=since, confirm=hand.agreed.append)
    assert not saved
    assert [item.profile.id if item.profile else item.error for item in answer.items] == [
        "1003", "1001", "NOT_FOUND", "1002"
    ]  # fmt: skip
    assert [(set(ids), reveal) for ids, reveal in hand.lusha.enriches[1:]] == [
        ({"1003", "4004", "1002"}, {"emails", "phones"}),
        ({"1001"}, {"phones"}),
    ]
    assert hand.agreed[-1] == 3 * 6 + 5
    calls = hand.lusha.calls
    again, saved = buy_by_id(
        hand.till, PriceList(), "person", ["1001", "1002"], reveal, since=since, confirm=hand.agreed.append
    )
    assert (saved, hand.lusha.calls) == (True, calls)
    assert [item.profile.id for item in again.items if item.profile] == ["1001", "1002"]


def test_an_id_refused_by_law_is_remembered_where_one_is_meant(tmp_path: Path) -> None:
    hand = Hand(tmp_path)

    def bought(*ids: str) -> list[str | None]:
        since = hand.now - timedelta(days=90)
        told, _ = buy_by_id(
            hand.till, PriceList(), "person", ids, frozenset({"emails"}), since=since, confirm=hand.agreed.append
        )
        return [item.error for item in told.items]

    hand.lusha.fail_next(Restricted("Lusha: answered 451", code="451"), times=2)
    with pytest.raises(RequestRefused, match="answered 451"):
        bought("1001", "1002")
    assert bought("1001") == ["COMPLIANCE_RESTRICTED"]
    assert bought("1001", "1002") == ["COMPLIANCE_RESTRICTED", None]
    assert hand.lusha.enriches == [(("1002",), {"emails"})]


def test_a_datum_that_this_generation_never_tells_is_refused() -> None:
    with pytest.raises(ConfigError, match="Lusha's API V2 never tells competitors of a company") as error:
        checked("company", {"competitors", "intent"}, "v2")
    assert error.value.hint == "API V3 tells it: lusha.api_version in the config"
    assert checked("company", {"competitors", "intent"}, "v3") == {"competitors", "intent"}
    with pytest.raises(ConfigError, match="nothing of a person that can be revealed is called fax"):
        checked("person", {"fax", "emails"}, "v3")
