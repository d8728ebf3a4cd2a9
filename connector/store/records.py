"""What we know of each CRM record: who it is to Lusha, when we last tried, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from connector.store.db import Store, stamp, unstamp

Outcome = Literal["matched", "no_match", "review", "restricted", "rejected", "unsent", "conflict", "gone"]
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class RecordState:
    """One record's row.

    ``fingerprint``: a mark over every identity spelling of the record, before and after our own writes (a search
    index may still show what was before); blank = not known. ``fields`` are the mapped fields that attempts have
    covered; ``last_enriched`` is the last time Lusha had an answer for it. ``parked``: the mark of the record and the
    mapping when the CRM refused it; while it is the same, the CRM would refuse it again. ``next_due``: when it may be
    due again though nobody touches it; None: not before somebody does.
    """

    id: str
    lusha_id: str | None
    fingerprint: str
    fields: frozenset[str]
    outcome: Outcome
    reason: str | None
    last_attempt: datetime | None
    last_enriched: datetime | None
    parked: str | None = None
    next_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """How long a record rests after an attempt: until it is stale, or may be tried again."""

    retry_after: timedelta = timedelta(days=30)
    stale_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """The end of one attempt at a record; ``counts`` False leaves it due (a conflict is tried next time).

    ``answered``: when Lusha gave the answer that a match rests on; None = now. ``lacking``: whether a field that makes
    the record due may still be blank.
    """

    id: str
    outcome: Outcome
    fingerprint: str
    fields: frozenset[str]
    lusha_id: str | None = None
    reason: str | None = None
    counts: bool = True
    answered: datetime | None = None
    parked: str | None = None
    lacking: bool = True

    def next_due(self, now: datetime, rest: Rest) -> datetime | None:
        """When the record may be due again by the time alone."""
        if not self.counts:
            return now
        if self.outcome == "restricted":  # suppressed for good
            return None
        again = [now + rest.retry_after] if self.lacking or self.outcome != "matched" else []
        if self.outcome == "matched" and rest.stale_after is not None:
            again.append((self.answered or now) + rest.stale_after)
        return min(again, default=None)


def known(store: Store, *, org: str, object: str, ids: Sequence[str]) -> Mapping[str, RecordState]:
    """The rows of these records, by id; records never seen are absent."""
    found: dict[str, RecordState] = {}
    for chunk in _chunks(ids):
        marks = ", ".join("?" * len(chunk))
        sql = f"SELECT * FROM records WHERE org = ? AND object = ? AND id IN ({marks})"
        for row in store.rows(sql, org, object, *chunk):
            found[row["id"]] = RecordState(
                row["id"],
                row["lusha_id"],
                row["fingerprint"],
                frozenset(row["fields"].split(",")),
                row["outcome"],
                row["reason"],
                unstamp(row["last_attempt"]),
                unstamp(row["last_enriched"]),
                row["parked"],
                unstamp(row["next_due"]),
            )
    return found


def stale_ids(store: Store, *, org: str, object: str, before: datetime) -> Iterator[Sequence[str]]:
    """Ids that the state alone knows to be stale (a mapping without a time stamp field), in pages.

    Keyset paging: rows that are refreshed meanwhile neither repeat nor hide others.
    """
    last = ""
    while True:
        rows = store.rows(
            "SELECT id FROM records WHERE org = ? AND object = ? AND last_enriched < ? AND id > ? ORDER BY id LIMIT ?",
            org,
            object,
            stamp(before),
            last,
            _CHUNK,
        )
        if not rows:
            return
        last = rows[-1]["id"]
        yield [row["id"] for row in rows]


def due_ids(store: Store, *, org: str, object: str, now: datetime) -> Sequence[str]:
    """Ids of records that may be due again by ``now`` though nobody touched them."""
    sql = "SELECT id FROM records WHERE org = ? AND object = ? AND next_due <= ?"
    return [row["id"] for row in store.rows(sql, org, object, stamp(now))]


def parked_ids(store: Store, *, org: str, object: str) -> Sequence[str]:
    """Ids of the records that the CRM refused."""
    sql = "SELECT id FROM records WHERE org = ? AND object = ? AND parked IS NOT NULL ORDER BY id"
    return [row["id"] for row in store.rows(sql, org, object)]


def notice(store: Store, *, org: str, object: str, attempts: Iterable[Attempt], rest: Rest) -> None:
    """Remember until when records rest that another state file enriched, or an older release: their ``answered``."""
    store.db.conn.executemany(
        "INSERT INTO records (org, object, id, fingerprint, fields, outcome, last_seen, last_enriched, next_due)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (org, object, id) DO UPDATE SET next_due = excluded.next_due"
        " WHERE next_due IS NULL OR next_due > excluded.next_due",
        [
            (org, object, a.id, a.fingerprint, ",".join(sorted(a.fields)), a.outcome, stamp(a.answered),
             stamp(a.answered), stamp(due))
            for a in attempts
            if a.answered is not None and (due := a.next_due(a.answered, rest)) is not None
        ],
    )  # fmt: skip


def save(store: Store, *, org: str, object: str, attempts: Iterable[Attempt], now: datetime, rest: Rest) -> None:
    """Write how attempts ended. A match sets ``last_enriched``; what counts as an attempt starts the back-off, for as
    long as ``rest`` says."""
    moment = stamp(now)
    store.db.conn.executemany(
        "INSERT INTO records (org, object, id, lusha_id, fingerprint, fields, outcome, reason, last_seen,"
        " last_attempt, last_enriched, parked, next_due, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"
        " ON CONFLICT (org, object, id) DO UPDATE SET lusha_id = coalesce(excluded.lusha_id, lusha_id),"
        " fingerprint = excluded.fingerprint, fields = excluded.fields, outcome = excluded.outcome,"
        " reason = excluded.reason, last_seen = excluded.last_seen, parked = excluded.parked,"
        " next_due = excluded.next_due, last_attempt = coalesce(excluded.last_attempt, last_attempt),"
        " last_enriched = coalesce(excluded.last_enriched, last_enriched), attempts = attempts + 1",
        [
            (org, object, a.id, a.lusha_id, a.fingerprint, ",".join(sorted(a.fields)), a.outcome, a.reason, moment,
             moment if a.counts else None, stamp(a.answered or now) if a.counts and a.outcome == "matched" else None,
             a.parked, stamp(due) if (due := a.next_due(now, rest)) else None)
            for a in attempts
        ],
    )  # fmt: skip


def forget_gone(store: Store, *, org: str, object: str, ids: Iterable[str]) -> None:
    """Drop records that the CRM deleted."""
    store.db.conn.executemany(
        "DELETE FROM records WHERE org = ? AND object = ? AND id = ?", [(org, object, id) for id in ids]
    )


def follow(store: Store, *, org: str, object: str, merged: Mapping[str, str]) -> None:
    """How merged-away records were tried counts for the one that is left, unless it was tried itself.

    ``merged``: id → its id. A mark over another identity than it has makes it due all the same.
    """
    store.db.conn.executemany(
        "UPDATE OR IGNORE records SET id = ? WHERE org = ? AND object = ? AND id = ?",
        [(left, org, object, id) for id, left in merged.items()],
    )
    forget_gone(store, org=org, object=object, ids=merged)


def wake(store: Store, *, org: str, object: str, id: str) -> None:
    """Let a record rest no longer: the next run takes it as if none of its fields had been tried."""
    store.db.execute(
        "UPDATE records SET fields = '', next_due = last_seen WHERE org = ? AND object = ? AND id = ?",
        [org, object, id],
    )


def counted(store: Store, *, org: str) -> Mapping[str, int]:
    """How many records of an org ended each way."""
    rows = store.rows("SELECT outcome, count(*) AS n FROM records WHERE org = ? GROUP BY outcome ORDER BY outcome", org)
    return {row["outcome"]: row["n"] for row in rows}


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
