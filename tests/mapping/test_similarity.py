from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connector.mapping.similarity import Employer, company_verdict, employer, name_score
from connector.mapping.words import NICKNAMES
from connector.models import Value


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
    assert len(groups) >= 60
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


def at(*, domains: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> Employer:
    return Employer(frozenset(domains), frozenset(names))


@pytest.mark.parametrize(
    ("record", "company", "verdict"),
    [
        (at(domains=("acme.example",)), {"domain": "www.acme.example"}, "same"),
        (at(domains=("mail.acme.example",)), {"domain": "acme.example"}, "same"),
        (at(domains=("acme.example",)), {"domain": "eu.acme.example"}, "same"),
        (at(domains=("acme.test",)), {"domain": "acme.example", "alternative_domains": ["acme.test"]}, "same"),
        (at(names=("Acme, Inc.",)), {"name": "ACME GmbH"}, "same"),
        (at(names=("Acme Robotics",)), {"name": "Acme Robotics Europe"}, "same"),
        (at(domains=("old.example",), names=("Acme",)), {"domain": "acme.example", "name": "Acme"}, "same"),
        (at(domains=("acme-robotics.example",)), {"name": "Acme Robotics Inc"}, "same"),
        (at(names=("Acme Robotics",)), {"domain": "acmerobotics.example"}, "same"),
        (at(domains=("acme.example",)), {"domain": "beta.example"}, "changed"),
        (at(domains=("cme.example",)), {"domain": "acme.example"}, "changed"),
        (at(names=("Acme",)), {"name": "Beta Foods"}, "changed"),
        (at(domains=("acme.example",), names=("Acme",)), {"name": "Beta", "domain": "beta.example"}, "changed"),
        (at(domains=("acme.example",)), {"name": "Beta"}, "unknown"),
        (at(names=("Acme",)), {"domain": "beta.example"}, "unknown"),
        (at(), {"name": "Acme", "domain": "acme.example"}, "unknown"),
        (at(domains=("acme.example",)), {}, "unknown"),
        (at(names=("Acme",)), {"name": "Unknown", "domain": ""}, "unknown"),
        (at(domains=("acme.example",)), {"domain": None, "alternative_domains": None}, "unknown"),
    ],
)
def test_company_verdict(record: Employer, company: dict[str, Any], verdict: str) -> None:
    assert company_verdict(record, company) == verdict


WAYS = [
    {"email": "Email"},
    {"first_name": "F", "last_name": "L", "company_domain": "Account.Website"},
    {"first_name": "F", "last_name": "L", "company_name": "Account.Name"},
]


@pytest.mark.parametrize(
    ("values", "email", "found"),
    [
        ({"Account.Website": "https://acme.example", "Account.Name": "Acme"}, "j@beta.example",
         at(domains=("acme.example",), names=("Acme",))),
        ({"Account.Website": None, "Account.Name": " Acme "}, "j@beta.example", at(names=("Acme",))),
        ({"Account.Website": "gmail.com", "Account.Name": "n/a"}, "j@beta.example", at(domains=("beta.example",))),
        ({}, "info@beta.example", at(domains=("beta.example",))),
        ({}, "jane@gmail.com", at()),
        ({}, "beta.example", at()),
        ({}, None, at()),
    ],
)  # fmt: skip
def test_employer(values: dict[str, Value], email: Value, found: Employer) -> None:
    assert employer(WAYS, values, email) == found


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(["acme", "beta", "gamma"]), st.sampled_from(["acme", "beta", "gamma"]))
def test_a_verdict_of_change_needs_two_different_employers(a: str, b: str) -> None:
    record = employer(WAYS, {"Account.Website": f"https://www.{a}.example/", "Account.Name": f"{a} Ltd"})
    verdict = company_verdict(record, {"domain": f"{b}.example", "name": f"{b} Inc"})
    assume(a != b)
    assert verdict == "changed"
