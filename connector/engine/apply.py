"""Stage four, the one write path: guard → re-read → intent → write → outcome.

Only fields that still hold the value seen when the change was planned are written. The intent is committed before
the call and the outcome right after, so a process that dies between the two leaves a row to resolve, not a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from connector.crm.base import NOT_SENT
from connector.engine.context import Context
from connector.engine.plan import RecordPlan
from connector.errors import GuardRefused, InDoubt
from connector.mapping.identity import fingerprint, identify
from connector.mapping.values import same
from connector.models import Record, Rejection, Update, WriteResult, is_blank
from connector.store import journal, records
from connector.store.journal import Entry, State
from connector.store.records import Attempt, Outcome


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
    """Refuse a batch that would bring replacements of non-blank values over the allowed share of records read."""
    guards, counts = context.org.guards, context.counts
    limit = context.options.max_replaced_share
    limit = guards.max_replaced_share if limit is None else limit
    replaced = counts.replaced + sum(entry.change.replaces for plan in batch for entry in plan.entries)
    if counts.read >= guards.min_records and replaced > limit * counts.read:
        share = replaced / counts.read
        raise GuardRefused(
            f"run {context.purpose.run} would replace {replaced} values in {counts.read} records read"
            f" ({share:.1%}, limit {limit:.1%}); nothing more was written",
            hint=f"look at it with 'show {context.purpose.run}', then rerun with --max-replaced-share {share:.2f}",
        )
    counts.replaced = replaced


def _write(context: Context, batch: Sequence[RecordPlan]) -> None:
    now = _fetch(context, batch)
    ready = [_still_true(context, plan, now.get(plan.due.record.id)) for plan in batch]
    ready = [plan for plan in ready if plan.entries]
    if not ready:
        return
    with context.store.transaction():
        journal.mark(context.store, [(entry.id, "intended", None) for plan in ready for entry in plan.entries])
    _settle(context, ready, _send(context, ready))


def _fetch(context: Context, plans: Sequence[RecordPlan]) -> dict[str, Record]:
    fields = sorted({entry.change.field for plan in plans for entry in plan.entries})
    return dict(context.crm.fetch(context.object, [plan.due.record.id for plan in plans], fields))


def _still_true(context: Context, plan: RecordPlan, now: Record | None) -> RecordPlan:
    """The part of a plan that still holds; what moved meanwhile is a conflict and stays as the CRM has it."""
    if now is None:
        _end(context, plan, "gone", [(entry, "rejected", "the record is deleted") for entry in plan.entries])
        context.counts.rejected += 1
        return replace(plan, entries=())
    kept, lost, held = [], [], []
    for entry in plan.entries:
        current = now.values.get(entry.change.field)
        if _equal(current, entry.change.before):
            kept.append(entry)
        elif same(current, entry.change.after, context.mapping.info(entry.change.field)):
            held.append(entry)
        else:
            lost.append(entry)
    if lost and not any(not entry.change.stamp for entry in kept):
        kept, lost = [], [*lost, *kept]  # stamps go only with what they vouch for
    context.counts.conflicts += bool(lost)
    ends: list[tuple[Entry, State, str | None]] = [
        *((entry, "dropped", "the CRM holds it already") for entry in held),
        *((entry, "conflict", "changed in the CRM meanwhile") for entry in lost),
    ]
    if ends:
        _end(context, plan, "conflict" if lost else "matched", ends)
    return replace(plan, entries=tuple(kept))


def _send(context: Context, plans: Sequence[RecordPlan]) -> Sequence[WriteResult]:
    updates = [
        Update(plan.due.record.id, {entry.change.field: entry.change.after for entry in plan.entries}) for plan in plans
    ]
    try:
        return context.crm.update(context.object, updates)
    except InDoubt:
        return _send_missing(context, plans, updates)


def _send_missing(context: Context, plans: Sequence[RecordPlan], updates: Sequence[Update]) -> Sequence[WriteResult]:
    """The answer to a write was lost: look what landed, and send once more what did not.

    A second loss ends the run; the intents stay in doubt and are resolved at the next start.
    """
    now = _fetch(context, plans)
    landed = {plan.due.record.id for plan in plans if has_landed(context, plan.entries, now.get(plan.due.record.id))}
    again = [update for update in updates if update.id not in landed and update.id in now]
    results = {result.id: result for result in context.crm.update(context.object, again)} if again else {}
    return [results.get(update.id) or _looked_up(update, landed=update.id in landed) for update in updates]


def _looked_up(update: Update, *, landed: bool) -> WriteResult:
    """What re-reading told: everything of it landed, or the record is gone."""
    return WriteResult(update.id, frozenset(update.values) if landed else frozenset(), gone=not landed)


def has_landed(context: Context, entries: Sequence[Entry], record: Record | None) -> bool:
    """Whether the CRM now holds every value of a write whose answer was lost."""
    return record is not None and all(
        same(record.values.get(entry.change.field), entry.change.after, context.mapping.info(entry.change.field))
        for entry in entries
    )


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
    if any(rejection.code == NOT_SENT for rejection in result.rejections):
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
            mark,
            context.mapping.field_names,
            plan.lusha_id,
            reason=next((words for _, _, words in ends if words), None),
            counts=outcome not in ("conflict", "unsent"),
        )
        records.save(context.store, **context.scope, attempts=[attempt], now=context.now())


def _words(rejection: Rejection) -> str:
    return f"{rejection.code}: {rejection.message}"


def _equal(current: object, seen: object) -> bool:
    return current == seen or (is_blank(current) and is_blank(seen))
