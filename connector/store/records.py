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

from connector.store.db import ANY, Store, moment
from connector.store.scopes import AIM, AIMS, SCOPE

_THESE = f"scope = {SCOPE} AND id IN ({ANY.format('?')})"
_STATE = "id, lusha_id, fingerprint, outcome, reason, last_enriched FROM records"
_KNOWN = f"SELECT {_STATE} WHERE {_THESE}"
_ATTEMPT = (
    "id, fingerprint, (SELECT fields FROM field_sets WHERE field_sets.id = covered) AS fields, outcome, last_attempt,"
    " last_enriched, parked, next_due, lusha_id FROM attempts"
)
_OF_OBJECT = (("records", f"scope = {SCOPE}"), ("attempts", f"aim IN {AIMS}"))
_TRIED = f"SELECT {_ATTEMPT} WHERE aim = {AIM} AND id IN ({ANY.format('?')})"
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
    tried = {row[0]: _attempted(row) for row in store.rows(_TRIED, org, object, mapping, asked)}
    return {row[0]: _state(row, tried.get(row[0])) for row in store.rows(_KNOWN, org, object, asked)}


def whole(store: Store, *, org: str, object: str, id: str) -> tuple[RecordState | None, Mapping[str, Tried]]:
    """What is known of one record, and what the attempts of each mapping left, by its name."""
    rows = store.rows(f"SELECT {_STATE} WHERE scope = {SCOPE} AND id = ?", org, object, id)
    mapping = "(SELECT mapping FROM aims WHERE aims.id = aim) AS mapping"
    sql = f"SELECT {mapping}, {_ATTEMPT} WHERE aim IN {AIMS} AND id = ? ORDER BY mapping"
    tried = {row[0]: _attempted(row[1:]) for row in store.rows(sql, org, object, id)}
    return next((_state(row, None) for row in rows), None), tried


def forget_gone(store: Store, *, org: str, object: str, ids: Iterable[str]) -> None:
    """Drop records that the CRM deleted."""
    gone = [(org, object, id) for id in ids]
    for rows in _OF_OBJECT:
        store.db.executemany("DELETE FROM {} WHERE {} AND id = ?".format(*rows), gone)


def follow(store: Store, *, org: str, object: str, merged: Mapping[str, str]) -> None:
    """How a mapping tried merged-away records counts for the one that is left, unless it tried that one itself.

    ``merged``: id → its id. A mark over another identity than it has makes it due all the same.
    """
    for rows in _OF_OBJECT:
        store.db.executemany(
            "UPDATE OR IGNORE {} SET id = ? WHERE {} AND id = ?".format(*rows),
            [(left, org, object, id) for id, left in merged.items()],
        )
    forget_gone(store, org=org, object=object, ids=merged)


def counted(store: Store, *, org: str) -> Mapping[str, int]:
    """How many records of an org ended each way, by their last attempt."""
    of_org = "SELECT id FROM scopes WHERE org = ?"
    sql = f"SELECT outcome, sum(records) AS n FROM outcomes WHERE scope IN ({of_org}) AND records > 0 GROUP BY outcome"
    return {row["outcome"]: row["n"] for row in store.rows(f"{sql} ORDER BY outcome", org)}


def _state(row: Iterable[Any], tried: Tried | None) -> RecordState:
    id, lusha_id, fingerprint, outcome, reason, enriched = row
    return RecordState(id, lusha_id, fingerprint, outcome, reason, _moment(enriched), tried)


def _attempted(row: Iterable[Any]) -> Tried:
    _, mark, fields, outcome, last, enriched, parked, due, lusha_id = row
    return Tried(mark, parted(fields), outcome, _moment(last), _moment(enriched), parked, _moment(due), lusha_id)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else moment(seconds)


@lru_cache(64)
def joined(fields: frozenset[str]) -> str:
    """A set of fields as a row keeps it."""
    return ",".join(sorted(fields))


@lru_cache(64)
def parted(joined: str) -> frozenset[str]:
    """The fields that a row keeps."""
    return frozenset(filter(None, joined.split(",")))
