"""``undo RUN``: the run's changes reversed, by the one write path. Only fields that still hold our value are touched.

Each field restored gets a tombstone, so that later runs do not write it again; an undo is a run like any other and can
be undone, which lifts them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from connector.engine.apply import apply
from connector.engine.plan import RecordPlan
from connector.engine.work import Work
from connector.models import Change, is_blank
from connector.store import journal, tallies
from connector.store.journal import Draft, Entry

BLANKED = (
    "the values before are not kept any more (older than state.keep_changes, or the person was forgotten), so they"
    " cannot be restored"
)
NOTHING = "nothing of that run is left to undo"


def undo(work: Work, run: int, *, records: Collection[str] = (), fields: Collection[str] = ()) -> None:
    """Restore what a run wrote, narrowed to records and fields; what it left and why stands in the journal."""
    work.counts.due = journal.undoable_records(work.store, run, records=records, fields=fields)
    if not work.counts.due:
        work.note(NOTHING)
    try:
        apply(work, _reversed(work, run, records, fields), None)
    finally:
        work.counts.matched -= tallies.open_records(work.store, work.run)


def _reversed(work: Work, run: int, records: Collection[str], fields: Collection[str]) -> Iterator[list[RecordPlan]]:
    for page in journal.undoable(work.store, run, records=records, fields=fields):
        plans = []
        with work.store.transaction():
            for id, entries in page.items():
                if drafts := [draft for entry in _latest(entries) if (draft := _draft(work, entry, run))]:
                    plans.append(RecordPlan(id, tuple(_saved(work, id, entries[-1].lusha_id, drafts))))
                else:
                    work.counts.conflicts += 1
        work.counts.matched += len(page)
        work.counts.changed += len(plans)
        yield plans


def _latest(entries: list[Entry]) -> list[Entry]:
    """One change of each field: a plan that was applied twice may have written a field twice."""
    return list({entry.change.field: entry for entry in entries}.values())


def _draft(work: Work, entry: Entry, run: int) -> Draft | None:
    change = entry.change
    if is_blank(change.before) and is_blank(change.after):  # a change leads from one value to another
        work.note(BLANKED)
        return None
    back = Change(
        change.field,
        before=change.after,
        after=change.before,
        reason=f"undo of run {run}",
        attribute=change.attribute,
        policy="undo",
        stamp=change.stamp,
    )
    return Draft(back, reverses=entry.id)


def _saved(work: Work, record: str, lusha_id: str | None, drafts: list[Draft]) -> list[Entry]:
    return journal.plan(
        work.store, run=work.run, **work.scope, record=record, lusha_id=lusha_id, drafts=drafts, now=work.now()
    )
