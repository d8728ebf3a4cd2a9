"""Big writes by Bulk API 2.0, where an org asks for them: sent once, read row by row, and found out where in doubt."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.crm.salesforce.bulk_update import LONGEST, MOST, rows_of, upload_of
from connector.errors import InDoubt, Interrupted, NotDone, QuotaExhausted
from connector.models import Again, Update
from connector.redact import Secret
from connector.sandbox.salesforce import TOKEN
from tests.crm.contract import CrmContract
from tests.crm.salesforce.bench import SandboxBench, Script, over, refusal, reply, sandbox_bench, scripted

JOBS = "/services/data/v68.0/jobs/ingest"
JOB = f"{JOBS}/751SB0000000001AAA"


class BulkBench(SandboxBench):
    """Everything that may be written without a condition goes by a job, single records too."""

    def received(self) -> Sequence[tuple[str, frozenset[str]]]:
        uploads = [one.content.decode() for one in self.org.requests if one.method == "PUT"]
        rows = [row for text in uploads for row in csv.DictReader(io.StringIO(text, newline=""))]
        return [(row.pop("Id"), frozenset(name for name, text in row.items() if text)) for row in rows]

    def lose_next_answer(self) -> None:
        for _ in range(3):
            self.org.drop_next(path=f"{JOB}/successfulResults")


@pytest.fixture
def bench() -> Iterator[SandboxBench]:
    with sandbox_bench(bulk_write_from=1) as one:
        yield BulkBench(one.org, one.url, one.wall, **one.connection)


class TestBulkWritesKeepTheContract(CrmContract):
    """The suite of ``tests/crm``, with every write by a job."""


def asked(bench: SandboxBench) -> list[str]:
    paths = [(one.method, one.path.removeprefix("/services/data/v68.0/")) for one in bench.org.requests]
    told = [f"{method} {path}" for method, path in paths if path.startswith(("jobs", "composite", "sobjects/Contact/"))]
    return [one.replace("751SB0000000001AAA", "ID") for one in told if not one.endswith("describe")]


STARTED = ["POST jobs/ingest", "PUT jobs/ingest/ID/batches", "PATCH jobs/ingest/ID"]
LOOKED = ["GET jobs/ingest/ID", "GET jobs/ingest/ID"]


def test_a_job_costs_what_ten_batches_would(bench: SandboxBench) -> None:
    big = bench.connect(**_signed_in(), bulk_write_from=2_000)
    ids = bench.seed([{"Title": "Old"}] * 2_000)
    assert big.write_batch == 4_000
    results = big.update("Contact", [Update(id, {"Title": f"T, {id}"}) for id in ids])
    assert [(result.id, result.written) for result in results] == [(id, {"Title"}) for id in ids]
    assert asked(bench) == [*STARTED, *LOOKED, "GET jobs/ingest/ID/successfulResults"]
    assert (big.calls.read, big.calls.write) == (5, 1)  # what changes records is the start
    assert all(bench.held(id)["Title"] == f"T, {id}" for id in ids)


def test_without_a_word_nothing_goes_by_a_job(bench: SandboxBench) -> None:
    crm = bench.connect(**_signed_in(), bulk_write_from=0)
    (id,) = bench.seed([{"Title": "Old"}])
    assert crm.write_batch == 200
    crm.update("Contact", [Update(id, {"Title": "New"})])
    assert asked(bench) == ["PATCH composite/sobjects"]


def test_too_few_for_a_job_go_in_batches_and_the_rest_is_looked_at_first(bench: SandboxBench) -> None:
    crm = bench.connect(**_signed_in(), bulk_write_from=500)
    ids = bench.seed([{"Title": "Old"}] * 300)
    results = crm.update("Contact", [Update(id, {"Title": "New"}) for id in ids])
    assert [bool(result.written) for result in results] == [True] * 200 + [False] * 100
    assert all(result.again and not result.again.wait for result in results[200:])
    assert asked(bench) == ["PATCH composite/sobjects"]


def test_strict_or_recently_edited_records_never_go_by_a_job(bench: SandboxBench) -> None:
    plain, strict, recent = bench.seed([{"Title": "Old"}] * 3)
    now = bench.time()
    results = bench.crm.update(
        "Contact",
        [
            Update(plain, {"Title": "New"}, seen=now - timedelta(days=1)),
            Update(strict, {"Title": "New"}, seen=now - timedelta(days=1), strict=True),
            Update(recent, {"Title": "New"}, seen=now - timedelta(minutes=14)),
        ],
    )
    assert all(result.written for result in results)
    assert bench.received() == [(plain, frozenset({"Title"}))]
    assert asked(bench)[-2:] == [f"PATCH sobjects/Contact/{id}" for id in (strict, recent)]


def test_a_text_that_would_clear_its_field_goes_as_before_once_it_was_looked_at_again(bench: SandboxBench) -> None:
    one, other = bench.seed([{"Title": "Old"}] * 2)
    first, second = bench.crm.update("Contact", [Update(one, {"Title": "#N/A"}), Update(other, {"Title": "New"})])
    assert (first.written, first.again, second.written) == (frozenset(), Again(), {"Title"})
    assert bench.received() == [(other, frozenset({"Title"}))]
    assert bench.crm.update("Contact", [Update(one, {"Title": "#N/A"})])[0].written
    assert bench.held(one)["Title"] == "#N/A"


def test_a_job_stays_below_the_limit_of_an_upload(bench: SandboxBench) -> None:
    (id,) = bench.seed([{"Title": "Old"}])
    (result,) = bench.crm.update("Contact", [Update(id, {"Title": "x" * LONGEST})])
    assert [one.code for one in result.rejections] == ["STRING_TOO_LONG"]
    assert asked(bench) == ["PATCH composite/sobjects"]
    commas = 1_000  # more than an object has fields
    assert MOST * (LONGEST + commas) < bench.org.ingest_jobs.largest


def test_each_record_is_judged_by_its_own_row(bench: SandboxBench) -> None:
    ids = bench.seed([{"Title": "Old", "Phone": "+15550100"}] * 5)
    bench.delete(ids[3])
    good, ruled, long, gone, _ = bench.crm.update(
        "Contact",
        [
            Update(ids[0], {"Title": 'Zoë,\n"CTO"', "HasOptedOutOfEmail": True}),
            Update(ids[1], {"MobilePhone": "555 0100"}),
            Update(ids[2], {"Title": "x" * 200, "Phone": "+15550101"}),
            Update(ids[3], {"Title": "New"}),
            Update(ids[4], {"Phone": None}),
        ],
    )
    assert good.written == {"Title", "HasOptedOutOfEmail"}
    assert (bench.held(ids[0])["Title"], bench.held(ids[0])["Phone"]) == ('Zoë,\n"CTO"', "+15550100")
    assert bench.held(ids[0])["HasOptedOutOfEmail"] is True
    assert [one.code for one in ruled.rejections] == ["FIELD_CUSTOM_VALIDATION_EXCEPTION"]
    assert ruled.rejections[0].message == "Mobile phone must be in international format"
    assert [one.field for one in long.rejections] == ["Title"]
    assert long.again
    assert gone.gone
    assert bench.held(ids[4])["Phone"] is None


def test_assignment_rules_do_not_run(bench: SandboxBench) -> None:
    (id,) = bench.seed([{"Title": "Old"}])
    owner = bench.held(id)["OwnerId"]
    bench.crm.update("Contact", [Update(id, {"Title": "New"})])
    assert bench.held(id)["OwnerId"] == owner


def test_what_a_job_did_not_come_to_is_looked_at_again_and_goes_in_batches(
    bench: SandboxBench, caplog: pytest.LogCaptureFixture
) -> None:
    ids = bench.seed([{"Title": "Old"}] * 4)
    bench.org.ingest_jobs.most = 3
    crm = bench.connect(**_signed_in(), bulk_write_from=4)
    results = crm.update("Contact", [Update(id, {"Title": "New"}) for id in ids])
    assert [bool(result.written) for result in results] == [True, True, True, False]
    (rejection,) = results[3].rejections
    assert (rejection.code, rejection.transient, results[3].again) == ("UNPROCESSED", True, Again())
    assert "Salesforce's bulk job is Failed: Salesforce gave up on this job" in caplog.text
    results = crm.update("Contact", [Update(id, {"Title": "Newer"}) for id in ids])
    assert all(result.written for result in results)
    assert asked(bench)[-1] == "PATCH composite/sobjects"


def test_after_a_job_that_went_wrong_fewer_are_collected(bench: SandboxBench) -> None:
    ids = bench.seed([{"Title": "Old"}] * 500)
    bench.org.ingest_jobs.enabled = False
    crm = bench.connect(**_signed_in(), bulk_write_from=300)
    updates = [Update(id, {"Title": "New"}) for id in ids]
    assert crm.write_batch == 600
    with pytest.raises(NotDone):
        crm.update("Contact", updates)
    assert crm.write_batch == 200
    assert [bool(result.written) for result in crm.update("Contact", updates)] == [True] * 200 + [False] * 300


def test_where_there_are_no_jobs_the_batches_go_as_before(bench: SandboxBench) -> None:
    (id,) = bench.seed([{"Title": "Old"}])
    bench.org.ingest_jobs.enabled = False
    with pytest.raises(NotDone):
        bench.crm.update("Contact", [Update(id, {"Title": "New"})])
    assert bench.held(id)["Title"] == "Old"
    assert bench.crm.update("Contact", [Update(id, {"Title": "New"})])[0].written
    assert asked(bench) == ["POST jobs/ingest", "PATCH composite/sobjects"]


# --- lost answers ---


def test_a_start_whose_answer_was_lost_is_found_out_and_not_repeated(bench: SandboxBench) -> None:
    (id,) = bench.seed([{"Title": "Old"}])
    bench.org.drop_next(path=JOB)
    assert bench.crm.update("Contact", [Update(id, {"Title": "New"})])[0].written
    assert [one for one in asked(bench) if one.startswith("PATCH")] == ["PATCH jobs/ingest/ID"]


def test_a_start_that_never_arrived_leaves_an_aborted_job_and_nothing_written() -> None:
    lost = reply(502, b"<html>")
    open_, aborted = reply(200, {"id": "751", "state": "Open"}), reply(200, {"id": "751", "state": "Aborted"})
    crm, script = scripted(open_, reply(201, b""), lost, open_, aborted, bulk_write_from=1)
    with pytest.raises(NotDone):
        crm.update("Contact", UPDATES)
    assert script.requests[-1].body == b'{"state": "Aborted"}'


def test_a_start_that_nobody_can_tell_of_is_a_doubt() -> None:
    open_, lost = reply(200, {"id": "751", "state": "Open"}), reply(502, b"<html>")
    crm, script = scripted(open_, reply(201, b""), lost, *[lost] * 5, *[lost] * 5, bulk_write_from=1)
    with pytest.raises(InDoubt, match="whether a bulk job was started is not known"):
        crm.update("Contact", UPDATES)
    assert not script.steps


@pytest.mark.parametrize(
    ("status", "next_path"), [(400, "composite/sobjects"), (429, "jobs/ingest"), (503, "jobs/ingest")]
)
def test_a_start_that_was_refused_wrote_nothing(status: int, next_path: str) -> None:
    open_, aborted = reply(200, {"id": "751", "state": "Open"}), reply(200, {"id": "751", "state": "Aborted"})
    full = refusal(403, "REQUEST_LIMIT_EXCEEDED")
    crm, script = scripted(open_, reply(201, b""), refusal(status, "NO"), aborted, full, bulk_write_from=1)
    with pytest.raises(NotDone):
        crm.update("Contact", UPDATES)
    assert script.requests[-1].body == b'{"state": "Aborted"}'
    with pytest.raises(QuotaExhausted):
        crm.update("Contact", UPDATES)
    assert str(script.requests[-1].url).endswith(next_path)


def test_whoever_interrupts_a_job_aborts_it_and_leaves_a_doubt() -> None:
    open_, aborted = reply(200, {"id": "751", "state": "Open"}), reply(200, {"id": "751", "state": "Aborted"})
    script = Script(open_, reply(201, b""), reply(200, {"id": "751", "state": "UploadComplete"}), aborted)
    crm = over(script, bulk_write_from=1, sleep=_interrupted)
    with pytest.raises(InDoubt, match="interrupted while waiting"):
        crm.update("Contact", UPDATES)
    assert script.requests[-1].body == b'{"state": "Aborted"}'


def test_an_upload_that_fails_starts_nothing(bench: SandboxBench) -> None:
    (id,) = bench.seed([{"Title": "Old"}])
    bench.org.fail_next(400, "CLIENT_INPUT_ERROR", path=f"{JOB}/batches")
    with pytest.raises(NotDone):
        bench.crm.update("Contact", [Update(id, {"Title": "New"})])
    assert [job.state for job in bench.org.ingest_jobs.jobs.values()] == ["Aborted"]


def test_a_job_that_does_not_end_in_time_is_a_doubt(bench: SandboxBench) -> None:
    (id,) = bench.seed([{"Title": "Old"}])
    bench.org.ingest_jobs.polls = 1_000
    with pytest.raises(InDoubt, match="within 15 minutes"):
        bench.crm.update("Contact", [Update(id, {"Title": "New"})])
    assert [job.state for job in bench.org.ingest_jobs.jobs.values()] == ["Aborted"]


def test_the_days_calls_may_end_before_a_job_but_not_after_it_was_started(bench: SandboxBench) -> None:
    (id,) = bench.seed([{"Title": "Old"}])
    bench.exhaust()
    with pytest.raises(QuotaExhausted):
        bench.crm.update("Contact", [Update(id, {"Title": "New"})])
    bench.org.daily.requests = 100_000
    bench.crm = bench.connect(**_signed_in())
    bench.org.before_write = lambda _ids: bench.exhaust()
    with pytest.raises(InDoubt):
        bench.crm.update("Contact", [Update(id, {"Title": "New"})])
    assert bench.held(id)["Title"] == "New"


def test_the_reserve_lets_a_job_end_that_was_started_and_none_begin() -> None:
    open_, usage = reply(200, {"id": "751", "state": "Open"}), {"Sforce_Limit_Info": "api-usage=81/100"}
    started = reply(200, {"id": "751", "state": "UploadComplete"}, **usage)
    done = reply(200, {"id": "751", "state": "JobComplete"}, **usage)
    row = reply(200, f'"sf__Id","sf__Created"\n"{UPDATES[0].id}","false"\n'.encode(), Content_Type="text/csv")
    crm, script = scripted(open_, reply(201, b""), started, done, row, bulk_write_from=1)
    assert crm.update("Contact", UPDATES)[0].written
    with pytest.raises(QuotaExhausted, match="api_reserve leaves 20% of them to others"):
        crm.update("Contact", UPDATES)
    assert not script.steps


def test_a_record_that_no_result_names_is_a_doubt() -> None:
    done = reply(200, {"id": "751", "state": "JobComplete"})
    nobody = reply(200, b'"sf__Id","sf__Created","Id","Title"\n', Content_Type="text/csv")
    open_ = reply(200, {"id": "751", "state": "Open"})
    crm, _ = scripted(open_, reply(201, b""), done, done, nobody, nobody, nobody, bulk_write_from=1)
    with pytest.raises(InDoubt, match="its results leave out 1 of 1 records"):
        crm.update("Contact", UPDATES)


def test_a_job_that_somebody_aborted_tells_what_it_had_done_by_then() -> None:
    done, left = (Update(f"00350000000000{n}AAA", {"Title": "New"}) for n in (1, 2))
    open_, aborted = reply(200, {"id": "751", "state": "Open"}), reply(200, {"id": "751", "state": "Aborted"})
    landed = reply(200, f'"sf__Id","sf__Created"\n"{done.id}","false"\n'.encode(), Content_Type="text/csv")
    waiting = reply(200, f'"Id","Title"\n"{left.id}","New"\n'.encode(), Content_Type="text/csv")
    started = reply(200, {"id": "751", "state": "UploadComplete"})
    steps = (open_, reply(201, b""), started, aborted, landed, reply(200, b""), waiting)
    crm, script = scripted(*steps, bulk_write_from=1)
    results = crm.update("Contact", [done, left])
    assert [(result.written, result.again) for result in results] == [({"Title"}, None), (set(), Again())]
    assert script.slept == [1]
    assert crm.write_batch == 200


def test_a_result_file_may_be_empty() -> None:
    assert rows_of(reply(200, b"")) == rows_of(reply(200, b'"sf__Id","Id"\n', Content_Type="text/csv")) == []
    assert rows_of(reply(200, b"<html>", Content_Type="text/html")) is None
    assert rows_of(reply(200, b'"sf__Id","Id"\n"003"\n', Content_Type="text/csv")) is None


def _interrupted(_seconds: float) -> None:
    raise Interrupted("interrupted while waiting")


UPDATES = [Update("003000000000001AAA", {"Title": "New"})]
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
)


@given(
    st.lists(st.dictionaries(st.sampled_from(["Title", "Phone", "Age__c"]), VALUES, min_size=1), min_size=1, max_size=5)
)
def test_an_upload_says_of_each_record_what_its_update_says(values: list[dict[str, Any]]) -> None:
    updates = [Update(f"00300000000000{place}AAA", one) for place, one in enumerate(values)]
    rows = rows_of(reply(200, upload_of(updates), Content_Type="text/csv"))
    assert rows is not None
    assert [row["Id"] for row in rows] == [one.id for one in updates]
    for row, update in zip(rows, updates, strict=True):
        for name in row.keys() - {"Id"}:
            value = update.values.get(name)
            cleared = name in update.values and value in (None, "")
            said = "#N/A" if cleared else str(value).lower() if isinstance(value, bool) else str(value)
            assert row[name] == (said if name in update.values else "")


def _signed_in() -> dict[str, Any]:
    return {"auth": "token", "access_token": Secret(TOKEN)}
