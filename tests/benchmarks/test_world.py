"""The measured world, made from numbers, is the one that an index over everybody would find."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.somebody import number_of_last_name, somebody
from benchmarks.world import Sizes, build
from connector.sandbox.directory import Directory

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SIZES = Sizes(due=30, resting=20, complete=10)
WORLD, NUMBERED = build(SIZES, seed=1, now=NOW)
INDEXED = Directory(WORLD)
SPELLINGS: tuple[Any, ...] = (str, str.upper, str.title)


@given(st.integers(1, 10**7))
def test_a_last_name_tells_the_number(number: int) -> None:
    assert number_of_last_name(somebody(number, 1).last.upper()) == number


@given(st.integers(0, 62), st.sampled_from(SPELLINGS), st.sampled_from(["id", "in", "mail", "domain", "company"]))
def test_people_are_found_by_what_names_them_and_by_nothing_else(number: int, spelt: Any, by: str) -> None:
    one = somebody(number, 1)
    named = {"firstName": spelt(one.first), "lastName": spelt(one.last)}
    item: dict[str, str] = {
        "id": {"id": one.id},
        "in": {"linkedinUrl": f"http://de.{spelt(one.linkedin.removeprefix('https://www.'))}/?x=1"},
        "mail": {"email": spelt(one.email)},
        "domain": {**named, "companyDomain": f"www.{one.domain}"},
        "company": {**named, "companyName": f"{one.company} Ltd"},
    }[by]
    assert NUMBERED.person(item) == INDEXED.person(item) == (one.id if 1 <= number <= 60 else None)


@given(st.text(max_size=8), st.sampled_from(["id", "linkedinUrl", "email", "lastName"]))
def test_words_that_name_nobody_find_nobody(text: str, key: str) -> None:
    item = {key: text, "companyDomain": "firm1.example.com"}
    assert NUMBERED.person(item) == INDEXED.person(item)


def test_the_same_seed_gives_the_same_world_and_one_crm_alone_no_other() -> None:
    again, _ = build(SIZES, seed=1, now=NOW, crm="hubspot")
    assert [*again.hubspot["contacts"]] == [*WORLD.hubspot["contacts"]]
    assert (len(again.people), dict(again.salesforce)) == (60, {})
    kinds = [SIZES.kind(number) for number in range(1, 61)]
    assert [kinds.count(kind) for kind in ("due", "resting", "complete")] == [30, 20, 10]
    enriched = ["lusha_last_enriched" in row["properties"] for row in WORLD.hubspot["contacts"]]
    assert enriched == [kind != "due" for kind in kinds]
    assert [row["Title"] is not None for row in WORLD.salesforce["Contact"] if "Title" in row] == [True] * 10
