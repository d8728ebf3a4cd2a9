"""What was spent, told by the ledger, and what Lusha said of the balance over time. Reads only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.store.db import Store, stamp, unstamp

UNSPLIT = "unsplit"
"""Credits of bookings that do not tell what was bought: older ones, and those settled after a doubt."""
_SETTLED = "ledger WHERE key = ? AND state = 'settled' AND at >= ?"


@dataclass(frozen=True, slots=True)
class Word:
    """What Lusha said of the balance, and which bookings it may have counted: up to ``last``, less ``in_flight``."""

    remaining: int
    total: int | None
    at: datetime
    last: int
    in_flight: tuple[int, ...] = ()


def charged(store: Store, key: str, *, since: datetime) -> int:
    """Credits of all settled bookings; what is open is told by ``open_credits``."""
    return int(store.rows(f"SELECT coalesce(sum(charged), 0) FROM {_SETTLED}", key, stamp(since))[0][0])


def open_credits(store: Store, key: str) -> dict[str, int]:
    """The worst case of the bookings in flight (``reserved``) and of those in doubt (``doubtful``)."""
    rows = store.rows("SELECT state, sum(worst) FROM ledger WHERE key = ? AND state <> 'settled' GROUP BY state", key)
    return {"reserved": 0, "doubtful": 0, **{row["state"]: row[1] for row in rows}}


def by_mapping(store: Store, key: str, *, since: datetime) -> list[dict[str, Any]]:
    """Credits charged by org and mapping."""
    rows = store.rows(
        f"SELECT org, mapping, sum(charged) AS charged FROM {_SETTLED} GROUP BY org, mapping ORDER BY org, mapping",
        key,
        stamp(since),
    )
    return [dict(row) for row in rows]


def by_run(store: Store, key: str, *, since: datetime, limit: int) -> list[dict[str, Any]]:
    """Credits charged by each of the latest runs that booked something, newest first."""
    rows = store.rows(
        "SELECT runs.id AS run, runs.org, runs.mapping, started_at, status, charged FROM runs JOIN"
        f" (SELECT run, sum(charged) AS charged FROM {_SETTLED} GROUP BY run) AS spent ON spent.run = runs.id"
        " ORDER BY runs.id DESC LIMIT ?",
        key,
        stamp(since),
        limit,
    )
    return [dict(row) for row in rows]


def by_datum(store: Store, key: str, *, since: datetime) -> dict[str, int]:
    """Credits charged by what was bought, most first; what bookings do not tell is ``unsplit``."""
    rows = store.rows(
        "SELECT part.key, sum(part.value) FROM ledger, json_each(ledger.data) AS part"
        " WHERE ledger.key = ? AND ledger.state = 'settled' AND ledger.at >= ? GROUP BY part.key",
        key,
        stamp(since),
    )
    parts = {str(row[0]): int(row[1]) for row in rows}
    parts[UNSPLIT] = charged(store, key, since=since) - sum(parts.values())
    ranked = sorted(parts.items(), key=lambda part: (part[0] == UNSPLIT, -part[1], part[0]))
    return {datum: credits for datum, credits in ranked if credits}


def first_charge(store: Store, key: str) -> datetime | None:
    """When this key was charged for the first time."""
    return unstamp(store.rows("SELECT min(at) FROM ledger WHERE key = ? AND charged > 0", key)[0][0])


def words(store: Store, key: str, *, since: datetime) -> list[Word]:
    """Lusha's words on the balance from ``since`` on, oldest first; the last one is its latest."""
    rows = store.rows("SELECT * FROM account_history WHERE key = ? AND at >= ? ORDER BY id", key, stamp(since))
    latest = "SELECT * FROM accounts WHERE key = ? AND at >= ? AND remaining IS NOT NULL"
    told = [_word(row) for row in (*rows, *store.rows(latest, key, stamp(since)))]
    return [word for place, word in enumerate(told) if word not in told[:place]]


def booked_between(store: Store, key: str, earlier: Word, later: Word) -> tuple[int, int]:
    """What ``later`` has counted and ``earlier`` has not: (credits booked, of these and others not certain).

    Not certain is a booking that was in flight at either word, which may have been counted there already, and one
    in doubt, which may not have been charged.
    """
    flights = [json.dumps(word.in_flight) for word in (earlier, later)]
    between = "id <= ? AND id NOT IN later AND (id > ? OR id IN earlier)"
    rows = store.rows(
        "WITH earlier AS (SELECT value FROM json_each(?)), later AS (SELECT value FROM json_each(?))"
        f" SELECT coalesce(sum(CASE WHEN {between} THEN coalesce(charged, worst) END), 0),"
        f" coalesce(sum(CASE WHEN id IN earlier OR id IN later OR (state = 'doubtful' AND {between})"
        " THEN coalesce(charged, worst) END), 0) FROM ledger WHERE +key = ?"  # by their ids: a few, of ever so many
        " AND ((id > ? AND id <= ?) OR id IN earlier OR id IN later)",
        *flights,
        *(later.last, earlier.last) * 2,
        key,
        earlier.last,
        later.last,
    )
    return int(rows[0][0]), int(rows[0][1])


def _word(row: Any) -> Word:
    at = unstamp(row["at"])
    assert at is not None
    in_flight: Sequence[int] = json.loads(row["in_flight"])
    return Word(row["remaining"], row["total"], at, row["ledger_id"], tuple(in_flight))
