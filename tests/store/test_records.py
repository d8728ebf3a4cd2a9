"""What is remembered of each record: who it is, when it was tried, how it ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.store import attempts, records
from connector.store.attempts import Attempt, Rest
from connector.store.db import Store, open_store
from connector.store.records import Outcome, RecordState, Tried

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
REST = Rest(timedelta(days=30), timedelta(days=90))


def save(
    store: Store, *ended: Attempt, now: datetime = NOW, org: str = "acme", object: str = "Contact", mapping: str = "m"
) -> None:
    attempts.save(store, org=org, object=object, mapping=mapping, attempts=ended, now=now, rest=REST)


def attempt(id: str = "c1", outcome: Outcome = "matched", **more: Any) -> Attempt:
    return Attempt(id, outcome, more.pop("fingerprint", "f"), more.pop("fields", frozenset({"Title"})), **more)


def known(store: Store, id: str = "c1", mapping: str = "m") -> RecordState:
    return records.known(store, org="acme", object="Contact", mapping=mapping, ids=[id])[id]


def tried(store: Store, id: str = "c1", mapping: str = "m") -> Tried:
    found = known(store, id, mapping).tried
    assert found is not None
    return found


def test_an_attempt_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    save(store, attempt(lusha_id="7", reason="because", fields=frozenset({"Title", "Phone"})))
    assert known(store) == RecordState(
        "c1",
        "7",
        "f",
        "matched",
        "because",
        NOW,
        Tried("f", frozenset({"Title", "Phone"}), "matched", NOW, NOW, next_due=NOW + REST.retry_after, lusha_id="7"),
    )
    assert records.known(store, org="acme", object="Contact", mapping="m", ids=["c2"]) == {}


def test_records_of_other_orgs_and_objects_are_others(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    save(store, attempt(), org="beta")
    save(store, attempt(), object="Lead")
    assert records.known(store, org="acme", object="Contact", mapping="m", ids=["c1"]) == {}
    assert records.counted(store, org="acme") == {"matched": 1}


@pytest.mark.parametrize(
    ("outcome", "counts", "last", "enriched"),
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
    tmp_path: Path, outcome: Outcome, counts: bool, last: datetime, enriched: datetime
) -> None:
    store = open_store(tmp_path / "state.db")
    save(store, attempt(lusha_id="7"))
    save(store, attempt(outcome=outcome, counts=counts, fingerprint="g"), now=LATER)
    state = known(store)
    assert (tried(store).last_attempt, tried(store).last_enriched, state.last_enriched) == (last, enriched, enriched)
    assert (state.outcome, state.fingerprint, state.lusha_id) == (outcome, "g", "7")


def test_a_first_attempt_that_found_nobody_is_no_enrichment(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    save(store, attempt(outcome="no_match"))
    assert (tried(store).last_attempt, tried(store).last_enriched, known(store).last_enriched) == (NOW, None, None)


def test_many_ids_are_asked_at_once(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    ids = [f"c{n:05}" for n in range(1_203)]
    with store.transaction():
        save(store, *(attempt(id) for id in ids))
    assert list(records.known(store, org="acme", object="Contact", mapping="m", ids=ids)) == ids


def test_stale_ids_come_in_pages_that_neither_repeat_nor_skip_while_they_are_refreshed(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    ids = [f"c{n:05}" for n in range(1_203)]
    with store.transaction():
        save(store, *(attempt(id) for id in ids))
        save(store, attempt("fresh"), now=LATER)
        save(store, attempt("never", "no_match"))
        save(store, attempt("elsewhere"), object="Lead")
        save(store, attempt("another"), mapping="other")
    found: list[str] = []
    pages = 0
    for page in attempts.stale_ids(store, org="acme", object="Contact", mapping="m", before=LATER):
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


def test_each_mapping_has_its_own_rest_and_the_record_one_past(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    save(store, attempt(lusha_id="7", lacking=False))
    assert known(store, mapping="other").tried is None
    save(store, attempt(outcome="no_match", fingerprint="g", fields=frozenset({"Phone"})), mapping="other", now=LATER)
    stale = NOW + timedelta(days=90)
    assert tried(store) == Tried("f", frozenset({"Title"}), "matched", NOW, NOW, next_due=stale, lusha_id="7")
    due = LATER + REST.retry_after
    assert tried(store, mapping="other") == Tried("g", frozenset({"Phone"}), "no_match", LATER, None, next_due=due)
    of_record = known(store)
    assert (of_record.lusha_id, of_record.fingerprint, of_record.outcome) == ("7", "g", "no_match")
    assert of_record.last_enriched == NOW
    assert records.counted(store, org="acme") == {"no_match": 1}
    for mapping, ids in (("m", []), ("other", ["c1"])):
        assert attempts.due_ids(store, org="acme", object="Contact", mapping=mapping, now=due) == ids


def test_an_answer_that_was_saved_long_ago_takes_no_enrichment_back(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    save(store, attempt(), now=LATER)
    save(store, attempt(answered=NOW), mapping="other", now=LATER)
    assert (known(store).last_enriched, tried(store, mapping="other").last_enriched) == (LATER, NOW)


def test_what_another_state_file_did_is_noticed_for_one_mapping_alone(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    where: dict[str, Any] = {"org": "acme", "object": "Contact", "mapping": "m", "fields": frozenset({"Phone"})}
    attempts.notice(store, **where, answered={"c1": NOW}, rest=REST)
    assert (tried(store).last_enriched, tried(store).next_due) == (NOW, NOW + REST.retry_after)
    assert (known(store, mapping="other").last_enriched, known(store, mapping="other").tried) == (None, None)


def test_the_heir_of_a_merged_record_keeps_what_each_mapping_knew_of_either(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    save(store, attempt("gone"), attempt("left", "no_match"))
    save(store, attempt("gone", "review"), mapping="other")
    records.follow(store, org="acme", object="Contact", merged={"gone": "left"})
    assert (tried(store, "left").outcome, tried(store, "left", "other").outcome) == ("no_match", "review")
    assert records.known(store, org="acme", object="Contact", mapping="m", ids=["gone"]) == {}


def test_a_record_that_is_woken_is_due_to_every_mapping(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    for mapping in ("m", "other"):
        save(store, attempt("c1"), attempt("c2"), mapping=mapping)
    attempts.wake(store, org="acme", object="Contact", id="c1")
    for mapping in ("m", "other"):
        assert attempts.due_ids(store, org="acme", object="Contact", mapping=mapping, now=NOW) == ["c1"]
        assert tried(store, mapping=mapping).fields == frozenset()
