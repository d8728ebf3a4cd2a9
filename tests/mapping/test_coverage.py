"""How much of what Lusha tells has an option, and the rule that covers the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config.settings import FieldRule
from connector.lusha.words import known_words
from connector.mapping.coverage import country_coverage, coverage, covered, unoffered
from connector.mapping.transforms import check_transform
from connector.models import Dependency, FieldInfo, Option

SENIORITIES = known_words("person", "job_title.seniority")
Steps = tuple[tuple[str, Any], ...]


def field(options: Sequence[str], **more: Any) -> FieldInfo:
    listed = tuple(Option(one, one) for one in options)
    return FieldInfo("Level__c", "Level", "picklist", options=listed, restricted=True, **more)


def rule(*steps: tuple[str, Any], source: str = "job_title.seniority") -> FieldRule:
    return FieldRule(source, transforms=steps)


def test_words_are_reached_missing_or_left_out() -> None:
    found = coverage("person", field(["Vice President", "Directors", "Other"]), rule(("picklist", {"Entry": None})))
    assert found is not None
    assert {word: option.value for word, option in found.reached.items()} == {
        "Vice President": "Vice President", "Other": "Other"
    }  # fmt: skip
    assert "Entry" not in found.missing and found.missing["Director"] == "Director"
    assert {word: one.option.value for word, one in found.proposals.items()} == {"Director": "Directors"}


@pytest.mark.parametrize("kind", ["text", "boolean"])
def test_a_field_without_options_has_nothing_to_cover(kind: Any) -> None:
    assert coverage("person", FieldInfo("Level__c", "Level", kind), rule()) is None
    assert coverage("person", field(["a"]), rule(source="job_title.title")) is None


def test_a_map_comes_last_but_before_words_are_joined_or_cut() -> None:
    info = field(["Sales", "Legal Affairs"])
    joined = rule(("join", "; "), source="job_title.departments")
    found = coverage("person", info, joined)
    assert found is not None
    [(name, words), last] = covered(joined, info, found).transforms
    assert (name, last) == ("picklist", ("join", "; "))
    assert words["Legal"] == "Legal Affairs" and words["Finance"] is None and "Sales" not in words


def test_a_map_that_stands_is_kept_and_mended_where_it_leads_to_no_option() -> None:
    info = field(["Chief", "Directors"])
    mapped = rule(("picklist", {"c-suite": "Boss", "Partner": "Chief"}))
    found = coverage("person", info, mapped)
    assert found is not None and found.missing["c-suite"] == "Boss"
    [(_, words)] = covered(mapped, info, found).transforms
    assert words["Partner"] == "Chief" and words["Director"] == "Directors"
    assert "Boss" not in words.values()


STEPS = st.sampled_from(
    [(), (("title_case", None),), (("join", ", "),), (("text", 40),), (("title_case", None), ("text", 30))]
)
MAPS = st.dictionaries(st.sampled_from(SENIORITIES), st.sampled_from(["Boss", "Lead", None, *SENIORITIES]), max_size=4)


@given(
    options=st.lists(st.sampled_from([*SENIORITIES, "Directors", "VP", "Lead"]), min_size=1, max_size=8, unique=True),
    steps=STEPS,
    given_map=MAPS,
)
def test_the_rule_that_is_offered_covers_every_word(
    options: list[str], steps: Steps, given_map: dict[str, Any]
) -> None:
    info = field(options)
    asked = rule(*([("picklist", given_map)] if given_map else []), *steps)
    found = coverage("person", info, asked)
    assert found is not None
    remedy = covered(asked, info, found)
    assert not any(check_transform(*step) for step in remedy.transforms)
    mended = coverage("person", info, remedy)
    assert mended is not None and not mended.missing
    assert found.reached.items() <= mended.reached.items()


def test_a_record_type_that_does_not_offer_an_option_is_told_by_its_name() -> None:
    types = Dependency("RecordTypeId", {"": ("Other", "Partner"), "012A": ("Other",)}, {"012A": "Reseller"})
    other = Dependency("Region__c", {"EU": ()})
    info = field(["Other", "Partner"], depends=(types, other))
    found = coverage("person", info, rule())
    assert found is not None
    assert list(unoffered(info, found)) == [("Reseller", ("Partner",))]


def test_countries_are_read_as_a_run_reads_them() -> None:
    info = field(["USA", "UK", "Deutschland", "Republic of Turkiye (TR)", "Worldwide"])
    found = country_coverage(info, rule(source="location.country"))
    assert found is not None
    assert {found.reached[name].value for name in ("United States", "United Kingdom", "Germany")} == {
        "USA", "UK", "Deutschland"
    }  # fmt: skip
    assert "France" in found.missing
    assert country_coverage(info, rule(source="location.city")) is None
    assert country_coverage(field([]), rule(source="location.country")) is None
