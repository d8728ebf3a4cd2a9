"""Runs one command in a process of its own and measures it: time, CPU, peak memory, requests, the sandbox's share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.box import ORGS, ROOT, Box

KIB = 1 if sys.platform == "darwin" else 1024
"""``ru_maxrss`` is told in KiB, on macOS in bytes."""


_END = 2_000
"""Characters of what a process printed that tell why it failed."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process took: seconds on the clock, seconds of CPU (user and system, all threads), peak memory in MB."""

    wall: float
    cpu: float
    peak: float
    out: str


@dataclass(frozen=True, slots=True)
class Pass:
    """One command against a sandbox: what it took, the requests by vendor and path, the sandbox's share of a core and
    its peak memory in MB."""

    spent: Spent
    calls: dict[str, dict[str, int]]
    sandbox_share: float
    sandbox_peak: float

    @property
    def report(self) -> dict[str, Any]:
        """The one run that ``sync --json`` reported."""
        found: dict[str, Any] = json.loads(self.spent.out)["runs"][0]
        return found

    def total(self, vendor: str) -> int:
        """Requests that one vendor served; signing in is no call of its data and is left out."""
        return sum(count for path, count in self.calls[vendor].items() if "/oauth2/" not in path)


def spend(words: Sequence[str], *, python: str = sys.executable, into: Path | None = None) -> Spent:
    """Run ``python WORDS``. RuntimeError, with what it printed, where it does not end with 0.

    ``into``: a file for what it prints, where that is too much for this process, whose peak its children begin with;
    of it the end alone is kept.
    """
    with tempfile.TemporaryFile("w+") if into is None else into.open("w+") as out:
        began = time.perf_counter()
        process = subprocess.Popen([python, *words], cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0 if into is None else max(0, out.seek(0, os.SEEK_END) - _END))
        printed = out.read()
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}:\n{printed[-_END:]}")
    return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * KIB / 1e6, printed)


def against(box: Box, words: Sequence[str], *, python: str = sys.executable, into: Path | None = None) -> Pass:
    """Run ``python WORDS`` while ``box`` counts. ``into``: see ``spend``."""
    before = box.told()
    spent = spend(words, python=python, into=into)
    done = box.told().since(before)
    return Pass(spent, done.calls, done.cpu / spent.wall, done.peak)


def sync(box: Box, crm: str, *options: str) -> Pass:
    """``lusha-sync sync`` of the contacts of one CRM."""
    words = ["-m", "connector", "sync", ORGS[crm], "--config", str(box.config), "--json", "--quiet", *options]
    return against(box, words)


def instead(box: Box, crm: str, way: str = "") -> Pass:
    """A script of ``benchmarks.instead``: row by row, or in another ``way``."""
    module = f"benchmarks.instead.{crm}{f'_{way}' if way else ''}"
    words = ["-m", module, box.addresses[crm], box.addresses["lusha"]]
    return against(box, words, into=box.folder / f"{module}.out")
