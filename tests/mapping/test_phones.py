from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.phones import (
    NO_COUNTRY,
    NOT_A_NUMBER,
    NOT_POSSIBLE,
    normal_phone,
    read_phone,
    same_phone,
)

LONDON = "+442079460123"


@pytest.mark.parametrize(
    ("text", "region", "normal"),
    [
        ("+44 20 7946 0123", None, LONDON),
        ("+44 (0)20 7946-0123", None, LONDON),
        ("tel:+44-20-7946-0123", None, LONDON),
        ("0044 20 7946 0123", None, LONDON),
        ("0044 20 7946 0123", "US", LONDON),
        ("020 7946 0123", "GB", LONDON),
        ("020 7946 0123", "United Kingdom", LONDON),
        ("(212) 555-0123", "US", "+12125550123"),
        ("12125550123", "us", "+12125550123"),
        ("030 23125 123", "Germany", "+493023125123"),
        ("+44 20 7946 0123 ext 12", None, f"{LONDON} ext. 12"),
        ("+44 20 7946 0123;ext=12", None, f"{LONDON} ext. 12"),
        (f"{LONDON} ext. 12", None, f"{LONDON} ext. 12"),
    ],
)
def test_a_number_becomes_e164(text: str, region: str | None, normal: str) -> None:
    assert normal_phone(text, region) == normal


@pytest.mark.parametrize(
    ("text", "region", "problem"),
    [
        ("020 7946 0123", None, NO_COUNTRY),
        ("020 7946 0123", "Atlantis", NO_COUNTRY),
        ("call me", "GB", NOT_A_NUMBER),
        ("call me", None, NOT_A_NUMBER),
        ("", None, NOT_A_NUMBER),
        ("+999 123456", None, NOT_A_NUMBER),
        ("+44 20", None, NOT_POSSIBLE),
        ("+1 555 0123", None, NOT_POSSIBLE),
        ("+44 20 7946 0123 9999", None, NOT_POSSIBLE),
    ],
)
def test_a_number_that_cannot_be_read_says_why(text: str, region: str | None, problem: str) -> None:
    reading = read_phone(text, region)
    assert (reading.text, reading.problem) == (None, problem)


@pytest.mark.parametrize(
    ("a", "b", "region", "equal"),
    [
        ("020 7946 0123", LONDON, None, True),
        ("020 7946 0123", LONDON, "DE", True),
        ("2079460123", LONDON, None, True),
        ("020 7946 0123", "(020) 79460123", None, True),
        ("020 7946 0123", "+12079460123", "GB", False),
        ("2125550123", "+1 (212) 555-0123", None, True),
        (LONDON, LONDON + " ext. 1", None, False),
        ("020 7946 0123 x1", LONDON + " ext. 1", None, True),
        (LONDON, "+442079460124", None, False),
        ("+49 30 23125 123", "+1 30 23125 123", None, False),
        ("reception", "Reception ", None, True),
        ("555-0123", "5550123", None, True),
    ],
)
def test_same_phone(a: str, b: str, region: str | None, equal: bool) -> None:
    assert same_phone(a, b, region) is equal
    assert same_phone(b, a, region) is equal


SEPARATORS = st.lists(st.sampled_from(["", " ", "-", ".", " (", ") "]), min_size=9, max_size=9)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 999), SEPARATORS)
def test_punctuation_never_makes_another_number(last: int, separators: list[str]) -> None:
    digits = f"7700900{last:03}"
    written = "+44 " + "".join(f"{d}{s}" for d, s in zip(digits, [*separators, ""], strict=True))
    assert normal_phone(written) == f"+44{digits}"
    assert same_phone(written, "0" + digits)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="+0123456789 x()-a", max_size=18), st.sampled_from([None, "GB", "US"]))
def test_a_normal_number_stays_as_it_is(text: str, region: str | None) -> None:
    once = normal_phone(text, region)
    assert once is None or normal_phone(once) == once


CODES = sorted({*phonenumbers.COUNTRY_CODE_TO_REGION_CODE, 999})
PLAIN = st.builds("+{}{}".format, st.sampled_from(CODES), st.text("0123456789", min_size=3, max_size=12))


@settings(max_examples=1500, deadline=None)
@given(PLAIN)
def test_a_plain_number_is_read_as_the_whole_metadata_reads_it(text: str) -> None:
    assert read_phone(text) == read_phone(f"tel:{text}")


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_example_numbers_of_every_country_are_read_alike_in_any_spelling(region: str) -> None:
    for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE):
        number = phonenumbers.example_number_for_type(region, kind)
        if number is not None:
            text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            assert read_phone(text) == read_phone(f"tel:{text}")
            assert read_phone(text).text == text
