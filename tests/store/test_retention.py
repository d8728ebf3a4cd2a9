"""Retention: what is old goes, and nothing is searched for before it can be there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.models import Change
from connector.store import journal, people, retention
from connector.store.db import Store, open_store
from connector.store.journal import Draft
from connector.store.packing import packed
from connector.store.people import SavedProfile

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "state.db")


def carry_out(store: Store, days: float, *, keep: int = 90) -> None:
    now = NOW + days * DAY
    retention.carry_out(store, now=now, bought=now - keep * DAY, misses=now - 30 * DAY, changed=now - 400 * DAY)


def left(store: Store, table: str) -> int:
    return int(store.rows(f"SELECT count(*) FROM {table}")[0][0])


def found(store: Store, id: str, now: datetime) -> None:
    people.save_profiles(store, key="k", entity="person", profiles=[SavedProfile(id, packed("{}"), now, {})])
    people.save_identities(store, key="k", entity="person", known=dict.fromkeys([f"id:{id}"], id), now=now)


def test_a_profile_goes_when_it_is_old_and_its_spellings_with_it(store: Store) -> None:
    found(store, "7", NOW)
    found(store, "8", NOW + 5 * DAY)
    for days, expected in ((0, 2), (90, 2), (90.5, 1), (95, 1), (95.5, 0)):
        carry_out(store, days)
        assert (left(store, "profiles"), left(store, "identities")) == (expected, expected)


def test_a_spelling_of_a_profile_that_is_kept_goes_once_the_profile_goes(store: Store) -> None:
    found(store, "7", NOW)
    refreshed = SavedProfile("7", packed("{}"), NOW + 50 * DAY, {})
    people.save_profiles(store, key="k", entity="person", profiles=[refreshed])
    for days, expected in ((91, 1), (92, 1), (139, 1), (141, 0)):
        carry_out(store, days)
        assert left(store, "identities") == expected


def test_that_there_was_no_match_is_forgotten_after_the_longer_of_both_limits(store: Store) -> None:
    people.save_identities(store, key="k", entity="person", known=dict.fromkeys(["email:a@example.com"], None), now=NOW)
    for days, expected in ((0, 1), (20, 1), (30, 1), (31, 0)):
        carry_out(store, days, keep=10)
        assert left(store, "identities") == expected


def test_values_are_blanked_when_they_are_old(store: Store) -> None:
    store.db.execute(
        "INSERT INTO runs (invocation, org, mapping, status, started_at) VALUES ('i', 'acme', 'm', 'done', 't')"
    )
    place = {"org": "acme", "object": "Contact"}
    change = Change("Title", "CFO", "CEO", "changed", "job_title.title", "refresh")
    for days in (0, 5):
        [entry] = journal.plan(store, run=1, **place, drafts=[Draft("1", change, "7")], now=NOW + days * DAY)
        journal.mark(store, [(entry.id, "written", None)])
    for days, blank in ((0, 0), (400, 0), (401, 1), (405, 1), (406, 2)):
        carry_out(store, days)
        assert [row["before"] for row in store.rows("SELECT before FROM journal")].count(None) == blank


def test_nothing_is_searched_for_before_it_can_be_there(store: Store) -> None:
    found(store, "7", NOW)
    carry_out(store, 0)
    asked: list[str] = []
    store.db.set_trace_callback(asked.append)
    carry_out(store, 1)
    searches = ("DELETE FROM profiles", "DELETE FROM identities", "UPDATE changes", "SELECT strftime")
    assert asked
    assert not [sql for sql in asked if sql.startswith(searches)]
