"""Paid answers and who is who: profiles and identities belong to the Lusha key, suppressions to everybody."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import NamedTuple

from connector.models import Entity
from connector.store.db import Store, moment, seconds, stamp, unstamp

_CHUNK = 500
_KEPT = 512
"""Purchases kept as they are spelled: all profiles of a request came by the same."""
_BOOK = "(SELECT id FROM books WHERE key = ? AND entity = ?)"
PEOPLE = "book IN (SELECT id FROM books WHERE entity = 'person')"
"""Profiles and identities of people, with whatever key."""


class SavedProfile(NamedTuple):
    """A profile as stored (``body``: JSON, ``packed``), when its preview was last seen and when each datum was bought.

    ``bought``: the ledger row of the booking that last brought each datum; ``search`` for the preview.
    """

    lusha_id: str
    body: bytes
    seen_at: datetime
    revealed_at: Mapping[str, datetime]
    bought: Mapping[str, int] = MappingProxyType({})

    def holds(self, data: AbstractSet[str], since: datetime | None) -> bool:
        """Whether its preview and all of these paid data are from ``since`` on; None: from whenever."""
        if not data <= self.revealed_at.keys():
            return False
        moments = [self.seen_at, *(self.revealed_at[datum] for datum in data)]
        return since is None or min(moments) >= since


class Known(NamedTuple):
    """What the last search said of one spelling: a Lusha id, or None for no match."""

    lusha_id: str | None
    at: datetime


def profiles(store: Store, *, key: str, entity: Entity, ids: Iterable[str]) -> Mapping[str, SavedProfile]:
    """Saved profiles by Lusha id."""
    sql = (
        "SELECT lusha_id, seen_at, revealed, bought, body FROM profiles JOIN purchases ON purchases.id = purchase"
        f" WHERE book = {_BOOK} AND lusha_id IN"
    )
    return {
        row["lusha_id"]: SavedProfile(
            row["lusha_id"], row["body"], moment(row["seen_at"]), _revealed(row["revealed"]), _bought(row["bought"])
        )
        for row in _by_chunks(store, sql, [key, entity], ids)
    }  # fmt: skip


def save_profiles(store: Store, *, key: str, entity: Entity, profiles: Iterable[SavedProfile]) -> None:
    """Save profiles whole."""
    rows = [(one, _purchase((*one.revealed_at.items(),), (*one.bought.items(),))) for one in profiles]
    _open_book(store, key, entity)
    store.db.executemany(
        "INSERT OR IGNORE INTO purchases (revealed, bought) VALUES (?, ?)", {purchase for _, purchase in rows}
    )
    store.db.executemany(
        f"INSERT OR REPLACE INTO profiles (book, lusha_id, seen_at, purchase, body) VALUES ({_BOOK}, ?, ?,"
        " (SELECT id FROM purchases WHERE revealed = ? AND bought = ?), ?)",
        [
            (key, entity, profile.lusha_id, seconds(profile.seen_at), *purchase, profile.body)
            for profile, purchase in rows
        ],
    )


@lru_cache(_KEPT)
def _purchase(revealed_at: tuple[tuple[str, datetime], ...], bought: tuple[tuple[str, int], ...]) -> tuple[str, str]:
    """When and by which booking data came, as JSON."""
    revealed = {datum: stamp(at) for datum, at in sorted(revealed_at)}
    return json.dumps(revealed), json.dumps(dict(sorted(bought)))


@lru_cache(_KEPT)
def _revealed(told: str) -> Mapping[str, datetime]:
    return MappingProxyType({datum: at for datum, text in json.loads(told).items() if (at := unstamp(text))})


@lru_cache(_KEPT)
def _bought(told: str) -> Mapping[str, int]:
    return MappingProxyType(json.loads(told))


def _open_book(store: Store, key: str, entity: Entity) -> None:
    store.db.execute("INSERT OR IGNORE INTO books (key, entity) VALUES (?, ?)", [key, entity])


def purge_profiles(store: Store, *, before: datetime) -> int:
    """Retention: drop paid answers that nothing has refreshed since ``before``."""
    gone = store.db.execute("DELETE FROM profiles WHERE seen_at < ?", [seconds(before)]).rowcount
    if gone:
        store.db.execute("DELETE FROM purchases WHERE id NOT IN (SELECT purchase FROM profiles)")
    return gone


def purge_identities(store: Store, *, before: datetime, misses: datetime) -> int:
    """Retention: drop spellings that nothing has used since ``before`` and that lead to no saved profile; that Lusha
    had no match is remembered from ``misses`` on, for as long as records rest after it."""
    return store.db.execute(
        "DELETE FROM identities WHERE at < CASE WHEN lusha_id IS NULL THEN ? ELSE ? END AND (lusha_id IS NULL OR NOT"
        " EXISTS (SELECT 1 FROM profiles WHERE (profiles.book, profiles.lusha_id) ="
        " (identities.book, identities.lusha_id)))",
        [seconds(min(before, misses)), seconds(before)],
    ).rowcount


def identities(store: Store, *, key: str, entity: Entity, spellings: Iterable[str]) -> Mapping[str, Known]:
    """What is known of each spelling."""
    sql = f"SELECT spelling, lusha_id, at FROM identities WHERE book = {_BOOK} AND spelling IN"
    rows = _by_chunks(store, sql, [key, entity], spellings)
    return {row["spelling"]: Known(row["lusha_id"], moment(row["at"])) for row in rows}


def save_identities(store: Store, *, key: str, entity: Entity, known: Mapping[str, str | None], now: datetime) -> None:
    """Point spellings to Lusha ids; None remembers that Lusha has no match, and never hides an id that is known."""
    if not known:
        return
    _open_book(store, key, entity)
    at = seconds(now)
    store.db.executemany(
        f"INSERT INTO identities (book, spelling, lusha_id, at) VALUES ({_BOOK}, ?, ?, ?)"
        " ON CONFLICT (book, spelling) DO UPDATE SET lusha_id = excluded.lusha_id, at = excluded.at"
        " WHERE excluded.lusha_id IS NOT NULL OR lusha_id IS NULL",
        [(key, entity, spelling, lusha_id, at) for spelling, lusha_id in known.items()],
    )


def suppressed(store: Store, *, entity: Entity, spellings: Iterable[str]) -> frozenset[str]:
    """Those of the spellings that must never be asked for, with whatever key.

    None of them is looked at where nobody is suppressed.
    """
    if not anybody_suppressed(store, entity=entity):
        return frozenset()
    hashes = {hashed(spelling): spelling for spelling in spellings}
    sql = "SELECT spelling_hash FROM suppressions WHERE entity = ? AND spelling_hash IN"
    return frozenset(hashes[row["spelling_hash"]] for row in _by_chunks(store, sql, [entity], hashes))


def anybody_suppressed(store: Store, *, entity: Entity) -> bool:
    """Whether there is anybody at all who must never be asked for."""
    return bool(store.rows("SELECT 1 FROM suppressions WHERE entity = ? LIMIT 1", entity))


def suppress(store: Store, *, entity: Entity, spellings: Iterable[str], reason: str, now: datetime) -> None:
    """Never ask for these again. Only hashes are kept: the list itself names nobody."""
    store.db.executemany(
        "INSERT OR IGNORE INTO suppressions (entity, spelling_hash, reason, at) VALUES (?, ?, ?, ?)",
        [(entity, hashed(spelling), reason, stamp(now)) for spelling in spellings],
    )


def hashed(spelling: str) -> str:
    """What is kept of a suppressed spelling."""
    return sha256(b"connector-suppression:" + spelling.encode()).hexdigest()


def _by_chunks(store: Store, sql: str, scope: Sequence[str], values: Iterable[str]) -> Iterator[sqlite3.Row]:
    wanted = sorted(set(values))
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        yield from store.rows(f"{sql} ({', '.join('?' * len(chunk))})", *scope, *chunk)
