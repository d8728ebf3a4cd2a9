"""Bulk API 2.0 query jobs of the sandbox: strict where Salesforce is strict."""

from __future__ import annotations

import csv
import io
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient

from connector.sandbox.native import salesforce_id
from connector.sandbox.salesforce import TOKEN, SalesforceOrg
from tests.sandbox.rows import still

JOBS = "/services/data/v68.0/jobs/query"
SOQL = "SELECT Id, Title, Account.Website, HasOptedOutOfEmail, SystemModstamp FROM Contact ORDER BY Id"


@pytest.fixture
def org() -> SalesforceOrg:
    firm = {"Id": salesforce_id("001", 1), "Name": "Acme", "Website": "acme.example"}
    people = [
        {"Id": salesforce_id("003", number), "LastName": "Doe", "Title": 'CTO, "acting"', "AccountId": firm["Id"]}
        for number in range(1, 51)
    ]
    return SalesforceOrg(SimpleNamespace(salesforce={"Account": [firm], "Contact": people}), clock=still)


@pytest.fixture
def client(org: SalesforceOrg) -> TestClient:
    return TestClient(org.app(), headers={"Authorization": f"Bearer {TOKEN}"})


def create(client: TestClient, query: str = SOQL, **body: Any) -> Any:
    return client.post(JOBS, json={"operation": "query", "query": query, **body})


def ran(client: TestClient, query: str = SOQL, **body: Any) -> str:
    id = str(create(client, query, **body).json()["id"])
    while client.get(f"{JOBS}/{id}").json()["state"] != "JobComplete":
        pass
    return id


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()[0]["errorCode"]


def test_a_job_runs_while_somebody_looks(client: TestClient) -> None:
    job = create(client).json()
    assert (job["state"], job["object"], job["lineEnding"]) == ("UploadComplete", "Contact", "LF")
    looks = [client.get(f"{JOBS}/{job['id']}").json() for _ in range(3)]
    assert [look["state"] for look in looks] == ["InProgress", "JobComplete", "JobComplete"]
    assert looks[-1]["numberRecordsProcessed"] == 50
    assert [one["id"] for one in client.get(JOBS).json()["records"]] == [job["id"]]


def test_results_come_in_sets_as_quoted_csv(client: TestClient, org: SalesforceOrg) -> None:
    path = f"{JOBS}/{ran(client)}/results"
    locator, rows = "", []
    for number in (20, 20, 10):
        answer = client.get(path, params={"maxRecords": 20, **({"locator": locator} if locator else {})})
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.headers["sforce-numberofrecords"] == str(number)
        header, *found = csv.reader(io.StringIO(answer.text, newline=""))
        assert header == ["Id", "Title", "Account.Website", "HasOptedOutOfEmail", "SystemModstamp"]
        assert answer.text.startswith('"Id","Title",')
        rows += found
        locator = answer.headers["sforce-locator"]
    assert locator == "null"
    assert [row[0] for row in rows] == sorted(org.tables["Contact"].rows)
    assert {row[3] for row in rows} <= {"true", "false"}
    assert all(row[4].endswith("Z") for row in rows)


def test_every_call_counts(client: TestClient, org: SalesforceOrg) -> None:
    before = org.daily.used
    client.get(f"{JOBS}/{ran(client)}/results")
    assert org.daily.used - before == 4


@pytest.mark.parametrize(
    "query",
    ["SELECT COUNT() FROM Contact", "SELECT Id FROM Contact LIMIT 5 OFFSET 2"],
)
def test_what_bulk_does_not_support_is_refused(client: TestClient, query: str) -> None:
    assert code(create(client, query)) == (400, "API_ERROR")


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT Title FROM Contact GROUP BY Title", "MALFORMED_QUERY"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "MALFORMED_QUERY"),
        ("SELECT Nope FROM Contact", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Nope = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact ORDER BY Nope", "INVALID_FIELD"),
        ("SELECT Id FROM Nope", "INVALID_TYPE"),
    ],
)
def test_a_bad_query_is_refused_at_once(client: TestClient, query: str, error: str) -> None:
    assert code(create(client, query)) == (400, error)


def test_what_a_job_may_be(client: TestClient, org: SalesforceOrg) -> None:
    assert code(create(client, operation="insert")) == (400, "API_ERROR")
    assert code(create(client, contentType="JSON")) == (400, "API_ERROR")
    assert code(create(client, object="Contact")) == (400, "JSON_PARSER_ERROR")
    assert code(client.post(JOBS, content="Id", headers={"Content-Type": "text/csv"})) == (
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    )
    assert "\r\n" in client.get(f"{JOBS}/{ran(client, lineEnding='CRLF')}/results").text
    org.query_jobs.enabled = False
    assert code(create(client)) == (403, "FUNCTIONALITY_NOT_ENABLED")


def test_deleted_rows_are_for_query_all(client: TestClient, org: SalesforceOrg) -> None:
    org.delete("Contact", next(iter(org.tables["Contact"].rows)))
    counts = [
        client.get(f"{JOBS}/{ran(client, operation=operation)}/results").headers["sforce-numberofrecords"]
        for operation in ("query", "queryAll")
    ]
    assert counts == ["49", "50"]


def test_states_say_what_may_be_done(client: TestClient) -> None:
    id = create(client).json()["id"]
    aborted = {"state": "Aborted"}
    assert code(client.get(f"{JOBS}/{id}/results")) == (400, "INVALIDJOBSTATE")
    assert code(client.delete(f"{JOBS}/{id}")) == (400, "INVALIDJOBSTATE")
    assert code(client.patch(f"{JOBS}/{id}", json={"state": "JobComplete"})) == (400, "INVALIDJOBSTATE")
    assert client.patch(f"{JOBS}/{id}", json=aborted).json()["state"] == "Aborted"
    assert code(client.patch(f"{JOBS}/{id}", json=aborted)) == (400, "INVALIDJOBSTATE")
    assert code(client.get(f"{JOBS}/{id}/results")) == (400, "INVALIDJOBSTATE")
    assert client.delete(f"{JOBS}/{id}").status_code == 204
    assert code(client.get(f"{JOBS}/{id}")) == (404, "NOT_FOUND")


def test_a_job_may_fail(client: TestClient, org: SalesforceOrg) -> None:
    org.query_jobs.failure = "QUERY_TIMEOUT: Your query request was running for too long"
    id = create(client).json()["id"]
    for _ in range(2):
        told = client.get(f"{JOBS}/{id}").json()
    assert (told["state"], told["errorMessage"]) == ("Failed", org.query_jobs.failure)


@pytest.mark.parametrize("params", [{"maxRecords": "0"}, {"maxRecords": "x"}, {"locator": "!"}, {"locator": "OTk5"}])
def test_parameters_that_make_no_sense(client: TestClient, params: dict[str, str]) -> None:
    assert client.get(f"{JOBS}/{ran(client)}/results", params=params).status_code == 400
