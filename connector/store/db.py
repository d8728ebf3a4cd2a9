"""Opens the state file: SQLite in WAL mode, synchronous=FULL, readable by its owner alone."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from connector.errors import ConfigError, ConnectorError, Stopped
from connector.store.packing import unpacked

_log = logging.getLogger(__name__)
APPLICATION_ID = 0x4C537963
"""``LSyc``: what makes a SQLite file one of ours."""
BUSY_SECONDS = 60
"""How long one process waits for another's short transaction."""
_TRIES = 3
"""So often a file that others make at the same moment is turned to a WAL; once one of them has done it, it is."""
LARGE = 100 * 2**20
"""Bytes from which on it is told that a file is brought up to date."""
LARGEST_IN_MEMORY = 512 * 2**20
"""Bytes; a larger file is rewritten by way of a temporary file."""
NEWEST = "m0013_attempts"
"""The last step of ``migrations``: a file that took it, and none after it, is as this program wants it."""
_PRAGMAS = ("synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON", "secure_delete = ON")
"""``secure_delete``: what is deleted is overwritten, not only given up; it costs no time that could be measured.
``recursive_triggers``: with them what INSERT OR REPLACE takes away counts as deleted."""


ANY = "SELECT value FROM json_each({})"
"""All values of a JSON array that is bound as one parameter: a statement for a whole batch, however large."""


class Store:
    """One connection to the state file. Only the thread that opened it may use it."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self.db = db
        self.path = path

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside lands together, or not at all; durable on disk when the block ends.

        IMMEDIATE: a budget that was read inside the block cannot be spent by another process meanwhile.
        """
        if self.db.in_transaction:
            yield
            return
        try:
            self.db.execute("BEGIN IMMEDIATE")
            yield
            self.db.execute("COMMIT")
        except BaseException as error:
            self.db.rollback()
            if isinstance(error, sqlite3.Error):
                raise trouble(self.path, error) from error
            raise

    def rows(self, sql: str, *arguments: object) -> list[sqlite3.Row]:
        """All rows of a query, readable by column name."""
        return list(self.db.execute(sql, arguments).fetchall())

    def scrub(self) -> None:
        """Leave no byte of what was deleted in the file or beside it: rewrite the one, empty the other.

        ``secure_delete`` overwrites rows where they stood; copies that SQLite left when it moved them between pages
        go only with a rewrite. Its temporary copy stays in memory unless the file is huge; on disk nobody but the
        owner could open it, and it has no name. Stopped: another process reads the file at this moment.
        """
        self.db.execute(f"PRAGMA temp_store = {'MEMORY' if _bytes(self) < LARGEST_IN_MEMORY else 'DEFAULT'}")
        try:
            self.db.execute("VACUUM")
            [[busy, *_]] = self.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise trouble(self.path, error) from error
        finally:
            self.db.execute("PRAGMA temp_store = DEFAULT")
        if busy:
            raise Stopped(
                f"state file {self.path}: another process reads it, so copies of what was deleted may still be there",
                hint="run the same command again when that process has ended",
            )

    def close(self) -> None:
        """Close the connection; the file and everything committed stay."""
        self.db.close()


def open_store(path: Path) -> Store:
    """Open (and create or migrate) the state file.

    Raises ConfigError where the folder is missing, the file is not ours, of a newer program, or cannot be written;
    Stopped while another process keeps it busy.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.create_function("unpacked", 1, unpacked, deterministic=True)
        store = Store(connection, path)
    except (OSError, sqlite3.Error) as error:
        raise trouble(path, error) from error
    try:
        ready = _is_ready(store)
        if not ready:
            _claim(store)
        path.chmod(0o600)  # SQLite gives -wal and -shm the mode of the main file
        _keep_a_wal(store)
        for pragma in _PRAGMAS:
            store.db.execute(f"PRAGMA {pragma}")
        if not ready:
            _migrate(store)
    except (ConnectorError, OSError, sqlite3.Error) as error:
        store.close()
        raise error if isinstance(error, ConnectorError) else trouble(path, error) from error
    return store


def _keep_a_wal(store: Store) -> None:
    """Readers and the writer do not wait for each other from now on.

    While another process writes a file that has no WAL yet (several make it at once), SQLite refuses this without the
    wait that it keeps elsewhere (https://www.sqlite.org/c3ref/busy_handler.html): a transaction of our own has it.
    """
    for left in reversed(range(_TRIES)):
        try:
            store.db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not left or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        with store.transaction():
            pass


def trouble(path: Path, error: Exception) -> ConnectorError:
    """What a failing state file means to people: wait, make room, or mend the path. Never to throw it away."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    words = f"state file {path}: {_words(error)}"
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Stopped(f"{words}; another process keeps it busy", hint="wait for it to end, then run again")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return ConfigError(
            words, hint="it is no state file, or a broken one: restore a backup, or name another state.path"
        )
    return ConfigError(words, hint="check state.path in the config: its folder must exist, be writable and have room")


def _is_ready(store: Store) -> bool:
    """Whether the file is ours and up to date: then it is opened without a lock, and without sqlite-utils."""
    [[mark]] = store.rows("PRAGMA application_id")
    if mark != APPLICATION_ID or not store.rows("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'"):
        return False
    last = "SELECT name FROM _sqlite_migrations WHERE migration_set = 'connector' ORDER BY rowid DESC LIMIT 1"
    return [row["name"] for row in store.rows(last)] == [NEWEST]


def _claim(store: Store) -> None:
    """Mark a new file as ours; refuse a database that another program made, and one of a newer program.

    Before anything is asked or bought: what could not be written down afterwards would be paid for in vain.
    """
    from connector.store.migrations import unknown

    with store.transaction():
        [[mark]] = store.rows("PRAGMA application_id")
        if mark != APPLICATION_ID:
            if mark or store.rows("SELECT name FROM sqlite_master LIMIT 1"):
                raise foreign(store.path)
            store.db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        if steps := unknown(store.db):
            raise newer(store.path, steps)


def _migrate(store: Store) -> None:
    from connector.store.migrations import migrate

    if _bytes(store) > LARGE:
        _log.warning("state file %s is brought up to date, once; that takes a few minutes per gigabyte", store.path)
    with store.transaction():
        migrate(store.db)
    _give_back(store)


def _give_back(store: Store) -> None:
    """Make a file small of which a step left more than half unused, unless another process needs it this moment."""
    [[free]], [[pages]] = store.rows("PRAGMA freelist_count"), store.rows("PRAGMA page_count")
    if free * 2 <= pages:
        return
    try:
        store.db.execute("VACUUM")
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        _log.info("state file %s keeps its size: %s", store.path, error)


def _bytes(store: Store) -> int:
    [[pages]], [[size]] = store.rows("PRAGMA page_count"), store.rows("PRAGMA page_size")
    return int(pages * size)


def newer(path: Path, steps: Sequence[str]) -> ConfigError:
    """That a later release brought the file up to date, by these steps."""
    return ConfigError(
        f"state file {path} was written by a newer lusha-sync ({', '.join(steps)})",
        hint="update lusha-sync on this machine; the older one must not write into it",
    )


def foreign(path: Path) -> ConfigError:
    """That another program made the file."""
    return ConfigError(
        f"state file {path}: this database belongs to another program",
        hint="name a file of its own as state.path in the config",
    )


def _words(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def stamp(moment: datetime) -> str:
    """A UTC instant as the state file spells it."""
    return f"{moment.astimezone(UTC).isoformat()[:19]}Z"


def unstamp(text: str | None) -> datetime | None:
    """The instant that ``stamp`` wrote."""
    return datetime.fromisoformat(text) if text else None


def seconds(moment: datetime) -> int:
    """A UTC instant as narrow rows keep it: whole seconds since 1970."""
    return int(moment.timestamp())


def moment(seconds: int) -> datetime:
    """The instant that ``seconds`` tells."""
    return datetime.fromtimestamp(seconds, UTC)
