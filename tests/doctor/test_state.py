"""The state file and where it stands."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from connector.doctor.finding import Finding
from connector.doctor.state import check_open_work, check_state
from connector.store.checkup import Sight, seen
from connector.store.db import open_store

Usage = namedtuple("Usage", "total used free")


def found(path: Path) -> list[Finding]:
    with seen(path) as sight:
        return list(check_state(sight))


def test_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    [one] = found(tmp_path / "state.db")
    assert (one.level, one.what) == ("pass", f"state file {tmp_path}/state.db: the first run makes it")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    _, one = found(tmp_path / "data" / "state.db")
    assert one.failure is not None and one.failure.exit_code == 2
    assert (one.what, one.mend) == (
        f"the folder of the state file is not there: {tmp_path}/data", f"mkdir -p {tmp_path}/data"
    )  # fmt: skip


def test_a_folder_that_nobody_may_write_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    _, one = found(tmp_path / "state.db")
    assert (one.level, one.what, one.mend) == (
        "fail",
        f"nothing can be written into {tmp_path}, where the state file stands",
        "give the user that runs lusha-sync the right to write there, or change state.path",
    )


def test_a_file_that_others_can_read(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    open_store(path).close()
    path.chmod(0o640)
    whole, one = found(path)
    assert whole.what.startswith(f"state file {path}: whole, ")
    assert (one.level, one.what, one.mend) == (
        "warn", f"others on this machine can read {path}, which holds personal data", f"chmod 600 {path}"
    )  # fmt: skip


def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 3 * 2**20))
    _, one = found(tmp_path / "state.db")
    assert (one.level, one.what, one.mend) == (
        "warn", "3 MB are free where the state file stands", "make room for 200 MB"
    )  # fmt: skip


def test_a_damaged_file(tmp_path: Path) -> None:
    sight = Sight(tmp_path / "state.db", True, damage=("row 3 missing from index runs_by_org",))
    one = next(check_state(sight))
    assert one.failure is not None and one.failure.exit_code == 2
    assert one.what == f"state file {tmp_path}/state.db is damaged: row 3 missing from index runs_by_org"
    assert one.mend == (
        "restore a backup of it; without one, move it away: the stamps in the CRM keep anything from being bought "
        "again at once, but the journal and undo are lost"
    )


def test_a_file_of_a_newer_release(tmp_path: Path) -> None:
    sight = Sight(tmp_path / "state.db", True, unknown=("m9999_tomorrow",))
    one = next(check_state(sight))
    assert one.what == f"state file {tmp_path}/state.db was written by a newer lusha-sync (m9999_tomorrow)"
    assert one.mend == "update lusha-sync on this machine; the older one must not write into it"
    [open_work] = check_open_work(sight, "acme")
    assert (open_work.skipped, open_work.mend) == (True, "mend the state file first")


def test_a_file_of_an_older_release(tmp_path: Path) -> None:
    sight = Sight(tmp_path / "state.db", True, pending=("m0007_passes",))
    one = next(check_state(sight))
    assert (one.level, one.what) == (
        "pass",
        f"state file {tmp_path}/state.db: whole, and of an older lusha-sync; the next run brings it up to date",
    )
    [open_work] = check_open_work(sight, "acme")
    assert open_work.mend == "lusha-sync status brings it up to date"
