"""SOQL as the sandbox's Salesforce org reads it: what matches, and how bad queries are refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sandbox.salesforce_query import Cursors
from connector.sandbox.salesforce_records import OrgRecords
from connector.sandbox.soql import Comparison, Group, SoqlError, parse_soql
from tests.sandbox.rows import ACME, ANN, BOB, CAI, DEE, Rows, contact, salesforce_rows, still

NAMES = {ANN: "Ann", BOB: "Bob", CAI: "Cai", DEE: "Dee"}


def cursors(rows: Rows | None = None) -> Cursors:
    org = OrgRecords(rows or salesforce_rows(), clock=still)
    return Cursors(org.tables, still, org.known)


def matching(condition: str) -> list[str]:
    result = cursors().run(f"SELECT Id FROM Contact WHERE {condition}", deleted=False)
    return [NAMES[row["Id"]] for row in result.rows]


def refused(query: str) -> SoqlError:
    with pytest.raises(SoqlError) as caught:
        cursors().run(query, deleted=False)
    return caught.value


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("Title = 'CTO'", "Ann Dee"),
        ("title = 'cto'", "Ann Dee"),
        ("Title != 'CTO'", "Bob Cai"),
        ("Title <> 'CTO'", "Bob Cai"),
        ("Title = null", "Bob"),
        ("Title = ''", "Bob"),
        ("Title != null", "Ann Cai Dee"),
        ("Title != ''", "Ann Cai Dee"),
        ("Title LIKE 'c_o'", "Ann Dee"),
        ("Title LIKE '%it\\'s%'", "Cai"),
        ("Title LIKE '%100\\%\\_fun'", "Cai"),
        ("Title LIKE '%100\\_%'", ""),
        ("(NOT Title LIKE 'cto')", "Bob Cai"),
        ("NOT (Title = 'CTO' OR Phone != null)", "Bob"),
        ("Title IN ('CTO', 'CEO')", "Ann Dee"),
        ("Title IN ('CEO', null)", "Bob"),
        ("Title NOT IN ('CTO')", "Bob Cai"),
        ("Title > 'cto'", "Cai"),
        ("HasOptedOutOfEmail = TRUE", "Bob"),
        ("HasOptedOutOfEmail != true", "Ann Cai Dee"),
        ("Account.Website = 'acme.example'", "Ann"),
        ("Account.Website = null", "Bob Cai Dee"),
        ("Account.NumberOfEmployees >= 250", "Ann"),
        ("Account.NumberOfEmployees > 250.5", ""),
        ("Contact.Title = 'CTO' AND Account.Name = 'Acme'", "Ann"),
        (f"AccountId = '{ACME[:15]}'", "Ann"),
        (f"Id IN ('{BOB}', '{CAI[:15]}')", "Bob Cai"),
        (f"Id > '{BOB}'", "Cai Dee"),
        ("Lusha_Last_Enriched__c < 2026-11-20T00:00:00Z", "Dee"),
        ("Lusha_Last_Enriched__c < 2026-11-20T00:59:59+01:00", ""),
        ("Lusha_Last_Enriched__c <= 2026-11-20T00:59:59+01:00", "Dee"),
        ("Lusha_Last_Enriched__c = TODAY", ""),
        ("Lusha_Last_Enriched__c = YESTERDAY", "Dee"),
        ("Lusha_Last_Enriched__c = LAST_N_DAYS:1", "Dee"),
        ("Lusha_Last_Enriched__c < LAST_N_DAYS:1", ""),
        ("Lusha_Last_Enriched__c >= N_DAYS_AGO:1", "Dee"),
        ("Lusha_Last_Enriched__c < TODAY", "Dee"),
        ("Lusha_Last_Enriched__c = null", "Ann Bob Cai"),
        ("(Title = 'CTO' AND Phone = null) OR (Phone != null)", "Ann Cai Dee"),
    ],
)
def test_a_condition_matches_what_salesforce_would(condition: str, names: str) -> None:
    assert " ".join(matching(condition)) == names


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("Title", "Bob Ann Dee Cai"),
        ("Title DESC NULLS LAST, Id DESC", "Cai Dee Ann Bob"),
        ("Id DESC LIMIT 2", "Dee Cai"),
        ("Id ASC NULLS FIRST LIMIT 2 OFFSET 1", "Bob Cai"),
    ],
)
def test_order_limit_and_offset(order: str, names: str) -> None:
    result = cursors().run(f"SELECT Id FROM Contact ORDER BY {order}", deleted=False)
    assert " ".join(NAMES[row["Id"]] for row in result.rows) == names


def test_an_error_points_at_its_place() -> None:
    error = refused("SELECT Id FROM Contact WHERE Nickname = 'x'")
    assert error.code == "INVALID_FIELD"
    assert error.message == (
        "\nSELECT Id FROM Contact WHERE Nickname = 'x'"
        "\n                             ^"
        "\nERROR at Row:1:Column:30"
        "\nNo such column 'Nickname' on entity 'Contact'. If you are attempting to use a custom field, be sure to "
        "append the '__c' after the custom field name. Please reference your WSDL or the describe call for the "
        "appropriate names."
    )


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("SELECT Id FROM Contact WHERE Title = 'a' AND Phone = 'b' OR Email = 'c'", "MALFORMED_QUERY", "token: 'OR'"),
        ("SELECT Id FROM Contact WHERE Title = 'a' AND NOT Phone = 'b'", "MALFORMED_QUERY", "token: 'NOT'"),
        ("SELECT Id FROM Contact WHERE NOT Title = 'a' AND Phone = 'b'", "MALFORMED_QUERY", "token: 'AND'"),
        ("SELECT Id, FROM Contact", "MALFORMED_QUERY", "token: 'FROM'"),
        ("SELECT Id FROM Contact WHERE", "MALFORMED_QUERY", "token: '<EOF>'"),
        ("SELECT Id FROM Contact WHERE Title = 'O'Brien'", "MALFORMED_QUERY", "token: 'Brien'"),
        ('SELECT Id FROM Contact WHERE Title = "x"', "MALFORMED_QUERY", "unexpected character: '\"'"),
        ("SELECT Id FROM Contact WHERE Title = 'x", "MALFORMED_QUERY", "unterminated string literal"),
        ("SELECT Id FROM Contact WHERE Title = 'a\\x'", "MALFORMED_QUERY", "Illegal character sequence '\\x'"),
        ("SELECT Id FROM Contact WHERE Title = SOON", "MALFORMED_QUERY", "token: 'SOON'"),
        ("SELECT Id FROM Contact WHERE Title = 5", "INVALID_FIELD",
         "'Title' must be of type string and should be enclosed in quotes"),
        ("SELECT Id FROM Account WHERE NumberOfEmployees = '5'", "INVALID_FIELD",
         "must be of type int and should not be enclosed in quotes"),
        ("SELECT Id FROM Contact WHERE DoNotCall = 'false'", "INVALID_FIELD", "must be of type boolean"),
        ("SELECT Id FROM Contact WHERE CreatedDate > 2026-01-01", "INVALID_FIELD", "must be of type dateTime"),
        ("SELECT Id FROM Contact WHERE DoNotCall > true", "INVALID_FIELD", "invalid operator on boolean field"),
        ("SELECT Id FROM Contact WHERE Id LIKE '003%'", "INVALID_FIELD", "invalid operator on id field"),
        ("SELECT Id FROM Contact WHERE Id = '003'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: 003"),
        ("SELECT Id FROM Account WHERE Description != null", "INVALID_FIELD",
         "field 'Description' can not be filtered in a query call"),
        ("SELECT Owner.Name FROM Contact", "INVALID_FIELD", "Didn't understand relationship 'Owner'"),
        ("SELECT Id FROM Prospect", "INVALID_TYPE", "sObject type 'Prospect' is not supported."),
        ("SELECT Id FROM Contact OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
    ],
)  # fmt: skip
def test_what_salesforce_refuses_is_refused_in_its_words(query: str, code: str, words: str) -> None:
    error = refused(query)
    assert (error.code, words in error.message) == (code, True), error.message


def test_parentheses_make_the_tree() -> None:
    query = parse_soql("SELECT Id FROM Contact WHERE A = 1 AND (B = 2 OR C = null)")
    assert isinstance(query.where, Group)
    assert query.where.operator == "AND"
    first, second = query.where.parts
    assert isinstance(first, Comparison)
    assert isinstance(second, Group)
    assert [part.field for part in second.parts if isinstance(part, Comparison)] == ["B", "C"]


ESCAPED = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\x0b\x0c"), min_size=1, max_size=20))
def test_any_text_survives_quoting(title: str) -> None:
    stored = title.strip()
    rows = Rows(salesforce={"Account": [], "Contact": [contact(ANN, "Archer", Title=stored), contact(BOB, "Baker")]})
    literal = "".join(ESCAPED.get(letter, letter) for letter in stored)
    found = cursors(rows).run(f"SELECT Id FROM Contact WHERE Title = '{literal}'", deleted=False).rows
    assert (ANN in [row["Id"] for row in found]) is bool(stored)


conditions = st.recursive(
    st.sampled_from(["Title = 'CTO'", "Phone != null", "HasOptedOutOfEmail = true", "Account.Name = 'Acme'"]),
    lambda inner: st.one_of(
        st.builds("({}) AND ({})".format, inner, inner),
        st.builds("({}) OR ({})".format, inner, inner),
        st.builds("NOT ({})".format, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(conditions)
def test_a_condition_and_its_negation_share_no_row_and_miss_none(condition: str) -> None:
    held, rest = matching(condition), matching(f"NOT ({condition})")
    assert sorted(held + rest) == sorted(NAMES.values())


@settings(max_examples=60, deadline=None)
@given(conditions, st.sets(st.sampled_from([ANN, BOB, CAI, DEE, BOB[:15], DEE[:15], "003SB0000000099AAA"]), min_size=1))
def test_naming_ids_chooses_among_what_matches(condition: str, ids: set[str]) -> None:
    listed = ", ".join(f"'{id}'" for id in sorted(ids))
    named = [NAMES[id] for id in NAMES if {id, id[:15]} & ids]
    assert matching(f"({condition}) AND Id IN ({listed})") == [one for one in matching(condition) if one in named]
    assert matching(f"Id IN ({listed}) OR ({condition})") == [
        one for one in NAMES.values() if one in named or one in matching(condition)
    ]
