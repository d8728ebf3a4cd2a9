"""Bookings that nobody comes back for do not make the balance of a key uncertain for ever."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.engine.abandoned import FORGOTTEN, resolve_questions_by_hand
from connector.engine.paying import BY_BALANCE, resolve
from connector.engine.run import run
from connector.errors import QuotaExhausted
from connector.store import balances, ledger
from connector.store.lease import hold_key, hold_lease
from connector.store.ledger import Purpose
from tests.engine.hand import Hand
from tests.engine.house import House, counts, person, row

ENRICH = {"entity": "person", "ids": ["1001"], "reveal": ["phones"]}


def house(folder: Path, **more: Any) -> House:
    at = House(folder, rows=[row()], people=[person()], **more)
    at.context()  # the account is known
    return at


def key(at: House) -> str:
    return at.lusha_settings.api_key.fingerprint()


def left(at: House, org: str, request: Mapping[str, Any], *, run: int = 1, worst: int = 6) -> int:
    """A booking of a process that was killed."""
    purpose = Purpose(key(at), "dead", run, org, "m.yaml")
    return ledger.reserve(at.store, purpose, action="enrich", items=1, worst=worst, request=request, now=at.now)


def booking(at: House, entry: int) -> tuple[Any, ...]:
    return tuple(at.store.rows("SELECT state, charged, estimated FROM ledger WHERE id = ?", entry)[0])


@pytest.mark.parametrize("taken", [0, 4])
def test_a_question_by_hand_that_was_killed_is_settled_by_the_balance(tmp_path: Path, taken: int) -> None:
    at = house(tmp_path)
    entry = left(at, "", BY_BALANCE, run=0)
    at.lusha.remaining -= taken
    assert counts(at.sync(), "written") == (1,)
    assert booking(at, entry) == ("settled", taken, 0)
    at.context()
    assert balances.certain_balance(at.store, key(at)) == at.lusha.remaining


@pytest.mark.parametrize("taken", [0, 4])
def test_the_next_question_by_hand_settles_it_by_the_balance_too(tmp_path: Path, taken: int) -> None:
    hand = Hand(tmp_path, "v2")
    asked = balances.mark(hand.store, "k")
    balances.save_account(hand.store, "k", hand.lusha.account(), asked=asked, now=hand.now)
    ledger.reserve(hand.store, hand.till.purpose, action="signals", items=1, worst=6, request=BY_BALANCE, now=hand.now)
    hand.lusha.remaining -= taken
    resolve_questions_by_hand(hand.till)
    assert hand.bookings() == [("signals", 6, taken)]


def test_without_a_balance_the_next_question_by_hand_leaves_it_in_doubt_and_says_so(tmp_path: Path) -> None:
    hand = Hand(tmp_path, "v2")
    ledger.reserve(hand.store, hand.till.purpose, action="signals", items=1, worst=6, request=BY_BALANCE, now=hand.now)
    hand.lusha.fail_next(QuotaExhausted("five a minute"))
    resolve_questions_by_hand(hand.till)
    assert hand.bookings() == [("signals", 6, None)]
    assert any("stays booked at its worst" in note for note in hand.till.notes)


def test_one_question_for_the_balance_does_for_all_of_them(tmp_path: Path) -> None:
    at = house(tmp_path)
    entries = [left(at, org, BY_BALANCE, run=0) for org in ("", "acme", "beta")]
    calls = at.lusha.calls
    at.sync()
    assert at.lusha.calls == calls + 2 + 2  # the run's own: account, search and enrich
    assert [booking(at, entry) for entry in entries] == [("settled", 6, 1)] * 3


def test_a_question_by_hand_whose_cost_the_balance_is_not_asked_for_stays_at_its_worst(tmp_path: Path) -> None:
    at = house(tmp_path)
    entry = left(at, "", {"items": 1}, run=0)
    at.sync()
    assert booking(at, entry) == ("settled", 6, 1)


def test_while_somebody_asks_by_hand_their_bookings_are_left_alone(tmp_path: Path) -> None:
    at = house(tmp_path)
    entry = left(at, "", BY_BALANCE, run=0)
    with hold_key(at.store, key(at)):
        assert counts(at.sync(), "written") == (1,)
    assert booking(at, entry)[0] == "reserved"


def test_a_silent_account_leaves_a_question_by_hand_in_doubt_and_ends_no_run(tmp_path: Path) -> None:
    at = house(tmp_path)
    entry = left(at, "", BY_BALANCE, run=0)
    context = at.context()
    whole = at.lusha.account
    at.lusha.account = lambda: (_ for _ in ()).throw(QuotaExhausted("five a minute"))  # type: ignore[method-assign]
    assert counts(run(context), "written") == (1,)
    assert booking(at, entry)[0] == "doubtful"
    at.lusha.account = whole  # type: ignore[method-assign]
    at.sync()
    assert booking(at, entry)[0] == "settled"


@pytest.mark.parametrize(("age", "state"), [(FORGOTTEN, "reserved"), (FORGOTTEN + timedelta(minutes=1), "settled")])
def test_an_org_that_is_gone_leaves_nothing_open_for_ever(tmp_path: Path, age: timedelta, state: str) -> None:
    at = house(tmp_path)
    entry = left(at, "gone", ENRICH)
    at.later(seconds=age.total_seconds() - 1)
    ended = at.sync()
    assert booking(at, entry)[0] == state
    assert any("nobody came back" in words for words in ended.notes) == (state == "settled")
    if state == "settled":
        assert booking(at, entry) == ("settled", 6, 1)


def lease(at: House, org: str, tenant: str, now: datetime) -> Any:
    return hold_lease(at.store, org=org, crm="fake", tenant=tenant, address="", now=now)


def test_an_org_that_runs_now_looks_after_its_own(tmp_path: Path) -> None:
    at = house(tmp_path)
    entry = left(at, "beta", ENRICH)
    at.later(days=3)
    with lease(at, "beta", "T2", at.now):
        at.sync()
    assert booking(at, entry)[0] == "reserved"
    at.sync()
    assert booking(at, entry)[0] == "settled"


def test_the_former_name_of_an_org_is_nobody_else(tmp_path: Path) -> None:
    at = house(tmp_path)
    entry = left(at, "acme-old", ENRICH)
    with lease(at, "acme-old", "T1", at.now):
        pass
    at.later(days=3)
    with lease(at, "acme", "T1", at.now):
        at.sync()
    assert booking(at, entry)[0] == "settled"


def test_a_purchase_for_an_entity_that_is_not_mapped_any_more_stays_at_its_worst(tmp_path: Path) -> None:
    at = house(tmp_path)
    entry = left(at, "acme", {**ENRICH, "entity": "company"})
    at.sync()
    assert booking(at, entry)[0] == "reserved"
    at.later(days=3).sync()
    assert booking(at, entry) == ("settled", 6, 1)


def test_what_a_doubt_can_have_cost_at_most_is_an_estimate_and_nothing_is_exact(tmp_path: Path) -> None:
    at = house(tmp_path)
    most, nothing = left(at, "acme", ENRICH), left(at, "acme", ENRICH)
    context = at.context()
    resolve(context, most, 6, again=2)
    resolve(context, nothing, 6, again=6)
    assert [booking(at, entry) for entry in (most, nothing)] == [("settled", 4, 1), ("settled", 0, 0)]
