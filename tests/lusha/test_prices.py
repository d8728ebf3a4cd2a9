"""The price table, and the account's own prices on top."""

from __future__ import annotations

import pytest

from connector.lusha.attributes import BASE, REVEALS
from connector.lusha.prices import ACTION_PRICES, DEFAULT_PRICES, PriceList
from connector.models import Entity, Price


def test_every_datum_that_is_sold_has_a_price() -> None:
    sold = REVEALS["person"] | REVEALS["company"] | {BASE["company"], "api_search"}
    assert set(DEFAULT_PRICES) == sold


@pytest.mark.parametrize(("items", "credits"), [(0, 0), (1, 1), (25, 1), (26, 2), (100, 4)])
def test_search_is_one_credit_for_each_started_25(items: int, credits: int) -> None:
    assert PriceList().search("person", items) == credits


def test_enrich() -> None:
    prices = PriceList()
    assert prices.enrich("person", {"emails"}) == 1
    assert prices.enrich("person", {"emails", "phones", "preview", "profile"}) == 6
    assert prices.enrich("company", ()) == 1
    assert prices.enrich("company", {"company", "competitors", "intent"}) == 3


@pytest.mark.parametrize("name", ["revealPhone", "reveal_phone", "REVEAL_PHONES", "phones"])
def test_account_prices_go_on_top_under_any_spelling(name: str) -> None:
    assert PriceList({name: Price(10)}).enrich("person", {"phones", "emails"}) == 11


def test_account_prices_of_search_and_company() -> None:
    prices = PriceList({"apiSearch": Price(2, per=50), "reveal_company": Price(3), "signals": Price(9)})
    assert prices.search("company", 51) == 4
    assert prices.enrich("company", ["competitors"]) == 4


@pytest.mark.parametrize("entity", ["person", "company"])
def test_signals_lookalikes_and_prospecting_by_the_published_list(entity: Entity) -> None:
    prices = PriceList()
    assert prices.signals(entity, 100) == 100
    assert prices.lookalikes(entity, 25) == 25
    assert prices.prospecting(entity, 50) == 2
    assert prices.prospecting(entity, 50, signal_types={"person": 2}) == 2 + 50 * 2
    assert prices.prospecting(entity, 50, signal_types={"person": 1, "company": 23}) == 2 + 50 * 24


def test_account_prices_of_actions_are_each_for_its_entity() -> None:
    told = {"showSignalsContact": Price(2), "show_signals_company": Price(1, per=10), "lookalikeContact": Price(3)}
    prices = PriceList({**told, "LookalikeCompany": Price(1, per=25), "api_search": Price(1, per=10)})
    assert (prices.signals("person", 3), prices.signals("company", 11)) == (6, 2)
    assert (prices.lookalikes("person", 3), prices.lookalikes("company", 26)) == (9, 2)
    assert prices.prospecting("person", 25, signal_types={"person": 1}) == 3 + 50
    assert prices.prospecting("person", 25, signal_types={"person": 2, "company": 4}) == 3 + 100 + 10


def test_an_action_is_no_datum() -> None:
    assert not set(ACTION_PRICES) & set(DEFAULT_PRICES)
    assert all(PriceList().of(action) == 0 for action in ACTION_PRICES)
