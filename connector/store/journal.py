"""Intents and outcomes of every write, and what we last put into each field: the source of history and undo.

A change is ``planned`` → ``intended`` (committed before the call) → ``written`` | ``rejected`` | ``conflict``;
``dropped`` when it proved needless. An ``intended`` row without an outcome is in doubt: the record is re-read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from connector.models import Change, Written
from connector.store.db import Store, stamp

State = Literal["planned", "intended", "written", "rejected", "conflict", "unresolved", "dropped"]
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal row, with the change it is about."""

    id: int
    record: str
    lusha_id: str | None
    change: Change
    state: State
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value for a person to decide on; nothing writes it."""

    record: str
    change: Change
    lusha_id: str


def plan(
    store: Store,
    *,
    run: int,
    org: str,
    object: str,
    record: str,
    lusha_id: str,
    changes: Iterable[Change],
    now: datetime,
) -> list[Entry]:
    """Save planned changes of one record; they take the place of what a refused run planned for it."""
    store.db.execute(
        "UPDATE changes SET state = 'dropped', outcome = ? WHERE org = ? AND object = ? AND record = ?"
        " AND state = 'planned' AND run <> ?",
        [f"planned anew by run {run}", org, object, record, run],
    )
    entries = []
    for change in changes:
        cursor = store.db.execute(
            "INSERT INTO changes (run, org, object, record, field, before, after, reason, attribute, policy, stamp,"
            " lusha_id, state, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned', ?)",
            [run, org, object, record, change.field, json.dumps(change.before), json.dumps(change.after), change.reason,
             change.attribute, change.policy, int(change.stamp), lusha_id, stamp(now)],
        )  # fmt: skip
        assert cursor.lastrowid is not None
        entries.append(Entry(cursor.lastrowid, record, lusha_id, change, "planned"))
    return entries


def mark(store: Store, outcomes: Iterable[tuple[int, State, str | None]]) -> None:
    """Move changes on: (change id, new state, the CRM's words if any)."""
    store.db.conn.executemany(
        "UPDATE changes SET state = ?, outcome = ? WHERE id = ?",
        [(state, words, id) for id, state, words in outcomes],
    )


def remember(store: Store, *, org: str, object: str, written: Iterable[Entry], now: datetime) -> None:
    """What we last put into each field: the base of ``refresh`` and of seeing what people did since."""
    store.db.conn.executemany(
        "INSERT OR REPLACE INTO last_written (org, object, record, field, value, change, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                org,
                object,
                entry.record,
                entry.change.field,
                json.dumps(entry.change.after),
                entry.id,
                stamp(now),
            )
            for entry in written
        ],
    )


def last_written(store: Store, *, org: str, object: str, ids: Sequence[str]) -> Mapping[str, Mapping[str, Written]]:
    """What we last put into each field, by record id."""
    found: dict[str, dict[str, Written]] = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        columns = "record, field, value, tombstone"
        sql = f"SELECT {columns} FROM last_written WHERE org = ? AND object = ? AND record IN ({marks})"
        for row in store.rows(sql, org, object, *chunk):
            written = Written(json.loads(row["value"]), bool(row["tombstone"]))
            found.setdefault(row["record"], {})[row["field"]] = written
    return found


def in_doubt(store: Store, *, org: str, object: str) -> list[Entry]:
    """Intents that a dead run left without an outcome."""
    sql = "SELECT * FROM changes WHERE org = ? AND object = ? AND state = 'intended' ORDER BY id"
    return [_entry(row) for row in store.rows(sql, org, object)]


def drop_planned(store: Store, *, org: str, object: str) -> None:
    """Forget plans of runs that ended before writing them; a refused run's plan stays, for its guard to be lifted."""
    store.db.execute(
        "UPDATE changes SET state = 'dropped', outcome = 'the run ended before the write' WHERE org = ? AND object = ?"
        " AND state = 'planned' AND run IN (SELECT id FROM runs WHERE status NOT IN ('running', 'refused'))",
        [org, object],
    )


def of_run(store: Store, run: int) -> list[Entry]:
    """Everything a run planned, in order."""
    return [_entry(row) for row in store.rows("SELECT * FROM changes WHERE run = ? ORDER BY id", run)]


@dataclass(frozen=True, slots=True)
class Group:
    """Changes of a run that share field, state and cause."""

    field: str
    state: State
    why: str
    changes: int


def groups_of_run(store: Store, run: int) -> list[Group]:
    """What a run planned and what became of it, counted by the database: a run may hold a million changes."""
    sql = (
        "SELECT field, state, coalesce(outcome, reason) AS why, count(*) AS n FROM changes WHERE run = ?"
        " GROUP BY field, state, why ORDER BY field, state, why"
    )
    return [Group(row["field"], row["state"], row["why"], row["n"]) for row in store.rows(sql, run)]


def suggested_by_run(store: Store, run: int) -> dict[str, int]:
    """How many values of each field a run put on the review list."""
    sql = "SELECT field, count(*) AS n FROM suggestions WHERE run = ? GROUP BY field ORDER BY field"
    return {row["field"]: row["n"] for row in store.rows(sql, run)}


def suggest(store: Store, *, run: int, org: str, object: str, suggestions: Iterable[Suggestion], now: datetime) -> None:
    """Put values on the review list; a newer suggestion replaces an open one, a decided one stays decided."""
    store.db.conn.executemany(
        "INSERT INTO suggestions (run, org, object, record, field, current, proposed, reason, attribute, lusha_id, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (org, object, record, field) DO UPDATE SET"
        " run = excluded.run, current = excluded.current, proposed = excluded.proposed, reason = excluded.reason,"
        " attribute = excluded.attribute, lusha_id = excluded.lusha_id, at = excluded.at, state = 'open'"
        " WHERE state = 'open' OR proposed <> excluded.proposed",
        [
            (run, org, object, s.record, s.change.field, json.dumps(s.change.before), json.dumps(s.change.after),
             s.change.reason, s.change.attribute, s.lusha_id, stamp(now))
            for s in suggestions
        ],
    )  # fmt: skip


def suggestions_of(store: Store, run: int) -> list[dict[str, Any]]:
    """The review list entries that a run made: record, field, current, proposed, reason."""
    sql = "SELECT record, field, current, proposed, reason FROM suggestions WHERE run = ? ORDER BY record, field"
    return [
        {**dict(row), "current": json.loads(row["current"]), "proposed": json.loads(row["proposed"])}
        for row in store.rows(sql, run)
    ]


def blank_old_values(store: Store, *, before: datetime) -> None:
    """Retention: blank before and after of old changes; that they happened stays."""
    store.db.execute(
        "UPDATE changes SET before = NULL, after = NULL WHERE at < ? AND state <> 'intended'"
        " AND (before IS NOT NULL OR after IS NOT NULL)",
        [stamp(before)],
    )


def _entry(row: Any) -> Entry:
    change = Change(
        field=row["field"],
        before=json.loads(row["before"] or "null"),
        after=json.loads(row["after"] or "null"),
        reason=row["reason"],
        attribute=row["attribute"],
        policy=row["policy"],
        stamp=bool(row["stamp"]),
    )
    return Entry(row["id"], row["record"], row["lusha_id"], change, row["state"], row["outcome"])
