"""Lusha's word on the balance, and what the ledger makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.models import Account, Price
from connector.store import balances, ledger
from connector.store.db import Store, open_store
from connector.store.ledger import Purpose

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def purpose(**more: str) -> Purpose:
    return Purpose(more.get("key", "k"), more.get("invocation", "i1"), 1, more.get("org", "acme"), "m.yaml")


def reserve(store: Store, worst: int, *, now: datetime = NOW, **more: str) -> int:
    request = {"ids": ["7"], "reveal": ["emails"]}
    return ledger.reserve(
        store, purpose(**more), action="enrich emails", items=1, worst=worst, request=request, now=now
    )


def test_the_account_comes_back_as_lusha_told_it(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    assert balances.saved_account(store, "k") is None
    account = Account(100, 500, 400, {"phones": Price(5), "api_search": Price(1, 25)})
    balances.save_account(store, "k", account, asked=balances.mark(store, "k"), now=NOW)
    assert balances.saved_account(store, "k") == (account, NOW)
    balances.save_account(store, "k", Account(None), asked=balances.mark(store, "k"), now=NOW)
    assert balances.saved_account(store, "k") == (Account(None), NOW)


def test_the_balance_is_lushas_word_less_what_was_booked_since(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    assert balances.balance(store, "k") is None
    ledger.settle(store, reserve(store, 6), charged=6, now=NOW - timedelta(hours=1))
    balances.save_account(store, "k", Account(100), asked=balances.mark(store, "k"), now=NOW)
    assert balances.balance(store, "k") == 100
    entry = reserve(store, 6)
    assert balances.balance(store, "k") == 94
    ledger.settle(store, entry, charged=1, now=NOW + timedelta(seconds=5))
    assert balances.balance(store, "k") == 99
    reserve(store, 50, key="other")
    assert balances.balance(store, "k") == 99
    balances.save_account(store, "k", Account(None), asked=balances.mark(store, "k"), now=NOW)
    assert balances.balance(store, "k") is None


def test_what_was_in_flight_when_lusha_was_asked_may_not_be_in_its_word(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    entry = reserve(store, 6)
    balances.save_account(store, "k", Account(100), asked=balances.mark(store, "k"), now=NOW)
    assert balances.balance(store, "k") == 94
    ledger.settle(store, entry, charged=6, now=NOW + timedelta(seconds=1))
    assert balances.balance(store, "k") == 94


def test_what_was_in_flight_and_is_settled_within_the_same_second_is_not_lost(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    entry = reserve(store, 6)
    balances.save_account(store, "k", Account(100), asked=balances.mark(store, "k"), now=NOW)
    ledger.settle(store, entry, charged=6, now=NOW + timedelta(milliseconds=500))
    assert balances.balance(store, "k") == 94


def expected_at(store: Store, entry: int) -> int | None:
    [row] = store.rows("SELECT balance FROM ledger WHERE id = ?", entry)
    return None if row["balance"] is None else int(row["balance"])


def test_a_booking_keeps_the_balance_before_it_where_that_is_certain(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    first = reserve(store, 6)
    assert expected_at(store, first) is None  # Lusha was never asked
    ledger.settle(store, first, charged=6, now=NOW)
    balances.save_account(store, "k", Account(100), asked=balances.mark(store, "k"), now=NOW)
    second = reserve(store, 6)
    assert expected_at(store, second) == 100
    beside = reserve(store, 6, org="beta", invocation="i2")
    assert expected_at(store, beside) is None  # the second is open
    ledger.doubt(store, second)
    ledger.settle(store, beside, charged=2, now=NOW)
    assert expected_at(store, reserve(store, 1)) is None  # the second is in doubt
    assert expected_at(store, reserve(store, 1, key="other")) is None


def test_a_balance_that_may_have_counted_a_booking_in_flight_is_not_certain(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    flying = reserve(store, 6)
    balances.save_account(store, "k", Account(100), asked=balances.mark(store, "k"), now=NOW)
    ledger.settle(store, flying, charged=6, now=NOW)
    assert expected_at(store, reserve(store, 1)) is None


def test_a_booking_in_flight_that_cost_nothing_leaves_the_balance_certain(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    flying = reserve(store, 6)
    balances.save_account(store, "k", Account(100), asked=balances.mark(store, "k"), now=NOW)
    ledger.settle(store, flying, charged=0, now=NOW)
    assert expected_at(store, reserve(store, 1)) == 100


def test_a_balance_after_estimates_is_not_certain_until_lusha_has_counted_them(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    told(store, 100)
    ledger.settle(store, reserve(store, 6), charged=0, now=NOW, estimated=True)
    assert expected_at(store, reserve_and_settle(store, 1)) is None
    told(store, 97)
    assert expected_at(store, reserve(store, 1)) == 97


def test_what_was_booked_while_lushas_word_was_on_its_way_may_be_in_it(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    asked = balances.mark(store, "k")
    reserve_and_settle(store, 6)
    balances.save_account(store, "k", Account(94), asked=asked, now=NOW)
    assert balances.balance(store, "k") == 88  # the careful side
    assert balances.certain_balance(store, "k") is None
    told(store, 94)
    assert balances.certain_balance(store, "k") == 94


def told(store: Store, remaining: int, total: int | None = None) -> None:
    asked = balances.mark(store, "k")
    balances.save_account(store, "k", Account(remaining, total), asked=asked, now=NOW)


def reserve_and_settle(store: Store, charged: int) -> int:
    entry = reserve(store, charged)
    ledger.settle(store, entry, charged=charged, now=NOW)
    return entry


def lost(store: Store, worst: int = 6) -> int:
    entry = reserve(store, worst)
    ledger.doubt(store, entry)
    return entry


def test_the_balance_tells_what_a_lost_request_was_charged(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    told(store, 100)
    reserve_and_settle(store, 2)
    entry = lost(store)
    reserve_and_settle(store, 3)
    assert not balances.told_since(store, "k", entry)
    told(store, 100 - 2 - 4 - 3)
    assert balances.told_since(store, "k", entry)
    reserve_and_settle(store, 5)  # after the word
    assert balances.charge_told(store, "k", entry) == 4


@pytest.mark.parametrize(
    ("remaining", "total"), [(10_098, 10_500), (97, 600), (98, None), (101, 500), (93, 500)],
    ids=["top-up", "small top-up", "not told", "renewal", "more than the worst case"],
)  # fmt: skip
def test_a_balance_that_did_not_fall_by_this_alone_does_not_tell(
    tmp_path: Path, remaining: int, total: int | None
) -> None:
    store = open_store(tmp_path / "state.db")
    told(store, 100, 500)
    entry = lost(store)
    told(store, remaining, total)
    assert balances.charge_told(store, "k", entry) is None


@pytest.mark.parametrize("total", [500, 600], ids=["renewal", "top-up"])
def test_credits_that_came_are_known_from_the_words_in_between(tmp_path: Path, total: int) -> None:
    store = open_store(tmp_path / "state.db")
    told(store, 100, 500)
    entry = lost(store)
    told(store, 200, total)
    told(store, 97, 500)
    assert balances.charge_told(store, "k", entry) is None


def test_a_request_in_flight_at_the_word_and_settled_since_makes_a_doubt_unclear(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    told(store, 100)
    entry = lost(store)
    beside = reserve(store, 4, invocation="i2")
    told(store, 100 - 3 - 4)
    assert balances.charge_told(store, "k", entry) is None  # still open
    ledger.settle(store, beside, charged=4, now=NOW)
    assert balances.charge_told(store, "k", entry) is None
    ledger.settle(store, beside, charged=0, now=NOW)
    assert balances.charge_told(store, "k", entry) is None  # nothing was left for the other: seven are too much


def test_an_estimate_beside_a_doubt_makes_it_unclear(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    told(store, 100)
    entry = lost(store)
    ledger.settle(store, reserve(store, 4), charged=1, now=NOW, estimated=True)
    told(store, 97)
    assert balances.charge_told(store, "k", entry) is None


def test_an_older_word_that_comes_later_replaces_no_newer_one(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    first = balances.mark(store, "k")
    flying = reserve(store, 6)
    second = balances.mark(store, "k")
    ledger.settle(store, flying, charged=6, now=NOW)
    told(store, 94)
    for older in (first, second):
        balances.save_account(store, "k", Account(100), asked=older, now=NOW + timedelta(minutes=1))
    assert balances.saved_account(store, "k") == (Account(94), NOW)
    assert words(store) == [94]
    told(store, 95)
    assert words(store) == [94, 95]


def words(store: Store, key: str = "k") -> list[int]:
    rows = store.rows("SELECT remaining FROM account_history WHERE key = ? ORDER BY id", key)
    return [row["remaining"] for row in rows]


def test_lushas_words_on_the_balance_are_remembered_when_they_change(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    for remaining in (100, 100, None, 100, 90, 100):
        balances.save_account(store, "k", Account(remaining), asked=balances.mark(store, "k"), now=NOW)
    balances.save_account(store, "other", Account(7), asked=balances.mark(store, "other"), now=NOW)
    assert words(store) == [100, 90, 100]
    for remaining in range(balances.WORDS_KEPT + 5):
        balances.save_account(store, "k", Account(remaining), asked=balances.mark(store, "k"), now=NOW)
    assert words(store) == list(range(5, balances.WORDS_KEPT + 5))
    assert words(store, "other") == [7]
