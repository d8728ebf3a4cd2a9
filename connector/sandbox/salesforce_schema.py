"""What a field and an object of the sandbox's Salesforce org are, and how ``describe`` tells them.

Stands below ``salesforce_objects``, which says what objects there are.
https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_describesobjects_describesobjectresult.htm
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

TEXT_TYPES = frozenset({"string", "email", "phone", "url", "picklist", "multipicklist", "textarea"})
ID_TYPES = frozenset({"id", "reference"})


@dataclass(frozen=True, slots=True)
class SalesforceField:
    """One field. ``length`` in characters, 0 where Salesforce names none (as its describe does).

    ``labels`` of ``options``, in their order, where they differ. ``controller``: the field on which a picklist depends;
    ``valid_for``: for each option, in their order, the controller's values that it goes with (a checkbox: ``false``,
    ``true``). An option may be listed several times, with labels of its own. ``withheld``: nobody gave this user the
    right to edit it.
    """

    name: str
    label: str
    type: str = "string"
    length: int = 0
    updateable: bool = True
    nillable: bool = True
    options: tuple[str, ...] = ()
    restricted: bool = False
    calculated: bool = False
    unique: bool = False
    labels: tuple[str, ...] = ()
    controller: str | None = None
    valid_for: tuple[tuple[str, ...], ...] = ()
    relationship: str | None = None
    refers_to: str | None = None
    withheld: bool = False

    @property
    def editable(self) -> bool:
        """Whether this user may write it."""
        return self.updateable and not self.withheld

    @property
    def permissionable(self) -> bool:
        """Whether somebody can give and take the right to edit it: not so of what the system itself keeps."""
        return self.withheld or (self.updateable and self.nillable)

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def filterable(self) -> bool:
        """Long text areas, and values of any type, cannot stand in WHERE or ORDER BY."""
        return self.type != "anyType" and (self.type != "textarea" or self.length <= 255)

    @property
    def coded_place(self) -> bool:
        """State and country codes of an address: refused in words of their own (``salesforce_places``)."""
        return self.name.endswith(("StateCode", "CountryCode"))

    def takes(self, option: str, ruler: Any) -> bool:
        """Whether an option goes with a value of the controller."""
        ruler = str(ruler).lower() if isinstance(ruler, bool) else ruler
        return any(one == option and ruler in rulers for one, rulers in zip(self.options, self.valid_for, strict=True))

    def describe(self, rulers: Sequence[str] = ()) -> dict[str, Any]:
        """This field's entry in ``describe``; ``rulers``: the values of its controller, in their order."""
        return {
            "name": self.name, "label": self.label, "type": self.type, "length": self.length,
            "updateable": self.editable, "createable": self.editable, "nillable": self.nillable,
            "calculated": self.calculated, "custom": self.custom, "unique": self.unique,
            "permissionable": self.permissionable, "filterable": self.filterable, "sortable": self.filterable,
            "restrictedPicklist": self.restricted, "externalId": False,
            "dependentPicklist": self.controller is not None, "controllerName": self.controller,
            "picklistValues": [
                {"value": value, "label": label, "active": True, "defaultValue": False,
                 "validFor": _bits(valid_for, rulers) if self.controller else None}
                for value, label, valid_for in zip_longest(self.options, self.labels or self.options, self.valid_for)
            ],
            "relationshipName": self.relationship, "referenceTo": [self.refers_to] if self.refers_to else [],
        }  # fmt: skip


def _bits(valid_for: Sequence[str], rulers: Sequence[str]) -> str:
    """One bit for each value of the controller, the first the highest, padded to whole groups of four letters."""
    bits = "".join("1" if ruler in valid_for else "0" for ruler in rulers)
    bits += "0" * (-len(bits) % 24)
    return base64.b64encode(int(bits or "0", 2).to_bytes(len(bits) // 8)).decode()


@dataclass(frozen=True, slots=True)
class SalesforceObject:
    """One object with its fields, findable in any spelling of case as in Salesforce.

    ``updateable``: whether clients may write its records. ``tracks``: the object whose edits its rows tell.
    ``times``: its date-and-time fields.
    """

    name: str
    prefix: str
    fields: tuple[SalesforceField, ...]
    updateable: bool = True
    tracks: str | None = None
    _by_name: dict[str, SalesforceField] = field(default_factory=dict, compare=False)
    times: set[str] = field(default_factory=set, compare=False)

    def __post_init__(self) -> None:
        self._by_name.update({spec.name.lower(): spec for spec in self.fields})
        self.times.update(spec.name for spec in self.fields if spec.type == "datetime")

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def label(self) -> str:
        return self.name.removesuffix("__c").replace("_", " ")

    @property
    def names_people(self) -> bool:
        """Whether its Name is made of a first and a last name."""
        name = self.find("Name")
        return name is not None and name.calculated

    def having(self, *fields: SalesforceField) -> SalesforceObject:
        """The object with these fields, in place of those of the same name."""
        named = {spec.name: spec for spec in (*self.fields, *fields)}
        return replace(self, fields=tuple(named.values()), _by_name={}, times=set())

    def _values_of(self, controller: str | None) -> Sequence[str]:
        found = self.find(controller) if controller else None
        return () if found is None else ("false", "true") if found.type == "boolean" else found.options

    def find(self, name: str) -> SalesforceField | None:
        """The field of this name, whatever the case."""
        return self._by_name.get(name.lower())

    def parent(self, relationship: str) -> SalesforceField | None:
        """The lookup field behind a relationship name such as ``Account``."""
        wanted = relationship.lower()
        return next((f for f in self.fields if f.relationship and f.relationship.lower() == wanted), None)

    def summary(self) -> dict[str, Any]:
        """What every list of objects tells of this one."""
        return {
            "name": self.name, "label": self.label, "labelPlural": f"{self.label}s", "custom": self.custom,
            "keyPrefix": self.prefix, "queryable": True, "retrieveable": True, "updateable": self.updateable,
            "createable": self.updateable, "deletable": self.updateable, "searchable": self.updateable,
            "mergeable": self.find("MasterRecordId") is not None,
        }  # fmt: skip

    def describe(self) -> dict[str, Any]:
        """The answer of ``GET …/sobjects/{name}/describe``."""
        fields = [spec.describe(self._values_of(spec.controller)) for spec in self.fields]
        return {**self.summary(), "childRelationships": [], "fields": fields}


def system_fields(label: str, *, mergeable: bool = True) -> tuple[SalesforceField, ...]:
    """What every object has. ``mergeable``: whether its records can be merged, which custom objects' cannot."""
    master = SalesforceField("MasterRecordId", "Master Record ID", "reference", 18, updateable=False, refers_to=label)
    return (
        SalesforceField("Id", f"{label} ID", "id", 18, updateable=False, nillable=False),
        SalesforceField("IsDeleted", "Deleted", "boolean", updateable=False, nillable=False),
        *([master] if mergeable else []),
        SalesforceField("OwnerId", "Owner ID", "reference", 18, nillable=False, refers_to="User"),
        SalesforceField("CreatedDate", "Created Date", "datetime", updateable=False, nillable=False),
        SalesforceField("LastModifiedDate", "Last Modified Date", "datetime", updateable=False, nillable=False),
        SalesforceField("SystemModstamp", "System Modstamp", "datetime", updateable=False, nillable=False),
    )


def history_of(tracked: SalesforceObject) -> SalesforceObject:
    """Where Salesforce keeps the edits of an object's tracked fields; read-only, and its values cannot be filtered.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_associated_objects_history.htm
    """
    stem, link, way = tracked.name, f"{tracked.name}Id", tracked.name
    if tracked.custom:
        stem, link, way = f"{tracked.name.removesuffix('c')}", "ParentId", "Parent"
    label = f"{tracked.name} History"
    return SalesforceObject(
        f"{stem}History",
        "017",
        (
            SalesforceField("Id", f"{label} ID", "id", 18, updateable=False, nillable=False),
            SalesforceField("IsDeleted", "Deleted", "boolean", updateable=False, nillable=False),
            SalesforceField(
                link, f"{tracked.name} ID", "reference", 18, updateable=False, nillable=False,
                relationship=way, refers_to=tracked.name,
            ),
            SalesforceField("CreatedById", "Created By ID", "reference", 18, updateable=False, refers_to="User"),
            SalesforceField("CreatedDate", "Created Date", "datetime", updateable=False, nillable=False),
            SalesforceField("Field", "Changed Field", "picklist", 255, updateable=False, restricted=True),
            SalesforceField("OldValue", "Old Value", "anyType", updateable=False),
            SalesforceField("NewValue", "New Value", "anyType", updateable=False),
        ),
        updateable=False,
        tracks=tracked.name,
    )  # fmt: skip
