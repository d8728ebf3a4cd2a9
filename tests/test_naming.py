"""Names in one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.naming import _without_marks, normal_company, normal_name


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  José   GARCÍA-López ", "jose garcia lopez"),
        ("O’Brien", "obrien"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("Straße", "strasse"),
        ("İpek", "ipek"),
        ("王 伟", "王 伟"),
        ("がぎ", "がぎ"),
        ("김철수", "김철수"),
        ("J.R. Smith", "j r smith"),
        ("!?", ""),
    ],
)
def test_normal_name(text: str, normal: str) -> None:
    assert normal_name(text) == normal


@settings(max_examples=300)
@given(st.text(st.characters(max_codepoint=127), max_size=30))
def test_a_name_in_ascii_is_read_the_short_way_as_it_would_be_the_long_way(text: str) -> None:
    assert normal_name(text) == _without_marks(text)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Acme, Inc.", "acme"),
        ("ACME L.L.C.", "acme"),
        ("Acme S.A.S.", "acme"),
        ("Acme S.A.", "acme"),
        ("Acme Co., Ltd.", "acme"),
        ("Müller & Söhne GmbH & Co. KG", "muller and sohne"),
        ("Johnson and Johnson", "johnson and johnson"),
        ("Nordic Oy", "nordic"),
        ("Sakura K.K.", "sakura"),
        ("株式会社サクラ", "サクラ"),
        ("Outback Pty Limited", "outback"),
        ("Limited", "limited"),
        ("Company & Co", "company"),
        ("Inco", "inco"),
        ("S. A.", "s a"),
    ],
)
def test_normal_company(text: str, normal: str) -> None:
    assert normal_company(text) == normal


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=20))
def test_normal_forms_are_fixed_points(text: str) -> None:
    assert normal_name(normal_name(text)) == normal_name(text)
    assert normal_company(normal_company(text)) == normal_company(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=12))
def test_case_and_white_space_make_no_other_name(text: str) -> None:
    assert normal_name(f"  {text}\t") == normal_name(text)
    assert normal_name(text.casefold()) == normal_name(text)
