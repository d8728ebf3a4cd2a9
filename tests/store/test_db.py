"""The state file itself: who may read it, how it comes into being, and what a transaction promises."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from connector.errors import ConfigError, Stopped
from connector.store import runs
from connector.store.db import NEWEST, Store, _is_ready, open_store, stamp, unstamp
from connector.store.migrations import migrate, migrations, pending

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TABLES = {
    "runs", "records", "changes", "last_written", "suggestions", "profiles", "identities", "suppressions", "ledger",
    "accounts", "leases", "plans",
}  # fmt: skip
OPENS_AND_BEGINS = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from connector.store import runs
from connector.store.db import open_store

while not Path(sys.argv[2]).exists():
    time.sleep(0.001)
store = open_store(Path(sys.argv[1]))
print(runs.begin(store, invocation="i", org="acme", mapping="m", now=datetime.now(UTC)))
"""


def test_the_file_and_its_companions_are_readable_by_the_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = open_store(tmp_path / "state.db")
        runs.begin(store, invocation="i", org="acme", mapping="m", now=NOW)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"state.db": 0o600, "state.db-wal": 0o600, "state.db-shm": 0o600}


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    file.touch()
    file.chmod(0o644)
    open_store(file).close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_was_committed_is_on_the_disk(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    pragmas = [store.rows(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert pragmas == ["wal", 2, 1]  # 2 = FULL


def test_an_empty_folder_gets_every_table_and_opening_again_changes_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    assert {row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")} >= TABLES
    run = runs.begin(store, invocation="i", org="acme", mapping="m", now=NOW)
    schema = store.rows("SELECT sql FROM sqlite_master ORDER BY name")
    store.close()
    again = open_store(tmp_path / "state.db")
    assert [row[0] for row in again.rows("SELECT sql FROM sqlite_master ORDER BY name")] == [row[0] for row in schema]
    assert runs.found(again, run) is not None
    with again.transaction():
        migrate(again.db)
    assert runs.found(again, run) is not None


def test_the_newest_step_is_the_last_one_and_without_it_a_file_is_brought_up_to_date(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    assert [one["name"] for one in store.rows("SELECT name FROM _sqlite_migrations ORDER BY rowid")][-1] == NEWEST
    assert [step.name for step in migrations.applied(Database(store.db))][-1] == NEWEST
    store.db.execute("DELETE FROM _sqlite_migrations WHERE name = ?", [NEWEST])
    assert pending(store.db) == (NEWEST,)
    assert not _is_ready(store)


def test_a_file_that_is_up_to_date_is_opened_without_a_lock(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    with store.transaction():
        runs.begin(store, invocation="i", org="acme", mapping="m", now=NOW)
        other = open_store(tmp_path / "state.db")  # would wait for BUSY_SECONDS
    assert len(runs.listed(other)) == 1


def test_processes_that_open_a_new_file_at_once_all_get_it(tmp_path: Path) -> None:
    for attempt in range(3):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        arguments = [sys.executable, "-c", OPENS_AND_BEGINS, str(folder / "state.db"), str(folder / "go")]
        started = [
            subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
        ]
        (folder / "go").touch()
        ended = [process.communicate(timeout=60) for process in started]
        assert [process.returncode for process in started] == [0, 0, 0], ended
        assert sorted(int(out) for out, _ in ended) == [1, 2, 3]


def test_a_new_file_that_another_process_writes_at_this_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state.db"
    open_store(file).close()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("PRAGMA journal_mode = DELETE")  # as a new file has it
    other.execute("BEGIN IMMEDIATE")
    waits = Store.transaction

    def waited(store: Store) -> AbstractContextManager[None]:
        other.execute("COMMIT")
        return waits(store)

    monkeypatch.setattr(Store, "transaction", waited)
    [[mode]] = open_store(file).rows("PRAGMA journal_mode")
    assert mode == "wal"


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    with pytest.raises(KeyboardInterrupt), store.transaction():
        runs.begin(store, invocation="i", org="acme", mapping="m", now=NOW)
        raise KeyboardInterrupt
    assert runs.listed(store) == []
    with store.transaction():
        runs.begin(store, invocation="i", org="acme", mapping="m", now=NOW)
    assert len(runs.listed(store)) == 1


def test_a_transaction_within_another_ends_with_the_outer_one(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    with pytest.raises(ValueError, match="late"), store.transaction():
        with store.transaction():
            runs.begin(store, invocation="i", org="acme", mapping="m", now=NOW)
        raise ValueError("late")
    assert runs.listed(store) == []


def test_another_process_sees_a_transaction_whole_or_not_at_all(tmp_path: Path) -> None:
    store, other = open_store(tmp_path / "state.db"), open_store(tmp_path / "state.db")
    with store.transaction():
        runs.begin(store, invocation="i", org="acme", mapping="m", now=NOW)
        assert runs.listed(other) == []
    assert len(runs.listed(other)) == 1


def test_a_transaction_shuts_other_writers_out_from_its_first_read_on(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    rival = sqlite3.connect(tmp_path / "state.db", timeout=0, isolation_level=None)
    with store.transaction():
        runs.listed(store)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            rival.execute("BEGIN IMMEDIATE")
    rival.close()


def test_a_missing_folder_is_a_problem_of_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        open_store(tmp_path / "none" / "state.db")
    assert caught.value.message == f"state file {tmp_path}/none/state.db: No such file or directory"
    assert caught.value.hint == "check state.path in the config: its folder must exist, be writable and have room"


def test_a_file_of_another_kind_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    file.write_text("This is a letter, not a database. " * 50, "utf-8")
    with pytest.raises(ConfigError, match="file is not a database"):
        open_store(file)
    assert file.read_text("utf-8").startswith("This is a letter")


def test_a_file_of_a_newer_program_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    store = open_store(file)
    store.db.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('connector', 'm9999_x', '')"
    )
    store.close()
    before = file.read_bytes()
    with pytest.raises(ConfigError, match=r"was written by a newer lusha-sync \(m9999_x\)") as refused:
        open_store(file)
    assert "update lusha-sync" in (refused.value.hint or "")
    assert file.read_bytes() == before


def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    theirs = sqlite3.connect(file)
    theirs.execute("CREATE TABLE invoices (id INTEGER)")
    theirs.commit()
    theirs.close()
    file.chmod(0o640)
    before = file.read_bytes()
    with pytest.raises(ConfigError, match="this database belongs to another program"):
        open_store(file)
    assert (stat.S_IMODE(file.stat().st_mode), file.read_bytes()) == (0o640, before)


def test_times_are_kept_in_utc_to_the_second() -> None:
    berlin = datetime(2026, 11, 23, 9, 30, 15, 999_999, tzinfo=timezone(timedelta(hours=1)))
    assert stamp(berlin) == "2026-11-23T08:30:15Z"
    assert unstamp(stamp(berlin)) == datetime(2026, 11, 23, 8, 30, 15, tzinfo=UTC)
    assert unstamp(None) is None


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30), timezones=ZONES))
def test_a_time_is_spelled_and_read_as_its_format_says(moment: datetime) -> None:
    spelled = stamp(moment)
    assert spelled == moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert unstamp(spelled) == datetime.strptime(spelled, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def test_a_commit_that_fails_leaves_the_connection_usable(tmp_path: Path) -> None:
    store, other = open_store(tmp_path / "state.db"), open_store(tmp_path / "state.db")
    store.db.execute("PRAGMA defer_foreign_keys = ON")
    with pytest.raises(ConfigError), store.transaction():
        store.db.execute("PRAGMA defer_foreign_keys = ON")
        store.db.execute(
            "INSERT INTO touches (run, scope, record, at) VALUES (99, 1, 'r', 0)"
        )  # no such run: refused by COMMIT
    with store.transaction():
        store.db.execute("INSERT INTO runs (invocation, org, mapping, status, started_at) VALUES ('', '', '', '', '')")
    assert len(other.rows("SELECT id FROM runs")) == 1


def test_a_busy_file_is_waited_for_and_then_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.store.db.BUSY_SECONDS", 0)
    path = tmp_path / "state.db"
    store = open_store(path)
    store.db.execute("DELETE FROM _sqlite_migrations WHERE name = ?", [NEWEST])  # which is to be mended by a write
    with store.transaction(), pytest.raises(Stopped) as busy:
        open_store(path)
    assert busy.value.exit_code == 4
    assert busy.value.hint == "wait for it to end, then run again"
