"""What each mapping's attempts at records leave: until when they rest, and for whom of them the time has come.

A row is of one mapping, by its name (its path as the config spells it), and one record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.store import scopes
from connector.store.db import Store, seconds
from connector.store.records import Outcome, joined
from connector.store.scopes import AIM, AIMS, SCOPE

_PAGE = 500
_OF_MAPPING = f"aim = {AIM}"


@dataclass(frozen=True, slots=True)
class Rest:
    """How long a record rests after an attempt: until it is stale, or may be tried again."""

    retry_after: timedelta = timedelta(days=30)
    stale_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """The end of one attempt at a record; ``counts`` False leaves it due (a conflict is tried next time).

    ``answered``: when Lusha gave the answer that a match rests on; None = now. ``lacking``: whether a field that makes
    the record due may still be blank. The others: ``store.records.Tried``.
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

    def enriched(self, now: datetime) -> int | None:
        """When Lusha had an answer for it, as the state file has it; None where this attempt brought none."""
        return seconds(self.answered or now) if self.counts and self.outcome == "matched" else None


def stale_ids(store: Store, *, org: str, object: str, mapping: str, before: datetime) -> Iterator[Sequence[str]]:
    """Ids of records that the mapping enriched last before a moment, in pages.

    Keyset paging: rows that are refreshed meanwhile neither repeat nor hide others.
    """
    last = ""
    sql = f"SELECT id FROM attempts WHERE {_OF_MAPPING} AND last_enriched < ? AND id > ? ORDER BY id LIMIT {_PAGE}"
    while rows := store.rows(sql, org, object, mapping, seconds(before), last):
        last = rows[-1]["id"]
        yield [row["id"] for row in rows]


def due_ids(store: Store, *, org: str, object: str, mapping: str, now: datetime) -> Sequence[str]:
    """Ids of records that may be due again by ``now`` though nobody touched them."""
    sql = f"SELECT id FROM attempts WHERE {_OF_MAPPING} AND next_due <= ?"
    return [row["id"] for row in store.rows(sql, org, object, mapping, seconds(now))]


def parked_ids(store: Store, *, org: str, object: str, mapping: str) -> Sequence[str]:
    """Ids of the records that the CRM refused."""
    sql = f"SELECT id FROM attempts WHERE {_OF_MAPPING} AND parked IS NOT NULL ORDER BY id"
    return [row["id"] for row in store.rows(sql, org, object, mapping)]


def notice(
    store: Store,
    *,
    org: str,
    object: str,
    mapping: str,
    answered: Mapping[str, datetime],
    fields: frozenset[str],
    rest: Rest,
) -> None:
    """Remember until when records rest that another state file enriched, or an older release, and in which something
    is blank. ``answered``: when they were enriched, by id.

    Their own rows are left without a time of enrichment: for the other mappings the stamp still tells it.
    """
    if not answered:
        return
    scope, aim = scopes.scope(store, org, object), scopes.aim(store, org, object, mapping)
    covered = _covered(store, [fields])[fields]
    pause = min(rest.retry_after, rest.stale_after or rest.retry_after)
    told = [(id, seconds(at), seconds(at + pause)) for id, at in answered.items()]
    store.db.executemany(
        "INSERT OR IGNORE INTO records (scope, id, fingerprint, outcome, last_seen) VALUES (?, ?, '', 'matched', ?)",
        [(scope, id, at) for id, at, _ in told],
    )
    store.db.executemany(
        "INSERT INTO attempts (aim, id, fingerprint, covered, outcome, last_enriched, next_due)"
        " VALUES (?, ?, '', ?, 'matched', ?, ?) ON CONFLICT (aim, id)"
        " DO UPDATE SET next_due = excluded.next_due WHERE next_due IS NULL OR next_due > excluded.next_due",
        [(aim, id, covered, at, due) for id, at, due in told],
    )


def save(
    store: Store, *, org: str, object: str, mapping: str, attempts: Iterable[Attempt], now: datetime, rest: Rest
) -> None:
    """Write how attempts ended. A match sets ``last_enriched``; what counts as an attempt starts the back-off, for as
    long as ``rest`` says."""
    ended, moment = list(attempts), seconds(now)
    if not ended:
        return
    scope, aim = scopes.scope(store, org, object), scopes.aim(store, org, object, mapping)
    covered = _covered(store, (a.fields for a in ended))
    store.db.executemany(
        "INSERT INTO records (scope, id, lusha_id, fingerprint, outcome, reason, last_seen, last_enriched)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (scope, id) DO UPDATE SET"
        " lusha_id = coalesce(excluded.lusha_id, lusha_id), fingerprint = excluded.fingerprint,"
        " outcome = excluded.outcome, reason = excluded.reason, last_seen = excluded.last_seen,"
        " last_enriched = nullif(max(coalesce(excluded.last_enriched, 0), coalesce(last_enriched, 0)), 0)",
        [(scope, a.id, a.lusha_id, a.fingerprint, a.outcome, a.reason, moment, a.enriched(now)) for a in ended],
    )  # fmt: skip
    store.db.executemany(
        "INSERT INTO attempts (aim, id, fingerprint, covered, outcome, last_attempt, last_enriched, parked, next_due,"
        " lusha_id, tries) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"
        " ON CONFLICT (aim, id) DO UPDATE SET fingerprint = excluded.fingerprint,"
        " covered = excluded.covered, outcome = excluded.outcome, parked = excluded.parked,"
        " next_due = excluded.next_due, last_attempt = coalesce(excluded.last_attempt, last_attempt),"
        " last_enriched = coalesce(excluded.last_enriched, last_enriched),"
        " lusha_id = coalesce(excluded.lusha_id, lusha_id), tries = tries + 1",
        [
            (aim, a.id, a.fingerprint, covered[a.fields], a.outcome, moment if a.counts else None,
             a.enriched(now), a.parked, seconds(due) if (due := a.next_due(now, rest)) else None, a.lusha_id)
            for a in ended
        ],
    )  # fmt: skip


def put_off(
    store: Store, *, org: str, object: str, mapping: str, until: Mapping[str, datetime | None], now: datetime
) -> None:
    """Ask for records whose time has come ``now`` at another one; None: not before somebody touches them."""
    store.db.executemany(
        f"UPDATE attempts SET next_due = ? WHERE {_OF_MAPPING} AND id = ? AND next_due <= ?",
        [(seconds(at) if at else None, org, object, mapping, id, seconds(now)) for id, at in until.items()],
    )


def wake(store: Store, *, org: str, object: str, id: str) -> None:
    """Let a record rest no longer: the next run of each mapping takes it as if none of its fields had been tried."""
    none = frozenset[str]()
    store.db.execute(
        f"UPDATE attempts SET covered = ?, next_due = (SELECT last_seen FROM records WHERE scope = {SCOPE}"
        f" AND records.id = attempts.id) WHERE aim IN {AIMS} AND id = ?",
        [_covered(store, [none])[none], org, object, org, object, id],
    )


def _covered(store: Store, every: Iterable[frozenset[str]]) -> dict[frozenset[str], int]:
    """The number of each set of fields; those that are new get one."""
    names = {fields: joined(fields) for fields in every}
    store.db.executemany("INSERT OR IGNORE INTO field_sets (fields) VALUES (?)", [(n,) for n in names.values()])
    sql = "SELECT id FROM field_sets WHERE fields = ?"
    return {fields: int(store.rows(sql, name)[0]["id"]) for fields, name in names.items()}
