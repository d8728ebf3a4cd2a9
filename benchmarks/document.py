"""What every benchmark prints: one JSON document with the machine's facts, the sizes and its rows of figures."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.box import ROOT
from benchmarks.measuring import spend

Row = dict[str, Any]
CRMS = ("hubspot", "salesforce")


def options(name: str, about: str | None, **sizes: int | float) -> argparse.ArgumentParser:
    """The parser of one benchmark: ``--seed``, ``--crm`` and, for each size, an option with its default."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=about)
    parser.add_argument("--seed", type=int, default=1, help="which world (default: 1)")
    parser.add_argument("--crm", choices=CRMS, default=None, help="one CRM alone (default: both, one after the other)")
    for size, default in sizes.items():
        parser.add_argument(f"--{size}", type=type(default), default=default, help=f"default: {default}")
    return parser


def tell(name: str, measure: Callable[[argparse.Namespace], Sequence[Row]], parser: argparse.ArgumentParser) -> None:
    """Measure as the command line asks, and print the document."""
    given = parser.parse_args()
    compile_modules()
    machine = facts()
    rows = measure(given)
    load = [round(one, 2) for one in os.getloadavg()]
    document = {"benchmark": name, "machine": {**machine, "load_after": load}, "options": vars(given), "rows": rows}
    print(json.dumps(document, indent=2, default=str))


def compile_modules() -> None:
    """As an installation does; otherwise, where Python is told to write no bytecode, every start would compile anew."""
    spend(["-m", "compileall", "-q", "connector", "benchmarks"])


def chosen(given: argparse.Namespace) -> tuple[str, ...]:
    """The CRMs to measure."""
    return (given.crm,) if given.crm else CRMS


def facts() -> dict[str, Any]:
    """The machine as it is now; ``load``: over 1, 5 and 15 minutes, before anything was measured."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "load": [round(one, 2) for one in os.getloadavg()],
        "python": platform.python_version(),
        "commit": _commit(),
    }


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit() -> str | None:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or None
