"""Lookalikes: seeds by kind, and sessions that go on. All people are invented."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import RequestRefused
from connector.lusha.calls import Undocumented
from connector.lusha.prices import PriceList
from connector.lusha.v3.lookalikes import lookalikes
from connector.models import Entity, Identity
from tests.lusha.test_cleaning import json_values

PRICES = PriceList()
SESSION = "58adaa77-7a6e-4c9b-8c2d-820a6538e613"
PEOPLE = [
    Identity("person", id="1000000001"),
    Identity("person", linkedin_url="https://www.linkedin.com/in/zoe-example-0001"),
    Identity("person", email="zoe@acme.example.com"),
    Identity("person", first_name="Zoë", last_name="Example", company_domain="acme.example.com"),
    Identity("person", first_name="Zoë", last_name="Example", company_name="Acme Example"),
]
COMPANIES = [Identity("company", domain=f"acme{n}.example.com") for n in range(5)]
LINKED = Identity("company", linkedin_url="https://www.linkedin.com/company/acme-example-0001")


def test_people_by_every_kind_of_identity() -> None:
    call = lookalikes("person", [*PEOPLE, PEOPLE[0]], PRICES, exclude=[PEOPLE[2]], limit=100)
    assert (call.method, call.path, call.paid) == ("POST", "/v3/contacts/lookalike", True)
    assert call.body == {
        "seeds": {
            "ids": ["1000000001"],
            "linkedinUrls": ["https://www.linkedin.com/in/zoe-example-0001"],
            "emails": ["zoe@acme.example.com"],
            "contacts": [
                {"firstName": "Zoë", "lastName": "Example", "companyDomain": "acme.example.com"},
                {"firstName": "Zoë", "lastName": "Example", "companyName": "Acme Example"},
            ],
        },
        "exclude": {"emails": ["zoe@acme.example.com"]},
        "limit": 100,
    }


def test_companies_by_domain_and_linkedin_url() -> None:
    call = lookalikes("company", [*COMPANIES, LINKED], PRICES)
    assert call.path == "/v3/companies/lookalike"
    assert call.body == {
        "seeds": {"domains": [seed.domain for seed in COMPANIES], "linkedinUrls": [LINKED.linkedin_url]},
        "limit": 25,
    }


def test_a_session_goes_on_with_fewer_seeds() -> None:
    call = lookalikes("company", COMPANIES[:1], PRICES, session=SESSION)
    assert call.body == {"seeds": {"domains": ["acme0.example.com"]}, "limit": 25, "dedupeSessionId": SESSION}


@pytest.mark.parametrize(
    ("entity", "seeds", "asked", "problem"),
    [
        ("person", PEOPLE[:4], {}, "lookalikes need 5 different seeds or more, not 4"),
        ("person", [PEOPLE[0]] * 5, {}, "lookalikes need 5 different seeds or more, not 1"),
        ("person", [], {"session": SESSION}, "lookalikes need 1 different seeds or more, not 0"),
        ("person", PEOPLE, {"session": " "}, "the session to go on with is blank"),
        ("person", PEOPLE, {"limit": 0}, "1 to 100 lookalikes can be asked for, not 0"),
        ("person", PEOPLE, {"limit": 101}, "1 to 100 lookalikes can be asked for, not 101"),
        ("person", [*PEOPLE, COMPANIES[0]], {}, "item 6 of the request is a company, not a person"),
        ("person", [*PEOPLE, Identity("person", email="zoe@acme")], {},
         "item 6 of the request has an e-mail address that is not valid"),
        ("person", PEOPLE, {"exclude": [PEOPLE[0], Identity("person", first_name="Zoë")]},
         "item 7 of the request mixes identifiers: first_name"),
        ("company", [*COMPANIES, Identity("company", name="Acme Example")], {},
         "item 6 of the request has neither a domain nor a LinkedIn URL; lookalikes of companies go by these"),
        ("company", [Identity("company", id="1"), *COMPANIES], {},
         "item 1 of the request has neither a domain nor a LinkedIn URL; lookalikes of companies go by these"),
        ("company", [*COMPANIES, Identity("company", domain="a.example", linkedin_url="linkedin.com/x")], {},
         "item 6 of the request mixes identifiers: linkedin_url, domain"),
        ("company", [*COMPANIES, PEOPLE[0]], {}, "item 6 of the request is a person, not a company"),
        ("person", [Identity("person", id=str(n)) for n in range(101)], {}, "lookalikes take 100 ids, not 101"),
        ("person", PEOPLE, {"exclude": [Identity("person", id=str(n)) for n in range(101)]},
         "lookalikes take 100 ids, not 101"),
    ],
)  # fmt: skip
def test_what_lusha_would_refuse(entity: Entity, seeds: list[Identity], asked: dict[str, Any], problem: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        lookalikes(entity, seeds, PRICES, **asked)
    assert refused.value.message == f"Lusha: {problem}; nothing was sent"
    assert refused.value.code == "400"


def test_the_most_seeds_of_one_kind_and_more_of_two() -> None:
    ids = [Identity("person", id=str(n)) for n in range(100)]
    call = lookalikes("person", [*ids, *PEOPLE[1:]], PRICES)
    assert call.body is not None
    assert len(call.body["seeds"]["ids"]) == 100


def test_lookalikes_are_previews() -> None:
    result = {"id": "9659196", "firstName": "Ada", "lastName": "Example", "company": {"name": "Acme Example"}}
    found = lookalikes("person", PEOPLE, PRICES).read(
        {
            "dedupeSessionId": SESSION,
            "results": [result, {"firstName": "No id"}],
            "meta": {"returned": 1, "hasMore": True},
            "billing": {"creditsCharged": 3, "resultsReturned": 1},
        }
    )
    (profile,) = found.profiles
    assert (profile.id, profile.attributes["company"], profile.offers) == ("9659196", {"name": "Acme Example"}, None)
    assert profile.raw is result
    assert (found.session, found.more, found.charged) == (SESSION, True, 3)


def test_an_answer_that_tells_no_session_goes_on_with_the_one_asked_with() -> None:
    told: dict[str, Any] = {"dedupeSessionId": None, "results": []}
    assert lookalikes("person", PEOPLE, PRICES, session=SESSION).read(told).session == SESSION
    first = lookalikes("person", PEOPLE, PRICES).read(told)
    assert (first.session, first.more, first.charged, first.profiles) == (None, False, None, ())


@pytest.mark.parametrize("payload", [None, [], {}, {"results": {}}])
def test_an_answer_without_results_is_undocumented(payload: Any) -> None:
    with pytest.raises(Undocumented):
        lookalikes("person", PEOPLE, PRICES).read(payload)


@settings(max_examples=100)
@given(st.lists(json_values), json_values, json_values)
def test_no_answer_breaks_the_reader(results: list[Any], meta: Any, session: Any) -> None:
    known = {"id": "1"}
    told = {"results": [*results, known], "meta": meta, "dedupeSessionId": session}
    assert lookalikes("company", COMPANIES, PRICES).read(told).profiles[-1].raw is known
