"""kill -9 at any request or commit, then the same command once more: the same CRM as without a crash, nothing bought or
written twice.

The command that dies is a sync, the purchase of a plan, its application, or an undo.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import pytest

from connector.sandbox import Sandbox
from tests.e2e.house import STAMPED, TIMES, DeadlySandbox, Said, configured, lusha_sync, rows, said_here

WORLD = {"contacts": 60, "companies": 15}
POINTS = int(os.environ.get("CONNECTOR_CRASH_POINTS", "20"))

Run = Callable[..., Said]
"""``lusha-sync`` with a config, quiet and with --json."""


@dataclass(frozen=True, slots=True)
class Life:
    """What happens before the command that dies, that command, and how it is finished by whoever comes next."""

    name: str
    before: Callable[[Run], list[str]]
    finish: Callable[[Run, list[str]], None]
    writes: int
    """How often a record may be written in all."""


def _plans(said: Said) -> list[str]:
    return [str(run["run"]) for run in said.document["runs"] if run["changed"]]


def _no_trouble(said: Said) -> Said:
    assert said.code in (0, 3), said.err
    assert {run["status"] for run in said.document["runs"]} == {"done"}, said.out
    return said


def _plan_and_apply(run: Run, command: list[str]) -> None:
    _no_trouble(run("apply", *_plans(_no_trouble(run(*command)))))


def _apply_the_rest(run: Run, command: list[str]) -> None:
    for plan in command[1:]:
        said = run("apply", plan)
        assert said.code == 2 or _no_trouble(said)  # 2: nothing of it waits any more


def _undo_the_rest(run: Run, command: list[str]) -> None:
    _no_trouble(run(*command))


def _synced(run: Run) -> list[str]:
    """The undo of the run that wrote most."""
    runs = _no_trouble(run("sync")).document["runs"]
    return ["undo", str(max(runs, key=lambda one: one["fields_written"])["run"])]


LIVES = (
    Life("sync", lambda run: ["sync"], lambda run, command: None, 1),
    Life("plan", lambda run: ["plan", "--buy"], _plan_and_apply, 1),
    Life("apply", lambda run: ["apply", *_plans(_no_trouble(run("plan", "--buy")))], _apply_the_rest, 1),
    Life("undo", _synced, _undo_the_rest, 2),
)


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """How often a command that nobody kills asks a vendor and commits, and the CRM that it leaves."""

    requests: int
    commits: int
    rows: dict[str, Any]


def through(generation: str, config: str) -> str:
    """The same config, through one generation of Lusha's API."""
    file = Path(config)
    text = file.read_text("utf-8").replace("lusha:\n", f"lusha:\n  api_version: {generation}\n", 1)
    file.write_text(text, "utf-8")
    return config


def runner(config: str) -> Run:
    return lambda *words: said_here(*words, "--json", "-q", "--config", config)


def _seen(box: Sandbox) -> int:
    return sum(len(server.requests) for server in (box.lusha, box.salesforce, box.hubspot))


@lru_cache
def undisturbed(folder: Path, life: Life, generation: str) -> Undisturbed:
    """The life without a death."""
    folder.mkdir(parents=True)
    with Sandbox(**WORLD, limits=False) as box:
        config = through(generation, configured(box, folder))
        run = runner(config)
        command, told = life.before(run), folder / "commits"
        before = _seen(box)
        words = [*command, "--json", "-q", "--config", config]
        said = lusha_sync(*words, mortal=("0", "after", str(told)))
        _no_trouble(said)
        requests = _seen(box) - before
        if life.name == "plan":
            _no_trouble(run("apply", *_plans(said)))
        return Undisturbed(requests, int(told.read_text("utf-8")), rows(box, without=TIMES | STAMPED))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("undisturbed")


def _place(point: int, much: int) -> int:
    """Which of so many events: spread over the whole command, each life its own way."""
    among = max(1, POINTS // len(LIVES) - 1)
    return 1 + min(much - 1, point // len(LIVES) * (much - 1) // among)


@pytest.mark.parametrize("point", range(POINTS))
def test_a_killed_command_is_finished_by_the_next(point: int, folder: Path, tmp_path: Path) -> None:
    life, chance = LIVES[point % len(LIVES)], random.Random(point)
    generation = "v2" if chance.random() < 0.3 else "v3"
    whole = undisturbed(folder / life.name / generation, life, generation)
    where: Literal["request", "commit"] = "request" if chance.random() < 0.5 else "commit"
    after = chance.random() < 0.6  # of a request the harder half: the vendor did it, and we never heard
    with DeadlySandbox(**WORLD) as box:
        config = through(generation, configured(box, tmp_path))
        run = runner(config)
        command = life.before(run)
        words = [*command, "-q", "--config", config]
        much = whole.requests if where == "request" else whole.commits
        place = _place(point, much)
        if where == "request":
            code = box.run_to_death(*words, at=place, after=after)
        else:
            mortal = (str(place), "after" if after else "before", str(tmp_path / "commits"))
            code = lusha_sync(*words, mortal=mortal).code
        # Calls go side by side, and how many there are varies a little: the last of them may not come.
        assert code == -9 or place > 0.8 * much
        if life.name == "sync":
            _no_trouble(run("sync"))
        life.finish(run, command)
        assert rows(box, without=TIMES | STAMPED) == whole.rows
        assert box.lusha.stats()["charged_more_than_once"] == []
        for table in (*box.salesforce.tables.values(), *box.hubspot.tables.values()):
            assert {id: times for id, times in table.tally.writes.items() if times > life.writes} == {}
            assert not table.tally.fields_unchanged
        if life.name != "plan" and life.name != "apply":  # there, websites written now identify more people
            third = run("sync")
            assert sum(one["written"] + one["credits"]["charged"] for one in third.document["runs"]) == 0
