"""The state file looked at without a trace."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.models import Change
from connector.store import attempts, checkup, journal, runs
from connector.store.attempts import Attempt, Rest
from connector.store.checkup import OpenWork, Sight, last_run, open_work, seen
from connector.store.db import APPLICATION_ID, Store, open_store
from connector.store.journal import Draft, State

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
CHANGE = Draft("003", Change("Title", None, "CEO", "", "", "fill"))


def files(folder: Path) -> Mapping[str, bytes]:
    """Everything beside the state file, but SQLite's shared memory, whose bytes are locks."""
    return {one.name: one.read_bytes() for one in folder.iterdir() if not one.name.endswith("-shm")}


def sight(path: Path) -> Sight:
    with seen(path) as found:
        return found


def test_no_file_yet_reads_like_an_empty_one_and_none_is_made(tmp_path: Path) -> None:
    with seen(tmp_path / "state.db") as found:
        assert found.store is not None and not found.exists
        assert open_work(found.store, "acme") == OpenWork((), 0, 0, None, 0)
        assert last_run(found.store, "acme") is None
    assert not list(tmp_path.iterdir())


def test_a_sound_file_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    store = open_store(path)
    first, second = (runs.begin(store, invocation="i", org="acme", mapping="m.yaml", now=NOON) for _ in range(2))
    runs.end(store, first, status="done", report={}, error=None, now=NOON)
    states: tuple[State, ...] = ("intended", "intended", "unresolved", "written")
    for state in states:
        [entry] = journal.plan(store, run=first, org="acme", object="Contact", drafts=[CHANGE], now=NOON)
        journal.mark(store, [(entry.id, state, None)])
    for mapping in ("m.yaml", "other.yaml"):  # one record, whoever met the refusal
        refused = Attempt("003", "rejected", "", frozenset(), parked="mark")
        place = {"org": "acme", "object": "Contact", "mapping": mapping}
        attempts.save(store, **place, attempts=[refused], now=NOON, rest=Rest())
    store.close()
    before = files(tmp_path)
    with seen(path) as found:
        assert found.store is not None
        assert open_work(found.store, "acme") == OpenWork((second,), 2, 1, first, 1)
        assert open_work(found.store, "beta") == OpenWork((), 0, 0, None, 0)
        assert (last := last_run(found.store, "acme")) is not None and last.id == second
        with pytest.raises(sqlite3.OperationalError):
            found.store.db.execute("DELETE FROM runs")
    assert files(tmp_path) == before
    assert sorted(before) == ["state.db"]


def test_what_a_killed_process_left_in_the_wal_is_read_and_stays_there(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    code = (
        "import os, sys; from pathlib import Path; from datetime import *; from connector.store import db, runs\n"
        "store = db.open_store(Path(sys.argv[1]))\n"
        "runs.begin(store, invocation='i', org='acme', mapping='m.yaml', now=datetime.now(UTC)); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 9
    before = files(tmp_path)
    assert before["state.db-wal"]
    with seen(path) as found:
        assert found.store is not None
        assert open_work(found.store, "acme").running == (1,)
    assert files(tmp_path) == before


def test_a_file_that_is_written_meanwhile_is_read_beside(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    store = open_store(path)
    with seen(path) as found:
        runs.begin(store, invocation="i", org="acme", mapping="m.yaml", now=NOON)
        assert found.store is not None
    store.close()


def test_a_run_that_begins_meanwhile_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.db"
    open_store(path).close()
    opened = []
    judged = checkup._sight

    def torn(store: Store, exists: bool) -> Sight:
        if opened:
            return judged(store, exists)
        opened.append(open_store(path))
        runs.begin(opened[0], invocation="i", org="acme", mapping="m.yaml", now=NOON)
        return Sight(path, True, damage=("torn",))

    monkeypatch.setattr(checkup, "_sight", torn)
    with seen(path) as found:
        assert found.store is not None
        assert open_work(found.store, "acme").running == (1,)
    opened[0].close()


def test_rows_that_cannot_be_are_told(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    store = open_store(path)
    store.db.execute("CREATE TABLE broken (a TEXT) STRICT")
    store.db.execute("INSERT INTO broken VALUES (NULL)")
    store.db.execute("PRAGMA writable_schema = ON")
    sql = "CREATE TABLE broken (a TEXT NOT NULL) STRICT"
    store.db.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'broken'", [sql])
    store.close()
    found = sight(path)
    assert (found.store, found.trouble, found.damage) == (None, None, ("NULL value in broken.a",))


def test_torn_pages_are_told(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    store = open_store(path)
    for _ in range(200):
        runs.begin(store, invocation="i" * 200, org="acme", mapping="m.yaml", now=NOON)
    store.close()
    content = bytearray(path.read_bytes())
    content[-8192:] = b"\xff" * 8192
    path.write_bytes(content)
    found = sight(path)
    assert found.store is None
    assert found.damage or (found.trouble and "malformed" in found.trouble.message)


def test_what_is_no_database_or_another_programs_is_trouble(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(b"no database at all" * 500)
    assert (trouble := sight(path).trouble) is not None
    assert trouble.message == f"state file {path}: file is not a database"
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE cookies (name)")
    other.commit()
    other.close()
    assert (trouble := sight(path).trouble) is not None
    assert trouble.message == f"state file {path}: this database belongs to another program"


def test_an_older_and_a_newer_schema_are_told_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    store = open_store(path)
    store.db.execute("UPDATE _sqlite_migrations SET name = 'm9999_tomorrow' WHERE name = 'm0007_passes'")
    store.close()
    found = sight(path)
    assert (found.unknown, found.pending, found.store) == (("m9999_tomorrow",), ("m0007_passes",), None)
    assert found.damage == ()


def test_an_empty_file_becomes_a_state_file(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.touch()
    found = sight(path)
    assert found.trouble is None and found.pending
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID
