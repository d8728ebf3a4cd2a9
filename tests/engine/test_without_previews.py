"""A provider without previews (API V2): who is due is found and bought in one request, and the balance has the last
word on what it cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.config.settings import Budget, FieldRule, Select
from connector.engine.cases import Want
from connector.engine.flow import at_once
from connector.engine.paying import pay
from connector.engine.questions import purchase
from connector.engine.run import run
from connector.errors import InDoubt, QuotaExhausted, RequestRefused, VendorUnreachable
from connector.lusha.errors import AccountInactive, NotOnPlan, UnknownEndpoint
from connector.models import Account, FieldInfo, Identity, Profile
from connector.store import ledger
from tests.engine.house import House, counts, person, row
from tests.lusha.fakes import FakeLushaV2, Known

TITLE_ONLY = {"Title": FieldRule("job_title.title")}


def house(folder: Path, **options: Any) -> House:
    return House(folder, generation="v2", **options)


def lusha(at: House) -> FakeLushaV2:
    assert isinstance(at.lusha, FakeLushaV2)
    return at.lusha


def test_the_same_values_are_written_as_with_previews(tmp_path: Path) -> None:
    rows, people = [row(n) for n in range(1, 8)], [person(n) for n in range(1, 6)]
    both = []
    for generation in ("v3", "v2"):
        (tmp_path / generation).mkdir()
        at = House(tmp_path / generation, generation=generation, rows=rows, people=people)
        assert counts(at.sync(), "due", "matched", "no_match", "written") == (7, 5, 2, 5)
        both.append([at.row(n) for n in range(1, 8)])
    assert both[0] == both[1]


def test_a_second_run_asks_nothing(tmp_path: Path) -> None:
    at = house(tmp_path, rows=[row(n) for n in range(1, 5)], people=[person(1), person(2)])
    at.sync()
    asked = len(lusha(at).look_ups)
    ended = at.sync()
    assert len(lusha(at).look_ups) == asked
    assert ended.report["credits"]["charged"] == 0


def test_only_what_is_needed_is_revealed_and_one_person_once(tmp_path: Path) -> None:
    full = {"Title": "VP", "Email": "ada1@acme.example"}
    at = house(tmp_path, rows=[row(1, **full), {**row(1, **full), "Id": "c00009"}], people=[person()])
    at.sync()
    ((identities, reveal),) = lusha(at).look_ups
    assert (len(identities), reveal) == (1, {"phones"})
    assert at.lusha.purchases.keys() == {("1001", "phones")}


def test_who_needs_no_personal_datum_is_asked_for_at_the_least_price(tmp_path: Path) -> None:
    select = Select(None, ("Title",), timedelta(days=90), timedelta(days=30))
    at = house(tmp_path, rows=[row()], people=[person()], fields=TITLE_ONLY, select=select)
    ended = at.sync()
    assert lusha(at).look_ups[0][1] == {"emails"}
    assert (at.row()["Title"], ended.report["credits"]["charged"]) == ("Head of Engines", 1)


def test_a_plan_that_sells_both_together_is_asked_for_both_once_it_has_said_so(tmp_path: Path) -> None:
    at = house(
        tmp_path, rows=[row(1, Email="ada1@acme.example"), row(2)], people=[person(1), person(2)], separate=False
    )
    ended = at.sync()
    assert counts(ended, "matched", "written") == (2, 2)
    assert {reveal for _, reveal in lusha(at).look_ups} == {frozenset({"emails", "phones"})}
    assert ended.report["credits"]["charged"] == at.lusha.charged_total == 12
    assert any("together" in words for words in ended.notes)


def test_such_a_plan_is_no_trouble_for_those_who_wait_meanwhile(tmp_path: Path) -> None:
    rows = [row(n, **({"Email": f"ada{n}@acme.example"} if n % 2 else {"Phone": "1", "MobilePhone": "1"})) for n in
            range(1, 8)]  # fmt: skip
    select = Select(None, ("Phone", "Email"), timedelta(days=90), timedelta(days=30))
    at = house(tmp_path, rows=rows, people=map(person, range(1, 8)), select=select, separate=False)
    assert counts(at.sync(), "matched", "written") == (7, 7)
    assert {reveal for _, reveal in lusha(at).look_ups} == {frozenset({"emails", "phones"})}


def test_a_budget_covers_the_worst_case_of_what_is_asked(tmp_path: Path) -> None:
    rows, people = [row(n) for n in range(1, 6)], [person(n) for n in range(1, 6)]
    at = house(tmp_path, rows=rows, people=people, budget=Budget(per_run=13))
    ended = at.sync()
    assert ended.exit_code == 4
    assert counts(ended, "matched", "left") == (2, 3)
    assert at.lusha.charged_total <= 13


@pytest.mark.parametrize("error", ["COMPLIANCE_RESTRICTED", "NOT_FOUND", "ENRICH_FAILED"])
def test_item_errors(tmp_path: Path, error: Any) -> None:
    at = house(
        tmp_path,
        rows=[row(1, Email="ada1@acme.example"), row(2)],
        people=[Known(person().attributes, error=error), person(2)],
    )
    ended = at.sync()
    left = 1 if error == "ENRICH_FAILED" else 0
    assert counts(ended, "matched", "no_match", "left") == (1, 1 - left, left)
    again = at.later(days=60).sync()
    asked = [identity for identities, _ in lusha(at).look_ups for identity in identities]
    suppressed = error == "COMPLIANCE_RESTRICTED"
    assert counts(again, "suppressed") == (int(suppressed),)
    assert asked.count(Identity("person", email="ada1@acme.example")) == (1 if suppressed else 2)


@pytest.mark.parametrize("charged", [True, False])
def test_a_lost_answer_is_settled_by_the_balance_and_asked_again(tmp_path: Path, charged: bool) -> None:
    at = house(tmp_path, rows=[row()], people=[person()])
    context = at.context()
    if charged:
        at.lusha.lose_answer_next()
    else:
        at.lusha.fail_next(InDoubt("Lusha: failed"))
    want = Want(Identity("person", first_name="Adab", last_name="Byronb", company_name="Acme"))
    payment = at_once(pay(context, purchase(context, [want], frozenset({"emails", "phones"}), None)))
    payment.settle(context)
    rows = at.store.rows("SELECT state, charged, worst FROM ledger ORDER BY id")
    assert [tuple(line) for line in rows] == (
        [("settled", 6, 6), ("settled", 0, 6)] if charged else [("settled", 0, 6), ("settled", 6, 6)]
    )
    assert ledger.booked(at.store, key=context.purpose.key) == at.lusha.charged_total == 6


def test_without_the_balance_a_lost_answer_stops_the_run_and_the_next_resolves_it(tmp_path: Path) -> None:
    at = house(tmp_path, rows=[row()], people=[person()])
    context = at.context()
    at.lusha.lose_answer_next()
    silent = at.lusha.account
    at.lusha.account = lambda: (_ for _ in ()).throw(QuotaExhausted("five a minute"))  # type: ignore[method-assign]
    ended = run(context)
    assert (ended.exit_code, ended.report["status"]) == (4, "stopped")
    assert [tuple(line) for line in at.store.rows("SELECT state, worst FROM ledger")] == [("doubtful", 6)]
    at.lusha.account = silent  # type: ignore[method-assign]
    again = at.sync()
    assert counts(again, "matched", "written") == (1, 1)
    assert ledger.booked(at.store, key=context.purpose.key) == at.lusha.charged_total == 6
    assert at.row()["Phone"] == "+15550100001"


def test_a_company_is_bought_whole(tmp_path: Path) -> None:
    schema = {name: FieldInfo(name, name, "text", length=80) for name in ("Name", "Website", "Industry", "Enriched")}
    schema["Enriched"] = FieldInfo("Enriched", "Enriched", "datetime")
    acme = Known({"id": "7", "name": "Acme", "domain": "acme.example", "industry": "Machines", "founded_year": 1999})
    at = House(
        tmp_path, generation="v2", entity="company", people=[acme], schema=schema,
        rows=[{"Id": "c00001", "Name": "Acme", "Website": "acme.example", "Industry": None, "Enriched": None}],
        identify=({"domain": "Website"},), fields={"Industry": FieldRule("industry")},
        stamps={"Enriched": "enriched_at"},
        select=Select(None, ("Industry",), timedelta(days=90), timedelta(days=30)),
    )  # fmt: skip
    ended = at.sync()
    assert (at.row()["Industry"], ended.report["credits"]["charged"]) == ("Machines", 1)


def test_items_refused_one_by_one_do_not_stop_the_others(tmp_path: Path) -> None:
    at = house(tmp_path, rows=[row(1), row(2)], people=[person(1), person(2)])
    context = at.context()
    at.lusha.fail_next(RequestRefused("Lusha: answered 451", code="451"), times=2)
    ended = run(context)
    assert counts(ended, "matched", "no_match") == (1, 1)


def test_an_unreachable_lusha_ends_the_run(tmp_path: Path) -> None:
    at = house(tmp_path, rows=[row()], people=[person()])
    context = at.context()
    at.lusha.fail_next(VendorUnreachable("Lusha: down"))
    assert run(context).exit_code == 8


def test_a_plan_that_sells_both_together_is_no_trouble_where_both_are_wanted_first(tmp_path: Path) -> None:
    at = house(tmp_path, rows=[row(1), row(2)], people=[person(1), person(2)], separate=False)
    ended = at.sync()
    assert counts(ended, "matched", "written") == (2, 2)
    assert ended.report["credits"]["charged"] == at.lusha.charged_total == 12


@pytest.mark.parametrize("silence", [NotOnPlan("403"), AccountInactive("403"), UnknownEndpoint("404")])
def test_an_account_that_will_never_tell_leaves_the_worst_booked_and_the_run_goes_on(
    tmp_path: Path, silence: Exception
) -> None:
    at = house(tmp_path, rows=[row()], people=[person()])
    context = at.context()
    at.lusha.lose_answer_next()

    def account() -> Account:
        raise silence

    at.lusha.account = account  # type: ignore[method-assign]
    ended = run(context)
    assert counts(ended, "matched", "written") == (1, 1)
    assert [tuple(line) for line in at.store.rows("SELECT state, charged FROM ledger")] == [
        ("settled", 6), ("settled", 0),
    ]  # fmt: skip


def test_a_purchase_in_doubt_from_before_the_switch_to_v2_is_booked_at_its_worst(tmp_path: Path) -> None:
    at = house(tmp_path, rows=[row()], people=[person()])
    context = at.context()
    request = {"entity": "person", "ids": ["1001"], "reveal": ["phones"]}
    entry = ledger.reserve(
        at.store, context.purpose, action="enrich phones", items=1, worst=5, request=request, now=at.now
    )
    ended = run(context)
    assert counts(ended, "matched", "written") == (1, 1)
    assert at.store.rows("SELECT state, charged FROM ledger WHERE id = ?", entry)[0]["charged"] == 5
    assert all(identity.id is None for identities, _ in lusha(at).look_ups for identity in identities)


def test_whoever_was_paid_for_and_fits_nobody_asked_for_is_kept(tmp_path: Path) -> None:
    at = house(tmp_path, rows=[row(1)], people=[person(1), person(2)])
    ask, stranger = at.lusha.look_up, Profile("person", "1002", {"id": "1002"}, frozenset({"emails", "profile"}))
    at.lusha.look_up = lambda *asked: replace(ask(*asked), extra=(stranger,))  # type: ignore[method-assign]
    at.sync()
    assert [line["lusha_id"] for line in at.store.rows("SELECT lusha_id FROM profiles ORDER BY 1")] == ["1001", "1002"]
