"""What a dead run left behind is resolved before a new one begins: doubt is a state to resolve, not to retry.

The caller holds the org's lease, so nothing found here is in flight.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from connector.engine import profiles
from connector.engine.apply import has_landed
from connector.engine.budget import reserve
from connector.engine.context import Context
from connector.engine.paying import resolve
from connector.errors import BudgetExhausted, InDoubt, RequestRefused
from connector.store import journal, ledger, records, runs
from connector.store.journal import Entry, State
from connector.store.ledger import Doubt
from connector.store.records import Attempt


def recover(context: Context) -> None:
    """Bury dead runs, resolve their writes by re-reading, and their purchases by asking once more."""
    with context.store.transaction():
        runs.bury_dead(context.store, org=context.org.name, now=context.now(), but=context.purpose.run)
        journal.drop_planned(context.store, **context.scope)
    _resolve_writes(context)
    for doubt in ledger.doubts(context.store, key=context.purpose.key, org=context.org.name):
        _resolve_purchase(context, doubt)


def _resolve_writes(context: Context) -> None:
    """An intent without an outcome: the record itself tells whether the write landed."""
    open_entries = journal.open_changes(context.store, **context.scope, state="intended")
    known = context.mapping.written_names
    by_record = [(id, list(group)) for id, group in groupby(open_entries, key=lambda entry: entry.record)]
    for start in range(0, len(by_record), context.crm.write_batch):
        batch = by_record[start : start + context.crm.write_batch]
        fields = sorted({entry.change.field for _, entries in batch for entry in entries} & known)
        now = context.crm.fetch(context.object, [id for id, _ in batch], fields)
        with context.store.transaction():
            for id, entries in batch:
                judged = [entry for entry in entries if entry.change.field in known]
                _settle_write(context, id, entries, bool(judged) and has_landed(context, judged, now.get(id)))


def _settle_write(context: Context, id: str, entries: Sequence[Entry], landed: bool) -> None:
    state: State = "written" if landed else "dropped"
    words = "found in the CRM after the run died" if landed else "did not reach the CRM before the run died"
    journal.mark(context.store, [(entry.id, state, words) for entry in entries])
    if landed:
        journal.remember(context.store, **context.scope, written=entries, now=context.now())
        attempt = Attempt(id, "matched", "", context.mapping.field_names, entries[0].lusha_id)
        records.save(context.store, **context.scope, attempts=[attempt], now=context.now())


def _resolve_purchase(context: Context, doubt: Doubt) -> None:
    """A search stays booked at its fee: the run asks again where it still needs to. An enrich is asked once more
    under a booking of its own, which costs nothing for what was already revealed; what it costs was not charged
    before."""
    ids, reveal = doubt.request.get("ids"), doubt.request.get("reveal")
    if not ids or doubt.request.get("entity") != context.entity:
        if not ids:
            resolve(context, doubt.id, doubt.worst, again=0)
        return
    try:
        booking = reserve(
            context, action=doubt.action, wanted=1, costs=lambda _: doubt.worst, request=lambda _: doubt.request
        )
    except BudgetExhausted:
        return  # it stays booked at its worst and is resolved when there is room
    try:
        answer = context.lusha.enrich(context.entity, ids, reveal or ())
    except InDoubt:
        ledger.doubt(context.store, booking.entry)
        raise
    except RequestRefused:
        with context.store.transaction():
            ledger.settle(context.store, booking.entry, charged=0, now=context.now())
            resolve(context, doubt.id, doubt.worst, again=0)
        return
    with context.store.transaction():
        ledger.settle(context.store, booking.entry, charged=answer.charged, now=context.now())
        resolve(context, doubt.id, doubt.worst, again=answer.charged)
        for item in answer.items:
            if item.profile is not None:
                profiles.keep(context, None, item.profile)
