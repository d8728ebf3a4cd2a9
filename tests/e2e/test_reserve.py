"""``api_reserve`` from the command line: a sync leaves Salesforce's other clients their share of the day's calls, ends
resumable, and the next one finishes the work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.crm.salesforce import bulk_job
from connector.sandbox import Sandbox
from tests.e2e.house import STAMPED, TIMES, Said, configured, rows, said_here

DAY = 100_000
JOB = 4
"""Calls that a job may still make once it was started: two looks, two files of results."""


def run_of(config: Path) -> tuple[Said, dict[str, Any]]:
    said = said_here("sync", "acme", "--mapping", "contact", "--json", "-q", "--config", str(config))
    return said, said.document["runs"][0]


def org(box: Sandbox, folder: Path, **keys: Any) -> Path:
    """A config for the sandbox whose Salesforce connection has these keys too; a query's page holds ten rows."""
    box.salesforce.page_size = 10
    file = Path(configured(box, folder))
    config = yaml.safe_load(file.read_text("utf-8"))
    config["orgs"]["acme"]["connection"] |= keys
    file.write_text(yaml.safe_dump(config), "utf-8")
    return file


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, Any]]:
    """The calls of a sync that may make as many as it likes, and the rows after it."""
    with Sandbox(contacts=80, companies=20, limits=False) as box:
        said, run = run_of(org(box, tmp_path_factory.mktemp("reserve")))
        assert (said.code, run["status"]) == (3, "done"), said.err
        return box.salesforce.daily.used, rows(box, without=TIMES | STAMPED)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
@pytest.mark.parametrize(("keys", "over"), [({}, 1), ({"bulk_read_from": 1, "bulk_write_from": 5}, 1 + JOB)])
def test_a_share_of_the_days_calls_is_left_to_others_and_the_next_day_finishes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    undisturbed: tuple[int, dict[str, Any]],
    keys: dict[str, Any],
    over: int,
    share: float,
) -> None:
    """``share``: of the calls that the sync needs, what the reserve of one half lets it have."""
    monkeypatch.setattr(bulk_job, "PAUSES", (0.0,))
    needed, held = undisturbed
    with Sandbox(contacts=80, companies=20, limits=False) as box:
        config = org(box, tmp_path, api_reserve="50%", **keys)
        box.salesforce.daily.requests = round(2 * share * needed)
        said, run = run_of(config)
        assert (said.code, run["status"]) == (4, "stopped"), said.err
        assert "api_reserve leaves 50% of them to others" in said.document["error"]["message"]
        assert box.salesforce.daily.used <= box.salesforce.daily.requests / 2 + over
        box.salesforce.daily.requests = DAY
        said, run = run_of(config)
        assert (said.code in (0, 3), run["status"]) == (True, "done"), (
            said.err
        )  # 3 unless the refused were parked before
        assert run_of(config)[1]["written"] == 0
        assert rows(box, without=TIMES | STAMPED) == held
        assert box.lusha.stats()["charged_more_than_once"] == []
