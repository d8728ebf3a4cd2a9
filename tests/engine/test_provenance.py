"""Which booking paid for each change, and what its datum cost: told by the ledger, so that it follows corrections."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connector.config.settings import FieldRule
from connector.models import Account
from connector.store import balances, explain, people, suggestions
from connector.store.explain import Told
from tests.engine.house import FIELDS, House, person, row


def told(house: House, number: int = 1) -> dict[str, Told]:
    """The latest change of each field of a record."""
    found = explain.of_record(house.store, org="acme", object="Contact", record=f"c{number:05}")
    return {one.field: one for one in found}


def costs(house: House, number: int = 1) -> dict[str, tuple[str, int, float | None] | None]:
    """(datum, run, credits) by field."""
    return {
        name: one.paid and (one.paid.datum, one.paid.run, one.paid.credits and round(one.paid.credits, 4))
        for name, one in told(house, number).items()
    }


def test_each_field_tells_its_share_of_the_search_or_what_was_revealed_for_it(tmp_path: Path) -> None:
    numbers = range(1, 6)
    house = House(tmp_path, rows=[row(n) for n in numbers], people=[person(n) for n in numbers])
    run = house.sync().report["run"]
    assert costs(house, 3) == {
        "Title": ("search", run, 0.2),  # one credit for up to 25 results
        "Email": ("emails", run, 1),
        "Phone": ("phones", run, 5),
        "MobilePhone": ("phones", run, 5),
        "Lusha_Id": None,
        "Enriched": None,
    }
    assert {one.lusha_id for one in told(house, 3).values()} == {"1003"}


def test_all_shares_of_all_profiles_add_up_to_what_was_charged(tmp_path: Path) -> None:
    numbers = range(1, 31)
    house = House(tmp_path, rows=[row(n) for n in numbers], people=[person(n) for n in numbers])
    house.sync(limit=7)
    house.sync()
    parts = {
        (number, one.paid.datum): one.paid.credits
        for number in numbers
        for one in told(house, number).values()
        if one.paid
    }
    assert sum(credits or 0 for credits in parts.values()) == pytest.approx(house.lusha.charged_total)


def test_a_record_that_a_saved_profile_serves_tells_the_booking_that_paid_for_it(tmp_path: Path) -> None:
    twice = [row(), {**row(), "Id": "c00002"}]  # the same person
    house = House(tmp_path, rows=twice, people=[person()])
    first = house.sync(records=("c00001",)).report["run"]
    spent = house.lusha.charged_total
    second = house.later(days=1).sync(records=("c00002",)).report["run"]
    assert (house.lusha.charged_total, told(house, 2)["Phone"].run) == (spent, second)
    assert costs(house, 2)["Phone"] == ("phones", first, 5)
    assert costs(house, 2)["Title"] == ("search", first, 1)
    assert told(house, 2)["Phone"].paid == told(house, 1)["Phone"].paid


def test_data_bought_later_keep_the_bookings_of_the_older_ones(tmp_path: Path) -> None:
    titles = {"Title": FIELDS["Title"]}
    house = House(tmp_path, rows=[row()], people=[person()], fields=titles)
    first = house.sync().report["run"]
    assert costs(house)["Title"] == ("search", first, 1)
    key = house.lusha_settings.api_key.fingerprint()
    house.settings = replace(house.settings, fields=FIELDS)
    second = house.later(days=1).sync().report["run"]
    assert costs(house)["Phone"] == ("phones", second, 5)
    [saved] = people.profiles(house.store, key=key, entity="person", ids=["1001"]).values()
    entries = {row["id"]: row["run"] for row in house.store.rows("SELECT id, run FROM ledger")}
    assert {datum: entries[entry] for datum, entry in saved.bought.items()} == {
        "search": first,
        "profile": second,
        "emails": second,
        "phones": second,
    }


def test_what_the_account_had_already_was_paid_by_nobodys_booking(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()])
    house.lusha.enrich("person", ["1001"], {"phones"})  # a colleague, by hand, elsewhere
    run = house.sync().report["run"]
    assert told(house)["Phone"].state == "written"
    assert costs(house)["Phone"] is None
    assert costs(house)["Email"] == ("emails", run, 1)


def test_where_an_answer_was_lost_the_booking_that_was_charged_is_told(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(Lusha_Id="1001")], people=[person()])
    house.lusha.lose_answer_next()
    run = house.sync().report["run"]
    assert costs(house)["Phone"] == ("phones", run, 5)
    assert costs(house)["Email"] == ("emails", run, 1)
    assert len(house.store.rows("SELECT id FROM ledger")) == 2


def test_a_dead_runs_purchase_is_told_by_its_own_booking(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(Lusha_Id="1001")], people=[person()])
    house.lusha.lose_answer_next(3)
    first = house.sync().report["run"]
    second = house.sync().report["run"]
    assert (told(house)["Phone"].run, costs(house)["Phone"]) == (second, ("phones", first, 5))


def test_a_profile_bought_without_a_search_brought_its_preview_too(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(Lusha_Id="1001")], people=[person()])
    run = house.sync().report["run"]
    assert costs(house)["Title"] == ("profile", run, 0)


def test_a_purchase_that_replaces_an_old_preview_is_told_instead_of_the_old_search(tmp_path: Path) -> None:
    fields = {**FIELDS, "Phone": replace(FIELDS["Phone"], policy="refresh")}  # phones are bought anew
    house = House(tmp_path, rows=[row()], people=[person()], fields=fields)
    first = house.sync().report["run"]
    assert costs(house)["Title"] == ("search", first, 1)
    house.lusha.known["person"]["1001"].attributes["job_title"]["title"] = "Chief of Engines"
    second = house.later(days=100).sync().report["run"]
    assert (told(house)["Title"].after, costs(house)["Title"]) == ("Chief of Engines", ("profile", second, 0))


def test_what_the_balance_says_later_changes_what_is_told(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()], generation="v2")
    house.sync()
    before = costs(house)
    assert before["Phone"] == ("phones", 1, 5)
    assert before["Title"] == ("profile", 1, 0)
    key = house.lusha_settings.api_key.fingerprint()
    booked = house.store.rows("SELECT sum(charged) FROM ledger")[0][0]
    asked = balances.mark(house.store, key)
    moved = balances.true_up(house.store, key=key, told=Account(10_000 - booked + 3, 10_000), asked=asked)
    assert moved == -3
    after = costs(house)
    assert after["Phone"] is not None
    assert (after["Phone"][2] or 0) < 5
    assert sum({one[0]: one[2] or 0 for one in after.values() if one}.values()) == booked - 3


def test_an_accepted_value_tells_what_its_suggestion_was_paid_by(tmp_path: Path) -> None:
    fields = {**FIELDS, "Title": FieldRule("job_title.title", "suggest")}
    house = House(tmp_path, rows=[row(Title="Typed")], people=[person()], fields=fields)
    run = house.sync().report["run"]
    house.accept(suggestions.listed(house.store))
    assert told(house)["Title"].state == "written"
    assert costs(house)["Title"] == ("search", run, 1)


def test_an_undo_costs_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()])
    house.undo(house.sync().report["run"])
    assert set(costs(house).values()) == {None}


def test_by_hand_or_in_a_run_bought_once_and_told_by_whoever_paid(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1), row(2, Lusha_Id="1002")], people=[person(1), person(2)])
    plan = house.plan_and_buy().report["run"]
    house.now += timedelta(days=1)
    applied = house.apply(plan).report["run"]
    found = told(house)["Phone"]
    assert (found.run, found.writer, found.paid and found.paid.run) == (plan, applied, plan)
