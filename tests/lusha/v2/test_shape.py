"""One person, one company, told in every way that Lusha has: the same attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.lusha.attributes import CATALOGUE
from connector.lusha.cleaning import PLACEHOLDERS, mapping, prune
from connector.lusha.probe import PROBE
from connector.lusha.v2 import shape
from connector.lusha.v3 import shape as v3
from tests.lusha.test_attributes import leaves
from tests.lusha.v2 import telling

PERSON, COMPANY = dict(PROBE["person"]), dict(PROBE["company"])
BLANKS: list[Any] = [None, "", "  ", "Unknown", "N/A", "-", "none", [], {}]

V2_ALONE = {"job_start_date", "location.state_code", "location.raw"}
"""What V2 tells of a person and V3 does not."""


def person(told: Mapping[str, Any]) -> dict[str, Any]:
    return shape.person(mapping(prune(told)))


def company(told: Mapping[str, Any]) -> dict[str, Any]:
    return shape.company(mapping(prune(told)))


def joined(facts: telling.Facts) -> dict[str, Any]:
    contact, employer = telling.person_in_bulk(facts)
    return {**contact, "company": employer}


def without(value: Any, paths: set[str], path: str = "") -> Any:
    """The attributes without these paths, and without the maps that become empty."""
    if not isinstance(value, dict):
        return value
    kept = {
        name: without(item, paths, f"{path}.{name}".lstrip("."))
        for name, item in value.items()
        if f"{path}.{name}".lstrip(".") not in paths
    }
    return {name: item for name, item in kept.items() if item != {}}


def texts_in(value: Any) -> list[Any]:
    if isinstance(value, dict | list):
        return [text for item in (value.values() if isinstance(value, dict) else value) for text in texts_in(item)]
    return [value]


def test_a_person_alone_and_in_bulk_fills_the_catalogue() -> None:
    assert person(telling.person_alone(PERSON)) == PERSON
    assert person(joined(PERSON)) == PERSON
    assert set(leaves(person(joined(PERSON)))) == set(CATALOGUE["person"])


def test_a_person_in_v3_is_the_same() -> None:
    told = v3.person(mapping(prune(telling.person_in_v3(PERSON))))
    assert told == without(PERSON, V2_ALONE)


def test_a_person_in_prospecting_is_the_same_as_far_as_it_is_told() -> None:
    told = person(telling.person_in_prospecting(PERSON))
    untold = V2_ALONE | {"id", "company.domain", "location.is_eu", "previous_job", "tags", "update_date"}
    assert told == without(PERSON, untold)


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    """PROBE's person with blanks in place of some facts."""

    def thin(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: thin(item) for name, item in value.items()}
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return [thin(item) for item in value[: draw(st.integers(0, len(value)))]]
        return draw(st.sampled_from(BLANKS)) if draw(st.integers(0, 3)) == 0 else value

    thinned = thin(PERSON)
    assert isinstance(thinned, dict)
    return {**thinned, "tags": PERSON["tags"]}


@given(people())
def test_however_thin_every_telling_gives_the_same_and_no_blank(facts: dict[str, Any]) -> None:
    alone, bulk = person(telling.person_alone(facts)), person(joined(facts))
    assert alone == bulk
    assert without(alone, V2_ALONE) == v3.person(mapping(prune(telling.person_in_v3(facts))))
    for value in texts_in(alone):
        assert value not in (None, "", [], {})
        assert value == "unknown" or not isinstance(value, str) or value.strip().casefold() not in PLACEHOLDERS


def told_by_v2(value: Any, at: str = "") -> Any:
    """What V2 tells of a company, by the catalogue."""
    if isinstance(value, dict):
        parts = {name: told_by_v2(part, f"{at}.{name}".lstrip(".")) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part not in (None, {}, [])}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [told for item in value if (told := told_by_v2(item, f"{at}[]"))]
    return value if "v2" in CATALOGUE["company"][at].generations else None


def test_a_company_alone_in_bulk_and_in_prospecting() -> None:
    expected = told_by_v2(COMPANY)
    assert company(telling.company_alone(COMPANY)) == expected
    assert company(telling.company_in_bulk(COMPANY)) == expected
    assert company(telling.company_in_prospecting(COMPANY)) == without(expected, {"founded_year"})


@pytest.mark.parametrize(
    ("told", "kind"),
    [("Mobile", "mobile"), ("MOBILE", "mobile"), ("direct", "direct"), ("Phone", "work"), ("phone", "work"),
     ("Fax", "unknown"), (None, "unknown"), ("Unknown", "unknown")],
)  # fmt: skip
def test_phone_types(told: str | None, kind: str) -> None:
    phone = {"number": "+49 30 23125 101", "phoneType": told, "doNotCall": False}
    assert person({"phoneNumbers": [phone]})["phones"] == [
        {"number": "+49 30 23125 101", "type": kind, "do_not_call": False}
    ]


@pytest.mark.parametrize(("told", "kind"), [("work", "work"), ("Private", "private"), ("personal", "unknown")])
def test_email_types(told: str, kind: str) -> None:
    email = {"email": "zoe@acme.example.com", "emailType": told}
    assert person({"emailAddresses": [email]})["emails"] == [{"email": "zoe@acme.example.com", "type": kind}]


def test_plain_lists_stand_in_where_the_detailed_ones_are_empty() -> None:
    told = person({"emails": ["zoe@acme.example.com"], "emailAddresses": [], "phones": "+49 30 23125 101"})
    assert told == {
        "emails": [{"email": "zoe@acme.example.com", "type": "unknown"}],
        "phones": [{"number": "+49 30 23125 101", "type": "unknown"}],
    }


@pytest.mark.parametrize(
    ("told", "year"), [("August 1, 2011", 2011), ("2016", 2016), (1999, 1999), ("long ago", None), ("12345", None)]
)
def test_founded(told: Any, year: int | None) -> None:
    assert company({"founded": told}).get("founded_year") == year


def test_the_size_class_in_words_where_nothing_else_tells_it() -> None:
    assert company({"employees": "201 - 500"}) == {"employee_count": {"min": 201, "max": 500}}
    assert company({"employees": "many"}) == {}


def test_an_employers_own_words_for_its_funding() -> None:
    told = company(
        {
            "fqdn": "www.acme.example.com",
            "industryPrimaryGroup": "Machinery",
            "domains": {"email": "hello@mail.acme.example.com"},
            "social": {"twitter": "https://x.com/acme_example_0001", "facebook": "https://facebook.com/acme"},
            "funding": {
                "rounds": [
                    {"announcedOn": "2020-01-01", "title": "Series A", "moneyRaised": 1_000_000, "currency": "USD"}
                ],
                "totalRounds": 1,
                "lastFundingEventDate": "2020-01-01",
                "lastFundingEventAmount": 1_000_000,
                "lastFundingEventName": "Series A",
            },
        }
    )
    assert told == {
        "domain": "acme.example.com",
        "website": "https://www.acme.example.com",
        "email_domain": "mail.acme.example.com",
        "industry": "Machinery",
        "social": {"x": "https://x.com/acme_example_0001", "facebook": "https://facebook.com/acme"},
        "funding": {
            "rounds": [{"type": "Series A", "amount": 1_000_000, "currency": "USD", "date": "2020-01-01"}],
            "total_rounds": 1,
            "last_round_type": "Series A",
            "last_round_amount": 1_000_000,
            "last_round_date": "2020-01-01",
        },
    }


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "name",
                        "companySize",
                        "founded",
                        "social",
                        "funding",
                        "rounds",
                        "jobTitle",
                        "location",
                        "emailAddresses",
                        "phoneNumbers",
                        "seniority",
                    ]
                ),
                inner,
            )
        ),
    )
)
def test_nonsense_never_breaks_a_reader(told: Any) -> None:
    for entity, read in (("person", person(mapping(told))), ("company", company(mapping(told)))):
        assert set(leaves(read)) <= set(CATALOGUE[entity])
