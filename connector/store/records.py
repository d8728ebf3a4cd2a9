"""What we know of each CRM record: who it is to Lusha, how it was last tried, and what each mapping's attempts left.

A record has one row of its own, and one for each mapping that tried it (``store.attempts`` writes those): two mappings
of one object rest, go stale and are refused apart from each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from connector.store.db import Store, unstamp

_THESE = "org = ? AND object = ? AND id IN (SELECT value FROM json_each(?))"
_KNOWN = f"SELECT * FROM records WHERE {_THESE}"
_TRIED = f"SELECT * FROM attempts WHERE mapping = ? AND {_THESE}"
Outcome = Literal["matched", "no_match", "review", "restricted", "rejected", "unsent", "conflict", "gone"]


@dataclass(frozen=True, slots=True)
class Tried:
    """What one mapping's attempts at a record left.

    ``fingerprint``: a mark over every identity spelling that the mapping read, before and after our own writes (a
    search index may still show what was before); blank = not known. ``fields`` are the mapped fields that attempts have
    covered; ``last_enriched`` is the last time Lusha had an answer. ``parked``: the mark of the record and the mapping
    when the CRM refused it; while it is the same, the CRM would refuse it again. ``next_due``: when it may be due again
    though nobody touches it; None: not before somebody does. ``lusha_id``: whom this mapping last matched it with.
    """

    fingerprint: str
    fields: frozenset[str]
    outcome: Outcome
    last_attempt: datetime | None
    last_enriched: datetime | None
    parked: str | None = None
    next_due: datetime | None = None
    lusha_id: str | None = None


@dataclass(frozen=True, slots=True)
class RecordState:
    """One record: whom it was last matched with, by what mark of its identity, and how its last attempt ended,
    whichever mapping made it.

    ``last_enriched``: when Lusha last had an answer for it that one of our mappings asked for, so that a later stamp is
    not of this state file. ``tried``: what the attempts of the mapping in question left; None: it made none.
    """

    id: str
    lusha_id: str | None
    fingerprint: str
    outcome: Outcome
    reason: str | None
    last_enriched: datetime | None
    tried: Tried | None = None


def known(store: Store, *, org: str, object: str, mapping: str, ids: Sequence[str]) -> Mapping[str, RecordState]:
    """What is known of these records, by id, with what one mapping's attempts left; records never seen are absent."""
    asked = json.dumps(list(ids))
    tried = {row["id"]: _attempted(row) for row in store.rows(_TRIED, mapping, org, object, asked)}
    return {row["id"]: _state(row, tried.get(row["id"])) for row in store.rows(_KNOWN, org, object, asked)}


def whole(store: Store, *, org: str, object: str, id: str) -> tuple[RecordState | None, Mapping[str, Tried]]:
    """What is known of one record, and what the attempts of each mapping left, by its name."""
    of_it = "org = ? AND object = ? AND id = ?"
    rows = store.rows(f"SELECT * FROM records WHERE {of_it}", org, object, id)
    tried = store.rows(f"SELECT * FROM attempts WHERE {of_it} ORDER BY mapping", org, object, id)
    return next((_state(row, None) for row in rows), None), {row["mapping"]: _attempted(row) for row in tried}


def forget_gone(store: Store, *, org: str, object: str, ids: Iterable[str]) -> None:
    """Drop records that the CRM deleted."""
    gone = [(org, object, id) for id in ids]
    for table in ("records", "attempts"):
        store.db.executemany(f"DELETE FROM {table} WHERE org = ? AND object = ? AND id = ?", gone)


def follow(store: Store, *, org: str, object: str, merged: Mapping[str, str]) -> None:
    """How a mapping tried merged-away records counts for the one that is left, unless it tried that one itself.

    ``merged``: id → its id. A mark over another identity than it has makes it due all the same.
    """
    for table in ("records", "attempts"):
        store.db.executemany(
            f"UPDATE OR IGNORE {table} SET id = ? WHERE org = ? AND object = ? AND id = ?",
            [(left, org, object, id) for id, left in merged.items()],
        )
    forget_gone(store, org=org, object=object, ids=merged)


def counted(store: Store, *, org: str) -> Mapping[str, int]:
    """How many records of an org ended each way, by their last attempt."""
    sql = "SELECT outcome, records FROM outcomes WHERE org = ? AND records > 0 ORDER BY outcome"
    return {row["outcome"]: row["records"] for row in store.rows(sql, org)}


def _state(row: Any, tried: Tried | None) -> RecordState:
    return RecordState(
        row["id"],
        row["lusha_id"],
        row["fingerprint"],
        row["outcome"],
        row["reason"],
        unstamp(row["last_enriched"]),
        tried,
    )


def _attempted(row: Any) -> Tried:
    return Tried(
        row["fingerprint"],
        _fields(row["fields"]),
        row["outcome"],
        unstamp(row["last_attempt"]),
        unstamp(row["last_enriched"]),
        row["parked"],
        unstamp(row["next_due"]),
        row["lusha_id"],
    )


@lru_cache(64)
def _fields(joined: str) -> frozenset[str]:
    return frozenset(filter(None, joined.split(",")))
