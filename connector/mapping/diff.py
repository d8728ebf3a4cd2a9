"""Profile and record in, changes out. Pure: what this says is exactly what may be written, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

from connector.countries import country_code
from connector.lusha.attributes import own_view
from connector.mapping.companies import employer_of
from connector.mapping.compile import CompiledField, CompiledMapping, CompiledStamp
from connector.mapping.currencies import amount_problem, never_takes
from connector.mapping.dependencies import broken
from connector.mapping.entries import day_of, permitted, region_of
from connector.mapping.fitting import REGION, Context, Unfit, alike, fit
from connector.mapping.options import find_option
from connector.mapping.policies import IF_LATER, reason_to_write, taken_back
from connector.mapping.scalars import read_instant
from connector.mapping.values import same
from connector.models import Change, Edit, Profile, Record, Written, is_blank

LEFT_OUT = "without the words that are no options of it"


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


@dataclass(frozen=True, slots=True)
class Note:
    """A value that Lusha has and the field cannot take, or not the whole of it: what was left out is reported."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Diff:
    """What one record would get: changes to write, values for the review list, and values that do not fit.

    ``asks``: fields whose last edit in the CRM must be known first. Ask for them, and call ``diff`` again with
    ``Situation.edits``; until then they are no changes.
    """

    changes: tuple[Change, ...] = ()
    suggestions: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
    asks: frozenset[str] = frozenset()


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
        not field.own and _writable(mapping, field, situation) and not taken_back(field.name, last)
        for field in mapping.fields
    )


def diff(
    mapping: CompiledMapping, record: Record, profile: Profile, last: Mapping[str, Written], situation: Situation
) -> Diff:
    """Compare a record with what Lusha says, field by field, under each field's policy."""
    changes: list[Change] = []
    suggestions: list[Change] = []
    notes: list[Note] = []
    asks: set[str] = set()
    context = _context(mapping, record, profile.attributes)
    for field in mapping.fields:
        reason, to_review = _reason(mapping, field, record, profile, last, situation)
        if reason is None:
            continue
        try:
            change = _change(field, record, profile.attributes, context, reason)
        except Unfit as unfit:
            notes.append(Note(field.name, str(unfit)))
            continue
        if change is not None and reason == IF_LATER:
            day = _day(field, profile, situation)
            if day is not None and situation.edits is None:
                asks.add(field.name)
            change = _if_later(change, day, (situation.edits or {}).get(field.name))
        if change is not None and (less := _lacks(field, profile.attributes, context, change)):
            notes.append(Note(field.name, less))
            change = change._replace(reason=f"{change.reason}, {less}")
        if change is not None:
            (suggestions if to_review or field.rule.policy == "suggest" else changes).append(change)
    if mapping.ruled:
        refused = broken({one.field: one.after for one in changes}, record.values, mapping.ruled)
        notes += [Note(name, reason) for name, reason in refused.items()]
        changes = [one for one in changes if one.field not in refused]
    open_stamps = [stamp for stamp in mapping.stamps if not taken_back(stamp.name, last)]
    if changes or (situation.first and any(is_blank(record.values.get(stamp.name)) for stamp in open_stamps)):
        for stamp in open_stamps:
            try:
                if (stamped := _stamp(stamp, record, profile, situation.answered)) is not None:
                    changes.append(stamped)
            except Unfit as unfit:
                notes.append(Note(stamp.name, str(unfit)))
    return Diff(tuple(changes), tuple(suggestions), tuple(notes), frozenset(asks))


def _reason(
    mapping: CompiledMapping,
    field: CompiledField,
    record: Record,
    profile: Profile,
    last: Mapping[str, Written],
    situation: Situation,
) -> tuple[str | None, bool]:
    """Why a new value is welcome, if it is, and whether it goes to the review list."""
    if not _writable(mapping, field, situation):
        return None, False
    if situation.moved and mapping.settings.match.on_job_change == "suggest" and _bound_to_job(field, profile):
        return _moved_words(profile), True  # whatever the policy: somebody typed the title of the old job
    return reason_to_write(field.rule.policy, record.values.get(field.name), field.info, last), False


def _may_gain(
    mapping: CompiledMapping, field: CompiledField, record: Record, last: Mapping[str, Written], situation: Situation
) -> bool:
    """Whether anything that Lusha may tell could be written: not an amount in dollars into a record of another
    currency."""
    if field.info.currency and never_takes(field.info, field.path.roots, record.values):
        return False
    value = record.values.get(field.name)
    return (
        _writable(mapping, field, situation) and reason_to_write(field.rule.policy, value, field.info, last) is not None
    )


def _writable(mapping: CompiledMapping, field: CompiledField, situation: Situation) -> bool:
    if field.phone and not situation.phones:
        return False
    return not (situation.moved and mapping.settings.match.on_job_change == "skip")


def _bound_to_job(field: CompiledField, profile: Profile) -> bool:
    """Whether the value found goes with the job and not with the person."""
    return bool(field.path.search(own_view(profile.attributes)) != field.path.search(profile.attributes))


def _withheld(mapping: CompiledMapping, field: CompiledField, situation: Situation) -> bool:
    """After a job change nothing is bought for the review list alone.

    That is all that can come of a field bound to the job; and of one that a person has a proposal for, or rejected
    it, since what it was last given was bound to the job.
    """
    if not situation.moved or mapping.settings.match.on_job_change != "suggest":
        return False
    return not field.own or field.name in situation.proposed


def _change(
    field: CompiledField, record: Record, attributes: Mapping[str, Any], context: Context, reason: str
) -> Change | None:
    rule, info, transforms = field.rule, field.info, field.transforms
    after = fit(permitted(field.path, attributes), info, transforms, on_too_long=rule.on_too_long, context=context)
    before = record.values.get(field.name)
    if is_blank(after) or (not is_blank(before) and alike(before, after, info, transforms, context=context)):
        return None
    if info.currency and (problem := amount_problem(info, field.path.roots, attributes, record.values)):
        raise Unfit(problem)
    return Change(field.name, before, after, reason, rule.source, rule.policy)


def _lacks(field: CompiledField, attributes: Mapping[str, Any], context: Context, change: Change) -> str | None:
    """What is to be said of a value that the field holds in part."""
    several = field.info.type == "multipicklist"
    if not several and (field.rule.on_too_long != "cut" or field.info.length is None):
        return None
    open_ = replace(field.info, length=None, restricted=False)
    whole = fit(permitted(field.path, attributes), open_, field.transforms, context=context)
    if whole == change.after:
        return None
    return LEFT_OUT if several else f"cut to the field's {field.info.length} characters"


def _context(mapping: CompiledMapping, record: Record, attributes: Mapping[str, Any]) -> Context:
    """What transforms read beside the value: the record's fields, and the country where it is known."""
    return {**record.values, REGION: region_of(attributes) or _country_in(mapping, record)}


def _country_in(mapping: CompiledMapping, record: Record) -> str | None:
    """The country that the record's own field holds, if the mapping fills one: by an option's value or label."""
    field = mapping.country
    if field is None or is_blank(held := record.values.get(field.name)):
        return None
    option = find_option(field.info, str(held))
    return country_code(str(held)) or country_code(option.label if option else None)


def _day(field: CompiledField, profile: Profile, situation: Situation) -> datetime | None:
    """When Lusha last checked the value, as far as it says; never later than the day of its answer."""
    day = day_of(field.path, profile.attributes)
    answered = situation.answered.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return min(day, answered) if day else None


def _if_later(change: Change, day: datetime | None, edit: Edit | None) -> Change | None:
    """The change of a person's value, where Lusha's is later; without either day the person's stays."""
    if day is None or edit is None or day <= edit.at:
        return None
    theirs = f"the CRM's of {edit.at.astimezone(UTC):%Y-%m-%d}, by a {edit.by}"
    return change._replace(reason=f"Lusha's is of {day:%Y-%m-%d}, {theirs}")


def _stamp(stamp: CompiledStamp, record: Record, profile: Profile, answered: datetime) -> Change | None:
    """The change of one bookkeeping field, if it would change; a time of enrichment never goes back."""
    before = record.values.get(stamp.name)
    if stamp.source == "enriched_at" and (held := read_instant(before)) is not None and held >= answered:
        return None
    of_run = _moment(answered) if stamp.source == "enriched_at" else "matched"
    found = permitted(stamp.path, profile.attributes) if stamp.path else of_run
    whole: Literal["skip", "cut"] = "skip" if stamp.source == "id" else "cut"  # half an id is nobody's
    after = fit(found, stamp.info, (), on_too_long=whole, context={})
    if is_blank(after) or same(before, after, stamp.info):
        return None
    return Change(stamp.name, before, after, "stamp", stamp.source, "stamp", stamp=True)


@lru_cache(maxsize=64)
def _moment(answered: datetime) -> str:
    """A time of enrichment in words; those who were asked for together share it."""
    return answered.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moved_words(profile: Profile) -> str:
    company = (profile.attributes.get("company") or {}).get("name")
    return "Lusha knows this person at another company" + (f" ({company})" if company else "")
