"""Lusha's word on each key's balance, set against the ledger: what is left, what a lost request cost, and what
estimates must be corrected by.

Several processes book and ask at once, so a figure is either exact or not given: what stays booked at its worst costs
room in a budget, what is booked too low breaks it. Credits that somebody else spends meanwhile cannot be told apart;
they only ever raise what is booked. Credits that come are seen by the total, or by a balance that rises.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from connector.store.db import Store, stamp, unstamp
from connector.store.shares import split

if TYPE_CHECKING:
    from connector.models import Account

WORDS_KEPT = 400
"""So many of Lusha's words on the balance are remembered for each key."""
_BOOKED = "coalesce(charged, worst)"
"""Credits charged, or at worst where that is not known."""
_IN_FLIGHT = "ledger.id IN (SELECT value FROM json_each(accounts.in_flight))"
"""Bookings that Lusha's last word on the balance may have counted or not."""
_NOT_COUNTED = f"(ledger.id > accounts.ledger_id OR {_IN_FLIGHT})"
"""Bookings that Lusha's last word on the balance cannot have counted, or may not have."""
_LATER = "FROM accounts CROSS JOIN ledger ON +ledger.key = accounts.key WHERE accounts.key = ? AND"
"""Bookings found by their ids alone (the ``+``): the latest of them, however many this key ever made."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the ledger stood before Lusha was asked: its last booking, and those whose requests were in flight."""

    last: int
    in_flight: tuple[int, ...]


def mark(store: Store, key: str) -> Mark:
    """The ledger as it stands; taken before asking, so that nothing booked meanwhile is thought to be counted."""
    last = store.rows("SELECT id FROM ledger WHERE +key = ? ORDER BY id DESC LIMIT 1", key)
    open_rows = store.rows("SELECT id FROM ledger WHERE key = ? AND state <> 'settled' AND state = 'reserved'", key)
    return Mark(int(last[0]["id"]) if last else 0, tuple(row["id"] for row in open_rows))


def save_account(store: Store, key: str, account: Account, *, asked: Mark, now: datetime) -> None:
    """Keep Lusha's word on the balance, and where the ledger stood when it was asked and when it came.

    What was booked in between may be counted in it or not, as what was in flight. A word that comes later than one
    that was asked for after it is dropped.
    """
    prices = {name: [price.credits, price.per] for name, price in account.prices.items()}
    figures = [key, account.remaining, account.total, account.used]
    with store.transaction():
        if _outdated(store, key, asked):
            return
        later = store.rows("SELECT id FROM ledger WHERE +key = ? AND id > ?", key, asked.last)
        meanwhile = [row["id"] for row in later]
        in_flight = sorted({*asked.in_flight, *meanwhile})
        place = [stamp(now), max([asked.last, *meanwhile]), json.dumps(in_flight)]
        store.db.execute(
            "INSERT OR REPLACE INTO accounts (key, remaining, total, used, prices, at, ledger_id, in_flight, pending)"
            f" VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(sum({_BOOKED}), 0) FROM ledger WHERE +key = ? AND"
            " id IN (SELECT value FROM json_each(?))))",
            [*figures, json.dumps(prices), *place, key, place[-1]],
        )
        if account.remaining is not None:
            _remember(store, figures, place)


def _outdated(store: Store, key: str, asked: Mark) -> bool:
    """Whether the saved word has counted a booking that was not made, or in flight, when this one was asked for.

    What a word has counted only grows with the time of asking.
    """
    sql = (
        f"SELECT 1 {_LATER} (ledger.id > ? OR ledger.id IN (SELECT value FROM json_each(?)))"
        f" AND NOT {_NOT_COUNTED} LIMIT 1"
    )
    return bool(store.rows(sql, key, asked.last, json.dumps(asked.in_flight)))


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
    from connector.models import Account, Price  # what asks for sums alone need not wait for all values

    for row in store.rows("SELECT * FROM accounts WHERE key = ?", key):
        prices = {name: Price(*pair) for name, pair in json.loads(row["prices"]).items()}
        at = unstamp(row["at"])
        assert at is not None
        return Account(row["remaining"], row["total"], row["used"], prices), at
    return None


def balance(store: Store, key: str) -> int | None:
    """Lusha's last word on the balance, less all that it may not have counted yet; None if it never told."""
    sql = "SELECT remaining - pending FROM accounts WHERE key = ? AND remaining IS NOT NULL"
    rows = store.rows(sql, key)
    return int(rows[0][0]) if rows else None


def told_since(store: Store, key: str, entry: int) -> bool:
    """Whether Lusha's last word on the balance came after this booking, and counts it if it was charged."""
    sql = (
        "SELECT 1 FROM accounts WHERE key = ? AND remaining IS NOT NULL AND ledger_id >= ?"
        " AND ? NOT IN (SELECT value FROM json_each(in_flight))"
    )
    return bool(store.rows(sql, key, entry, entry))


def charge_told(store: Store, key: str, entry: int) -> int | None:
    """What a booking in doubt was charged: exactly what the balance fell by since, less what was booked after it.

    None where that is not clear: the balance before it was not certain, another booking is open, one after it is an
    estimate or may be in Lusha's word or not, credits came, or more is gone than this booking can have cost. Call it
    when ``told_since`` holds.
    """
    if _is_unclear(store, key, but=entry) or _estimated(store, key, after=entry) or _credits_came(store, key, entry):
        return None
    row = store.rows(
        "SELECT ledger.worst, ledger.balance - accounts.remaining - (SELECT coalesce(sum(later.charged), 0) FROM ledger"
        " AS later WHERE +later.key = ledger.key AND later.id > ledger.id AND later.id <= accounts.ledger_id) AS fell"
        " FROM ledger JOIN accounts USING (key) WHERE ledger.id = ?",
        entry,
    )[0]
    return row["fell"] if row["fell"] is not None and 0 <= row["fell"] <= row["worst"] else None


def _is_unclear(store: Store, key: str, *, but: int = 0) -> bool:
    """Whether a booking, ``but`` one, leaves open what it took from the balance up to Lusha's last word: it has no
    outcome, or may be in that word or not."""
    is_open = "SELECT 1 FROM ledger WHERE key = ? AND state <> 'settled' AND id <> ? LIMIT 1"
    in_flight = f"SELECT 1 {_LATER} {_IN_FLIGHT} AND (charged > 0 OR estimated) AND ledger.id <> ? LIMIT 1"
    return any(store.rows(sql, key, but) for sql in (is_open, in_flight))


def _estimated(store: Store, key: str, *, after: int) -> bool:
    """Whether a booking after this one, which Lusha's last word counts, is an estimate."""
    sql = (
        "SELECT 1 FROM accounts CROSS JOIN ledger USING (key) WHERE key = ? AND estimated AND ledger.id > ?"
        " AND ledger.id <= accounts.ledger_id LIMIT 1"
    )
    return bool(store.rows(sql, key, after))


def _credits_came(store: Store, key: str, entry: int) -> bool:
    """Whether credits came between Lusha's last word before a booking and its latest, or that is not known."""
    rows = store.rows(
        "SELECT remaining, total FROM account_history WHERE key = ? AND id >="
        " (SELECT max(id) FROM account_history WHERE key = ? AND ledger_id < ?) ORDER BY id",
        key,
        key,
        entry,
    )
    told = [*rows, *store.rows("SELECT remaining, total FROM accounts WHERE key = ?", key)]
    return not rows or any(_raised(*pair) for pair in pairwise((row["remaining"], row["total"]) for row in told))


def _raised(earlier: tuple[int, int | None], later: tuple[int, int | None]) -> bool:
    """Whether credits came, or the plan changed, between two (remaining, total): the fall tells nothing then."""
    return later[0] > earlier[0] or later[1] != earlier[1]


def estimates(store: Store, *, key: str, invocation: str) -> bool:
    """Whether this invocation booked anything that Lusha did not tell exactly."""
    sql = "SELECT 1 FROM ledger WHERE key = ? AND invocation = ? AND estimated LIMIT 1"
    return bool(store.rows(sql, key, invocation))


def true_up(store: Store, *, key: str, told: Account, asked: Mark) -> int:
    """Correct the estimates since Lusha's last word by the balance that it tells now; returns the credits moved.

    Whoever made them: an invocation may have died, or not been told, before it could correct its own; and where two
    overlap, the sum is known and whose part of it is not.
    More is booked (positive) where the account fell by more than was booked since its last word, less where by
    less: over all estimates in proportion, each between nothing and its worst case. What finds no place is drift.
    Nothing moves where it cannot be told whose the difference is (a booking is open, was made since the asking, or may
    be in the last word or not), or where credits came.
    ``asked``: the ledger right before the question; call it before ``save_account``.
    """
    with store.transaction():
        last, expected = saved_account(store, key), balance(store, key)
        if last is None or last[0].remaining is None or expected is None or told.remaining is None:
            return 0
        if _raised((last[0].remaining, last[0].total), (told.remaining, told.total)):
            return 0
        if asked.in_flight or _is_unclear(store, key) or mark(store, key).last > asked.last:
            return 0
        rows = store.rows(
            f"SELECT ledger.id, worst, charged, data {_LATER} {_NOT_COUNTED} AND estimated ORDER BY ledger.id", key
        )
        return _spread(store, rows, expected - told.remaining)


def _spread(store: Store, rows: list[sqlite3.Row], credits: int) -> int:
    """Book so many credits more (or, below 0, fewer) over these rows; returns how many found room.

    Fewer than they hold in all is no correction of theirs: credits must have come.
    """
    room = {str(row["id"]): max(0, row["worst"] - row["charged"]) if credits > 0 else row["charged"] for row in rows}
    moved: int = min(abs(credits), sum(room.values()))
    if credits < -moved:
        return 0
    parts = split(moved, room)
    for row in rows:
        now = row["charged"] + (1 if credits > 0 else -1) * parts.get(str(row["id"]), 0)
        data = json.dumps(split(now, json.loads(row["data"]))) if row["data"] else None
        store.db.execute("UPDATE ledger SET charged = ?, data = ? WHERE id = ?", [now, data, row["id"]])
    return moved if credits > 0 else -moved


def certain_balance(store: Store, key: str) -> int | None:
    """What the account holds now, to the credit, unless somebody else spends; None where that is not known.

    That is where a booking is open, may be in Lusha's last word or not, or was booked since by estimate.
    """
    if _is_unclear(store, key):
        return None
    later = (
        "SELECT 1 FROM accounts CROSS JOIN ledger USING (key) WHERE key = ? AND estimated"
        " AND ledger.id > accounts.ledger_id LIMIT 1"
    )
    return None if store.rows(later, key) else balance(store, key)
