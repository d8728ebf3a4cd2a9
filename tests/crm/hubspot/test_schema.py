"""Property definitions, the spelling of values, and what a property cannot hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.crm.hubspot.schema import TEXT_LENGTH, field_info, field_text, misfit, wire_text
from connector.models import FieldInfo, Option
from tests.crm.hubspot.portal import definition

LEVELS = [{"value": "c_suite", "label": "C-Suite"}, {"value": "senior", "label": "Senior", "hidden": True}]


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        (definition("jobtitle"), "text"),
        (definition("notes", widget="textarea"), "text"),
        (definition("website"), "text"),
        (definition("phone", widget="phonenumber"), "phone"),
        (definition("email"), "email"),
        (definition("numberofemployees", "number", "number"), "number"),
        (definition("since", "date", "date"), "date"),
        (definition("stamp", "datetime", "date"), "datetime"),
        (definition("agreed", "bool", "booleancheckbox"), "boolean"),
        (definition("level", "enumeration", "radio", options=LEVELS), "picklist"),
        (definition("levels", "enumeration", "checkbox", options=LEVELS), "multipicklist"),
        (definition("yes", "enumeration", "booleancheckbox", options=LEVELS), "boolean"),
        (definition("map", "object_coordinates"), "other"),
    ],
)
def test_types(entry: dict[str, Any], kind: str) -> None:
    assert field_info("contacts", entry).type == kind


def test_a_definition_whole() -> None:
    entry = definition("level", "enumeration", "select", options=LEVELS, hasUniqueValue=False)
    assert field_info("contacts", entry) == FieldInfo(
        "level",
        "Level",
        "picklist",
        options=(Option("c_suite", "C-Suite"), Option("senior", "Senior")),
        restricted=True,
    )


@pytest.mark.parametrize(
    "entry",
    [
        definition("a", modificationMetadata={"readOnlyValue": True}),
        definition("a", calculated=True),
        definition("a", "number", "calculation_equation"),
        definition("hs_email_optout", "bool"),
        definition("hs_email_optout_391", "bool"),
        definition("hs_legal_basis", "enumeration", "checkbox"),
    ],
)
def test_never_writable(entry: dict[str, Any]) -> None:
    assert not field_info("contacts", entry).writable


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (definition("jobtitle"), ""),
        (definition("score", calculated=True), "HubSpot calculates it"),
        (definition("createdate", modificationMetadata={"readOnlyValue": True}), "HubSpot sets it"),
        (definition("hs_legal_basis"), "consent is for people to give"),
    ],
)
def test_why_a_property_is_read_only(entry: dict[str, Any], why: str) -> None:
    assert field_info("contacts", entry).why_read_only == why


def test_unique_length_and_restriction() -> None:
    assert field_info("contacts", definition("email")).unique
    assert not field_info("companies", definition("email")).unique
    assert field_info("pets", definition("chip", hasUniqueValue=True)).unique
    assert field_info("contacts", definition("jobtitle")).length == TEXT_LENGTH
    for listed in ([], LEVELS):  # some of them, or none: the rest is kept elsewhere
        owners = definition("owner", "enumeration", "select", options=listed, externalOptions=True)
        assert not field_info("contacts", owners).restricted


@pytest.mark.parametrize(
    ("value", "text"),
    [(364.0, "364"), (364, "364"), (0.5, "0.5"), (1e21, "1000000000000000000000"), (-0.0, "0"), (True, "true"),
     (False, "false"), ("", None), (None, None), (" x ", " x "), ("364.0", "364.0")],
)  # fmt: skip
def test_field_text(value: Any, text: str | None) -> None:
    assert field_text(value) == text
    assert wire_text(value) == (text or "")


@settings(max_examples=100, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_numbers_keep_their_value_in_the_shortest_spelling(value: float) -> None:
    text = field_text(value)
    assert text is not None
    assert "e" not in text.lower()
    assert not ("." in text and text.endswith("0"))
    assert Decimal(text) == Decimal(repr(value))
    assert field_text(text) == text


INFOS = {
    entry["name"]: field_info("contacts", entry)
    for entry in [
        definition("jobtitle"),
        definition("employees", "number", "number"),
        definition("level", "enumeration", "select", options=LEVELS),
        definition("levels", "enumeration", "checkbox", options=LEVELS),
        definition("agreed", "bool", "booleancheckbox"),
        definition("hs_email_optout", "bool", "booleancheckbox"),
    ]
}


@pytest.mark.parametrize(
    ("name", "text", "code", "message"),
    [
        ("nope", "x", "PROPERTY_DOESNT_EXIST", 'Property "nope" does not exist'),
        ("hs_email_optout", "true", "READ_ONLY_VALUE", 'Property "hs_email_optout" is read-only'),
        ("hs_email_optout", "", "READ_ONLY_VALUE", 'Property "hs_email_optout" is read-only'),
        ("level", "Boss", "INVALID_OPTION", '"Boss" is not one of the options of "level"'),
        (
            "levels",
            ";senior",
            "INVALID_OPTION",
            'The value begins with ";", which adds to "levels" what it should replace',
        ),
        ("employees", "1,200", "INVALID_NUMBER", 'The value is not a number, which "employees" needs'),
        ("employees", "1e5", "INVALID_NUMBER", 'The value is not a number, which "employees" needs'),
        ("levels", "senior;Boss", "INVALID_OPTION", '"Boss" is not one of the options of "levels"'),
        ("employees", "many", "INVALID_NUMBER", 'The value is not a number, which "employees" needs'),
        ("employees", "nan", "INVALID_NUMBER", 'The value is not a number, which "employees" needs'),
        ("agreed", "yes", "INVALID_BOOLEAN", 'The value is neither true nor false, which "agreed" needs'),
        ("jobtitle", "x" * 65_537, "TOO_LONG", 'The value is longer than the 65,536 characters of "jobtitle"'),
    ],
)
def test_misfits(name: str, text: str, code: str, message: str) -> None:
    why = misfit(INFOS.get(name), name, text)
    assert why is not None
    assert (why.code, why.message, why.field) == (code, message, name)


@pytest.mark.parametrize(
    ("name", "text"),
    [("level", "c_suite"), ("level", ""), ("levels", "senior;c_suite"), ("employees", "364"), ("employees", ""),
     ("agreed", "false"), ("jobtitle", "x" * 65_536)],
)  # fmt: skip
def test_fits(name: str, text: str) -> None:
    assert misfit(INFOS[name], name, text) is None
