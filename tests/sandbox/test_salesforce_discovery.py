"""What the sandbox's Salesforce org tells clients that look around before they read a record."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from connector.sandbox.salesforce import CLIENT_ID, CLIENT_SECRET, TOKEN, SalesforceOrg
from connector.sandbox.salesforce_records import ORGANIZATION_ID, OWNER
from tests.sandbox.rows import salesforce_rows, still

DATA = "/services/data/v68.0"
IDENTITY = f"/id/{ORGANIZATION_ID}/{OWNER}"


@pytest.fixture
def org() -> SalesforceOrg:
    return SalesforceOrg(salesforce_rows(), clock=still)


@pytest.fixture
def client(org: SalesforceOrg) -> TestClient:
    return TestClient(org.app(), headers={"Authorization": f"Bearer {TOKEN}"})


@pytest.mark.parametrize("slash", ["", "/"])
def test_versions_are_told_to_everybody_and_resources_to_users(org: SalesforceOrg, slash: str) -> None:
    stranger = TestClient(org.app())
    versions = stranger.get(f"/services/data{slash}").json()
    assert versions[0] == {"label": "Spring '14", "url": "/services/data/v30.0", "version": "30.0"}
    assert versions[-1] == {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"}
    assert stranger.get(f"{DATA}{slash}").status_code == 401
    resources = stranger.get(f"{DATA}{slash}", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert resources["sobjects"] == f"{DATA}/sobjects"


def test_every_object_is_listed_as_its_describe_tells_it(client: TestClient, org: SalesforceOrg) -> None:
    listed = {one["name"]: one for one in client.get(f"{DATA}/sobjects").json()["sobjects"]}
    assert {"Account", "Contact", "ContactHistory", "Lead", "Organization"} <= listed.keys()
    assert listed["Contact"]["urls"]["rowTemplate"] == f"{DATA}/sobjects/Contact/{{ID}}"
    described = client.get(f"{DATA}/sobjects/Contact/describe").json()
    assert {name: value for name, value in listed["Contact"].items() if name != "urls"}.items() <= described.items()
    assert client.get(f"{DATA}/sobjects/contact").json()["objectDescribe"] == listed["Contact"]
    org.tracked = {}
    untracked = {one["name"] for one in client.get(f"{DATA}/sobjects/").json()["sobjects"]}
    assert untracked == {name for name in listed if "History" not in name}


def test_the_identity_of_a_sign_in_names_the_user(client: TestClient, org: SalesforceOrg) -> None:
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    granted = client.post("/services/oauth2/token", data=form).json()
    assert granted["id"] == f"http://testserver{IDENTITY}"
    told = client.get(granted["id"], headers={"Authorization": f"Bearer {granted['access_token']}"}).json()
    assert (told["organization_id"], told["user_id"]) == (ORGANIZATION_ID, OWNER)
    assert told["urls"]["rest"] == "http://testserver/services/data/v{version}/"
    assert org.daily.used == 0


def test_the_token_may_stand_in_the_query_and_is_not_told_again(org: SalesforceOrg) -> None:
    told = TestClient(org.app()).get(IDENTITY, params={"oauth_token": TOKEN, "format": "json"}).json()
    assert told["id"] == f"http://testserver{IDENTITY}"


@pytest.mark.parametrize(
    ("path", "token", "status", "word"),
    [
        (IDENTITY, "", 403, "Missing_OAuth_Token"),
        (IDENTITY, "Bearer wrong", 403, "Bad_OAuth_Token"),
        (f"/id/00DSB0000000099AAA/{OWNER}", f"Bearer {TOKEN}", 403, "Wrong_Org"),
        (f"/id/{ORGANIZATION_ID}/005SB0000000099AAA", f"Bearer {TOKEN}", 404, "Bad_Id"),
    ],
)
def test_a_refused_identity_is_a_word(client: TestClient, path: str, token: str, status: int, word: str) -> None:
    answer = client.get(path, headers={"Authorization": token})
    assert (answer.status_code, answer.text) == (status, word)
