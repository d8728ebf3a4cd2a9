"""The review list acted on: accepted values are written by the one write path, accepted matches used from now on.

A value is written only while the field still holds what it held when the value was proposed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connector.engine.apply import apply
from connector.engine.plan import RecordPlan, journalled
from connector.engine.work import Work
from connector.mapping.identity import record_spelling
from connector.models import Change
from connector.store import attempts, journal, people, suggestions
from connector.store.db import Store
from connector.store.journal import Draft
from connector.store.suggestions import Listed


def accept_values(work: Work, accepted: Sequence[Listed]) -> None:
    """Write proposed values of one object; those that landed, or stood there already, leave the review list."""
    accepted = _not_forgotten(work, accepted)
    by_record: dict[str, list[Listed]] = {}
    for one in accepted:
        by_record.setdefault(one.record, []).append(one)
    work.counts.due = work.counts.changed = len(by_record)
    try:
        apply(work, _plans(work, by_record), None)
    finally:
        _leave_list(work, accepted)


def _leave_list(work: Work, accepted: Sequence[Listed]) -> None:
    ended = {(entry.record, entry.change.field): entry.state for entry in journal.of_run(work.store, work.run)}
    done = [one.id for one in accepted if ended.get((one.record, one.field)) in ("written", "dropped")]
    with work.store.transaction():
        suggestions.decide(work.store, done, "accepted")
    work.counts.matched = len({record for (record, _), state in ended.items() if state not in ("planned", "intended")})


def _not_forgotten(work: Work, accepted: Sequence[Listed]) -> list[Listed]:
    """The list was read before this run took the lease: whoever was forgotten since is not written."""
    marks = {record_spelling(work.org.name, work.object, one.record): one.record for one in accepted}
    gone = {marks[mark] for mark in people.suppressed(work.store, entity="person", spellings=marks)}
    for _ in gone:
        work.note("a record was forgotten since the review list was read: nothing is written")
    return [one for one in accepted if one.record not in gone]


def _plans(work: Work, by_record: dict[str, list[Listed]]) -> Iterator[list[RecordPlan]]:
    size = work.crm.write_batch
    everything = list(by_record.items())
    for start in range(0, len(everything), size):
        batch = everything[start : start + size]
        drafts = [Draft(id, _change(one), some[0].lusha_id, paid=one.paid) for id, some in batch for one in some]
        yield journalled(work, drafts, {id: some[0].identity for id, some in batch})


def _change(one: Listed) -> Change:
    return Change(one.field, one.current, one.proposed, "accepted in review", one.attribute, "suggest")


def accept_matches(store: Store, accepted: Sequence[Listed]) -> None:
    """These answers are about these records: the next run uses them, whatever their names say."""
    with store.transaction():
        suggestions.decide(store, [one.id for one in accepted], "accepted")
        for one in accepted:
            attempts.wake(store, org=one.org, object=one.object, id=one.record)


def reject(store: Store, rejected: Sequence[Listed]) -> None:
    """Never propose these again; an answer that is about somebody else is not used for the record any more."""
    with store.transaction():
        suggestions.decide(store, [one.id for one in rejected], "rejected")
