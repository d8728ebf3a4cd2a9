"""Who wrote what, when, why, from which answer and at what cost, as the state file tells it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.models import Change, Value
from connector.store import attempts, explain, journal, ledger, runs, suggestions
from connector.store.db import Store, open_store
from connector.store.explain import Bill
from connector.store.journal import Draft, Entry
from connector.store.ledger import Paid, Purpose
from connector.store.runs import Kind
from connector.store.shares import share
from connector.store.suggestions import Suggestion

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SCOPE: dict[str, Any] = {"org": "acme", "object": "Contact"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "state.db")


def begin(store: Store, kind: Kind = "sync", *, later: int = 0, about: int | None = None) -> int:
    now = NOW + timedelta(hours=later)
    return runs.begin(store, invocation="i", org="acme", mapping="m.yaml", now=now, kind=kind, about=about)


def planned(
    store: Store, run: int, field: str = "Title", *, record: str = "c1", before: Value = None, after: Value = "VP",
    paid: Paid | None = None, reverses: int | None = None,
) -> Entry:  # fmt: skip
    change = Change(field, before, after, "was blank", "job_title.title", "fill")
    draft = Draft(record, change, "7", reverses, paid)
    [entry] = journal.plan(store, run=run, **SCOPE, drafts=[draft], now=NOW)
    return entry


def written(store: Store, entry: Entry, *, by: int) -> None:
    journal.intend(store, [entry], run=by)
    journal.mark(store, [(entry.id, "written", None)])
    journal.landed(store, **SCOPE, entries=[entry], now=NOW)


def booked(store: Store, run: int, *, charged: int, **more: Any) -> int:
    purpose = Purpose("k", "i", run, "acme", "m.yaml")
    entry = ledger.reserve(store, purpose, action="a", items=1, worst=charged, request={}, now=NOW)
    ledger.settle(store, entry, charged=charged, now=NOW, **more)
    return entry


def test_a_change_is_told_with_its_run_its_answer_and_its_bill(store: Store) -> None:
    run = begin(store)
    entry = booked(store, run, charged=10, data={"phones": 10}, brought={"phones": 2})
    written(store, planned(store, run, paid=("phones", entry)), by=run)
    [told] = explain.of_record(store, **SCOPE, record="c1")
    assert (told.run, told.kind, told.writer, told.written_by, told.at) == (
        run,
        "sync",
        None,
        run,
        "2026-11-23T08:00:00Z",
    )
    assert (told.field, told.before, told.after, told.kept, told.state) == ("Title", None, "VP", True, "written")
    assert (told.reason, told.policy, told.attribute, told.lusha_id) == ("was blank", "fill", "job_title.title", "7")
    assert told.paid == Bill("phones", run, "2026-11-23T08:00:00Z", 5)


def test_a_plan_that_another_run_wrote_names_both_and_the_time_of_the_writer(store: Store) -> None:
    plan, applied = begin(store, "plan"), begin(store, "apply", later=30)
    entry = planned(store, plan)
    assert explain.of_record(store, **SCOPE, record="c1")[0].written_by is None
    written(store, entry, by=applied)
    [told] = explain.of_record(store, **SCOPE, record="c1")
    assert (told.run, told.kind, told.writer, told.writer_kind, told.written_by) == (
        plan, "plan", applied, "apply", applied,
    )  # fmt: skip
    assert told.at == "2026-11-24T14:00:00Z"
    assert list(explain.of_run(store, plan)) == list(explain.of_run(store, applied)) == [told]


def test_an_undone_change_names_the_run_that_took_it_back_and_the_undo_what_it_takes_back(store: Store) -> None:
    run, undo = begin(store), begin(store, "undo", later=1)
    first = planned(store, run)
    written(store, first, by=run)
    written(store, planned(store, undo, before="VP", after=None, reverses=first.id), by=undo)
    found = explain.history(store, **SCOPE, record="c1")
    assert [(one.state, one.reverses_run) for one in found.changes] == [("undone", None), ("written", run)]
    assert [one.undone_by for one in found.changes] == [undo, None]
    assert [(stone.field, stone.run) for stone in found.tombstones] == [("Title", undo)]


def test_an_undo_that_the_crm_refused_took_nothing_back(store: Store) -> None:
    run, undo = begin(store), begin(store, "undo")
    first = planned(store, run)
    written(store, first, by=run)
    back = planned(store, undo, before="VP", after=None, reverses=first.id)
    journal.mark(store, [(back.id, "rejected", "LOCKED")])
    found = explain.history(store, **SCOPE, record="c1")
    assert ([one.undone_by for one in found.changes], found.tombstones) == ([None, None], [])


def test_values_that_retention_blanked_are_not_kept_and_null_is_a_value(store: Store) -> None:
    run = begin(store)
    written(store, planned(store, run, before=None, after=None), by=run)
    assert explain.of_record(store, **SCOPE, record="c1")[0].kept
    journal.blank_old_values(store, before=NOW + timedelta(days=1))
    [told] = explain.of_record(store, **SCOPE, record="c1")
    assert (told.kept, told.before, told.after, told.state) == (False, None, None, "written")


def test_a_run_is_told_whole_in_pages_and_nothing_of_others(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "_PAGE", 3)
    one, other = begin(store), begin(store)
    mine = [planned(store, (one, other)[number % 2], record=f"c{number}").id for number in range(20)][::2]
    assert [told.id for told in explain.of_run(store, one)] == mine
    assert list(explain.of_run(store, begin(store))) == []


def test_a_page_of_a_run_walks_along_the_ids_and_sorts_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []
    rows = store.rows
    run = begin(store)
    planned(store, run)
    monkeypatch.setattr(store, "rows", lambda sql, *more: asked.append((sql, more)) or rows(sql, *more))
    list(explain.of_run(store, run))
    steps = [row["detail"] for sql, more in asked for row in rows(f"EXPLAIN QUERY PLAN {sql}", *more)]
    assert not [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN changes")]
    assert [step for step in steps if step.startswith("SEARCH changes USING INTEGER PRIMARY KEY (rowid>")]


def test_what_was_proposed_is_told_whatever_became_of_it(store: Store) -> None:
    run = begin(store)
    for field in ("Title", "Phone"):
        change = Change(field, "old", "new", "suggested", "job_title.title", "suggest")
        suggestions.suggest(
            store, run=run, **SCOPE, suggestions=[Suggestion("c1", change, "7", ("search", 3))], now=NOW
        )
    suggestions.decide(store, [suggestions.listed(store)[0].id], "rejected")
    found = explain.history(store, **SCOPE, record="c1").suggestions
    assert [(one.field, one.state, one.paid) for one in found] == [
        ("Title", "rejected", ("search", 3)),
        ("Phone", "open", ("search", 3)),
    ]


def test_a_record_that_was_only_looked_at_is_known_and_another_is_not(store: Store) -> None:
    attempt = attempts.Attempt("c1", "no_match", "f", frozenset({"Title"}))
    attempts.save(store, **SCOPE, mapping="contact.yaml", attempts=[attempt], now=NOW, rest=attempts.Rest())
    found = explain.history(store, **SCOPE, record="c1")
    assert (found.untouched, found.state and found.state.outcome) == (False, "no_match")
    assert explain.history(store, **SCOPE, record="c2").untouched
    assert explain.history(store, org="beta", object="Contact", record="c1").untouched


@pytest.mark.parametrize(
    ("data", "brought", "credits"),
    [
        ({"phones": 10}, {"phones": 2}, 5),
        ({"search": 1}, {"search": 25}, 0.04),
        ({"phones": 5}, {"phones": 1, "profile": 1}, None),
        ({}, {"emails": 1}, 0),
        (None, {"emails": 1}, None),
        ({"emails": 1}, None, None),
        ({"emails": 1}, {}, None),
    ],
)
def test_a_share_is_what_a_datum_cost_over_the_profiles_that_it_came_for(
    data: dict[str, int] | None, brought: dict[str, int] | None, credits: float | None
) -> None:
    assert share(data, brought, "emails" if credits in (0, None) else next(iter(data or {}))) == credits


def test_a_booking_by_hand_is_told_as_one(store: Store) -> None:
    entry = booked(store, explain.BY_HAND, charged=1, data={"emails": 1}, brought={"emails": 1})
    planned(store, begin(store), paid=("emails", entry))
    [told] = explain.of_record(store, **SCOPE, record="c1")
    assert told.paid == Bill("emails", explain.BY_HAND, "2026-11-23T08:00:00Z", 1)


def test_a_state_file_of_the_release_before_tells_its_changes_without_bills(store: Store) -> None:
    planned(store, begin(store))
    store.db.execute("UPDATE changes SET entry = 1")
    store.db.execute("UPDATE rules SET datum = ''")
    assert explain.of_record(store, **SCOPE, record="c1")[0].paid is None
