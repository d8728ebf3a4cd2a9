"""Exact prices before a purchase: searched for, nothing bought, nothing written, and reused by the run after it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from connector.config.settings import Budget
from connector.engine.run import Ended, run_quote
from connector.models import Identity
from connector.store import ledger
from tests.engine.house import House, counts, person, row


def quote(house: House, **options: Any) -> Ended:
    house.now += timedelta(seconds=1)
    return run_quote(house.context(**options))


def test_a_quote_is_exactly_what_the_sync_after_it_costs(tmp_path: Path) -> None:
    rows = [row(1), row(2, Email="x@acme.example"), row(3), {**row(1), "Id": "c00009"}, row(7)]
    house = House(tmp_path, rows=rows, people=[person(1), person(2), person(3, phones=[])])
    before = [house.row(n) for n in (1, 2, 3)]
    told = quote(house)
    assert counts(told, "due", "matched", "no_match", "left", "written") == (5, 3, 2, 0, 0)
    assert told.report["available"] == {"emails": 2, "phones": 1}
    assert told.report["price"] == {"emails": 2, "phones": 5}
    assert told.report["quote"] == {"search": 1, "reveal": 7, "budget": 9_999}
    assert (house.lusha.enriches, [house.row(n) for n in (1, 2, 3)]) == ([], before)
    synced = house.sync()
    assert synced.report["credits"]["charged"] == told.report["quote"]["reveal"]
    assert len(house.lusha.searches) == 1
    assert counts(synced, "due", "matched", "no_match") == (5, 3, 2)


def test_a_second_quote_asks_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1), row(2)], people=[person(1)])
    first, second = quote(house), quote(house)
    assert len(house.lusha.searches) == 1
    assert second.report["quote"]["search"] == 0
    assert first.report["price"] == second.report["price"]


def test_a_quote_stops_where_the_budget_does_not_cover_a_search(tmp_path: Path) -> None:
    rows = [row(n) for n in range(1, 131)]
    house = House(tmp_path, rows=rows, people=[person(n) for n in range(1, 131)], budget=Budget(per_run=4))
    told = quote(house)
    assert (told.exit_code, told.report["status"]) == (4, "stopped")
    assert counts(told, "matched", "left") == (100, 30)
    assert told.report["quote"]["search"] == 4
    assert sum(told.report["available"].values()) == 200


def test_whom_lusha_may_not_process_is_suppressed_by_a_quote_too(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(Email="ada1@acme.example")], people=[person(1)])
    house.lusha.known["person"]["1001"] = type(person())(person(1).attributes, error="COMPLIANCE_RESTRICTED")
    quote(house)
    assert counts(quote(house), "due", "suppressed") == (0, 1)
    assert house.lusha.searches == [(Identity("person", email="ada1@acme.example"),)]


def test_records_with_a_known_id_are_quoted_exactly_too(tmp_path: Path) -> None:
    rows = [row(1, Lusha_Id="1001", Email="a@acme.example"), row(2, Lusha_Id="1002", Email="b@acme.example")]
    house = House(tmp_path, rows=rows, people=[person(1), person(2, phones=[])])
    told = quote(house)
    assert told.report["available"] == {"phones": 1}
    synced = house.sync()
    assert synced.report["credits"]["charged"] == told.report["quote"]["reveal"] == 5
    assert house.lusha.searches == [(Identity("person", id="1001"), Identity("person", id="1002"))]


def test_a_quote_buys_nothing_of_what_a_dead_run_left_in_doubt(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1)], people=[person(1), person(2)])
    request = {"entity": "person", "ids": ["1002"], "reveal": ["phones"]}
    context = house.context()
    entry = ledger.reserve(
        house.store, context.purpose, action="enrich phones", items=1, worst=5, request=request, now=house.now
    )
    told = quote(house)
    assert (house.lusha.enriches, told.report["quote"]["search"]) == ([], 1)
    assert house.store.rows("SELECT state FROM ledger WHERE id = ?", entry)[0]["state"] == "reserved"
    house.sync()
    assert house.store.rows("SELECT state FROM ledger WHERE id = ?", entry)[0]["state"] == "settled"
