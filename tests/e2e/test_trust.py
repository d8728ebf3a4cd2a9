"""Writes that can be trusted, over HTTP through the real SDKs: plans applied, runs undone, edits in between kept."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.types import ASGIApp, Receive, Scope, Send

from connector.config import load_config
from connector.runtime import Connector
from connector.sandbox import Sandbox
from tests.e2e.house import TIMES, Said, configured, rows, said_here

WORLD = {"contacts": 60, "companies": 15}
TYPED = "Typed in between"
OURS = ("salesforce Contact", "salesforce Account", "hubspot contacts", "hubspot companies")


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(**WORLD) as started:
        yield started


def command(config: str) -> Callable[..., Said]:
    return lambda *words: said_here(*words, "--json", "-q", "--config", config)


def crm(box: Sandbox) -> dict[str, Any]:
    return {name: table for name, table in rows(box, without=TIMES).items() if name in OURS}


def different(one: dict[str, Any], other: dict[str, Any]) -> set[tuple[str, str, str]]:
    """The fields, by table and record, that two states of the CRMs hold differently."""
    return {
        (table, id, field)
        for table, found in one.items()
        for id, row in found.items()
        for field in row.keys() | other[table][id].keys()
        if row.get(field) != other[table][id].get(field)
    }


def test_plan_apply_undo_and_undo_of_the_undo_from_the_command_line(box: Sandbox, tmp_path: Path) -> None:
    run = command(configured(box, tmp_path))
    before = crm(box)
    bought = run("plan", "--buy").document["runs"]
    assert crm(box) == before
    assert sum(one["credits"]["charged"] for one in bought) > 0
    charged = box.lusha.stats()["credits"]["used"] if "credits" in box.lusha.stats() else None
    applied = run("apply", *[str(one["run"]) for one in bought])
    assert applied.code == 3, applied.err
    assert {one["status"] for one in applied.document["runs"]} == {"done"}
    assert sum(one["credits"]["charged"] + one["calls"]["lusha"] for one in applied.document["runs"]) == 0
    assert charged is None or box.lusha.stats()["credits"]["used"] == charged
    after = crm(box)
    assert after != before
    undone = [run("undo", str(one["run"])) for one in applied.document["runs"]]
    assert {said.code for said in undone} == {0}
    assert crm(box) == before
    for said in undone:
        assert run("undo", str(said.document["runs"][0]["run"])).code == 0
    assert crm(box) == after


def test_sync_then_undo_leaves_the_crm_as_it_was_and_a_following_sync_writes_none_of_it(
    box: Sandbox, tmp_path: Path
) -> None:
    run = command(configured(box, tmp_path))
    before = crm(box)
    done = run("sync").document["runs"]
    written = different(before, crm(box))
    person = next(iter(box.salesforce.tables["Contact"].tally.writes))
    box.salesforce.edit("Contact", person, Title=TYPED)
    codes = {run("undo", str(one["run"])).code for one in done if one["written"]}
    assert codes <= {0, 3}
    expected = {**before, "salesforce Contact": dict(before["salesforce Contact"])}
    expected["salesforce Contact"][person] = {**before["salesforce Contact"][person], "Title": TYPED}
    assert crm(box) == expected
    spent = [one["credits"]["charged"] for one in run("sync").document["runs"]]
    assert sum(spent) == 0
    assert different(expected, crm(box)).isdisjoint(written)


class Meddled(Sandbox):
    """A sandbox in which somebody edits every contact right before a request is served."""

    def __init__(self, path: str, method: str = "POST") -> None:
        super().__init__(**WORLD, limits=False)
        self.path, self.method, self.met = re.compile(path), method, 0

    def apps(self) -> tuple[ASGIApp, ASGIApp, ASGIApp]:
        lusha, salesforce, hubspot = super().apps()
        return lusha, self._watched(salesforce), self._watched(hubspot)

    def _watched(self, app: ASGIApp) -> ASGIApp:
        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["method"] == self.method and self.path.fullmatch(scope["path"]):
                self.met += 1
                if self.met == 1:
                    self._meddle()
            await app(scope, receive, send)

        return served

    def _meddle(self) -> None:
        for id in list(self.salesforce.tables["Contact"].rows):
            self.salesforce.edit("Contact", id, Title=TYPED)
        for id in list(self.hubspot.tables["contacts"].rows):
            self.hubspot.edit("contacts", id, jobtitle=TYPED)


def _titles(box: Sandbox, org: str) -> set[str | None]:
    if org == "acme":
        return {row["Title"] for row in box.salesforce.tables["Contact"].rows.values()}
    return {row["properties"].get("jobtitle") for row in box.hubspot.tables["contacts"].rows.values()}


def _strict(config: str) -> None:
    file = Path(config).parent / "mappings" / "salesforce" / "contact.yaml"
    mapping = yaml.safe_load(file.read_text("utf-8"))
    mapping["fields"]["Title"]["guard"] = "strict"
    file.write_text(yaml.safe_dump(mapping, sort_keys=False), "utf-8")


PATHS = {
    "salesforce collections": ("acme", r"/services/data/v68\.0/composite/sobjects/Contact", "POST"),
    "salesforce conditional": ("acme", r"/services/data/v68\.0/sobjects/Contact/\w+", "PATCH"),
    "hubspot batch": ("beta", r"/crm/v3/objects/contacts/batch/read", "POST"),
}


@pytest.mark.parametrize("path", PATHS)
def test_an_edit_between_our_read_and_our_write_survives(path: str, tmp_path: Path) -> None:
    org, pattern, method = PATHS[path]
    with Meddled(pattern, method) as box:
        config = configured(box, tmp_path)
        if path == "salesforce conditional":
            _strict(config)
        with Connector(load_config(Path(config), env=os.environ)) as connector:
            report = connector.sync([org], mapping="contact")
    [ended] = report.ended
    assert box.met > 0
    assert _titles(box, org) == {TYPED}
    assert (report.exit_code, ended.report["status"]) == (3, "done")
    assert ended.report["conflicts"] > 0
    assert ended.report["written"] > 0  # the fields that nobody touched


def test_records_that_somebody_works_on_are_written_on_condition(tmp_path: Path) -> None:
    with Sandbox(**WORLD, limits=False) as box:
        config = configured(box, tmp_path)
        ids = list(box.salesforce.tables["Contact"].rows)
        box.salesforce.edit("Contact", ids[0], Department="Just now")
        with Connector(load_config(Path(config), env=os.environ)) as connector:
            connector.sync(["acme"], mapping="contact")
        single = [one for one in box.salesforce.requests if one.method == "PATCH" and ids[0] in one.path]
        assert {one.headers.get("sforce-auto-assign") for one in single} <= {"FALSE"}
        assert all("if-unmodified-since" in one.headers for one in single)
        written = box.salesforce.tables["Contact"].tally.writes
        assert (ids[0] in written) == bool(single)


def test_mistakes_are_told_in_a_sentence(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    said_here("sync", "acme", "-q", "--config", config)
    for words, code, sentence in (
        (("undo", "99"), 2, "no run 99"),
        (("undo", "2", "--field", "Titel"), 2, "run 2 changed no field 'Titel'"),
        (("undo", "2", "--record", "nobody"), 2, "run 2 changed no record 'nobody'"),
        (("apply", "1"), 2, "run 1 has no changes that wait to be written"),
        (("apply", "x"), 2, "valid int"),
        (("plan", "--buy", "--quote"), 2, "--quote buys nothing and --buy does"),
        (("review", "accept"), 2, "say which entries are meant"),
        (("review", "accept", "4711"), 2, "not on the review list: 4711"),
        (("sync", "--max-same-share", "2"), 2, "is not in the range"),
    ):
        said = said_here(*words, "--config", config)
        assert said.code == code, words
        assert sentence in said.err + said.out, words
        assert "Traceback" not in said.err
