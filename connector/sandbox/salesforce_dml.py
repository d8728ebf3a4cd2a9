"""What clients do to the records of the sandbox's Salesforce org: update, create and delete, each of them checked.

Stands on ``salesforce_records``, which keeps them; ``salesforce_rows`` and ``salesforce_ingest`` put it on the wire.
https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.sandbox.salesforce_persons import settle_person
from connector.sandbox.salesforce_places import settle_address
from connector.sandbox.salesforce_records import ASSIGNMENT_QUEUE, OrgRecords, blank_row
from connector.sandbox.salesforce_schema import SalesforceObject
from connector.sandbox.salesforce_write import (
    Checked,
    Refusal,
    check_dependent,
    check_fields,
    check_required,
    check_rules,
)
from connector.sandbox.soql_filter import salesforce_time
from connector.sandbox.tables import Row

_ROLLED_BACK = Refusal(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)


@dataclass(frozen=True, slots=True)
class Write:
    """One record of a request; ``id`` is None when the request named none."""

    spec: SalesforceObject
    id: str | None
    sent: Mapping[str, Any]


@dataclass(slots=True)
class Done:
    """What became of one record: its id (empty where there is none), and why it was refused (nothing = it landed)."""

    id: str
    refusals: list[Refusal]


@dataclass(slots=True)
class _Checked:
    id: str
    before: Row = field(default_factory=dict)
    checked: Checked = field(default_factory=Checked)


class OrgDml(OrgRecords):
    """Records, and the one way in which clients change them."""

    def meet(self, ids: Sequence[str]) -> None:
        """An update request for these records has come in: what a test has planned for this moment happens first."""
        if self.before_write is not None:
            self.before_write(ids)

    def update(
        self, writes: Sequence[Write], *, auto_assign: bool, allow_save: bool = False, all_or_none: bool = False
    ) -> list[list[Refusal]]:
        """Carry out an update request; for each record, in order, its refusals (none = it landed).

        ``allow_save``: duplicates that a rule only alerts to are saved.
        """
        times = Counter(write.id[:15] for write in writes if write.id)
        prepared = [self._prepare(write, times[(write.id or "")[:15]] > 1, allow_save) for write in writes]
        if all_or_none and any(one.checked.refusals for one in prepared):
            return [one.checked.refusals or [_ROLLED_BACK] for one in prepared]
        for write, one in zip(writes, prepared, strict=True):
            if not one.checked.refusals:
                self._apply(write.spec.name, one, auto_assign)
        return [one.checked.refusals for one in prepared]

    def create(
        self, writes: Sequence[Write], *, auto_assign: bool, allow_save: bool = False, all_or_none: bool = False
    ) -> list[Done]:
        """Carry out a request for new records; what became of each, in order."""
        checked = [self._check_new(write, allow_save) for write in writes]
        if all_or_none and any(one.refusals for one in checked):
            return [Done("", one.refusals or [_ROLLED_BACK]) for one in checked]
        return [
            Done("", one.refusals) if one.refusals else Done(self._add(write.spec, one, auto_assign), [])
            for write, one in zip(writes, checked, strict=True)
        ]

    def remove(self, records: Sequence[tuple[SalesforceObject, str]], *, all_or_none: bool = False) -> list[Done]:
        """Carry out a request to delete records; what became of each, in order."""
        times = Counter(id[:15] for _, id in records)
        done = []
        for spec, id in records:
            refusal = _check_id(spec, id, self.tables[spec.name].get(id), repeated=times[id[:15]] > 1)
            done.append(Done(id, [refusal] if refusal else []))
        if all_or_none and any(one.refusals for one in done):
            return [Done(one.id, one.refusals or [_ROLLED_BACK]) for one in done]
        for (spec, _), one in zip(records, done, strict=True):
            if not one.refusals:
                self.delete(spec.name, one.id)
        return done

    def _prepare(self, write: Write, repeated: bool, allow_save: bool) -> _Checked:
        if write.id is None:
            refusal = Refusal("MISSING_ARGUMENT", "Id not specified in an update call")
            return _Checked("", checked=Checked(refusals=[refusal]))
        before = self.tables[write.spec.name].get(write.id)
        refusal_of_id = _check_id(write.spec, write.id, before, repeated)
        if before is None or refusal_of_id is not None:
            return _Checked(write.id, checked=Checked(refusals=[refusal_of_id] if refusal_of_id else []))
        if before.get("IsConverted"):
            refusal = Refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
            return _Checked(write.id, checked=Checked(refusals=[refusal]))
        checked = check_fields(write.spec, write.sent)
        checked.refusals = checked.refusals or self._refusals(write.spec, before, checked, allow_save)
        return _Checked(before["Id"], before, checked)

    def _check_new(self, write: Write, allow_save: bool) -> Checked:
        if write.id is not None:
            refusal = Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ("Id",))
            return Checked(refusals=[refusal])
        checked = check_fields(write.spec, write.sent)
        before = blank_row(write.spec, self.clock())
        checked.refusals = (
            checked.refusals
            or check_required(write.spec, {**before, **checked.values})
            or self._refusals(write.spec, before, checked, allow_save)
        )
        return checked

    def _refusals(self, spec: SalesforceObject, before: Row, checked: Checked, allow_save: bool) -> list[Refusal]:
        return (
            settle_person(spec, before, checked.settled)
            or settle_address(spec, before, checked.settled)
            or check_dependent(spec, before, checked.values)
            or list(self.record_types.refusals(spec, before, checked.values))
            or check_rules(spec.name, {**before, **checked.settled}, self.rules)
            or self._duplicates(spec.name, before, checked, allow_save)
        )

    def _duplicates(self, object: str, before: Row, checked: Checked, allow_save: bool) -> list[Refusal]:
        row, others = {**before, **checked.values}, self.tables[object].rows.values()
        rules = [rule for rule in self.duplicate_rules if rule.object == object]
        found = [rule.refuses(row, checked.values, others, allow_save=allow_save) for rule in rules]
        return [refusal for refusal in found if refusal is not None]

    def _apply(self, object: str, one: _Checked, auto_assign: bool) -> None:
        self.tables[object].tally.count(one.id, one.before, one.checked.values)
        owner = {"OwnerId": ASSIGNMENT_QUEUE} if auto_assign else {}
        self.edit(object, one.id, **one.checked.settled, **owner)

    def _add(self, spec: SalesforceObject, checked: Checked, auto_assign: bool) -> str:
        """Assignment rules give new leads to a queue; of other objects they own none."""
        owner = {"OwnerId": ASSIGNMENT_QUEUE} if auto_assign and spec.name == "Lead" else {}
        now = salesforce_time(self.stamps.next())
        (id,) = self.put(spec.name, [{"LastModifiedDate": now, **checked.settled, **owner}])
        self.tables[spec.name].tally.count(id, {}, checked.values)
        return id


def _check_id(spec: SalesforceObject, id: str, row: Row | None, repeated: bool) -> Refusal | None:
    if not re.fullmatch(rf"{spec.prefix}(\w{{12}}|\w{{15}})", id):
        return Refusal("MALFORMED_ID", f"{spec.name} ID: id value of incorrect type: {id}", ("Id",))
    if repeated:
        return Refusal("DUPLICATE_VALUE", f"Duplicate id specified: {id}", ("Id",))
    if row is None:
        return Refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    if row["IsDeleted"]:
        return Refusal("ENTITY_IS_DELETED", "entity is deleted")
    return None
