"""Lusha's word on the balance, and what the ledger makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

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
