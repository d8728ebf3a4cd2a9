"""The sandbox's doors: assertions are verified for good, ``login()`` is as strict as Salesforce's, sessions end."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from starlette.testclient import TestClient

from connector.sandbox.salesforce import CLIENT_ID, TOKEN, SalesforceOrg
from connector.sandbox.salesforce_duplicates import DuplicateRule
from connector.sandbox.salesforce_records import ORGANIZATION_ID, OWNER
from connector.sandbox.salesforce_signin import JWT_GRANT, PASSWORD, SECURITY_TOKEN, USERNAME
from tests.keys import pem, public_pem, rsa_key
from tests.sandbox.rows import salesforce_rows, still

DATA = "/services/data/v68.0"
NOW = int(still().timestamp())
CLAIMS = {"iss": CLIENT_ID, "sub": USERNAME, "aud": "https://test.salesforce.com", "exp": NOW + 180}
LOGIN = """<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"
    xmlns:p="urn:partner.soap.sforce.com"><e:Body><p:login><p:username>{user}</p:username>
    <p:password>{password}</p:password></p:login></e:Body></e:Envelope>"""
ESCAPED = PASSWORD.replace("&", "&amp;").replace("<", "&lt;")


@pytest.fixture
def org() -> SalesforceOrg:
    org = SalesforceOrg(salesforce_rows(), clock=still)
    org.sign_in.certificate = public_pem(rsa_key())
    return org


@pytest.fixture
def client(org: SalesforceOrg) -> TestClient:
    return TestClient(org.app())


def signed(number: int = 0, **claims: Any) -> str:
    return jwt.encode({**CLAIMS, **claims}, pem(rsa_key(number)).decode(), "RS256")


def by_assertion(client: TestClient, assertion: str) -> Any:
    return client.post("/services/oauth2/token", data={"grant_type": JWT_GRANT, "assertion": assertion})


@pytest.mark.parametrize("ends", [NOW + 1, NOW + 300, str(NOW + 180)])
def test_a_good_assertion_opens_a_session(client: TestClient, ends: object) -> None:
    answer = by_assertion(client, signed(exp=ends))
    assert answer.status_code == 200
    token = answer.json()["access_token"]
    assert client.get(f"{DATA}/limits", headers={"Authorization": f"Bearer {token}"}).status_code == 200


@pytest.mark.parametrize(
    ("assertion", "error", "words"),
    [
        ("", "invalid_grant", "invalid assertion"),
        ("a.b.c", "invalid_grant", "invalid assertion"),
        (signed(1), "invalid_grant", "invalid assertion"),
        (signed()[:-8] + "AAAAAAAA", "invalid_grant", "invalid assertion"),
        (jwt.encode(CLAIMS, "", "none"), "invalid_grant", "invalid assertion"),
        (jwt.encode(CLAIMS, "s" * 64, "HS256"), "invalid_grant", "invalid assertion"),
        (jwt.encode(CLAIMS, pem(rsa_key()).decode(), "RS512"), "invalid_grant", "invalid assertion"),
        (signed(iss="other"), "invalid_client_id", "client identifier invalid"),
        (signed(sub="x@acme.example"), "invalid_grant", "user hasn't approved this consumer"),
        (signed(aud="https://login.salesforce.com"), "invalid_grant", "audience is invalid"),
        (signed(exp=NOW), "invalid_grant", "expired authorization code"),
        (signed(exp=NOW + 301), "invalid_grant", "invalid assertion"),
        (signed(exp="soon"), "invalid_grant", "invalid assertion"),
    ],
)
def test_every_flaw_of_an_assertion_is_found(client: TestClient, assertion: str, error: str, words: str) -> None:
    answer = by_assertion(client, assertion)
    assert (answer.status_code, answer.json()) == (400, {"error": error, "error_description": words})


def test_an_app_without_a_certificate_takes_no_assertion(org: SalesforceOrg, client: TestClient) -> None:
    org.sign_in.certificate = None
    assert by_assertion(client, signed()).json()["error_description"] == "invalid assertion"


def login(client: TestClient, user: str = USERNAME, password: str = ESCAPED, version: str = "64.0") -> Any:
    body = LOGIN.format(user=user, password=password)
    return client.post(f"/services/Soap/u/{version}", content=body, headers={"Content-Type": "text/xml"})


def test_a_login_opens_a_session(client: TestClient) -> None:
    answer = login(client, password=ESCAPED + SECURITY_TOKEN)
    assert answer.status_code == 200
    token = answer.text.partition("<sessionId>")[2].partition("</sessionId>")[0]
    assert "<serverUrl>http://testserver/services/Soap/u/64.0/00D" in answer.text
    assert f"</sessionId><userId>{OWNER}</userId><userInfo><organizationId>{ORGANIZATION_ID}</" in answer.text
    assert client.get(f"{DATA}/limits", headers={"Authorization": f"Bearer {token}"}).status_code == 200


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"user": "x@acme.example"}, "INVALID_LOGIN"),
        ({"password": "wrong"}, "INVALID_LOGIN"),
        ({"password": ESCAPED}, "LOGIN_MUST_USE_SECURITY_TOKEN"),
        ({"version": "65.0"}, "INVALID_OPERATION"),
        ({"version": "30.0"}, "UNSUPPORTED_API_VERSION"),
        ({"version": "latest"}, "UNSUPPORTED_API_VERSION"),
        ({"password": "</p:password>"}, "INVALID_LOGIN"),
    ],
)
def test_a_login_is_refused_by_a_fault(client: TestClient, parts: dict[str, str], code: str) -> None:
    answer = login(client, **parts)
    assert answer.status_code == 500
    assert f"<faultcode>sf:{code}</faultcode>" in answer.text
    assert f"<sf:exceptionCode>{code}</sf:exceptionCode>" in answer.text


def test_a_revoked_session_is_over(client: TestClient) -> None:
    client.headers["Authorization"] = f"Bearer {TOKEN}"
    assert client.post("/services/oauth2/revoke", data={"token": TOKEN}).status_code == 200
    assert client.get(f"{DATA}/limits").status_code == 401
    again = client.post("/services/oauth2/revoke", data={"token": TOKEN})
    assert (again.status_code, again.json()["error"]) == (400, "invalid_token")


def test_a_session_lasts_as_many_calls_as_the_test_says(org: SalesforceOrg, client: TestClient) -> None:
    org.session_calls = 2
    client.headers["Authorization"] = f"Bearer {TOKEN}"
    statuses = [client.get(f"{DATA}/limits").status_code for _ in range(4)]
    assert statuses == [200, 200, 401, 401]
    assert org.daily.used == 2


@pytest.mark.parametrize(
    ("values", "header", "version", "landed"),
    [
        ({"Email": "BOB@acme.example "}, "", "68.0", False),
        ({"Email": "BOB@acme.example "}, "allowSave=true", "68.0", True),
        ({"Email": "BOB@acme.example "}, "includeRecordDetails=true; AllowSave=TRUE", "68.0", True),
        ({"Email": "BOB@acme.example "}, "allowSave=false", "68.0", False),
        ({"Email": "BOB@acme.example "}, "allowSave=true", "51.0", False),
        ({"Email": "new@acme.example"}, "", "68.0", True),
        ({"Title": "CEO"}, "", "68.0", True),
    ],
)
def test_a_rule_that_alerts_gives_way_to_the_header(
    org: SalesforceOrg, client: TestClient, values: dict[str, str], header: str, version: str, landed: bool
) -> None:
    org.duplicate_rules.append(DuplicateRule("Contact", ("Email",)))
    ann, bob = list(org.tables["Contact"].rows)[:2]
    org.edit("Contact", bob, Email="bob@acme.example")
    headers = {"Authorization": f"Bearer {TOKEN}", "Sforce-Auto-Assign": "FALSE"}
    headers |= {"Sforce-Duplicate-Rule-Header": header} if header else {}
    answer = client.patch(f"/services/data/v{version}/sobjects/Contact/{ann}", json=values, headers=headers)
    assert answer.status_code == (204 if landed else 400)
    assert landed or answer.json() == [
        {"message": "Use one of these records?", "errorCode": "DUPLICATES_DETECTED", "fields": []}
    ]


def test_a_rule_that_blocks_gives_way_to_nothing(org: SalesforceOrg, client: TestClient) -> None:
    org.duplicate_rules.append(DuplicateRule("Contact", ("Email",), action="block", message="No duplicates here"))
    ann, bob = list(org.tables["Contact"].rows)[:2]
    org.edit("Contact", bob, Email="bob@acme.example")
    record = {"attributes": {"type": "Contact"}, "id": ann, "Email": "bob@acme.example"}
    headers = {"Authorization": f"Bearer {TOKEN}", "Sforce-Duplicate-Rule-Header": "allowSave=true"}
    (result,) = client.patch(f"{DATA}/composite/sobjects", json={"records": [record]}, headers=headers).json()
    (error,) = result["errors"]
    assert (error["statusCode"], error["message"]) == ("DUPLICATES_DETECTED", "No duplicates here")
