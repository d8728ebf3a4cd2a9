"""One request of the write path: intent → write → what came of it, also where its answer was lost.

The intent is committed before the call and the outcome right after, so a process that dies between the two leaves a
row to resolve, not a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from connector.engine.flow import Task, called
from connector.engine.plan import RecordPlan
from connector.engine.reread import Ready, Seen, end_overtaken, looked
from connector.engine.settle import Ended, end
from connector.engine.work import Work
from connector.errors import ConnectorError, InDoubt, NotDone
from connector.models import Again, Update, WriteResult
from connector.store import journal
from connector.store.journal import Entry

UNRESOLVED = "refused, or changed by somebody since: the answer to the write was lost"

Written = tuple[RecordPlan, WriteResult]


def send(work: Work, ready: Sequence[Ready], *, last: bool) -> Task[list[Written]]:
    """A task: write what was re-read just now, at most ``write_batch`` records. What comes back as ``again`` is planned
    as before. ``last``: there is no further try, and an error that says that nothing was done is raised for what it is.
    """
    if not ready:
        return []
    with work.store.transaction():
        journal.intend(work.store, [entry for one in ready for entry in one.plan.entries], run=work.run)
    plans = [one.plan for one in ready]
    try:
        updates = [_update(work, one, one.plan.entries) for one in ready]
        results = yield from called(partial(work.crm.update, work.object, updates))
    except InDoubt:
        return (yield from _resolve(work, plans))
    except ConnectorError as error:  # nothing was done: no doubt may stay that makes a person's value look like ours
        _put_back(work, plans)
        if not isinstance(error, NotDone):
            raise
        if last:
            raise error.instead from error
        return [(plan, WriteResult(plan.record, again=Again(wait=True))) for plan in plans]
    written = list(zip(plans, results, strict=True))
    _put_back(work, [plan for plan, result in written if result.again])
    return written


def _put_back(work: Work, plans: Sequence[RecordPlan]) -> None:
    with work.store.transaction():
        journal.mark(work.store, [(entry.id, "planned", None) for plan in plans for entry in plan.entries])


def _update(work: Work, one: Ready, entries: Sequence[Entry]) -> Update:
    """What to send of a record; stamps go alone only with its first match, or back."""
    values = {entry.change.field: entry.change.after for entry in entries}
    alone = one.plan.basis is None or one.plan.basis.first
    stamps = [] if alone else [entry.change.field for entry in entries if entry.change.stamp]
    strict = not work.rules.strict.isdisjoint(values)
    return Update(one.plan.record, values, frozenset(stamps), one.seen, strict, one.ours)


def _resolve(work: Work, plans: Sequence[RecordPlan]) -> Task[list[Written]]:
    """A task: the answer to a write was lost: look what landed, and send once more what did not.

    A second loss ends the run; the intents stay in doubt and are resolved at the next start, as are those of a run that
    is ending already.
    """
    found = yield from looked(work, plans)
    end_overtaken(work, [(plan, seen) for plan, _, seen in found], there=None)
    _end_unresolved(work, [(plan, seen.open) for plan, _, seen in found if seen.there and seen.open])
    seen_of: list[tuple[Ready, Seen]] = []
    for plan, record, seen in found:
        left = Seen([], seen.there, seen.lost) if seen.there else seen
        if left.open or left.there:
            rest = replace(plan, entries=(*left.open, *left.there))
            seen_of.append((Ready(rest, record.modified), left))
    again = [_update(work, ready, seen.open) for ready, seen in seen_of if seen.open]
    results = yield from called(partial(_once_more, work, again))
    sent = {result.id: result for result in results}
    return [(ready.plan, _joined(ready.plan, seen, sent)) for ready, seen in seen_of]


def _once_more(work: Work, updates: Sequence[Update]) -> Sequence[WriteResult]:
    try:
        return work.crm.update(work.object, updates) if updates else []
    except NotDone:
        return [WriteResult(update.id, again=Again(wait=True)) for update in updates]


def _joined(plan: RecordPlan, seen: Seen, sent: dict[str, WriteResult]) -> WriteResult:
    """What landed at first, together with what the second sending did."""
    landed = frozenset(entry.change.field for entry in seen.there)
    later = sent.get(plan.record, WriteResult(plan.record))
    return replace(later, written=landed | later.written)


def _end_unresolved(work: Work, some: Sequence[tuple[RecordPlan, Sequence[Entry]]]) -> None:
    """A record lands whole: where part of it is found, the rest was refused, or somebody has cleared it since.

    It counts as ours, so that what a person cleared is not filled again; what was not taken back stays as it was.
    """
    for plan, _ in some:
        work.refused(plan.record)
        work.note(UNRESOLVED)
    ours = [entry for _, entries in some for entry in entries if entry.reverses is None]
    ended = [Ended(plan, "matched", [(entries, "unresolved", UNRESOLVED)]) for plan, entries in some]
    with work.store.transaction():
        journal.landed(work.store, **work.scope, entries=ours, now=work.now())
        end(work, ended)
