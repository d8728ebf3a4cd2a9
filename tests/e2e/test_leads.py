"""Leads, end to end: the shipped mapping fills them, leaves converted ones alone, and follows them where told to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.sandbox import Sandbox
from tests.e2e.house import configured, said_here


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(contacts=40, companies=12, limits=False) as running:
        yield running


def leads(box: Sandbox) -> list[str]:
    return list(box.salesforce.tables["Lead"].rows)


def test_leads_are_filled_and_converted_ones_are_not_read(box: Sandbox, tmp_path: Path) -> None:
    config, (converted, *_) = configured(box, tmp_path), leads(box)
    box.salesforce.convert(converted)
    words = ("sync", "acme", "--mapping", "lead", "--json", "--config", config)
    [run] = said_here(*words).document["runs"]
    assert (run["status"], run["rejected"]) == ("done", 0)
    assert run["written"] > 0
    written = box.salesforce.tables["Lead"].tally.writes
    assert converted not in written
    [again] = said_here(*words).document["runs"]
    assert (again["written"], again["credits"]["charged"]) == (0, 0)


@pytest.mark.parametrize("way", ["skip", "follow"])
def test_a_converted_lead_that_is_named_is_told_and_followed_where_the_mapping_says_so(
    box: Sandbox, tmp_path: Path, way: str
) -> None:
    config, (lead, *_) = configured(box, tmp_path), leads(box)
    file = tmp_path / "mappings/salesforce/lead.yaml"
    file.write_text(file.read_text("utf-8").replace("converted: skip", f"converted: {way}"), encoding="utf-8")
    contact = box.salesforce.convert(lead)
    said = said_here("sync", "acme", "--record", lead, "--config", config)
    told = " ".join((said.out + said.err).split())
    assert f"{lead}, which was named, was converted to contact {contact}" in told
    runs = said_here("runs", "--json", "--config", config).document["runs"]
    read = {Path(run["mapping"]).stem: run["read"] for run in runs}
    assert read == {"account": 0, "contact": int(way == "follow"), "lead": 0}
