"""Each transform: its own fixed point, one value for all spellings of it, and nothing made up."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.fitting import REGION, Unfit, alike, fit
from connector.mapping.transforms import TRANSFORMS
from connector.mapping.values import untouched
from connector.models import FieldInfo, Option, Value

TEXT = FieldInfo("Note", "Note", "text")
COUNTRY = FieldInfo("Land", "Country", "picklist", restricted=True, options=tuple(
    Option(value, label) for value, label in
    [("usa", "United States of America"), ("D", "Deutschland"), ("UK-E", "England"), ("UK-S", "Scotland")]
))  # fmt: skip
STATE = FieldInfo("Region", "State", "picklist", restricted=True, options=tuple(
    Option(value, label) for value, label in [
        ("BY", "Bayern"), ("US-CA", "California (US)"), ("WA", "Western Australia"),
    ]
))  # fmt: skip


def fitted(value: Any, *transforms: tuple[str, Any], info: FieldInfo = TEXT, region: str | None = None) -> Value:
    return fit(value, info, transforms, context={REGION: region})


def refusal(value: Any, *transforms: tuple[str, Any], info: FieldInfo = TEXT, region: str | None = None) -> str:
    with pytest.raises(Unfit) as unfit:
        fitted(value, *transforms, info=info, region=region)
    return unfit.value.reason


@pytest.mark.parametrize(
    ("argument", "value", "spelled"),
    [
        (None, "us", "United States"),
        (None, "United States", "United States"),
        (None, "Türkiye", "Turkey"),
        ("name", "DEU", "Germany"),
        ("alpha_2", "Germany", "DE"),
        ("alpha_3", "Germany", "DEU"),
        ("alpha_2", ["Germany", "Atlantis", "France"], "DE; FR"),
    ],
)
def test_a_country_is_written_as_the_argument_says(argument: str | None, value: Any, spelled: str) -> None:
    assert fitted(value, ("country", argument)) == spelled


def test_a_country_is_the_fields_own_option() -> None:
    assert fitted("United States", ("country", None), info=COUNTRY) == "usa"
    assert fitted("DE", ("country", None), info=COUNTRY) == "D"
    assert fitted("England", ("country", None), info=COUNTRY) == "UK-E"
    assert refusal("Atlantis", ("country", None)) == "'Atlantis' is not a country"


def test_of_two_options_for_one_country_none_is_chosen() -> None:
    twice = replace(COUNTRY, options=(Option("1", "U.S."), Option("2", "America")))
    assert refusal("United States", ("country", None), info=twice) == "'United States' is not an option of Country"


def test_a_part_of_a_country_is_no_option_for_the_whole() -> None:
    assert refusal("United Kingdom", ("country", None), info=COUNTRY) == "'United Kingdom' is not an option of Country"
    whole = replace(COUNTRY, options=(*COUNTRY.options, Option("UK", "Great Britain")))
    assert fitted("United Kingdom", ("country", None), info=whole) == "UK"


@pytest.mark.parametrize(
    ("argument", "value", "region", "spelled"),
    [
        (None, "CA", "US", "California"),
        (None, "California", None, "California"),
        (None, "Bavaria", "DE", "Bavaria"),
        (None, "Atlantis Prefecture", "US", "Atlantis Prefecture"),
        ("code", "Bavaria", "DE", "BY"),
        ("code", "Bayern", "Germany", "BY"),
        ("code", "Washington", "US", "WA"),
        ("code", "Western Australia", "AU", "WA"),
        ("name", "wa", "AU", "Western Australia"),
        ("name", "US-CA", "US", "California"),
        ("code", "Texas", None, "TX"),
    ],
)
def test_a_state_is_written_as_the_argument_says(
    argument: str | None, value: str, region: str | None, spelled: str
) -> None:
    assert fitted(value, ("state", argument), region=region) == spelled


def test_a_state_is_the_fields_own_option() -> None:
    assert fitted("Bavaria", ("state", None), info=STATE, region="DE") == "BY"
    assert fitted("Western Australia", ("state", None), info=STATE, region="AU") == "WA"
    assert fitted("CA", ("state", None), info=STATE, region="US") == "US-CA"
    assert refusal("Texas", ("state", None), info=STATE, region="US") == "'Texas' is not an option of State"


def test_a_state_is_never_guessed_between_countries() -> None:
    world = "one country alone, and the country is not known"
    assert refusal("WA", ("state", "name")) == refusal("WA", ("state", None)) == f"'WA' is no state of {world}"
    assert refusal("Punjab", ("state", "code")) == f"'Punjab' is no state of {world}"
    assert refusal("California", ("state", "code"), region="DE") == "'California' is no state of Germany"
    assert fitted("wa", ("state", "code")) == "WA"  # whichever it is of, the code is the same
    assert refusal("QQQ", ("state", "code")) == f"'QQQ' is no state of {world}"
    assert refusal("ZZ", ("state", "name"), region="US") == "'ZZ' is no state of United States"


@pytest.mark.parametrize(
    ("value", "day"),
    [("2026-04-23", "2026-04-23"), ("2026-04-23T23:30:00-05:00", "2026-04-24"), (1776945600000, "2026-04-23")],
)
def test_a_date_is_a_whole_day(value: Any, day: str) -> None:
    assert fitted(value, ("date", None)) == day
    assert refusal("2026-04", ("date", None)) == "'2026-04' is not a complete date"


def test_a_word_of_a_picklist_map_is_found_in_any_case_and_first_in_its_own() -> None:
    words = ("picklist", {"VP": "Vice President", "vp": "Virtual Person"})
    assert fitted("VP", words) == "Vice President"
    assert fitted("vp", words) == "Virtual Person"
    assert fitted("founder", ("picklist", {"Founder": "Executive"})) == "Executive"
    assert fitted("Intern", words) == "Intern"


def test_title_case_leaves_other_kinds_alone() -> None:
    assert fitted("VP OF SALES", ("title_case", None)) == "VP of Sales"
    assert fitted(12, ("title_case", None)) == "12"


US_PHONE = ["+15550109999", "+1 (555) 010-9999", "1 555 010 9999", "(555) 010-9999", "555.010.9999", "001 555 010 9999",
            "tel:+1-555-010-9999"]  # fmt: skip
GB_PHONE = ["+442079460123", "020 7946 0123", "+44 (0)20 7946 0123", "0044 20 7946 0123", "(020) 79460123"]
EXTENDED = ["+442079460123 ext. 12", "020 7946 0123 x12", "+44 20 7946 0123;ext=12", "0044 20 7946 0123 ext 12"]
SPELLINGS: list[tuple[str, Any, str | None, list[Any]]] = [
    ("phone", None, None, US_PHONE),
    ("phone", None, "DE", US_PHONE[:5]),
    ("phone", None, None, GB_PHONE),
    ("phone", {"region": "GB"}, None, EXTENDED),
    ("phone", None, None, EXTENDED),
    ("email", None, None, ["jane@example.com", " Jane@Example.COM", "mailto:jane@example.com"]),
    ("domain", None, None, ["acme.example", "https://www.Acme.example/about?x=1", "info@acme.example"]),
    ("url", None, None, ["https://acme.example", "acme.example/", "HTTP://www.Acme.example"]),
    ("linkedin_url", None, None, ["linkedin.com/in/Jane", "https://de.linkedin.com/in/jane/?trk=x"]),
    ("country", None, None, ["USA", "United States", "us", "U.S.", "Estados Unidos", "the United States of America"]),
    ("country", "alpha_2", None, ["DE", "Germany", "DEU", "Deutschland"]),
    ("state", None, "US", ["California", "CA", "ca", "US-CA"]),
    ("state", "code", "DE", ["BY", "Bavaria", "Bayern"]),
    ("state", None, None, ["Texas", "TEXAS"]),
    ("int", None, None, ["1,200", 1200, "1200.0"]),
    ("number", None, None, ["1,200.50", 1200.5]),
    ("date", None, None, ["2026-04-23", "2026-04-23T12:00:00Z", 1776945600000]),
    ("title_case", None, None, ["VP OF SALES", "vp of sales", "VP of Sales"]),
]


@pytest.mark.parametrize(("name", "argument", "region", "spellings"), SPELLINGS)
def test_spellings_of_one_value_are_no_change(name: str, argument: Any, region: str | None, spellings: Any) -> None:
    for one, other in pairwise([*spellings, spellings[0]]):
        if name == "phone" and not any(str(text).startswith(("+", "0", "tel")) for text in (one, other)):
            continue  # two national numbers have no country to be one in
        for a, b in ((one, other), (other, one), (spellings[0], other)):
            assert alike(a, b, TEXT, [(name, argument)], context={REGION: region}), (a, b)


@pytest.mark.parametrize(("name", "argument", "region", "spellings"), SPELLINGS)
def test_a_transform_is_its_own_fixed_point(name: str, argument: Any, region: str | None, spellings: Any) -> None:
    first = fitted(spellings[0], (name, argument), region=region)
    assert first is not None
    assert fitted(first, (name, argument), region=region) == first


@pytest.mark.parametrize(
    ("name", "argument", "a", "b"),
    [
        ("phone", None, "+15550109999", "+15550109998"),
        ("phone", None, "+442079460123", "+442079460123 ext. 1"),
        ("domain", None, "acme.example", "acme.test"),
        ("country", None, "Guinea", "Equatorial Guinea"),
        ("country", None, "Atlantis", "Mu"),
        ("state", None, "WA", "Washington"),
        ("picklist", {"Founder": "Executive"}, "Founder", "Executive"),
        ("text", 5, "Sales lead", "Sales head"),
        ("title_case", None, "VP of Sales", "VP of Sale"),
    ],
)
def test_other_values_are_a_change(name: str, argument: Any, a: Any, b: Any) -> None:
    assert not alike(a, b, TEXT, [(name, argument)], context={})
    assert not alike(b, a, TEXT, [(name, argument)], context={})


def test_whose_value_it_is_is_judged_without_the_transforms() -> None:
    assert alike("USA", "United States", TEXT, [("country", None)], context={})
    assert not untouched("USA", "United States", TEXT)
    assert not untouched("VP OF SALES", "VP of Sales", TEXT)


WORDS = st.sampled_from([*(text for *_, texts in SPELLINGS for text in texts), "N/A", "", "WA", "a; b", "yes", "20 %"])
NUMBERS = st.integers(-(10**14), 10**14) | st.integers(-(10**9), 10**9).map(lambda n: n / 1000)
ANY = WORDS | st.text(max_size=12) | NUMBERS | st.sampled_from([float("nan"), float("inf"), True, False, None])
FOUND = ANY | st.lists(ANY, max_size=3)
ARGUMENTS: dict[str, list[Any]] = {
    "phone": [None, {"region": "DE"}, {"region_from": "Land"}],
    "country": [None, "alpha_2", "alpha_3", "name"],
    "state": [None, "code", "name"],
    "picklist": [{"yes": "Y", "USA": "us", "gone": None}],
    "text": [None, 5],
    "join": [None, " / "],
}
STEPS = st.sampled_from([(name, argument) for name in TRANSFORMS for argument in ARGUMENTS.get(name, [None])])
REGIONS = st.sampled_from([None, "US", "Germany", "Atlantis"])
FIELDS = st.sampled_from([TEXT, COUNTRY, STATE, FieldInfo("P", "P", "phone"), FieldInfo("M", "M", "multipicklist")])


@settings(max_examples=600, deadline=None)
@given(FOUND, STEPS, REGIONS, FIELDS)
def test_nothing_but_unfit_is_raised_and_a_fitted_value_stays(
    found: Any, step: tuple[str, Any], region: str | None, info: FieldInfo
) -> None:
    context = {REGION: region, "Land": "United Kingdom"}
    try:
        once = fit(found, info, [step], context=context)
    except Unfit as unfit:
        assert unfit.reason
        return
    assert once is None or found not in (None, "", [])
    no_state_at_all = step[0] == "state" and info is COUNTRY  # D, stored for Deutschland, is no state's code
    if not isinstance(found, list) and not no_state_at_all:  # several values in one text are no value of their own
        assert fit(once, info, [step], context=context) == once
    assert once is None or alike(once, once, info, [step], context=context)


@settings(max_examples=600, deadline=None)
@given(ANY, ANY, STEPS, REGIONS, FIELDS)
def test_alike_is_symmetric(a: Any, b: Any, step: tuple[str, Any], region: str | None, info: FieldInfo) -> None:
    context = {REGION: region, "Land": "United Kingdom"}
    assert alike(a, b, info, [step], context=context) == alike(b, a, info, [step], context=context)
