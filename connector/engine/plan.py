"""Stage three: answers become planned changes, saved before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from connector.engine.cases import Enriched
from connector.engine.context import Context
from connector.engine.select import Due, parking_mark
from connector.mapping.diff import Diff, Situation, diff
from connector.models import Edit, is_blank
from connector.store import journal, plans, records, suggestions
from connector.store.journal import Draft, Entry
from connector.store.plans import Basis
from connector.store.suggestions import Suggestion

Edits = Mapping[str, Mapping[str, Edit]]
"""The last edit of fields, by record id and field."""


@dataclass(frozen=True, slots=True)
class RecordPlan:
    """The saved changes of one record; ``basis`` is None where nothing but the fields is to be remembered (undo)."""

    record: str
    entries: tuple[Entry, ...]
    basis: Basis | None = None


def plan(context: Context, batches: Iterable[list[Enriched]]) -> Iterator[list[RecordPlan]]:
    """Planned changes for matched records; records that need none are settled here."""
    for batch in batches:
        edits = _last_edits(context, batch)
        with context.store.transaction():
            planned = [item for answer in batch if (item := _plan_one(context, answer, edits))]
            suggestions.settle(
                context.store,
                run=context.run,
                **context.scope,
                records=[answer.due.record.id for answer in batch],
            )
        yield planned


def _last_edits(context: Context, batch: list[Enriched]) -> Edits:
    """Who changed last what ``newer`` may replace: asked for the whole batch in one, and only where it decides."""
    asks = {answer.due.record.id: _found(context, answer, None).asks for answer in batch}
    ids = [id for id, fields in asks.items() if fields]
    if not ids:
        return {}
    fields = sorted(frozenset().union(*asks.values()))
    return context.crm.last_edits(context.object, ids, fields)  # type: ignore


def _found(context: Context, answer: Enriched, edits: Mapping[str, Edit] | None) -> Diff:
    due = answer.due
    situation = Situation(answer.moved, _first_match(context, due), due.phones, answer.answered, edits)
    return diff(context.mapping, due.record, answer.profile, due.last, situation)


def _plan_one(context: Context, answer: Enriched, edits: Edits) -> RecordPlan | None:
    due, profile = answer.due, answer.profile
    found = _found(context, answer, edits.get(due.record.id, {}))
    _report(context, due, profile.id, found)
    if not found.changes:
        context.counts.unchanged += 1
        _settle_unchanged(context, answer)
        return None
    context.counts.changed += 1
    entries = journal.plan(
        context.store,
        run=context.run,
        **context.scope,
        record=due.record.id,
        lusha_id=profile.id,
        drafts=[Draft(change) for change in found.changes],
        now=context.now(),
    )
    basis = _basis(context, answer)
    plans.save(context.store, run=context.run, **context.scope, basis=basis)
    return RecordPlan(due.record.id, tuple(entries), basis)


def _basis(context: Context, answer: Enriched) -> Basis:
    due, values = answer.due, answer.due.record.values
    return Basis(
        record=due.record.id,
        lusha_id=answer.profile.id,
        first=due.first,
        fingerprint=due.fingerprint,
        fields=due.covered(context.mapping),
        identity={path: values.get(path) for path in context.mapping.identity_paths},
        answered=answer.answered,
        mark=parking_mark(context.mapping, due.record),
    )


def _settle_unchanged(context: Context, answer: Enriched) -> None:
    due = answer.due
    attempt = records.Attempt(
        due.record.id,
        "matched",
        due.fingerprint,
        due.covered(context.mapping),
        answer.profile.id,
        answered=answer.answered,
    )
    records.save(context.store, **context.scope, attempts=[attempt], now=context.now())


def _first_match(context: Context, due: Due) -> bool:
    """The first match is stamped even where no field changes; a lost state file does not make it the first again."""
    stamps = [due.record.values.get(stamp.name) for stamp in context.mapping.stamps]
    return due.first and any(is_blank(value) for value in stamps)


def _report(context: Context, due: Due, lusha_id: str, found: Diff) -> None:
    for note in found.notes:
        context.note(f"{note.field}: {note.reason}")
    context.counts.suggested += len(found.suggestions)
    suggestions.suggest(
        context.store,
        run=context.run,
        **context.scope,
        suggestions=[Suggestion(due.record.id, change, lusha_id) for change in found.suggestions],
        now=context.now(),
    )
