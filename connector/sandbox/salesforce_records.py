"""The records of the sandbox's Salesforce org, without HTTP: rows, their stamps and their history.

Stands below ``salesforce_dml``, by which clients change them; tests edit, delete and set rules here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from connector.sandbox.native import salesforce_id
from connector.sandbox.salesforce_duplicates import DuplicateRule
from connector.sandbox.salesforce_objects import OBJECTS, ORGANIZATION, TRACKED
from connector.sandbox.salesforce_persons import FIELDS as PERSON_FIELDS
from connector.sandbox.salesforce_places import ADDRESSES, address_fields, with_codes
from connector.sandbox.salesforce_record_types import FIELD as RECORD_TYPE_ID
from connector.sandbox.salesforce_record_types import RecordTypes
from connector.sandbox.salesforce_schema import SalesforceField, SalesforceObject
from connector.sandbox.salesforce_write import Rule, full_name, mobile_is_international
from connector.sandbox.soql_filter import salesforce_time
from connector.sandbox.tables import Now, Row, Stamps, Table

ORGANIZATION_ID = "00DSB00000000012AA"
OWNER = "005SB0000000001AAA"
"""The user who owns every record of the seed."""
ASSIGNMENT_QUEUE = "00GSB00000000001"
"""Who owns a record written without ``Sforce-Auto-Assign: FALSE``: what an assignment rule would do."""


class HasSalesforce(Protocol):
    """The part of the demo world that this server needs: rows by object; objects that it leaves out begin empty."""

    @property
    def salesforce(self) -> Mapping[str, Sequence[Mapping[str, Any]]]: ...


class OrgRecords:
    """A table for each object, and the rules of what may be written into them.

    ``objects``: this org's own, by name in lower case; ``having`` adds fields. ``rules``: validation rules, asked
    about every row as it would be. ``duplicate_rules``: those that are active. ``before_write``: called once with
    the ids of each update request, before anything of it is looked at, its precondition included, so that a test
    can change a record between read and write. ``tracked``: the fields of each object whose edits are kept; the
    history of an object without any does not exist for clients.
    """

    def __init__(self, world: HasSalesforce, *, clock: Callable[[], datetime]) -> None:
        self.clock: Now = clock
        self.stamps = Stamps(clock)
        self.rules: list[Rule] = [mobile_is_international]
        self.duplicate_rules: list[DuplicateRule] = []
        self.before_write: Callable[[Sequence[str]], None] | None = None
        self.record_types = RecordTypes()
        self.tracked: Mapping[str, frozenset[str]] = TRACKED
        self.objects: dict[str, SalesforceObject] = {name.lower(): spec for name, spec in OBJECTS.items()}
        self.tables: dict[str, Table] = {name: Table(name) for name in OBJECTS}
        for name, rows in world.salesforce.items():
            self.put(name, rows)
        self.put(ORGANIZATION.name, [{"Id": ORGANIZATION_ID, "Name": "Sandbox Org", "IsSandbox": True}])

    def known(self, name: str) -> SalesforceObject | None:
        """The object of this name, in any case, as clients see it: no history where nothing is tracked."""
        spec = self.objects.get(name.lower())
        return None if spec is None or (spec.tracks and not self.tracked.get(spec.tracks)) else spec

    def having(self, object: str, *fields: SalesforceField) -> None:
        """Add fields to an object, or put others in the place of those of the same name; its records keep their
        values."""
        spec = self.objects[object.lower()] = self.objects[object.lower()].having(*fields)
        table, blank = self.tables[spec.name], blank_row(spec, self.clock())
        for id, row in table.rows.items():
            table.rows[id] = {**{one.name: blank[one.name] for one in fields}, **row}

    def state_and_country_picklists(self) -> None:
        """Switch them on, as an administrator does; codes of records that are there are found by their texts."""
        for object, prefix in ADDRESSES.items():
            self.having(object, *address_fields(object))
            rows = self.tables[object].rows
            rows.update({id: with_codes(row, prefix) for id, row in rows.items()})

    def person_accounts(self) -> None:
        """Switch them on, as Salesforce does on demand: accounts and contacts that are there stay what they are."""
        for object, fields in PERSON_FIELDS.items():
            self.having(object, *fields)

    def record_type(self, object: str, name: str, **offers: tuple[str, ...]) -> str:
        """Add a record type that offers these options of its picklists, and all of others; its id."""
        self.having(object, RECORD_TYPE_ID)
        return self.record_types.add(object, name, offers)

    def put(self, object: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
        """Add records as an import would, unchecked; their ids, in order. A row without ``Id`` is given one.

        Cheap enough for tests with tens of thousands.
        """
        spec = self.objects[object.lower()]
        table, blank = self.tables[spec.name], blank_row(spec, self.clock())
        ids = []
        for row in rows:
            id = row.get("Id") or salesforce_id(spec.prefix, len(table) + 1)
            table.put(id, _imported(spec, blank, {**row, "Id": id}))
            ids.append(id)
        return ids

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

    def convert(self, lead: str, *, contact: str | None = None) -> str:
        """Convert a lead as a person would, into a contact that is there or into a new one; the contact's id."""
        row = self.row("Lead", lead)
        if contact is None:
            shared = {name: row[name] for name in ("FirstName", "LastName", "Email", "Title", "Phone", "MobilePhone")}
            (contact,) = self.put("Contact", [shared])
        told = {"ConvertedDate": self.clock().date().isoformat(), "ConvertedContactId": contact}
        told["ConvertedAccountId"] = self.row("Contact", contact)["AccountId"]
        self.edit("Lead", lead, IsConverted=True, Status="Closed - Converted", **told)
        return contact

    def _put(self, object: str, row: Row) -> None:
        stamp = salesforce_time(self.stamps.next())
        row |= {"LastModifiedDate": stamp, "SystemModstamp": stamp}
        self._track(object, self.tables[object].rows.get(row["Id"], {}), row, stamp)
        if self.objects[object.lower()].names_people:
            row["Name"] = full_name(row)
        self.tables[object].put(row["Id"], row)

    def _track(self, object: str, before: Mapping[str, Any], row: Row, stamp: str) -> None:
        """Keep a row of history for each tracked field that changed; Salesforce tells its time in whole seconds."""
        if not (names := self.tracked.get(object)):
            return
        spec = next(one for one in self.objects.values() if one.tracks == object)
        history, link = self.tables[spec.name], next(one.name for one in spec.fields if one.refers_to == object)
        for name in sorted(names):
            if before.get(name) == row[name]:
                continue
            id = f"017SB{len(history) + 1:010d}AAA"
            told = {"Id": id, "IsDeleted": False, link: row["Id"], "CreatedById": OWNER, "Field": name}
            values = {"OldValue": before.get(name), "NewValue": row[name]}
            history.put(id, {**told, "CreatedDate": f"{stamp[:19]}.000+0000", **values})


def blank_row(spec: SalesforceObject, now: datetime) -> Row:
    """A row as an import leaves it where it says nothing."""
    row: Row = {one.name: False if one.type == "boolean" else None for one in spec.fields}
    given = {"OwnerId": OWNER, "Status": "Open - Not Contacted", **dict.fromkeys(_TIMES, salesforce_time(now))}
    return row | {name: value for name, value in given.items() if name in row}


def _imported(spec: SalesforceObject, blank: Row, given: Mapping[str, Any]) -> Row:
    told = {name: value for name, value in given.items() if value is not None}
    if not told.keys() <= blank.keys():
        unknown = told.keys() - blank.keys()
        raise ValueError(f"{spec.name} has no fields {', '.join(sorted(unknown))} in this org")
    if modified := told.get("LastModifiedDate"):
        told = dict.fromkeys(_TIMES, modified) | told
    for name in told.keys() & spec.times:
        told[name] = salesforce_time(told[name])
    row = {**blank, **told}
    if spec.names_people:
        row["Name"] = full_name(row)
    return row


_TIMES = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
