"""Records that clients create in the sandbox's HubSpot portal, and those that they archive."""

from __future__ import annotations

import math
from typing import Any

import pytest
from starlette.testclient import TestClient

from connector.sandbox.hubspot import HubSpotPortal
from connector.sandbox.hubspot_tokens import TOKEN
from tests.sandbox.rows import hubspot_rows, still

OBJECTS = "/crm/v3/objects/contacts"


@pytest.fixture
def portal() -> HubSpotPortal:
    return HubSpotPortal(hubspot_rows(), clock=still, limits=False)


@pytest.fixture
def client(portal: HubSpotPortal) -> TestClient:
    return TestClient(portal.app(), headers={"Authorization": f"Bearer {TOKEN}"})


def test_a_new_contact_is_read_listed_and_found_by_e_mail(client: TestClient, portal: HubSpotPortal) -> None:
    answer = client.post(OBJECTS, json={"properties": {"email": "Eve@example.com", "jobtitle": "CEO"}})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["id"], told["properties"]["jobtitle"], told["archived"]) == ("102", "CEO", False)
    assert client.get(f"{OBJECTS}/102").json()["properties"]["email"] == "eve@example.com"
    assert client.get(f"{OBJECTS}/eve@example.com?idProperty=email").json()["id"] == "102"
    assert [row["id"] for row in client.get(OBJECTS).json()["results"]] == ["9", "10", "101", "102"]
    entry = portal.history("contacts", portal.tables["contacts"].rows["102"], "jobtitle")[0]
    assert (entry["value"], entry["sourceType"]) == ("CEO", "INTEGRATION")


def test_search_sees_it_when_its_index_does(client: TestClient, portal: HubSpotPortal) -> None:
    portal.search_lag = math.inf
    client.post(OBJECTS, json={"properties": {"firstname": "Eve"}})
    assert client.post(f"{OBJECTS}/search", json={}).json()["total"] == 3
    portal.index_now()
    assert client.post(f"{OBJECTS}/search", json={}).json()["total"] == 4


@pytest.mark.parametrize(
    ("properties", "status", "category"),
    [
        ({"email": "ANN@acme.example"}, 409, "CONFLICT"),
        ({"email": "x"}, 400, "VALIDATION_ERROR"),
        ({"firstname": "Eve", "nope": "x"}, 400, "VALIDATION_ERROR"),
        ({"jobtitle": "CEO"}, 400, "VALIDATION_ERROR"),
        ({"firstname": "Ruled out"}, 400, "VALIDATION_ERROR"),
        (None, 400, "VALIDATION_ERROR"),
    ],
)
def test_a_refused_contact_is_not_there(
    client: TestClient, portal: HubSpotPortal, properties: Any, status: int, category: str
) -> None:
    portal.rules.append(lambda _type, row: "no" if row.get("firstname") == "Ruled out" else None)
    answer = client.post(OBJECTS, json={"properties": properties})
    assert (answer.status_code, answer.json()["category"]) == (status, category)
    assert len(portal.tables["contacts"]) == 3
    assert client.post(f"{OBJECTS}/search", json={}).json()["total"] == 3


def test_a_batch_of_new_ones_is_refused_as_a_whole(client: TestClient, portal: HubSpotPortal) -> None:
    def create(*emails: str) -> Any:
        return client.post(f"{OBJECTS}/batch/create", json={"inputs": [{"properties": {"email": e}} for e in emails]})

    answer = create("eve@example.com", "fay@example.com")
    assert (answer.status_code, [row["id"] for row in answer.json()["results"]]) == (201, ["102", "103"])
    assert create("gil@example.com", "eve@example.com").status_code == 409
    assert create("gil@example.com", "GIL@example.com").status_code == 409
    assert create(*(f"{number}@example.com" for number in range(101))).status_code == 400
    assert len(portal.tables["contacts"]) == 5


def test_inputs_with_a_trace_may_be_refused_one_by_one(client: TestClient, portal: HubSpotPortal) -> None:
    portal.errors_by_input = True
    bad = {"properties": {"email": "x"}, "objectWriteTraceId": "bad"}
    good = {"properties": {"email": "eve@example.com"}, "objectWriteTraceId": "good"}
    answer = client.post(f"{OBJECTS}/batch/create", json={"inputs": [bad, good]})
    assert (answer.status_code, answer.json()["numErrors"], len(answer.json()["results"])) == (207, 1, 1)
    assert client.post(OBJECTS, json=bad).status_code == 400


def test_what_an_administrator_requires_is_asked_on_dated_paths(client: TestClient, portal: HubSpotPortal) -> None:
    portal.required.append(lambda _type, row: None if row.get("lastname") else "lastname")
    body = {"properties": {"firstname": "Eve"}}
    assert client.post("/crm/objects/2026-09/contacts", json=body).status_code == 400
    assert client.post(OBJECTS, json=body).status_code == 201


def test_archived_records_are_gone_and_archiving_twice_is_no_mistake(client: TestClient, portal: HubSpotPortal) -> None:
    for _ in range(2):
        assert client.delete(f"{OBJECTS}/9").status_code == 204
    inputs = {"inputs": [{"id": "10"}, {"id": "404"}]}
    assert client.post(f"{OBJECTS}/batch/archive", json=inputs).status_code == 204
    assert [row["id"] for row in client.get(OBJECTS).json()["results"]] == ["101"]
    assert [row["id"] for row in client.get(OBJECTS, params={"archived": "true"}).json()["results"]] == ["9", "10"]
