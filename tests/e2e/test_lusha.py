"""``lusha-sync lusha …`` as people use it: costs said first, one document with --json, budgets and ledger respected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from connector.sandbox import Sandbox
from tests.e2e.house import Said, configured, lusha_sync


@dataclass
class Desk:
    """One sandbox and its config, asked by hand."""

    box: Sandbox
    config: str
    generation: str

    def ask(self, *words: str) -> Said:
        return lusha_sync("lusha", *words, "--config", self.config)

    def somebody(self) -> tuple[str, str]:
        """(id, e-mail) of a person with e-mails and phones whom Lusha may tell of."""
        return next(
            (id, person.profile["emails"][0]["email"])
            for id, person in self.box.world.people.items()
            if person.profile["emails"] and person.profile["phones"] and not person.restricted
        )

    def domains(self, count: int) -> list[str]:
        return [company.profile["domain"] for company in self.box.world.companies.values()][:count]


@pytest.fixture(scope="module", params=["v3", "v2"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Sandbox(contacts=60, companies=15, limits=False) as box:
        config = Path(configured(box, tmp_path_factory.mktemp("by-hand")))
        text = config.read_text("utf-8").replace("lusha:\n", f"lusha:\n  api_version: {request.param}\n", 1)
        config.write_text(text, "utf-8")
        yield Desk(box, str(config), request.param)


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


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("person", "info@"), "'info@' names no person"),
        (("person",), "that names no person"),
        (("person", "1", "--reveal", "fax"), "--reveal: nothing of a person is called fax"),
        (("company", "a.example", "--org", "nobody"), "no org 'nobody'"),
        (("prospect", "person", "-y"), "prospecting needs at least one filter"),
        (("prospect", "person", "--include", "contacts.departmnts=Sales", "-y"), "did you mean 'departments'?"),
        (("lookalikes", "company", "a.example", "-y"), "5"),
        (("signals", "person", "1", "--type", "promotoin", "-y"), "promotion"),
        (("filters", "company", "technologies"), "query"),
        (("filters", "person", "departmnts"), "departments"),
        (("prospect", "person", "--include", "contacts.departments=Sales", "--size", "5"), "than or equal to 10"),
    ],
)
def test_a_mistake_is_a_usage_error_with_one_message(desk: Desk, words: tuple[str, ...], message: str) -> None:
    spent = desk.box.lusha.used
    said = desk.ask(*words)
    assert said.code == 2, said.err
    assert message in said.err
    assert "Traceback" not in said.err
    assert desk.box.lusha.used == spent


def test_a_wrong_key_is_7_and_an_unreachable_lusha_8(desk: Desk, tmp_path: Path) -> None:
    text = Path(desk.config).read_text("utf-8").replace("state.db", str(tmp_path / "other.db"))
    for name, old, new, code in (
        ("key.yaml", Sandbox.lusha_key, "another-key", 7),
        ("host.yaml", desk.box.lusha_url, "http://127.0.0.1:9", 8),
    ):
        file = Path(desk.config).with_name(name)
        file.write_text(text.replace(old, new), "utf-8")
        said = lusha_sync("lusha", "filters", "person", "departments", "--config", str(file), "--json")
        assert said.code == code
        assert said.document["error"]["exit"] == code


def test_credits_tell_what_was_asked_by_hand(desk: Desk) -> None:
    told = lusha_sync("credits", "--json", "--config", desk.config).document["keys"][0]
    assert {entry["mapping"] for entry in told["by_mapping"]} == {"lusha"}
    assert told["by_datum"]["lookalikes"] > 0
    assert told["balance"] <= desk.box.lusha.remaining
