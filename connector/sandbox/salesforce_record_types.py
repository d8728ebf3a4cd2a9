"""Record types of the sandbox's Salesforce org: which options of its picklists a record of each may hold.

Told by describe and by the User Interface API, and kept at each write to a restricted picklist.
https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_resources_picklist_values_collection.htm
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.sandbox.native import salesforce_id
from connector.sandbox.salesforce_schema import SalesforceField, SalesforceObject
from connector.sandbox.salesforce_write import Refusal
from connector.sandbox.tables import Row

MASTER = "012000000000000AAA"
FIELD = SalesforceField("RecordTypeId", "Record Type ID", "reference", 18, refers_to="RecordType")
Offers = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class RecordType:
    """One record type. ``offers``: the options of the picklists of which it does not offer all."""

    id: str
    name: str
    offers: Offers


class RecordTypes:
    """The record types of all objects."""

    def __init__(self) -> None:
        self._types: dict[str, list[RecordType]] = {}

    def add(self, object: str, name: str, offers: Offers) -> str:
        """One more for an object; its id."""
        number = sum(map(len, self._types.values())) + 1
        made = RecordType(salesforce_id("012", number), name, offers)
        self._types.setdefault(object, []).append(made)
        return made.id

    def described(self, object: str) -> list[dict[str, Any]]:
        """The ``recordTypeInfos`` of an object's describe."""
        of_object = self._types.get(object, [])
        named = [(one.id, one.name, False) for one in of_object]
        return [
            {
                "recordTypeId": id, "name": name, "developerName": name.replace(" ", "_"), "active": True,
                "available": True, "defaultRecordTypeMapping": master is not bool(of_object), "master": master,
            }
            for id, name, master in (*named, (MASTER, "Master", True))
        ]  # fmt: skip

    def picklists(self, spec: SalesforceObject, id: str) -> dict[str, Any] | None:
        """The options that a record type offers, as the User Interface API tells them; None: no such type."""
        found = self._find(spec.name, id)
        if found is None and id != MASTER:
            return None
        offers = found.offers if found else {}
        fields = {one.name: offers.get(one.name, one.options) for one in spec.fields if one.options}
        return {"picklistFieldValues": {name: {"values": [_told(one) for one in of]} for name, of in fields.items()}}

    def refusals(self, spec: SalesforceObject, before: Row, values: Row) -> Iterator[Refusal]:
        """What of a write the record's type does not allow."""
        found = self._find(spec.name, ({**before, **values}).get(FIELD.name))
        for name, options in found.offers.items() if found else ():
            field, value = spec.find(name), values.get(name)
            if field and field.restricted and value and not set(value.split(";")) <= set(options):
                words = f"{field.label}: bad value for restricted picklist field: {value}"
                yield Refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", words, (field.name,))

    def _find(self, object: str, id: str | None) -> RecordType | None:
        return next((one for one in self._types.get(object, ()) if one.id == id), None)


def _told(option: str) -> dict[str, Any]:
    return {"attributes": None, "label": option, "validFor": [], "value": option}
