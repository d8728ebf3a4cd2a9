"""Stage three: answers become planned changes, saved before anything is written."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby, islice
from types import MappingProxyType

from connector.engine.cases import Enriched
from connector.engine.context import Context
from connector.engine.flow import Task, called
from connector.engine.verdict import parking_mark
from connector.engine.work import Work
from connector.lusha.attributes import BASE
from connector.mapping.compile import CompiledField
from connector.mapping.diff import Diff, diff
from connector.mapping.worth import Situation
from connector.models import Change, Edit, Value, is_blank
from connector.store import attempts, journal, plans, suggestions
from connector.store.journal import Draft, Entry
from connector.store.ledger import Paid
from connector.store.plans import Basis
from connector.store.shares import SEARCH
from connector.store.suggestions import Listed, Suggestion

STAGE = "plan"
PREVIEW = "preview"
"""What a search tells, among the data that a field needs (``lusha.attributes``)."""


@dataclass(frozen=True, slots=True)
class RecordPlan:
    """The saved changes of one record; ``basis`` is None where nothing but the fields is to be remembered (undo).

    ``identity``: the values that identified it when its changes were thought of, by field; empty where it matters not.
    """

    record: str
    entries: tuple[Entry, ...]
    basis: Basis | None = None
    identity: Mapping[str, Value] = field(default_factory=dict)


def journalled(
    work: Work, drafts: Sequence[Draft], identities: Mapping[str, Mapping[str, Value]] = MappingProxyType({})
) -> list[RecordPlan]:
    """Changes that a person asked for, saved as planned: one plan a record, whose drafts stand together.

    ``identities``: the values that identified the records, by field path.
    """
    entries = journal.plan(work.store, run=work.run, **work.scope, drafts=drafts, now=work.now())
    return [
        RecordPlan(id, tuple(some), None, identities.get(id, {}))
        for id, some in groupby(entries, key=lambda entry: entry.record)
    ]


def plan(context: Context, batches: Iterable[list[Enriched]]) -> Iterator[list[RecordPlan]]:
    """Planned changes for matched records; records that need none are settled here."""
    lane, ready = context.flow.lane(STAGE), deque[RecordPlan]()
    for batch in batches:
        while not lane.open:
            context.flow.step(STAGE)
        if batch:
            lane.start(_planned(context, batch, ready))
        lane.meet()
        yield _taken(ready)
    lane.finish()
    yield _taken(ready)


def _taken(ready: deque[RecordPlan]) -> list[RecordPlan]:
    """What is ready by now; more may become so while it is worked on."""
    return [ready.popleft() for _ in range(len(ready))]


def _planned(context: Context, batch: list[Enriched], ready: deque[RecordPlan]) -> Task[None]:
    """A task: compare, and save what comes of it; who changed a field last may have to be asked first."""
    found = yield from _found(context, batch)
    changing = [(answer, compared.changes) for answer, compared in found if compared.changes]
    with context.store.transaction():
        _suggest(context, found)
        _settle_unchanged(context, [answer for answer, compared in found if not compared.changes])
        ready += _save(context, changing)
        _settle_proposals(context, batch)


def _settle_proposals(context: Context, batch: list[Enriched]) -> None:
    """Take off the review list what this run could have proposed again and did not: the record or Lusha moved on."""
    answers = {answer.due.record.id: answer for answer in batch}
    fields = {field.name: field for field in context.mapping.fields}
    open_ = suggestions.earlier(context.store, run=context.run, **context.scope, records=list(answers))
    outdated = [
        one.id for one in open_ if one.field in fields and _moved_on(fields[one.field], one, answers[one.record])
    ]
    suggestions.decide(context.store, outdated, "settled")


def _moved_on(field: CompiledField, one: Listed, answer: Enriched) -> bool:
    """What was not bought this time tells nothing against a proposal, while the field holds what it held."""
    told = field.data - {PREVIEW, BASE[answer.profile.entity]} <= answer.profile.revealed
    return told or answer.due.record.values.get(field.name) != one.current


def _found(context: Context, batch: list[Enriched]) -> Task[list[tuple[Enriched, Diff]]]:
    """What each record would get. Who changed last what ``newer`` may replace is asked for the whole batch in one, and
    only where it decides."""
    found = [(answer, _compare(context, answer, None)) for answer in batch]
    asks = {answer.due.record.id: first.asks for answer, first in found if first.asks}
    if not asks:
        return found
    fields = sorted(frozenset().union(*asks.values()))
    edits = yield from called(partial(context.crm.last_edits, context.object, list(asks), fields))

    def known(answer: Enriched, first: Diff) -> Diff:
        id = answer.due.record.id
        return _compare(context, answer, edits.get(id, {})) if id in asks else first

    return [(answer, known(answer, first)) for answer, first in found]


def _compare(context: Context, answer: Enriched, edits: Mapping[str, Edit] | None) -> Diff:
    due = answer.due
    situation = Situation(answer.moved, due.first, due.phones, answer.answered, edits)
    return diff(context.mapping, due.record, answer.profile, due.last, situation)


def _save(context: Context, changing: Sequence[tuple[Enriched, Sequence[Change]]]) -> list[RecordPlan]:
    if not changing:
        return []
    context.counts.changed += len(changing)
    sources = _sources(context)
    drafts = [draft for answer, changes in changing for draft in _drafts(sources, answer, changes)]
    entries = iter(journal.plan(context.store, run=context.run, **context.scope, drafts=drafts, now=context.now()))
    bases = [_basis(context, answer, changes) for answer, changes in changing]
    plans.save(context.store, run=context.run, **context.scope, bases=bases)
    return [
        RecordPlan(basis.record, tuple(islice(entries, len(changes))), basis, basis.identity)
        for basis, (_, changes) in zip(bases, changing, strict=True)
    ]


def _drafts(sources: Mapping[str, Sequence[str]], answer: Enriched, changes: Sequence[Change]) -> list[Draft]:
    record, whose = answer.due.record.id, answer.profile.id
    return [Draft(record, change, whose, paid=_paid(sources, answer, change)) for change in changes]


def _basis(context: Context, answer: Enriched, changes: Sequence[Change]) -> Basis:
    due = answer.due
    return Basis(
        record=due.record.id,
        lusha_id=answer.profile.id,
        first=due.first,
        fingerprint=due.fingerprint,
        fields=due.covered(context.mapping),
        identity=_identity(context, answer),
        answered=answer.answered,
        mark=parking_mark(context.mapping, due.record),
        lacking=_lacking(context, answer, changes),
    )


def _lacking(context: Context, answer: Enriched, changes: Sequence[Change]) -> bool:
    """Whether a field that makes the record due stays blank, for all that the changes bring."""
    values = answer.due.record.values
    blank = [name for name in context.mapping.incomplete if is_blank(values.get(name))]
    return not {change.field for change in changes}.issuperset(blank)


def _identity(context: Context, answer: Enriched) -> dict[str, Value]:
    """The values that identify the record, own and related, by field path."""
    values = answer.due.record.values
    return {path: values.get(path) for path in context.mapping.identity_paths}


def _settle_unchanged(context: Context, unchanged: Sequence[Enriched]) -> None:
    context.counts.unchanged += len(unchanged)
    ended = [
        attempts.Attempt(
            answer.due.record.id,
            "matched",
            answer.due.fingerprint,
            answer.due.covered(context.mapping),
            answer.profile.id,
            answered=answer.answered,
            lacking=_lacking(context, answer, ()),
        )
        for answer in unchanged
    ]
    attempts.save(context.store, **context.own_scope, attempts=ended, now=context.now(), rest=context.rules.rest)


def _sources(context: Context) -> dict[str, list[str]]:
    """With which data the value of each field may have come: what a preview tells comes with the search, or with the
    purchase where there was none."""
    base = [SEARCH, BASE[context.entity]]
    return {one.name: sorted(one.data - {PREVIEW}) + base * (PREVIEW in one.data) for one in context.mapping.fields}


def _paid(sources: Mapping[str, Sequence[str]], answer: Enriched, change: Change) -> Paid | None:
    """Which booking brought what a field was filled from; None for stamps, and where nothing is known to be paid."""
    if not change.stamp:
        for datum in sources[change.field]:
            if datum in answer.bought:
                return datum, answer.bought[datum]
    return None


def _suggest(context: Context, found: Sequence[tuple[Enriched, Diff]]) -> None:
    """Onto the review list what is for a person to decide; what the mapping had no place for is noted."""
    for _, compared in found:
        for note in compared.notes:
            context.note(f"{note.field}: {note.reason}")
    sources = _sources(context)
    proposed = [
        Suggestion(
            answer.due.record.id, change, answer.profile.id, _paid(sources, answer, change), _identity(context, answer)
        )
        for answer, compared in found
        for change in compared.suggestions
    ]
    context.counts.suggested += suggestions.suggest(
        context.store, run=context.run, **context.scope, suggestions=proposed, now=context.now()
    )
