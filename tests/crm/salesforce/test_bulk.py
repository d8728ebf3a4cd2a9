"""Big reads by Bulk API 2.0: the same records as by REST, in few calls, and REST again where there is no job."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from connector.crm.base import Query
from connector.crm.salesforce.bulk import READ_FROM, BulkReader
from connector.crm.salesforce.bulk_csv import ResultSet
from connector.errors import Interrupted, QuotaExhausted, VendorUnreachable
from connector.models import Record
from connector.redact import Secret
from connector.sandbox.faults import Fault
from connector.sandbox.salesforce import TOKEN
from tests.crm.contract import CrmContract
from tests.crm.salesforce.bench import SandboxBench, described, refusal, reply, sandbox_bench, scripted

QUERY = Query("Contact", ("Title",))
JOBS = "/services/data/v68.0/jobs/query"
JOB = f"{JOBS}/750SB0000000001AAA"


@pytest.fixture
def bench() -> Iterator[SandboxBench]:
    with sandbox_bench(page_size=1, bulk_read_from=1) as one:
        yield one


class TestBulkReadsKeepTheContract(CrmContract):
    """The suite of ``tests/crm``, with pages of one record and everything after the first by Bulk."""


def read(bench: SandboxBench, query: Query = QUERY) -> list[Record]:
    return [record for page in bench.crm.read(query) for record in page]


def asked(bench: SandboxBench) -> list[str]:
    """Method and last word of the path of what was asked since ``seed``, schema and sign-in left out."""
    paths = [(one.method, one.path.removeprefix("/services/data/v68.0/")) for one in bench.org.requests]
    told = [f"{method} {path}" for method, path in paths if path.startswith(("query", "jobs"))]
    return [one if one.startswith("GET query") else one.replace("750SB0000000001AAA", "ID") for one in told]


def titles(bench: SandboxBench, number: int = 5) -> list[str]:
    return list(bench.seed([{"Title": f"T{place}"} for place in range(number)]))


def test_a_big_read_costs_a_page_a_job_its_looks_and_one_answer(bench: SandboxBench) -> None:
    ids = titles(bench, 5_000)
    pages = list(bench.crm.read(QUERY))
    assert [record.id for page in pages for record in page] == ids
    assert [len(page) for page in pages] == [1, 1_000, 1_000, 1_000, 1_000, 999]
    assert asked(bench) == ["GET query", "POST jobs/query", *["GET jobs/query/ID"] * 2, "GET jobs/query/ID/results"]
    assert bench.org.requests[-1].query == "maxRecords=10000"


def test_below_the_threshold_and_at_zero_a_read_goes_page_by_page(bench: SandboxBench) -> None:
    for threshold, words in ((6, "GET query"), (0, "GET query"), (5, "POST jobs/query")):
        titles(bench)
        crm = bench.connect(auth="token", access_token=Secret(TOKEN), bulk_read_from=threshold)
        assert len([record for page in crm.read(QUERY) for record in page]) == 5
        assert asked(bench)[1].startswith(words)


@pytest.mark.parametrize(("rows", "jobs"), [(READ_FROM - 1, 0), (READ_FROM, 1)])
def test_without_a_word_a_job_is_for_fifty_thousand(rows: int, jobs: int) -> None:
    assert READ_FROM == 50_000
    steps = [reply(200, {"id": "750"}), _ran(1), _rows(CSV)] if jobs else [_page(2)]
    crm, script = scripted(described(), _page(1, total=rows, done=False), *steps)
    assert len([record for page in crm.read(QUERY) for record in page]) == 2
    assert sum(str(one.url).endswith("jobs/query") for one in script.requests) == jobs


def test_who_wants_no_more_than_a_page_starts_no_job(bench: SandboxBench) -> None:
    titles(bench)
    assert len(next(iter(bench.crm.read(QUERY)))) == 1
    assert asked(bench) == ["GET query"]


def test_sets_follow_each_other_by_locator(bench: SandboxBench) -> None:
    ids = titles(bench, 8)
    bench.org.query_jobs.most_records = 3
    assert [record.id for record in read(bench)] == ids
    assert [one.query for one in bench.org.requests[-3:]] == [
        "maxRecords=10000", "maxRecords=10000&locator=Mw", "maxRecords=10000&locator=Ng",
    ]  # fmt: skip


def test_no_set_is_kept_while_the_next_one_is_fetched(bench: SandboxBench, monkeypatch: pytest.MonkeyPatch) -> None:
    titles(bench, 8)
    bench.org.query_jobs.most_records = 2
    kept: list[int] = []
    fetch = BulkReader._fetch

    def counted(*words: Any) -> ResultSet:
        kept.append(sum(isinstance(one, ResultSet) for one in gc.get_objects()))
        return fetch(*words)

    monkeypatch.setattr(BulkReader, "_fetch", counted)
    assert len(read(bench)) == 8
    assert kept == [0] * 4


def test_the_first_page_is_not_kept_while_the_others_are_read(bench: SandboxBench) -> None:
    titles(bench, 2)
    pages = bench.crm.read(QUERY)
    next(pages)
    (last,) = next(pages)
    held = [one.values for one in gc.get_objects() if isinstance(one, Record)]
    held += [one for one in gc.get_objects() if isinstance(one, dict) and "attributes" in one]
    assert [row["Title"] for row in held if row.get("Title") in ("T0", "T1")] == [last.values["Title"]]


def test_the_job_carries_the_query_as_it_was_asked_by_rest(bench: SandboxBench) -> None:
    titles(bench)
    read(bench, Query("Contact", ("Title",), where="Title LIKE 'T%'"))
    (created,) = [one for one in bench.org.requests if one.path == JOBS]
    order = "AccountId NULLS LAST, Id"
    assert created.body == {
        "operation": "query",
        "query": f"SELECT Id, SystemModstamp, Title FROM Contact WHERE (Title LIKE 'T%') ORDER BY {order}",
        "contentType": "CSV",
        "lineEnding": "LF",
    }
    assert "sforce-auto-assign" not in created.headers


def test_a_record_that_changes_or_comes_meanwhile_is_read_once(bench: SandboxBench) -> None:
    ids = titles(bench)
    bench.org.query_jobs.before_run = lambda: bench.org.edit("Contact", ids[0], Title="Edited")
    found = read(bench)
    assert [record.id for record in found] == ids
    assert found[0].values == {"Title": "T0"}


# --- where there is no job, REST goes on ---


@pytest.mark.parametrize("trouble", ["disabled", "failed", "too slow", "gone", "no csv"])
def test_without_a_job_the_cursor_goes_on_where_it_is(
    bench: SandboxBench, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    ids = titles(bench)
    jobs = bench.org.query_jobs
    if trouble == "disabled":
        jobs.enabled = False
    elif trouble == "failed":
        jobs.failure = "InvalidBatch : Failed to process query: QUERY_TIMEOUT: Your query request was running too long"
    elif trouble == "too slow":
        jobs.polls = 1_000
    elif trouble == "gone":
        bench.org.fail_next(404, "NOT_FOUND", path=JOB)
    else:
        bench.org.faults.arm(Fault(200, body="<html>", path=f"{JOB}/results"), times=3)
    with caplog.at_level(logging.WARNING):
        assert [record.id for record in read(bench)] == ids
        assert [record.id for record in read(bench)] == ids  # this object is not tried again
    assert [one.split(" read in small pages")[0] for one in caplog.messages] == ["Contact is"]
    assert sum(one == "POST jobs/query" for one in asked(bench)) == 1


def test_a_job_that_is_not_waited_for_is_aborted(bench: SandboxBench) -> None:
    titles(bench)
    bench.org.query_jobs.polls = 1_000
    read(bench)
    assert [job.state for job in bench.org.query_jobs.jobs.values()] == ["Aborted"]
    assert bench.crm.calls.write == 0


def test_looks_at_a_job_become_rare_and_end_after_a_quarter_of_an_hour() -> None:
    running = reply(200, {"id": "750", "state": "InProgress"})
    crm, script = scripted(*_opened(), *[running] * 22, reply(200, {"state": "Aborted"}), _page(2), bulk_read_from=2)
    assert [record.id for page in crm.read(QUERY) for record in page] == ["1", "2"]
    assert script.slept[:10] == [1, 2, 3, 5, 8, 13, 21, 34, 60, 60]
    assert sum(script.slept) == 900
    assert [one.method for one in script.requests[-2:]] == ["PATCH", "GET"]
    assert "Sforce-Auto-Assign" not in script.requests[-2].headers


def test_a_job_that_somebody_aborted_is_not_waited_for() -> None:
    aborted = reply(200, {"id": "750", "state": "Aborted"})
    crm, script = scripted(*_opened(), aborted, _page(2), bulk_read_from=2)
    assert [record.id for page in crm.read(QUERY) for record in page] == ["1", "2"]
    assert script.slept == [1]


def test_a_job_is_aborted_also_when_somebody_interrupts() -> None:
    def interrupted(_: object) -> requests.Response:
        raise KeyboardInterrupt

    crm, script = scripted(*_opened(), interrupted, reply(200, {"state": "Aborted"}), bulk_read_from=2)
    pages = crm.read(QUERY)
    next(iter(pages))
    with pytest.raises(KeyboardInterrupt):
        list(pages)
    assert script.bodies()[-1] == {"state": "Aborted"}


def test_ctrl_c_while_a_job_is_waited_for_ends_the_read() -> None:
    def interrupted(_seconds: float) -> None:
        raise Interrupted("interrupted")

    crm, script = scripted(*_opened(), reply(200, {"state": "Aborted"}), bulk_read_from=2, sleep=interrupted)
    pages = crm.read(QUERY)
    next(iter(pages))
    with pytest.raises(Interrupted):
        list(pages)
    assert script.bodies()[-1] == {"state": "Aborted"}


def test_the_days_calls_end_a_read_and_nothing_goes_on(bench: SandboxBench) -> None:
    titles(bench)
    pages = iter(bench.crm.read(QUERY))
    next(pages)
    bench.exhaust()
    with pytest.raises(QuotaExhausted):
        next(pages)


def test_a_parent_of_several_kinds_is_read_by_rest(bench: SandboxBench, caplog: pytest.LogCaptureFixture) -> None:
    owner = {"name": "OwnerId", "type": "reference", "relationshipName": "Owner", "referenceTo": ["Group", "User"]}
    script: list[Any] = [described(owner), _page(1, total=2, done=False), _page(2)]
    crm, _ = scripted(*script, bulk_read_from=2)
    with caplog.at_level(logging.WARNING):
        assert len([r for page in crm.read(Query("Contact", ("Owner.Email",))) for r in page]) == 2
    assert caplog.messages[-1].endswith("nobody says of what type Owner.Email is")


# --- when things go wrong ---


def test_a_set_that_was_cut_is_asked_for_again(bench: SandboxBench) -> None:
    ids = titles(bench, 50)
    bench.org.drop_next(path=f"{JOB}/results", how="truncate")
    bench.org.drop_next(path=f"{JOB}/results", how="close")
    assert [record.id for record in read(bench)] == ids
    assert sum(one.endswith("/results") for one in asked(bench)) == 3


def test_a_busy_org_is_looked_at_again(bench: SandboxBench) -> None:
    ids = titles(bench)
    bench.org.fail_next(503, times=3, path=JOB)
    assert [record.id for record in read(bench)] == ids


def test_an_expired_session_is_renewed_in_the_middle(bench: SandboxBench) -> None:
    ids = titles(bench)
    bench.org.query_jobs.before_run = bench.org.tokens.clear
    assert [record.id for record in read(bench)] == ids


CSV = b'"Id","SystemModstamp","Title"\n"2","2026-01-01T00:00:00.000Z","T2"\n'


def test_a_locator_that_comes_again_is_refused() -> None:
    more = _rows(CSV, locator="Mg")
    crm, _ = scripted(*_opened(), _ran(9), more, more, bulk_read_from=2)
    with pytest.raises(VendorUnreachable, match="as the next ones again"):
        list(crm.read(QUERY))


def test_fewer_rows_than_the_job_found_are_no_whole_read() -> None:
    crm, _ = scripted(*_opened(), _ran(9), _rows(CSV), bulk_read_from=2)
    with pytest.raises(VendorUnreachable, match="1 rows of a query job that found 9") as short:
        list(crm.read(QUERY))
    assert short.value.hint == "run again, or set connection.bulk_read_from: 0"


def test_a_job_that_is_deleted_after_its_first_rows_is_no_fault_of_the_mapping() -> None:
    crm, _ = scripted(*_opened(), _ran(9), _rows(CSV, locator="Mg"), refusal(404, "NOT_FOUND"), bulk_read_from=2)
    with pytest.raises(VendorUnreachable, match="NOT_FOUND"):
        list(crm.read(QUERY))


def _page(id: int, *, total: int = 2, done: bool = True) -> Any:
    page = {"totalSize": total, "done": done, "records": [{"Id": str(id), "Title": f"T{id}"}]}
    return reply(200, page if done else {**page, "nextRecordsUrl": "/services/data/v68.0/query/01g-1"})


def _opened() -> list[Any]:
    """What comes before the looks: describe, the first of two pages, a new job."""
    return [described(), _page(1, done=False), reply(200, {"id": "750", "state": "UploadComplete"})]


def _ran(rows: int) -> Any:
    return reply(200, {"id": "750", "state": "JobComplete", "numberRecordsProcessed": rows})


def _rows(body: bytes, *, locator: str = "null", number: int = 1) -> Any:
    headers = {"Sforce_NumberOfRecords": str(number), "Sforce_Locator": locator, "Content_Type": "text/csv"}
    return reply(200, body, **headers)
