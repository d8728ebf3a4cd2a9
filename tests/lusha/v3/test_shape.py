"""A person is the same read from a result as it came, and from one without its blanks and placeholders."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.lusha.cleaning import mapping, prune
from connector.lusha.v3.shape import person

WORDS = st.sampled_from(
    ["CTO", " CTO ", "Unknown", "n/a", "-", " ", "", "true", " False ", "work", "2024-05-06", " 2024-05-06T10:00:00Z",
     "Nov 10, 2021", "https://www.acme.example/", " ACME.example ", "Ireland", "test", "12"]
)  # fmt: skip
SCALARS = WORDS | st.none() | st.booleans() | st.sampled_from([0, 7, 2.5])
ODD = SCALARS | st.lists(SCALARS, max_size=2) | st.just({}) | st.just({"name": " "})


def told(*names: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Maps with some of these names, now and then with something odd under them."""
    named = dict.fromkeys(names, ODD) | {name: part | ODD for name, part in parts.items()}
    return st.fixed_dictionaries({}, optional=named)


TITLE = told("title", "seniority", departments=st.lists(SCALARS, max_size=3))
EMPLOYER = told("id", "name", "domain", "industry")
LOCATION = told("country", "countryIso2", "continent", "state", "stateCode", "city", "zipCode", "isEuContact")
PEOPLE = told(
    "id", "firstName", "lastName", "fullName", "updateDate",
    jobTitle=TITLE,
    company=EMPLOYER,
    location=LOCATION,
    socialLinks=told("linkedin", "facebook", "xUrl", "x"),
    emails=st.lists(told("email", "type", "confidence", "updateDate") | ODD, max_size=3),
    phones=st.lists(told("number", "type", "doNotCall", "updateDate") | ODD, max_size=3),
    previousEmployment=st.lists(told(company=EMPLOYER, jobTitle=TITLE) | ODD, max_size=2),
    tags=st.lists(told("name") | ODD, max_size=3),
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(PEOPLE)
def test_a_person_is_read_as_if_pruned_first(result: dict[str, Any]) -> None:
    assert person(result) == person(mapping(prune(result)))
