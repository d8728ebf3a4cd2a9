"""``apply PLAN``: the exact changes that a run saved, written in another process and maybe much later. Buys nothing.

What of the plan is not true any more is found by the re-read before each write, as in any run.
"""

from __future__ import annotations

from collections.abc import Iterator

from connector.engine.apply import apply
from connector.engine.guards import Guards
from connector.engine.plan import RecordPlan
from connector.engine.work import Work
from connector.store import journal, plans, tallies


def apply_saved(work: Work, plan: int, *, read: int) -> None:
    """Write what run ``plan`` saved and nobody wrote yet; ``read``: the records that it had read, for the guards."""
    guards = Guards(work, plan=plan)
    guards.judge_whole(read)
    work.counts.due = work.counts.changed = tallies.open_records(work.store, plan)
    try:
        apply(work, _plans(work, plan), guards)
    finally:
        work.counts.matched = work.counts.due - tallies.open_records(work.store, plan)


def _plans(work: Work, plan: int) -> Iterator[list[RecordPlan]]:
    for page in journal.planned(work.store, plan):
        bases = plans.found(work.store, plan, list(page))
        yield [RecordPlan(id, tuple(entries), bases.get(id)) for id, entries in page.items()]
