"""What a dead run left behind is resolved before a new one begins: doubt is a state to resolve, not to retry.

The caller holds the org's lease, so nothing found here is in flight.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from connector.engine import profiles
from connector.engine.abandoned import resolve_abandoned
from connector.engine.budget import reserve
from connector.engine.buying import counted, weights
from connector.engine.context import Context
from connector.engine.paying import BY_BALANCE, resolve, resolve_by_balance
from connector.engine.report import report_of_the_dead
from connector.engine.sending import UNRESOLVED
from connector.engine.work import Work
from connector.errors import BudgetExhausted, ConnectorError, InDoubt, RequestRefused, Stopped
from connector.mapping.values import same
from connector.models import Answer, FieldInfo, Record, Value
from connector.store import attempts, journal, ledger, plans, runs
from connector.store.attempts import Attempt
from connector.store.journal import Entry, State
from connector.store.ledger import Doubt
from connector.store.plans import Basis
from connector.store.shares import SEARCH, split


def recover(context: Context) -> None:
    """Bury dead runs, resolve their writes by re-reading, and their purchases by asking once more."""
    recover_writes(context)
    resolve_abandoned(context)
    if context.quoting:
        return  # it would buy
    asked: list[Mapping[str, Any]] = []
    for doubt in ledger.doubts(context.store, key=context.purpose.key, org=context.org.name):
        _resolve_purchase(context, doubt, again=doubt.request in asked)
        asked.append(doubt.request)


def recover_writes(work: Work) -> None:
    """Bury dead runs of the org, resolve their writes of this object by re-reading, forget what they only planned."""
    with work.store.transaction():
        for row in runs.dead(work.store, org=work.org.name, but=work.run):
            report = report_of_the_dead(work.store, row, work.org.lusha.api_key.fingerprint())
            runs.end(work.store, row.id, status="interrupted", report=report, error="the process died", now=work.now())
    _resolve_writes(work)
    with work.store.transaction():
        journal.drop_planned(work.store, **work.scope)


@dataclass(frozen=True, slots=True)
class _Doubtful:
    """A record's intents without an outcome, those of them that landed, and what its plan rested on."""

    entries: Sequence[Entry]
    landed: Sequence[Entry]
    basis: Basis | None

    @property
    def outcomes(self) -> Iterator[tuple[int, State, str | None]]:
        """A record lands whole: where part of it is found, the rest was refused, or somebody has changed it since.
        Where nothing landed, the changes are planned as before: whoever applies the plan again writes them."""
        for entry in self.entries:
            if not self.landed:
                yield entry.id, "planned", None
            elif entry in self.landed:
                yield entry.id, "written", "found in the CRM after the run died"
            else:
                yield entry.id, "unresolved", UNRESOLVED

    @property
    def ours(self) -> Iterator[Entry]:
        """What did not land counts as ours too, so that what a person cleared is not filled again; what was not taken
        back stays as it was."""
        if self.landed:
            yield from (entry for entry in self.entries if entry in self.landed or entry.reverses is None)


def _resolve_writes(work: Work) -> None:
    """An intent without an outcome: the record itself tells which of its fields landed."""
    open_entries = journal.in_doubt(work.store, **work.scope)
    by_record = [(id, list(group)) for id, group in groupby(open_entries, key=lambda entry: entry.record)]
    for start in range(0, len(by_record), work.crm.write_batch):
        batch = by_record[start : start + work.crm.write_batch]
        fields = {entry.change.field for _, entries in batch for entry in entries} & work.rules.schema.keys()
        now = work.crm.fetch(work.object, [id for id, _ in batch], sorted(fields))
        bases = _bases(work, batch)
        found = [_against(work, entries, now.get(id), bases.get(id)) for id, entries in batch]
        with work.store.transaction():
            journal.mark(work.store, [outcome for one in found for outcome in one.outcomes])
            ours = [entry for one in found for entry in one.ours]
            journal.landed(work.store, **work.scope, entries=ours, now=work.now())
            _remember(work, [one for one in found if one.landed])


def _bases(work: Work, batch: Sequence[tuple[str, Sequence[Entry]]]) -> Mapping[str, Basis]:
    by_run: dict[int, list[str]] = {}
    for id, entries in batch:
        by_run.setdefault(entries[0].run, []).append(id)
    return {id: basis for run, ids in by_run.items() for id, basis in plans.found(work.store, run, ids).items()}


def _against(work: Work, entries: Sequence[Entry], record: Record | None, basis: Basis | None) -> _Doubtful:
    """Nothing landed in a record of the very version that it was of when it was read for the plan."""
    if record is None or (basis is not None and basis.seen_at(record.version)):
        return _Doubtful(entries, (), basis)
    schema = work.rules.schema  # another mapping of this object may have written it
    return _Doubtful(entries, [entry for entry in entries if _holds(schema, record.values, entry)], basis)


def _holds(schema: Mapping[str, FieldInfo], values: Mapping[str, Value], entry: Entry) -> bool:
    field = entry.change.field
    return field in schema and same(values.get(field), entry.change.after, schema[field])


def _remember(work: Work, landed: Sequence[_Doubtful]) -> None:
    """The attempts that the intents were of, each under the mapping of the run that planned them."""
    by_run: dict[int, list[Attempt]] = {}
    for one in landed:
        if (basis := one.basis) is not None:
            attempt = Attempt(basis.record, "matched", "", basis.fields, basis.lusha_id, answered=basis.answered)
            by_run.setdefault(one.entries[0].run, []).append(attempt)
    for run, some in by_run.items():
        row = runs.found(work.store, run)
        scope = {**work.scope, "mapping": row.mapping if row else work.name}
        attempts.save(work.store, **scope, attempts=some, now=work.now(), rest=work.rules.rest)
        plans.drop(work.store, **work.scope, records=[attempt.id for attempt in some])


def _resolve_purchase(context: Context, doubt: Doubt, *, again: bool) -> None:
    """Settle one booking in doubt; ``again``: the same was resolved just now, and can be paid only once.

    A search stays booked at its fee: the run asks again where it still needs to. An enrich is asked once more under
    a booking of its own, which costs nothing for what was already revealed; what it costs was not charged before.
    Where only the balance knows, it is asked first.
    """
    ids, reveal = doubt.request.get("ids"), doubt.request.get("reveal")
    if BY_BALANCE.items() <= doubt.request.items():
        resolve_by_balance(context, doubt.id)
    elif ids == []:  # all of them were forgotten: nobody asks for them again
        resolve(context, doubt.id, doubt.worst, again=0)
    elif not ids:
        resolve(context, doubt.id, doubt.worst, again=0, weights={SEARCH: 1})
    elif not context.lusha.previews:  # asked of API V3: what the same costs in V2, nobody knows
        resolve(context, doubt.id, doubt.worst, again=0)
    elif again:
        resolve(context, doubt.id, doubt.worst, again=doubt.worst)
    elif doubt.request.get("entity") == context.entity:
        _ask_again(context, doubt, ids, reveal or ())


def _ask_again(context: Context, doubt: Doubt, ids: Sequence[str], reveal: Sequence[str]) -> None:
    try:
        booking = reserve(
            context, action=doubt.action, wanted=1, costs=lambda _: doubt.worst, request=lambda _: doubt.request
        )
    except BudgetExhausted:
        return  # it stays booked at its worst, and is resolved when there is room
    try:
        answer = context.lusha.enrich(context.entity, ids, reveal)
    except InDoubt as lost:
        ledger.doubt(context.store, booking.entry)
        raise Stopped(lost.message, hint="run the same command again: it asks what was paid for, first") from lost
    except ConnectorError as refused:  # the vendor did nothing
        with context.store.transaction():
            ledger.settle(context.store, booking.entry, charged=0, now=context.now())
            if isinstance(refused, RequestRefused):  # and never will: there is nothing left to find out
                resolve(context, doubt.id, doubt.worst, again=0)
                return
        raise
    with context.store.transaction():
        _settle_again(context, doubt, booking.entry, answer)


def _settle_again(context: Context, doubt: Doubt, entry: int, answer: Answer) -> None:
    """Settle both bookings by what the second answer was charged, and save it as paid for by the one that was."""
    unknown = [None] * len(answer.items)
    weighed, came = weights(context.prices, answer.items, unknown), counted(answer.items, unknown)
    data = split(doubt.worst if answer.charged is None else answer.charged, weighed)
    ledger.settle(context.store, entry, charged=answer.charged, now=context.now(), data=data, brought=came)
    resolve(context, doubt.id, doubt.worst, again=answer.charged, weights=weighed, brought=came)
    paid = doubt.id if answer.charged == 0 else entry
    found = [item.profile for item in answer.items if item.profile is not None]
    profiles.keep(context, context.entity, [(one, profiles.bought(paid, one, None)) for one in found])
