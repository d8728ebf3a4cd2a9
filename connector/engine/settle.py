"""How a record's changes ended, into the journal and into what is known of the record: one transaction for both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from connector.engine.gone import fates, follow, in_words
from connector.engine.plan import RecordPlan
from connector.engine.work import Work
from connector.models import Rejection, Successor, WriteResult
from connector.redact import hide
from connector.store import attempts, journal, plans, records
from connector.store.attempts import Attempt
from connector.store.journal import Entry, State
from connector.store.records import Outcome

End = tuple[Sequence[Entry], State, str | None]
"""Changes of a record, the state that they ended in together, and why."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the changes of one record ended, and with them the attempt at it."""

    plan: RecordPlan
    outcome: Outcome
    ends: Sequence[End]


def settle(work: Work, written: Sequence[tuple[RecordPlan, WriteResult]]) -> None:
    """Save what the CRM answered."""
    if not written:
        return
    became = fates(work, (result.id for _, result in written if result.gone))
    landed: list[Entry] = []
    ended: list[Ended] = []
    for plan, told in written:
        result = _nameless(plan, told) if told.rejections else told
        ours = [entry for entry in plan.entries if entry.change.field in result.written]
        _count(work, ours, result)
        landed += ours
        ends: list[End] = [(ours, "written", None)] if ours else []
        if len(ours) < len(plan.entries):
            ends += _refused(plan, result, became.get(result.id))
        ended.append(Ended(plan, _record_outcome(ours, result), ends))
    with work.store.transaction():
        journal.landed(work.store, **work.scope, entries=landed, now=work.now())
        end(work, ended)
        follow(work, became)


def end(work: Work, ended: Sequence[Ended]) -> None:
    """Save how changes ended, and the attempts with the identity that the records have after our own write."""
    if not ended:
        return
    based = [one for one in ended if one.plan.basis is not None]
    tried = [_attempt(work, one) for one in based if one.outcome != "gone"]
    with work.store.transaction():
        outcomes = [
            (entry.id, state, words) for one in ended for entries, state, words in one.ends for entry in entries
        ]
        journal.mark(work.store, outcomes, run=work.run)
        if gone := [one.plan.record for one in ended if one.outcome == "gone"]:
            records.forget_gone(work.store, **work.scope, ids=gone)
        attempts.save(work.store, **work.own_scope, attempts=tried, now=work.now(), rest=work.rules.rest)
        plans.drop(work.store, **work.scope, records=[one.plan.record for one in based])


def _attempt(work: Work, one: Ended) -> Attempt:
    basis = one.plan.basis
    assert basis is not None
    written = (entries for entries, state, _ in one.ends if state == "written")
    after = {entry.change.field: entry.change.after for entries in written for entry in entries}
    marks = (basis.fingerprint, work.rules.identify({**basis.identity, **after}))
    return Attempt(
        one.plan.record,
        one.outcome,
        " ".join(dict.fromkeys(filter(None, marks))),
        basis.fields,
        basis.lusha_id,
        reason=next((words for _, _, words in one.ends if words), None),
        counts=one.outcome not in ("conflict", "unsent"),
        answered=basis.answered,
        parked=basis.mark if one.outcome == "rejected" else None,
        lacking=basis.lacking or any(state != "written" for _, state, _ in one.ends),
    )


def _count(work: Work, landed: Sequence[Entry], result: WriteResult) -> None:
    counts = work.counts
    counts.written += bool(landed)
    counts.fields_written += len(landed)
    counts.stamps_written += sum(entry.change.stamp for entry in landed)
    if result.rejections or result.gone:
        work.refused(result.id)
    for rejection in result.rejections:
        what = f"{rejection.field} of {work.object}" if rejection.field else work.object
        work.note(f"{what} refused: {_words(rejection)}")


def _refused(plan: RecordPlan, result: WriteResult, became: Successor | None) -> Iterator[End]:
    """The changes that were not written, each with the reason."""
    for entry in plan.entries:
        if entry.change.field not in result.written:
            named = [r for r in result.rejections if r.field in (entry.change.field, None)]
            words = "; ".join(_words(r) for r in named) or "refused together with another field"
            yield (entry,), "rejected", in_words(became) if result.gone else words


def _record_outcome(landed: Sequence[Entry], result: WriteResult) -> Outcome:
    if result.gone:
        return "gone"
    if any(rejection.transient for rejection in result.rejections):
        return "unsent"
    return "matched" if landed else "rejected"


def _nameless(plan: RecordPlan, result: WriteResult) -> WriteResult:
    """The CRM's words without what we know to say who the record is; other values may help to mend the mapping."""
    known = list(plan.identity.values())
    for entry in plan.entries:
        if _PERSONAL.match(entry.change.attribute):
            known += [entry.change.before, entry.change.after]
    told = (replace(one, message=hide(one.message, known)) for one in result.rejections)
    return replace(result, rejections=tuple(told))


_PERSONAL = re.compile(r"first_name|last_name|full_name|emails|phones|social")
"""Attributes that name a person, or lead to them."""


def _words(rejection: Rejection) -> str:
    return f"{rejection.code}: {rejection.message}"
