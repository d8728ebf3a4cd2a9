"""Finds which values of a refused batch are meant, as far as HubSpot's words tell, and how to divide the rest. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from connector.crm.hubspot.answers import Complaint
from connector.crm.hubspot.unique import DUPLICATE, Inputs, duplicate
from connector.models import Rejection

Stamps = Mapping[str, frozenset[str]]
"""Record id → those of its properties that only vouch for the others."""

NO_STAMPS: Stamps = {}
_IN_EVERY_RECORD = ("PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE")
"""Complaints about a property itself: no record may carry it."""


def blame(complaints: Iterable[Complaint], inputs: Inputs, unique: Collection[str]) -> dict[str, dict[str, Rejection]]:
    """Record id → property → rejection, for the values that are certainly meant; empty if none is certain.

    Certain: HubSpot names the record or the value, only one record carries the property, or no record may.
    """
    found: dict[str, dict[str, Rejection]] = {}
    for complaint in complaints:
        for name in _properties(complaint, inputs, unique):
            for record in _meant(complaint, name, inputs):
                found.setdefault(record, {}).setdefault(name, rejection(complaint, name))
    return found


def suspects(complaints: Iterable[Complaint], inputs: Inputs, unique: Collection[str]) -> set[str]:
    """The records that may be meant: named by id, or carrying a named property."""
    found: set[str] = set()
    for complaint in complaints:
        found |= complaint.ids & inputs.keys()
        for name in _properties(complaint, inputs, unique):
            found |= set(_carriers(name, inputs))
    return found


def divide(inputs: Inputs, suspected: Collection[str]) -> tuple[Inputs, Inputs]:
    """Two parts to send apart, so that half of the suspects (without any: of all) are in each.

    ``inputs`` holds at least two records.
    """
    ordered = sorted(inputs, key=lambda record: record not in suspected)
    among = len(suspected) or len(ordered)
    cut = min(max(1, among // 2), len(ordered) - 1)
    return {one: inputs[one] for one in ordered[:cut]}, {one: inputs[one] for one in ordered[cut:]}


def without(inputs: Inputs, refused: dict[str, dict[str, Rejection]], stamps: Stamps = NO_STAMPS) -> Inputs:
    """The inputs less the refused values; a record left with nothing, or with ``stamps`` alone, is left out."""
    kept = inputs.copy()
    for record in refused.keys() & inputs.keys():
        left = {name: text for name, text in inputs[record].items() if name not in refused[record]}
        if left.keys() <= stamps.get(record, frozenset()):
            del kept[record]
        else:
            kept[record] = left
    return {record: values for record, values in kept.items() if values}


def rejection(complaint: Complaint, name: str | None = None) -> Rejection:
    """HubSpot's words about one value or (without ``name``) one record."""
    if complaint.conflict and name:
        if complaint.holder:
            return duplicate(name, complaint.holder)
        return Rejection(DUPLICATE, complaint.message, name)
    return Rejection(complaint.code, complaint.message or complaint.code, name, transient=complaint.transient)


def _properties(complaint: Complaint, inputs: Inputs, unique: Collection[str]) -> Sequence[str]:
    carried = {name for values in inputs.values() for name in values}
    named = complaint.properties & carried
    return sorted(named or (carried.intersection(unique) if complaint.conflict else ()))


def _carriers(name: str, inputs: Inputs) -> list[str]:
    return [record for record, values in inputs.items() if name in values]


def _meant(complaint: Complaint, name: str, inputs: Inputs) -> list[str]:
    carriers = _carriers(name, inputs)
    if by_id := [record for record in carriers if record in complaint.ids]:
        return by_id
    if by_value := [record for record in carriers if inputs[record][name] in complaint.values]:
        return by_value
    return carriers if len(carriers) == 1 or complaint.code in _IN_EVERY_RECORD else []
