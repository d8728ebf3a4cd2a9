"""Against Lusha's own OpenAPI document, which is not part of this repository: examples parse, bodies conform."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from connector.lusha.attributes import CATALOGUE, REVEALS
from connector.lusha.prices import PriceList
from connector.lusha.v3 import USAGE_PATH, enrich_body, enrich_path, search_body, search_path
from connector.lusha.v3_answers import account, enrich_answer, search_answer
from connector.models import Answer, Entity, Identity, Profile
from tests.lusha.test_attributes import ENTITIES, leaves

DOCUMENT = Path(__file__).parents[3] / "shared" / "lusha" / "v3-openapi.yaml"
pytestmark = pytest.mark.skipif(
    not DOCUMENT.exists(), reason=f"Lusha's OpenAPI document is not part of the repository and not at {DOCUMENT}"
)

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


@cache
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    return loaded


def example(path: str, method: str = "post") -> dict[str, Any]:
    answer = document()["paths"][path][method]["responses"]["200"]["content"]["application/json"]["example"]
    assert isinstance(answer, dict)
    return answer


def request_problems(path: str, body: dict[str, Any]) -> Iterator[str]:
    """Breaches of the document's schema, unknown properties included (Lusha refuses those too)."""
    registry: Registry[Any] = Registry().with_resource("urn:lusha", DRAFT202012.create_resource(document()))
    name = document()["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    validator = Draft202012Validator({"$ref": f"urn:lusha{name}"}, registry=registry)
    yield from (error.message for error in validator.iter_errors(body))
    schemas = document()["components"]["schemas"]
    schema = schemas[name.rpartition("/")[2]]
    yield from (f"unknown property {key}" for key in body if key not in schema["properties"])
    for key, items in body.items():
        if reference := schema["properties"].get(key, {}).get("items", {}).get("$ref"):
            known = schemas[reference.rpartition("/")[2]]["properties"]
            yield from (f"unknown {key}.{part}" for item in items for part in item if part not in known)


def profiles(answer: Answer) -> list[Profile]:
    return [item.profile for item in answer.items if item.profile]


@pytest.mark.parametrize("entity", ENTITIES)
def test_search_bodies_conform(entity: Entity) -> None:
    identities = IDENTITIES[entity]
    path, body = search_body(entity, identities, [str(n) for n in range(len(identities))])
    assert list(request_problems(path, body)) == []


@pytest.mark.parametrize("entity", ENTITIES)
def test_enrich_bodies_conform(entity: Entity) -> None:
    path, body = enrich_body(entity, ["1000000001"], REVEALS[entity])
    assert list(request_problems(path, body)) == []
    assert list(request_problems(*enrich_body("company", ["2000000001"], []))) == []


def test_the_check_itself_bites() -> None:
    assert list(request_problems("/v3/contacts/enrich", {"ids": ["1"], "reveal": ["fax"]}))
    assert list(request_problems("/v3/contacts/enrich", {"ids": ["1"], "fax": True}))
    assert list(request_problems("/v3/contacts/search", {"contacts": [{"fax": "1"}]}))
    assert list(request_problems("/v3/contacts/search", {"contacts": []}))


@pytest.mark.parametrize("entity", ENTITIES)
def test_search_examples_parse(entity: Entity) -> None:
    payload = example(search_path(entity))
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
    payload = example(search_path("person"))
    answer = search_answer(payload, "person", ["my-ref-4", "my-ref-5"], PriceList())
    assert [(item.error, item.message) for item in answer.items] == [
        ("NOT_FOUND", "Contact not found"),
        ("NO_ANSWER", "Lusha left this item out of its answer"),
    ]


def test_enrich_example_of_people_leaves_out_one_of_two() -> None:
    answer = enrich_answer(example(enrich_path("person")), "person", ["4389064654", "4389064624"], ["emails"])
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
    answer = enrich_answer(example(enrich_path("company")), "company", ["16303253", "12790225"], REVEALS["company"])
    told = {leaf for profile in profiles(answer) for leaf in leaves(profile.attributes)}
    v3 = {path for path, attribute in CATALOGUE["company"].items() if "v3" in attribute.generations}
    assert told <= v3
    # the examples show these nowhere; the schema has them
    assert {path.partition(".")[2] or path for path in v3 - told} == {"state_code", "zip_code", "email_domain"}
    assert answer.charged == 10
    assert profiles(answer)[0].attributes["funding"]["last_round_date"] == "2021-11-10"


def test_usage_example_parses() -> None:
    payload = example(USAGE_PATH, "get")
    told = account(payload)
    assert (told.remaining, told.total, told.used) == (8500, 10000, 1500)
    assert PriceList(told.prices).enrich("person", {"emails", "phones"}) == 6


def fill(schema: dict[str, Any]) -> Any:
    """An invented value for everything a schema names, from its own examples where it has them."""
    if "$ref" in schema:
        return fill(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if schema.get("type") == "object":
        return {name: fill(part) for name, part in schema.get("properties", {}).items() if name != "error"}
    if schema.get("type") == "array" and "example" not in schema:
        return [fill(schema["items"])]
    return schema.get("example", {"string": "x", "boolean": True}.get(schema.get("type", "string"), math.pi))


@pytest.mark.parametrize(("entity", "name"), [("person", "V3EnrichedContact"), ("company", "V3EnrichedCompany")])
def test_everything_the_schema_names_is_read(entity: Entity, name: str) -> None:
    result = fill({"$ref": f"#/components/schemas/{name}"})
    answer = enrich_answer({"results": [result]}, entity, [result["id"]], REVEALS[entity])
    told = set(leaves(profiles(answer)[0].attributes))
    v3 = {path for path, attribute in CATALOGUE[entity].items() if "v3" in attribute.generations}
    without_schema = {path for path in v3 if path.startswith(("funding.", "intent."))}  # "payload when present"
    assert told == v3 - without_schema
