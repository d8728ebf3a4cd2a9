"""Against Lusha's own OpenAPI document, which is not part of this repository: examples parse, bodies conform."""

from __future__ import annotations

from typing import Any

import pytest

from connector.lusha.attributes import CATALOGUE, REVEALS
from connector.lusha.calls import Call
from connector.lusha.prices import PriceList
from connector.lusha.v3.answers import account, enrich_answer, search_and_enrich_answer, search_answer
from connector.lusha.v3.requests import (
    USAGE_PATH,
    enrich_body,
    enrich_path,
    search_and_enrich_body,
    search_and_enrich_path,
    search_body,
    search_path,
)
from connector.models import Answer, Entity, Identity, Profile
from tests.lusha.test_attributes import ENTITIES, leaves
from tests.openapi import V3

IDENTITIES: dict[Entity, list[Identity]] = {
    "person": [
        Identity("person", id="1000000001"),
        Identity("person", linkedin_url="https://www.linkedin.com/in/zoe-example-0001"),
        Identity("person", email="zoe@acme.example.com"),
        Identity("person", first_name="Zoë", last_name="Example", company_domain="acme.example.com"),
        Identity("person", first_name="Zoë", last_name="Example", company_name="Acme Example"),
    ],
    "company": [
        Identity("company", id="2000000001"),
        Identity("company", domain="acme.example.com"),
        Identity("company", name="Acme Example"),
    ],
}


def profiles(answer: Answer) -> list[Profile]:
    return [item.profile for item in answer.items if item.profile]


@pytest.mark.parametrize("entity", ENTITIES)
def test_search_bodies_conform(entity: Entity) -> None:
    identities = IDENTITIES[entity]
    path, body = search_body(entity, identities, [str(n) for n in range(len(identities))])
    assert list(V3.request_problems(path, body)) == []


@pytest.mark.parametrize("entity", ENTITIES)
def test_enrich_bodies_conform(entity: Entity) -> None:
    path, body = enrich_body(entity, ["1000000001"], REVEALS[entity])
    assert list(V3.request_problems(path, body)) == []
    assert list(V3.request_problems(*enrich_body("company", ["2000000001"], []))) == []


def test_the_check_itself_bites() -> None:
    assert list(V3.request_problems("/v3/contacts/enrich", {"ids": ["1"], "reveal": ["fax"]}))
    assert list(V3.request_problems("/v3/contacts/enrich", {"ids": ["1"], "fax": True}))
    assert list(V3.request_problems("/v3/contacts/search", {"contacts": [{"fax": "1"}]}))
    assert list(V3.request_problems("/v3/contacts/search", {"contacts": []}))
    deep: dict[str, Any] = {"pagination": {"page": 0, "size": 25}, "filters": {"contacts": {"include": {}}}}
    assert not list(V3.request_problems("/v3/contacts/prospecting", deep))
    deep["filters"]["contacts"]["include"] = {"education": {"degree": []}, "geographicDetails": [{"zip": "1"}]}
    assert list(V3.request_problems("/v3/contacts/prospecting", deep)) == [
        "$.filters.contacts.include.education: unknown property degree",
        "$.filters.contacts.include.geographicDetails[]: unknown property zip",
    ]
    assert list(V3.call_problems(Call("GET", "/v3/contacts/prospecting/filters", dict, query={"fax": "1"})))
    template = "/v3/contacts/prospecting/filters/{filterType}"
    assert list(V3.call_problems(Call("GET", template.format(filterType="fax"), dict, template=template)))
    assert list(V3.call_problems(Call("GET", template, dict, query={"query": "x"}, template=template)))


@pytest.mark.parametrize("entity", ENTITIES)
def test_search_examples_parse(entity: Entity) -> None:
    payload = V3.example(search_path(entity))
    references = [result["clientReferenceId"] for result in payload["results"]]
    answer = search_answer(payload, entity, references, PriceList())
    hits = [result for result in payload["results"] if "error" not in result]
    assert [profile.id for profile in profiles(answer)] == [result["id"] for result in hits]
    assert answer.charged == payload["billing"]["creditsCharged"]
    for profile, result in zip(profiles(answer), hits, strict=True):
        told = set(leaves(profile.attributes))
        assert {CATALOGUE[entity][leaf].datum for leaf in told} == {"preview"}
        priced = {entry["field"]: entry["credits"] for entry in result["canReveal"]}
        base = {"company": 1} if entity == "company" else {}
        assert profile.offers == base | {name: c for name, c in priced.items() if name in REVEALS[entity]}
        assert "location.country_iso2" in told


def test_search_example_errors() -> None:
    payload = V3.example(search_path("person"))
    answer = search_answer(payload, "person", ["my-ref-4", "my-ref-5"], PriceList())
    assert [(item.error, item.message) for item in answer.items] == [
        ("NOT_FOUND", "Contact not found"),
        ("NO_ANSWER", "Lusha left this item out of its answer"),
    ]


def test_enrich_example_of_people_leaves_out_one_of_two() -> None:
    answer = enrich_answer(V3.example(enrich_path("person")), "person", ["4389064654", "4389064624"], ["emails"])
    assert [item.error for item in answer.items] == [None, "NO_ANSWER"]
    assert answer.charged == 2
    (profile,) = profiles(answer)
    assert set(leaves(profile.attributes)) == {
        "id", "first_name", "last_name", "full_name", "job_title.title", "job_title.seniority",
        "job_title.departments", "company.id", "company.name", "company.domain", "company.industry",
        "location.country", "location.country_iso2", "location.continent", "location.city", "location.is_eu",
        "social.linkedin", "emails[].email", "emails[].type", "emails[].confidence", "emails[].update_date",
        "update_date",
    }  # fmt: skip
    assert profile.attributes["company"]["domain"] == "lusha.com"


def test_enrich_example_of_companies_fills_the_whole_catalogue() -> None:
    answer = enrich_answer(V3.example(enrich_path("company")), "company", ["16303253", "12790225"], REVEALS["company"])
    told = {leaf for profile in profiles(answer) for leaf in leaves(profile.attributes)}
    v3 = {path for path, attribute in CATALOGUE["company"].items() if "v3" in attribute.generations}
    assert told <= v3
    # the examples show these nowhere; the schema has them
    assert {path.partition(".")[2] or path for path in v3 - told} == {
        "state_code", "zip_code", "email_domain", "value", "currency", "value_usd", "visits", "mom_change_percent",
        "month",
    }  # fmt: skip
    assert answer.charged == 10
    assert profiles(answer)[0].attributes["funding"]["last_round_date"] == "2021-11-10"


def test_usage_example_parses() -> None:
    payload = V3.example(USAGE_PATH, "get")
    told = account(payload)
    assert (told.remaining, told.total, told.used) == (8500, 10000, 1500)
    assert PriceList(told.prices).enrich("person", {"emails", "phones"}) == 6


@pytest.mark.parametrize(("entity", "name"), [("person", "V3EnrichedContact"), ("company", "V3EnrichedCompany")])
def test_everything_the_schema_names_is_read(entity: Entity, name: str) -> None:
    result = V3.fill({"$ref": f"#/components/schemas/{name}"})
    answer = enrich_answer({"results": [result]}, entity, [result["id"]], REVEALS[entity])
    assert set(leaves(profiles(answer)[0].attributes)) == told_by_the_schema(entity)


def told_by_the_schema(entity: Entity) -> set[str]:
    v3 = {path for path, attribute in CATALOGUE[entity].items() if "v3" in attribute.generations}
    return {path for path in v3 if not path.startswith(("funding.", "intent."))}  # "payload when present"


@pytest.mark.parametrize("entity", ENTITIES)
def test_everything_that_can_be_revealed_can_be_asked_for(entity: Entity) -> None:
    reveal = V3.resolved(V3.body_schema(enrich_path(entity)))["properties"]["reveal"]
    assert set(reveal["items"]["enum"]) == REVEALS[entity]


# --- search and enrich in one


@pytest.mark.parametrize("entity", ENTITIES)
def test_search_and_enrich_bodies_conform(entity: Entity) -> None:
    identities = IDENTITIES[entity]
    reveal = REVEALS["person"] if entity == "person" else ()
    path, body = search_and_enrich_body(entity, identities, [str(n) for n in range(len(identities))], reveal)
    assert list(V3.request_problems(path, body)) == []


@pytest.mark.parametrize("entity", ENTITIES)
def test_search_and_enrich_examples_parse(entity: Entity) -> None:
    payload = V3.example(search_and_enrich_path(entity))
    references = [result["clientReferenceId"] for result in payload["results"]]
    answer = search_and_enrich_answer(
        payload, entity, [*references, "x"], REVEALS["person"] if entity == "person" else ()
    )
    assert [profile.raw for profile in profiles(answer)] == payload["results"]
    assert answer.items[-1].error == "NO_ANSWER"
    assert answer.charged == payload["billing"]["creditsCharged"]
    assert all(set(leaves(profile.attributes)) <= set(CATALOGUE[entity]) for profile in profiles(answer))


@pytest.mark.parametrize(
    ("entity", "name"),
    [("person", "V3SearchAndEnrichContactResult"), ("company", "V3SearchAndEnrichCompanyResult")],
)
def test_everything_a_search_and_enrich_can_tell_is_read(entity: Entity, name: str) -> None:
    result = V3.fill({"$ref": f"#/components/schemas/{name}"})
    answer = search_and_enrich_answer({"results": [result]}, entity, [result["clientReferenceId"]], ["x"])
    assert set(leaves(profiles(answer)[0].attributes)) == told_by_the_schema(entity)
