"""``lusha-sync lusha …`` as people use it: costs said first, one document with --json, budgets and ledger respected."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from connector.sandbox import Sandbox
from tests.e2e.house import Said, configured, said_here


@dataclass
class Desk:
    """One sandbox and its config, asked by hand."""

    box: Sandbox
    config: str
    generation: str

    def ask(self, *words: str, stdin: str | None = None) -> Said:
        return said_here("lusha", *words, "--config", self.config, stdin=stdin)

    def people(self, count: int) -> list[tuple[str, str]]:
        """(id, e-mail) of people with e-mails and phones whom Lusha may tell of."""
        return [
            (id, person.profile["emails"][0]["email"])
            for id, person in self.box.world.people.items()
            if person.profile["emails"] and person.profile["phones"] and not person.restricted
        ][:count]

    def somebody(self) -> tuple[str, str]:
        """The first of them."""
        return self.people(1)[0]

    def domains(self, count: int) -> list[str]:
        return [company.profile["domain"] for company in self.box.world.companies.values()][:count]


@pytest.fixture(scope="module", params=["v3", "v2"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with opened(request.param, tmp_path_factory.mktemp("by-hand")) as desk:
        yield desk


@pytest.fixture
def fresh_desk(desk: Desk, tmp_path: Path) -> Iterator[Desk]:
    """One whose account was not asked yet: it answers five times a minute, and what it does not say is estimated."""
    with opened(desk.generation, tmp_path) as fresh:
        yield fresh


@contextmanager
def opened(generation: str, folder: Path) -> Iterator[Desk]:
    with Sandbox(contacts=60, companies=15, limits=False) as box:
        config = Path(configured(box, folder))
        text = config.read_text("utf-8").replace("lusha:\n", f"lusha:\n  api_version: {generation}\n", 1)
        config.write_text(text, "utf-8")
        yield Desk(box, str(config), generation)


def test_filters_and_usage_are_free(desk: Desk) -> None:
    spent = desk.box.lusha.used
    filters = desk.ask("filters", "company", "--json").document["filters"]
    assert {"name": "technologies", "needs_query": True} in filters
    assert desk.ask("filters", "person", "departments", "--json").document["values"]
    assert "allSignals" in desk.ask("filters", "person", "--signals").out
    usage = desk.ask("usage", "--json").document
    assert usage["credits"]["remaining"] == desk.box.lusha.remaining
    assert desk.box.lusha.used == spent


def test_nothing_is_spent_where_nobody_agrees(desk: Desk) -> None:
    spent = desk.box.lusha.used
    said = desk.ask("person", desk.somebody()[1], "--reveal", "emails,phones")
    assert said.code == 2
    assert f"This costs at most {7 if desk.generation == 'v3' else 6} credits." in said.err
    assert "--yes" in said.err
    assert desk.box.lusha.used == spent


def test_a_person_is_bought_once_and_the_ledger_has_it(desk: Desk) -> None:
    id, email = desk.somebody()
    before = desk.box.lusha.used
    told = desk.ask("person", email, "--reveal", "phones", "--yes", "--json").document
    assert told["profile"]["id"] == id
    assert told["profile"]["attributes"]["phones"]
    assert told["credits"]["charged"] == desk.box.lusha.used - before > 0
    again = desk.ask("person", id, "--reveal", "phones", "--json").document
    assert (again["saved"], again["credits"]["charged"]) == (True, 0)
    shown = desk.ask("person", id, "--reveal", "phones")
    assert told["profile"]["attributes"]["phones"][0]["number"] in shown.out
    assert "from the state file" in shown.out


def test_the_raw_answer_is_there_when_asked_for(desk: Desk) -> None:
    told = desk.ask("company", desk.domains(1)[0], "--yes", "--json", "--raw").document
    assert told["profile"]["raw"]
    assert told["profile"]["attributes"]["name"]


def test_signals_lookalikes_and_prospecting(desk: Desk) -> None:
    domains = desk.domains(5)
    told = desk.ask("signals", "company", *domains, "--since", "2025-01-01", "--yes", "--json").document
    assert [item["asked"] for item in told["items"]] == domains
    assert any(item["signals"] for item in told["items"])
    alike = desk.ask("lookalikes", "company", *domains, "--limit", "3", "--yes", "--json").document
    assert 0 < len(alike["results"]) <= 3
    more = desk.ask("lookalikes", "company", *domains, "--limit", "3", "--session", alike["session"], "-y", "--json")
    names = [profile["attributes"]["name"] for profile in alike["results"]]
    assert not {profile["attributes"]["name"] for profile in more.document["results"]} & set(names)
    found = desk.ask("prospect", "person", "--include", "contacts.departments=Sales", "--size", "10", "-y", "--json")
    assert 0 < len(found.document["results"]) <= 10


def test_the_same_question_is_answered_from_the_state_file(desk: Desk) -> None:
    words = ("lookalikes", "company", *desk.domains(6), "--limit", "2")
    first = desk.ask(*words, "--yes", "--json").document
    spent = desk.box.lusha.used
    again = desk.ask(*words, "--json").document
    assert (again["saved"], again["results"], again["credits"]["charged"]) == (True, first["results"], 0)
    assert "from the state file, bought before; --anew asks again" in desk.ask(*words).out
    assert desk.box.lusha.used == spent
    assert desk.ask(*words, "--anew").code == 2  # it costs again, and nobody agreed


def test_signals_of_ids_and_other_words_with_one_that_nobody_knows(desk: Desk) -> None:
    [(first, _), (second, email), (third, _)] = desk.people(3)
    asked = [first, "nobody@nowhere.example", third, email, first]
    told = desk.ask("signals", "person", *asked, "--since", "2024-01-01", "--yes", "--json")
    assert told.code == 0, told.err
    items = told.document["items"]
    assert [item["asked"] for item in items] == asked
    assert [item["id"] for item in items] == [first, None, third, second, first]
    assert items[1]["error"] == ("NOT_FOUND" if desk.generation == "v3" else "NO_ANSWER")


def test_what_prospecting_found_can_be_revealed_as_it_says(fresh_desk: Desk) -> None:
    desk = fresh_desk
    name = "existingDataPoints" if desk.generation == "v3" else "existing_data_points"
    filters = ("prospect", "person", "--include", f"contacts.{name}=phone", "--size", "10")
    found = desk.ask(*filters, "--yes", "--json").document
    ids, search = [profile["id"] for profile in found["results"][:2]], found["request_id"]
    command = ["enrich", "person", *([search] if search else [])]
    assert f"lusha-sync lusha {' '.join(command)} ID … --reveal emails,phones" in " ".join(
        desk.ask(*filters).out.split()
    )
    before = desk.box.lusha.used
    told = desk.ask(*command, *ids, "--reveal", "phones", "--yes", "--json").document
    assert [item["asked"] for item in told["items"]] == ids
    assert all(item["profile"]["attributes"]["phones"] for item in told["items"])
    assert told["credits"]["charged"] == desk.box.lusha.used - before
    again = desk.ask(*command, *ids, "--reveal", "phones")
    assert again.code == 0, again.err
    assert told["items"][1]["profile"]["attributes"]["phones"][0]["number"] in again.out
    assert "from the state file" in again.out
    assert "charged 0 credits" in again.out


def test_who_is_meant_can_come_on_stdin(desk: Desk) -> None:
    domains = desk.domains(3)
    lines = "".join(f"{domain}\n" for domain in domains)
    refused = desk.ask("signals", "company", "-", "--type", "riskNews", stdin=lines)
    assert refused.code == 2
    assert "Stdin carried who is meant, so nobody can agree there" in refused.err
    assert "add --yes" in refused.err
    told = desk.ask("signals", "company", "-", "--type", "riskNews", "--yes", "--json", stdin=lines)
    assert [item["asked"] for item in told.document["items"]] == domains
    empty = desk.ask("person", "-", "--yes", "--json", stdin="")
    assert empty.document["error"]["message"] == "'-' means stdin, and nothing came there"


def test_the_first_interrupt_ends_the_question_of_the_cost(desk: Desk) -> None:
    spent = desk.box.lusha.used
    words = ("lusha", "person", "unasked@nowhere.example", "--reveal", "phones", "--json", "--config", desk.config)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "connector", *words], stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stderr
        asked = read_until(process.stderr, b"Go on?")
        process.send_signal(signal.SIGINT)
        out = process.stdout.read()
        assert process.wait(timeout=30) == 130
    os.close(ours)
    os.close(theirs)
    assert b"This costs at most" in asked
    document = json.loads(out)
    assert document["error"] == {
        "exit": 130, "message": "interrupted: not asked; nothing was spent", "hint": None
    }  # fmt: skip
    assert desk.box.lusha.used == spent


def read_until(stream: IO[bytes], words: bytes) -> bytes:
    """What a process says up to these words; within 30 seconds."""
    said = b""
    while words not in said:
        assert select.select([stream], [], [], 30)[0], said
        part = os.read(stream.fileno(), 1000)
        assert part, said
        said += part
    return said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("person", "info@"), "'info@' names no person"),
        (("person",), "that names no person"),
        (("person", "1", "--reveal", "fax"), "nothing of a person that can be revealed is called fax"),
        (("company", "a.example", "--org", "nobody"), "no org 'nobody'"),
        (("prospect", "person", "-y"), "prospecting needs at least one filter"),
        (("prospect", "person", "--include", "contacts.departmnts=Sales", "-y"), "did you mean 'departments'?"),
        (("lookalikes", "company", "a.example", "-y"), "lookalikes need 5 different seeds or more, not 1"),
        (("signals", "person", "1", "--type", "promotoin", "-y"), "did you mean 'promotion'?"),
        (("signals", "person", *map(str, range(1, 102)), "-y"), "signals are told of 1 to 100 at once, not of 101"),
        (("enrich", "person", "1", "-y"), "API V2 takes the request id of a search, then ids of its results"),
        (("filters", "company", "technologies"), "the values of filter 'technologies' "),
        (("filters", "person", "departmnts"), "did you mean 'departments'?"),
        (("prospect", "person", "--include", "contacts.departments=Sales", "--size", "5"), "is not in the range"),
    ],
)
def test_a_mistake_is_a_usage_error_with_one_message(desk: Desk, words: tuple[str, ...], message: str) -> None:
    if words[0] == "enrich" and desk.generation == "v3":
        message = "nothing of these people is to be revealed"
    spent = desk.box.lusha.used
    said = said_here("lusha", *words, "--config", desk.config)
    assert said.code == 2, said.err
    assert message in said.err
    assert "Traceback" not in said.err
    assert desk.box.lusha.used == spent


def test_what_this_generation_never_tells_is_a_usage_error(desk: Desk) -> None:
    told = desk.ask("company", desk.domains(1)[0], "--reveal", "competitors", "--yes", "--json")
    if desk.generation == "v3":
        assert told.code == 0
    else:
        assert told.code == 2
        assert told.document["error"]["message"] == "Lusha's API V2 never tells competitors of a company"


def test_a_wrong_key_is_7_and_an_unreachable_lusha_8(desk: Desk, tmp_path: Path) -> None:
    text = Path(desk.config).read_text("utf-8").replace("state.db", str(tmp_path / "other.db"))
    for name, old, new, code in (
        ("key.yaml", Sandbox.lusha_key, "another-key", 7),
        ("host.yaml", desk.box.lusha_url, "http://127.0.0.1:9", 8),
    ):
        file = Path(desk.config).with_name(name)
        file.write_text(text.replace(old, new), "utf-8")
        said = said_here("lusha", "filters", "person", "departments", "--config", str(file), "--json")
        assert said.code == code
        assert said.document["error"]["exit"] == code


def test_credits_tell_what_was_asked_by_hand(desk: Desk) -> None:
    desk.ask("lookalikes", "company", *desk.domains(6), "--limit", "2", "--yes")
    told = said_here("credits", "--json", "--config", desk.config).document["keys"][0]
    assert {entry["mapping"] for entry in told["by_mapping"]} == {"lusha"}
    assert told["by_datum"]["lookalikes"] > 0
    assert told["balance"] <= desk.box.lusha.remaining
