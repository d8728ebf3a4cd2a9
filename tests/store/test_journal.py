"""Intents and outcomes, what we wrote last, and the review list."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.models import Change, Value, Written
from connector.store import journal, plans, runs, suggestions, touches, written
from connector.store.db import Store, open_store
from connector.store.journal import Draft, Entry
from connector.store.plans import Basis
from connector.store.suggestions import Suggestion

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SCOPE = {"org": "acme", "object": "Contact"}


def change(field: str = "Title", before: Value = None, after: Value = "VP", *, stamp: bool = False) -> Change:
    return Change(field, before, after, "was blank", "job_title.title", "fill", stamp=stamp)


def plan(
    store: Store, *changes: Change, record: str = "c1", status: str = "running", now: datetime = NOW
) -> tuple[int, list[Entry]]:
    run = runs.begin(store, invocation="i", org="acme", mapping="m", now=now)
    drafts = [Draft(record, one, "7") for one in changes]
    entries = journal.plan(store, run=run, **SCOPE, drafts=drafts, now=now)
    if status != "running":
        runs.end(store, run, status=status, report={}, error=None, now=now)
    return run, entries


@pytest.mark.parametrize("value", [None, "", "VP", "Ünïcode 王", "5", 5, 5.5, True, False, 0])
def test_values_come_back_as_they_were_with_their_type(tmp_path: Path, value: Value) -> None:
    store = open_store(tmp_path / "state.db")
    run, entries = plan(store, change(before=value, after=value, stamp=True))
    journal.landed(store, **SCOPE, entries=entries, now=NOW)
    [read] = journal.of_run(store, run)
    [last] = written.last_written(store, **SCOPE, ids=["c1"]).values()
    for found in (read.change.before, read.change.after, last["Title"].value):
        assert (type(found), found) == (type(value), value)
    assert read == entries[0]


def test_a_change_moves_from_plan_to_intent_to_outcome(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    run, [title, phone] = plan(store, change(), change("Phone"))
    assert journal.of_run(store, run) == [title, phone]
    journal.mark(store, [(title.id, "intended", None), (phone.id, "intended", None)])
    assert [entry.id for entry in journal.in_doubt(store, **SCOPE)] == [title.id, phone.id]
    journal.mark(store, [(title.id, "written", None), (phone.id, "rejected", "TOO_LONG: too long")])
    assert [(entry.state, entry.outcome) for entry in journal.of_run(store, run)] == [
        ("written", None),
        ("rejected", "TOO_LONG: too long"),
    ]
    assert journal.in_doubt(store, **SCOPE) == []


@pytest.mark.parametrize(
    ("status", "state"),
    [("running", "planned"), ("refused", "planned"), ("interrupted", "dropped"), ("failed", "dropped"),
     ("stopped", "dropped"), ("done", "dropped")],
)  # fmt: skip
def test_plans_of_dead_runs_are_dropped_and_a_refused_plan_waits(tmp_path: Path, status: str, state: str) -> None:
    store = open_store(tmp_path / "state.db")
    run, _ = plan(store, change(), status=status)
    journal.drop_planned(store, **SCOPE)
    assert [entry.state for entry in journal.of_run(store, run)] == [state]


def test_an_intent_is_never_dropped_with_the_plans(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    run, [entry] = plan(store, change(), status="interrupted")
    journal.mark(store, [(entry.id, "intended", None)])
    journal.drop_planned(store, **SCOPE)
    assert [entry.state for entry in journal.of_run(store, run)] == ["intended"]


def test_the_last_value_counts_field_by_field(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    _, first = plan(store, change(after="VP"), change("Phone", after="+15550100001"))
    _, second = plan(store, change(after="CEO"))
    _, other = plan(store, change(after="CFO"), record="c2")
    for entries in (first, second, other):
        journal.landed(store, **SCOPE, entries=entries, now=NOW)
    assert written.last_written(store, **SCOPE, ids=["c1", "c2", "c3"]) == {
        "c1": {"Title": Written("CEO"), "Phone": Written("+15550100001")},
        "c2": {"Title": Written("CFO")},
    }
    assert written.last_written(store, org="acme", object="Lead", ids=["c1"]) == {}
    assert written.last_written(store, **SCOPE, ids=[f"x{n}" for n in range(1_200)] + ["c2"]) == {
        "c2": {"Title": Written("CFO")}
    }


def test_old_values_are_blanked_and_that_they_were_written_stays(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    old, [one, two] = plan(store, change(before="x", after="y"), change("Phone", after="z"))
    new, [three] = plan(store, change(before="x", after="y"), now=NOW + timedelta(days=1))
    journal.mark(store, [(one.id, "written", None), (three.id, "written", None)])
    journal.blank_old_values(store, before=NOW + timedelta(days=1))
    seen = [(e.change.field, e.change.before, e.change.after, e.state) for e in journal.of_run(store, old)]
    assert seen == [("Title", None, None, "written"), ("Phone", None, None, "dropped")]
    assert [(e.change.before, e.change.after) for e in journal.of_run(store, new)] == [("x", "y")]
    assert two.state == "planned"


def test_a_plan_of_many_records_takes_the_place_of_what_was_planned_for_the_same(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    run = runs.begin(store, invocation="i", org="acme", mapping="m", now=NOW, kind="plan")
    old = [Draft(record, change(field), "7") for record in ("c1", "c2") for field in ("Title", "Phone")]
    journal.plan(store, run=run, **SCOPE, drafts=old, now=NOW)
    bases = [Basis(record, "7", True, "f", frozenset(), {}, NOW, "m") for record in ("c1", "c2")]
    plans.save(store, run=run, **SCOPE, bases=bases)
    other = runs.begin(store, invocation="i", org="acme", mapping="other", now=NOW)
    journal.plan(store, run=other, **SCOPE, drafts=[Draft("c1", change(), "7"), Draft("c3", change("Phone"))], now=NOW)
    states = [(e.record, e.change.field, e.state) for e in journal.of_run(store, run)]
    assert states == [("c1", "Title", "dropped"), ("c1", "Phone", "planned"), ("c2", "Title", "planned"),
                      ("c2", "Phone", "planned")]  # fmt: skip
    assert set(plans.found(store, run, ["c1", "c2"])) == {"c1", "c2"}
    same = runs.begin(store, invocation="i", org="acme", mapping="m", now=NOW)
    journal.plan(store, run=same, **SCOPE, drafts=[Draft("c1", change(), "7")], now=NOW)
    states = [(e.record, e.change.field, e.state) for e in journal.of_run(store, run)]
    assert states[:2] == [("c1", "Title", "dropped"), ("c1", "Phone", "dropped")]
    assert [e.state for e in journal.of_run(store, other)] == ["dropped", "planned"]
    assert set(plans.found(store, run, ["c1", "c2"])) == {"c2"}
    assert journal.overtaken_by(store, run) == same


@given(st.none() | st.text() | st.integers() | st.booleans() | st.floats(allow_nan=False))
def test_any_value_reads_as_it_was_told(value: Value) -> None:
    assert touches.value_of(touches.told(value) or "null") == touches.value_of(json.dumps(value)) == value


def test_no_id_of_a_change_is_used_twice(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    _, [one, two] = plan(store, change(), change("Phone"))
    store.db.execute("DELETE FROM changes")
    _, [three] = plan(store, change())
    assert (one.id, two.id, three.id) == (1_001, 1_002, 2_001)


def test_so_many_fields_that_a_touch_has_no_place_left_begin_another(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    run, entries = plan(store, *(change(f"f{number}") for number in range(2_000)))
    assert [entry.id for entry in entries] == [
        *range(1_001, 2_000), *range(2_001, 3_000), *range(3_001, 3_003)
    ]  # fmt: skip
    assert [entry.change.field for entry in journal.of_run(store, run)] == [f"f{number}" for number in range(2_000)]


def test_who_looked_at_a_change_is_remembered_where_another_run_planned_it(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    run, entries = plan(store, change(), change("Phone"), change("Email"), change("Fax"))
    sent, looked_at, put_back, own = entries
    journal.intend(store, [sent, put_back], run=8)
    journal.mark(store, [(put_back.id, "planned", None)])
    journal.mark(store, [(sent.id, "written", None), (looked_at.id, "conflict", "moved")], run=9)
    journal.mark(store, [(own.id, "conflict", "moved")], run=run)
    assert [row["writer"] for row in store.rows("SELECT writer FROM changes ORDER BY id")] == [8, 9, 8, None]


def test_what_was_taken_back_again_and_again_is_followed_in_one(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    (_, [first]), (_, [other]) = plan(store, change()), plan(store, change(), record="c2")
    run = runs.begin(store, invocation="i", org="acme", mapping="m", now=NOW)
    before = first
    for stands in (False, True, False):
        drafts = [Draft("c1", change(before="VP", after=None), "7", reverses=before.id)]
        if before is first:
            drafts.append(Draft("c2", change(before="VP", after=None), "7", reverses=other.id))
        entries = journal.plan(store, run=run, **SCOPE, drafts=drafts, now=NOW)
        journal.landed(store, **SCOPE, entries=entries, now=NOW)
        before = entries[0]
        [[state]] = store.rows("SELECT state FROM journal WHERE id = ?", first.id)
        tombstones = {row["record"]: row["tombstone"] for row in store.rows("SELECT record, tombstone FROM held")}
        assert (state, tombstones) == ("written" if stands else "undone", {"c1": int(not stands), "c2": 1})


def suggest(store: Store, run: int, values: Iterable[Value]) -> None:
    proposed = [Suggestion("c1", change(before="Old", after=value), "7") for value in values]
    suggestions.suggest(store, run=run, **SCOPE, suggestions=proposed, now=NOW)


def test_a_newer_suggestion_replaces_an_open_one(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    suggest(store, 1, ["VP"])
    suggest(store, 2, ["CEO"])
    [one] = suggestions.listed(store)
    assert (one.run, one.record, one.field, one.current, one.proposed) == (2, "c1", "Title", "Old", "CEO")


def test_a_decided_suggestion_is_not_asked_again_for_the_same_value(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    suggest(store, 1, ["VP"])
    store.db.execute("UPDATE suggestions SET state = 'rejected'")
    suggest(store, 2, ["VP"])
    assert [row["state"] for row in store.rows("SELECT state FROM suggestions")] == ["rejected"]
    suggest(store, 3, ["CEO"])
    assert [row["state"] for row in store.rows("SELECT state FROM suggestions")] == ["open"]


def test_how_many_of_several_suggestions_stand_on_the_list_is_told(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    suggest(store, 1, ["VP"])
    store.db.execute("UPDATE suggestions SET state = 'rejected'")
    proposed = [Suggestion(record, change(before="Old"), "7") for record in ("c1", "c2", "c3")]
    assert suggestions.suggest(store, run=2, **SCOPE, suggestions=proposed, now=NOW) == 2
    assert suggestions.suggest(store, run=2, **SCOPE, suggestions=[], now=NOW) == 0


def test_a_run_is_counted_in_groups_without_a_value(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    run, entries = plan(store, change(before="x", after="y"), change("Phone", after="z"), change("Email", after="e"))
    journal.mark(store, [(entries[0].id, "written", None), (entries[1].id, "rejected", "BAD: no")])
    assert [(g.field, g.state, g.why, g.changes) for g in journal.groups_of_run(store, run)] == [
        ("Email", "planned", entries[2].change.reason, 1),
        ("Phone", "rejected", "BAD: no", 1),
        ("Title", "written", entries[0].change.reason, 1),
    ]
