"""What the ledger tells of the past: by time, org, run and datum; and what lies between two words on the balance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.models import Account
from connector.store import balances, ledger, runs, spending
from connector.store.db import Store, open_store
from connector.store.ledger import Purpose

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ALWAYS = NOW - timedelta(days=900)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "state.db")


def reserve(store: Store, worst: int, *, now: datetime = NOW, run: int = 1, **more: str) -> int:
    purpose = Purpose(more.get("key", "k"), "i1", run, more.get("org", "acme"), more.get("mapping", "m.yaml"))
    return ledger.reserve(store, purpose, action="enrich", items=1, worst=worst, request={}, now=now)


def book(store: Store, charged: int, *, data: dict[str, int] | None = None, now: datetime = NOW, **more: object) -> int:
    entry = reserve(store, charged, now=now, **more)  # type: ignore[arg-type]
    ledger.settle(store, entry, charged=charged, now=now, data=data)
    return entry


def word(store: Store, remaining: int, total: int | None = None, *, now: datetime = NOW) -> None:
    balances.save_account(store, "k", Account(remaining, total), asked=balances.mark(store, "k"), now=now)


def test_only_what_is_settled_is_charged_and_the_rest_is_open(store: Store) -> None:
    book(store, 5)
    book(store, 7, now=NOW - timedelta(days=1))
    book(store, 100, key="other")
    reserve(store, 11)
    ledger.doubt(store, reserve(store, 13))
    assert spending.charged(store, "k", since=ALWAYS) == 12
    assert spending.charged(store, "k", since=ledger.start_of_day(NOW)) == 5
    assert spending.open_credits(store, "k") == {"reserved": 11, "doubtful": 13}
    assert spending.open_credits(store, "other") == {"reserved": 0, "doubtful": 0}
    assert spending.first_charge(store, "k") == NOW - timedelta(days=1)
    assert spending.first_charge(store, "nobody") is None


def test_credits_are_told_by_org_mapping_and_run(store: Store) -> None:
    numbers = [
        runs.begin(store, invocation="i1", org=org, mapping="m.yaml", now=NOW) for org in ("acme", "beta", "acme")
    ]
    for run, org in zip(numbers, ("acme", "beta", "acme"), strict=True):
        book(store, run, org=org, run=run)
        book(store, 10, org=org, run=run)
    book(store, 50, org="acme", mapping="by hand", run=0)
    assert spending.by_mapping(store, "k", since=ALWAYS) == [
        {"org": "acme", "mapping": "by hand", "charged": 50},
        {"org": "acme", "mapping": "m.yaml", "charged": 24},
        {"org": "beta", "mapping": "m.yaml", "charged": 12},
    ]
    latest = spending.by_run(store, "k", since=ALWAYS, limit=2)
    assert [(row["run"], row["org"], row["status"], row["charged"]) for row in latest] == [
        (3, "acme", "running", 13),
        (2, "beta", "running", 12),
    ]


def test_credits_are_told_by_what_was_bought_and_what_is_not_known_stands_last(store: Store) -> None:
    book(store, 6, data={"emails": 1, "phones": 5})
    book(store, 2, data={"emails": 2})
    book(store, 4, data={"search": 4})
    book(store, 100)
    book(store, 3, data={"emails": 3}, now=NOW - timedelta(days=40))
    told = spending.by_datum(store, "k", since=NOW - timedelta(days=30))
    assert list(told.items()) == [("phones", 5), ("search", 4), ("emails", 3), ("unsplit", 100)]
    assert sum(told.values()) == spending.charged(store, "k", since=NOW - timedelta(days=30))
    assert spending.by_datum(store, "nobody", since=ALWAYS) == {}


def test_words_are_told_once_oldest_first_up_to_the_latest(store: Store) -> None:
    word(store, 100, now=NOW - timedelta(days=2))
    word(store, 90, now=NOW - timedelta(hours=2))
    assert [item.remaining for item in spending.words(store, "k", since=ALWAYS)] == [100, 90]
    word(store, 90)  # nothing new, and still a word: nothing happened up to here
    told = spending.words(store, "k", since=NOW - timedelta(days=1))
    assert [(item.remaining, item.at) for item in told] == [(90, NOW - timedelta(hours=2)), (90, NOW)]


def test_a_balance_that_stays_is_remembered_once_a_day(store: Store) -> None:
    for hours in range(0, 72, 6):
        word(store, 100, now=NOW + timedelta(hours=hours))
    assert store.rows("SELECT count(*) FROM account_history")[0][0] == 4


def between(store: Store) -> tuple[int, int]:
    told = spending.words(store, "k", since=ALWAYS)
    return spending.booked_between(store, "k", told[0], told[-1])


def test_between_two_words_lies_what_only_the_later_has_counted(store: Store) -> None:
    book(store, 1)
    word(store, 100)
    book(store, 2)
    book(store, 4, key="other")
    word(store, 98)
    book(store, 8)
    assert between(store) == (2, 0)


def test_what_was_in_flight_at_a_word_or_is_in_doubt_is_not_certain(store: Store) -> None:
    at_first = reserve(store, 6)
    word(store, 100)
    ledger.settle(store, at_first, charged=5, now=NOW)
    ledger.doubt(store, reserve(store, 20))
    book(store, 2)
    at_last = reserve(store, 40)
    word(store, 90)
    ledger.settle(store, at_last, charged=30, now=NOW)
    assert between(store) == (5 + 20 + 2, 5 + 20 + 30)
