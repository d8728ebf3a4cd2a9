"""Runs: one row for each mapping of each org in each invocation, whatever it did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from connector.store.db import Store, stamp

Kind = Literal["sync", "plan", "quote", "apply", "undo", "review"]
"""What a run did; ``plan``: ``plan --buy``, whose changes wait to be applied."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as stored; ``report`` is what ``sync --json`` printed for it. ``about``: the run whose plan it applied, or
    that it undid."""

    id: int
    org: str
    mapping: str
    status: str
    started_at: str
    ended_at: str | None
    report: Mapping[str, Any]
    error: str | None
    kind: Kind = "sync"
    about: int | None = None


def begin(
    store: Store,
    *,
    invocation: str,
    org: str,
    mapping: str,
    now: datetime,
    kind: Kind = "sync",
    about: int | None = None,
) -> int:
    """A new run, ``running`` until it is ended."""
    cursor = store.db.execute(
        "INSERT INTO runs (invocation, org, mapping, status, started_at, kind, about)"
        " VALUES (?, ?, ?, 'running', ?, ?, ?)",
        [invocation, org, mapping, stamp(now), kind, about],
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def end(store: Store, run: int, *, status: str, report: Mapping[str, Any], error: str | None, now: datetime) -> None:
    """Close a run with its status, its counts and, if it failed, the sentence that says why."""
    store.db.execute(
        "UPDATE runs SET status = ?, report = ?, error = ?, ended_at = ? WHERE id = ?",
        [status, json.dumps(report), error, stamp(now), run],
    )


def correct(store: Store, run: int, *, report: Mapping[str, Any]) -> None:
    """Replace the report of a run that has ended: its cost became known later."""
    store.db.execute("UPDATE runs SET report = ? WHERE id = ?", [json.dumps(report), run])


def dead(store: Store, *, org: str, but: int) -> list[RunRow]:
    """Runs that ended without a word; the caller holds the org's lease, and runs ``but``."""
    rows = store.rows("SELECT * FROM runs WHERE org = ? AND status = 'running' AND id <> ? ORDER BY id", org, but)
    return [_row(row) for row in rows]


def listed(store: Store, *, limit: int = 50, org: str | None = None) -> list[RunRow]:
    """The latest runs, newest first."""
    where, arguments = ("WHERE org = ?", [org]) if org else ("", [])
    return [_row(row) for row in store.rows(f"SELECT * FROM runs {where} ORDER BY id DESC LIMIT ?", *arguments, limit)]


def found(store: Store, run: int) -> RunRow | None:
    """One run by its id."""
    return next((_row(row) for row in store.rows("SELECT * FROM runs WHERE id = ?", run)), None)


def _row(row: Any) -> RunRow:
    return RunRow(
        row["id"],
        row["org"],
        row["mapping"],
        row["status"],
        row["started_at"],
        row["ended_at"],
        json.loads(row["report"] or "{}"),
        row["error"],
        row["kind"],
        row["about"],
    )
