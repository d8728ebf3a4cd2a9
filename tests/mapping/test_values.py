from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.values import same, untouched
from connector.models import FieldInfo, FieldType, Option, Value, is_blank

INDUSTRIES = (Option("tech", "Technology"), Option("fin", "Financial Services"))


def field(type: FieldType) -> FieldInfo:
    return FieldInfo("Field", "Field", type, options=INDUSTRIES)


@pytest.mark.parametrize(
    ("type", "a", "b", "equal"),
    [
        ("text", "Chief  Executive ", "chief executive", True),
        ("text", "Cafe\u0301", "Caf\u00e9", True),
        ("text", "Resume", "R\u00e9sum\u00e9", False),
        ("text", "line\r\nbreak", "line\nbreak", True),
        ("text", "364", 364.0, True),
        ("text", "true", True, True),
        ("text", "https://www.acme.example/", "acme.example", True),
        ("text", "acme.example", "acme.test", False),
        ("email", "Jane@Example.com", "jane@example.com", True),
        ("email", "jane@example.com", "joe@example.com", False),
        ("phone", "(020) 7946 0123", "+442079460123", True),
        ("phone", "+442079460123", "+442079460123 ext. 5", False),
        ("url", "http://Acme.example/a/", "https://www.acme.example/a", True),
        ("url", "acme.example/a", "acme.example/A", False),
        ("url", "not a url", "Not a URL", True),
        ("url", "https://fr.linkedin.com/in/Jane?x=1", "linkedin.com/in/jane/", True),
        ("integer", "364", 364.0, True),
        ("integer", "1,364", 1364, True),
        ("number", "0.10", 0.1, True),
        ("number", "12", 13, False),
        ("number", "a few", "A  few", True),
        ("boolean", "true", True, True),
        ("boolean", "No", False, True),
        ("boolean", "true", False, False),
        ("date", "2026-04-23", "2026-04-23T12:00:00.000+0000", True),
        ("date", "1776902400000", "2026-04-23", True),
        ("date", "2026-04-23", "2026-04-24", False),
        ("datetime", "2026-04-23T12:00:00.000+0000", "2026-04-23T12:00:00Z", True),
        ("datetime", 1776945600999, "2026-04-23T14:00:00+02:00", True),
        ("datetime", "2026-04-23T12:00:00Z", "2026-04-23T12:00:01Z", False),
        ("picklist", "tech", "Technology", True),
        ("picklist", "TECHNOLOGY", "tech", True),
        ("picklist", "tech", "fin", False),
        ("picklist", "Mining", "mining", True),
        ("multipicklist", "tech;fin", "Financial Services; Technology", True),
        ("multipicklist", "tech", "tech;fin", False),
        ("other", "a1B", "a1b", True),
    ],
)
def test_same(type: FieldType, a: Value, b: Value, equal: bool) -> None:
    assert same(a, b, field(type)) is equal
    assert same(b, a, field(type)) is equal


def test_a_national_phone_is_read_by_the_region() -> None:
    assert same("030 23125 123", "0049 30 23125123", field("phone"), region="DE")
    assert not same("030 23125 123", "030 23125 124", field("phone"), region="DE")


TYPES = st.sampled_from(get_args(FieldType))
WORDS = st.sampled_from(
    ["", "  ", "tech", "Technology", "tech;fin", "1", "1.0", "true", "no", "2026-04-23", "2026-04-23T00:00:00Z",
     "www.acme.example", "https://acme.example/", "020 7946 0123", "+442079460123", "-", ";", "É", "é"]
)  # fmt: skip
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 10**13), st.floats(allow_nan=False), WORDS, st.text(max_size=12)
)


@settings(max_examples=300, deadline=None)
@given(TYPES, VALUES, VALUES)
def test_same_is_reflexive_symmetric_and_keeps_blank_apart(type: FieldType, a: Value, b: Value) -> None:
    info = field(type)
    assert same(a, a, info)
    assert same(a, b, info) == same(b, a, info)
    if is_blank(a) != is_blank(b):
        assert not same(a, b, info)
    if is_blank(a) and is_blank(b):
        assert same(a, b, info)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([type for type in get_args(FieldType) if type != "phone"]), WORDS, WORDS, WORDS)
def test_same_is_transitive_but_for_phones(type: FieldType, a: str, b: str, c: str) -> None:
    info = field(type)
    if same(a, b, info) and same(b, c, info):
        assert same(a, c, info)


@pytest.mark.parametrize(
    ("type", "current", "ours", "equal"),
    [
        ("text", "Head of Sales", "head of sales", False),
        ("text", " Head of  Sales\n", "Head of Sales", True),
        ("text", "Cafe\u0301", "Caf\u00e9", True),
        ("text", "Ada@Acme.example", "ada@acme.example", True),
        ("text", "Booking.example", "booking.example", False),
        ("text", "https://www.acme.example/", "acme.example", True),
        ("text", "https://acme.example/About", "https://acme.example/about", False),
        ("text", "https://fr.linkedin.com/in/Jane?x=1", "linkedin.com/in/jane/", True),
        ("text", "true", True, True),
        ("other", "a1B", "a1b", False),
        ("email", "Jane@Example.com", "jane@example.com", True),
        ("url", "HTTP://Acme.example/a/", "https://www.acme.example/a", True),
        ("url", "acme.example/a", "acme.example/A", False),
        ("phone", "(020) 7946 0123", "+442079460123", True),
        ("integer", "1,364", 1364, True),
        ("number", "a few", "A few", False),
        ("boolean", "Yes", True, True),
        ("date", "1776902400000", "2026-04-23", True),
        ("datetime", "2026-04-23T12:00:00.000+0000", "2026-04-23T12:00:00Z", True),
        ("picklist", "TECHNOLOGY", "tech", True),
        ("picklist", "Mining", "mining", False),
        ("multipicklist", "Financial Services; Technology", "tech;fin", True),
        ("multipicklist", "Mining;tech", "tech;mining", False),
        ("text", None, "  ", True),
        ("text", None, "VP", False),
    ],
)
def test_untouched(type: FieldType, current: Value, ours: Value, equal: bool) -> None:
    assert untouched(current, ours, field(type)) is equal
    assert untouched(ours, current, field(type)) is equal


def test_our_phone_in_national_spelling_is_untouched() -> None:
    assert untouched("030 23125 123", "+493023125123", field("phone"), region="DE")


CASED = st.sampled_from(["VP", "vp", "Mining", "mining", "ADA@acme.example", "ada@acme.example", "Acme.example"])


@settings(max_examples=500, deadline=None)
@given(TYPES, VALUES | CASED, VALUES | CASED)
def test_untouched_is_reflexive_symmetric_and_never_more_than_same(type: FieldType, a: Value, b: Value) -> None:
    info = field(type)
    assert untouched(a, a, info)
    assert untouched(a, b, info) == untouched(b, a, info)
    assert same(a, b, info) or not untouched(a, b, info)
    if isinstance(a, str) and isinstance(b, str) and a == b:
        assert untouched(a, b, info)
