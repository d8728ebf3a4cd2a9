"""The review list: values and matches for a person to decide on. Nothing of it is written before that."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as field_
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from connector.store.db import Store, stamp
from connector.store.ledger import Paid

if TYPE_CHECKING:
    from connector.models import Change, Value

Kind = Literal["value", "match"]
MATCH = ""
"""The field of a suggestion about the whole record: is this answer about it?"""
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value for a person to decide on; nothing writes it. ``paid``: the datum that it came with, and the ledger row
    that paid for it. ``identity``: the values that identified the record, by field path."""

    record: str
    change: Change
    lusha_id: str
    paid: Paid | None = None
    identity: Mapping[str, Value] = field_(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """An answer that may be about somebody else than the record, and why."""

    record: str
    lusha_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the review list. ``kind`` match: ``proposed`` is the Lusha id of an answer that may be about
    somebody else; ``field`` is empty then."""

    id: int
    kind: Kind
    run: int
    org: str
    object: str
    record: str
    field: str
    current: Value
    proposed: Value
    reason: str
    attribute: str
    lusha_id: str | None
    state: str
    at: str
    paid: Paid | None = None
    identity: Mapping[str, Value] = field_(default_factory=dict)


def suggest(store: Store, *, run: int, org: str, object: str, suggestions: Iterable[Suggestion], now: datetime) -> int:
    """Put values on the review list; a newer suggestion replaces an open one, a decided one stays decided. Returns how
    many of them stand on the list now."""
    return _put(store, "value", [run, org, object], suggestions, now)


def doubt(store: Store, *, run: int, org: str, object: str, matches: Iterable[Match], now: datetime) -> None:
    """Put matches on the review list."""
    from connector.models import Change  # who reads the list need not wait for all values

    doubted = [
        Suggestion(one.record, Change(MATCH, None, one.lusha_id, one.reason, "id", "suggest"), one.lusha_id)
        for one in matches
    ]
    _put(store, "match", [run, org, object], doubted, now)


def _put(store: Store, kind: Kind, place: Sequence[Any], some: Iterable[Suggestion], now: datetime) -> int:
    """How many stand on the list now: what a person decided on does not."""
    at = stamp(now)
    cursor = store.db.executemany(
        "INSERT INTO suggestions (run, org, object, record, field, current, proposed, reason, attribute, lusha_id, at,"
        " kind, datum, entry, identity) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (org, object, record, field) DO UPDATE SET"
        " run = excluded.run, current = excluded.current, proposed = excluded.proposed, reason = excluded.reason,"
        " attribute = excluded.attribute, lusha_id = excluded.lusha_id, at = excluded.at, datum = excluded.datum,"
        " entry = excluded.entry, identity = excluded.identity, state = 'open'"
        " WHERE state IN ('open', 'settled') OR proposed <> excluded.proposed",
        [
            (*place, one.record, change.field, json.dumps(change.before), json.dumps(change.after), change.reason,
             change.attribute, one.lusha_id, at, kind, *(one.paid or (None, None)), json.dumps(dict(one.identity)))
            for one in some
            if (change := one.change)
        ],
    )  # fmt: skip
    return max(cursor.rowcount, 0)  # -1 where there was nothing to put


def earlier(store: Store, *, run: int, org: str, object: str, records: Sequence[str]) -> list[Listed]:
    """The open values of these records that runs before this one proposed."""
    found = []
    for start in range(0, len(records), _CHUNK):
        chunk = records[start : start + _CHUNK]
        sql = (
            "SELECT * FROM suggestions WHERE org = ? AND object = ? AND state = 'open' AND run < ?"
            f" AND kind = 'value' AND record IN ({', '.join('?' * len(chunk))})"
        )
        found += [_listed(row) for row in store.rows(sql, org, object, run, *chunk)]
    return found


def proposed(store: Store, *, org: str, object: str, records: Sequence[str]) -> dict[str, frozenset[str]]:
    """The fields of which a value waits for a person's word or has had it, by record."""
    found: dict[str, frozenset[str]] = {}
    for start in range(0, len(records), _CHUNK):
        chunk = records[start : start + _CHUNK]
        sql = (
            "SELECT record, field FROM suggestions WHERE org = ? AND object = ? AND kind = 'value'"
            f" AND state IN ('open', 'accepted', 'rejected') AND record IN ({', '.join('?' * len(chunk))})"
        )
        for row in store.rows(sql, org, object, *chunk):
            found[row["record"]] = found.get(row["record"], frozenset()) | {row["field"]}
    return found


def decide(store: Store, ids: Iterable[int], state: str) -> None:
    """Accepted or rejected by a person, or settled: the record or Lusha moved on."""
    store.db.executemany("UPDATE suggestions SET state = ? WHERE id = ?", [(state, id) for id in ids])


def purge(store: Store, *, before: datetime) -> int:
    """Retention: drop old values that were accepted or overtaken. What a person turned down is remembered, so that it
    is not proposed again, and what waits for them stays."""
    return store.db.execute(
        "DELETE FROM suggestions WHERE at < ? AND kind = 'value' AND state IN ('accepted', 'settled')", [stamp(before)]
    ).rowcount


def decided_matches(store: Store, *, org: str, object: str, records: Sequence[str]) -> dict[str, tuple[str, str]]:
    """(Lusha id, accepted | rejected) of matches that a person decided on, by record."""
    found = {}
    for start in range(0, len(records), _CHUNK):
        chunk = records[start : start + _CHUNK]
        sql = (
            "SELECT record, lusha_id, state FROM suggestions WHERE org = ? AND object = ? AND kind = 'match'"
            f" AND state IN ('accepted', 'rejected') AND record IN ({', '.join('?' * len(chunk))})"
        )
        for row in store.rows(sql, org, object, *chunk):
            found[row["record"]] = (row["lusha_id"], row["state"])
    return found


def listed(
    store: Store,
    *,
    ids: Collection[int] = (),
    orgs: Collection[str] = (),
    fields: Collection[str] = (),
    records: Collection[str] = (),
    limit: int | None = None,
) -> list[Listed]:
    """Open suggestions, oldest first, narrowed."""
    where, arguments = _narrowed(ids, orgs, fields, records)
    sql = f"SELECT * FROM suggestions WHERE {where} ORDER BY id"
    rows = store.rows(sql if limit is None else f"{sql} LIMIT {limit}", *arguments)
    return [_listed(row) for row in rows]


def count(
    store: Store,
    *,
    orgs: Collection[str] = (),
    fields: Collection[str] = (),
    records: Collection[str] = (),
) -> int:
    """How many suggestions are open, narrowed."""
    where, arguments = _narrowed((), orgs, fields, records)
    return int(store.rows(f"SELECT count(*) FROM suggestions WHERE {where}", *arguments)[0][0])


def _narrowed(
    ids: Collection[int], orgs: Collection[str], fields: Collection[str], records: Collection[str]
) -> tuple[str, list[Any]]:
    where, arguments = ["state = 'open'"], list[Any]()
    for column, values in (("id", ids), ("org", orgs), ("field", fields), ("record", records)):
        if values:
            where.append(f"{column} IN ({', '.join('?' * len(values))})")
            arguments += values
    return " AND ".join(where), arguments


def of_record(store: Store, *, org: str, object: str, record: str) -> list[Listed]:
    """Everything that was ever proposed for a record and not replaced since, whatever became of it."""
    sql = "SELECT * FROM suggestions WHERE org = ? AND object = ? AND record = ? ORDER BY id"
    return [_listed(row) for row in store.rows(sql, org, object, record)]


def counted_by_run(store: Store, run: int) -> dict[str, int]:
    """How many values of each field a run put on the review list."""
    sql = "SELECT field, count(*) AS n FROM suggestions WHERE run = ? AND kind = 'value' GROUP BY field ORDER BY field"
    return {row["field"]: row["n"] for row in store.rows(sql, run)}


def _listed(row: Any) -> Listed:
    return Listed(
        row["id"],
        row["kind"],
        row["run"],
        row["org"],
        row["object"],
        row["record"],
        row["field"],
        json.loads(row["current"] or "null"),
        json.loads(row["proposed"] or "null"),
        row["reason"],
        row["attribute"],
        row["lusha_id"],
        row["state"],
        row["at"],
        (row["datum"], row["entry"]) if row["entry"] is not None else None,
        json.loads(row["identity"] or "{}"),
    )
