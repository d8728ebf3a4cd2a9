"""What we last put into each field: the base of ``refresh``, of seeing what people did since, and of tombstones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.models import Value, Written
from connector.store.db import Store, stamp, unstamp

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Put:
    """What ``change`` put into a field of a record; ``tombstone``: it took our value back, for good."""

    record: str
    field: str
    value: Value
    change: int
    tombstone: bool = False


def save(store: Store, *, org: str, object: str, puts: Iterable[Put], now: datetime) -> None:
    """Remember what changes put into fields; of the same field, the last counts."""
    at = stamp(now)
    store.db.executemany(
        "INSERT OR REPLACE INTO last_written (org, object, record, field, value, change, at, tombstone)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(org, object, p.record, p.field, json.dumps(p.value), p.change, at, int(p.tombstone)) for p in puts],
    )


def follow(store: Store, *, org: str, object: str, merged: Mapping[str, str]) -> None:
    """What we put into merged-away records, and took back from them, counts for those that they were merged into.

    ``merged``: id → id of the master. What the master has of its own for a field stays; of two that were merged into
    the same one, what was taken back from either goes first.
    """
    moved = [(master, org, object, id) for id, master in merged.items()]
    move = "UPDATE OR IGNORE last_written SET record = ? WHERE org = ? AND object = ? AND record = ?"
    store.db.executemany(f"{move} AND tombstone", moved)
    store.db.executemany(move, moved)


def latest(store: Store, *, org: str, object: str, ids: Sequence[str]) -> Mapping[str, datetime]:
    """When we last wrote each of these records, to the second; those that we never wrote are absent."""
    found: dict[str, datetime] = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        sql = (
            "SELECT record, max(at) AS at FROM last_written WHERE org = ? AND object = ?"
            f" AND record IN ({', '.join('?' * len(chunk))}) GROUP BY record"
        )
        for row in store.rows(sql, org, object, *chunk):
            if (at := unstamp(row["at"])) is not None:
                found[row["record"]] = at
    return found


def last_written(store: Store, *, org: str, object: str, ids: Sequence[str]) -> Mapping[str, Mapping[str, Written]]:
    """What we last put into each field, by record id."""
    found: dict[str, dict[str, Written]] = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        columns = "record, field, value, tombstone"
        sql = f"SELECT {columns} FROM last_written WHERE org = ? AND object = ? AND record IN ({marks})"
        for row in store.rows(sql, org, object, *chunk):
            last = Written(json.loads(row["value"]), bool(row["tombstone"]))
            found.setdefault(row["record"], {})[row["field"]] = last
    return found
