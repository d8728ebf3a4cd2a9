from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.similarity import name_score
from connector.mapping.words import NICKNAMES


@pytest.mark.parametrize(
    ("record", "profile"),
    [
        ("John Smith", "john  SMITH"),
        ("Smith, John", "John Smith"),
        ("José García", "Jose Garcia"),
        ("J. Smith", "John Smith"),
        ("John S.", "John Smith"),
        ("J.R. Smith", "John Smith"),
        ("Bob Miller", "Robert Miller"),
        ("Liz Doe", "Elizabeth Doe"),
        ("Doe, Gus", "Augustus Doe"),
        ("Charlie Doe", "Charlotte Doe"),
        ("Mohamed Doe", "Muhammad Doe"),
        ("Hans Müller", "Johannes Mueller"),
        ("Sasha Doe", "Aleksandr Doe"),
        ("Zoë-Marie Doe", "Zoe Marie Doe"),
        ("Mary Jane Watson", "Mary Watson"),
        ("John A. Smith", "John B. Smith"),
        ("Dr. John Smith, PhD", "John Smith"),
        ("Jean-Pierre Martin", "Jeanpierre Martin"),
        ("Vincent van Gogh", "Vincent Vangogh"),
        ("Siobhán O'Brien", "Siobhan OBrien"),
        ("Jürgen Müller", "Juergen Mueller"),
        ("Marc Doe", "Mark Doe"),
        ("Micheal Brown", "Michael Brown"),
        ("John Smith", "John Smyth"),
        ("Jane Fernandes", "Jane Fernandez"),
        ("José García López", "José García"),
        ("Smith", "John Smith"),
        ("王 伟", "王伟"),
        ("王伟", "Wang Wei"),
        ("David Wang (王大卫)", "David Wang"),
        ("", "John Smith"),
        ("[not provided]", "John Smith"),
        ("John Smith", ""),
    ],
)
def test_one_person_in_two_spellings(record: str, profile: str) -> None:
    assert name_score(record, profile) >= 80
    assert name_score(profile, record) >= 80


@pytest.mark.parametrize(
    ("record", "profile"),
    [
        ("John Smith", "Jane Smith"),
        ("Maria Rossi", "Mario Rossi"),
        ("Eric Doe", "Erica Doe"),
        ("Christian Berg", "Christina Berg"),
        ("Daniel Kim", "Danielle Kim"),
        ("Julia Berg", "Julian Berg"),
        ("Tim Cook", "Tom Cook"),
        ("Jon Lee", "Joan Lee"),
        ("Alexander Doe", "Alexandra Doe"),
        ("A. Smith", "John Smith"),
        ("Jane Doe", "Jane Miller"),
        ("Robert Smith", "John Roberts"),
        ("王伟", "王芳"),
        ("Jane", "John Smith"),
    ],
)
def test_two_persons(record: str, profile: str) -> None:
    assert name_score(record, profile) < 75
    assert name_score(profile, record) < 75


def test_nicknames_of_two_names_do_not_make_the_names_one() -> None:
    groups = [line.split() for line in NICKNAMES]
    assert len(groups) >= 200
    assert len({full for full, *_ in groups}) == len(groups)
    assert name_score("Alex Doe", "Alexandra Doe") >= 80
    assert name_score("Alex Doe", "Alexander Doe") >= 80
    for full, *others in groups:
        assert all(name_score(f"{other} Doe", f"{full} Doe") >= 80 for other in others), full


NAMES = st.lists(
    st.sampled_from(["jane", "j", "Zoë", "bob", "robert", "doe", "van", "Dr.", "王伟", "x"]), max_size=6
).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(NAMES | st.text(max_size=12), NAMES | st.text(max_size=12))
def test_the_score_is_symmetric_within_bounds_and_whole_for_oneself(a: str, b: str) -> None:
    assert 0 <= name_score(a, b) <= 100
    assert name_score(a, b) == name_score(b, a)
    assert name_score(a, a) == 100
    assert name_score(f" {a} ", b) == name_score(a, b)


@settings(max_examples=100, deadline=None)
@given(st.permutations(["jane", "ann", "doe"]))
def test_order_makes_no_other_person(words: list[str]) -> None:
    assert name_score(" ".join(words), "Jane Ann Doe") == 100
