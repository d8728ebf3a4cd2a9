"""The case of titles and names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.titles import title_case


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("VP OF SALES", "VP of Sales"),
        ("vp of sales", "VP of Sales"),
        ("VP of Sales", "VP of Sales"),
        ("CHIEF EXECUTIVE OFFICER (CEO)", "Chief Executive Officer (CEO)"),
        ("head of it & r&d", "Head of IT & R&D"),
        ("SENIOR ENGINEER II", "Senior Engineer II"),
        ("co-founder, cto", "Co-Founder, CTO"),
        ("go-to-market lead", "Go-to-Market Lead"),
        ("HSBC HOLDINGS", "HSBC Holdings"),
        ("saas account executive, emea", "SaaS Account Executive, EMEA"),
        ("JAMES MCDONALD", "James McDonald"),
        ("SEAN O'BRIEN", "Sean O'Brien"),
        ("sean o’brien", "Sean O’Brien"),
        ("MCDONALD'S", "McDonald's"),
        ("women's health", "Women's Health"),
        ("JAN VAN DER BERG", "Jan van der Berg"),
        ("van der berg", "van der Berg"),
        ("VAN DAMME", "Van Damme"),
        ("VAN DRIVER", "Van Driver"),
        ("DE LA CRUZ", "de la Cruz"),
        ("URSULA VON DER LEYEN", "Ursula von der Leyen"),
        ("LUDWIG VAN BEETHOVEN", "Ludwig van Beethoven"),
        ("JOHN A SMITH JR", "John A Smith Jr"),
        ("JOHN SMITH III", "John Smith III"),
        ("MR MACEY", "Mr Macey"),
        ("SMITH-JONES", "Smith-Jones"),
        ("ÉLODIE ÖSTERBERG", "Élodie Österberg"),
        ("THE HOME", "The Home"),
        ("eBay", "eBay"),
        ("McKinsey", "McKinsey"),
        ("  ", "  "),
        ("王伟", "王伟"),
        ("42", "42"),
    ],
)
def test_title_case(typed: str, spelled: str) -> None:
    assert title_case(typed) == spelled


WORDS = st.lists(
    st.sampled_from(
        ["VP", "of", "O'BRIEN", "mcdonald", "van", "der", "II", "x", "IT", "hsbc", "ß", "ŉ", "SaaS", "-", "é"]
    )
    | st.text(max_size=6),
    max_size=5,
)


@settings(max_examples=500, deadline=None)
@given(WORDS)
def test_it_is_its_own_fixed_point_and_changes_nothing_but_case(words: list[str]) -> None:
    text = " ".join(words)
    spelled = title_case(text)
    assert title_case(spelled) == spelled
    assert spelled.casefold() == text.casefold() or not text.isascii()
