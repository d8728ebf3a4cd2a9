"""Before stage one: which records are read. A whole pass reads all that the CRM's own filter finds; later passes read
what changed since the watermark, what is stale, and what the state file says may be due by the time alone.

The watermark is a little earlier than the start of the last run that got to everything, so an edit during that run, or
one that a search index showed late, is met by the next. What makes a record due without
its being modified (a condition that looks beyond it, a parent whose changes the CRM's filter cannot tell) is found by a
whole pass every week.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from connector.crm.base import Query
from connector.engine.ahead import AHEAD, ahead
from connector.engine.context import Context
from connector.engine.gone import clear, follow, in_words, inherit
from connector.errors import ConfigError
from connector.mapping.compile import CompiledMapping
from connector.mapping.marks import Mark
from connector.mapping.placing import placed
from connector.mapping.scalars import read_instant
from connector.models import Record
from connector.store import attempts, cursors, refused
from connector.store.cursors import Cursor

OVERLAP = timedelta(minutes=15)
"""Salesforce shows a change when its transaction ends, up to 10 minutes later, HubSpot's search after seconds; the rest
is for clocks that differ."""
WHOLE_PASS = timedelta(days=7)


def read(context: Context) -> Iterator[Sequence[Record]]:
    """The records of this pass, each once; what we know of those that were merged into them is theirs by then.

    Pages are read ahead; an empty one says that something else came first.
    """
    for page in _pass(context):
        if context.run:  # a forecast leaves no trace
            inherit(context, page)
        yield page


def _pass(context: Context) -> Iterator[Sequence[Record]]:
    if context.options.records:
        yield from _named(context, context.options.records)
    elif (cursor := _cursor(context, context.now())) is None:
        yield from _whole(context)
    else:
        yield from _changed(context, cursor.watermark)


def finish(context: Context, began: datetime) -> None:
    """Move the watermark after a run that began at ``began``, if it got to everything that was due."""
    limit, counts = context.options.limit, context.counts
    if context.options.records or context.stop or counts.left or (limit is not None and counts.due >= limit):
        return
    if context.now() < began:  # the clock was set back meanwhile: by the time that it shows now, nobody knows when
        return
    cursor, kept = _cursor(context, began), cursors.found(context.store, **context.own_scope)
    mark = _mark(context.mapping).to_keep(kept.mark if kept else "")
    fast = max(context.crm.ahead() or timedelta(0), timedelta(0))  # as our clock is; edits bear the CRM's time
    moved = Cursor(mark, began - fast - OVERLAP, cursor.whole_at if cursor else began)
    with context.store.transaction():
        cursors.save(context.store, **context.own_scope, cursor=moved)


def _cursor(context: Context, now: datetime) -> Cursor | None:
    """The cursor, if a pass that begins now may rest on it."""
    cursor = cursors.found(context.store, **context.own_scope)
    if cursor is None or context.options.whole or not _mark(context.mapping).agrees(cursor.mark):
        return None
    return cursor if timedelta(0) <= now - cursor.whole_at < WHOLE_PASS else None


def _mark(mapping: CompiledMapping) -> Mark:
    """Over everything that decides who is due: with another one, records that nobody touched may be."""
    settings = mapping.settings
    return mapping.mark.beside(
        settings.select, settings.identify, settings.match, mapping.opted_out, mapping.do_not_call
    )


def _whole(context: Context) -> Iterator[Sequence[Record]]:
    """What the CRM's own filter finds, then what the state file alone knows to be stale."""
    everything = False
    wanted = set(_refused(context))
    if query := _selected(context):
        for page in _crossing_off(_refused_in_file(context, query), wanted):
            # An adapter that cannot express the selection reads every record: then nothing is left to the state.
            everything = everything or any(_only_state_knows(context, record) for record in page)
            yield page
    if everything:
        return
    if context.fresh_since is not None:
        yield from _crossing_off(_stale_by_state(context, context.fresh_since), wanted)
    yield from _known(context, wanted)


def _changed(context: Context, since: datetime) -> Iterator[Sequence[Record]]:
    """What changed since the watermark or is stale, then what may be due though nobody touched it."""
    wanted = {*attempts.due_ids(context.store, **context.own_scope, now=context.now()), *_refused(context)}
    if query := _selected(context, since):
        yield from _crossing_off(_refused_in_file(context, query), wanted)
    yield from _known(context, wanted)


def _refused(context: Context) -> Iterator[str]:
    """Records that the CRM refused, whole or a field of them, where somebody says that the cause is mended."""
    if context.options.retry_parked:
        yield from attempts.parked_ids(context.store, **context.own_scope)
        for page in refused.pages(context.store, **context.scope, fields=context.mapping.field_names):
            yield from page


def _crossing_off(pages: Iterator[Sequence[Record]], wanted: set[str]) -> Iterator[Sequence[Record]]:
    """The pages as they are; what they show is wanted no more."""
    for page in pages:
        wanted.difference_update(record.id for record in page)
        yield page


def _selected(context: Context, since: datetime | None = None) -> Query | None:
    """What the CRM's filter is to find; None where nothing makes a record due that it could tell."""
    mapping, fresh, stamp = context.mapping, context.fresh_since, context.mapping.enriched_at
    stale = (stamp, fresh) if stamp and fresh else None
    if not mapping.incomplete and stale is None:
        return None
    where = mapping.settings.select.where
    return Query(context.object, mapping.read_fields, where, blank=mapping.incomplete, stale=stale, since=since)


def _by_ids(context: Context, ids: Collection[str]) -> Iterator[Sequence[Record]]:
    mapping = context.mapping
    if ids:
        query = Query(context.object, mapping.read_fields, mapping.settings.select.where, ids=tuple(sorted(ids)))
        yield from _refused_in_file(context, query)


def _known(context: Context, ids: Collection[str]) -> Iterator[Sequence[Record]]:
    """Records that the state file asks for; those that are not there any more are forgotten."""
    absent = set(ids)
    yield from _crossing_off(_by_ids(context, ids), absent)
    if context.run:  # a forecast leaves no trace
        clear(context, sorted(absent))


def _named(context: Context, ids: Sequence[str]) -> Iterator[Sequence[Record]]:
    """The records named; in the place of one that was merged away, the one that it was merged into."""
    absent = set(ids)
    yield from _crossing_off(_by_ids(context, ids), absent)
    if not absent:
        return
    became = context.crm.successors(context.object, [id for id in ids if id in absent])
    if context.run:  # a forecast leaves no trace
        follow(context, became)
    for id, successor in became.items():
        what = f"{id}, which was named, was {in_words(successor)}"
        context.note(f"{what}: that one is read" if successor.how == "merged" else what, whole=True)
    yield from _by_ids(context, {one.id for one in became.values() if one.how == "merged" and one.id} - set(ids))
    for _ in range(len(absent) - len(became)):
        context.note(f"a record named is no {context.object} there, or select.where leaves it out")


def _stale_by_state(context: Context, since: datetime) -> Iterator[Sequence[Record]]:
    """Records whose stamp is blank (nothing of it is mapped, or somebody cleared it, or the CRM refused it), or that of
    another mapping, which enriched them since."""
    for ids in attempts.stale_ids(context.store, **context.own_scope, before=since):
        for page in _known(context, ids):
            yield [record for record in page if _only_state_knows(context, record)]


def _only_state_knows(context: Context, record: Record) -> bool:
    """Whether the CRM's filter passes a record over: complete, and without a stamp that is old enough."""
    mapping, since, blank = context.mapping, context.fresh_since, (None, "")
    if any(record.values.get(name) in blank for name in mapping.incomplete):
        return False
    stamped = read_instant(record.values.get(mapping.enriched_at)) if mapping.enriched_at else None
    return stamped is None or (since is not None and stamped >= since)


def _refused_in_file(context: Context, query: Query) -> Iterator[Sequence[Record]]:
    """Read, and name the file where the CRM refuses what the mapping asks for."""
    depth = AHEAD if context.options.limit is None else 1  # who takes a few asks for no page beyond them
    try:
        for page in ahead(context.flow, context.crm.read(query), "read", depth=depth):
            yield page or ()
    except ConfigError as refused:
        settings = context.mapping.settings
        if not refused.problems:
            raise ConfigError(placed(settings, refused.message), hint=refused.hint) from refused
        lines = [placed(settings, line) for line in refused.problems]
        raise ConfigError(f"{settings.name} does not fit the org", problems=lines, hint=refused.hint) from refused
