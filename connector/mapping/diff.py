"""Profile and record in, changes out. Pure: what this says is exactly what may be written, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

from connector.countries import country_code
from connector.lusha.attributes import own_view
from connector.mapping.compile import CompiledField, CompiledMapping, CompiledStamp
from connector.mapping.currencies import amount_problem
from connector.mapping.dependencies import broken
from connector.mapping.entries import day_of, permitted, region_of
from connector.mapping.fitting import REGION, Context, Unfit, alike, fit
from connector.mapping.options import find_option
from connector.mapping.policies import IF_LATER, reason_to_write, taken_back
from connector.mapping.scalars import read_instant
from connector.mapping.values import same
from connector.mapping.worth import Situation, writable
from connector.models import Change, Edit, Profile, Record, Written, is_blank

LEFT_OUT = "without the words that are no options of it"


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


def diff(
    mapping: CompiledMapping, record: Record, profile: Profile, last: Mapping[str, Written], situation: Situation
) -> Diff:
    """Compare a record with what Lusha says, field by field, under each field's policy."""
    return _Comparison(mapping, record, profile, last, situation).whole()


class _Comparison:
    """A record beside a profile; what comes of it grows field by field."""

    def __init__(
        self,
        mapping: CompiledMapping,
        record: Record,
        profile: Profile,
        last: Mapping[str, Written],
        situation: Situation,
    ) -> None:
        self._mapping, self._record, self._profile = mapping, record, profile
        self._last, self._situation = last, situation
        self._context = _context(mapping, record, profile.attributes)
        self._changes: list[Change] = []
        self._suggestions: list[Change] = []
        self._notes: list[Note] = []
        self._asks: set[str] = set()

    def whole(self) -> Diff:
        """Every field, then the stamps."""
        for field in self._mapping.fields:
            reason, to_review = self._reason(field)
            if reason is not None and (change := self._of_field(field, reason)) is not None:
                (self._suggestions if to_review or field.rule.policy == "suggest" else self._changes).append(change)
        if self._mapping.ruled:
            self._leave_out_broken()
        self._add_stamps()
        return Diff(tuple(self._changes), tuple(self._suggestions), tuple(self._notes), frozenset(self._asks))

    def _reason(self, field: CompiledField) -> tuple[str | None, bool]:
        """Why a new value is welcome, if it is, and whether it goes to the review list."""
        mapping, profile, situation = self._mapping, self._profile, self._situation
        if not writable(mapping, field, situation):
            return None, False
        if situation.moved and mapping.settings.match.on_job_change == "suggest" and _bound_to_job(field, profile):
            return _moved_words(profile), True  # whatever the policy: somebody typed the title of the old job
        value = self._record.values.get(field.name)
        return reason_to_write(field.rule.policy, value, field.info, self._last), False

    def _of_field(self, field: CompiledField, reason: str) -> Change | None:
        """What the field would get; None: nothing, which is noted where the value does not fit."""
        attributes = self._profile.attributes
        try:
            change = _change(field, self._record, attributes, self._context, reason)
        except Unfit as unfit:
            self._notes.append(Note(field.name, str(unfit)))
            return None
        if change is not None and reason == IF_LATER:
            change = self._if_later(field, change)
        if change is not None and (less := _lacks(field, attributes, self._context, change)):
            self._notes.append(Note(field.name, less))
            change = change._replace(reason=f"{change.reason}, {less}")
        return change

    def _if_later(self, field: CompiledField, change: Change) -> Change | None:
        day, edits = _day(field, self._profile, self._situation), self._situation.edits
        if day is not None and edits is None:
            self._asks.add(field.name)
        return _if_later(change, day, (edits or {}).get(field.name))

    def _leave_out_broken(self) -> None:
        """Values that the CRM would refuse beside one another."""
        after = {change.field: change.after for change in self._changes}
        refused = broken(after, self._record.values, self._mapping.ruled)
        self._notes += [Note(name, reason) for name, reason in refused.items()]
        self._changes = [change for change in self._changes if change.field not in refused]

    def _add_stamps(self) -> None:
        """Bookkeeping, together with a change, or with the first match where any of it is blank."""
        values, situation = self._record.values, self._situation
        stamps = [stamp for stamp in self._mapping.stamps if not taken_back(stamp.name, self._last)]
        first = situation.first and any(is_blank(values.get(stamp.name)) for stamp in stamps)
        for stamp in stamps if self._changes or first else ():
            try:
                stamped = _stamp(stamp, self._record, self._profile, situation.answered)
            except Unfit as unfit:
                self._notes.append(Note(stamp.name, str(unfit)))
                continue
            if stamped is not None:
                self._changes.append(stamped)


def _bound_to_job(field: CompiledField, profile: Profile) -> bool:
    """Whether the value found goes with the job and not with the person."""
    return bool(field.path.search(own_view(profile.attributes)) != field.path.search(profile.attributes))


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
