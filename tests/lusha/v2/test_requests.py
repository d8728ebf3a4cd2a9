"""Requests of people and companies, and what is refused before it is sent."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import RequestRefused
from connector.lusha.prices import PriceList
from connector.lusha.v2.answers import NOTHING
from connector.lusha.v2.requests import look_up, look_up_one
from connector.models import Entity, Identity

PRICES = PriceList()
BOTH = {"emails", "phones"}
PERSON = Identity("person", first_name="Zoë", last_name="Example", company_domain="acme.example.com")
PEOPLE = [
    Identity("person", id="1000000001"),
    Identity("person", linkedin_url="https://www.linkedin.com/in/zoe-example-0001"),
    Identity("person", email="zoe@acme.example.com"),
    PERSON,
    Identity("person", first_name="李", last_name="例", company_name="Acme Example"),
]


def test_people_in_bulk_have_a_whole_name_and_employers() -> None:
    call = look_up("person", PEOPLE, ["a", "b", "c", "d", "e"], BOTH, PRICES)
    assert (call.method, call.path, call.paid, call.absent) == ("POST", "/v2/person", True, None)
    assert call.body == {
        "contacts": [
            {"contactId": "a", "personId": "1000000001"},
            {"contactId": "b", "linkedinUrl": "https://www.linkedin.com/in/zoe-example-0001"},
            {"contactId": "c", "email": "zoe@acme.example.com"},
            {
                "contactId": "d",
                "fullName": "Zoë Example",
                "companies": [{"domain": "acme.example.com", "isCurrent": True}],
            },
            {"contactId": "e", "fullName": "李 例", "companies": [{"name": "Acme Example", "isCurrent": True}]},
        ],
        "metadata": {"revealEmails": True, "revealPhones": True, "partialProfile": False},
    }


@pytest.mark.parametrize(
    ("reveal", "flags"),
    [
        ({"emails"}, {"revealEmails": True, "revealPhones": False}),
        ({"phones", "profile", "preview"}, {"revealEmails": False, "revealPhones": True}),
        (BOTH, {"revealEmails": True, "revealPhones": True}),
        (None, {}),
    ],
)
def test_both_flags_are_said_or_none(reveal: set[str] | None, flags: dict[str, bool]) -> None:
    bulk = look_up("person", [PERSON], ["1"], reveal, PRICES)
    alone = look_up_one("person", PERSON, reveal, PRICES)
    assert bulk.body and bulk.body["metadata"] == {**flags, "partialProfile": False}
    assert alone.query and {name: alone.query[name] for name in flags} == flags
    assert flags or not {"revealEmails", "revealPhones"} & alone.query.keys()


def test_companies_in_bulk_decline_partial_profiles() -> None:
    identities = [
        Identity("company", id="2000000001"),
        Identity("company", domain="acme.example.com"),
        Identity("company", name="Acme Example"),
    ]
    call = look_up("company", identities, ["1", "2", "3"], {"company"}, PRICES)
    assert (call.method, call.path, call.paid) == ("POST", "/v2/company", True)
    assert call.body == {
        "companies": [
            {"id": "1", "companyId": "2000000001"},
            {"id": "2", "domain": "acme.example.com"},
            {"id": "3", "name": "Acme Example"},
        ],
        "partialCompany": False,
    }


@pytest.mark.parametrize(
    ("identity", "query"),
    [
        (PEOPLE[0], {"personId": "1000000001"}),
        (PEOPLE[1], {"linkedinUrl": "https://www.linkedin.com/in/zoe-example-0001"}),
        (PEOPLE[2], {"email": "zoe@acme.example.com"}),
        (PERSON, {"firstName": "Zoë", "lastName": "Example", "companyDomain": "acme.example.com"}),
        (PEOPLE[4], {"firstName": "李", "lastName": "例", "companyName": "Acme Example"}),
        (Identity("company", id="2000000001"), {"companyId": "2000000001"}),
        (Identity("company", domain="acme.example.com"), {"domain": "acme.example.com"}),
        (Identity("company", name="Acme Example"), {"company": "Acme Example"}),
    ],
)
def test_one_alone_stands_in_the_query(identity: Identity, query: dict[str, Any]) -> None:
    call = look_up_one(identity.entity, identity, None, PRICES)
    declined = "partialProfile" if identity.entity == "person" else "partialCompany"
    assert (call.method, call.path, call.paid, call.body) == ("GET", f"/v2/{identity.entity}", True, None)
    assert call.query == {**query, declined: False}
    assert call.name == f"GET /v2/{identity.entity}"
    assert call.absent and call.absent() == NOTHING
    assert (NOTHING.items[0].error, NOTHING.charged) == ("NOT_FOUND", 0)


@pytest.mark.parametrize(
    ("identity", "problem", "code"),
    [
        (Identity("person"), "has no complete identifier", "400"),
        (Identity("person", id="1", email="a@b.co"), "mixes identifiers: id, email", "400"),
        (Identity("person", email="zoe@acme"), "has an e-mail address that is not valid", "400"),
        (Identity("person", first_name="Zoë", company_name="Acme Example"), "has a name without both parts", "412"),
        (Identity("person", last_name="Example", company_name="Acme"), "has a name without both parts", "412"),
        (Identity("person", first_name="Zoë", last_name=" ", company_name="A"), "has a name without both parts", "412"),
        (Identity("person", first_name="Zoë", last_name="Example"), "mixes identifiers: first_name, last_name", "400"),
        (Identity("company", id="1"), "is a company, not a person", "400"),
    ],
)
def test_an_item_that_lusha_would_refuse_is_refused_here(identity: Identity, problem: str, code: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        look_up("person", [PERSON, identity], ["1", "2"], BOTH, PRICES)
    assert refused.value.message == f"Lusha: item 2 of the request {problem}; nothing was sent"
    assert refused.value.code == code
    with pytest.raises(RequestRefused, match="item 1 of the request"):
        look_up_one("person", identity, BOTH, PRICES)


def test_a_request_holds_1_to_100_items() -> None:
    with pytest.raises(RequestRefused, match="a request holds 100 items at most, not 101; nothing was sent"):
        look_up("person", [PERSON] * 101, [str(place) for place in range(101)], BOTH, PRICES)
    with pytest.raises(ValueError, match="needs an item"):
        look_up("person", [], [], BOTH, PRICES)


def test_references_are_one_for_each() -> None:
    with pytest.raises(RequestRefused, match="item 3 of the request has the same reference as item 1"):
        look_up("person", [PERSON] * 3, ["1", "2", "1"], BOTH, PRICES)
    with pytest.raises(ValueError, match="one reference for each identity"):
        look_up("person", [PERSON, PERSON], ["1"], BOTH, PRICES)


@pytest.mark.parametrize(
    ("entity", "reveal", "problem"),
    [
        ("person", set(), "must name what to reveal"),
        ("person", {"profile"}, "must name what to reveal"),
        ("person", {"fax"}, "no person datum can be revealed as fax"),
        ("company", {"emails"}, "no company datum can be revealed as emails"),
    ],
)
def test_what_to_reveal_is_checked(entity: Entity, reveal: set[str], problem: str) -> None:
    identity = PERSON if entity == "person" else Identity("company", id="1")
    with pytest.raises(ValueError, match=problem):
        look_up_one(entity, identity, reveal, PRICES)
