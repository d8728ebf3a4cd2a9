"""Who wrote what, when, why, from which answer and at what cost: the journal joined with runs and the ledger. Reads
only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from connector.store import records, suggestions
from connector.store.db import Store
from connector.store.layout import PLACES, State, code
from connector.store.records import RecordState, Tried
from connector.store.runs import Kind
from connector.store.shares import share
from connector.store.suggestions import Listed

if TYPE_CHECKING:
    from connector.models import Value

BY_HAND = 0
"""The run of a booking that somebody made by hand."""
_PAGE = 1_000
_TRIED = ("written", "undone", "rejected", "unresolved", "conflict")
_UNDONE_BY = (
    "CASE changes.state WHEN 'undone' THEN (SELECT coalesce(undo.writer, touches.run) FROM changes AS undo"
    f" JOIN touches ON touches.id = undo.id / {PLACES} WHERE undo.reverses = changes.id AND undo.reverses IS NOT NULL"
    f" AND undo.state = {code('written')} ORDER BY undo.id DESC LIMIT 1) END AS undone_by"
)
_TOLD = (
    "SELECT changes.*, runs.kind AS kind, writers.kind AS writer_kind, writers.started_at AS writer_at,"
    f" (SELECT run FROM touches WHERE id = changes.reverses / {PLACES}) AS reverses_run, {_UNDONE_BY},"
    " ledger.run AS paid_run, ledger.at AS paid_at,"
    " ledger.data AS paid_data, ledger.brought AS paid_brought"
    " FROM journal AS changes JOIN runs ON runs.id = changes.run"
    " LEFT JOIN runs AS writers ON writers.id = changes.writer LEFT JOIN ledger ON ledger.id = changes.entry"
)


@dataclass(frozen=True, slots=True)
class Bill:
    """The booking that brought a datum: of which run (BY_HAND: of none), when, and what the datum of this one profile
    cost; None where the ledger does not tell. A datum is paid for once, however many fields and records it fills."""

    datum: str
    run: int
    at: str
    credits: float | None


@dataclass(frozen=True, slots=True)
class Told:
    """One change, and all that is known of it.

    ``run`` planned it; ``writer`` wrote it, or tried to, where that was another one; ``at``: when (UTC), as near as is
    known. ``kept``: whether the values are still there. ``reverses``: the change that it takes back, of run
    ``reverses_run``; ``undone_by``: the run that took this one back. ``paid`` is None where nothing was paid for its
    value, or no booking of it is known.
    """

    id: int
    run: int
    kind: Kind
    writer: int | None
    writer_kind: Kind | None
    at: str
    org: str
    object: str
    record: str
    field: str
    before: Value
    after: Value
    kept: bool
    reason: str
    policy: str
    attribute: str
    state: State
    outcome: str | None
    lusha_id: str | None
    stamp: bool
    reverses: int | None
    reverses_run: int | None
    undone_by: int | None
    paid: Bill | None

    @property
    def written_by(self) -> int | None:
        """The run that wrote it, or tried to; None where nobody did."""
        return self.writer or (self.run if self.state in _TRIED else None)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A field that an undo gave back: no run writes it again. ``run``: the undo; None where that is not known."""

    field: str
    run: int | None
    at: str


@dataclass(frozen=True, slots=True)
class History:
    """One record: what is known of it, what each mapping's attempts left (by name), every change (newest last), what
    was proposed, and what stays undone."""

    org: str
    object: str
    record: str
    state: RecordState | None
    tried: Mapping[str, Tried]
    changes: Sequence[Told]
    suggestions: Sequence[Listed]
    tombstones: Sequence[Tombstone]

    @property
    def untouched(self) -> bool:
        """Whether nothing is known of the record at all."""
        return not (self.state or self.changes or self.suggestions or self.tombstones)


def history(store: Store, *, org: str, object: str, record: str) -> History:
    """Everything that is known of one record."""
    state, tried = records.whole(store, org=org, object=object, id=record)
    proposed = suggestions.of_record(store, org=org, object=object, record=record)
    found = of_record(store, org=org, object=object, record=record)
    return History(org, object, record, state, tried, found, proposed, _tombstones(store, org, object, record))


def of_record(store: Store, *, org: str, object: str, record: str) -> list[Told]:
    """All changes of one record, whoever planned them, newest last."""
    where = "changes.org = ? AND changes.object = ? AND changes.record = ?"
    return [_told(row) for row in store.rows(f"{_TOLD} WHERE {where} ORDER BY changes.id", org, object, record)]


def of_run(store: Store, run: int) -> Iterator[Told]:
    """All changes that a run planned or wrote, in the order they were planned.

    In pages, so that a run of a million changes needs no room: along the ids, which run close together, instead of
    sorting them.
    """
    of_it = (
        f"SELECT min(id) * {PLACES} AS first, max(id + 1) * {PLACES} AS last FROM touches WHERE run = ?"
        " UNION ALL SELECT min(id) AS first, max(id) AS last FROM changes WHERE writer = ?"
    )
    [[first, last]] = store.rows(f"SELECT min(first), max(last) FROM ({of_it})", run, run)
    done = (first or 0) - 1
    where = "changes.id > ? AND changes.id <= ? AND (+changes.run = ? OR +changes.writer = ?)"  # +: no other index
    while rows := store.rows(f"{_TOLD} WHERE {where} ORDER BY changes.id LIMIT {_PAGE}", done, last, run, run):
        yield from map(_told, rows)
        done = rows[-1]["id"]


def _tombstones(store: Store, org: str, object: str, record: str) -> list[Tombstone]:
    sql = "SELECT field, run, at FROM held WHERE org = ? AND object = ? AND record = ? AND tombstone ORDER BY field"
    rows = store.rows(sql, org, object, record)
    return [Tombstone(row["field"], row["run"], row["at"]) for row in rows]


def _told(row: Any) -> Told:
    return Told(
        id=row["id"],
        run=row["run"],
        kind=row["kind"],
        writer=row["writer"],
        writer_kind=row["writer_kind"],
        at=row["writer_at"] or row["at"],
        org=row["org"],
        object=row["object"],
        record=row["record"],
        field=row["field"],
        before=json.loads(row["before"] or "null"),
        after=json.loads(row["after"] or "null"),
        kept=row["before"] is not None or row["after"] is not None,
        reason=row["reason"],
        policy=row["policy"],
        attribute=row["attribute"],
        state=row["state"],
        outcome=row["outcome"],
        lusha_id=row["lusha_id"],
        stamp=bool(row["stamp"]),
        reverses=row["reverses"],
        reverses_run=row["reverses_run"],
        undone_by=row["undone_by"],
        paid=_bill(row),
    )


def _bill(row: Any) -> Bill | None:
    if row["paid_run"] is None or row["datum"] is None:
        return None
    credits = share(_read(row["paid_data"]), _read(row["paid_brought"]), row["datum"])
    return Bill(row["datum"], row["paid_run"], row["paid_at"], credits)


@lru_cache(maxsize=512)
def _read(text: str | None) -> Mapping[str, int] | None:
    """{datum: number} of a booking: thousands of changes share one."""
    return None if text is None else json.loads(text)
