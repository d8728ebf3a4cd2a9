"""What to ask Lusha for next, as a table; what it costs at worst; and whether the answer is the right person's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.config.settings import FieldRule
from connector.engine.buying import Held, Step, cost, doubt_about, moved, next_step
from connector.engine.select import Due, select
from connector.lusha.prices import PriceList
from connector.mapping.similarity import name_score
from connector.models import Entity, Profile
from connector.store.records import RecordState
from tests.engine.house import START, House, row

SINCE = START - timedelta(days=90)
OLD, YOUNG = SINCE - timedelta(seconds=1), SINCE


def held(offers: dict[str, int] | None, seen: datetime = YOUNG, entity: Entity = "person", **bought: datetime) -> Held:
    return Held(Profile(entity, "7", {}, frozenset(bought), offers), seen, bought)


SEARCH, READY = Step("search"), Step("ready")


def enrich(*reveal: str) -> Step:
    return Step("buy", frozenset(reveal))


BOTH = {"emails": 1, "phones": 5}
TABLE: list[tuple[str, Held | None, set[str], bool, Step]] = [
    ("unknown", None, {"preview", "emails"}, False, SEARCH),
    ("unknown, nothing needed", None, set(), False, SEARCH),
    ("known, something to reveal", None, {"preview", "emails"}, True, enrich("emails")),
    ("known, the preview is enough", None, {"preview"}, True, SEARCH),
    ("known, nothing needed", None, set(), True, SEARCH),
    ("young preview, enough", held(BOTH), {"preview"}, True, READY),
    ("old preview", held(BOTH, OLD), {"preview"}, True, SEARCH),
    ("offered and needed", held(BOTH), {"emails", "phones"}, True, enrich("emails", "phones")),
    ("offered and not needed", held(BOTH), {"phones"}, True, enrich("phones")),
    ("needed and not offered", held({"emails": 1}), {"phones"}, True, READY),
    ("needed and one of them offered", held({"emails": 1}), {"emails", "phones"}, True, enrich("emails")),
    ("needed, not offered, old", held({}, OLD), {"phones"}, True, enrich("phones")),
    ("bought young enough", held({}, emails=YOUNG), {"emails"}, True, READY),
    ("bought too long ago, not offered", held({}, emails=OLD), {"emails"}, True, READY),
    ("bought too long ago, offered again", held({"emails": 0}, emails=OLD), {"emails"}, True, enrich("emails")),
    ("held without offers", held(None), {"phones"}, True, enrich("phones")),
    ("free with what is paid already", held({"emails": 0}), {"profile"}, True, enrich("emails")),
    ("free with one of two", held({"emails": 0, "phones": 0}), {"profile"}, True, enrich("emails")),
    ("never paid for what is free", held(BOTH), {"profile"}, True, READY),
    ("had what is free", held({"emails": 0}, profile=YOUNG), {"profile"}, True, READY),
]


@pytest.mark.parametrize(
    ("have", "needed", "known", "step"), [case[1:] for case in TABLE], ids=[case[0] for case in TABLE]
)
def test_the_next_step(have: Held | None, needed: set[str], known: bool, step: Step) -> None:
    assert next_step(have, frozenset(needed), SINCE, known=known, entity="person") == step


@pytest.mark.parametrize(
    ("have", "needed", "step"),
    [
        (None, {"company"}, enrich("company")),
        (None, {"company", "intent"}, enrich("company", "intent")),
        (held({"company": 1}, entity="company"), {"preview"}, READY),
        (held({"company": 1}, entity="company"), {"company"}, enrich("company")),
        (held({"company": 1, "intent": 1}, entity="company"), {"intent"}, enrich("intent")),
        (held({}, entity="company", company=YOUNG), {"company"}, READY),
    ],
)
def test_the_next_step_for_a_company(have: Held | None, needed: set[str], step: Step) -> None:
    assert next_step(have, frozenset(needed), SINCE, known=True, entity="company") == step


def test_without_stale_after_nothing_is_too_old() -> None:
    ancient = held({}, START - timedelta(days=9_999), emails=START - timedelta(days=9_999))
    assert next_step(ancient, frozenset({"emails"}), None, known=True, entity="person") == READY


@pytest.mark.parametrize(
    ("entity", "reveal", "offers", "credits"),
    [
        ("person", {"emails"}, None, 1),
        ("person", {"emails", "phones"}, None, 6),
        ("person", {"emails", "phones"}, {"emails": 0, "phones": 3}, 5),
        ("person", {"phones"}, {"emails": 1, "phones": 5}, 5),
        ("person", set(), None, 0),
        ("company", {"intent"}, None, 2),
        ("company", {"company"}, None, 1),
        ("company", {"intent"}, {"company": 1, "intent": 4}, 5),
        ("company", {"intent"}, {"company": 0, "intent": 4}, 4),
    ],
)
def test_what_a_reveal_costs_at_worst(
    entity: Entity, reveal: set[str], offers: dict[str, int] | None, credits: int
) -> None:
    assert cost(PriceList(), entity, reveal, offers) == credits


def due_of(folder: Path, **values: object) -> tuple[House, Due]:
    house = House(folder, rows=[row(1, **values)])
    [[due]] = list(select(house.context()))
    return house, due


@pytest.mark.parametrize("name", ["Adab Byronb", "Byronb, Adab", "Dr. Adab M. Byronb", ""])
def test_an_answer_about_this_person_is_not_doubted(tmp_path: Path, name: str) -> None:
    house, due = due_of(tmp_path)
    assert doubt_about(house.compiled, due, Profile("person", "7", {"full_name": name})) is None


def test_an_answer_about_somebody_else_is_doubted_in_figures(tmp_path: Path) -> None:
    house, due = due_of(tmp_path)
    somebody = {"full_name": "Grace Hopper"}
    score = name_score("Adab Byronb", "Grace Hopper")
    words = f"the names agree to {score} of 100, 80 is asked"
    assert doubt_about(house.compiled, due, Profile("person", "7", somebody)) == words


def test_a_record_without_a_name_is_not_doubted(tmp_path: Path) -> None:
    house, due = due_of(tmp_path, FirstName=None, LastName=None, Email="ada1@acme.example")
    assert doubt_about(house.compiled, due, Profile("person", "7", {"full_name": "Grace Hopper"})) is None


AWAY = Profile(
    "person",
    "1001",
    {
        "full_name": "Adab Byronb",
        "company": {"name": "Globex", "domain": "globex.example"},
        "previous_job": {"company": {"name": "Initech"}},
    },
)
NAMESAKE = "found by name alone: Lusha knows this name at Globex, the record says Acme"


def test_a_namesake_is_doubted_unless_the_record_was_asked_for_by_what_is_its_own(tmp_path: Path) -> None:
    house, due = due_of(tmp_path)
    assert doubt_about(house.compiled, due, AWAY) == NAMESAKE
    there = Profile("person", "1001", {**AWAY.attributes, "previous_job": {"company": {"name": "Acme"}}})
    assert doubt_about(house.compiled, due, there) is None
    (tmp_path / "mail").mkdir()
    house, due = due_of(tmp_path / "mail", Email="ada1@acme.example")
    assert doubt_about(house.compiled, due, AWAY) is None


@pytest.mark.parametrize(
    ("state", "doubted"),
    [
        ({}, False),
        ({"outcome": "conflict"}, False),
        ({"fingerprint": ""}, False),
        ({"outcome": "review"}, True),
        ({"outcome": "no_match"}, True),
        ({"lusha_id": "1002"}, True),
        ({"fingerprint": "another"}, True),
    ],
)
def test_who_was_matched_before_has_changed_the_job(tmp_path: Path, state: dict[str, Any], doubted: bool) -> None:
    house, due = due_of(tmp_path)
    kept = {"lusha_id": "1001", "fingerprint": f"old {due.fingerprint}", "outcome": "matched", **state}
    before = RecordState("c00001", reason=None, last_enriched=START, **kept)
    due = replace(due, state=before)
    assert doubt_about(house.compiled, due, AWAY) == (NAMESAKE if doubted else None)


def test_a_company_of_another_name_is_doubted_until_it_was_matched(tmp_path: Path) -> None:
    ways = ({"domain": "Email"}, {"name": "Company"})
    rows = [row(1, Email="acme.example", Company="Initech")]
    house = House(tmp_path, rows=rows, identify=ways, entity="company", fields={"Title": FieldRule("industry")})
    [[due]] = list(select(house.context()))
    globex = Profile("company", "7", {"name": "Globex Holdings", "domain": "acme.example"})
    words = "found by domain acme.example, but Lusha calls it 'Globex Holdings' and the record 'Initech'"
    assert doubt_about(house.compiled, due, globex) == words
    before = RecordState("c00001", "7", due.fingerprint, "matched", None, START)
    assert doubt_about(house.compiled, replace(due, state=before), globex) is None


@pytest.mark.parametrize(
    ("values", "company", "away"),
    [
        ({"Company": "Acme"}, {"name": "Acme Inc."}, False),
        ({"Company": "Acme"}, {"name": "Globex"}, True),
        ({"Company": "Acme"}, {}, False),
        ({"Company": None, "Email": "ada@acme.example"}, {"domain": "globex.example"}, True),
        ({"Company": None, "Email": "ada@acme.example"}, {"domain": "mail.acme.example"}, False),
        ({"Company": None, "Email": "ada@gmail.com"}, {"domain": "globex.example"}, False),
        ({"Company": "Acme", "Email": "ada@globex.example"}, {"domain": "globex.example", "name": "Globex"}, True),
    ],
)
def test_whether_somebody_moved(tmp_path: Path, values: dict[str, object], company: dict[str, str], away: bool) -> None:
    _, due = due_of(tmp_path, **values)
    assert moved(due, Profile("person", "7", {"company": company})) == away
    assert not moved(due, Profile("company", "7", {"company": company}))
