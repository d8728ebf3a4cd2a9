"""CPU of our process per enriched record and per record read and found not due, everything included (start-up as well),
beside a script's row by row."""

from __future__ import annotations

from argparse import Namespace

from benchmarks.box import Box
from benchmarks.document import Row, chosen, options, tell
from benchmarks.measuring import Pass, instead, sync

TARGETS = {"enriched": 0.4, "not due": 0.04}
"""Milliseconds of CPU per record, at most."""


def measure(given: Namespace) -> list[Row]:
    """Two rows a CRM."""
    return [row for crm in chosen(given) for row in _crm(crm, given)]


def _crm(crm: str, given: Namespace) -> list[Row]:
    with Box(crm=crm, due=given.instead, seed=given.seed) as box:
        script = instead(box, crm)
    with Box(crm=crm, due=given.records, seed=given.seed) as box:
        enriched = sync(box, crm)
    with Box(crm=crm, resting=given.resting, seed=given.seed) as box:
        resting = sync(box, crm)
    with Box(crm=crm, seed=given.seed) as box:
        nothing = sync(box, crm).spent.cpu
    told = [
        _row(crm, "enriched", enriched, enriched.report["written"], nothing),
        _row(crm, "not due", resting, resting.report["read"], nothing),
    ]
    each = 1000 * script.spent.cpu / given.instead
    told[0] |= {"script_ms_per_record": round(each, 2), "ratio": round(each / told[0]["ms_per_record"], 1)}
    return told


def _row(crm: str, kind: str, done: Pass, records: int, nothing: float) -> Row:
    each = 1000 * done.spent.cpu / records
    return {
        "crm": crm, "kind": kind, "records": records, "cpu_seconds": round(done.spent.cpu, 2),
        "ms_per_record": round(each, 3), "target": TARGETS[kind], "met": each < TARGETS[kind],
        "ms_per_record_without_start_up": round(1000 * (done.spent.cpu - nothing) / records, 3),
        "empty_run_cpu_seconds": round(nothing, 2), "wall_seconds": round(done.spent.wall, 2),
        "sandbox_share": round(done.sandbox_share, 2),
    }  # fmt: skip


if __name__ == "__main__":
    tell("cpu", measure, options("cpu", __doc__, records=2000, resting=20_000, instead=100))
