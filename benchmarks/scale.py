"""A first pass and the next ones over unchanged records: calls, CPU, the size of the state file, and how soon
``status`` and ``history`` answer.

The sandbox's clock is an hour behind: what the first pass wrote was modified before the watermark, as it is for the
next nightly run. ``right_after`` measures it without that hour, where the watermark's overlap reads our own
writes again.
"""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any

from benchmarks.box import ORGS, Box
from benchmarks.document import Row, chosen, options, tell
from benchmarks.measuring import Pass, spend, sync
from connector.sandbox.native import salesforce_id

OBJECTS = {"hubspot": ("contacts", "88000000001"), "salesforce": ("Contact", salesforce_id("003", 1))}
MOST_CALLS, MOST_CPU, MOST_ANSWER, MOST_STATE = 100, 5.0, 0.2, 1500.0
"""Calls of the CRM, seconds of CPU, seconds, and bytes of the state file per record read (1.5 GB at a million)."""


def measure(given: Namespace) -> list[Row]:
    """One row a CRM."""
    return [_crm(crm, given) for crm in chosen(given)]


def _crm(crm: str, given: Namespace) -> Row:
    sizes = {"due": given.due, "resting": given.resting, "complete": given.complete, "seed": given.seed, "crm": crm}
    with Box(**sizes) as box:
        sync(box, crm)
        right_after = sync(box, crm)
    with Box(**sizes, behind=3600) as box:
        first = sync(box, crm)
        second = sync(box, crm)
        state = sum(file.stat().st_size for file in box.folder.glob("state.db*"))
        answers = {"status": _seconds(box, "status"), "history": _seconds(box, "history", ORGS[crm], *OBJECTS[crm])}
    records = sum((given.due, given.resting, given.complete))
    bytes_each = state / max(1, first.report["read"])
    return {
        "crm": crm, "records": records, "first": figures(crm, first), "second": figures(crm, second),
        "right_after": figures(crm, right_after),
        "second_met": second.total(crm) < MOST_CALLS and second.spent.cpu < MOST_CPU,
        "state_bytes": state, "state_bytes_per_record_read": round(bytes_each),
        "state_met": bytes_each < MOST_STATE, **{f"{name}_seconds": took for name, took in answers.items()},
        "answers_met": all(took < MOST_ANSWER for took in answers.values()),
        "sandbox_share": round(first.sandbox_share, 2), "sandbox_mb": round(second.sandbox_peak),
    }  # fmt: skip


def figures(crm: str, done: Pass) -> dict[str, Any]:
    """What one pass read and took."""
    return {
        "read": done.report["read"], "written": done.report["written"], "crm_calls": done.total(crm),
        "lusha_calls": done.total("lusha"), "cpu_seconds": round(done.spent.cpu, 2),
        "wall_seconds": round(done.spent.wall, 2), "peak_mb": round(done.spent.peak, 1),
    }  # fmt: skip


def _seconds(box: Box, *words: str) -> float:
    """The best of three, start-up included."""
    whole = ["-m", "connector", *words, "--config", str(box.config), "--json"]
    done = [spend(whole) for _ in range(3)]
    json.loads(done[0].out)
    return round(min(one.wall for one in done), 3)


if __name__ == "__main__":
    tell("scale", measure, options("scale", __doc__, due=1000, resting=4000, complete=5000))
