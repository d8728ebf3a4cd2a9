"""``apply PLAN``: the exact changes that a run saved, written in another process and maybe much later. Buys nothing.

What of the plan is not true any more is found by the re-read before each write, as in any run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connector.engine.apply import apply
from connector.engine.guards import Guards
from connector.engine.plan import RecordPlan
from connector.engine.work import Work
from connector.store import journal, plans, runs, tallies
from connector.store.journal import Entry
from connector.store.plans import Basis

UNMAPPED = "the mapping does not name this field any more"


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
        kept = {id: _still_mapped(work, entries) for id, entries in page.items()}
        _drop_unmapped(work, page, kept)
        yield [_plan(id, entries, bases.get(id)) for id, entries in kept.items() if entries]


def _still_mapped(work: Work, entries: list[Entry]) -> list[Entry]:
    """Without the fields that left the mapping since: whoever took a line out wants nothing written there. Stamps go
    only with what they vouch for."""
    mapped = work.rules.mapped
    if mapped is None or all(entry.change.field in mapped for entry in entries):
        return entries
    kept = [entry for entry in entries if entry.change.field in mapped]
    return kept if any(not entry.change.stamp for entry in kept) else []


def _drop_unmapped(work: Work, page: Mapping[str, list[Entry]], kept: Mapping[str, list[Entry]]) -> None:
    left = {entry.id for entries in kept.values() for entry in entries}
    gone = [entry.id for entries in page.values() for entry in entries if entry.id not in left]
    with work.store.transaction():
        journal.mark(work.store, [(id, "dropped", UNMAPPED) for id in gone], run=work.run)


def _read(work: Work, plan: int) -> int:
    """How many records the plan's run had read; where it died before it could say so, those that it planned for."""
    row = runs.found(work.store, plan)
    read = row.report.get("read") if row else None
    return int(read) if read else tallies.records(work.store, plan)


def _plan(record: str, entries: list[Entry], basis: Basis | None) -> RecordPlan:
    return RecordPlan(record, tuple(entries), basis, basis.identity if basis else {})
