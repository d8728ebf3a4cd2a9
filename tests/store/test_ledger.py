"""Credits on the books: what a limit counts, what the balance is less what Lusha cannot have counted yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.store import ledger
from connector.store.db import Store, open_store
from connector.store.ledger import Doubt, Purpose

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def purpose(**more: str) -> Purpose:
    return Purpose(more.get("key", "k"), more.get("invocation", "i1"), 1, more.get("org", "acme"), "m.yaml")


def reserve(store: Store, worst: int, *, now: datetime = NOW, **more: str) -> int:
    request = {"ids": ["7"], "reveal": ["emails"]}
    return ledger.reserve(
        store, purpose(**more), action="enrich emails", items=1, worst=worst, request=request, now=now
    )


def test_a_reservation_counts_at_its_worst_until_it_is_settled(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    entry = reserve(store, 6)
    assert ledger.booked(store, key="k") == 6
    ledger.doubt(store, entry)
    assert ledger.booked(store, key="k") == 6
    ledger.settle(store, entry, charged=1, now=NOW)
    assert ledger.booked(store, key="k") == 1
    assert ledger.booked_by_run(store, 1) == (6, 1)


@pytest.mark.parametrize(("charged", "booked"), [(None, 6), (0, 0), (6, 6), (9, 9)])
def test_what_lusha_charged_is_booked_and_the_worst_where_it_did_not_say(
    tmp_path: Path, charged: int | None, booked: int
) -> None:
    store = open_store(tmp_path / "state.db")
    ledger.settle(store, reserve(store, 6), charged=charged, now=NOW)
    assert ledger.booked(store, key="k") == booked
    assert ledger.booked_by_run(store, 1) == (6, booked)


def test_each_limit_counts_its_own_part(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    reserve(store, 1)
    reserve(store, 2, org="beta")
    reserve(store, 4, invocation="i2")
    reserve(store, 8, now=NOW - timedelta(hours=9))  # yesterday
    reserve(store, 16, now=NOW - timedelta(days=30))  # last month
    reserve(store, 32, key="other")
    assert ledger.booked(store, key="k") == 31
    assert ledger.booked(store, key="k", org="beta") == 2
    assert ledger.booked(store, key="k", invocation="i2") == 4
    assert ledger.booked(store, key="k", org="acme", invocation="i1", since=ledger.start_of_day(NOW)) == 1
    assert ledger.booked(store, key="k", since=ledger.start_of_day(NOW)) == 7
    assert ledger.booked(store, key="k", since=ledger.start_of_month(NOW)) == 15
    assert ledger.booked(store, key="nobody") == 0


def test_days_and_months_begin_at_midnight_utc(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    assert ledger.start_of_day(NOW) == datetime(2026, 11, 23, tzinfo=UTC)
    assert ledger.start_of_month(NOW) == datetime(2026, 11, 1, tzinfo=UTC)
    reserve(store, 1, now=datetime(2026, 11, 23, tzinfo=UTC))
    reserve(store, 2, now=datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC))
    assert ledger.booked(store, key="k", since=ledger.start_of_day(NOW)) == 1


def test_what_is_in_doubt_is_found_by_key_and_org_with_what_was_asked(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    flying, doubtful, settled = reserve(store, 6), reserve(store, 5), reserve(store, 4)
    reserve(store, 3, org="beta")
    reserve(store, 3, key="other")
    ledger.doubt(store, doubtful)
    ledger.settle(store, settled, charged=4, now=NOW)
    asked = {"ids": ["7"], "reveal": ["emails"]}
    assert ledger.doubts(store, key="k", org="acme") == [
        Doubt(flying, "enrich emails", 6, asked),
        Doubt(doubtful, "enrich emails", 5, asked),
    ]


def test_what_was_asked_is_forgotten_once_it_is_settled(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    ledger.settle(store, reserve(store, 6), charged=6, now=NOW)
    assert [row["request"] for row in store.rows("SELECT request FROM ledger")] == [None]


def test_what_is_in_doubt_is_found_by_age_and_by_the_orgs_that_left_it(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    old = reserve(store, 6, now=NOW - timedelta(hours=1))
    reserve(store, 5)
    reserve(store, 4, org="beta")
    reserve(store, 3, org="gamma", key="other")
    ledger.settle(store, reserve(store, 2, org="delta"), charged=2, now=NOW)
    assert [doubt.id for doubt in ledger.doubts(store, key="k", org="acme", before=NOW)] == [old]
    assert ledger.orgs_in_doubt(store, key="k") == ["acme", "beta"]
