"""Stage one: which of the records read are due, and who they are to Lusha.

The CRM's own filter narrows what is read; the verdict falls here, because back-off, suppression and consent are
ours to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from connector.crm.base import Query
from connector.engine.context import Context
from connector.engine.gone import follow, in_words
from connector.errors import ConfigError
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

    ``settle``: save that records without identity were looked at (a forecast leaves no trace).
    """
    for page in _read(context):
        context.counts.read += len(page)
        due = _due_of(context, page)
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


def _read(context: Context) -> Iterator[Sequence[Record]]:
    """What the CRM's own filter finds, then what the state file alone knows to be stale."""
    mapping, named = context.mapping, context.options.records
    settings, since, stamp = mapping.settings.select, context.fresh_since, mapping.enriched_at
    if named:
        yield from _read_named(context, named)
        return
    everything = False
    if mapping.incomplete or (stamp and since):
        stale = (stamp, since) if stamp and since else None
        query = Query(context.object, mapping.read_fields, settings.where, blank=mapping.incomplete, stale=stale)
        for page in _refused_in_file(context, query):
            # An adapter that cannot express the selection reads every record: then nothing is left to the state.
            everything = everything or any(_only_state_knows(mapping, record) for record in page)
            yield page
    if since is not None and not everything:
        yield from _read_stale_by_state(context, since)
    if context.options.retry_parked and not everything:
        yield from _read_refused(context)


def _read_named(context: Context, ids: tuple[str, ...]) -> Iterator[Sequence[Record]]:
    """The records named; in the place of one that was merged away, the one that it was merged into."""
    found: set[str] = set()
    yield from _named(context, ids, found)
    if not (missing := len(set(ids)) - len(found)):
        return
    became = context.crm.successors(context.object, [id for id in ids if id not in found])
    if context.run:  # a forecast leaves no trace
        follow(context, became)
    for id, successor in became.items():
        what = f"{id}, which was named, was {in_words(successor)}"
        context.note(f"{what}: that one is read" if successor.how == "merged" else what, whole=True)
    masters = {one.id for one in became.values() if one.how == "merged" and one.id is not None}
    yield from _named(context, sorted(masters - found), found)
    for _ in range(missing - len(became)):
        context.note(f"a record named is no {context.object} there, or select.where leaves it out")


def _named(context: Context, ids: Sequence[str], found: set[str]) -> Iterator[Sequence[Record]]:
    query = Query(context.object, context.mapping.read_fields, context.mapping.settings.select.where, ids=tuple(ids))
    for page in _refused_in_file(context, query) if ids else ():
        found.update(record.id for record in page)
        yield page


def _read_stale_by_state(context: Context, since: datetime) -> Iterator[Sequence[Record]]:
    """Records whose stamp is blank: nothing of it is mapped, or somebody cleared it, or the CRM refused it."""
    mapping = context.mapping
    for ids in records.stale_ids(context.store, **context.scope, before=since):
        query = Query(context.object, mapping.read_fields, mapping.settings.select.where, ids=tuple(ids))
        for page in _refused_in_file(context, query):
            yield [record for record in page if _only_state_knows(mapping, record)]


def _read_refused(context: Context) -> Iterator[Sequence[Record]]:
    """Records that lack a field which the CRM refused, and are neither incomplete nor stale."""
    mapping = context.mapping
    for ids in refused.pages(context.store, **context.scope, fields=mapping.field_names):
        states = records.known(context.store, **context.scope, ids=ids)
        query = Query(context.object, mapping.read_fields, mapping.settings.select.where, ids=tuple(ids))
        for page in _refused_in_file(context, query):
            yield [
                record
                for record in page
                if not _incomplete(mapping, record)
                and not is_stale(mapping, record, states.get(record.id), context.now())
            ]


def _only_state_knows(mapping: CompiledMapping, record: Record) -> bool:
    """Whether the CRM's filter passes a record over: complete, and without a stamp."""
    stamp = mapping.enriched_at
    return not _incomplete(mapping, record) and (stamp is None or record.values.get(stamp) in (None, ""))


def _incomplete(mapping: CompiledMapping, record: Record) -> bool:
    """Whether the CRM's filter takes the record for incomplete."""
    return any(record.values.get(name) in (None, "") for name in mapping.incomplete)


def _refused_in_file(context: Context, query: Query) -> Iterator[Sequence[Record]]:
    """Read, and name the file where the CRM refuses what the mapping asks for."""
    try:
        yield from context.crm.read(query)
    except ConfigError as refused:
        place = context.mapping.settings.at("select", "where")
        raise ConfigError(f"{place}: {refused.message}", hint=refused.hint) from refused


def _due_of(context: Context, page: Sequence[Record]) -> list[Due]:
    page = _not_forgotten(context, page)
    ids = [record.id for record in page]
    states = records.known(context.store, **context.scope, ids=ids)
    again = _refused_before(context, ids)
    found = []
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
    """Without the records that were forgotten as such, whoever they say they are by now."""
    marks = {record_spelling(context.org.name, context.object, record.id): record for record in page}
    forgotten = people.suppressed(context.store, entity="person", spellings=marks)
    context.counts.suppressed += len(forgotten)
    return [record for mark, record in marks.items() if mark not in forgotten]


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
        records.save(context.store, **context.scope, attempts=attempts, now=context.now())


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
