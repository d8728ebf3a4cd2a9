"""``undo RUN``: the run's changes reversed, by the one write path. Only fields that still hold our value are touched.

Each field restored gets a tombstone, so that later runs do not write it again; an undo is a run like any other and can
be undone, which lifts them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from connector.engine.apply import apply
from connector.engine.plan import RecordPlan, journalled
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
        reversed_ = {id: _drafts(work, id, entries, run) for id, entries in page.items()}
        plans = journalled(work, [draft for drafts in reversed_.values() for draft in drafts])
        work.counts.conflicts += sum(not drafts for drafts in reversed_.values())
        work.counts.matched += len(page)
        work.counts.changed += len(plans)
        yield plans


def _drafts(work: Work, record: str, entries: list[Entry], run: int) -> list[Draft]:
    whose = entries[-1].lusha_id
    return [
        Draft(record, back, whose, reverses=entry.id)
        for entry in _latest(entries)
        if (back := _back(work, entry.change, run)) is not None
    ]


def _latest(entries: list[Entry]) -> list[Entry]:
    """One change of each field: a plan that was applied twice may have written a field twice."""
    return list({entry.change.field: entry for entry in entries}.values())


def _back(work: Work, change: Change, run: int) -> Change | None:
    if is_blank(change.before) and is_blank(change.after):  # a change leads from one value to another
        work.note(BLANKED)
        return None
    return Change(
        change.field,
        before=change.after,
        after=change.before,
        reason=f"undo of run {run}",
        attribute=change.attribute,
        policy="undo",
        stamp=change.stamp,
    )
