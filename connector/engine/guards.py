"""What stops a run before it changes more than expected. Every refusal names the figure, the limit, and the option that
lifts that limit alone; everything bought stays saved, and ``apply`` goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from connector.engine.plan import RecordPlan
from connector.engine.work import Work
from connector.errors import GuardRefused
from connector.models import FieldType, Value, WriteResult
from connector.store import tallies

CANARY = 50
"""So many records are written before the share that the CRM refused is judged."""
TELLING_APART: frozenset[FieldType] = frozenset({"phone", "email", "url"})
"""Fields whose values tell records apart: one value in most of them is a switchboard, or a mistake."""
_CANDIDATES = 500


@dataclass(slots=True)
class Frequent:
    """The most frequent of many values, in bounded memory (Misra and Gries): too low by at most 1 in 501."""

    total: int = 0
    _counts: dict[Value, int] = field(default_factory=dict)

    def add(self, value: Value) -> None:
        """Count one more."""
        self.total += 1
        if value in self._counts or len(self._counts) < _CANDIDATES:
            self._counts[value] = self._counts.get(value, 0) + 1
        else:
            self._counts = {other: count - 1 for other, count in self._counts.items() if count > 1}

    @property
    def most(self) -> int:
        """How often the most frequent one came."""
        return max(self._counts.values(), default=0)


class Guards:
    """The guards of one run, asked before each batch and told what became of it.

    ``plan``: the run whose plan is written; a saved one is judged as a whole before the first write.
    """

    def __init__(self, work: Work, *, plan: int | None = None) -> None:
        self._work = work
        self._limits = work.options.guards(work.org.guards)
        self._plan = work.run if plan is None else plan
        self._replaced = 0
        self._same: dict[str, Frequent] = {}
        self._sent = self._refused = 0

    def judge_whole(self, read: int) -> None:
        """Refuse a saved plan that crosses a limit; ``read``: records that its run had read."""
        store, limits = self._work.store, self._limits
        self._judge_replaced(tallies.replaced(store, self._plan), read)
        fields = [name for name, info in self._work.rules.schema.items() if info.type in TELLING_APART]
        for name, (most, total) in tallies.most_frequent(store, self._plan, fields).items():
            self._judge_same(name, most, total)
        self._limits = replace(limits, max_replaced_share=1.0, max_same_share=1.0)  # judged, once and for all

    @property
    def learning(self) -> bool:
        """Whether the first records are still to show what the CRM makes of them: no others go beside them."""
        return self._sent < CANARY and self._limits.max_rejected_share < 1

    @property
    def most(self) -> int:
        """How many records may be looked at and written together now."""
        size = max(self._work.crm.write_batch, self._work.crm.fetch_batch)
        return min(size, CANARY - self._sent) if self._sent < CANARY else size

    def ready(self, waiting: int) -> int:
        """How many of the records that wait may be judged and written together now; 0: not enough were read yet."""
        size = self.most
        enough = self._work.counts.read >= self._limits.min_records or self._limits.max_replaced_share >= 1
        return size if waiting >= size and enough else 0

    def judge(self, batch: Sequence[RecordPlan]) -> None:
        """Refuse a batch that would cross a limit, before any of it is written."""
        replaced = self._replaced + sum(entry.change.replaces for plan in batch for entry in plan.entries)
        self._judge_replaced(replaced, self._work.counts.read)
        self._replaced = replaced
        for name, value in _telling(self._work, batch):
            self._same.setdefault(name, Frequent()).add(value)
        for name, seen in self._same.items():
            self._judge_same(name, seen.most, seen.total)

    def learn(self, results: Sequence[WriteResult]) -> None:
        """Take in what the CRM answered; refuse to go on where it refused too many of the first records."""
        if self._sent >= CANARY:
            return
        self._sent += len(results)
        self._refused += sum(_refused(result) for result in results)
        limit = self._limits.max_rejected_share
        if self._sent >= CANARY and self._refused > limit * self._sent:
            figure = f"the CRM refused {self._refused:,} of the first {self._sent:,} records written"
            share = self._refused / self._sent
            raise self._crossed(figure, share, share, limit, "--max-rejected-share")

    def _judge_replaced(self, replaced: int, read: int) -> None:
        """A record may have several values replaced, so the share may pass 1; a limit of 1 lets everything through."""
        limit = self._limits.max_replaced_share
        if limit < 1 and read >= self._limits.min_records and replaced > limit * read:
            figure = f"run {self._work.run} would replace {replaced:,} values in {read:,} records read"
            whole = max(replaced, tallies.replaced(self._work.store, self._plan))
            share, enough = (count / read if read else 1.0 for count in (replaced, whole))
            raise self._crossed(figure, share, enough, limit, "--max-replaced-share")

    def _judge_same(self, name: str, most: int, total: int) -> None:
        limit = self._limits.max_same_share
        if limit < 1 and total >= max(self._limits.min_records, 2) and most > limit * total:
            figure = f"run {self._work.run} would write one same value into {name} of {most:,} of {total:,} records"
            whole = tallies.most_frequent(self._work.store, self._plan, [name]).get(name, (most, total))
            share = most / total
            raise self._crossed(figure, share, max(share, whole[0] / whole[1]), limit, "--max-same-share")

    def _crossed(self, figure: str, share: float, enough: float, limit: float, option: str) -> GuardRefused:
        """``enough``: the limit that lets the whole saved plan through, which is what ``apply`` judges."""
        enough = min(1.0, ceil(enough * 100) / 100)
        return GuardRefused(
            f"{figure} ({share:.1%}, limit {limit:.1%}); nothing more was written",
            hint=f"look at it with 'show {self._plan}', then: lusha-sync apply {self._plan} {option} {enough:.2f}",
        )


def _telling(work: Work, batch: Sequence[RecordPlan]) -> list[tuple[str, Value]]:
    changes = [entry.change for plan in batch for entry in plan.entries if not entry.change.stamp]
    schema: Mapping[str, object] = {name: info.type for name, info in work.rules.schema.items()}
    return [(change.field, change.after) for change in changes if schema.get(change.field) in TELLING_APART]


def _refused(result: WriteResult) -> bool:
    """Whether the CRM refused the record for good; one that is gone or busy says nothing about what we write."""
    return bool(result.rejections) and not result.written and not any(r.transient for r in result.rejections)
