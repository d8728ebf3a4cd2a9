"""Estimates corrected by the balance: what moves, what stays as drift, and when nothing may move."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.models import Account
from connector.store import balances, ledger
from connector.store.db import Store, open_store
from connector.store.ledger import Purpose

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def account(store: Store, remaining: int | None, total: int | None = 500) -> None:
    balances.save_account(store, "k", Account(remaining, total), asked=balances.mark(store, "k"), now=NOW)


def reserve(store: Store, worst: int, *, invocation: str = "i1", key: str = "k") -> int:
    purpose = Purpose(key, invocation, 1, "acme", "m.yaml")
    return ledger.reserve(store, purpose, action="person", items=1, worst=worst, request={}, now=NOW)


def book(store: Store, worst: int, charged: int, *, estimated: bool = True, **more: str) -> int:
    entry = reserve(store, worst, **more)
    ledger.settle(store, entry, charged=charged, now=NOW, data={"emails": charged}, estimated=estimated)
    return entry


def true_up(store: Store, told: int | None, total: int | None = 500) -> int:
    asked = balances.mark(store, "k")
    return balances.true_up(store, key="k", told=Account(told, total), asked=asked)


def charges(store: Store) -> list[int]:
    return [row["charged"] for row in store.rows("SELECT charged FROM ledger ORDER BY id")]


def test_what_lusha_charged_beyond_the_estimates_is_booked_in_proportion_to_what_each_may_hold(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    account(store, 100)
    book(store, 11, 1)
    book(store, 6, 1)
    assert true_up(store, 100 - 11) == 9
    assert charges(store) == [7, 4]
    assert balances.balance(store, "k") == 89
    assert [json.loads(row["data"]) for row in store.rows("SELECT data FROM ledger")] == [{"emails": 7}, {"emails": 4}]


def test_what_lusha_did_not_charge_is_given_back(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    account(store, 100)
    book(store, 9, 9)
    book(store, 3, 3)
    assert true_up(store, 100 - 4) == -8
    assert charges(store) == [3, 1]
    assert balances.balance(store, "k") == 96


def test_what_the_estimates_cannot_hold_stays_as_drift(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    account(store, 100)
    book(store, 6, 5)
    book(store, 50, 3, estimated=False)
    book(store, 50, 3, estimated=False, invocation="i2")
    assert true_up(store, 100 - 11 - 40) == 1
    assert charges(store) == [6, 3, 3]
    assert true_up(store, 100 - 11 - 40) == 0


def test_estimates_of_whatever_invocation_since_the_last_word_are_corrected_together(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    book(store, 50, 3, invocation="i2")
    account(store, 100)  # which has counted this one
    book(store, 6, 2)
    book(store, 12, 4, invocation="i3")
    assert true_up(store, 94 - 6) == 6
    assert charges(store) == [3, 4, 8]
    assert true_up(store, 94 - 6) == 0


@pytest.mark.parametrize(
    ("remaining", "total"), [(10_400, 10_500), (95, 600), (99, 499), (99, None), (101, 500)],
    ids=["top-up", "small top-up", "smaller plan", "not told", "renewal"],
)  # fmt: skip
def test_credits_that_came_meanwhile_erase_no_booking(tmp_path: Path, remaining: int, total: int | None) -> None:
    store = open_store(tmp_path / "state.db")
    account(store, 100)
    book(store, 60, 50)
    assert true_up(store, remaining, total) == 0
    assert charges(store) == [50]


def test_a_fall_below_what_is_certain_means_that_credits_came(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    account(store, 100)
    book(store, 9, 5)
    book(store, 40, 40, estimated=False)
    assert true_up(store, 100 - 39) == 0
    assert charges(store) == [5, 40]
    assert true_up(store, 100 - 40) == -5


def test_what_the_last_word_counted_is_not_touched(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    account(store, 100)
    book(store, 6, 1)
    account(store, 97)  # drift of two, absorbed by this word
    book(store, 6, 1)
    assert true_up(store, 97 - 4) == 3
    assert charges(store) == [1, 4]


def test_nothing_moves_while_it_cannot_be_told_whose_it_is(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    book(store, 6, 1)
    assert true_up(store, 90) == 0  # no word to compare with
    account(store, 100)
    book(store, 6, 1)
    assert true_up(store, None) == 0
    open_, asked = reserve(store, 6, invocation="i2"), balances.mark(store, "k")
    assert true_up(store, 90) == 0
    ledger.doubt(store, open_)
    assert true_up(store, 90) == 0
    ledger.settle(store, open_, charged=0, now=NOW)
    told = {"key": "k", "told": Account(90, 500)}
    assert balances.true_up(store, **told, asked=asked) == 0  # in flight when Lusha was asked
    asked = balances.mark(store, "k")
    book(store, 6, 1, estimated=False, invocation="i2")
    assert balances.true_up(store, **told, asked=asked) == 0  # booked since Lusha was asked
    reserve(store, 6, key="other")
    assert true_up(store, 90) == 5
    assert charges(store)[:2] == [1, 6]


def test_nothing_moves_where_the_last_word_may_have_counted_a_booking_in_flight(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    flying, nothing = reserve(store, 6, invocation="i2"), reserve(store, 6, invocation="i2")
    account(store, 94)  # the six are in it, which nobody can know
    ledger.settle(store, nothing, charged=0, now=NOW)
    ledger.settle(store, flying, charged=6, now=NOW)
    book(store, 6, 6)
    assert true_up(store, 94 - 6) == 0
    assert charges(store) == [6, 0, 6]


def test_nothing_moves_where_the_last_word_may_have_counted_an_estimate_of_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    flying = reserve(store, 6)
    account(store, 94)
    ledger.settle(store, flying, charged=0, now=NOW, estimated=True)
    book(store, 6, 1)
    assert true_up(store, 94 - 3) == 0
    assert charges(store) == [0, 1]


def test_nothing_moves_where_a_booking_was_made_while_the_last_word_was_on_its_way(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    asked = balances.mark(store, "k")
    book(store, 6, 6, estimated=False, invocation="i2")
    balances.save_account(store, "k", Account(94, 500), asked=asked, now=NOW)  # the six are in it
    book(store, 9, 1)
    assert true_up(store, 94 - 7) == 0
    assert charges(store) == [6, 1]


def test_a_charge_that_lusha_did_not_tell_is_an_estimate(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    account(store, 100)
    ledger.settle(store, reserve(store, 6), charged=None, now=NOW)
    assert true_up(store, 98) == -4
    assert charges(store) == [2]


BOOKINGS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans(), st.booleans()), max_size=8)


@settings(max_examples=60, deadline=None)
@given(BOOKINGS, st.integers(-20, 120))
def test_whatever_is_told_no_booking_leaves_its_bounds(bookings: list[tuple[int, int, bool, bool]], told: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "state.db")
        account(store, 100)
        for worst, charged, estimated, ours in bookings:
            book(store, worst, min(charged, worst), estimated=estimated, invocation="i1" if ours else "i2")
        before, expected = charges(store), balances.balance(store, "k")
        assert expected is not None
        moved = true_up(store, told)
        after = charges(store)
        assert moved == sum(after) - sum(before) == _to_move(bookings, before, expected - told, told)
        assert all(0 <= now <= row[0] for now, row in zip(after, bookings, strict=True))
        movable = [estimated for _, _, estimated, _ in bookings]
        assert all(was == now or may for was, now, may in zip(before, after, movable, strict=True))
        split = [sum(json.loads(row["data"]).values()) for row in store.rows("SELECT data FROM ledger ORDER BY id")]
        assert split == after
        assert true_up(store, told) == 0
        assert charges(store) == after
        store.close()


def _to_move(bookings: list[tuple[int, int, bool, bool]], before: list[int], difference: int, told: int) -> int:
    """What all estimates must be corrected by, as far as they have room."""
    estimates = [(row[0], was) for row, was in zip(bookings, before, strict=True) if row[2]]
    if told > 100 or difference < -sum(was for _, was in estimates):
        return 0
    return min(difference, sum(worst - was for worst, was in estimates))
