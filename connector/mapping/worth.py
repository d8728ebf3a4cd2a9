"""Before anything is bought: which fields of a record could be given a value, and which data are worth paying for.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from connector.mapping.companies import employer_of
from connector.mapping.compile import CompiledField, CompiledMapping
from connector.mapping.currencies import never_takes
from connector.mapping.policies import reason_to_write, taken_back
from connector.models import Edit, Record, Written


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides beside the values: ``moved`` = Lusha knows the person at another company than the record says;
    ``first`` = the record was never matched before; ``phones`` = the record's consent lets phones be written;
    ``answered`` = when Lusha gave the answer, which may have been saved for another record; ``edits`` = the last edit
    of each field that was asked about, None while nothing was; ``proposed`` = the fields of which a value waits on
    the review list, or was decided on there."""

    moved: bool
    first: bool
    phones: bool
    answered: datetime
    edits: Mapping[str, Edit] | None = None
    proposed: frozenset[str] = frozenset()


def wanted(
    mapping: CompiledMapping, record: Record, last: Mapping[str, Written], situation: Situation
) -> frozenset[str]:
    """The data worth paying for: those that some mapped field could be given under its policy."""
    needed: set[str] = set()
    for field in mapping.fields:
        if field.data <= needed:
            continue
        if _may_gain(mapping, field, record, last, situation) and not _withheld(mapping, field, situation):
            needed |= field.data
    return frozenset(needed)


def may_be_given(
    mapping: CompiledMapping, name: str, record: Record, last: Mapping[str, Written], situation: Situation
) -> bool:
    """Whether a mapped field may get a value at all, as things are."""
    field = next(item for item in mapping.fields if item.name == name)
    return _may_gain(mapping, field, record, last, situation)


def worth_asking(mapping: CompiledMapping, record: Record, last: Mapping[str, Written], situation: Situation) -> bool:
    """Whether any answer about a record could be of use: some field may be given a value, or a job change be told."""
    if any(_may_gain(mapping, field, record, last, situation) for field in mapping.fields):
        return True
    if mapping.settings.match.on_job_change != "suggest":
        return False
    works_at = employer_of(mapping.settings.identify, record.values)
    return bool(works_at.names or works_at.domains) and any(
        not field.own and writable(mapping, field, situation) and not taken_back(field.name, last)
        for field in mapping.fields
    )


def _may_gain(
    mapping: CompiledMapping, field: CompiledField, record: Record, last: Mapping[str, Written], situation: Situation
) -> bool:
    """Whether anything that Lusha may tell could be written: not an amount in dollars into a record of another
    currency."""
    if field.info.currency and never_takes(field.info, field.path.roots, record.values):
        return False
    value = record.values.get(field.name)
    return (
        writable(mapping, field, situation) and reason_to_write(field.rule.policy, value, field.info, last) is not None
    )


def writable(mapping: CompiledMapping, field: CompiledField, situation: Situation) -> bool:
    """Whether consent and a change of job let the field be written."""
    if field.phone and not situation.phones:
        return False
    return not (situation.moved and mapping.settings.match.on_job_change == "skip")


def _withheld(mapping: CompiledMapping, field: CompiledField, situation: Situation) -> bool:
    """After a job change nothing is bought for the review list alone.

    That is all that can come of a field bound to the job; and of one that a person has a proposal for, or rejected
    it, since what it was last given was bound to the job.
    """
    if not situation.moved or mapping.settings.match.on_job_change != "suggest":
        return False
    return not field.own or field.name in situation.proposed
