"""What a record's saved changes rest on, until they are written: enough to write them in another process, later."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.models import Value
from connector.store.db import ANY, Store, stamp, unstamp
from connector.store.layout import code
from connector.store.records import joined, parted

_NOTHING_WAITS = (
    "NOT EXISTS (SELECT 1 FROM journal WHERE (journal.org, journal.object, journal.record, journal.run) ="
    f" (plans.org, plans.object, plans.record, plans.run) AND +code IN ({code('planned')}, {code('intended')}))"
)


@dataclass(frozen=True, slots=True)
class Basis:
    """Whom a record was matched with, and what it looked like then.

    ``first``: Lusha never had an answer for it before, so its stamps may go alone. ``fingerprint``: the mark over its
    identity spellings. ``fields``: the mapped fields that attempts have covered. ``identity``: the values that
    identified it, by field path. ``answered``: when Lusha gave the answer. ``mark``: what must change before a record
    that the CRM refuses is tried again; it begins with the version that the record was of.
    ``lacking``: whether a field that makes it due stays blank once its changes are written.
    """

    record: str
    lusha_id: str
    first: bool
    fingerprint: str
    fields: frozenset[str]
    identity: Mapping[str, Value]
    answered: datetime
    mark: str
    lacking: bool = True

    def seen_at(self, version: str | None) -> bool:
        """Whether the record was of this version when its changes were planned."""
        return version is not None and self.mark.startswith(f"{version}/")


def save(store: Store, *, run: int, org: str, object: str, bases: Iterable[Basis]) -> None:
    """Keep the bases beside the changes that were just planned."""
    store.db.executemany(
        "INSERT OR REPLACE INTO plans (run, org, object, record, lusha_id, first, fingerprint, fields, identity,"
        " answered, mark, lacking) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (run, org, object, basis.record, basis.lusha_id, int(basis.first), basis.fingerprint,
             joined(basis.fields), json.dumps(dict(basis.identity)), stamp(basis.answered), basis.mark,
             int(basis.lacking))
            for basis in bases
        ],
    )  # fmt: skip


def found(store: Store, run: int, records: Collection[str]) -> Mapping[str, Basis]:
    """The bases of a run's records, by record id."""
    sql = f"SELECT * FROM plans WHERE run = ? AND record IN ({ANY.format('?')})"
    return {row["record"]: _basis(row) for row in store.rows(sql, run, json.dumps(list(records)))}


def _basis(row: Any) -> Basis:
    answered = unstamp(row["answered"])
    assert answered is not None
    return Basis(
        row["record"],
        row["lusha_id"],
        bool(row["first"]),
        row["fingerprint"],
        parted(row["fields"]),
        json.loads(row["identity"]),
        answered,
        row["mark"],
        bool(row["lacking"]),
    )


def drop(store: Store, *, org: str, object: str, records: Sequence[str]) -> None:
    """Forget the bases of records, whoever planned; but those of changes that are still open."""
    store.db.execute(
        f"DELETE FROM plans WHERE org = ? AND object = ? AND record IN ({ANY.format('?')}) AND {_NOTHING_WAITS}",
        [org, object, json.dumps(records)],
    )


def purge(store: Store, *, before: datetime) -> int:
    """Retention: drop the bases of old plans of which nothing waits to be written."""
    return store.db.execute(f"DELETE FROM plans WHERE answered < ? AND {_NOTHING_WAITS}", [stamp(before)]).rowcount
