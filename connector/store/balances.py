"""Lusha's word on each key's balance, set against the ledger: what is left, what a lost request cost, and what
estimates must be corrected by.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.models import Account, Price
from connector.store.db import Store, stamp, unstamp
from connector.store.shares import split

WORDS_KEPT = 400
"""So many of Lusha's words on the balance are remembered for each key."""
BOOKED = "SELECT coalesce(sum(coalesce(charged, worst)), 0) FROM ledger WHERE "
"""Credits charged, or at worst where that is not known."""
_NOT_COUNTED = "(ledger.id > accounts.ledger_id OR ledger.id IN (SELECT value FROM json_each(accounts.in_flight)))"
"""Bookings that Lusha's last word on the balance cannot have counted, or may not have."""


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
    figures = [key, account.remaining, account.total, account.used]
    place = [stamp(now), asked.last, json.dumps(asked.in_flight)]
    store.db.execute(
        "INSERT OR REPLACE INTO accounts (key, remaining, total, used, prices, at, ledger_id, in_flight)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [*figures, json.dumps(prices), *place],
    )
    if account.remaining is not None:
        _remember(store, figures, place)


def _remember(store: Store, figures: list[Any], place: list[Any]) -> None:
    """Lusha's word becomes history when it changed, and once a day when it did not."""
    key, day = figures[0], place[0][:10]
    last = store.rows(
        "SELECT remaining, total, used, substr(at, 1, 10) FROM account_history WHERE key = ? ORDER BY id DESC LIMIT 1",
        key,
    )
    if last and list(last[0]) == [*figures[1:], day]:
        return
    store.db.execute(
        "INSERT INTO account_history (key, remaining, total, used, at, ledger_id, in_flight)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [*figures, *place],
    )
    store.db.execute(
        "DELETE FROM account_history WHERE key = ? AND id NOT IN"
        " (SELECT id FROM account_history WHERE key = ? ORDER BY id DESC LIMIT ?)",
        [key, key, WORDS_KEPT],
    )


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
    sql = f"SELECT remaining - ({BOOKED} ledger.key = accounts.key AND {_NOT_COUNTED}) FROM accounts"
    rows = store.rows(sql + " WHERE key = ? AND remaining IS NOT NULL", key)
    return int(rows[0][0]) if rows else None


def told_since(store: Store, key: str, entry: int) -> bool:
    """Whether Lusha's last word on the balance came after this booking, and counts it if it was charged."""
    sql = (
        "SELECT 1 FROM accounts WHERE key = ? AND remaining IS NOT NULL AND ledger_id >= ?"
        " AND ? NOT IN (SELECT value FROM json_each(in_flight))"
    )
    return bool(store.rows(sql, key, entry, entry))


def charge_told(store: Store, key: str, entry: int) -> int | None:
    """What a booking in doubt was charged, by what the balance fell by since; within nothing and its worst case.

    None where that is not clear: the balance before it was not known, or other bookings are open. Call it when
    ``told_since`` holds.
    """
    if store.rows("SELECT 1 FROM ledger WHERE key = ? AND state <> 'settled' AND id <> ? LIMIT 1", key, entry):
        return None
    row = store.rows(
        "SELECT ledger.worst, ledger.balance - accounts.remaining - (SELECT coalesce(sum(later.charged), 0) FROM ledger"
        " AS later WHERE later.key = ledger.key AND later.id > ledger.id AND later.id <= accounts.ledger_id) AS fell"
        " FROM ledger JOIN accounts USING (key) WHERE ledger.id = ?",
        entry,
    )[0]
    return None if row["fell"] is None else max(0, min(row["fell"], row["worst"]))


def estimates(store: Store, *, key: str, invocation: str) -> bool:
    """Whether this invocation booked anything that Lusha did not tell exactly."""
    sql = "SELECT 1 FROM ledger WHERE key = ? AND invocation = ? AND estimated LIMIT 1"
    return bool(store.rows(sql, key, invocation))


def true_up(store: Store, *, key: str, invocation: str, told: int | None, asked: Mark) -> int:
    """Correct this invocation's estimates by the balance that Lusha tells now; returns the credits moved.

    More is booked (positive) where the account fell by more than was booked since its last word, less where by
    less: over all estimates in proportion, each between nothing and its worst case. What finds no place is drift.
    While any booking of the key is open, was made since the asking, or was in flight at the last word, it cannot be
    told whose the difference is, and nothing moves. ``asked``: the ledger right before the question; call it before
    ``save_account``.
    """
    with store.transaction():
        expected = certain_balance(store, key)
        later = store.rows("SELECT 1 FROM ledger WHERE key = ? AND id > ? LIMIT 1", key, asked.last)
        if told is None or expected is None or later or asked.in_flight:
            return 0
        rows = store.rows(
            "SELECT ledger.id, worst, charged, data FROM ledger JOIN accounts USING (key)"
            f" WHERE key = ? AND invocation = ? AND estimated AND {_NOT_COUNTED} ORDER BY ledger.id",
            key,
            invocation,
        )
        return _spread(store, rows, expected - told)


def _spread(store: Store, rows: list[sqlite3.Row], credits: int) -> int:
    """Book so many credits more (or, below 0, fewer) over these rows; returns how many found room."""
    room = {str(row["id"]): max(0, row["worst"] - row["charged"]) if credits > 0 else row["charged"] for row in rows}
    moved: int = min(abs(credits), sum(room.values()))
    parts = split(moved, room)
    for row in rows:
        now = row["charged"] + (1 if credits > 0 else -1) * parts.get(str(row["id"]), 0)
        data = json.dumps(split(now, json.loads(row["data"]))) if row["data"] else None
        store.db.execute("UPDATE ledger SET charged = ?, data = ? WHERE id = ?", [now, data, row["id"]])
    return moved if credits > 0 else -moved


def certain_balance(store: Store, key: str) -> int | None:
    """The balance, where no booking is open, and none was in flight at Lusha's last word that it may have counted."""
    unsure = store.rows(
        "SELECT 1 FROM ledger JOIN accounts USING (key) WHERE key = ? AND (state <> 'settled'"
        " OR (charged > 0 AND ledger.id IN (SELECT value FROM json_each(accounts.in_flight)))) LIMIT 1",
        key,
    )
    return None if unsure else balance(store, key)
