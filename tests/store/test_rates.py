"""The file of shared turns: who may read it, what happens to a broken one, and several processes at once."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from connector.errors import ConfigError, Stopped
from connector.pacing import Rate
from connector.store.rates import SharedTurns, rates_beside, shared_beside

RATES = [Rate(2, 1.0)]
TAKES = """
import sys
from pathlib import Path
from connector.pacing import Rate
from connector.store.rates import SharedTurns

print("ready", flush=True)
sys.stdin.readline()
turns = SharedTurns(Path(sys.argv[1]), clock=lambda: 1_800_000_000.0)
print(sum(turns.take("search", [Rate(150, 1.0)]) == 0.0 for _ in range(100)), flush=True)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.db-rates"


@contextmanager
def shared(file: Path, now: float = 1_800_000_000.0) -> Iterator[SharedTurns]:
    turns = SharedTurns(file, clock=lambda: now)
    try:
        yield turns
    finally:
        turns.end()


def taken(turns: SharedTurns) -> list[float]:
    return [turns.take("search", RATES) for _ in range(3)]


def test_four_processes_together_never_get_more_than_the_rate(file: Path) -> None:
    """They open the new file at the same moment too."""
    command = [sys.executable, "-c", TAKES, str(file)]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    counts = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(counts) == 150


DIES = """
import os, signal, sys
from pathlib import Path
from connector.pacing import Rate, new_call
from connector.store.rates import SharedTurns

turns = SharedTurns(Path(sys.argv[1]), clock=lambda: 1_800_000_000.0)
for _ in range(2):
    assert turns.take("search", [Rate(2, 1.0)], call=new_call(), within=60.0) == 0.0
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_calls_of_a_process_that_was_killed_keep_their_places_for_as_long_as_an_answer_may_take(file: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", DIES, str(file)], timeout=60)
    assert killed.returncode == -signal.SIGKILL
    with shared(file, now=1_800_000_060.75) as turns:
        assert turns.take("search", RATES) == 0.25
    with shared(file, now=1_800_000_061.0) as turns:
        assert taken(turns) == [0.0, 0.0, 1.0]


def test_the_clock_is_read_while_nobody_else_can_write(file: Path) -> None:
    """Read before, it could be behind what another process writes meanwhile, and that be taken for the future."""
    shut_out: list[str] = []

    def clock() -> float:
        other = sqlite3.connect(file, timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError) as refused:
            other.execute("BEGIN IMMEDIATE")
        other.close()
        shut_out.append(str(refused.value))
        return 1_800_000_000.0

    turns = SharedTurns(file, clock=clock)
    taken(turns)
    turns.close("search", 5)
    turns.end()
    assert shut_out == ["database is locked"] * 4


def test_it_outlives_its_process(file: Path) -> None:
    with shared(file) as turns:
        assert taken(turns) == [0.0, 0.0, 1.0]
        turns.close("plan", 30, "5,000")
    with shared(file, now=1_800_000_000.5) as turns:
        assert turns.take("search", RATES) == 0.5
        assert turns.closed(["plan"]) == {"plan": (29.5, "5,000")}


def test_the_file_and_its_companions_are_readable_by_the_owner_alone(file: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with shared(file) as turns:
            turns.take("search", RATES)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert {file.name, f"{file.name}-wal", f"{file.name}-shm"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_a_file_that_others_could_read_is_closed_to_them(file: Path) -> None:
    file.touch()
    file.chmod(0o644)
    with shared(file) as turns:
        turns.take("search", RATES)
        assert stat.S_IMODE(file.stat().st_mode) == stat.S_IMODE(Path(f"{file}-wal").stat().st_mode) == 0o600


def test_what_is_over_is_deleted(file: Path, tmp_path: Path) -> None:
    now = [1_800_000_000.0]
    turns = SharedTurns(file, clock=lambda: now[0])
    for lane in range(2_000):
        turns.take(f"lane {lane}", RATES)
        turns.close(f"lane {lane}", 1.0)
        now[0] += 0.1
    with sqlite3.connect(file) as db:
        counts = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("places", "closings")]
    db.close()
    turns.end()
    assert max(counts) <= 11
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 100_000


def break_header(file: Path) -> None:
    file.write_text("Dear Sir or Madam,\n" * 500, "utf-8")


def break_pages(file: Path) -> None:
    """Everything after the first page, the layout, is overwritten."""
    with file.open("r+b") as stream:
        stream.seek(1024)
        stream.write(b"\xff" * (file.stat().st_size - 1024))


def cut(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.truncate(1500)


def make_foreign(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE invoices (id INTEGER)")
    db.close()


def make_marked(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA application_id = 1")
    db.close()


@pytest.mark.parametrize("harm", [break_header, break_pages, cut, make_foreign, make_marked, Path.unlink])
def test_a_broken_or_foreign_file_is_made_anew(file: Path, harm: object) -> None:
    with shared(file) as turns:
        taken(turns)
    assert callable(harm)
    harm(file)
    with shared(file) as turns, shared(file) as other:
        assert turns.take("search", RATES) == 0.0
        assert other.take("search", RATES) == 0.0
        assert turns.take("search", RATES) == 1.0


@pytest.mark.parametrize("harm", [break_header, break_pages])
def test_a_file_that_breaks_while_in_use_is_made_anew_once_for_all(file: Path, harm: object) -> None:
    with shared(file) as mine, shared(file) as theirs:
        taken(mine)
        with sqlite3.connect(file) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        assert callable(harm)
        harm(file)
        assert mine.take("search", RATES) == 0.0
        assert theirs.take("search", RATES) == 0.0
        assert [turns.take("search", RATES) for turns in (mine, theirs)] == [1.0, 1.0]


def test_a_file_that_somebody_deletes_while_in_use_is_made_anew_once_for_all(file: Path, tmp_path: Path) -> None:
    with shared(file) as mine, shared(file) as theirs:
        taken(mine)
        for path in tmp_path.iterdir():
            path.unlink()
        assert [turns.take("search", RATES) for turns in (mine, theirs, mine, theirs)] == [0.0, 0.0, 1.0, 1.0]


def test_a_missing_folder_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        SharedTurns(tmp_path / "nowhere" / "state.db-rates")
    assert refused.value.message == f"state file {tmp_path}/nowhere/state.db-rates: No such file or directory"
    assert refused.value.hint == "check state.path in the config: its folder must exist, be writable and have room"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigError, match="Permission denied"):
        SharedTurns(tmp_path / "state.db-rates")
    tmp_path.chmod(0o700)


def test_rates_are_shared_beside_a_state_file_once_a_run_made_their_file(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    state.touch()
    assert not shared_beside(state)
    with shared(rates_beside(state)):
        assert shared_beside(state)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_rates_of_another_user_are_not_shared(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    rates_beside(state).touch(0o400)
    assert not shared_beside(state)


def test_a_path_that_is_a_folder_is_refused(file: Path) -> None:
    file.mkdir()
    with pytest.raises(ConfigError, match="unable to open database file"):
        SharedTurns(file)


def test_a_file_that_another_process_keeps_busy_stops_the_run(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.store.rates.BUSY_SECONDS", 0)
    with shared(file) as turns:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Stopped, match="another process keeps it busy"):
            turns.take("search", RATES)
        other.execute("ROLLBACK")
        other.close()
        assert turns.take("search", RATES) == 0.0
