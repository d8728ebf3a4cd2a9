"""Every benchmark tells the rows that ``benchmarks/README.md`` is written from. One runs with real processes; the
others are handed what such a pass came to, since what they add is arithmetic."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from benchmarks import calls, compare, cpu, document, memory, minimum, sandbox, scale, startup, throughput
from benchmarks.measuring import Pass, Spent

REPORT = {"read": 2001, "due": 2000, "matched": 1900, "written": 1801}
CALLS = {
    "hubspot": {"POST /crm/v3/objects/contacts/search": 50, "POST /crm/v3/objects/contacts/batch/update": 190},
    "salesforce": {"POST /services/oauth2/token": 1, "GET /services/data/v68.0/query": 2},
    "lusha": {"POST /v3/contacts/search": 20, "POST /v3/contacts/enrich": 100},
}
DONE = Pass(Spent(wall=20.0, cpu=2.0, peak=90.0, out=json.dumps({"runs": [REPORT]})), CALLS, 0.25, 60.0)


class NoBox:
    """Stands where a sandbox would run."""

    def __init__(self, **options: float | str) -> None:
        pass

    def __enter__(self) -> NoBox:
        return self

    def __exit__(self, *error: object) -> None:
        pass


def told(name: str, module: Any, words: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The document that a command prints."""
    parser = document.options(
        name, None, records=2000, resting=2000, instead=10, latency=0.2, small=10, large=20, share=0.5, times=1
    )
    parser.set_defaults(peers=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [name, *words])
        patch.setattr(document, "compile_modules", lambda: None)
        document.tell(name, module.measure, parser)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_calls_runs_as_a_user_runs_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = told("calls", calls, ["--records", "50", "--instead", "2", "--crm", "hubspot"], capsys)
    assert {"cpu", "cores", "load", "load_after", "python", "commit"} <= found["machine"].keys()
    assert found["options"]["records"] == 50
    assert [row["vendor"] for row in found["rows"]] == ["lusha", "hubspot"]
    for row in found["rows"]:
        assert row["calls"] == sum(row["by_path"].values()) >= row["fewest"] > 0
        assert row["ratio"] > 1


@pytest.mark.parametrize(
    ("name", "module", "keys"),
    [
        (
            "throughput",
            throughput,
            {
                "seconds",
                "least_seconds",
                "rolling_seconds",
                "bound_by",
                "times_least",
                "lanes",
                "ratio",
                "sandbox_share",
            },
        ),
        ("cpu", cpu, {"kind", "ms_per_record", "target", "met", "sandbox_share"}),
        ("memory", memory, {"small_mb", "large_mb", "growth", "met"}),
    ],
)
def test_a_row_has_its_figures(
    name: str, module: Any, keys: set[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done: Callable[..., Pass] = lambda *given: DONE  # noqa: E731
    for step in ("sync", "instead"):
        monkeypatch.setattr(module, step, done, raising=False)
    monkeypatch.setattr(module, "Box", NoBox)
    for row in told(name, module, ["--crm", "salesforce"], capsys)["rows"]:
        assert keys <= row.keys()
        assert row["crm"] == "salesforce"


def test_every_kind_of_request_is_taken_by_the_sandbox(capsys: pytest.CaptureFixture[str]) -> None:
    rows = told("sandbox", sandbox, ["--records", "300"], capsys)["rows"]
    worlds = [row for row in rows if "built_mb" in row]
    assert [(row["crm"], row["records"]) for row in worlds] == [("hubspot", 300), ("salesforce", 300)]
    assert {row["request"] for row in rows if "request" in row} == {
        "search", "search since", "list", "batch read", "batch update", "update and search", "query page", "retrieve",
        "update", "bulk set", "lusha search", "lusha enrich",
    }  # fmt: skip


def test_others_stand_beside_ours(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    fast = replace(DONE, spent=replace(DONE.spent, wall=10.0, cpu=0.5))
    monkeypatch.setattr(compare, "Box", NoBox)
    monkeypatch.setattr(compare, "sync", lambda *given: fast)
    monkeypatch.setattr(compare, "instead", lambda *given: DONE)
    rows = told("compare", compare, ["--crm", "hubspot", "--resting", "2001"], capsys)["rows"]
    assert [(row["job"], row["way"]) for row in rows] == [
        ("read", "lusha-sync sync"), ("read", "SDK, typed"), ("enrich", "lusha-sync sync"), ("enrich", "SDK, batches"),
        ("enrich", "SDK, row by row"),
    ]  # fmt: skip
    assert rows[1]["times_ours"] == {"ms": 2.0, "cpu_ms": 4.0, "calls": 1.0}


def test_startup_measures_commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shown = replace(DONE.spent, out="org,object,record\nacme,Contact,003\n")
    monkeypatch.setattr(startup, "spend", lambda words: shown)
    rows = {row["command"]: row for row in told("startup", startup, [], capsys)["rows"]}
    assert not rows["lusha-sync --help"]["met"]
    assert rows["lusha-sync history"]["target"] == 0.2
    assert rows["lusha-sync validate"]["seconds"] == 20.0


def test_scale_tells_passes_apart() -> None:
    row = scale.figures("salesforce", DONE)
    assert row == {
        "read": 2001, "written": 1801, "crm_calls": 2, "lusha_calls": 120, "cpu_seconds": 2.0, "wall_seconds": 20.0,
        "peak_mb": 90.0,
    }  # fmt: skip


def test_the_fewest_calls_are_those_of_full_pages_and_batches() -> None:
    assert minimum.fewest("salesforce", REPORT, looked_up=0) == {"lusha": 39, "salesforce": 2 + 1 + 10}
    assert minimum.fewest("hubspot", REPORT, looked_up=1801) == {"lusha": 39, "hubspot": 11 + 19 + 19 + 19}
    assert minimum.allowed(1000) == 1020


def test_each_limit_takes_its_calls_at_its_own_rate() -> None:
    seconds = {name: lane.seconds for name, lane in minimum.lanes(CALLS).items()}
    assert seconds == {"hubspot": 10.0, "hubspot search": 10.0, "lusha search": 0.8, "lusha enrich": 4.0}
    assert not minimum.lanes({"hubspot": {}, "lusha": {}, "salesforce": {"GET /query": 3}})


def test_a_rolling_window_may_be_filled_at_once() -> None:
    seconds = {calls: minimum.Lane(calls, 190, 10.0).least for calls in (0, 1, 190, 191, 380, 381, 607)}
    assert seconds == {0: 0, 1: 0, 190: 0, 191: 10, 380: 10, 381: 20, 607: 30}
