"""What a Salesforce org does with the fields of one record: coerce, check, refuse in its own words.

Pure: fields and a row in, a new row or refusals out. ``salesforce_dml`` decides what becomes of the record.
Codes: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.sandbox.salesforce_schema import ID_TYPES, TEXT_TYPES, SalesforceField, SalesforceObject
from connector.sandbox.soql_filter import salesforce_time
from connector.sandbox.tables import Row

_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\"]+@[^@\s.,;:]+(\.[^@\s.,;:]+)+")
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_LARGEST_INT = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record was refused: Salesforce's status code, its message, and the fields it names."""

    code: str
    message: str
    fields: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}


Rule = Callable[[str, Mapping[str, Any]], str | Refusal | None]
"""A validation rule: object and the row as it would be → None, its message, or a refusal of another kind."""


class Unreadable(Exception):
    """JSON of the wrong type: Salesforce refuses the field before it looks at the record."""


@dataclass(slots=True)
class Checked:
    """One record's fields after the checks, by true field name: the ``values`` sent; ``settled``: and what follows."""

    values: Row = field(default_factory=dict)
    settled: Row = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)


def mobile_is_international(object: str, row: Mapping[str, Any]) -> str | None:
    """The demo org's own validation rule."""
    mobile = row.get("MobilePhone") if object == "Contact" else None
    return "Mobile phone must be in international format" if mobile and not mobile.startswith("+") else None


def check_fields(spec: SalesforceObject, sent: Mapping[str, Any]) -> Checked:
    """Every field sent, coerced as Salesforce stores it, with one refusal for each that it will not take."""
    checked = Checked()
    for name, value in sent.items():
        found = spec.find(name)
        if found is None:
            message = f"No such column '{name}' on sobject of type {spec.name}"
            checked.refusals.append(Refusal("INVALID_FIELD", message, (name,)))
            continue
        refusal = _refused(found)
        if refusal is None:
            try:
                checked.values[found.name] = stored = _stored(found, value)
                refusal = _check(found, stored)
            except Unreadable as error:
                refusal = Refusal("JSON_PARSER_ERROR", str(error), (found.name,))
        if refusal is not None:
            checked.refusals.append(refusal)
    checked.settled = dict(checked.values)
    return checked


def check_required(spec: SalesforceObject, row: Row) -> list[Refusal]:
    """The refusal of a new record that lacks what it must have: one for all its blank fields."""
    named = [one.name for one in spec.fields if one.updateable and not one.nillable and row.get(one.name) is None]
    message = f"Required fields are missing: [{', '.join(named)}]"
    return [Refusal("REQUIRED_FIELD_MISSING", message, tuple(named))] if named else []


def check_dependent(spec: SalesforceObject, before: Row, values: Row) -> list[Refusal]:
    """The refusals of restricted picklists that depend on a field, for the row as it would be."""
    after = {**before, **values}
    refusals = []
    for one in spec.fields:
        value = after.get(one.name)
        if one.controller is None or not one.restricted or value is None or one.coded_place:
            continue
        ruler, touched = after.get(one.controller), {one.name, one.controller} & values.keys()
        if touched and not all(one.takes(option, ruler) for option in value.split(";")):
            message = f"{one.label}: bad value for restricted picklist field: {value}"
            refusals.append(Refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (one.name,)))
    return refusals


def check_rules(object: str, row: Row, rules: list[Rule]) -> list[Refusal]:
    """The refusals of the org's validation rules for the row as it would be."""
    found = [rule(object, row) for rule in rules]
    return [
        Refusal("FIELD_CUSTOM_VALIDATION_EXCEPTION", answer) if isinstance(answer, str) else answer
        for answer in found
        if answer is not None
    ]


def full_name(row: Mapping[str, Any]) -> str | None:
    """A contact's calculated Name."""
    return " ".join(part for part in (row.get("FirstName"), row.get("LastName")) if part) or None


def _refused(spec: SalesforceField) -> Refusal | None:
    if spec.editable:
        return None
    message = (
        f"Unable to create/update fields: {spec.name}. Please check the security settings of this field and verify "
        "that it is read/write for your profile or permission set."
    )
    return Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, (spec.name,))


def _stored(spec: SalesforceField, value: Any) -> Any:
    if value is None:
        return None
    if spec.type in TEXT_TYPES | ID_TYPES and isinstance(value, str):
        return value.strip() or None
    if spec.type == "boolean" and isinstance(value, bool):
        return value
    if spec.type == "int" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if (
        spec.type in ("currency", "double", "percent")
        and isinstance(value, int | float)
        and not isinstance(value, bool)
    ):
        return float(value)
    if spec.type == "datetime" and isinstance(value, str):
        try:
            return salesforce_time(value)[:19] + ".000+0000"  # date-time fields keep whole seconds
        except ValueError:
            raise Unreadable(_unreadable(spec, value)) from None
    if spec.type == "date" and isinstance(value, str) and _DAY.fullmatch(value):
        return value
    raise Unreadable(_unreadable(spec, value))


def _unreadable(spec: SalesforceField, value: Any) -> str:
    kinds = {bool: "VALUE_TRUE" if value is True else "VALUE_FALSE", int: "VALUE_NUMBER_INT", str: "VALUE_STRING"}
    kinds |= {float: "VALUE_NUMBER_FLOAT", dict: "START_OBJECT", list: "START_ARRAY"}
    return (
        f"Cannot deserialize instance of {spec.type} from {kinds[type(value)]} value {value} "
        "or request may be missing a required field at [line:1, column:1]"
    )


def _check(spec: SalesforceField, value: Any) -> Refusal | None:
    if value is None:
        if spec.nillable:
            return None
        if spec.type == "boolean":
            return Refusal(
                "INVALID_TYPE_ON_FIELD_IN_RECORD", f"{spec.label}: value not of required type: ", (spec.name,)
            )
        return Refusal("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{spec.name}]", (spec.name,))
    if spec.length and isinstance(value, str) and len(value) > spec.length:
        message = f"{spec.label}: data value too large: {value} (max length={spec.length})"
        return Refusal("STRING_TOO_LONG", message, (spec.name,))
    if spec.restricted and not spec.coded_place and (foreign := _foreign(spec, value)):
        message = f"{spec.label}: bad value for restricted picklist field: {foreign}"
        return Refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (spec.name,))
    if spec.type == "email" and not _EMAIL.fullmatch(value):
        return Refusal("INVALID_EMAIL_ADDRESS", f"{spec.label}: invalid email address: {value}", (spec.name,))
    if spec.type == "int" and abs(value) > _LARGEST_INT:
        message = f"{spec.label}: value outside of valid range on numeric field: {value}"
        return Refusal("NUMBER_OUTSIDE_VALID_RANGE", message, (spec.name,))
    return None


def _foreign(spec: SalesforceField, value: str) -> str | None:
    """The value, or the one of several, that is no option."""
    values = value.split(";") if spec.type == "multipicklist" else [value]
    return next((one for one in values if one not in spec.options), None)
