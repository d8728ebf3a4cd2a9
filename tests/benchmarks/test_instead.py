"""The scripts that the benchmarks measure beside the product do what they are said to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType

import pytest
import simple_salesforce.bulk2

from benchmarks.instead import (
    hubspot,
    hubspot_batched,
    hubspot_reading,
    salesforce,
    salesforce_batched,
    salesforce_reading,
)
from benchmarks.world import Sizes, build
from connector.sandbox import Sandbox

DUE = 3


@pytest.fixture
def box() -> Iterator[Sandbox]:
    world, directory = build(Sizes(due=DUE, complete=2), seed=1, now=datetime.now(UTC))
    with Sandbox(world=world, directory=directory) as running:
        yield running


@pytest.mark.parametrize("script", [hubspot, hubspot_batched])
def test_hubspot_contacts_without_a_title_are_given_one(box: Sandbox, script: ModuleType) -> None:
    script.main(box.hubspot_url, box.lusha_url)
    contacts = box.hubspot.tables["contacts"]
    assert all(row["properties"].keys() >= {"jobtitle", "email", "phone", "mobilephone"} for row in contacts)
    assert len(contacts.tally.writes) == DUE


@pytest.mark.parametrize("script", [salesforce, salesforce_batched])
def test_salesforce_contacts_without_a_title_are_given_one(
    box: Sandbox, script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simple_salesforce.bulk2, "sleep", lambda seconds: None)
    script.main(box.salesforce_url, box.lusha_url)
    contacts = box.salesforce.tables["Contact"]
    assert all(row["Title"] and row["Email"] and row["MobilePhone"] for row in contacts)
    assert len(contacts.tally.writes) == DUE


def test_everybody_is_read(box: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    for script, url in ((hubspot_reading, box.hubspot_url), (salesforce_reading, box.salesforce_url)):
        script.main(url, box.lusha_url)
        assert len([json.loads(line) for line in capsys.readouterr().out.splitlines()]) == DUE + 2
