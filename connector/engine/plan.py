"""Stage three: answers become planned changes, saved before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from connector.engine.cases import Enriched
from connector.engine.context import Context
from connector.engine.select import Due
from connector.mapping.diff import Diff, Situation, diff
from connector.models import is_blank
from connector.store import journal, records
from connector.store.journal import Entry, Suggestion


@dataclass(frozen=True, slots=True)
class RecordPlan:
    """The saved changes of one record."""

    due: Due
    lusha_id: str
    answered: datetime
    entries: tuple[Entry, ...]


def plan(context: Context, batches: Iterable[list[Enriched]]) -> Iterator[list[RecordPlan]]:
    """Planned changes for matched records; records that need none are settled here."""
    for batch in batches:
        with context.store.transaction():
            plans = [item for answer in batch if (item := _plan_one(context, answer))]
        yield plans


def _plan_one(context: Context, answer: Enriched) -> RecordPlan | None:
    due, profile = answer.due, answer.profile
    situation = Situation(answer.moved, _first_match(context, due), due.phones, answer.answered)
    found = diff(context.mapping, due.record, profile, due.last, situation)
    _report(context, due, profile.id, found)
    if not found.changes:
        context.counts.unchanged += 1
        attempt = records.Attempt(
            due.record.id,
            "matched",
            due.fingerprint,
            due.covered(context.mapping),
            profile.id,
            answered=answer.answered,
        )
        records.save(context.store, **context.scope, attempts=[attempt], now=context.now())
        return None
    context.counts.changed += 1
    entries = journal.plan(
        context.store,
        run=context.purpose.run,
        **context.scope,
        record=due.record.id,
        lusha_id=profile.id,
        changes=found.changes,
        now=context.now(),
    )
    return RecordPlan(due, profile.id, answer.answered, tuple(entries))


def _first_match(context: Context, due: Due) -> bool:
    """The first match is stamped even where no field changes; a lost state file does not make it the first again."""
    stamps = [due.record.values.get(stamp.name) for stamp in context.mapping.stamps]
    return due.first and any(is_blank(value) for value in stamps)


def _report(context: Context, due: Due, lusha_id: str, found: Diff) -> None:
    for note in found.notes:
        context.note(f"{note.field}: {note.reason}")
    context.counts.suggested += len(found.suggestions)
    journal.suggest(
        context.store,
        run=context.purpose.run,
        **context.scope,
        suggestions=[Suggestion(due.record.id, change, lusha_id) for change in found.suggestions],
        now=context.now(),
    )
