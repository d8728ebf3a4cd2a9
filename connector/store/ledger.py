"""Credits: reserved before a request, settled from what Lusha says it charged.

A row is ``reserved`` (request in flight) → ``settled``, or → ``doubtful`` when no readable answer came: its worst
case then stays booked. Every limit counts ``charged`` where it is known and ``worst`` where it is not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connector.store.balances import certain_balance
from connector.store.db import Store, stamp

_DAY = len("2026-11-23")
Paid = tuple[str, int]
"""A datum, and the row of the booking that brought it."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """On whose behalf credits are spent."""

    key: str
    invocation: str
    run: int
    org: str
    mapping: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A request that may have been charged: ``request`` is what was asked."""

    id: int
    action: str
    worst: int
    request: Mapping[str, Any]


def reserve(
    store: Store,
    purpose: Purpose,
    *,
    action: str,
    items: int,
    worst: int,
    request: Mapping[str, Any],
    now: datetime,
) -> int:
    """Book the worst case of one request; call it inside the transaction that checked the limits.

    The row keeps what the account was expected to hold right before it, where that is certain.
    """
    values = [
        purpose.key,
        purpose.invocation,
        purpose.run,
        purpose.org,
        purpose.mapping,
        action,
        items,
        worst,
        certain_balance(store, purpose.key),
    ]
    cursor = store.db.execute(
        "INSERT INTO ledger (key, invocation, run, org, mapping, action, items, worst, balance, state, request, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'reserved', ?, ?)",
        [*values, json.dumps(request), stamp(now)],
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def settle(
    store: Store,
    entry: int,
    *,
    charged: int | None,
    now: datetime,
    data: Mapping[str, int] | None = None,
    brought: Mapping[str, int] | None = None,
    estimated: bool = False,
) -> None:
    """Book what was charged (None: Lusha did not say, the worst case stays). What was asked is forgotten.

    ``data``: the credits of each datum, in all what is booked; None where that is not known. ``brought``: for how many
    profiles each datum came. ``estimated``: it was computed, not told, and ``true_up`` may correct it; a charge that
    Lusha did not tell is an estimate too.
    """
    store.db.execute(
        "UPDATE ledger SET state = 'settled', charged = coalesce(?, worst), data = ?, brought = ?, estimated = ?,"
        " request = NULL, settled_at = ? WHERE id = ?",
        [charged, _json(data), _json(brought), estimated or charged is None, stamp(now), entry],
    )


def doubt(store: Store, entry: int) -> None:
    """No readable answer came: the worst case stays booked until it is resolved."""
    store.db.execute("UPDATE ledger SET state = 'doubtful' WHERE id = ?", [entry])


def doubts(store: Store, *, key: str, org: str, before: datetime | None = None) -> list[Doubt]:
    """Requests of this org's runs without an outcome (booked before a time); where the caller holds the lease, none of
    them is in flight.
    """
    where, arguments = "key = ? AND org = ? AND run > 0", [key, org]
    if before is None:
        return _open(store, where, *arguments)
    return _open(store, f"{where} AND at < ?", *arguments, stamp(before))


def orgs_in_doubt(store: Store, *, key: str) -> list[str]:
    """The orgs whose runs have requests without an outcome."""
    sql = "SELECT DISTINCT org FROM ledger WHERE key = ? AND run > 0 AND state <> 'settled' ORDER BY org"
    return [row["org"] for row in store.rows(sql, key)]


def doubts_by_hand(store: Store, *, key: str) -> list[Doubt]:
    """Requests of nobody's run without an outcome; the caller holds the key, so none of them is in flight."""
    return _open(store, "key = ? AND run = 0", key)


def _open(store: Store, where: str, *arguments: object) -> list[Doubt]:
    sql = f"SELECT id, action, worst, request FROM ledger WHERE {where} AND state <> 'settled'"
    rows = store.rows(f"{sql} ORDER BY id", *arguments)
    return [Doubt(row["id"], row["action"], row["worst"], json.loads(row["request"])) for row in rows]


def booked(
    store: Store,
    *,
    key: str,
    org: str | None = None,
    invocation: str | None = None,
    since: datetime | None = None,
) -> int:
    """Credits charged or reserved with this key, narrowed to an org, an invocation, days (UTC) from ``since`` on."""
    where, arguments = ["key = ?"], [key]
    for column, value in (("org", org), ("invocation", invocation)):
        if value is not None:
            where.append(f"{column} = ?")
            arguments.append(value)
    if since is not None:
        where.append("day >= ?")
        arguments.append(stamp(since)[:_DAY])
    [[booked]] = store.rows(f"SELECT coalesce(sum(booked), 0) FROM bookings WHERE {' AND '.join(where)}", *arguments)
    return int(booked)


def booked_by_run(store: Store, run: int) -> tuple[int, int]:
    """(reserved at worst, charged) of one run."""
    sql = "SELECT coalesce(sum(worst), 0), coalesce(sum(booked), 0) FROM bookings WHERE run = ?"
    [[worst, charged]] = store.rows(sql, run)
    return int(worst), int(charged)


def _json(data: Mapping[str, int] | None) -> str | None:
    return None if data is None else json.dumps(data)


def start_of_day(now: datetime) -> datetime:
    """Midnight UTC: where ``per_day`` begins."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def start_of_month(now: datetime) -> datetime:
    """The first of the month, midnight UTC: where ``per_month`` begins."""
    return start_of_day(now) - timedelta(days=now.day - 1)
