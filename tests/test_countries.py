"""Countries: every code and name is read, and only those."""

from __future__ import annotations

import doctest

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector import countries
from connector.countries import country_alpha_3, country_code, country_name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"),
        ("de", "DE"),
        ("DEU", "DE"),
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("Allemagne", "DE"),
        ("USA", "US"),
        ("U.S.", "US"),
        (" united  states ", "US"),
        ("UK", "GB"),
        ("England", "GB"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("South Korea", "KR"),
        ("Korea, Republic of", "KR"),
        ("Russia", "RU"),
        ("Taiwan", "TW"),
        ("Kosovo", "XK"),
        ("The Netherlands", "NL"),
        ("Trinidad & Tobago", "TT"),
        ("St. Lucia", "LC"),
        ("Cote d'Ivoire", "CI"),
        ("ישראל", "IL"),
        ("Atlantis", None),
        ("EMEA", None),
        ("California", None),
        ("", None),
        (None, None),
    ],
)
def test_a_country_is_known_exactly_or_not_at_all(text: str | None, code: str | None) -> None:
    assert country_code(text) == code


CODES = [*(country.alpha_2 for country in pycountry.countries), "XK"]


@pytest.mark.parametrize("code", CODES)
def test_every_way_of_writing_a_country_leads_back_to_it(code: str) -> None:
    assert country_code(code) == country_code(country_alpha_3(code)) == country_code(country_name(code)) == code


@given(st.sampled_from(CODES), st.sampled_from([str.upper, str.lower, str.title, lambda text: f" the  {text} "]))
def test_case_and_spaces_make_no_other_country(code: str, spelled: object) -> None:
    assert country_code(spelled(country_name(code))) == code  # type: ignore[operator]


def test_what_is_no_code_has_no_name() -> None:
    for function in (country_name, country_alpha_3):
        with pytest.raises(KeyError):
            function("QQ")


def test_examples() -> None:
    assert doctest.testmod(countries).failed == 0
