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
from connector.store import attempts, people, records, refused, suggestions, written
from connector.store.records import RecordState, Tried

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
        """The fields that attempts have covered once this one ends: one that left the mapping may come back."""
        return mapping.field_names | (self.tried.fields if self.tried else frozenset())

    @property
    def first(self) -> bool:
        """Whether Lusha never had an answer for this record before, as far as this mapping is concerned."""
        return self.tried is None or self.tried.last_enriched is None

    @property
    def tried(self) -> Tried | None:
        """What earlier attempts of this mapping left."""
        return self.state.tried if self.state else None


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
    states = records.known(context.store, **context.own_scope, ids=ids)
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
    noticed = []
    for record, state in resting:
        since = last_tried(mapping, record, state) or context.now()
        known = state.tried.next_due if state and state.tried else None
        if known is None or known > since + rest.retry_after:
            noticed.append(attempts.Attempt(record.id, "matched", "", mapping.field_names, answered=since))
    if noticed:
        with context.store.transaction():
            attempts.notice(context.store, **context.own_scope, attempts=noticed, rest=rest)


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
    ended = [
        attempts.Attempt(
            item.record.id, "no_match", item.fingerprint, item.covered(context.mapping), reason="no identity"
        )
        for item in nameless
    ]
    with context.store.transaction():
        attempts.save(context.store, **context.own_scope, attempts=ended, now=context.now(), rest=context.rules.rest)


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
    tried = state.tried if state else None
    attempt = last_tried(mapping, record, state)
    waiting = attempt is not None and now - attempt < settings.retry_after
    if waiting and (_changed(mapping, tried, mark) or _may_pass_now(mapping, record, tried, retry_parked)):
        waiting = False
    if is_stale(mapping, record, state, now):
        failed = tried is not None and tried.outcome != "matched"
        return "back_off" if waiting and failed else "due"
    if any(is_blank(record.values.get(name)) for name in mapping.incomplete):
        return "back_off" if waiting else "due"
    return "complete"


def is_stale(mapping: CompiledMapping, record: Record, state: RecordState | None, now: datetime) -> bool:
    """Whether it was last enriched longer ago than ``stale_after``; one that never was is not stale."""
    age, enriched = mapping.settings.select.stale_after, last_enriched(mapping, record, state)
    return age is not None and enriched is not None and now - enriched > age


def last_enriched(mapping: CompiledMapping, record: Record, state: RecordState | None) -> datetime | None:
    """The later of our state and the CRM field stamped ``enriched_at``: a lost state file buys nothing again.

    Mappings may share the field. What another one stamped, as far as our state explains it so, makes nothing fresh for
    this one, which knows better when it had its own answer; before its first, it goes by the stamp as well.
    """
    own, stamped = state.tried.last_enriched if state and state.tried else None, _stamped(mapping, record)
    if own is not None and _explained(stamped, state):
        return own
    return max(filter(None, (stamped, own)), default=None)


def last_tried(mapping: CompiledMapping, record: Record, state: RecordState | None) -> datetime | None:
    """Since when the record rests: the mapping's last attempt, or a stamp that our state does not explain."""
    stamped, tried = _stamped(mapping, record), state.tried if state else None
    own = (tried.last_attempt, tried.last_enriched) if tried else ()
    return max(filter(None, (None if _explained(stamped, state) else stamped, *own)), default=None)


def _stamped(mapping: CompiledMapping, record: Record) -> datetime | None:
    return read_instant(record.values.get(mapping.enriched_at)) if mapping.enriched_at else None


def _explained(stamped: datetime | None, state: RecordState | None) -> bool:
    """Whether our state knows of an enrichment that a stamp may tell of; if not, it is of another state file."""
    if stamped is None or state is None or state.last_enriched is None:
        return False
    return stamped <= state.last_enriched


def parking_mark(mapping: CompiledMapping, record: Record) -> str:
    """What has to change before a record that the CRM refuses is tried again: itself, its mapping, or the schema."""
    return f"{record.version or ''}/{mapping.mark}"


def _may_pass_now(mapping: CompiledMapping, record: Record, tried: Tried | None, retry: bool) -> bool:
    if tried is None or tried.outcome != "rejected" or tried.parked is None:
        return False
    return retry or parking_mark(mapping, record) not in tried.parked.split()  # older releases kept several marks


def _changed(mapping: CompiledMapping, tried: Tried | None, mark: str) -> bool:
    if tried is None:
        return False
    renamed = bool(tried.fingerprint) and mark not in tried.fingerprint.split()
    return renamed or not mapping.field_names <= tried.fields
