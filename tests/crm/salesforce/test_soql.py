"""Queries as SOQL text."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.crm.base import Query
from connector.crm.salesforce.describe import ObjectSchema, Relationship
from connector.crm.salesforce.soql import MAX_URI, statements
from connector.errors import ConfigError
from connector.models import FieldInfo, FieldType

TYPES: dict[str, FieldType] = {
    "Title": "text",
    "Phone": "phone",
    "Bio__c": "text",
    "Checked__c": "date",
    "Stamp__c": "datetime",
    "StampText__c": "text",
    "DoNotCall": "boolean",
}
SCHEMA = ObjectSchema(
    name="Contact",
    fields={name: FieldInfo(name, name, kind) for name, kind in TYPES.items()},
    unfilterable=frozenset({"Bio__c"}),
    compound=frozenset({"MailingAddress"}),
    computed=frozenset({"Score__c"}),
    relationships={"account": Relationship("Account", ("Account",))},
)
MARCH = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)


def soql(**parts: object) -> str:
    (text,) = statements(Query("Contact", **{"fields": ("Title",), **parts}), SCHEMA)  # type: ignore[arg-type]
    return text


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({}, "SELECT Id, SystemModstamp, Title FROM Contact ORDER BY Id"),
        (
            {"fields": ("Title", "Title", "Account.Website", "account.website")},
            "SELECT Id, SystemModstamp, Title, Account.Website FROM Contact ORDER BY Id",
        ),
        (
            {"where": "A = 1 OR B = 2", "blank": ("Title", "Phone"), "stale": ("Stamp__c", MARCH)},
            "SELECT Id, SystemModstamp, Title FROM Contact WHERE (A = 1 OR B = 2) AND "
            "(Title = null OR Phone = null OR Stamp__c < 2026-03-01T10:30:00Z) ORDER BY Id",
        ),
        (
            {"where": "  ", "stale": ("Checked__c", MARCH)},
            "SELECT Id, SystemModstamp, Title FROM Contact WHERE (Checked__c <= 2026-03-01) ORDER BY Id",
        ),
        (
            {"stale": ("Stamp__c", MARCH.astimezone(timezone(timedelta(hours=2))))},
            "SELECT Id, SystemModstamp, Title FROM Contact WHERE (Stamp__c < 2026-03-01T10:30:00Z) ORDER BY Id",
        ),
        (
            {"stale": ("Stamp__c", MARCH + timedelta(milliseconds=1))},
            "SELECT Id, SystemModstamp, Title FROM Contact WHERE (Stamp__c < 2026-03-01T10:30:01Z) ORDER BY Id",
        ),
        (
            {"blank": ("Title", "Bio__c"), "stale": ("Stamp__c", MARCH), "where": "A = 1"},
            "SELECT Id, SystemModstamp, Title FROM Contact WHERE (A = 1) ORDER BY Id",
        ),
        (
            {"blank": ("Title",), "stale": ("StampText__c", MARCH)},
            "SELECT Id, SystemModstamp, Title FROM Contact ORDER BY Id",
        ),
        (
            {"blank": ("DoNotCall", "Title")},
            "SELECT Id, SystemModstamp, Title FROM Contact WHERE (Title = null) ORDER BY Id",
        ),
        (
            {"blank": ("DoNotCall",)},
            "SELECT Id, SystemModstamp, Title FROM Contact WHERE Id = null ORDER BY Id",
        ),
        (
            {"ids": ("003000000000002AAA", "003000000000001", "003000000000002"), "where": "A = 1"},
            "SELECT Id, SystemModstamp, Title FROM Contact WHERE (A = 1) AND "
            "Id IN ('003000000000001','003000000000002') ORDER BY Id",
        ),
    ],
)
def test_statements(parts: dict[str, object], text: str) -> None:
    assert soql(**parts) == text


CHANGED = "SystemModstamp >= 2026-03-01T10:30:00Z"


@pytest.mark.parametrize(
    ("parts", "condition"),
    [
        ({"blank": ("Title", "Phone")}, f"(({CHANGED} AND (Title = null OR Phone = null)))"),
        (
            {"blank": ("Title",), "stale": ("Stamp__c", MARCH)},
            f"(({CHANGED} AND (Title = null)) OR Stamp__c < 2026-03-01T10:30:00Z)",
        ),
        ({"blank": ("Title", "Bio__c")}, f"({CHANGED})"),  # a long text area cannot be asked about
        ({"blank": ("DoNotCall",)}, "Id = null"),
    ],
)
def test_since_is_a_condition_of_what_is_incomplete(parts: dict[str, object], condition: str) -> None:
    for moment in (MARCH, MARCH + timedelta(milliseconds=700)):
        text = soql(**parts, since=moment)
        assert text == f"SELECT Id, SystemModstamp, Title FROM Contact WHERE {condition} ORDER BY Id"


def test_a_parent_that_is_read_as_well_may_be_what_changed() -> None:
    owner = Relationship("Owner", ("Group", "User"))
    schema = replace(SCHEMA, relationships={**SCHEMA.relationships, "owner": owner})
    fields = ("Title", "Account.Website", "Owner.Name")
    (text,) = statements(Query("Contact", fields, blank=("Title",), since=MARCH), schema)
    assert f"(({CHANGED} OR Account.{CHANGED}) AND (Title = null))" in text


@pytest.mark.parametrize(
    ("where", "moves"),
    [
        ("IsEmailBounced = false", False),
        ("Title = 'THIS_WEEK at Acme.com (old)' AND (NOT Phone IN ('a.b','c'))", False),
        ("Rate__c > 1.5 AND Last_Call__c = null AND CreatedDate > 2026-01-01T00:00:00.000Z", False),
        ("Name = 'O\\'Brien.x'", False),
        ("Account.Type = 'Customer'", True),
        ("CreatedDate = last_n_days:30", True),
        ("CreatedDate > YESTERDAY", True),
        ("score__c > 3", True),
        ("LastActivityDate != null", True),
        ("Id IN (SELECT ContactId FROM CampaignMember)", True),
        ("CALENDAR_MONTH(Birthdate) = 5", True),
    ],
)
def test_a_condition_that_time_or_a_parent_makes_true_is_read_whole(where: str, moves: bool) -> None:
    assert (CHANGED in soql(where=where, blank=("Title",), since=MARCH)) is not moves


def test_children_are_read_by_parent() -> None:
    children = replace(SCHEMA, parent="AccountId")
    (text,) = statements(Query("Contact", ("Title",)), children)
    assert text == "SELECT Id, SystemModstamp, Title FROM Contact ORDER BY AccountId NULLS LAST, Id"


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            {"fields": ("Title FROM User--",)},
            "'Title FROM User--' is no Salesforce field: write its API name, such as Account.Website",
        ),
        ({"fields": ("Account..Name",)}, "'Account..Name' is no Salesforce field"),
        ({"blank": ("1Title",)}, "'1Title' is no Salesforce field"),
        ({"blank": ("Title = null OR Title",)}, "'Title = null OR Title' is no Salesforce field"),
        ({"stale": ("Stämp", MARCH)}, "'Stämp' is no Salesforce field"),
        (
            {"ids": ("003000000000001", "x') OR (Id != '")},
            "'x') OR (Id != '' is no Salesforce record id: 15 or 18 letters and digits",
        ),
        (
            {"fields": ("Titel", "MailingAddress")},
            "Salesforce's Contact cannot be read as the mapping says:\n"
            "Titel: no such field — did you mean 'Title'?\n"
            "MailingAddress: a compound field; name its parts instead, such as MailingCity",
        ),
        (
            {"fields": ("Acount.Website", "Zoo.Name"), "blank": ("account.Name", "Titel")},
            "Salesforce's Contact cannot be read as the mapping says:\n"
            "Titel: no such field — did you mean 'Title'?\n"
            "Acount.Website: no such relationship — did you mean 'Account.Website'?\n"
            "Zoo.Name: no such relationship",
        ),
        ({"where": [{"a": 1}]}, "select.where of a Salesforce mapping is a SOQL condition, as text"),
    ],
)
def test_what_cannot_be_a_query_is_refused_before_it_is_sent(parts: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        soql(**parts)
    assert refused.value.args[0].startswith(message)


def test_an_object_name_cannot_smuggle_soql_in() -> None:
    with pytest.raises(ConfigError, match="is no Salesforce object"):
        list(statements(Query("Contact WHERE Id != null", ("Title",)), SCHEMA))


letters = st.text(string.ascii_letters + string.digits, min_size=15, max_size=15)


@settings(max_examples=25, deadline=None)
@given(
    ids=st.lists(letters, min_size=1, max_size=5),
    copies=st.integers(1, 900),
    where=st.one_of(st.none(), st.text("a ='é", min_size=1, max_size=2_000)),
)
def test_lots_fit_the_uri_and_hold_every_id_once(ids: list[str], copies: int, where: str | None) -> None:
    many = [f"{number:09}" + one[:6] + "AAA" for number in range(copies) for one in ids]
    texts = list(statements(Query("Contact", ("Title",), where=where, ids=tuple(many)), SCHEMA))
    assert all(len(quote_plus(text)) < MAX_URI for text in texts)
    listed = [one for text in texts for one in re.findall(r"'(\w{18})'", text.rpartition(" IN ")[2])]
    assert sorted(listed) == sorted({one[:15]: one for one in many}.values())


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=30))
def test_whatever_a_file_names_only_names_reach_soql(path: str) -> None:
    try:
        text = soql(fields=(path,))
    except ConfigError:
        return
    assert re.fullmatch(r"SELECT Id, SystemModstamp(, [\w.]+)? FROM Contact ORDER BY Id", text, re.ASCII)
