"""Right before a write: what of a plan is still true in the CRM, read consistently at that moment.

A field that moved since it was read is a conflict and stays as the CRM has it; so does a whole record that has become
somebody else, or that opted out meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from connector.engine.flow import Task, called
from connector.engine.gone import fates, follow, in_words
from connector.engine.plan import RecordPlan
from connector.engine.settle import End, Ended, end
from connector.engine.work import Work
from connector.mapping.dependencies import beside, broken
from connector.mapping.scalars import read_boolean
from connector.mapping.values import same, untouched
from connector.models import FieldInfo, Record, Successor, Value, Written, is_blank
from connector.store import journal, written
from connector.store.journal import Entry, State

MOVED = "changed in the CRM meanwhile"
SOMEBODY_ELSE = "the record's identity changed in the CRM meanwhile"
OPTED_OUT = "the record opted out meanwhile"
DO_NOT_CALL = "the record was marked do not call meanwhile"
NOT_OURS = "changed since: the value is not ours any more"
THERE = "the CRM holds it already"


@dataclass(frozen=True, slots=True)
class Ready:
    """What of a record's plan is to be written now. ``seen``: what a conditional write compares.

    ``ours``: nobody modified the record since our own last write, so nobody is at work on it. ``parent``: the record
    that the write locks as well.
    """

    plan: RecordPlan
    seen: datetime | None
    ours: bool = False
    parent: str | None = None

    @property
    def place(self) -> tuple[bool, str, str]:
        """Where it stands in a request: beside the others of its parent, which is then locked once."""
        return self.parent is None, self.parent or "", self.plan.record


@dataclass(slots=True)
class Seen:
    """A plan's changes as a re-read finds them: still to be made, already there, or overtaken, with the reason."""

    open: list[Entry] = field(default_factory=list)
    there: list[Entry] = field(default_factory=list)
    lost: list[tuple[Entry, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Now:
    """The records as they are at this moment, what we last put into their fields, and where those that are gone live
    on."""

    records: Mapping[str, Record]
    ours: Mapping[str, Mapping[str, Written]]
    became: Mapping[str, Successor]


def still_true(work: Work, plans: Sequence[RecordPlan]) -> Task[list[Ready]]:
    """A task: the part of each plan that still holds, children by parent; the rest is settled here, as are the plans of
    deleted records."""
    ready = []
    now = yield from _read_again(work, plans)
    wrote = written.latest(work.store, **work.scope, ids=list(now.records))
    with work.store.transaction():
        found = _looked(work, plans, now)
        end_overtaken(work, [(plan, seen) for plan, _, seen in found], there="dropped")
    for plan, record, seen in found:
        if seen.open:
            rest = plan if len(seen.open) == len(plan.entries) else replace(plan, entries=tuple(seen.open))
            ready.append(Ready(rest, record.modified, _is_ours(record, wrote.get(plan.record)), record.parent))
    return sorted(ready, key=lambda one: one.place)


def _is_ours(record: Record, wrote: datetime | None) -> bool:
    """Whether the record's last modification is our own write, which is remembered to the second, after the fact."""
    if record.modified is None or wrote is None:
        return False
    return record.modified.replace(microsecond=0) <= wrote


def looked(work: Work, plans: Sequence[RecordPlan]) -> Task[list[tuple[RecordPlan, Record, Seen]]]:
    """A task: each plan against its record as it is now; the plans of deleted records are settled here."""
    now = yield from _read_again(work, plans)
    return _looked(work, plans, now)


def _read_again(work: Work, plans: Sequence[RecordPlan]) -> Task[_Now]:
    if not plans:
        return _Now({}, {}, {})
    named = {entry.change.field for plan in plans for entry in plan.entries}
    asked = {*named, *work.rules.identifying, *work.rules.opted_out, *work.rules.do_not_call}
    asked |= beside(work.rules.dependent(named))
    ids = [plan.record for plan in plans]
    fields = sorted(asked & work.rules.schema.keys())
    found = yield from called(partial(work.crm.fetch, work.object, ids, fields))
    ours = written.last_written(work.store, **work.scope, ids=list(found))
    return _Now(found, ours, fates(work, (id for id in ids if id not in found)))


def _looked(work: Work, plans: Sequence[RecordPlan], now: _Now) -> list[tuple[RecordPlan, Record, Seen]]:
    follow(work, now.became)
    there, gone = [], []
    for plan in plans:
        if (record := now.records.get(plan.record)) is None:
            work.refused(plan.record)
            gone.append(Ended(plan, "gone", [(plan.entries, "rejected", in_words(now.became.get(plan.record)))]))
        else:
            there.append((plan, record, _look(work, plan, record, now.ours.get(plan.record, {}))))
    end(work, gone)
    return there


def _look(work: Work, plan: RecordPlan, record: Record, ours: Mapping[str, Written]) -> Seen:
    """Judge each change of a plan by the record's present values."""
    seen = Seen()
    against, callable_ = _against_all(work, plan, record), _may_be_called(work, record)
    for entry in plan.entries:
        current, info = record.values.get(entry.change.field), work.rules.schema.get(entry.change.field)
        if info is None:
            seen.lost.append((entry, "the CRM has no such field any more"))
        elif against is not None:
            seen.lost.append((entry, against))
        elif not callable_ and _leads_to_calls(entry, info):
            seen.lost.append((entry, DO_NOT_CALL))
        elif _holds(entry, current, work):
            seen.open.append(entry)
        elif same(current, entry.change.after, info) or _stamped_since(entry, current, info, ours):
            seen.there.append(entry)
        else:
            seen.lost.append((entry, MOVED if entry.reverses is None else NOT_OURS))
    _part_broken(work, record, seen)
    if seen.lost and not any(not entry.change.stamp for entry in seen.open) and not _takes_back(plan):
        lost = [*seen.lost, *((entry, MOVED) for entry in seen.open)]
        return Seen([], seen.there, lost)  # stamps go only with what they vouch for
    return seen


def _part_broken(work: Work, record: Record, seen: Seen) -> None:
    """A picklist that depends on another field: what that one holds by now, or will not get, may forbid the change.

    What an undo gives back stood there before, whatever it goes with: the CRM decides.
    """
    if not work.rules.depending:
        return
    planned = {entry.change.field: entry.change.after for entry in seen.open}
    given_back = {entry.change.field for entry in seen.open if entry.reverses is not None}
    judged = [info for info in work.rules.dependent(planned.keys()) if info.name not in given_back]
    refused = broken(planned, record.values, judged)
    seen.lost += [(entry, refused[entry.change.field]) for entry in seen.open if entry.change.field in refused]
    seen.open = [entry for entry in seen.open if entry.change.field not in refused]


def end_overtaken(work: Work, found: Sequence[tuple[RecordPlan, Seen]], *, there: State | None) -> None:
    """Settle what is not to be written: conflicts, and (as ``there``) what the CRM holds already."""
    ended: list[Ended] = []
    back: list[Entry] = []
    for plan, seen in found:
        if seen.lost:
            work.in_conflict(plan.record)
        ends: list[End] = [((entry,), "conflict", words) for entry, words in seen.lost]
        if there is not None and seen.there:
            ends.append((seen.there, there, THERE))
            back += [entry for entry in seen.there if entry.reverses is not None]
        if ends:
            ended.append(Ended(plan, "conflict" if seen.lost else "matched", ends))
    if back:  # somebody was before us: it stays so
        journal.landed(work.store, **work.scope, entries=back, now=work.now())
    end(work, ended)


def _takes_back(plan: RecordPlan) -> bool:
    return any(entry.reverses is not None for entry in plan.entries)


def _holds(entry: Entry, current: object, work: Work) -> bool:
    """Whether the field still holds what was seen when the change was planned.

    What an undo saw is what we had written: a CRM may have re-spelled it (times, phones), and it is ours all the same.
    """
    before = entry.change.before
    if entry.reverses is not None:
        return untouched(current, before, work.rules.schema[entry.change.field])  # type: ignore[arg-type]
    return current == before or (is_blank(current) and is_blank(before))


def _stamped_since(entry: Entry, current: Value, info: FieldInfo, ours: Mapping[str, Written]) -> bool:
    """Whether a stamp is another run's of ours: one that a search index did not show yet, or that came after the plan.

    Another mapping of the object may write the same one. Nobody typed it, so it is no conflict; it stays as it is.
    """
    last = ours.get(entry.change.field)
    if not entry.change.stamp or entry.reverses is not None or last is None or last.tombstone:
        return False
    return untouched(current, last.value, info)


def _against_all(work: Work, plan: RecordPlan, record: Record) -> str | None:
    """What forbids writing this record at all, in words."""
    if any(read_boolean(record.values.get(name)) for name in work.rules.opted_out):
        return OPTED_OUT
    for name, before in plan.identity.items():
        current = record.values.get(name)
        if current == before or is_blank(before) or is_blank(current) or name not in work.rules.identifying:
            continue  # who says more or less than before may be the same
        ours = (entry.change.after for entry in plan.entries if entry.change.field == name)
        if not any(same(current, meant, work.rules.schema[name]) for meant in (before, *ours)):
            return SOMEBODY_ELSE
    return None


def _may_be_called(work: Work, record: Record) -> bool:
    return not any(read_boolean(record.values.get(name)) for name in work.rules.do_not_call)


def _leads_to_calls(entry: Entry, info: FieldInfo) -> bool:
    return info.type == "phone" or entry.change.attribute.startswith("phone")
