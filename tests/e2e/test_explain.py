"""``history`` and ``show`` as a person types them, after a sync, a plan applied and an undo against a sandbox."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox import Sandbox
from tests.e2e.house import Said, configured, said_here


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state file with four runs in it: a sync, a plan, the plan applied, and a part of the sync undone."""
    folder = tmp_path_factory.mktemp("explain")
    with Sandbox(contacts=60, companies=15, limits=False) as box:
        config = configured(box, folder)
        for words in (
            ("sync", "acme", "--mapping", "contact", "--limit", "20"),
            ("plan", "acme", "--mapping", "account", "--buy", "--limit", "5"),
            ("apply", "2"),
            ("undo", "1", "--field", "Title"),
        ):
            said = said_here(*words, "-q", "--config", config)
            assert said.code in (0, 3), said.err
    yield folder  # the sandbox is gone: whatever follows asks no vendor anything


def say(stage: Path, *words: str) -> Said:
    return said_here(*words, "--config", str(stage / "config.yaml"))


def rows(stage: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(stage / "state.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def undone(stage: Path) -> str:
    """A record whose title was filled and given back."""
    return str(rows(stage, "SELECT record FROM journal WHERE run = 4 AND state = 'written'")[0][0])


def test_the_history_of_a_record_tells_both_runs_its_cost_and_what_stays_undone(stage: Path) -> None:
    said = say(stage, "history", "acme", "contact", undone(stage))
    assert said.code == 0, said.err
    assert f"acme Contact {undone(stage)}: matched, Lusha id " in said.out
    assert "undone by run 4" in said.out
    assert "Title: undone by run 4: not written again" in said.out
    assert "run 1 on 20" in said.out
    (title,) = rows(
        stage, f"SELECT after FROM journal WHERE run = 1 AND record = '{undone(stage)}' AND field = 'Title'"
    )
    assert f"(blank) → {title[0].strip(chr(34))}" in said.out


def test_what_the_history_says_of_cost_adds_up_to_what_the_run_was_charged(stage: Path) -> None:
    bills: dict[tuple[str, str], float] = {}
    for (record,) in rows(stage, "SELECT DISTINCT record FROM journal WHERE run = 2"):
        document = say(stage, "history", "acme", "ACCOUNT", record, "--json").document
        for change in document["changes"]:
            if change["paid"]:
                bills[record, change["paid"]["datum"]] = change["paid"]["credits"]
    [[charged]] = rows(stage, "SELECT sum(charged) FROM ledger WHERE run = 2")
    assert sum(bills.values()) == pytest.approx(charged)


def test_documents_name_nobody_unless_asked(stage: Path) -> None:
    record = undone(stage)
    after = [value.strip('"') for (value,) in rows(stage, f"SELECT after FROM journal WHERE record = '{record}'")]
    personal = [value for value in after if value != "null" and not value.isdigit() and not value.startswith("20")]
    for words in (("history", "acme", "Contact", record), ("show", "1", "--record", record), ("show", "1")):
        without = say(stage, *words, "--json").out
        assert not [value for value in personal if value in without]
    for words in (("history", "acme", "Contact", record), ("show", "1", "--record", record), ("show", "1")):
        asked = say(stage, *words, "--json", "--values").out
        assert [value for value in personal if value in asked]


def test_one_run_shows_a_record_with_its_values(stage: Path) -> None:
    said = say(
        stage, "show", "3", "--record", rows(stage, "SELECT record FROM journal WHERE run = 2")[0][0], "--record", "x"
    )
    assert said.code == 0, said.err
    assert "run 3 (apply 2): acme account" in said.out
    assert "3 (plan 2)" in said.out
    assert "run 3 changed nothing of it" in said.out


def test_a_spreadsheet_has_every_change_of_the_run_once(stage: Path) -> None:
    said = say(stage, "show", "1", "--csv")
    lines = list(csv.DictReader(io.StringIO(said.out)))
    assert len(lines) == rows(stage, "SELECT count(*) FROM journal WHERE run = 1")[0][0] > 20
    assert {(line["run"], line["org"], line["object"]) for line in lines} == {("1", "acme", "Contact")}
    assert [line for line in lines if line["after"].startswith("+")]
    one = list(csv.DictReader(io.StringIO(say(stage, "show", "1", "--csv", "--record", undone(stage)).out)))
    assert one == [line for line in lines if line["record"] == undone(stage)]


def test_runs_tell_what_each_was(stage: Path) -> None:
    told = say(stage, "runs", "--json").document["runs"]
    assert [(run["run"], run["kind"], run["about"]) for run in told] == [
        (4, "undo", 1), (3, "apply", 2), (2, "plan", None), (1, "sync", None),
    ]  # fmt: skip
    assert "undo 1" in say(stage, "runs").out
    shown = say(stage, "show", "4", "--json").document
    assert (shown["kind"], shown["about"]) == ("undo", 1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("history", "acm", "Contact", "x"), "did you mean 'acme'?"),
        (("history", "acme", "Contcat", "x"), "did you mean 'Contact'?"),
        (("history", "beta", "Opportunity", "x"), "objects: companies, contacts"),
        (("history", "acme", "Contact"), "ID"),
        (("show", "99", "--csv"), "no run 99"),
        (("show", "1", "--csv", "--json"), "--csv and --json both print to stdout"),
    ],
)
def test_a_mistake_gets_one_message(stage: Path, words: tuple[str, ...], message: str) -> None:
    said = say(stage, *words)
    assert said.code == 2
    assert message in said.err
    assert "run,written_by" not in said.out


def test_a_record_that_was_never_touched_is_no_mistake(stage: Path) -> None:
    said = say(stage, "history", "acme", "Contact", "003000000000000AAA")
    assert (said.code, "never touched this record" in said.out) == (0, True)
    document = say(stage, "history", "acme", "Contact", "003000000000000AAA", "--json").document
    assert (document["changes"], document["outcome"]) == ([], None)


def test_a_salesforce_id_of_15_letters_finds_what_the_one_of_18_finds(stage: Path) -> None:
    record = undone(stage)
    for words in (("history", "acme", "contact"), ("show", "1", "--json", "--record"), ("show", "1", "--record")):
        assert say(stage, *words, record[:15]).out == say(stage, *words, record).out != ""
    [[proposed]] = rows(stage, "SELECT record FROM suggestions WHERE org = 'acme' LIMIT 1") or [[record]]
    words = ("review", "--json", "--record")
    assert say(stage, *words, proposed[:15]).document == say(stage, *words, proposed).document


@pytest.mark.parametrize(
    ("org", "hint"),
    [
        ("acme", "an id of Salesforce is 15 or 18 letters and digits"),
        ("beta", "an id of HubSpot is digits alone"),
    ],
)
@pytest.mark.parametrize("command", [("sync",), ("plan",), ("plan", "--buy"), ("plan", "--quote")])
def test_what_can_be_no_record_is_refused_before_anybody_is_asked(
    stage: Path, org: str, hint: str, command: tuple[str, ...]
) -> None:
    said = say(stage, command[0], org, *command[1:], "--record", "garbage!", "--json")
    assert (said.code, said.document["error"]["message"]) == (2, f"'garbage!' can be no record of {org}")
    assert said.document["error"]["hint"] == hint
