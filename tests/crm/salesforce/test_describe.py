"""Describe answers as field types."""

from __future__ import annotations

from typing import Any

import pytest

from connector.crm.salesforce.describe import Relationship, did_you_mean, object_schema
from connector.models import FieldInfo, FieldType, Option


def one(**raw: Any) -> FieldInfo:
    return object_schema("Contact", {"fields": [{"name": "F", "label": "Label", **raw}]}).fields["F"]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("string", "text"), ("textarea", "text"), ("phone", "phone"), ("email", "email"), ("url", "url"),
        ("double", "number"), ("currency", "number"), ("percent", "number"), ("int", "integer"),
        ("boolean", "boolean"), ("date", "date"), ("datetime", "datetime"), ("picklist", "picklist"),
        ("multipicklist", "multipicklist"), ("reference", "other"), ("id", "other"), ("base64", "other"),
    ],
)  # fmt: skip
def test_types(raw: str, kind: FieldType) -> None:
    assert one(type=raw).type == kind


def test_a_field_with_everything() -> None:
    values = [
        {"value": "dir", "label": "Director", "active": True},
        {"value": "old", "label": "Old", "active": False},
        {"value": "vp", "label": None, "active": True},
    ]
    raw = {"type": "picklist", "length": 255, "updateable": True, "unique": True, "restrictedPicklist": True}
    assert one(**raw, picklistValues=values) == FieldInfo(
        name="F",
        label="Label",
        type="picklist",
        writable=True,
        length=255,
        options=(Option("dir", "Director"), Option("vp", "vp")),
        restricted=True,
        unique=True,
    )


@pytest.mark.parametrize(
    ("fields", "parent"),
    [
        ([{"name": "OwnerId"}, {"name": "AccountId"}, {"name": "Plan__c", "relationshipOrder": 0}], "AccountId"),
        ([{"name": "Other__c", "relationshipOrder": 1}, {"name": "Plan__c", "relationshipOrder": 0}], "Plan__c"),
        ([{"name": "Look__c", "relationshipOrder": None}], None),
        ([{"name": "AccountId", "sortable": False}], None),
    ],
)
def test_the_parent_that_a_write_locks(fields: list[dict[str, Any]], parent: str | None) -> None:
    references = [{"type": "reference", **field} for field in fields]
    assert object_schema("Contact", {"fields": references}).parent == parent


def test_an_amount_is_in_the_currency_that_its_record_names() -> None:
    revenue, code = {"name": "Revenue", "type": "currency"}, {"name": "CurrencyIsoCode", "type": "picklist"}
    fields = object_schema("Account", {"fields": [revenue, code, {"name": "Seats", "type": "int"}]}).fields
    assert (fields["Revenue"].currency, fields["Seats"].currency) == ("CurrencyIsoCode", None)
    assert object_schema("Account", {"fields": [revenue]}).fields["Revenue"].currency is None


@pytest.mark.parametrize("nillable", [True, False])
def test_whether_a_field_may_be_blank(nillable: bool) -> None:
    assert one(type="boolean", nillable=nillable).never_blank is not nillable


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ({"type": "string", "updateable": True}, ""),
        ({"type": "string", "updateable": False}, "this user may not edit it"),
        ({"type": "double", "calculated": True}, "Salesforce calculates it (a formula or a roll-up)"),
        ({"type": "string", "autoNumber": True}, "Salesforce numbers it"),
        ({"type": "reference", "updateable": True}, "it holds the id of another record, and Lusha knows none of yours"),
        ({"type": "address"}, "it is a compound field; write its parts instead, such as MailingCity"),
    ],
)
def test_why_a_field_is_read_only(raw: dict[str, Any], why: str) -> None:
    assert one(**raw).why_read_only == why


def test_without_the_right_to_edit_an_object_no_field_of_it_is_writable() -> None:
    fields = [{"name": "Title", "type": "string", "updateable": True}, {"name": "Score", "calculated": True}]
    schema = object_schema("Contact", {"updateable": False, "fields": fields})
    assert {name: (info.writable, info.why_read_only) for name, info in schema.fields.items()} == {
        "Title": (False, "this user may not edit any Contact"),
        "Score": (False, "Salesforce calculates it (a formula or a roll-up)"),
    }


@pytest.mark.parametrize(
    ("raw", "writable"),
    [
        ({"updateable": True}, True),
        ({"updateable": True, "calculated": True}, False),
        ({"updateable": False}, False),
        ({}, False),
    ],
)
def test_only_updateable_and_not_calculated_fields_are_writable(raw: dict[str, bool], writable: bool) -> None:
    assert one(type="string", **raw).writable is writable


def test_no_length_is_no_limit() -> None:
    assert one(type="int", length=0).length is None


def test_what_cannot_be_filtered_and_what_is_compound() -> None:
    schema = object_schema(
        "Contact",
        {
            "fields": [
                {"name": "Long", "type": "textarea", "length": 32000},
                {"name": "Short", "type": "textarea", "length": 255},
                {"name": "Sealed", "type": "encryptedstring", "length": 80, "filterable": False},
                {"name": "MailingAddress", "type": "address"},
                {"name": "OwnerId", "type": "reference", "relationshipName": "Owner", "referenceTo": ["Group", "User"]},
                {"name": "Odd__c", "type": "reference", "relationshipName": None, "referenceTo": []},
                {"no": "name"},
            ]
        },
    )
    assert schema.relationships == {"owner": Relationship("Owner", ("Group", "User"))}
    assert schema.unfilterable == {"Long", "Sealed"}
    assert schema.compound == {"MailingAddress"}


def test_did_you_mean_ignores_case_and_says_nothing_without_a_near_name() -> None:
    assert did_you_mean("contcat", ["Account", "Contact"]) == " — did you mean 'Contact'?"
    assert did_you_mean("Xyz", ["Account", "Contact"]) == ""
