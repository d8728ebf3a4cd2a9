"""Two mappings of one object in one org: each has its own turn, at its own times, and nothing is paid for twice."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.config import load_config
from connector.config.settings import Config
from connector.runtime import SyncReport
from connector.sandbox import LUSHA_KEY
from tests.e2e.little import HUBSPOT, SALESFORCE, connections, little_world
from tests.e2e.stage import Stage

NAMES = {"salesforce": ("Phone", "Title", "MobilePhone"), "hubspot": ("phone", "jobtitle", "mobilephone")}
"""What the little world calls the direct line, the title and the mobile phone."""
WHOLE = {"salesforce": SALESFORCE, "hubspot": HUBSPOT}


@pytest.fixture(scope="module")
def servers() -> Iterator[Stage]:
    with Stage(little_world()) as started:
        yield started


@pytest.fixture
def stage(servers: Stage) -> Stage:
    servers.begin(deepcopy(little_world()))
    return servers


def mapping(crm: str, fields: Mapping[str, str], **select: Any) -> dict[str, Any]:
    """One of two mappings, of these fields by their policy; the first of them makes a record due."""
    whole = WHOLE[crm]
    chosen = {name: {"from": whole["fields"][name]["from"], "policy": policy} for name, policy in fields.items()}
    return {**whole, "select": {"incomplete": [next(iter(fields))], **select}, "fields": chosen}


def configured(stage: Stage, folder: Path, crm: str, **files: dict[str, Any]) -> Config:
    """An org with these mappings, in this order."""
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content), "utf-8")
    org = {"crm": crm, "connection": dict(connections(stage)[crm]), "mappings": [f"{name}.yaml" for name in files]}
    lusha = {"api_key": LUSHA_KEY, "base_url": stage.lusha_url}
    document = {"version": 1, "lusha": lusha, "state": {"path": "state.db"}, "orgs": {crm: org}}
    (folder / "config.yaml").write_text(yaml.safe_dump(document), "utf-8")
    return load_config(folder / "config.yaml", env={})


def two(crm: str) -> dict[str, dict[str, Any]]:
    """Direct lines every 20 days, titles and mobile phones every 50, stamped into the same field."""
    phone, title, mobile = NAMES[crm]
    return {
        "often": mapping(crm, {phone: "refresh"}, stale_after="20d", retry_after="10d"),
        "seldom": mapping(crm, {mobile: "fill", title: "refresh"}, stale_after="50d", retry_after="30d"),
    }


def told(report: SyncReport, *names: str) -> dict[str, tuple[Any, ...]]:
    """Figures of each mapping's run."""
    return {ended.report["mapping"]: tuple(ended.report[name] for name in names) for ended in report.ended}


def charged(report: SyncReport) -> dict[str, int]:
    return {ended.report["mapping"]: ended.report["credits"]["charged"] for ended in report.ended}


def due(report: SyncReport) -> tuple[bool, bool]:
    """Whether each of the two mappings had its turn."""
    found = told(report, "due")
    return found["often.yaml"][0] > 0, found["seldom.yaml"][0] > 0


def new_numbers(stage: Stage, day: int) -> None:
    """Everybody has other phones by now."""
    for person in stage.lusha.directory.people.values():
        for phone in person.profile["phones"]:
            phone["number"] = f"+1555010{day:04}"


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_each_mapping_has_its_turn_at_its_own_times(stage: Stage, tmp_path: Path, crm: str) -> None:
    config, turns = configured(stage, tmp_path, crm, **two(crm)), {}
    days = [day for day in range(100) if day % 10 in (0, 9)]  # each turn falls on a tenth day; the day before is none
    for day, following in zip(days, [*days[1:], 100], strict=True):
        new_numbers(stage, day)
        report = stage.sync(config)
        if any(turn := due(report)):
            turns[day] = turn
        assert (told(report, "written")["often.yaml"][0] > 0) == turn[0]  # and so it stamps what the other shares
        spent = stage.lusha.used
        again = stage.sync(config)
        assert told(again, "due", "written") == {"often.yaml": (0, 0), "seldom.yaml": (0, 0)}
        assert stage.lusha.used == spent
        stage.later(days=following - day, minutes=following - day)
    assert [day for day, (often, _) in turns.items() if often] == [0, 20, 40, 60, 80]
    assert [day for day, (_, seldom) in turns.items() if seldom] == [0, 50, 90]  # on 50 it was told what came on 40
    assert set(stage.lusha.purchases.values()) == {1}


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_the_turn_of_the_second_costs_nothing_that_was_paid_for(stage: Stage, tmp_path: Path, crm: str) -> None:
    config = configured(stage, tmp_path, crm, **two(crm))
    first = charged(stage.sync(config))
    assert first["often.yaml"] > 0
    assert first["seldom.yaml"] == 0
    stage.later(days=42)
    assert due(stage.sync(config)) == (True, False)
    spent = stage.lusha.used
    stage.later(days=9)
    assert due(stage.sync(config)) == (False, True)
    assert stage.lusha.used == spent


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_a_lost_state_file_buys_nothing_again_for_either(stage: Stage, tmp_path: Path, crm: str) -> None:
    config = configured(stage, tmp_path, crm, **two(crm))
    stage.sync(config)
    spent = stage.lusha.used
    for file in tmp_path.glob("state.db*"):
        file.unlink()
    stage.later(days=5)
    assert told(stage.sync(config), "due") == {"often.yaml": (0,), "seldom.yaml": (0,)}
    assert stage.lusha.used == spent


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_a_mapping_whose_file_is_renamed_goes_on_from_where_it_was(servers: Stage, tmp_path: Path, crm: str) -> None:
    phone, _, _ = NAMES[crm]
    unknown = mapping(crm, {phone: "fill"}, retry_after="90d") | {"stamp": {}}
    servers.begin(replace(little_world(), people={}))
    config = configured(servers, tmp_path, crm, old=unknown)
    assert told(servers.sync(config), "due", "no_match") == {"old.yaml": (6, 6)}
    spent, asked = servers.lusha.used, len(servers.asked)
    servers.later(days=5)
    renamed = configured(servers, tmp_path, crm, new=unknown)
    with servers.connector(renamed) as connector:
        [forecast], _ = connector.plan()
    assert told(servers.sync(renamed), "due", "read") == {"new.yaml": (0, 0)}
    assert forecast["due"] == 0
    assert servers.lusha.used == spent
    assert not [path for method, path in servers.asked[asked:] if method == "POST" and path.startswith("/v3")]
    servers.later(days=86)
    assert told(servers.sync(renamed), "due") == {"new.yaml": (6,)}


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_a_stamp_that_the_search_index_shows_late_is_no_conflict(stage: Stage, tmp_path: Path, crm: str) -> None:
    phone, title, _ = NAMES[crm]
    config = configured(stage, tmp_path, crm, first=mapping(crm, {title: "fill"}), second=mapping(crm, {phone: "fill"}))
    stage.hubspot.search_lag = math.inf
    stage.weather = lambda place, path: stage.later(seconds=1)
    report = stage.sync(config)
    stage.weather = None
    assert told(report, "written", "conflicts", "rejected") == {"first.yaml": (3, 0, 0), "second.yaml": (6, 0, 0)}
    assert report.exit_code == 0
