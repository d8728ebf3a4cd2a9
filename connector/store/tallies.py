"""Figures over a run's saved changes, counted by the database: a plan may hold a million of them."""

from __future__ import annotations

from collections.abc import Collection

from connector.store.db import Store

_LIVE = "run = ? AND stamp = 0 AND state IN ('planned', 'intended', 'written')"


def replaced(store: Store, run: int) -> int:
    """How many non-blank values a run's plan replaces, or has replaced."""
    blank = "trim(coalesce(json_extract(before, '$'), ''))"
    return int(store.rows(f"SELECT count(*) FROM journal WHERE {_LIVE} AND {blank} <> ''", run)[0][0])


def most_frequent(store: Store, run: int, fields: Collection[str]) -> dict[str, tuple[int, int]]:
    """Of each of these fields: how often its most frequent new value is written, and how many values in all."""
    if not fields:
        return {}
    marks = ", ".join("?" * len(fields))
    told = f"{_LIVE} AND after IS NOT NULL AND field IN ({marks})"  # blanked ones are not all of one value
    by_value = f"SELECT field, count(*) AS n FROM journal WHERE {told} GROUP BY field, after"
    rows = store.rows(f"SELECT field, max(n) AS most, sum(n) AS total FROM ({by_value}) GROUP BY field", run, *fields)
    return {row["field"]: (row["most"], row["total"]) for row in rows}


def records(store: Store, run: int) -> int:
    """How many records a run planned changes for."""
    return int(store.rows("SELECT count(DISTINCT record) FROM journal WHERE run = ?", run)[0][0])


def open_records(store: Store, run: int) -> int:
    """How many records of a run's plan wait to be written, or are in doubt."""
    sql = "SELECT count(DISTINCT record) FROM journal WHERE run = ? AND state IN ('planned', 'intended')"
    return int(store.rows(sql, run)[0][0])
