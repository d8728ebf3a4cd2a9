"""Lookalikes: seeds by kind, and previews that may have no id."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import RequestRefused
from connector.lusha.calls import Undocumented
from connector.lusha.v2.lookalikes import lookalikes
from connector.models import Entity, Identity

PEOPLE = [
    Identity("person", id="1000000001"),
    Identity("person", linkedin_url="https://www.linkedin.com/in/zoe-example-0001"),
    Identity("person", email="zoe@acme.example.com"),
    Identity("person", first_name="Zoë", last_name="Example", company_domain="acme.example.com"),
    Identity("person", first_name="Ada", last_name="Example", company_name="Acme Example"),
]
COMPANIES = [Identity("company", domain=f"company-{number}.example.com") for number in range(4)] + [
    Identity("company", linkedin_url="https://www.linkedin.com/company/acme-example-0001")
]


def test_people_by_kind() -> None:
    call = lookalikes("person", PEOPLE, exclude=[Identity("person", id="9999")], limit=10)
    assert (call.name, call.paid) == ("POST /v3/lookalike/contacts", True)
    assert call.body == {
        "seeds": {
            "contactIds": [1000000001],
            "linkedinUrls": ["https://www.linkedin.com/in/zoe-example-0001"],
            "emails": ["zoe@acme.example.com"],
            "contacts": [
                {"firstName": "Zoë", "lastName": "Example", "companyDomain": "acme.example.com"},
                {"firstName": "Ada", "lastName": "Example", "companyName": "Acme Example"},
            ],
        },
        "exclude": {"contactIds": [9999]},
        "limit": 10,
    }


def test_companies_by_domain_or_linkedin_and_more_of_a_session() -> None:
    assert lookalikes("company", COMPANIES).body == {
        "seeds": {
            "domains": [f"company-{number}.example.com" for number in range(4)],
            "linkedinUrls": ["https://www.linkedin.com/company/acme-example-0001"],
        },
        "limit": 25,
    }
    call = lookalikes("company", COMPANIES[:1], session="00000000-0000-4000-8000-000000000001")
    assert call.path == "/v3/lookalike/companies"
    assert call.body and call.body["dedupeSessionId"] == "00000000-0000-4000-8000-000000000001"


MANY = [Identity("person", email=f"zoe{number}@acme.example.com") for number in range(101)]


@pytest.mark.parametrize(
    ("entity", "seeds", "options", "problem"),
    [
        ("person", PEOPLE[:4], {}, "lookalikes need 5 different seeds or more, not 4"),
        ("person", PEOPLE[:1] * 5, {}, "lookalikes need 5 different seeds or more, not 1"),
        ("person", [], {"session": "s"}, "lookalikes need 1 different seeds or more, not 0"),
        ("person", PEOPLE, {"session": " "}, "the session to go on with is blank"),
        ("person", PEOPLE, {"limit": 0}, "1 to 100 lookalikes can be asked for, not 0"),
        ("person", PEOPLE, {"limit": 101}, "1 to 100 lookalikes can be asked for, not 101"),
        ("person", MANY, {}, "lookalikes take 100 emails, not 101"),
        (
            "person",
            [*PEOPLE, Identity("person", id="v1.abc")],
            {},
            "item 6 of the request has an id that is not a number",
        ),
        ("person", PEOPLE, {"exclude": [Identity("person")]}, "item 6 of the request has no complete identifier"),
        (
            "company",
            [*COMPANIES, Identity("company", name="Acme")],
            {},
            "item 6 of the request has neither a domain nor a LinkedIn URL; lookalikes of companies go by these",
        ),
    ],
)
def test_refusals(entity: Entity, seeds: list[Identity], options: dict[str, Any], problem: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        lookalikes(entity, seeds, **options)
    assert refused.value.message == f"Lusha: {problem}; nothing was sent"
    assert refused.value.code == "400"


def test_people_found() -> None:
    entry = {
        "contactId": "1000000009",
        "firstName": "Ida",
        "lastName": "Example",
        "company": {"companyId": "2000000002", "name": "Rival Example", "domain": "rival.example.org"},
        "jobTitle": {"title": "VP of Sales", "departments": ["Sales"], "seniority": "Director"},
        "location": {"country": "Germany", "state": None, "city": "Berlin"},
    }
    payload = {
        "dedupeSessionId": "s1",
        "results": [entry, {"firstName": "Nobody"}],
        "meta": {"returned": 2, "hasMore": True},
        "creditsCharged": 3,
    }
    found = lookalikes("person", PEOPLE).read(payload)
    assert (found.session, found.more, found.charged) == ("s1", True, 3)
    [profile] = found.profiles
    assert (profile.id, profile.offers, profile.revealed, profile.raw) == ("1000000009", None, frozenset(), entry)
    assert profile.attributes == {
        "id": "1000000009",
        "first_name": "Ida",
        "last_name": "Example",
        "full_name": "Ida Example",
        "job_title": {"title": "VP of Sales", "seniority": "Director", "departments": ["Sales"]},
        "company": {"id": "2000000002", "name": "Rival Example", "domain": "rival.example.org"},
        "location": {"country": "Germany", "country_iso2": "DE", "city": "Berlin"},
    }


def test_companies_found_have_no_id() -> None:
    entry = {
        "domain": "rival.example.org",
        "linkedinUrl": "https://www.linkedin.com/company/rival-example-0001",
        "name": "Rival Example",
        "employeeCount": 364,
        "industry": "Manufacturing",
        "location": {"country": "Germany", "state": None, "city": "Berlin"},
    }
    payload = {"dedupeSessionId": None, "results": [entry, {}], "meta": {"returned": 1, "hasMore": False}}
    found = lookalikes("company", COMPANIES[:1], session="s0").read(payload)
    assert (found.session, found.more, found.charged) == ("s0", False, None)
    [profile] = found.profiles
    assert profile.id == ""
    assert profile.attributes == {
        "name": "Rival Example",
        "domain": "rival.example.org",
        "website": "https://rival.example.org",
        "employee_count": {"exact": 364},
        "industry": "Manufacturing",
        "location": {"country": "Germany", "country_iso2": "DE", "city": "Berlin"},
        "social": {"linkedin": "https://www.linkedin.com/company/rival-example-0001"},
    }


@pytest.mark.parametrize("payload", [None, [], {}, {"results": {}}])
def test_an_answer_of_another_shape(payload: Any) -> None:
    with pytest.raises(Undocumented):
        lookalikes("person", PEOPLE).read(payload)
