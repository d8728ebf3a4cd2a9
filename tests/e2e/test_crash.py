"""kill -9 at any request, then one more run: the same CRM as without a crash, nothing bought or written twice."""

from __future__ import annotations

import os
import random
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox import Sandbox
from tests.e2e.house import STAMPED, TIMES, DeadlySandbox, configured, lusha_sync, rows

WORLD = {"contacts": 60, "companies": 15}
POINTS = int(os.environ.get("CONNECTOR_CRASH_POINTS", "12"))


@lru_cache
def undisturbed(folder: Path, generation: str) -> tuple[int, dict[str, Any]]:
    """(requests, final CRM) of a run that nobody kills."""
    with Sandbox(**WORLD, limits=False) as box:
        said = lusha_sync("sync", "--json", "-q", "--config", through(generation, configured(box, folder)))
        assert said.code == 3, said.err
        requests = sum(len(server.requests) for server in (box.lusha, box.salesforce, box.hubspot))
        return requests, rows(box, without=TIMES | STAMPED)


def through(generation: str, config: str) -> str:
    """The same config, through one generation of Lusha's API."""
    file = Path(config)
    text = file.read_text("utf-8").replace("lusha:\n", f"lusha:\n  api_version: {generation}\n", 1)
    file.write_text(text, "utf-8")
    return config


@pytest.fixture(scope="module")
def undisturbed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("undisturbed")


@pytest.mark.parametrize("point", range(POINTS))
def test_a_killed_run_is_finished_by_the_next(point: int, undisturbed_folder: Path, tmp_path: Path) -> None:
    generation = "v2" if point % 3 == 2 else "v3"
    requests, expected = undisturbed(undisturbed_folder / generation, generation)
    at = 1 + point * (requests - 1) // (POINTS - 1)  # spread over the whole run
    after = random.Random(point).random() < 0.7  # the harder half: the vendor did it, and we never heard
    with DeadlySandbox(at=at, after=after, **WORLD) as box:
        config = through(generation, configured(box, tmp_path))
        assert box.run_to_death("sync", "-q", "--config", config) == -9
        said = lusha_sync("sync", "--json", "-q", "--config", config)
        assert said.code in (0, 3), said.err
        assert {run["status"] for run in said.document["runs"]} == {"done"}
        assert rows(box, without=TIMES | STAMPED) == expected
        assert box.lusha.stats()["charged_more_than_once"] == []
        for table in (*box.salesforce.tables.values(), *box.hubspot.tables.values()):
            assert {id: times for id, times in table.tally.writes.items() if times > 1} == {}
            assert not table.tally.fields_unchanged
        third = lusha_sync("sync", "--json", "-q", "--config", config)
        assert sum(run["written"] + run["credits"]["charged"] for run in third.document["runs"]) == 0
