"""The state file: whether it is there and sound, and what earlier runs left behind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from connector.doctor.finding import Check, Finding
from connector.errors import ConfigError
from connector.store.checkup import OpenWork, Sight, open_work
from connector.store.db import newer

LEAST_FREE = 200 * 2**20
"""Bytes that the disk should have free, or as many as the state file has, which ``forget`` writes anew."""
_STATE = Check(None, "state")
_RESTORE = (
    "restore a backup of it; without one, move it away: the stamps in the CRM keep anything from being bought again "
    "at once, but the journal and undo are lost"
)


def check_state(sight: Sight) -> Iterator[Finding]:
    """The file itself, and where it stands."""
    yield from _soundness(sight)
    yield from _surroundings(sight)


def check_open_work(sight: Sight, org: str) -> Iterator[Finding]:
    """What earlier runs of an org left to be done."""
    check = Check(org, "open work")
    if sight.store is None:
        yield check.skipped("the state file cannot be read as it stands", _why_unread(sight))
    else:
        yield from _left_behind(check, open_work(sight.store, org))


def _soundness(sight: Sight) -> Iterator[Finding]:
    name = f"state file {sight.path}"
    if sight.trouble:
        yield _STATE.failed(sight.trouble)
    elif not sight.exists:
        yield _STATE.passed(f"{name}: the first run makes it")
    elif sight.damage:
        yield _STATE.failed(ConfigError(f"{name} is damaged: {'; '.join(sight.damage)}"), _RESTORE)
    elif sight.unknown:
        yield _STATE.failed(newer(sight.path, sight.unknown))
    elif sight.pending:
        yield _STATE.passed(f"{name}: whole, and of an older lusha-sync; the next run brings it up to date")
    else:
        yield _STATE.passed(f"{name}: whole, {_size(sight.path.stat().st_size)}")


def _why_unread(sight: Sight) -> str:
    only_old = sight.pending and not (sight.unknown or sight.damage)
    return "lusha-sync status brings it up to date" if only_old else "mend the state file first"


def _surroundings(sight: Sight) -> Iterator[Finding]:
    path, folder = sight.path, sight.path.parent
    if not folder.is_dir():
        yield _STATE.failed(ConfigError(f"the folder of the state file is not there: {folder}"), f"mkdir -p {folder}")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        denied = ConfigError(f"nothing can be written into {folder}, where the state file stands")
        yield _STATE.failed(denied, "give the user that runs lusha-sync the right to write there, or change state.path")
    files = [one for end in ("", "-wal", "-shm") if (one := Path(f"{path}{end}")).exists()]
    for file in files:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            what = f"others on this machine can read {file}, which holds personal data"
            yield _STATE.warned(what, f"chmod 600 {file}")
    free, needed = shutil.disk_usage(folder).free, max(LEAST_FREE, path.stat().st_size if sight.exists else 0)
    if free < needed:
        yield _STATE.warned(f"{_size(free)} are free where the state file stands", f"make room for {_size(needed)}")


def _left_behind(check: Check, work: OpenWork) -> Iterator[Finding]:
    sync = f"lusha-sync sync {check.org}"
    findings = []
    if work.running:
        runs = ", ".join(str(run) for run in work.running)
        mend = f"let it end; if it died, {sync} finishes its work"
        findings.append(check.warned(f"without an end: run {runs}", mend))
    if work.in_doubt:
        mend = f"{sync} reads them again and settles it"
        findings.append(check.warned(f"nobody knows yet what became of {_changes(work.in_doubt)}", mend))
    if work.unresolved:
        mend = f"lusha-sync show {work.unresolved_run} names the records; look at them in the CRM"
        findings.append(check.warned(f"what became of {_changes(work.unresolved)} could not be found out", mend))
    if work.parked:
        count = "1 record rests" if work.parked == 1 else f"{work.parked:,} records rest"
        mend = f"lusha-sync runs and show RUN say why; mend the cause, then {sync} --retry-parked"
        findings.append(check.warned(f"{count} because the CRM refused what was to be written", mend))
    yield from findings or [check.passed("none")]


def _changes(count: int) -> str:
    return "1 change" if count == 1 else f"{count:,} changes"


def _size(count: float) -> str:
    for unit in ("bytes", "KB", "MB"):
        if count < 1024:
            return f"{count:,.0f} {unit}"
        count /= 1024
    return f"{count:,.1f} GB"
