"""``apply PLAN``: the exact changes that a run saved, written in another process and maybe much later. Buys nothing.

What of the plan is not true any more is found by the re-read before each write, as in any run.
"""

from __future__ import annotations

from collections.abc import Iterator

from connector.engine.apply import apply
from connector.engine.guards import Guards
from connector.engine.plan import RecordPlan
from connector.engine.work import Work
from connector.store import journal, plans, runs, tallies
from connector.store.journal import Entry
from connector.store.plans import Basis


def apply_saved(work: Work, plan: int) -> None:
    """Write what run ``plan`` saved and nobody wrote yet, once the guards have judged it as a whole."""
    guards = Guards(work, plan=plan)
    work.counts.due = work.counts.changed = tallies.open_records(work.store, plan)
    try:
        guards.judge_whole(_read(work, plan))
        apply(work, _plans(work, plan), guards)
    finally:
        work.counts.matched = work.counts.due - tallies.open_records(work.store, plan)


def _plans(work: Work, plan: int) -> Iterator[list[RecordPlan]]:
    for page in journal.planned(work.store, plan):
        bases = plans.found(work.store, plan, list(page))
        yield [_plan(id, entries, bases.get(id)) for id, entries in page.items()]


def _read(work: Work, plan: int) -> int:
    """How many records the plan's run had read; where it died before it could say so, those that it planned for."""
    row = runs.found(work.store, plan)
    read = row.report.get("read") if row else None
    return int(read) if read else tallies.records(work.store, plan)


def _plan(record: str, entries: list[Entry], basis: Basis | None) -> RecordPlan:
    return RecordPlan(record, tuple(entries), basis, basis.identity if basis else {})
