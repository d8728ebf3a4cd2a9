"""What is remembered of each record: who it is, when it was tried, how it ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.store import records
from connector.store.db import Store, open_store
from connector.store.records import Attempt, Outcome, RecordState, Rest

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
REST = Rest(timedelta(days=30), timedelta(days=90))


def save(store: Store, *attempts: Attempt, now: datetime = NOW, org: str = "acme", object: str = "Contact") -> None:
    records.save(store, org=org, object=object, attempts=attempts, now=now, rest=REST)


def attempt(id: str = "c1", outcome: Outcome = "matched", **more: Any) -> Attempt:
    return Attempt(id, outcome, more.pop("fingerprint", "f"), more.pop("fields", frozenset({"Title"})), **more)


def known(store: Store, id: str = "c1") -> RecordState:
    return records.known(store, org="acme", object="Contact", ids=[id])[id]


def test_an_attempt_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    save(store, attempt(lusha_id="7", reason="because", fields=frozenset({"Title", "Phone"})))
    assert known(store) == RecordState(
        "c1",
        "7",
        "f",
        frozenset({"Title", "Phone"}),
        "matched",
        "because",
        last_attempt=NOW,
        last_enriched=NOW,
        next_due=NOW + REST.retry_after,
    )
    assert records.known(store, org="acme", object="Contact", ids=["c2"]) == {}


def test_records_of_other_orgs_and_objects_are_others(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    save(store, attempt(), org="beta")
    save(store, attempt(), object="Lead")
    assert records.known(store, org="acme", object="Contact", ids=["c1"]) == {}
    assert records.counted(store, org="acme") == {"matched": 1}


@pytest.mark.parametrize(
    ("outcome", "counts", "tried", "enriched"),
    [
        ("matched", True, LATER, LATER),
        ("no_match", True, LATER, NOW),
        ("review", True, LATER, NOW),
        ("restricted", True, LATER, NOW),
        ("rejected", True, LATER, NOW),
        ("conflict", False, NOW, NOW),
        ("matched", False, NOW, NOW),
    ],
)
def test_what_a_second_attempt_moves(
    tmp_path: Path, outcome: Outcome, counts: bool, tried: datetime, enriched: datetime
) -> None:
    store = open_store(tmp_path / "state.db")
    save(store, attempt(lusha_id="7"))
    save(store, attempt(outcome=outcome, counts=counts, fingerprint="g"), now=LATER)
    state = known(store)
    assert (state.last_attempt, state.last_enriched) == (tried, enriched)
    assert (state.outcome, state.fingerprint, state.lusha_id) == (outcome, "g", "7")


def test_a_first_attempt_that_found_nobody_is_no_enrichment(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    save(store, attempt(outcome="no_match"))
    assert (known(store).last_attempt, known(store).last_enriched) == (NOW, None)


def test_many_ids_are_asked_at_once(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    ids = [f"c{n:05}" for n in range(1_203)]
    with store.transaction():
        save(store, *(attempt(id) for id in ids))
    assert list(records.known(store, org="acme", object="Contact", ids=ids)) == ids


def test_stale_ids_come_in_pages_that_neither_repeat_nor_skip_while_they_are_refreshed(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    ids = [f"c{n:05}" for n in range(1_203)]
    with store.transaction():
        save(store, *(attempt(id) for id in ids))
        save(store, attempt("fresh"), now=LATER)
        save(store, attempt("never", "no_match"))
        save(store, attempt("elsewhere"), object="Lead")
    found: list[str] = []
    pages = 0
    for page in records.stale_ids(store, org="acme", object="Contact", before=LATER):
        pages += 1
        found += page
        with store.transaction():
            save(store, *(attempt(id) for id in page), now=LATER)
    assert found == ids
    assert pages == 3


def test_a_deleted_record_is_dropped(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    save(store, attempt("c1"), attempt("c2", "no_match"))
    records.forget_gone(store, org="acme", object="Contact", ids=["c1"])
    assert records.counted(store, org="acme") == {"no_match": 1}
