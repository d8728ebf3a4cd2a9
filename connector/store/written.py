"""What we last put into each field: the base of ``refresh``, of seeing what people did since, and of tombstones.

A row of ``last_written`` points to the change that put it there, which has the value; the view ``held`` tells it whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from connector.models import Written
from connector.store.db import ANY, Store, seconds, unstamp
from connector.store.layout import PLACES
from connector.store.touches import value_of

_OF = f"org = ? AND object = ? AND record IN ({ANY.format('?')})"


class Put(NamedTuple):
    """That ``change`` put its value into a field of a record; ``tombstone``: it took our value back, for good."""

    record: str
    field: str
    change: int
    tombstone: bool = False


def save(store: Store, *, org: str, object: str, puts: Sequence[Put], now: datetime) -> None:
    """Remember what changes put into fields; of the same field, the last counts."""
    last = {(put.record, put.field): put for put in puts}
    records = json.dumps(list({put.record: None for put in puts}))
    before = store.rows(f"SELECT change, record, field FROM held WHERE {_OF}", org, object, records)
    store.db.executemany(
        "DELETE FROM last_written WHERE change = ?",
        [(change,) for change, record, field in before if (record, field) in last],
    )
    for tombstone in (False, True):
        store.db.execute(
            f"INSERT OR REPLACE INTO last_written (change, tombstone) SELECT value, {int(tombstone)} FROM json_each(?)",
            [json.dumps([put.change for put in last.values() if put.tombstone is tombstone])],
        )
    touched = json.dumps(list({put.change // PLACES for put in last.values()}))
    store.db.execute(f"UPDATE touches SET at = ? WHERE id IN ({ANY.format('?')})", [seconds(now), touched])


def keep(store: Store, where: str, arguments: Any) -> None:
    """Values of changes that are about to be blanked stay as what fields hold; ``where``: SQL over ``last_written``."""
    after = "(SELECT after FROM changes WHERE changes.id = last_written.change)"
    store.db.execute(f"UPDATE last_written SET value = {after} WHERE value IS NULL AND {where}", arguments)


def follow(store: Store, *, org: str, object: str, merged: Mapping[str, str]) -> None:
    """What we put into merged-away records, and took back from them, counts for those that they were merged into.

    ``merged``: id → id of the master. What the master has of its own for a field stays; of two that were merged into
    the same one, what was taken back from either goes first.
    """
    ids = json.dumps(list(dict.fromkeys([*merged, *merged.values()])))
    rows = store.rows(f"SELECT change, record, field, tombstone FROM held WHERE {_OF}", org, object, ids)
    taken = {(row["record"], row["field"]) for row in rows}
    order = {id: place for place, id in enumerate(merged)}
    heirs = sorted(
        (row for row in rows if row["record"] in merged),
        key=lambda row: (not row["tombstone"], order[row["record"]]),
    )
    for row in heirs:
        at = (merged[row["record"]], row["field"])
        if at not in taken:
            taken.add(at)
            store.db.execute("UPDATE last_written SET record = ? WHERE change = ?", [at[0], row["change"]])


def latest(store: Store, *, org: str, object: str, ids: Sequence[str]) -> Mapping[str, datetime]:
    """When we last wrote each of these records, to the second; those that we never wrote are absent."""
    found: dict[str, Any] = {}
    # Grouped here: SQLite would go through the whole table to have the records in order.
    for record, at in store.rows(f"SELECT record, at FROM held WHERE {_OF}", org, object, json.dumps(list(ids))):
        found[record] = max(at, found.get(record, at))
    return {record: at for record, moment in found.items() if (at := unstamp(moment)) is not None}


def last_written(store: Store, *, org: str, object: str, ids: Sequence[str]) -> Mapping[str, Mapping[str, Written]]:
    """What we last put into each field, by record id."""
    found: dict[str, dict[str, Written]] = {}
    sql = f"SELECT record, field, value, tombstone FROM held WHERE {_OF}"
    for row in store.rows(sql, org, object, json.dumps(list(ids))):
        last = Written(value_of(row["value"]), bool(row["tombstone"]))
        found.setdefault(row["record"], {})[row["field"]] = last
    return found
