"""Stage one: which of the records read are due, and who they are to Lusha.

The CRM's own filter narrows what is read; the verdict falls here, because back-off, suppression and consent are
ours to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from connector.engine.context import Context
from connector.engine.reading import read
from connector.mapping.compile import CompiledMapping
from connector.mapping.diff import Situation, may_be_given, worth_asking
from connector.mapping.identity import fingerprint, identify, record_spelling, spellings
from connector.mapping.scalars import read_boolean, read_instant
from connector.models import Identity, Record, Written, is_blank
from connector.store import people, records, refused, suggestions, written
from connector.store.records import RecordState

Verdict = Literal["due", "complete", "back_off", "opted_out"]


@dataclass(frozen=True, slots=True)
class Due:
    """A record to enrich: every identity it offers, the first of which is asked for, and what we know of it.

    ``proposed``: the fields of which a value waits on the review list, or was decided on there.
    """

    record: Record
    identities: tuple[Identity, ...]
    spellings: tuple[str, ...]
    fingerprint: str
    state: RecordState | None
    last: Mapping[str, Written]
    phones: bool
    proposed: frozenset[str] = frozenset()

    def covered(self, mapping: CompiledMapping) -> frozenset[str]:
        """The fields that attempts have covered once this one ends: other mappings of the same object count too."""
        return mapping.field_names | (self.state.fields if self.state else frozenset())

    @property
    def first(self) -> bool:
        """Whether Lusha never had an answer for this record before."""
        return self.state is None or self.state.last_enriched is None


def select(context: Context, *, settle: bool = True) -> Iterator[list[Due]]:
    """Pages of due records, at most ``--limit`` in all; counts what it reads.

    ``settle``: save what was found out about records that are not asked for (a forecast leaves no trace).
    """
    for page in read(context):
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
        yield [item for item in due if item.identities]
        context.check()
        if limit is not None and context.counts.due >= limit:
            return


def _due_of(context: Context, page: Sequence[Record], *, settle: bool) -> list[Due]:
    page = _not_forgotten(context, page)
    ids = [record.id for record in page]
    states = records.known(context.store, **context.scope, ids=ids)
    again = _refused_before(context, ids)
    found, resting = [], []
    for record in page:
        identities = identify(context.entity, context.mapping.settings.identify, record.values)
        mark = fingerprint(identities)
        state = states.get(record.id)
        retry = context.options.retry_parked
        verdict = judge(context.mapping, record, state, mark, context.now(), retry_parked=retry)
        if record.id in again and verdict in ("complete", "back_off"):
            verdict = "due"
        context.counts.suppressed += verdict == "opted_out"
        if verdict == "due":
            found.append((record, identities, mark))
        elif verdict == "back_off":
            resting.append((record, state))
    if settle and resting:
        _notice(context, resting)
    ids = [record.id for record, *_ in found]
    ours = written.last_written(context.store, **context.scope, ids=ids)
    proposed = suggestions.proposed(context.store, **context.scope, records=ids)
    due = [
        Due(
            record,
            identities,
            tuple(dict.fromkeys(s for identity in identities for s in spellings(identity))),
            mark,
            states.get(record.id),
            ours.get(record.id, {}),
            phones=not any(read_boolean(record.values.get(name)) for name in context.mapping.do_not_call),
            proposed=proposed.get(record.id, frozenset()),
        )
        for record, identities, mark in found
    ]
    return _unsuppressed(context, [item for item in due if item.record.id in again or _can_be_helped(context, item)])


def _refused_before(context: Context, ids: Sequence[str]) -> frozenset[str]:
    """Of which records fields that were refused are to be tried again: somebody says that the cause is mended."""
    if not context.options.retry_parked:
        return frozenset()
    return refused.among(context.store, **context.scope, fields=context.mapping.field_names, ids=ids)


def _notice(context: Context, resting: Sequence[tuple[Record, RecordState | None]]) -> None:
    """Records that rest, until when the state file does not know: they became incomplete since their attempt, or it was
    one of another state file or an older release. They are met then though nobody touches them."""
    mapping, rest = context.mapping, context.rules.rest
    attempts = []
    for record, state in resting:
        last = (last_enriched(mapping, record, state), state.last_attempt if state else None)
        tried = max(filter(None, last), default=context.now())
        known = state.next_due if state else None
        if known is None or known > tried + rest.retry_after:
            attempts.append(records.Attempt(record.id, "matched", "", mapping.field_names, answered=tried))
    if attempts:
        with context.store.transaction():
            records.notice(context.store, **context.scope, attempts=attempts, rest=rest)


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


def _not_forgotten(context: Context, page: Sequence[Record]) -> list[Record]:
    """Without the records that were forgotten as such, or made of one that was, whoever they say they are by now."""
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
    attempts = [
        records.Attempt(
            item.record.id, "no_match", item.fingerprint, item.covered(context.mapping), reason="no identity"
        )
        for item in nameless
    ]
    with context.store.transaction():
        records.save(context.store, **context.scope, attempts=attempts, now=context.now(), rest=context.rules.rest)


def judge(
    mapping: CompiledMapping,
    record: Record,
    state: RecordState | None,
    mark: str,
    now: datetime,
    *,
    retry_parked: bool = False,
) -> Verdict:
    """Whether a record is due.

    Incomplete records wait for ``retry_after`` since the last attempt or the stamp, unless they can now be
    identified otherwise, a mapped field was added, or the CRM refused them and something changed since (or
    ``retry_parked``). Stale ones wait only after an attempt that failed since.
    """
    if any(read_boolean(record.values.get(name)) for name in mapping.opted_out):
        return "opted_out"
    settings = mapping.settings.select
    enriched = last_enriched(mapping, record, state)
    attempt = max(filter(None, (enriched, state.last_attempt if state else None)), default=None)
    waiting = attempt is not None and now - attempt < settings.retry_after
    if waiting and (_changed(mapping, state, mark) or _may_pass_now(mapping, record, state, retry_parked)):
        waiting = False
    if is_stale(mapping, record, state, now):
        failed = state is not None and state.outcome != "matched"
        return "back_off" if waiting and failed else "due"
    if any(is_blank(record.values.get(name)) for name in mapping.incomplete):
        return "back_off" if waiting else "due"
    return "complete"


def is_stale(mapping: CompiledMapping, record: Record, state: RecordState | None, now: datetime) -> bool:
    """Whether it was last enriched longer ago than ``stale_after``; one that never was is not stale."""
    age, enriched = mapping.settings.select.stale_after, last_enriched(mapping, record, state)
    return age is not None and enriched is not None and now - enriched > age


def last_enriched(mapping: CompiledMapping, record: Record, state: RecordState | None) -> datetime | None:
    """The later of our state and the CRM field stamped ``enriched_at``: a lost state file buys nothing again."""
    stamped = read_instant(record.values.get(mapping.enriched_at)) if mapping.enriched_at else None
    return max(filter(None, (stamped, state.last_enriched if state else None)), default=None)


def parking_mark(mapping: CompiledMapping, record: Record, state: RecordState | None) -> str:
    """What has to change before a record that the CRM refuses is tried again: itself, its mapping, or the schema.

    Other mappings of the object may have met a refusal of the same version too: their marks stay beside this one.
    """
    version = f"{record.version or ''}/"
    others = [mark for mark in ((state and state.parked) or "").split() if mark.startswith(version)]
    return " ".join(dict.fromkeys([version + mapping.mark, *others]))


def _may_pass_now(mapping: CompiledMapping, record: Record, state: RecordState | None, retry: bool) -> bool:
    if state is None or state.outcome != "rejected" or state.parked is None:
        return False
    return retry or f"{record.version or ''}/{mapping.mark}" not in state.parked.split()


def _changed(mapping: CompiledMapping, state: RecordState | None, mark: str) -> bool:
    if state is None:
        return False
    renamed = bool(state.fingerprint) and mark not in state.fingerprint.split()
    return renamed or not mapping.field_names <= state.fields
