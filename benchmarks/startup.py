"""How soon ``lusha-sync --help`` and ``validate`` answer, beside a Python that does nothing."""

from __future__ import annotations

from argparse import Namespace
from statistics import median

from benchmarks.box import ROOT
from benchmarks.document import Row, options, tell
from benchmarks.measuring import spend

TARGET = 0.25
"""Seconds, for ``--help``."""
_SECRETS = "SF_CLIENT_ID SF_CLIENT_SECRET HUBSPOT_TOKEN LUSHA_API_KEY"


def measure(given: Namespace) -> list[Row]:
    """One row a command: median and best of ``--times``."""
    commands = {
        "python -c pass": ["-c", "pass"],
        "lusha-sync --help": ["-m", "connector", "--help"],
        "lusha-sync sync --help": ["-m", "connector", "sync", "--help"],
        "lusha-sync validate": ["-m", "connector", "validate", "--config", str(ROOT / "config.example.yaml")],
    }
    return [_row(name, words, given.times) for name, words in commands.items()]


def _row(name: str, words: list[str], times: int) -> Row:
    done = [spend(words) for _ in range(times)]
    middle = median(one.wall for one in done)
    row = {
        "command": name, "seconds": round(middle, 3), "best": round(min(one.wall for one in done), 3),
        "cpu_seconds": round(median(one.cpu for one in done), 3), "peak_mb": round(done[0].peak, 1),
    }  # fmt: skip
    return row | ({"target": TARGET, "met": middle < TARGET} if name == "lusha-sync --help" else {})


if __name__ == "__main__":
    tell("startup", measure, options("startup", __doc__, times=5))
