"""How soon commands answer that do little: ``--help``, ``validate``, and those that look into a small state file,
beside a Python that does nothing."""

from __future__ import annotations

import csv
import tempfile
from argparse import Namespace
from pathlib import Path
from statistics import median

from benchmarks.box import ROOT
from benchmarks.document import Row, options, tell
from benchmarks.measuring import spend

TARGETS = {"lusha-sync --help": 0.25, "lusha-sync status": 0.2, "lusha-sync history": 0.2}
"""Seconds."""


def measure(given: Namespace) -> list[Row]:
    """One row a command: median and best of ``--times``."""
    with tempfile.TemporaryDirectory() as folder:
        record = _demo(Path(folder))
        commands = {
            "--help": ["--help"],
            "sync --help": ["sync", "--help"],
            "validate": ["validate", "--config", str(ROOT / "config.example.yaml")],
            "status": ["status", "--config", f"{folder}/config.yaml"],
            "history": ["history", *record, "--config", f"{folder}/config.yaml"],
        }
        rows = [_row("python -c pass", ["-c", "pass"], given.times)]
        return rows + [_row(f"lusha-sync {name}", ["-m", "connector", *words], given.times)
                       for name, words in commands.items()]  # fmt: skip


def _demo(folder: Path) -> tuple[str, str, str]:
    """A state file as the demo leaves it, with its config; org, object and id of a record that it changed."""
    spend(["-m", "connector", "demo", "--quiet", "--dir", str(folder)])
    shown = spend(["-m", "connector", "show", "1", "--csv", "--config", str(folder / "config.yaml")])
    change = next(csv.DictReader(shown.out.splitlines()))
    return change["org"], change["object"], change["record"]


def _row(name: str, words: list[str], times: int) -> Row:
    done = [spend(words) for _ in range(times)]
    middle = median(one.wall for one in done)
    row = {
        "command": name, "seconds": round(middle, 3), "best": round(min(one.wall for one in done), 3),
        "cpu_seconds": round(median(one.cpu for one in done), 3), "peak_mb": round(done[0].peak, 1),
    }  # fmt: skip
    target = TARGETS.get(name)
    return row | ({"target": target, "met": middle < target} if target is not None else {})


if __name__ == "__main__":
    tell("startup", measure, options("startup", __doc__, times=5))
