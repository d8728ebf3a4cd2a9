from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.names import (
    is_identity_placeholder,
    is_placeholder,
    name_tokens,
    normal_company,
    normal_name,
    split_full_name,
)


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


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Jane Doe", ("Jane", "Doe")),
        ("Mary Ann  Smith", ("Mary Ann", "Smith")),
        ("Doe, Jane", ("Jane", "Doe")),
        ("Dr. Jane Doe, PhD", ("Jane", "Doe")),
        ("John Smith Jr.", ("John", "Smith")),
        ("王 伟", ("王", "伟")),
        ("王伟", None),
        ("Madonna", None),
        ("", None),
    ],
)
def test_split_full_name(text: str, parts: tuple[str, str] | None) -> None:
    assert split_full_name(text) == parts


def test_placeholders_say_nothing() -> None:
    for text in ("", "  ", "-", "--", "?", "Unknown", "N/A", "n/a", "none", "NULL", "test", "[Not Provided]", "TBD"):
        assert is_placeholder(text), text
        assert is_identity_placeholder(text), text
    for text in ("x", "XXX", "First Name", "no name"):
        assert is_identity_placeholder(text), text
    for text in ("X", "NA", "0", "Testa", "Unknown Worlds", "伟"):
        assert not is_placeholder(text), text
    assert not is_identity_placeholder("Nan")


def test_name_tokens_leave_out_what_is_no_name() -> None:
    assert name_tokens("Mr. John A. Smith III") == ["john", "a", "smith"]
    assert name_tokens("Jane Unknown") == ["jane"]
    assert name_tokens("[not provided]") == []
    assert name_tokens("Nan Malcolm X") == ["nan", "malcolm", "x"]
