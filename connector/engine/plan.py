"""Stage three: answers become planned changes, saved before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector.engine.cases import Enriched
from connector.engine.context import Context
from connector.engine.verdict import parking_mark
from connector.lusha.attributes import BASE
from connector.mapping.compile import CompiledField
from connector.mapping.diff import Diff, Situation, diff
from connector.models import Change, Edit, Value, is_blank
from connector.store import attempts, journal, plans, suggestions
from connector.store.journal import Draft, Entry
from connector.store.ledger import Paid
from connector.store.plans import Basis
from connector.store.shares import SEARCH
from connector.store.suggestions import Listed, Suggestion

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


def plan(context: Context, batches: Iterable[list[Enriched]]) -> Iterator[list[RecordPlan]]:
    """Planned changes for matched records; records that need none are settled here."""
    for batch in batches:
        found = _found(context, batch)
        with context.store.transaction():
            planned = [item for answer, compared in found if (item := _plan_one(context, answer, compared))]
            _settle_proposals(context, batch)
        yield planned


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


def _found(context: Context, batch: list[Enriched]) -> list[tuple[Enriched, Diff]]:
    """What each record would get. Who changed last what ``newer`` may replace is asked for the whole batch in one, and
    only where it decides."""
    found = [(answer, _compare(context, answer, None)) for answer in batch]
    asks = {answer.due.record.id: first.asks for answer, first in found if first.asks}
    if not asks:
        return found
    fields = sorted(frozenset().union(*asks.values()))
    edits = context.crm.last_edits(context.object, list(asks), fields)

    def known(answer: Enriched, first: Diff) -> Diff:
        id = answer.due.record.id
        return _compare(context, answer, edits.get(id, {})) if id in asks else first

    return [(answer, known(answer, first)) for answer, first in found]


def _compare(context: Context, answer: Enriched, edits: Mapping[str, Edit] | None) -> Diff:
    due = answer.due
    situation = Situation(answer.moved, due.first, due.phones, answer.answered, edits)
    return diff(context.mapping, due.record, answer.profile, due.last, situation)


def _plan_one(context: Context, answer: Enriched, found: Diff) -> RecordPlan | None:
    due, profile = answer.due, answer.profile
    _report(context, answer, found)
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
        drafts=[Draft(change, paid=_paid(context, answer, change)) for change in found.changes],
        now=context.now(),
    )
    basis = _basis(context, answer, found.changes)
    plans.save(context.store, run=context.run, **context.scope, basis=basis)
    return RecordPlan(due.record.id, tuple(entries), basis, basis.identity)


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
    brought = {change.field for change in changes}
    blank = (name for name in context.mapping.incomplete if is_blank(answer.due.record.values.get(name)))
    return any(name not in brought for name in blank)


def _identity(context: Context, answer: Enriched) -> dict[str, Value]:
    """The values that identify the record, own and related, by field path."""
    return {path: answer.due.record.values.get(path) for path in context.mapping.identity_paths}


def _settle_unchanged(context: Context, answer: Enriched) -> None:
    due = answer.due
    attempt = attempts.Attempt(
        due.record.id,
        "matched",
        due.fingerprint,
        due.covered(context.mapping),
        answer.profile.id,
        answered=answer.answered,
        lacking=_lacking(context, answer, ()),
    )
    attempts.save(context.store, **context.own_scope, attempts=[attempt], now=context.now(), rest=context.rules.rest)


def _paid(context: Context, answer: Enriched, change: Change) -> Paid | None:
    """Which booking brought what a field was filled from; None for stamps, and where nothing is known to be paid.

    What a preview tells came with the search, or with the purchase where there was none.
    """
    if change.stamp:
        return None
    field = next(field for field in context.mapping.fields if field.name == change.field)
    data = sorted(field.data - {PREVIEW}) + [SEARCH, BASE[context.entity]] * (PREVIEW in field.data)
    return next(((datum, answer.bought[datum]) for datum in data if datum in answer.bought), None)


def _report(context: Context, answer: Enriched, found: Diff) -> None:
    for note in found.notes:
        context.note(f"{note.field}: {note.reason}")
    context.counts.suggested += suggestions.suggest(
        context.store,
        run=context.run,
        **context.scope,
        suggestions=[
            Suggestion(
                answer.due.record.id,
                change,
                answer.profile.id,
                _paid(context, answer, change),
                _identity(context, answer),
            )
            for change in found.suggestions
        ],
        now=context.now(),
    )
