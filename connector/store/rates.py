"""The turns that all processes share which use one state file: a small SQLite file of its own beside it.

Nothing in it is of value: without it a vendor answers 429 at most. So it is not synced to disk, and where it is broken
or another program's, it is deleted and made anew. Safe to use from several threads of several processes.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import TypeVar

from filelock import FileLock, Timeout

from connector.errors import Stopped
from connector.pacing import Clock, Closing, Rate, delay, later, longest
from connector.store.db import trouble

APPLICATION_ID = 0x4C537973
"""``LSys``: this layout of this file; one that changes gets a number of its own, and old files are made anew."""
BUSY_SECONDS = 60
"""How long one process waits for another's transaction, which takes less than a millisecond."""

_LAYOUT = (
    "CREATE TABLE IF NOT EXISTS places (lane TEXT NOT NULL, call TEXT NOT NULL, since REAL NOT NULL,"
    " counts REAL NOT NULL, length REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS closings (lane TEXT PRIMARY KEY, since REAL NOT NULL, ends REAL NOT NULL,"
    " note TEXT NOT NULL) WITHOUT ROWID",
)
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

_T = TypeVar("_T")
_Closed = Mapping[str, tuple[float, str]]


def rates_beside(state: Path) -> Path:
    """The file of the turns that processes share which use this state file."""
    return state.with_name(f"{state.name}-rates")


def shared_beside(state: Path) -> bool:
    """Whether there is such a file, and this user may share it: who is to change nothing makes none."""
    return os.access(rates_beside(state), os.W_OK)


class SharedTurns:
    """``Turns`` over the file ``path``, which is made where it is missing; its folder must be there.

    ``clock`` is the wall clock, the one that processes share. Every method raises ConfigError where the file cannot
    be written, Stopped where another process keeps it busy for a minute.
    """

    def __init__(self, path: Path, *, clock: Clock = time.time) -> None:
        self._path = path
        self._clock = clock
        self._lock = Lock()
        try:
            self._db, self._inode = _open(path)
        except (OSError, sqlite3.Error) as error:
            raise trouble(path, error) from error

    def take(self, lane: str, rates: Sequence[Rate], *, call: str = "", within: float = 0.0) -> float:
        """As in ``Turns``."""

        def taken(db: sqlite3.Connection, now: float) -> float:
            db.execute("DELETE FROM places WHERE counts + length <= ? OR since > ?", (now, now))
            counts = [at for [at] in db.execute("SELECT counts FROM places WHERE lane = ? ORDER BY counts", (lane,))]
            closing = _settled(db, lane, now)
            seconds = max(delay(counts, rates, now), closing.ends - now if closing else 0.0)
            if seconds <= 0:
                row = (lane, call, now, now + within if call else now, longest(rates))
                db.execute("INSERT INTO places VALUES (?, ?, ?, ?, ?)", row)
            return seconds

        return self._alone(taken)

    def answered(self, lane: str, call: str) -> None:
        """As in ``Turns``."""
        counts = "UPDATE places SET call = '', since = ?, counts = ? WHERE lane = ? AND call = ?"
        self._alone(lambda db, now: db.execute(counts, (now, now, lane, call)))

    def standing(self, lane: str, seconds: float) -> int:
        """As in ``Turns``."""
        count = "SELECT count(*) FROM places WHERE lane = ? AND since <= ? AND counts + min(length, ?) > ?"

        def counted(db: sqlite3.Connection, now: float) -> int:
            [[standing]] = db.execute(count, (lane, now, seconds, now)).fetchall()
            return int(standing)

        return self._alone(counted, writes=False)

    def give_back(self, lane: str) -> None:
        """As in ``Turns``."""
        newest = "SELECT rowid FROM places WHERE lane = ? ORDER BY rowid DESC LIMIT 1"
        self._alone(lambda db, now: db.execute(f"DELETE FROM places WHERE rowid = ({newest})", (lane,)))

    def close(self, lane: str, seconds: float, note: str = "") -> None:
        """As in ``Turns``."""

        def put(db: sqlite3.Connection, now: float) -> None:
            db.execute("DELETE FROM closings WHERE ends <= ?", (now,))
            _keep(db, lane, later(_settled(db, lane, now), Closing(now, now + seconds, note)))

        self._alone(put)

    def shorten(self, lane: str, seconds: float) -> None:
        """As in ``Turns``."""

        def shortened(db: sqlite3.Connection, now: float) -> None:
            if closing := _settled(db, lane, now):
                _keep(db, lane, closing.shortened(now, seconds))

        self._alone(shortened)

    def open(self, lane: str) -> None:
        """As in ``Turns``."""
        self._alone(lambda db, now: _keep(db, lane, None))

    def closed(self, lanes: Sequence[str]) -> Mapping[str, tuple[float, str]]:
        """As in ``Turns``."""

        def seen(db: sqlite3.Connection, now: float) -> _Closed | None:
            saved = {lane: closing for lane in lanes if (closing := _saved(db, lane))}
            return None if any(one.at(now) != one for one in saved.values()) else _left(saved, now)

        def settled(db: sqlite3.Connection, now: float) -> _Closed:
            return _left({lane: closing for lane in lanes if (closing := _settled(db, lane, now))}, now)

        told = self._alone(seen, writes=False)  # the usual case: nothing ended, and nobody has to wait for a writer
        return self._alone(settled) if told is None else told

    def end(self) -> None:
        """Close the connection; the file stays."""
        with self._lock:
            self._db.close()

    def _alone(self, act: Callable[[sqlite3.Connection, float], _T], *, writes: bool = True) -> _T:
        """What ``act`` makes of the file and the moment; where it writes, with nobody else in it meanwhile."""
        with self._lock:
            try:
                if _inode(self._path) != self._inode:  # another process made it anew, or somebody deleted it
                    self._reopen()
                try:
                    return _transact(self._db, self._clock, act, writes=writes)
                except sqlite3.DatabaseError as error:
                    if not _worthless(error):
                        raise
                    self._reopen(broken=self._inode)
                    return _transact(self._db, self._clock, act, writes=writes)
            except (OSError, sqlite3.Error) as error:
                raise trouble(self._path, error) from error

    def _reopen(self, broken: int | None = None) -> None:
        old = self._db
        self._db, self._inode = _open(self._path, broken)
        old.close()  # only now: until here its inode could not be given to another file


class _Foreign(sqlite3.DatabaseError):
    """A database that another program made, or another layout of ours."""


def _transact(
    db: sqlite3.Connection, clock: Clock, act: Callable[[sqlite3.Connection, float], _T], *, writes: bool = True
) -> _T:
    """The clock is read inside: what others wrote before is never from the future."""
    try:
        db.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        result = act(db, clock())
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
    return result


def _settled(db: sqlite3.Connection, lane: str, now: float) -> Closing | None:
    """The lane's closing as it stands now."""
    saved = _saved(db, lane)
    closing = saved.at(now) if saved else None
    return closing if closing == saved else _keep(db, lane, closing)


def _left(closings: Mapping[str, Closing], now: float) -> _Closed:
    return {lane: (closing.ends - now, closing.note) for lane, closing in closings.items()}


def _saved(db: sqlite3.Connection, lane: str) -> Closing | None:
    row = db.execute("SELECT since, ends, note FROM closings WHERE lane = ?", (lane,)).fetchone()
    return Closing(*row) if row else None


def _keep(db: sqlite3.Connection, lane: str, closing: Closing | None) -> Closing | None:
    if closing is None:
        db.execute("DELETE FROM closings WHERE lane = ?", (lane,))
    else:
        row = (lane, closing.since, closing.ends, closing.note)
        db.execute("INSERT OR REPLACE INTO closings VALUES (?, ?, ?, ?)", row)
    return closing


def _open(path: Path, broken: int | None = None) -> tuple[sqlite3.Connection, int | None]:
    """A connection to a sound file, and its inode; ``broken`` is the inode of one that is not."""
    _create(path)  # before the lock, which would make a missing folder
    try:
        with FileLock(f"{path}-lock", timeout=BUSY_SECONDS, mode=0o600):  # one at a time makes, judges and deletes it
            if _inode(path) == broken:
                _delete(path)
            try:
                return _connect(path)
            except sqlite3.DatabaseError as error:
                if not _worthless(error):
                    raise
            _delete(path)
            return _connect(path)
    except Timeout:
        words = f"rate file {path}: another process keeps it busy"
        raise Stopped(words, hint="wait for it to end, then run again") from None


def _connect(path: Path) -> tuple[sqlite3.Connection, int | None]:
    _create(path)
    path.chmod(0o600)  # SQLite gives -wal and -shm the mode of the main file
    inode = _inode(path)
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA page_size = 1024")
        _transact(db, lambda: 0.0, lambda db, _: _claim(db))
        for pragma in ("journal_mode = WAL", "synchronous = OFF", "wal_autocheckpoint = 200"):
            db.execute(f"PRAGMA {pragma}")
    except BaseException:
        db.close()
        raise
    return db, inode


def _claim(db: sqlite3.Connection) -> None:
    [[mark]] = db.execute("PRAGMA application_id").fetchall()
    [[tables]] = db.execute("SELECT count(*) FROM sqlite_master").fetchall()
    if mark != APPLICATION_ID and (mark or tables):
        raise _Foreign("made by another program")
    for statement in _LAYOUT:
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _create(path: Path) -> None:
    try:
        # Only a new one: closing a file drops the locks that this process holds on it through SQLite.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return


def _delete(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _worthless(error: sqlite3.DatabaseError) -> bool:
    return isinstance(error, _Foreign) or getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN
