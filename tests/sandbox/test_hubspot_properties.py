"""New properties in the sandbox's HubSpot portal: what HubSpot asks of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from connector.sandbox.hubspot import HubSpotPortal
from connector.sandbox.hubspot_tokens import TOKEN
from tests.sandbox.rows import NOW, Rows

GOOD = {"groupName": "sandbox", "name": "my_note", "label": "Note", "type": "string", "fieldType": "text"}
CHOICE = {**GOOD, "name": "my_choice", "type": "enumeration", "fieldType": "select",
          "options": [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}]}  # fmt: skip
PATHS = ("/crm/v3/properties", "/crm/properties/2026-09")


@pytest.fixture
def portal() -> HubSpotPortal:
    return HubSpotPortal(Rows(), clock=lambda: NOW)


@pytest.fixture
def client(portal: HubSpotPortal) -> Iterator[TestClient]:
    with TestClient(portal.app(), headers={"authorization": f"Bearer {TOKEN}"}) as client:
        yield client


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", [GOOD, CHOICE])
def test_a_property_is_made_and_told(client: TestClient, path: str, body: dict[str, Any]) -> None:
    made = client.post(f"{path}/contacts", json=body)
    assert (made.status_code, made.json()["groupName"], made.json()["hubspotDefined"]) == (201, "sandbox", False)
    assert client.get(f"{path}/contacts/{body['name']}").json() == made.json()
    taken = client.post(f"{path}/contacts", json=body)
    assert (taken.status_code, taken.json()["category"]) == (409, "OBJECT_ALREADY_EXISTS")


def test_another_portal_has_none_of_it(client: TestClient) -> None:
    client.post(f"{PATHS[0]}/contacts", json=GOOD)
    assert "my_note" not in HubSpotPortal(Rows(), clock=lambda: NOW).types["contacts"].by_name


def test_what_was_made_is_written_and_read(client: TestClient) -> None:
    client.post(f"{PATHS[0]}/companies", json=GOOD)
    made = client.post("/crm/v3/objects/companies", json={"properties": {"name": "Acme", "my_note": "new"}})
    assert made.json()["properties"]["my_note"] == "new"


@pytest.mark.parametrize(
    "change",
    [
        *({key: None} for key in GOOD),
        {"name": "My_Note"}, {"name": "1note"}, {"name": "my note"}, {"name": "x" * 101}, {"name": "_note"},
        {"groupName": "nobodys"}, {"type": "text"}, {"type": "datetime"}, {"fieldType": "number"}, {"colour": "red"},
        {"options": [{"label": "A", "value": "a"}]},
        {"type": "enumeration", "fieldType": "select"},
        {**CHOICE, "options": [{"label": "A", "value": "a"}, {"label": "B", "value": "a"}]},
        {**CHOICE, "options": [{"label": "A"}]},
    ],
)  # fmt: skip
def test_what_hubspot_refuses(client: TestClient, change: dict[str, Any]) -> None:
    body = {key: value for key, value in {**GOOD, **change}.items() if value is not None}
    assert client.post(f"{PATHS[0]}/contacts", json=body).status_code == 400


def test_groups_are_listed_and_made_once(client: TestClient) -> None:
    group = {"name": "lusha", "label": "Lusha"}
    assert client.post(f"{PATHS[0]}/contacts/groups", json=group).status_code == 201
    assert client.post(f"{PATHS[0]}/contacts/groups", json=group).status_code == 409
    assert client.post(f"{PATHS[0]}/contacts/groups", json={"name": "Bad Name", "label": "x"}).status_code == 400
    assert "lusha" in {one["name"] for one in client.get(f"{PATHS[0]}/contacts/groups").json()["results"]}
    assert "lusha" not in {one["name"] for one in client.get(f"{PATHS[0]}/companies/groups").json()["results"]}


@pytest.mark.parametrize("path", ["contacts", "contacts/groups"])
def test_a_token_needs_the_scope(portal: HubSpotPortal, client: TestClient, path: str) -> None:
    portal.tokens.lacking.add("crm.schemas.contacts.write")
    refused = client.post(f"{PATHS[0]}/{path}", json=GOOD)
    assert (refused.status_code, refused.json()["category"]) == (403, "MISSING_SCOPES")
    assert "crm.schemas.contacts.write" in refused.text
