"""Bulk API 2.0 ingest jobs of the sandbox: a state machine, and one line for each row."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from starlette.testclient import TestClient

from connector.sandbox.salesforce import TOKEN, SalesforceOrg
from connector.sandbox.salesforce_records import ASSIGNMENT_QUEUE, OWNER
from tests.sandbox.rows import ANN, BOB, salesforce_rows, still

JOBS = "/services/data/v68.0/jobs/ingest"
CSV = {"Content-Type": "text/csv"}


@pytest.fixture
def org() -> SalesforceOrg:
    return SalesforceOrg(salesforce_rows(), clock=still)


@pytest.fixture
def client(org: SalesforceOrg) -> TestClient:
    return TestClient(org.app(), headers={"Authorization": f"Bearer {TOKEN}"})


def create(client: TestClient, **body: Any) -> Any:
    return client.post(JOBS, json={"object": "Contact", "operation": "update", **body})


def run(client: TestClient, data: str, **body: Any) -> str:
    path = f"{JOBS}/{create(client, **body).json()['id']}"
    assert client.put(f"{path}/batches", content=data.encode(), headers=CSV).status_code == 201
    assert client.patch(path, json={"state": "UploadComplete"}).json()["state"] == "UploadComplete"
    states = [client.get(path).json()["state"] for _ in range(2)]
    assert states == ["InProgress", "JobComplete"]
    return path


def rows(client: TestClient, path: str, kind: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"{path}/{kind}").text, newline="")))


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()[0]["errorCode"]


def test_an_empty_cell_leaves_a_field_alone_and_na_clears_it(client: TestClient, org: SalesforceOrg) -> None:
    org.edit("Contact", ANN, Title="Old", Phone="+15550100")
    org.edit("Contact", BOB, Title="Old", Phone="+15550100")
    path = run(client, f'Id,Title,Phone,DoNotCall\n{ANN},"C, ""T""O",,true\n{BOB},,#N/A,\n')
    assert [row["sf__Id"] for row in rows(client, path, "successfulResults")] == [BOB, ANN]
    ann, bob = org.row("Contact", ANN), org.row("Contact", BOB)
    assert (ann["Title"], ann["Phone"], ann["DoNotCall"]) == ('C, "T"O', "+15550100", True)
    assert (bob["Title"], bob["Phone"], bob["OwnerId"]) == ("Old", None, OWNER)


def test_a_complete_job_may_have_refused_rows(client: TestClient) -> None:
    path = run(client, f"Id,Title,MobilePhone\n{ANN},{'x' * 129},\n{BOB},,555\n003SB0000000099AAA,CEO,\n")
    told = client.get(path).json()
    assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (3, 3)
    errors = {row["Id"]: row["sf__Error"] for row in rows(client, path, "failedResults")}
    assert errors[ANN].startswith("STRING_TOO_LONG:Title: data value too large: x")
    assert errors[ANN].endswith(":Title --")
    assert errors[BOB] == "FIELD_CUSTOM_VALIDATION_EXCEPTION:Mobile phone must be in international format: --"
    assert errors["003SB0000000099AAA"] == "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id: --"
    assert rows(client, path, "successfulResults") == rows(client, path, "unprocessedrecords") == []


def test_assignment_rules_run_where_one_is_named(client: TestClient, org: SalesforceOrg) -> None:
    run(client, f"Id,Title\n{ANN},CEO\n", assignmentRuleId="01QSB0000000001AAA")
    assert org.row("Contact", ANN)["OwnerId"] == ASSIGNMENT_QUEUE


def test_states_say_what_may_be_done(client: TestClient, org: SalesforceOrg) -> None:
    path = f"{JOBS}/{create(client).json()['id']}"
    assert code(client.patch(path, json={"state": "UploadComplete"})) == (400, "INVALIDJOBSTATE")
    assert code(client.get(f"{path}/successfulResults")) == (400, "INVALIDJOBSTATE")
    assert code(client.put(f"{path}/batches", content=b"Id\n")) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert code(client.put(f"{path}/batches", content=b'Id\n"x', headers=CSV)) == (400, "CLIENT_INPUT_ERROR")
    org.ingest_jobs.largest = 3
    assert code(client.put(f"{path}/batches", content=b"Id\n1", headers=CSV)) == (400, "CLIENT_INPUT_ERROR")
    assert client.put(f"{path}/batches", content=b"Id\n", headers=CSV).status_code == 201
    assert code(client.put(f"{path}/batches", content=b"Id\n", headers=CSV)) == (400, "INVALIDJOBSTATE")
    assert client.patch(path, json={"state": "Aborted"}).json()["state"] == "Aborted"
    assert code(client.patch(path, json={"state": "UploadComplete"})) == (400, "INVALIDJOBSTATE")
    assert code(client.get(f"{path}/nothing")) == (404, "NOT_FOUND")
    assert code(client.get(f"{JOBS}/751")) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"operation": "insert"}, "INVALIDJOB"),
        ({"lineEnding": "CRLF"}, "INVALIDJOB"),
        ({"object": "Organization"}, "INVALID_TYPE"),
        ({"query": "SELECT Id FROM Contact"}, "JSON_PARSER_ERROR"),
    ],
)
def test_what_a_job_may_be(client: TestClient, body: dict[str, str], error: str) -> None:
    assert code(create(client, **body)) == (400, error)


def test_a_job_that_was_started_runs_though_nobody_looks(client: TestClient, org: SalesforceOrg) -> None:
    paths = [f"{JOBS}/{create(client).json()['id']}" for _ in range(2)]
    for path, title in zip(paths, ("Started", "Not started"), strict=True):
        client.put(f"{path}/batches", content=f"Id,Title\n{ANN},{title}\n".encode(), headers=CSV)
    client.patch(paths[0], json={"state": "UploadComplete"})
    org.ingest_jobs.finish()
    assert org.row("Contact", ANN)["Title"] == "Started"
    assert [client.get(path).json()["state"] for path in paths] == ["JobComplete", "Open"]


def test_a_job_may_end_early(client: TestClient, org: SalesforceOrg) -> None:
    org.ingest_jobs.most = 1
    path = f"{JOBS}/{create(client).json()['id']}"
    client.put(f"{path}/batches", content=f"Id,Title\n{ANN},A\n{BOB},B\n".encode(), headers=CSV)
    client.patch(path, json={"state": "UploadComplete"})
    assert [client.get(path).json()["state"] for _ in range(2)] == ["InProgress", "Failed"]
    assert [row["Id"] for row in rows(client, path, "unprocessedrecords")] == [BOB]
    assert [row["Id"] for row in rows(client, path, "successfulResults")] == [ANN]
