"""Stage four, the one write path: guard → re-read → intent → write → outcome.

Only fields that still hold the value seen when the change was planned are written. The intent is committed before
the call and the outcome right after, so a process that dies between the two leaves a row to resolve, not a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from connector.engine.context import Context
from connector.engine.plan import RecordPlan
from connector.errors import GuardRefused, InDoubt
from connector.mapping.identity import fingerprint, identify
from connector.mapping.values import same
from connector.models import Record, Rejection, Update, WriteResult, is_blank
from connector.store import journal, records
from connector.store.journal import Entry, State
from connector.store.records import Attempt, Outcome

UNRESOLVED = "refused, or changed by somebody since: the answer to the write was lost"


def apply(context: Context, batches: Iterable[list[RecordPlan]]) -> None:
    """Write planned changes in full batches, each behind the guard."""
    for batch in _batches(context, batches):
        _guard(context, batch)
        _write(context, batch)
        context.progress(context.counts)
        context.check()


def _batches(context: Context, plans: Iterable[list[RecordPlan]]) -> Iterator[list[RecordPlan]]:
    """Full batches; the first waits until enough records were read for the guard to judge by."""
    waiting: list[RecordPlan] = []
    size = context.crm.write_batch
    for some in plans:
        waiting += some
        while len(waiting) >= size and context.counts.read >= context.org.guards.min_records:
            yield waiting[:size]
            waiting = waiting[size:]
    while waiting:
        yield waiting[:size]
        waiting = waiting[size:]


def _guard(context: Context, batch: Sequence[RecordPlan]) -> None:
    """Refuse a batch that would bring replacements of non-blank values over the allowed share of records read.

    A record may have several values replaced, so the share may pass 1; a limit of 1 lets everything through.
    """
    guards, counts = context.org.guards, context.counts
    limit = context.options.max_replaced_share
    limit = guards.max_replaced_share if limit is None else limit
    replaced = counts.replaced + sum(entry.change.replaces for plan in batch for entry in plan.entries)
    if limit < 1 and counts.read >= guards.min_records and replaced > limit * counts.read:
        share = replaced / counts.read
        enough = min(1.0, ceil(share * 100) / 100)
        raise GuardRefused(
            f"run {context.purpose.run} would replace {replaced} values in {counts.read} records read"
            f" ({share:.1%}, limit {limit:.1%}); nothing more was written",
            hint=f"look at it with 'show {context.purpose.run}', then rerun with --max-replaced-share {enough:.2f}",
        )
    counts.replaced = replaced


def _write(context: Context, batch: Sequence[RecordPlan]) -> None:
    ready = _still_true(context, batch)
    if not ready:
        return
    with context.store.transaction():
        journal.mark(context.store, [(entry.id, "intended", None) for plan in ready for entry in plan.entries])
    try:
        results = context.crm.update(context.object, [_update(plan, plan.entries) for plan in ready])
    except InDoubt:
        ready, results = _resolve(context, ready)
    _settle(context, ready, results)


def _update(plan: RecordPlan, entries: Sequence[Entry]) -> Update:
    """What to send of a record; stamps go alone only with its first match."""
    values = {entry.change.field: entry.change.after for entry in entries}
    stamps = frozenset(entry.change.field for entry in entries if entry.change.stamp)
    return Update(plan.due.record.id, values, frozenset() if plan.due.first else stamps)


def _fetch(context: Context, plans: Sequence[RecordPlan]) -> dict[str, Record]:
    fields = sorted({entry.change.field for plan in plans for entry in plan.entries})
    return dict(context.crm.fetch(context.object, [plan.due.record.id for plan in plans], fields))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A plan's changes as a re-read finds them: still to be made, already there, or overtaken by somebody."""

    open: list[Entry]
    there: list[Entry]
    lost: list[Entry]


def _look(context: Context, entries: Sequence[Entry], record: Record) -> _Seen:
    seen = _Seen([], [], [])
    for entry in entries:
        current = record.values.get(entry.change.field)
        if _equal(current, entry.change.before):
            seen.open.append(entry)
        elif same(current, entry.change.after, context.mapping.info(entry.change.field)):
            seen.there.append(entry)
        else:
            seen.lost.append(entry)
    if seen.lost and not any(not entry.change.stamp for entry in seen.open):
        return _Seen([], seen.there, [*seen.lost, *seen.open])  # stamps go only with what they vouch for
    return seen


def _still_true(context: Context, batch: Sequence[RecordPlan]) -> list[RecordPlan]:
    """The part of each plan that still holds; what moved meanwhile is a conflict and stays as the CRM has it."""
    ready = []
    for plan, seen in _looked(context, batch):
        _end_overtaken(context, plan, seen, there="dropped")
        if seen.open:
            ready.append(replace(plan, entries=tuple(seen.open)))
    return ready


def _looked(context: Context, plans: Sequence[RecordPlan]) -> Iterator[tuple[RecordPlan, _Seen]]:
    """Each plan against its record as it is now; the plan of a deleted record is settled here."""
    now = _fetch(context, plans)
    for plan in plans:
        if (record := now.get(plan.due.record.id)) is None:
            _end_gone(context, plan)
        else:
            yield plan, _look(context, plan.entries, record)


def _end_gone(context: Context, plan: RecordPlan) -> None:
    context.counts.rejected += 1
    _end(context, plan, "gone", [(entry, "rejected", "the record is deleted") for entry in plan.entries])


def _end_overtaken(context: Context, plan: RecordPlan, seen: _Seen, *, there: State | None) -> None:
    """Settle what is not to be written: conflicts, and (as ``there``) what the CRM holds already."""
    context.counts.conflicts += bool(seen.lost)
    ends: list[tuple[Entry, State, str | None]] = [
        (entry, "conflict", "changed in the CRM meanwhile") for entry in seen.lost
    ]
    if there is not None:
        ends += [(entry, there, "the CRM holds it already") for entry in seen.there]
    if ends:
        _end(context, plan, "conflict" if seen.lost else "matched", ends)


def _end_unresolved(context: Context, plan: RecordPlan, entries: Sequence[Entry]) -> None:
    """A record lands whole: where part of it is found, the rest was refused, or somebody has cleared it since.

    It counts as ours, so that what a person cleared is not filled again.
    """
    context.counts.rejected += 1
    context.note(UNRESOLVED)
    with context.store.transaction():
        journal.remember(context.store, **context.scope, written=entries, now=context.now())
        _end(context, plan, "matched", [(entry, "unresolved", UNRESOLVED) for entry in entries])


def _resolve(context: Context, plans: Sequence[RecordPlan]) -> tuple[list[RecordPlan], list[WriteResult]]:
    """The answer to a write was lost: look what landed, and send once more what did not.

    A second loss ends the run; the intents stay in doubt and are resolved at the next start.
    """
    looked = []
    for plan, seen in _looked(context, plans):
        _end_overtaken(context, plan, seen, there=None)
        if seen.there and seen.open:
            _end_unresolved(context, plan, seen.open)
            seen = _Seen([], seen.there, seen.lost)
        looked.append((replace(plan, entries=(*seen.open, *seen.there)), seen))
    again = [_update(plan, seen.open) for plan, seen in looked if seen.open]
    sent = {result.id: result for result in context.crm.update(context.object, again)} if again else {}
    looked = [(plan, seen) for plan, seen in looked if plan.entries]
    return [plan for plan, _ in looked], [_joined(plan, seen, sent) for plan, seen in looked]


def _joined(plan: RecordPlan, seen: _Seen, sent: dict[str, WriteResult]) -> WriteResult:
    """What landed at first, together with what the second sending did."""
    landed = frozenset(entry.change.field for entry in seen.there)
    later = sent.get(plan.due.record.id, WriteResult(plan.due.record.id))
    return replace(later, written=landed | later.written)


def _settle(context: Context, plans: Sequence[RecordPlan], results: Sequence[WriteResult]) -> None:
    with context.store.transaction():
        for plan, result in zip(plans, results, strict=True):
            written = [entry for entry in plan.entries if entry.change.field in result.written]
            journal.remember(context.store, **context.scope, written=written, now=context.now())
            _count(context, written, result)
            ends = [(entry, *_outcome(entry, result)) for entry in plan.entries]
            _end(context, plan, _record_outcome(written, result), ends)


def _count(context: Context, written: Sequence[Entry], result: WriteResult) -> None:
    counts = context.counts
    counts.written += bool(written)
    counts.fields_written += len(written)
    counts.stamps_written += sum(entry.change.stamp for entry in written)
    counts.rejected += bool(result.rejections) or result.gone
    for rejection in result.rejections:
        context.note(_words(rejection))


def _outcome(entry: Entry, result: WriteResult) -> tuple[State, str | None]:
    if entry.change.field in result.written:
        return "written", None
    if result.gone:
        return "rejected", "the record is deleted"
    named = [r for r in result.rejections if r.field in (entry.change.field, None)]
    return "rejected", "; ".join(_words(r) for r in named) or "refused together with another field"


def _record_outcome(written: Sequence[Entry], result: WriteResult) -> Outcome:
    if result.gone:
        return "gone"
    if any(rejection.transient for rejection in result.rejections):
        return "unsent"
    return "matched" if written else "rejected"


def _end(context: Context, plan: RecordPlan, outcome: Outcome, ends: Sequence[tuple[Entry, State, str | None]]) -> None:
    """Save how a record's changes ended, and the attempt with the identity the record has after our own write."""
    due = plan.due
    with context.store.transaction():
        journal.mark(context.store, [(entry.id, state, words) for entry, state, words in ends])
        if outcome == "gone":
            records.forget_gone(context.store, **context.scope, ids=[due.record.id])
            return
        after = {entry.change.field: entry.change.after for entry, state, _ in ends if state == "written"}
        mark = fingerprint(identify(context.entity, context.mapping.settings.identify, {**due.record.values, **after}))
        attempt = Attempt(
            due.record.id,
            outcome,
            " ".join(dict.fromkeys((due.fingerprint, mark))),
            due.covered(context.mapping),
            plan.lusha_id,
            reason=next((words for _, _, words in ends if words), None),
            counts=outcome not in ("conflict", "unsent"),
            answered=plan.answered,
        )
        records.save(context.store, **context.scope, attempts=[attempt], now=context.now())


def _words(rejection: Rejection) -> str:
    return f"{rejection.code}: {rejection.message}"


def _equal(current: object, seen: object) -> bool:
    return current == seen or (is_blank(current) and is_blank(seen))
