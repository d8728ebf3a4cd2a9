"""The free plan: asks nobody, leaves no trace, and its worst case is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector.config.settings import Budget
from connector.engine.forecast import forecast
from tests.engine.house import House, person, row


def plan(house: House, **options: Any) -> dict[str, Any]:
    return forecast(house.context(**options))


def test_it_says_who_is_due_what_is_blank_and_what_it_costs_at_worst(tmp_path: Path) -> None:
    rows = [row(1), row(2, Title="VP"), row(3, OptedOut=True), row(4, LastName=None), row(5, Lusha_Id="1005")]
    house = House(tmp_path, rows=rows, people=[person(n) for n in range(1, 6)], budget=Budget(per_run=500))
    assert plan(house) == {
        "org": "acme",
        "mapping": "contact.yaml",
        "read": 5,
        "due": 4,
        "suppressed": 1,
        "no_identity": 1,
        "searches": 2,
        "known": 0,
        "blank": {"Title": 2, "Email": 3, "Phone": 3, "MobilePhone": 3},
        "credits": {"search": 1, "reveal": 18, "worst_case": 19, "budget": 500},
        "warnings": [
            "contact.yaml: fields.Title.from: 'job_title.title' may have 120 characters and 'Title' takes 40: a "
            "longer one will not be written but reported, unless on_too_long: cut"
        ],
    }


def test_it_asks_lusha_nothing_writes_nothing_and_leaves_no_trace(tmp_path: Path) -> None:
    rows = [row(1), row(2), row(4, LastName=None), row(50)]
    house = House(tmp_path, rows=rows, people=[person(n) for n in range(1, 3)])
    house.sync()
    house.later(days=100)
    context = house.context()
    calls, dump = house.lusha.calls, list(house.store.db.iterdump())
    forecast(context)
    assert list(house.store.db.iterdump()) == dump
    assert (house.lusha.calls, house.crm.calls.write) == (calls, 1)


@pytest.mark.parametrize("number", [1, 25, 26, 100, 101, 126])
def test_a_search_is_counted_by_the_request(tmp_path: Path, number: int) -> None:
    house = House(tmp_path, rows=[row(n) for n in range(1, number + 1)])
    full, rest = divmod(number, 100)
    assert plan(house)["credits"]["search"] == full * 4 + -(-rest // 25)


def test_what_is_saved_already_costs_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1)], people=[person(1)])
    house.sync()
    house.crm.add("Contact", row(2, FirstName="Adab", LastName="Byronb"))
    told = plan(house)
    assert (told["due"], told["known"], told["credits"]["worst_case"]) == (1, 1, 0)


def test_a_limit_narrows_it_as_it_narrows_the_run(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(n) for n in range(1, 31)], people=[person(n) for n in range(1, 31)])
    told = plan(house, limit=4)
    assert (told["due"], told["credits"]["worst_case"]) == (4, 1 + 4 * 6)
    assert plan(house, records=("c00007",))["due"] == 1


def worst_and_charged(house: House) -> tuple[int, int]:
    worst = plan(house)["credits"]["worst_case"]
    return worst, house.sync().report["credits"]["charged"]


def test_one_person_in_two_records_costs_what_both_of_them_need(tmp_path: Path) -> None:
    mail = {"Email": "ada1@acme.example"}
    rows = [row(1, **mail, Phone="1", MobilePhone="2"), row(2, **mail, FirstName=None, LastName=None, Title="VP")]
    worst, charged = worst_and_charged(House(tmp_path, rows=rows, people=[person(1)]))
    assert charged == 1 + 5
    assert worst >= charged


def test_what_was_not_to_be_had_last_time_may_be_to_be_paid_now(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1)], people=[person(1, phones=[])])
    house.sync()
    house.lusha.known["person"]["1001"] = person(1)
    worst, charged = worst_and_charged(house.later(days=91))
    assert charged == 5  # a known id is asked for what it may have, without a search
    assert worst >= charged


def test_one_person_under_two_spellings_is_two_searches(tmp_path: Path) -> None:
    rows = [row(n, Title="VP", Phone="1") for n in range(1, 26)]
    rows[0]["Email"] = "ada1@acme.example"
    rows.append(row(90, FirstName="Adab", LastName="Byronb", Title="VP", Phone="1"))
    house = House(tmp_path, rows=rows, people=[person(n, phones=[]) for n in range(1, 26)])
    assert len(rows) == 26
    told = plan(house)
    house.sync()
    assert told["searches"] == sum(map(len, house.lusha.searches))


def test_one_person_to_reveal_for_one_record_and_to_search_for_another_costs_both(tmp_path: Path) -> None:
    mail = {"Email": "ada1@acme.example"}
    full = {**mail, "Phone": "1", "MobilePhone": "2"}
    house = House(tmp_path, rows=[row(1, **full), row(2, **full, FirstName=None)], people=[person(1)])
    house.sync()  # the preview alone: the phones are still on offer
    house.crm.edit("Contact", "c00001", MobilePhone=None)
    worst, charged = worst_and_charged(house.later(days=91))
    assert charged == 1 + 5
    assert worst >= charged


def test_somebody_who_came_back_costs_what_the_job_holds_again(tmp_path: Path) -> None:
    away = {"id": "9", "name": "Globex", "domain": "globex.example"}
    house = House(tmp_path, rows=[row(1, Lusha_Id="1001")], people=[person(1, company=away)])
    house.sync()
    house.lusha.known["person"]["1001"] = person(1)
    worst = plan(house.later(days=91))["credits"]["worst_case"]
    assert (
        worst >= house.sync().report["credits"]["reserved"] == 1
    )  # the search; what was revealed before comes for nothing
