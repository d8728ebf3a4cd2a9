"""Stage one: which of the records read are due, and who they are to Lusha.

The CRM's own filter narrows what is read; the verdict falls here, because back-off, suppression and consent are
ours to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from connector.engine.context import Context
from connector.engine.reading import read
from connector.engine.verdict import again_at, in_words, is_stale, judge, last_tried
from connector.mapping.companies import Employer, employer_of
from connector.mapping.compile import CompiledMapping
from connector.mapping.identity import all_spellings, identify, mark_over, record_spelling
from connector.mapping.scalars import read_boolean
from connector.mapping.worth import Situation, may_be_given, worth_asking
from connector.models import Identity, Record, Written, is_blank
from connector.store import attempts, people, records, refused, suggestions, written
from connector.store.records import RecordState, Tried


@dataclass(frozen=True, slots=True)
class Due:
    """A record to enrich: every identity it offers, the first of which is asked for, and what we know of it.

    ``employer``: where its person works, as the CRM says; nowhere where the record is a company. ``proposed``: the
    fields of which a value waits on the review list, or was decided on there.
    """

    record: Record
    identities: tuple[Identity, ...]
    spellings: tuple[str, ...]
    fingerprint: str
    employer: Employer
    state: RecordState | None
    last: Mapping[str, Written]
    phones: bool
    proposed: frozenset[str] = frozenset()

    def covered(self, mapping: CompiledMapping) -> frozenset[str]:
        """The fields that attempts have covered once this one ends: one that left the mapping may come back."""
        return mapping.field_names | self.tried.fields if self.tried else mapping.field_names

    @property
    def first(self) -> bool:
        """Whether Lusha never had an answer for this record before, as far as this mapping is concerned."""
        return self.tried is None or self.tried.last_enriched is None

    @property
    def tried(self) -> Tried | None:
        """What earlier attempts of this mapping left."""
        return self.state.tried if self.state else None

    @property
    def matches(self) -> Iterator[Tried | RecordState]:
        """Whom the record was matched with, by what identity: by this mapping, then by whichever tried it last."""
        if self.tried is not None:
            yield self.tried
        if self.state is not None:
            yield self.state


class _Who:
    """Who a record is to Lusha, worked out once somebody asks: of most records that are read nobody does."""

    def __init__(self, mapping: CompiledMapping, record: Record) -> None:
        self._mapping = mapping
        self.record = record

    @cached_property
    def identities(self) -> tuple[Identity, ...]:
        settings = self._mapping.settings
        return identify(settings.entity, settings.identify, self.record.values)

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        return all_spellings(self.identities)

    @property
    def employer(self) -> Employer:
        settings = self._mapping.settings
        return employer_of(settings.identify, self.record.values) if settings.entity == "person" else Employer()

    @cached_property
    def _fingerprint(self) -> str:
        return mark_over(self._mapping.settings.entity, self.spellings)

    def mark(self) -> str:
        """The mark over its identity."""
        return self._fingerprint


def select(context: Context, *, settle: bool = True) -> Iterator[list[Due]]:
    """Pages of due records, at most ``--limit`` in all; counts what it reads.

    ``settle``: save what was found out about records that are not asked for (a forecast leaves no trace).
    """
    for page in read(context):
        if not page:  # nothing was read yet: whoever waits for what came first goes on
            yield []
            continue
        yield _selected(context, page, settle=settle)
        context.check()
        if (limit := context.options.limit) is not None and context.counts.due >= limit:
            return


def _selected(context: Context, page: Sequence[Record], *, settle: bool) -> list[Due]:
    context.counts.read += len(page)
    due = _due_of(context, page, settle=settle)
    if (limit := context.options.limit) is not None:
        due = due[: limit - context.counts.due]
    context.counts.due += len(due)
    nameless = [item for item in due if not item.identities]
    context.counts.no_identity += len(nameless)
    if settle:
        _set_aside(context, nameless)
    context.progress(context.counts)
    return [item for item in due if item.identities]


def _due_of(context: Context, page: Sequence[Record], *, settle: bool) -> list[Due]:
    known = _not_forgotten(context, page)
    states = records.known(context.store, **context.own_scope, ids=[record.id for record in page])
    found = _judged(context, known, states, settle=settle)
    due = _unsuppressed(context, found)
    if settle:
        asked = {item.record.id for item in due}
        _put_off(context, [record for record in page if record.id not in asked], states)
    if context.options.records:
        _tell_why_not(context, page, known, found, due, states)
    return due


def _judged(context: Context, page: Sequence[Record], states: Mapping[str, RecordState], *, settle: bool) -> list[Due]:
    """The records that are due, and can be helped."""
    again = _refused_before(context, [record.id for record in page])
    mapping, now, retry = context.mapping, context.now(), context.options.retry_parked
    found, resting = [], []
    for record in page:
        who, state = _Who(mapping, record), states.get(record.id)
        verdict = judge(mapping, record, state, who.mark, now, retry_parked=retry)
        if record.id in again and verdict in ("complete", "back_off"):
            verdict = "due"
        if verdict == "due":
            found.append(who)
        elif verdict == "back_off":
            resting.append((record, state))
        elif verdict == "opted_out":
            context.counts.suppressed += 1
    if settle and resting:
        _notice(context, resting)
    due = _described(context, found, states)
    return [item for item in due if item.record.id in again or _can_be_helped(context, item)]


def _tell_why_not(
    context: Context,
    page: Sequence[Record],
    known: Sequence[Record],
    found: Sequence[Due],
    due: Sequence[Due],
    states: Mapping[str, RecordState],
) -> None:
    """Of records that somebody named, why they are not due: who ends up in no count waits for an answer."""
    kept, asked = {item.record.id for item in found}, {item.record.id for item in due}
    there = {record.id for record in known}
    for record in page:
        if record.id in asked:
            continue
        if record.id in kept or record.id not in there:
            why = "it was forgotten, or Lusha may not process it"
        else:
            why = in_words(context.mapping, record, states.get(record.id), context.now())
        context.note(f"{record.id}, which was named, is not due: {why}", whole=True)


def _described(context: Context, found: Sequence[_Who], states: Mapping[str, RecordState]) -> list[Due]:
    ids = [who.record.id for who in found]
    ours = written.last_written(context.store, **context.scope, ids=ids)
    proposed = suggestions.proposed(context.store, **context.scope, records=ids)
    return [
        Due(
            record := who.record,
            who.identities,
            who.spellings,
            who.mark(),
            who.employer,
            states.get(record.id),
            ours.get(record.id, {}),
            phones=not any(read_boolean(record.values.get(name)) for name in context.mapping.do_not_call),
            proposed=proposed.get(record.id, frozenset()),
        )
        for who in found
    ]


def _put_off(context: Context, idle: Sequence[Record], states: Mapping[str, RecordState]) -> None:
    """Records whose time had come, and that are not due (undone, filled in, forgotten): they are not asked for by id
    in each run from here on, but at their next time, or when somebody touches them."""
    mapping, now = context.mapping, context.now()
    until = {}
    for record in idle if states else ():
        state = states.get(record.id)
        if state and state.tried and state.tried.next_due and state.tried.next_due <= now:
            until[record.id] = again_at(mapping, record, state, now)
    if until:
        with context.store.transaction():
            attempts.put_off(context.store, **context.own_scope, until=until, now=now)


def _refused_before(context: Context, ids: Sequence[str]) -> frozenset[str]:
    """Of which records fields that were refused are to be tried again: somebody says that the cause is mended."""
    if not context.options.retry_parked:
        return frozenset()
    return refused.among(context.store, **context.scope, fields=context.mapping.field_names, ids=ids)


def _notice(context: Context, resting: Sequence[tuple[Record, RecordState | None]]) -> None:
    """Records that rest, until when the state file does not know: they became incomplete since their attempt, or it was
    one of another state file or an older release. They are met then though nobody touches them."""
    mapping, rest, now = context.mapping, context.rules.rest, context.now()
    noticed = {}
    for record, state in resting:
        since = last_tried(mapping, record, state) or now
        known = state.tried.next_due if state and state.tried else None
        if known is None or known > since + rest.retry_after:
            noticed[record.id] = since
    if noticed:
        with context.store.transaction():
            attempts.notice(context.store, **context.own_scope, answered=noticed, fields=mapping.field_names, rest=rest)


def _can_be_helped(context: Context, due: Due) -> bool:
    """Whether some field of ``incomplete`` that the record lacks may be filled at all, or where it is stale, whether
    anything that Lusha could say of it is of use.

    A phone of a do-not-call record may not be filled, nor what somebody cleared after us: neither is worth a search.
    """
    mapping = context.mapping
    situation = Situation(False, due.first, due.phones, context.now())
    if is_stale(mapping, due.record, due.state, context.now()):
        return worth_asking(mapping, due.record, due.last, situation)
    return any(
        is_blank(due.record.values.get(name)) and may_be_given(mapping, name, due.record, due.last, situation)
        for name in mapping.incomplete
    )


def _not_forgotten(context: Context, page: Sequence[Record]) -> Sequence[Record]:
    """Without the records that were forgotten as such, or made of one that was, whoever they say they are by now."""
    if not people.anybody_suppressed(context.store, entity="person"):
        return page
    org, object = context.org.name, context.object
    marks = {one.id: {record_spelling(org, object, id) for id in (one.id, *one.merged)} for one in page}
    forgotten = people.suppressed(context.store, entity="person", spellings=[m for ms in marks.values() for m in ms])
    kept = [record for record in page if forgotten.isdisjoint(marks[record.id])]
    context.counts.suppressed += len(page) - len(kept)
    return kept


def _unsuppressed(context: Context, due: list[Due]) -> list[Due]:
    every = [spelling for item in due for spelling in item.spellings]
    barred = people.suppressed(context.store, entity=context.entity, spellings=every)
    kept = [item for item in due if not barred.intersection(item.spellings)]
    context.counts.suppressed += len(due) - len(kept)
    return kept


def _set_aside(context: Context, nameless: Sequence[Due]) -> None:
    """Counted, never sent; looked at again after ``retry_after``, or as soon as they can be identified."""
    ended = [
        attempts.Attempt(
            item.record.id, "no_match", item.fingerprint, item.covered(context.mapping), reason="no identity"
        )
        for item in nameless
    ]
    with context.store.transaction():
        attempts.save(context.store, **context.own_scope, attempts=ended, now=context.now(), rest=context.rules.rest)
