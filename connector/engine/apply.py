"""Stage four, the one write path: guard → re-read → intent → write → outcome (``sending``: from the intent on).

Only fields that still hold the value seen when the change was planned are written.

A lot is re-read in one call and written in batches, side by side; a batch whose turn comes too late for that re-read
is re-read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from connector.crm.base import FRESH
from connector.engine.flow import Lane, Task, called
from connector.engine.guards import Guards
from connector.engine.plan import RecordPlan
from connector.engine.reread import Ready, Seen, end_overtaken, still_true
from connector.engine.sending import Written, send
from connector.engine.settle import settle
from connector.engine.work import Work
from connector.errors import ConnectorError
from connector.models import Rejection, WriteResult
from connector.pacing import backoff

TRIES = 5
"""How often records of which nothing could be settled are re-read and tried again."""

MOST_DIVISIONS = 64
"""How often a batch is divided to find what spoils it; then what is left waits for the next run."""

RESTLESS = "somebody keeps changing the record"
LEFT = "not sent without the refused fields in this run: too many requests were refused for single records"
STAGE = "write"

Refused = dict[str, tuple[Rejection, ...]]
"""What was refused for good on the way, by record."""


@dataclass(frozen=True, slots=True)
class _Lot:
    """Plans to send together; ``fruitless``: so many times in a row nothing came of it. ``ready``: as they were re-read
    at ``seen_at``; None: they must be."""

    plans: tuple[RecordPlan, ...]
    fruitless: int = 0
    ready: tuple[Ready, ...] | None = None
    seen_at: datetime | None = None

    def fresh(self, now: datetime) -> Sequence[Ready] | None:
        """What the re-read said, while that is good for a write."""
        young = self.seen_at is not None and now - self.seen_at <= timedelta(seconds=FRESH)
        return self.ready if young else None


@dataclass(frozen=True, slots=True)
class _Writing:
    """Where lots are written: the lane of their calls, and the guards that learn from each batch (an undo has none)."""

    work: Work
    lane: Lane
    guards: Guards | None


def apply(work: Work, plans: Iterable[list[RecordPlan]], guards: Guards | None) -> None:
    """Write planned changes in full lots, each behind the guards (an undo has none).

    Where it fails, what is under way is taken in first: whoever counts then counts all that was written.
    """
    try:
        _in_lots(_Writing(work, work.flow.lane(STAGE, most=work.crm.writers, urgent=True), guards), plans)
    except ConnectorError:
        work.flow.end()
        raise


def _in_lots(writing: _Writing, plans: Iterable[list[RecordPlan]]) -> None:
    work, guards = writing.work, writing.guards
    for lot in _lots(writing, plans):
        if guards:
            guards.judge(lot)
        while not writing.lane.open:
            work.check()
            work.flow.step(STAGE)
        writing.lane.start(_begin(writing, lot))
        del lot  # its tasks keep what they need of it: it must not stay until the next one is full
        if guards and guards.learning:
            writing.lane.finish()
        writing.lane.meet()
        work.check()
    while not writing.lane.idle:  # whoever interrupts waits for what is under way alone
        work.check()
        work.flow.step(STAGE)
    writing.lane.meet()
    work.check()


def _lots(writing: _Writing, plans: Iterable[list[RecordPlan]]) -> Iterator[list[RecordPlan]]:
    """Full lots; the first waits until enough records were read for the guards to judge by."""
    work, guards = writing.work, writing.guards
    waiting: list[RecordPlan] = []
    for some in plans:
        work.flow.poll()
        writing.lane.meet()
        waiting += some
        while size := _ready(work, guards, len(waiting)):
            yield waiting[:size]
            waiting = waiting[size:]
    while waiting:
        size = guards.most if guards else _largest(work)
        yield waiting[:size]
        waiting = waiting[size:]


def _largest(work: Work) -> int:
    return max(work.crm.write_batch, work.crm.fetch_batch)


def _ready(work: Work, guards: Guards | None, waiting: int) -> int:
    if guards:
        return guards.ready(waiting)
    return _largest(work) if waiting >= _largest(work) else 0


def _begin(writing: _Writing, plans: Sequence[RecordPlan]) -> Task[None]:
    """A task: leave out of a lot what another record holds, look at the rest, and write it batch by batch."""
    work, refused = writing.work, Refused()
    free, results = yield from _without_taken(work, plans, refused)
    _learn(writing, results)
    if free:
        yield from _part(writing, _Lot(tuple(free)), refused)


def _part(writing: _Writing, whole: _Lot, refused: Refused) -> Task[None]:
    """A task: re-read more records than one request writes, and begin a task for each batch of them."""
    work = writing.work
    size, seen_at = work.crm.write_batch, work.now()
    ready = yield from still_true(work, whole.plans)
    for start in range(0, len(ready), size):
        some = tuple(ready[start : start + size])
        lot = replace(whole, plans=tuple(one.plan for one in some), ready=some, seen_at=seen_at)
        writing.lane.start(_write(writing, lot, refused))


def _write(writing: _Writing, first: _Lot, refused: Refused) -> Task[None]:
    """A task: write what still holds. What may be tried once more is re-read first, every time: as long as something of
    it is settled, dropped or divided, and a few times more. Whoever interrupts does not wait for that: it stays
    planned."""
    work, waiting, divided = writing.work, [first], 0
    while waiting:
        lot = waiting.pop(0)
        last = lot.fruitless == TRIES or divided > MOST_DIVISIONS
        ready = lot.fresh(work.now())
        if ready is None:
            ready = yield from still_true(work, lot.plans)
        written = yield from send(work, ready, last=last)
        ended = [(plan, result) for plan, result in written if not result.again]
        again = [(plan, result) for plan, result in written if result.again]
        if last:
            ended += _given_up(work, again)
            again = []
        settle(work, ended)
        _learn(writing, [_with(refused.get(result.id), result) for _, result in ended])
        rests = yield from _rests(work, lot, again, settled=bool(ended), refused=refused)
        divided += max(0, len(rests) - 1)
        for rest in [rest for rest in rests if len(rest.plans) > work.crm.write_batch]:
            rests.remove(rest)  # a bulk job that went wrong: what it left goes in small batches
            yield from _part(writing, rest, refused)
        waiting = [*rests, *waiting]
        if waiting:
            work.check()


def _learn(writing: _Writing, results: Sequence[WriteResult]) -> None:
    writing.work.progress(writing.work.counts)
    if writing.guards and results:
        writing.guards.learn(results)


def _without_taken(
    work: Work, batch: Sequence[RecordPlan], refused: Refused
) -> Task[tuple[list[RecordPlan], list[WriteResult]]]:
    """The batch without values that another record holds, and the records of which nothing else was to be written."""
    wanted = {plan.record: {entry.change.field: entry.change.after for entry in plan.entries} for plan in batch}
    taken = yield from called(partial(work.crm.taken, work.object, wanted))
    free: list[RecordPlan] = []
    ended: list[Written] = []
    for plan in batch:
        told = tuple(taken.get(plan.record, ()))
        names, result = {one.field for one in told}, WriteResult(plan.record, rejections=told)
        if not told:
            free.append(plan)
        elif all(entry.change.stamp for entry in plan.entries if entry.change.field not in names):
            ended.append((plan, result))
        elif (rest := _rest(work, plan, result)) is not None:
            refused[plan.record] = told
            free.append(rest)
    settle(work, ended)
    return free, [result for _, result in ended]


def _rests(work: Work, lot: _Lot, again: Sequence[Written], *, settled: bool, refused: Refused) -> Task[list[_Lot]]:
    """What is tried once more, after the wait that it asks for; what was refused for good on the way is settled."""
    parts: dict[int, list[RecordPlan]] = {}
    fruitful = settled
    for plan, result in again:
        rest = _rest(work, plan, result)
        fruitful = fruitful or rest is not plan
        refused[plan.record] = (*refused.get(plan.record, ()), *_for_good(result))
        if rest is not None and result.again is not None:
            parts.setdefault(result.again.part, []).append(rest)
    fruitless = 0 if fruitful or len(parts) > 1 else lot.fruitless + 1
    if parts and (fruitless or any(result.again and result.again.wait for _, result in again)):
        yield from called(partial(work.sleep, backoff(max(1, fruitless))))
    return [_Lot(tuple(parts[part]), fruitless) for part in sorted(parts)]


def _rest(work: Work, plan: RecordPlan, result: WriteResult) -> RecordPlan | None:
    """What of a plan is tried again: the plan itself, or what is left of it."""
    named = _for_good(result)
    ended = tuple(entry for entry in plan.entries if entry.change.field in {one.field for one in named})
    if not ended:
        return plan
    # Without its basis: the record itself has not come to its end yet.
    settle(work, [(replace(plan, entries=ended, basis=None), replace(result, rejections=named, again=None))])
    rest = tuple(entry for entry in plan.entries if entry not in ended)
    return replace(plan, entries=rest) if rest else None


def _for_good(result: WriteResult) -> tuple[Rejection, ...]:
    """The fields that the CRM will not take."""
    return tuple(one for one in result.rejections if one.field is not None and not one.transient)


def _with(refused: Sequence[Rejection] | None, result: WriteResult) -> WriteResult:
    return replace(result, rejections=(*refused, *result.rejections)) if refused else result


def _given_up(work: Work, again: Sequence[Written]) -> list[Written]:
    """Records that did not come to rest: a conflict where people keep editing, else the CRM's own words, for the next
    run."""
    told = [(plan, _unsent(result)) for plan, result in again if result.rejections]
    restless = [plan for plan, result in again if not result.rejections]
    lost = [(plan, Seen(lost=[(entry, RESTLESS) for entry in plan.entries])) for plan in restless]
    end_overtaken(work, lost, there=None)
    return told


def _unsent(result: WriteResult) -> WriteResult:
    """What was not refused for good waits for the next run, whatever else was."""
    waits = any(one.transient for one in result.rejections)
    told = result.rejections if waits else (*result.rejections, Rejection("NOT_SENT", LEFT, transient=True))
    return replace(result, rejections=told, again=None)
