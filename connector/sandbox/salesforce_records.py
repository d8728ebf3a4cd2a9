"""The records of the sandbox's Salesforce org and the one way to change them, without HTTP.

Stands below ``salesforce``, which puts it on the wire; tests edit, delete and set rules here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from connector.sandbox.salesforce_schema import (
    ACCOUNT,
    ACCOUNT_HISTORY,
    CONTACT,
    CONTACT_HISTORY,
    ORGANIZATION,
    TRACKED,
    SalesforceObject,
    find_object,
)
from connector.sandbox.salesforce_write import (
    Checked,
    Refusal,
    Rule,
    check_fields,
    check_rules,
    full_name,
    mobile_is_international,
)
from connector.sandbox.soql_filter import salesforce_time
from connector.sandbox.tables import Now, Row, Stamps, Table

ORGANIZATION_ID = "00DSB00000000012AA"
OWNER = "005SB0000000001AAA"
"""The user who owns every record of the seed."""
ASSIGNMENT_QUEUE = "00GSB00000000001"
"""Who owns a record written without ``Sforce-Auto-Assign: FALSE``: what an assignment rule would do."""


class HasSalesforce(Protocol):
    """The part of the demo world that this server needs: rows of ``Contact`` and ``Account``."""

    @property
    def salesforce(self) -> Mapping[str, Sequence[Mapping[str, Any]]]: ...


@dataclass(frozen=True, slots=True)
class Write:
    """One record of an update request; ``id`` is None when the request named none."""

    spec: SalesforceObject
    id: str | None
    sent: Mapping[str, Any]


@dataclass(slots=True)
class _Checked:
    id: str
    before: Row = field(default_factory=dict)
    checked: Checked = field(default_factory=Checked)


class OrgRecords:
    """Tables ``Contact``, ``Account``, their histories and ``Organization``, and what may be written into them.

    ``rules``: validation rules, asked about every row as it would be. ``before_write``: called once with the ids of
    each update request, before anything of it is looked at, its precondition included, so that a test can change a
    record between read and write. ``tracked``: the fields of each object whose edits are kept; the history of an
    object without any does not exist for clients.
    """

    def __init__(self, world: HasSalesforce, *, clock: Callable[[], datetime]) -> None:
        self.clock: Now = clock
        self.stamps = Stamps(clock)
        self.rules: list[Rule] = [mobile_is_international]
        self.before_write: Callable[[Sequence[str]], None] | None = None
        self.tracked: Mapping[str, frozenset[str]] = TRACKED
        self.tables: dict[str, Table] = {}
        for spec in (CONTACT, ACCOUNT):
            self.tables[spec.name] = table = Table(spec.name)
            for row in world.salesforce[spec.name]:
                table.put(row["Id"], _seeded(spec, row, clock()))
        for spec in (CONTACT_HISTORY, ACCOUNT_HISTORY):
            self.tables[spec.name] = Table(spec.name)
        self.tables[ORGANIZATION.name] = organization = Table(ORGANIZATION.name)
        row = {"Id": ORGANIZATION_ID, "Name": "Sandbox Org", "IsSandbox": True}
        organization.put(ORGANIZATION_ID, row)

    def known(self, name: str) -> SalesforceObject | None:
        """The object of this name as clients see it: no history where nothing is tracked."""
        spec = find_object(name)
        return None if spec is None or (spec.tracks and not self.tracked.get(spec.tracks)) else spec

    def row(self, object: str, id: str) -> Row:
        """The record as it is now, deleted or not. Raises KeyError."""
        row = self.tables[object].get(id)
        if row is None:
            raise KeyError(id)
        return row

    def edit(self, object: str, id: str, **values: Any) -> None:
        """Change a record as a person would: nothing is checked, nothing counted, the stamps move."""
        self._put(object, {**self.row(object, id), **values})

    def delete(self, object: str, id: str, *, merged_into: str | None = None) -> None:
        """Move a record to the recycle bin, or merge it away into another one."""
        self.edit(object, id, IsDeleted=True, MasterRecordId=merged_into)

    def meet(self, ids: Sequence[str]) -> None:
        """An update request for these records has come in: what a test has planned for this moment happens first."""
        if self.before_write is not None:
            self.before_write(ids)

    def update(self, writes: Sequence[Write], *, auto_assign: bool, all_or_none: bool = False) -> list[list[Refusal]]:
        """Carry out an update request; for each record, in order, its refusals (none = it landed)."""
        times = Counter(write.id[:15] for write in writes if write.id)
        prepared = [self._prepare(write, repeated=times[(write.id or "")[:15]] > 1) for write in writes]
        if all_or_none and any(one.checked.refusals for one in prepared):
            rolled_back = Refusal(
                "ALL_OR_NONE_OPERATION_ROLLED_BACK",
                "Record rolled back because not all records were valid and the request was using AllOrNone header",
            )
            return [one.checked.refusals or [rolled_back] for one in prepared]
        for write, one in zip(writes, prepared, strict=True):
            if not one.checked.refusals:
                self._apply(write.spec.name, one, auto_assign)
        return [one.checked.refusals for one in prepared]

    def _prepare(self, write: Write, *, repeated: bool) -> _Checked:
        if write.id is None:
            refusal = Refusal("MISSING_ARGUMENT", "Id not specified in an update call")
            return _Checked("", checked=Checked(refusals=[refusal]))
        before = self.tables[write.spec.name].get(write.id)
        refusal_of_id = _check_id(write.spec, write.id, before, repeated)
        if before is None or refusal_of_id is not None:
            return _Checked(write.id, checked=Checked(refusals=[refusal_of_id] if refusal_of_id else []))
        checked = check_fields(write.spec, write.sent)
        if not checked.refusals:
            checked.refusals = check_rules(write.spec.name, {**before, **checked.values}, self.rules)
        return _Checked(before["Id"], before, checked)

    def _apply(self, object: str, one: _Checked, auto_assign: bool) -> None:
        self.tables[object].tally.count(one.id, one.before, one.checked.values)
        owner = {"OwnerId": ASSIGNMENT_QUEUE} if auto_assign else {}
        self._put(object, {**one.before, **one.checked.values, **owner})

    def _put(self, object: str, row: Row) -> None:
        stamp = salesforce_time(self.stamps.next())
        row |= {"LastModifiedDate": stamp, "SystemModstamp": stamp}
        self._track(object, self.tables[object].rows.get(row["Id"], {}), row, stamp)
        if object == CONTACT.name:
            row["Name"] = full_name(row)
        self.tables[object].put(row["Id"], row)

    def _track(self, object: str, before: Mapping[str, Any], row: Row, stamp: str) -> None:
        """Keep a row of history for each tracked field that changed; Salesforce tells its time in whole seconds."""
        for name in sorted(self.tracked.get(object, frozenset())):
            if before.get(name) == row[name]:
                continue
            history = self.tables[f"{object}History"]
            id = f"017SB{len(history) + 1:010d}AAA"
            told = {"Id": id, "IsDeleted": False, f"{object}Id": row["Id"], "CreatedById": OWNER, "Field": name}
            values = {"OldValue": before.get(name), "NewValue": row[name]}
            history.put(id, {**told, "CreatedDate": f"{stamp[:19]}.000+0000", **values})


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


def _seeded(spec: SalesforceObject, seed: Mapping[str, Any], now: datetime) -> Row:
    unknown = seed.keys() - {known.name for known in spec.fields}
    if unknown:
        raise ValueError(f"the demo world has {spec.name} fields that the org lacks: {', '.join(sorted(unknown))}")
    row: Row = {}
    for known in spec.fields:
        value = seed.get(known.name)
        if known.type == "boolean":
            value = bool(value)
        elif known.type == "datetime" and value:
            value = salesforce_time(value)
        row[known.name] = value
    row["OwnerId"] = row["OwnerId"] or OWNER
    for name in ("CreatedDate", "LastModifiedDate", "SystemModstamp"):
        row[name] = row[name] or row["LastModifiedDate"] or salesforce_time(now)
    if spec is CONTACT:
        row["Name"] = full_name(row)
    return row
