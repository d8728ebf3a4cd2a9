"""A sync whose Salesforce reads and writes go by Bulk API 2.0 does what one by pages and batches does, and its jobs may
be cut off at any call."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from connector.crm.salesforce import bulk_job
from connector.sandbox import Sandbox
from tests.e2e.house import STAMPED, TIMES, Said, configured, rows, said_here

KEYS = "salesforce\n    connection:\n"
BY_JOBS = "      bulk_read_from: 1\n      bulk_write_from: 5\n"
BY_PAGES = "      bulk_read_from: 0\n"
CALLS = ("create", "upload", "start", "look", "last look", "results")
"""Of one job, in the sandbox."""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are looked at without a wait."""
    monkeypatch.setattr(bulk_job, "PAUSES", (0.0,))


@contextmanager
def org(folder: Path, keys: str) -> Iterator[tuple[Sandbox, str]]:
    """A running sandbox, and a config whose Salesforce org has these keys."""
    folder.mkdir()
    with Sandbox(contacts=80, companies=20, limits=False) as box:
        box.salesforce.page_size = 10
        config = Path(configured(box, folder))
        text = config.read_text("utf-8")
        assert KEYS in text
        config.write_text(text.replace(KEYS, KEYS + keys), "utf-8")
        yield box, str(config)


def sync(config: str) -> Said:
    said = said_here("sync", "--json", "-q", "--config", config)
    assert said.code in (0, 3), said.err
    return said


def salesforce_runs(*said: Said) -> list[dict[str, Any]]:
    return [run for one in said for run in one.document["runs"] if "salesforce" in run["mapping"]]


def test_the_same_values_land_and_a_second_sync_writes_nothing(tmp_path: Path) -> None:
    with org(tmp_path / "jobs", BY_JOBS) as (box, config):
        by_jobs, held = salesforce_runs(sync(config), sync(config)), rows(box, without=TIMES | STAMPED)
        assert box.salesforce.query_jobs.jobs
        assert {job.state for job in box.salesforce.ingest_jobs.jobs.values()} == {"JobComplete"}
    with org(tmp_path / "pages", BY_PAGES) as (box, config):
        by_pages = salesforce_runs(sync(config), sync(config))
        assert held == rows(box, without=TIMES | STAMPED)
    told = ("mapping", "status", "read", "due", "matched", "changed", "written", "fields_written", "rejected")
    assert [[run[key] for key in told] for run in by_jobs] == [[run[key] for key in told] for run in by_pages]
    assert [run["written"] for run in by_jobs[len(by_jobs) // 2 :]] == [0] * (len(by_jobs) // 2)


class Killed(BaseException):
    """The process is no more."""


def dies(config: str, monkeypatch: pytest.MonkeyPatch, *, at: int) -> None:
    """A sync that dies at a call of the first job that writes: Salesforce serves it, and the dead send nothing more."""
    send, seen = HTTPAdapter.send, 0

    def mortal(self: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        nonlocal seen
        if seen >= at:
            raise Killed
        answer = send(self, request, *args, **options)
        seen += "/jobs/ingest" in str(request.url)
        if seen >= at:
            raise Killed
        return answer

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(HTTPAdapter, "send", mortal)
        said_here("sync", "--json", "-q", "--config", config)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The rows of both CRMs after a sync that nothing cut off."""
    with org(tmp_path_factory.mktemp("bulk") / "pages", BY_PAGES) as (box, config):
        sync(config)
        return rows(box, without=TIMES | STAMPED)


@pytest.mark.parametrize(
    ("call", "runs_on"),
    [*((call, "before") for call in CALLS), ("start", "after"), ("look", "after")],
)
def test_whoever_dies_with_a_job_under_way_leaves_nothing_undone_and_buys_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: dict[str, Any], call: str, runs_on: str
) -> None:
    """``runs_on``: what was started runs before the next sync, or only after it."""
    with org(tmp_path / "jobs", BY_JOBS) as (box, config):
        dies(config, monkeypatch, at=1 + CALLS.index(call))
        if runs_on == "before":
            box.salesforce.ingest_jobs.finish()
        sync(config)
        box.salesforce.ingest_jobs.finish()
        last = sync(config).document["runs"]
        assert sum(run["written"] + run["credits"]["charged"] for run in last) == 0
        assert rows(box, without=TIMES | STAMPED) == undisturbed
        assert box.lusha.stats()["charged_more_than_once"] == []


def test_ctrl_c_aborts_a_job_finishes_the_batch_and_the_next_sync_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: dict[str, Any]
) -> None:
    send = HTTPAdapter.send

    def pressed(self: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        answer = send(self, request, *args, **options)
        if request.body == b'{"state": "UploadComplete"}':
            monkeypatch.setattr(bulk_job, "PAUSES", (60.0,))  # nobody waits for it
            os.kill(os.getpid(), signal.SIGINT)  # as a terminal does: to the process, not to this thread
        return answer

    with org(tmp_path / "jobs", BY_JOBS) as (box, config):
        with monkeypatch.context() as patch:
            patch.setattr(HTTPAdapter, "send", pressed)
            said = said_here("sync", "--json", "-q", "--config", config)
        run = salesforce_runs(said)[0]
        assert (said.code, run["status"]) == (130, "interrupted")
        assert run["written"] > 5
        assert [job.state for job in box.salesforce.ingest_jobs.jobs.values()] == ["Aborted"]
        monkeypatch.setattr(bulk_job, "PAUSES", (0.0,))
        sync(config)
        assert rows(box, without=TIMES | STAMPED) == undisturbed
        assert box.lusha.stats()["charged_more_than_once"] == []


@pytest.mark.parametrize("calls", [5, 7])
def test_sessions_that_end_within_a_job_end_no_sync(tmp_path: Path, undisturbed: dict[str, Any], calls: int) -> None:
    with org(tmp_path / "jobs", BY_JOBS) as (box, config):
        box.salesforce.session_calls = calls
        sync(config)
        assert rows(box, without=TIMES | STAMPED) == undisturbed
        assert {job.state for job in box.salesforce.ingest_jobs.jobs.values()} <= {"JobComplete", "Aborted"}
        assert box.salesforce.sign_in.attempts > 2
