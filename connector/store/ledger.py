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

from connector.models import Account, Price
from connector.store.db import Store, stamp, unstamp

_BOOKED = "SELECT coalesce(sum(coalesce(charged, worst)), 0) FROM ledger WHERE "


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
    """Book the worst case of one request; call it inside the transaction that checked the limits."""
    values = [
        purpose.key,
        purpose.invocation,
        purpose.run,
        purpose.org,
        purpose.mapping,
        action,
        items,
        worst,
    ]
    cursor = store.db.execute(
        "INSERT INTO ledger (key, invocation, run, org, mapping, action, items, worst, state, request, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'reserved', ?, ?)",
        [*values, json.dumps(request), stamp(now)],
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def settle(store: Store, entry: int, *, charged: int | None, now: datetime) -> None:
    """Book what was charged (None: Lusha did not say, the worst case stays). What was asked is forgotten."""
    store.db.execute(
        "UPDATE ledger SET state = 'settled', charged = coalesce(?, worst), request = NULL, settled_at = ?"
        " WHERE id = ?",
        [charged, stamp(now), entry],
    )


def doubt(store: Store, entry: int) -> None:
    """No readable answer came: the worst case stays booked until it is resolved."""
    store.db.execute("UPDATE ledger SET state = 'doubtful' WHERE id = ?", [entry])


def doubts(store: Store, *, key: str, org: str) -> list[Doubt]:
    """Requests of this org without an outcome; the caller holds the lease, so none of them is in flight."""
    rows = store.rows(
        "SELECT id, action, worst, request FROM ledger WHERE key = ? AND org = ?"
        " AND state IN ('reserved', 'doubtful') ORDER BY id",
        key,
        org,
    )
    return [Doubt(row["id"], row["action"], row["worst"], json.loads(row["request"])) for row in rows]


def booked(
    store: Store,
    *,
    key: str,
    org: str | None = None,
    invocation: str | None = None,
    since: datetime | None = None,
) -> int:
    """Credits charged or reserved with this key, narrowed to an org, an invocation, a time."""
    where, arguments = ["key = ?"], [key]
    for column, value in (("org", org), ("invocation", invocation)):
        if value is not None:
            where.append(f"{column} = ?")
            arguments.append(value)
    if since is not None:
        where.append("at >= ?")
        arguments.append(stamp(since))
    return int(store.rows(_BOOKED + " AND ".join(where), *arguments)[0][0])


def booked_by_run(store: Store, run: int) -> tuple[int, int]:
    """(reserved at worst, charged) of one run."""
    row = store.rows(
        "SELECT coalesce(sum(worst), 0), coalesce(sum(coalesce(charged, worst)), 0) FROM ledger WHERE run = ?",
        run,
    )[0]
    return int(row[0]), int(row[1])


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the ledger stood before Lusha was asked: its last booking, and those whose requests were in flight."""

    last: int
    in_flight: tuple[int, ...]


def mark(store: Store, key: str) -> Mark:
    """The ledger as it stands; taken before asking, so that nothing booked meanwhile is thought to be counted."""
    last = store.rows("SELECT coalesce(max(id), 0) FROM ledger WHERE key = ?", key)[0][0]
    open_rows = store.rows("SELECT id FROM ledger WHERE key = ? AND state = 'reserved'", key)
    return Mark(int(last), tuple(row["id"] for row in open_rows))


def save_account(store: Store, key: str, account: Account, *, asked: Mark, now: datetime) -> None:
    """Keep Lusha's word on the balance, and where the ledger stood when it was asked."""
    prices = {name: [price.credits, price.per] for name, price in account.prices.items()}
    store.db.execute(
        "INSERT OR REPLACE INTO accounts (key, remaining, total, used, prices, at, ledger_id, in_flight)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [key, account.remaining, account.total, account.used, json.dumps(prices), stamp(now), asked.last,
         json.dumps(asked.in_flight)],
    )  # fmt: skip


def saved_account(store: Store, key: str) -> tuple[Account, datetime] | None:
    """The account as Lusha last told it, and when."""
    for row in store.rows("SELECT * FROM accounts WHERE key = ?", key):
        prices = {name: Price(*pair) for name, pair in json.loads(row["prices"]).items()}
        at = unstamp(row["at"])
        assert at is not None
        return Account(row["remaining"], row["total"], row["used"], prices), at
    return None


def balance(store: Store, key: str) -> int | None:
    """Lusha's last word on the balance, less all that it may not have counted yet; None if it never told."""
    since = "(ledger.id > accounts.ledger_id OR ledger.id IN (SELECT value FROM json_each(accounts.in_flight)))"
    sql = f"SELECT remaining - ({_BOOKED} ledger.key = accounts.key AND {since}) FROM accounts"
    rows = store.rows(sql + " WHERE key = ? AND remaining IS NOT NULL", key)
    return int(rows[0][0]) if rows else None


def start_of_day(now: datetime) -> datetime:
    """Midnight UTC: where ``per_day`` begins."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def start_of_month(now: datetime) -> datetime:
    """The first of the month, midnight UTC: where ``per_month`` begins."""
    return start_of_day(now) - timedelta(days=now.day - 1)
