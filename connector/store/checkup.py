"""The state file looked at without being touched: for ``doctor``, which changes nothing.

A run opens the file by ``db.open_store``, which makes and migrates it. Here it is read as it stands: no lease is taken,
no schema is brought up to date, and no ``-wal`` or ``-shm`` is left beside it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from connector.errors import ConnectorError
from connector.store.db import APPLICATION_ID, BUSY_SECONDS, Store, foreign, trouble
from connector.store.layout import code
from connector.store.migrations import migrate, pending, unknown
from connector.store.rates import shared_beside
from connector.store.runs import RunRow, listed

MOST_DAMAGE = 3
"""So many lines of SQLite's own word on a broken file are told."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A state file as it was found. ``store``: to read from; None where it cannot be used as it stands.

    ``trouble``: why it cannot even be read. ``damage``: SQLite's word on what is broken in it. ``pending``: steps of
    ``migrations`` that the next run will take; ``unknown``: those of a newer program.
    """

    path: Path
    exists: bool
    store: Store | None = None
    trouble: ConnectorError | None = None
    damage: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def shares_rates(self) -> bool:
        """Whether processes share request rates beside this file already, and this user may."""
        return shared_beside(self.path)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What runs of one org left behind.

    ``running``: runs without an end. ``in_doubt``: changes sent whose outcome nobody knows; ``unresolved``: those that
    no re-read could settle, of the latest run that has any, which is ``unresolved_run``. ``parked``: records that the
    CRM refused, and that rest until they or the rules change.
    """

    running: tuple[int, ...]
    in_doubt: int
    unresolved: int
    unresolved_run: int | None
    parked: int


@contextmanager
def seen(path: Path) -> Iterator[Sight]:
    """The state file, open for reading while the block runs; where there is none yet, an empty one in memory."""
    exists, quiet = path.exists(), not _in_use(path)
    try:
        store = Store(_connection(path, exists), path)
    except sqlite3.Error as error:
        yield Sight(path, exists, trouble=trouble(path, error))
        return
    try:
        sight = _sight(store, exists)
        if sight.store is None and quiet and _in_use(path):  # a run began meanwhile: what was read is torn
            with seen(path) as again:
                yield again
        else:
            yield sight
    finally:
        store.close()


def _connection(path: Path, exists: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(_address(path) if exists else ":memory:", uri=True, timeout=BUSY_SECONDS)
    connection.isolation_level = None
    connection.row_factory = sqlite3.Row
    return connection


def _address(path: Path) -> str:
    """Where nobody else has the file open it has no ``-wal``, and SQLite would leave one behind: then the file is taken
    for one that nobody changes."""
    unchanging = "" if _in_use(path) else "&immutable=1"
    return f"{path.resolve().as_uri()}?mode=ro{unchanging}"


def _in_use(path: Path) -> bool:
    """Whether a process writes into the file, or died while it did."""
    wal = Path(f"{path}-wal")
    return wal.exists() and wal.stat().st_size > 0


def _sight(store: Store, exists: bool) -> Sight:
    if not exists:
        migrate(store.db)
        return Sight(store.path, exists, store)
    try:
        if not _is_ours(store):
            return Sight(store.path, exists, trouble=foreign(store.path))
        broken = [str(row[0]) for row in store.rows(f"PRAGMA quick_check({MOST_DAMAGE})")]
        lacking = pending(store.db)
        newer = unknown(store.db)
    except sqlite3.Error as error:
        return Sight(store.path, exists, trouble=trouble(store.path, error))
    damage = tuple(broken) if broken != ["ok"] else ()
    usable = None if damage or lacking or newer else store
    return Sight(store.path, exists, usable, damage=damage, pending=lacking, unknown=newer)


def _is_ours(store: Store) -> bool:
    """Whether the file is a state file, or an empty one that becomes one."""
    [[mark]] = store.rows("PRAGMA application_id")
    return mark == APPLICATION_ID or not (mark or store.rows("SELECT name FROM sqlite_master LIMIT 1"))


def open_work(store: Store, org: str) -> OpenWork:
    """What is left to be done of an org's runs."""
    running = store.rows("SELECT id FROM runs WHERE org = ? AND status = 'running' ORDER BY id", org)
    changes = "SELECT count(*), max(run) FROM journal WHERE org = ? AND id IN (SELECT id FROM changes WHERE state = {})"
    [[in_doubt, _]] = store.rows(changes.format(code("intended")), org)
    [[unresolved, latest]] = store.rows(changes.format(code("unresolved")), org)
    refused = (
        "SELECT DISTINCT aims.scope, attempts.id FROM attempts JOIN aims ON aims.id = aim"
        " JOIN scopes ON scopes.id = aims.scope WHERE org = ? AND parked IS NOT NULL"
    )
    [[parked]] = store.rows(f"SELECT count(*) FROM ({refused})", org)
    return OpenWork(tuple(row["id"] for row in running), in_doubt, unresolved, latest, parked)


def last_run(store: Store, org: str) -> RunRow | None:
    """The latest run of an org, whatever it did."""
    return next(iter(listed(store, org=org, limit=1)), None)
