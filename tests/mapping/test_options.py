"""Options: what a word means exactly, what is only likely, and what has none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.lusha.words import known_words
from connector.mapping.options import find_option, match_options
from connector.models import FieldInfo, Option


def field(*options: tuple[str, str]) -> FieldInfo:
    return FieldInfo("Level", "Level", "picklist", options=tuple(Option(*option) for option in options))


SENIORITY = field(("c_level", "C-Level"), ("vp", "Vice-President"), ("mgr", "Manager"), ("senior", "Senior"))


def test_value_and_label_fit_without_regard_to_case() -> None:
    found = match_options(SENIORITY, ["MANAGER", "mgr", "Senior"])
    assert {word: option.value for word, option in found.fits.items()} == {
        "MANAGER": "mgr", "mgr": "mgr", "Senior": "senior",
    }  # fmt: skip
    assert not found.proposals
    assert found.without == ()


def test_likely_options_are_proposed_with_their_score_and_the_rest_is_named() -> None:
    found = match_options(SENIORITY, ["Vice President", "Intern"])
    assert found.proposals["Vice President"].option.value == "vp"
    assert 70 <= found.proposals["Vice President"].score <= 100
    assert found.without == ("Intern",)


def test_a_part_of_the_words_is_enough_to_propose() -> None:
    departments = field(("Engineering", "Engineering"), ("Healthcare", "Healthcare"), ("Research", "Research"))
    found = match_options(departments, known_words("person", "job_title.departments"))
    assert found.proposals["Engineering & Technical"].option.value == "Engineering"
    assert found.proposals["Research & Analytics"].option.value == "Research"
    assert "Sales" in found.without


def test_an_option_that_is_lushas_own_word_is_not_proposed_for_another() -> None:
    found = match_options(SENIORITY, known_words("person", "job_title.seniority"))
    assert found.fits["Manager"].value == "mgr"
    assert "Non-Manager" in found.without


def test_without_options_no_word_has_any() -> None:
    assert match_options(FieldInfo("A", "A", "text"), ["x", "y", "x"]).without == ("x", "y")


WORDS = st.lists(st.text(max_size=12), max_size=6)


@given(WORDS, st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=8)), max_size=5))
def test_every_word_is_in_one_of_three_and_what_fits_is_what_is_written(
    words: list[str], options: list[tuple[str, str]]
) -> None:
    info = field(*options)
    found = match_options(info, words)
    assert sorted([*found.fits, *found.proposals, *found.without]) == sorted(set(words))
    assert all(find_option(info, word) == option for word, option in found.fits.items())
    assert not any(find_option(info, word) for word in (*found.proposals, *found.without))


@pytest.mark.parametrize(
    ("word", "option"),
    [
        ("Finance", "FINANCIAL_SERVICES"),
        ("Transportation, Logistics, Supply Chain & Storage", "LOGISTICS_AND_SUPPLY_CHAIN"),
        ("E-commerce", "ECOMMERCE"),
        ("Organizations", None),  # as many letters of ANIMATION are no likeness
        ("Government", None),  # one of two that are as likely
        ("", None),
    ],
)
def test_words_count_not_letters_and_of_two_that_are_as_likely_neither_is_proposed(
    word: str, option: str | None
) -> None:
    values = ("ANIMATION", "ECOMMERCE", "FINANCIAL_SERVICES", "GOVERNMENT_ADMINISTRATION", "GOVERNMENT_RELATIONS",
              "INSURANCE", "LOGISTICS_AND_SUPPLY_CHAIN", "TRANSPORTATION_TRUCKING_RAILROAD")  # fmt: skip
    proposal = match_options(field(*((value, value) for value in values)), [word]).proposals.get(word)
    assert (proposal.option.value if proposal else None) == option
