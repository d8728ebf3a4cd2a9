"""Blanks, placeholders, domains, dates and countries."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.lusha.cleaning import (
    PLACEHOLDERS,
    bare_domain,
    boolean,
    full_name,
    integer,
    iso_date,
    number,
    prune,
    texts,
    web_address,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["N/A", " unknown ", "-"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def test_prune_drops_blanks_and_placeholders_at_any_depth() -> None:
    told = {
        "title": "  CTO ",
        "seniority": "Unknown",
        "note": "N/A",
        "dash": "-",
        "none": "NONE",
        "test": "test",
        "departments": ["", None, "Sales"],
        "deep": {"deeper": {"blank": " "}},
        "zero": 0,
        "no": False,
    }
    assert prune(told) == {"title": "CTO", "departments": ["Sales"], "zero": 0, "no": False}


def test_prune_keeps_words_that_only_contain_a_placeholder() -> None:
    assert prune("Test Engineer") == "Test Engineer"


@settings(max_examples=60)
@given(json_values)
def test_prune_leaves_nothing_blank_and_is_done_in_one_go(value: Any) -> None:
    def blank_inside(item: Any) -> bool:
        if isinstance(item, str):
            return not item.strip() or item.casefold() in PLACEHOLDERS
        if isinstance(item, dict | list):
            parts = item.values() if isinstance(item, dict) else item
            return not item or any(part is None or blank_inside(part) for part in parts)
        return False

    pruned = prune(value)
    assert prune(pruned) == pruned
    assert pruned is None or not blank_inside(pruned)


@pytest.mark.parametrize(
    ("written", "domain", "address"),
    [
        ("www.acme.example.com", "acme.example.com", "https://www.acme.example.com"),
        ("https://WWW.Acme.example.com/about?x=1", "acme.example.com", "https://www.acme.example.com"),
        ("acme.example.com.", "acme.example.com", "https://acme.example.com"),
        ("", None, None),
        (None, None, None),
        ({}, None, None),
    ],
)
def test_domains(written: Any, domain: str | None, address: str | None) -> None:
    assert bare_domain(written) == domain
    assert web_address(written) == address


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2026-04-23", "2026-04-23"),
        ("2026-04-23T10:00:00.000Z", "2026-04-23"),
        ("Nov 10, 2021", "2021-11-10"),
        ("February 1, 2021", "2021-02-01"),
        ("Foo 10, 2021", None),
        ("Feb 31, 2021", None),
        ("soon", None),
        (20260423, None),
    ],
)
def test_dates(written: Any, date: str | None) -> None:
    assert iso_date(written) == date


@pytest.mark.parametrize(
    ("first", "last", "whole"),
    [
        ("Zoë", "Example", "Zoë Example"),
        ("艳", "吴", "吴艳"),
        ("민준", "김", "김민준"),
        ("Ming", "李", "Ming 李"),
        ("Zoë", None, "Zoë"),
        (None, None, None),
    ],
)
def test_full_names(first: str | None, last: str | None, whole: str | None) -> None:
    assert full_name(first, last) == whole


def test_numbers() -> None:
    assert [number(value) for value in ("+24", "-5", 2016.0, 1.5, "10,000", "n", True, None, float("nan"))] == [
        24, -5, 2016, 1.5, 10000, None, None, None, None,
    ]  # fmt: skip
    assert integer(1.5) is None


def test_booleans_and_texts() -> None:
    assert [boolean(value) for value in (True, False, "True", "false", "yes", 1)] == [
        True, False, True, False, None, None,
    ]  # fmt: skip
    assert texts(["a", 1, None, "a", {}]) == ["a", "1"]
    assert texts("a") == ["a"]
    assert texts(None) == []
