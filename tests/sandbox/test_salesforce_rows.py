"""Records that clients create in the sandbox's Salesforce org, and those that they delete."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from connector.sandbox.salesforce import TOKEN, SalesforceOrg
from connector.sandbox.salesforce_duplicates import DuplicateRule
from connector.sandbox.salesforce_records import ASSIGNMENT_QUEUE, OWNER
from tests.sandbox.rows import ACME, ANN, BOB, salesforce_rows, still

DATA = "/services/data/v68.0"
MANY = f"{DATA}/composite/sobjects"
UNKNOWN = "003SB0000000099AAA"


@pytest.fixture
def org() -> SalesforceOrg:
    return SalesforceOrg(salesforce_rows(), clock=still)


@pytest.fixture
def client(org: SalesforceOrg) -> TestClient:
    return TestClient(org.app(), headers={"Authorization": f"Bearer {TOKEN}"})


def create(client: TestClient, *records: dict[str, Any], all_or_none: bool = False) -> Any:
    typed = [{"attributes": {"type": "Contact"}, **record} for record in records]
    return client.post(MANY, json={"allOrNone": all_or_none, "records": typed}).json()


def codes(results: list[dict[str, Any]]) -> list[list[str]]:
    return [[error["statusCode"] for error in one["errors"]] for one in results]


def test_a_new_record_has_an_id_its_stamps_and_an_owner(client: TestClient, org: SalesforceOrg) -> None:
    sent = {"attributes": {"type": "Contact"}, "lastName": " Eden ", "FirstName": "Eve", "AccountId": ACME}
    answer = client.post(f"{DATA}/sobjects/contact/", json=sent)
    assert (answer.status_code, answer.json()["success"]) == (201, True)
    row = org.row("Contact", answer.json()["id"])
    assert (row["Name"], row["AccountId"], row["OwnerId"], row["IsDeleted"]) == ("Eve Eden", ACME, OWNER, False)
    assert row["CreatedDate"] == row["SystemModstamp"] == "2026-11-20T09:30:00.000+0000"
    found = client.get(f"{DATA}/query", params={"q": "SELECT Account.Name FROM Contact WHERE LastName = 'Eden'"}).json()
    assert found["records"][0]["Account"]["Name"] == "Acme"
    assert not org.tables["ContactHistory"]


@pytest.mark.parametrize(("assign", "owner"), [("TRUE", ASSIGNMENT_QUEUE), ("FALSE", OWNER)])
def test_assignment_rules_take_new_leads(client: TestClient, org: SalesforceOrg, assign: str, owner: str) -> None:
    sent = {"LastName": "Fry", "Company": "Acme"}
    answer = client.post(f"{DATA}/sobjects/Lead", json=sent, headers={"Sforce-Auto-Assign": assign})
    assert org.row("Lead", answer.json()["id"])["OwnerId"] == owner


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"FirstName": "Eve"}, "REQUIRED_FIELD_MISSING"),
        ({"LastName": None}, "REQUIRED_FIELD_MISSING"),
        ({"LastName": "x" * 81}, "STRING_TOO_LONG"),
        ({"LastName": "Eden", "Nope": 1}, "INVALID_FIELD"),
        ({"LastName": "Eden", "CreatedDate": "2026-01-01T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"LastName": "Eden", "MobilePhone": "555 0100"}, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
        ({"LastName": "Eden", "Email": "ann@acme.example"}, "DUPLICATES_DETECTED"),
        ({"Id": UNKNOWN, "LastName": "Eden"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    ],
)
def test_a_bad_new_record_stops_only_itself(
    client: TestClient, org: SalesforceOrg, record: dict[str, Any], code: str
) -> None:
    org.duplicate_rules = [DuplicateRule("Contact", ("Email",))]
    results = create(client, {"LastName": "Good"}, record)
    assert codes(results) == [[], [code]]
    assert org.row("Contact", results[0]["id"])["LastName"] == "Good"
    assert len(org.tables["Contact"]) == 5


def test_a_missing_field_is_named_and_all_or_none_creates_none(client: TestClient, org: SalesforceOrg) -> None:
    answer = client.post(f"{DATA}/sobjects/Lead", json={"FirstName": "Eve"})
    (error,) = answer.json()
    assert (answer.status_code, error["errorCode"]) == (400, "REQUIRED_FIELD_MISSING")
    assert error["fields"] == ["LastName", "Company"]
    assert error["message"] == "Required fields are missing: [LastName, Company]"
    results = create(client, {"LastName": "Good"}, {}, all_or_none=True)
    assert codes(results) == [["ALL_OR_NONE_OPERATION_ROLLED_BACK"], ["REQUIRED_FIELD_MISSING"]]
    assert len(org.tables["Contact"]) == 4
    assert client.post(f"{DATA}/sobjects/ContactHistory", json={}).json()[0]["errorCode"] == "INVALID_TYPE"


def test_a_deleted_record_is_in_the_recycle_bin(client: TestClient, org: SalesforceOrg) -> None:
    assert client.delete(f"{DATA}/sobjects/Contact/{ANN}").status_code == 204
    assert org.row("Contact", ANN)["IsDeleted"]
    again = client.delete(f"{DATA}/sobjects/Contact/{ANN}")
    assert (again.status_code, again.json()[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")
    assert client.delete(f"{DATA}/sobjects/Contact/{UNKNOWN}").status_code == 404


def test_several_are_deleted_each_for_itself_or_none(client: TestClient, org: SalesforceOrg) -> None:
    both = {"ids": f"{BOB},{UNKNOWN}"}
    none = client.delete(MANY, params={**both, "allOrNone": "true"}).json()
    assert codes(none) == [["ALL_OR_NONE_OPERATION_ROLLED_BACK"], ["INVALID_CROSS_REFERENCE_KEY"]]
    assert not org.row("Contact", BOB)["IsDeleted"]
    assert codes(client.delete(MANY, params=both).json()) == [[], ["INVALID_CROSS_REFERENCE_KEY"]]
    assert org.row("Contact", BOB)["IsDeleted"]
    for ids, code in (("", "REQUIRED_FIELD_MISSING"), ("zzz", "MALFORMED_ID"), (f"{ANN}," * 201, "EXCEEDED_ID_LIMIT")):
        refused = client.delete(MANY, params={"ids": ids})
        assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, code)
