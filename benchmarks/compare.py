"""The same work done by this product and by others, in one run on sandboxes of one kind.

Reading all contacts: a pass in which nothing is due, the SDK's typed reading, a Singer tap. Enriching those that lack a
title: a pass, and scripts in batches and row by row.

``--peers FOLDER`` runs the taps too; they are installed from PyPI into environments below it.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from benchmarks.box import Box
from benchmarks.document import Row, chosen, options, tell
from benchmarks.measuring import Pass, instead, sync
from benchmarks.peers.taps import TAPS


def measure(given: Namespace) -> list[Row]:
    """One row for each job and way of doing it; ``times_ours``: how many times ours each figure is."""
    return [
        row for crm in chosen(given) for job in (_reading, _enriching) for row in _beside_ours(list(job(crm, given)))
    ]


def _reading(crm: str, given: Namespace) -> Iterator[Row]:
    with Box(crm=crm, resting=given.resting, seed=given.seed) as box:
        done = sync(box, crm)
        yield _row(crm, "read", "lusha-sync sync", done, done.report["read"])
        yield _row(crm, "read", "SDK, typed", instead(box, crm, "reading"), given.resting)
        if given.peers:
            tap = TAPS[crm]
            done, count = tap.read(box, given.peers)
            yield _row(crm, "read", tap.package, done, count) | {"shim": tap.shim}


def _enriching(crm: str, given: Namespace) -> Iterator[Row]:
    with Box(crm=crm, due=given.records, seed=given.seed) as box:
        done = sync(box, crm)
        yield _row(crm, "enrich", "lusha-sync sync", done, done.report["written"])
    for way, words, records in (("batched", "SDK, batches", given.records), ("", "SDK, row by row", given.instead)):
        with Box(crm=crm, due=records, seed=given.seed) as box:
            yield _row(crm, "enrich", words, instead(box, crm, way), records)


def _row(crm: str, job: str, way: str, done: Pass, records: int) -> Row:
    calls = done.total(crm) + done.total("lusha")
    return {
        "crm": crm, "job": job, "way": way, "records": records, "seconds": round(done.spent.wall, 2),
        "records_per_second": round(records / done.spent.wall), "calls": calls, "peak_mb": round(done.spent.peak),
        "sandbox_share": round(done.sandbox_share, 2),
        "per_record": {
            "ms": 1000 * done.spent.wall / records, "cpu_ms": 1000 * done.spent.cpu / records, "calls": calls / records,
        },
    }  # fmt: skip


def _beside_ours(rows: list[Row]) -> list[Row]:
    """Our own row stands first."""
    ours: dict[str, float] = rows[0]["per_record"]
    return [
        row
        | {
            "per_record": {name: round(figure, 4) for name, figure in row["per_record"].items()},
            "times_ours": {name: round(figure / ours[name], 2) for name, figure in row["per_record"].items()},
        }
        for row in rows
    ]


if __name__ == "__main__":
    parser = options("compare", __doc__, records=2000, resting=20_000, instead=100)
    parser.add_argument("--peers", type=Path, default=None, help="folder of the taps' environments (default: no taps)")
    tell("compare", measure, parser)
