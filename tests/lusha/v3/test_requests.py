"""Bodies of V3 requests, and what is refused before it is sent."""

from __future__ import annotations

import pytest

from connector.errors import RequestRefused
from connector.lusha.refusing import unknown
from connector.lusha.v3.requests import enrich_body, search_and_enrich_body, search_body
from connector.models import Entity, Identity

BAD_EMAIL = "has an e-mail address that is not valid"
PERSON = Identity("person", first_name="Zoë", last_name="Example", company_domain="acme.example.com")


def test_search_body_of_people_has_exactly_the_fields_of_each_identity() -> None:
    identities = [
        Identity("person", id="1000000001"),
        Identity("person", linkedin_url="https://www.linkedin.com/in/zoe-example-0001"),
        Identity("person", email="zoe@acme.example.com"),
        PERSON,
        Identity("person", first_name="李", last_name="例", company_name="Acme Example"),
    ]
    assert search_body("person", identities, ["1", "2", "3", "4", "5"]) == (
        "/v3/contacts/search",
        {
            "contacts": [
                {"clientReferenceId": "1", "id": "1000000001"},
                {"clientReferenceId": "2", "linkedinUrl": "https://www.linkedin.com/in/zoe-example-0001"},
                {"clientReferenceId": "3", "email": "zoe@acme.example.com"},
                {
                    "clientReferenceId": "4",
                    "firstName": "Zoë",
                    "lastName": "Example",
                    "companyDomain": "acme.example.com",
                },
                {"clientReferenceId": "5", "firstName": "李", "lastName": "例", "companyName": "Acme Example"},
            ]
        },
    )


def test_search_body_of_companies() -> None:
    identities = [Identity("company", domain="acme.example.com"), Identity("company", name="Acme Example")]
    assert search_body("company", identities, ["a", "b"]) == (
        "/v3/companies/search",
        {
            "companies": [
                {"clientReferenceId": "a", "domain": "acme.example.com"},
                {"clientReferenceId": "b", "name": "Acme Example"},
            ]
        },
    )


@pytest.mark.parametrize(
    ("entity", "identity", "problem"),
    [
        ("person", Identity("company", id="1"), "is a company, not a person"),
        ("person", Identity("person"), "has no complete identifier"),
        ("person", Identity("person", first_name="Zoë"), "mixes identifiers: first_name"),
        ("person", Identity("person", id="1", email="a@b.co"), "mixes identifiers: id, email"),
        ("person", Identity("person", id=" "), "has a blank identifier"),
        ("person", Identity("person", email="zoe@acme"), BAD_EMAIL),
        ("person", Identity("person", email="zoe@@acme.example.com"), BAD_EMAIL),
        ("person", Identity("person", email="zoe example@acme.example.com"), BAD_EMAIL),
        ("person", Identity("person", email=".zoe@acme.example.com"), BAD_EMAIL),
        ("person", Identity("person", email="zoe@acme..example.com"), BAD_EMAIL),
        ("person", Identity("person", email="zoë@acme.example.com"), BAD_EMAIL),
        ("person", Identity("person", email="z" * 250 + "@example.com"), BAD_EMAIL),
        ("person", Identity("person", linkedin_url="zoe"), "has a linkedin_url that is not valid"),
        ("company", Identity("company", domain="acme example.com"), "has a domain that is not valid"),
    ],
)  # fmt: skip
def test_an_item_that_lusha_would_refuse_is_refused_here(entity: Entity, identity: Identity, problem: str) -> None:
    good = PERSON if entity == "person" else Identity("company", id="1")
    with pytest.raises(RequestRefused) as refused:
        search_body(entity, [good, identity], ["1", "2"])
    assert refused.value.message == f"Lusha: item 2 of the request {problem}; nothing was sent"
    assert refused.value.code == "400"


@pytest.mark.parametrize("email", ["a@b.co", "zoe.x+tag@mail.acme.example.com", "o'neil_1@ex-ample.org"])
def test_valid_email(email: str) -> None:
    assert search_body("person", [Identity("person", email=email)], ["1"])


def test_a_request_holds_1_to_100_items() -> None:
    with pytest.raises(RequestRefused, match="a request holds 100 items at most, not 101") as refused:
        search_body("person", [PERSON] * 101, [str(place) for place in range(101)])
    assert refused.value.code == "400"
    with pytest.raises(RequestRefused, match="a request holds 100 items at most, not 101"):
        enrich_body("company", ["1"] * 101, [])
    with pytest.raises(ValueError, match="needs an item"):
        search_body("person", [], [])
    with pytest.raises(ValueError, match="needs an item"):
        enrich_body("company", [], [])


@pytest.mark.parametrize("references", [["1"], ["1", "2", "3"]])
def test_references_are_one_for_each(references: list[str]) -> None:
    with pytest.raises(ValueError, match="one reference for each identity"):
        search_body("person", [PERSON, PERSON], references)


def test_references_that_are_alike_are_refused() -> None:
    with pytest.raises(RequestRefused, match="item 2 of the request has the same reference as item 1") as refused:
        search_body("person", [PERSON, PERSON], ["1", "1"])
    assert refused.value.code == "400"


def test_enrich_body_of_people_names_what_to_reveal_and_declines_the_waterfall() -> None:
    assert enrich_body("person", ["1", "2", "1"], {"phones", "emails", "profile", "preview"}) == (
        "/v3/contacts/enrich",
        {"ids": ["1", "2"], "reveal": ["emails", "phones"], "waterfallEnabled": False},
    )


def test_enrich_body_of_companies() -> None:
    assert enrich_body("company", ["1"], {"company"}) == ("/v3/companies/enrich", {"ids": ["1"]})
    assert enrich_body("company", ["1"], ["intent", "competitors"]) == (
        "/v3/companies/enrich",
        {"ids": ["1"], "reveal": ["competitors", "intent"]},
    )


@pytest.mark.parametrize("reveal", [[], ["profile"], ["preview"]])
def test_a_person_is_never_enriched_without_saying_what_for(reveal: list[str]) -> None:
    with pytest.raises(ValueError, match="must name what to reveal"):
        enrich_body("person", ["1"], reveal)


def test_reveal_of_another_entity() -> None:
    with pytest.raises(ValueError, match="no company datum can be revealed as emails"):
        enrich_body("company", ["1"], ["emails"])


def test_blank_id() -> None:
    with pytest.raises(RequestRefused, match="item 2 of the request has a blank id"):
        enrich_body("company", ["1", " "], [])


def test_search_and_enrich_body_of_people_names_what_to_reveal() -> None:
    assert search_and_enrich_body("person", [Identity("person", id="1"), PERSON], ["a", "b"], {"phones", "emails"}) == (
        "/v3/contacts/search-and-enrich",
        {
            "contacts": [
                {"clientReferenceId": "a", "id": "1"},
                {
                    "clientReferenceId": "b",
                    "firstName": "Zoë",
                    "lastName": "Example",
                    "companyDomain": "acme.example.com",
                },
            ],
            "reveal": ["emails", "phones"],
        },
    )


@pytest.mark.parametrize("reveal", [[], ["company"], ["preview"]])
def test_search_and_enrich_body_of_companies_reveals_the_base_alone(reveal: list[str]) -> None:
    assert search_and_enrich_body("company", [Identity("company", name="Acme Example")], ["a"], reveal) == (
        "/v3/companies/search-and-enrich",
        {"companies": [{"clientReferenceId": "a", "name": "Acme Example"}]},
    )


def test_search_and_enrich_refuses_what_the_two_alone_refuse() -> None:
    with pytest.raises(ValueError, match="must name what to reveal"):
        search_and_enrich_body("person", [PERSON], ["1"], [])
    with pytest.raises(ValueError, match="no person datum can be revealed as intent"):
        search_and_enrich_body("person", [PERSON], ["1"], ["intent"])
    with pytest.raises(ValueError, match="so not competitors, intent"):
        search_and_enrich_body("company", [Identity("company", id="1")], ["1"], ["intent", "competitors"])
    with pytest.raises(ValueError, match="one reference for each identity"):
        search_and_enrich_body("person", [PERSON], [], ["emails"])
    with pytest.raises(RequestRefused, match="item 1 of the request mixes identifiers: id, email"):
        search_and_enrich_body("person", [Identity("person", id="1", email="a@b.co")], ["1"], ["emails"])


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("jobtitles", "no filter 'jobtitles' — did you mean 'jobTitles'?"),
        ("job_titles", "no filter 'job_titles' — did you mean 'jobTitles'?"),
        ("qqqq", "no filter 'qqqq'"),
    ],
)
def test_unknown_names_what_was_probably_meant(name: str, meant: str) -> None:
    assert unknown("filter", name, ["names", "jobTitles"]) == meant
