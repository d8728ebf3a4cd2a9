"""Every answer of the sandbox's Lusha API, held against Lusha's own OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from starlette.testclient import TestClient

from connector.sandbox.lusha import lusha_app
from connector.sandbox.lusha_account import LushaAccount
from connector.sandbox.lusha_checks import REVEALS
from connector.sandbox.lusha_limits import Limits, Plan
from connector.sandbox.world import build_world

DOCUMENT = Path(__file__).parents[3] / "shared" / "lusha" / "v3-openapi.yaml"
KEY = "sandbox-lusha-key"
WORLD = build_world()
URI = "urn:lusha:v3"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    if not DOCUMENT.exists():
        pytest.skip(f"Lusha's OpenAPI document is not at {DOCUMENT}; it may not be copied into the repository")
    return dict(_json_schema(yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))))


@pytest.fixture
def account() -> LushaAccount:
    return LushaAccount(WORLD, key=KEY, clock=lambda: datetime(2026, 11, 2, tzinfo=UTC), limits=False)


def _json_schema(node: Any) -> Any:
    """OpenAPI 3.0 spells "or null" as ``nullable``; references are made absolute."""
    if isinstance(node, list):
        return [_json_schema(part) for part in node]
    if not isinstance(node, dict):
        return node
    made = {key: _json_schema(value) for key, value in node.items()}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = URI + made["$ref"]
    if made.pop("nullable", False) and "type" in made:
        made["type"] = [made["type"], "null"]
    return made


def check(document: Mapping[str, Any], path: str, method: str, status: int, answer: Any) -> None:
    """Raise ValidationError unless the document allows this answer."""
    response = document["paths"][path][method]["responses"][str(status)]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    registry: Registry[Any] = Registry().with_resource(URI, DRAFT202012.create_resource(document))
    schema = response["content"]["application/json"]["schema"]
    Draft202012Validator(schema, registry=registry, format_checker=FormatChecker()).validate(answer)


def undocumented(document: Mapping[str, Any], name: str, value: Any) -> list[str]:
    """Property paths of ``value`` that schema ``name`` does not name (the document forbids nothing extra)."""
    return _strangers(document, document["components"]["schemas"][name], value, "")


def _strangers(document: Mapping[str, Any], schema: Mapping[str, Any], value: Any, where: str) -> list[str]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list) and "items" in schema:
        return [bad for part in value for bad in _strangers(document, schema["items"], part, f"{where}[]")]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    bad = [f"{where}.{key}" for key in value if key not in schema["properties"]]
    for key, part in value.items():
        if key in schema["properties"]:
            bad += _strangers(document, schema["properties"][key], part, f"{where}.{key}")
    return bad


def without_company_offers(answer: dict[str, Any]) -> dict[str, Any]:
    """``canReveal[].field`` is an enumeration of emails and phones alone; the document's own company examples
    (and its reveal list) name others there."""
    rest = [{k: v for k, v in result.items() if k != "canReveal"} for result in answer["results"]]
    return {**answer, "results": rest}


def http(account: LushaAccount) -> TestClient:
    return TestClient(lusha_app(account), headers={"api_key": KEY})


def batches(ids: list[str]) -> list[list[str]]:
    return [ids[start : start + 100] for start in range(0, len(ids), 100)]


def test_searching_and_enriching_everybody(document: dict[str, Any], account: LushaAccount) -> None:
    client = http(account)
    strangers: set[str] = set()
    for ids in batches([*WORLD.people, "1"]):
        found = client.post("/v3/contacts/search", json={"contacts": [{"id": id} for id in ids]}).json()
        check(document, "/v3/contacts/search", "post", 200, found)
        strangers |= set(undocumented(document, "V3ContactsSearchResponse", found))
        bought = client.post("/v3/contacts/enrich", json={"ids": ids}).json()
        check(document, "/v3/contacts/enrich", "post", 200, bought)
        strangers |= set(undocumented(document, "V3ContactsEnrichResponse", bought))
    # in the document's examples, though not in its schema
    assert strangers <= {".results[].company.industry"}


def test_searching_and_enriching_every_company(document: dict[str, Any], account: LushaAccount) -> None:
    client = http(account)
    strangers: set[str] = set()
    for ids in batches([*WORLD.companies, "1"]):
        found = client.post("/v3/companies/search", json={"companies": [{"id": id} for id in ids]}).json()
        check(document, "/v3/companies/search", "post", 200, without_company_offers(found))
        strangers |= set(undocumented(document, "V3CompaniesSearchResponse", found))
        for reveal in ((), REVEALS["companies"]):
            bought = client.post("/v3/companies/enrich", json={"ids": ids, "reveal": list(reveal)}).json()
            check(document, "/v3/companies/enrich", "post", 200, bought)
            strangers |= set(undocumented(document, "V3CompaniesEnrichResponse", bought))
    # the schema says phone and email; the examples and ``has`` say phones[] and emails[]
    assert strangers == {".results[].phones", ".results[].emails"}


def test_every_name_in_has_and_can_reveal_is_one_the_document_knows(
    document: dict[str, Any], account: LushaAccount
) -> None:
    preview = document["components"]["schemas"]["V3CompanyPreview"]["properties"]
    example = document["paths"]["/v3/companies/search"]["post"]["responses"]["200"]["content"]
    shown = example["application/json"]["example"]["results"]
    known = {*preview["has"]["example"], *(name for result in shown for name in result["has"])}
    results = http(account).post(
        "/v3/companies/search", json={"companies": [{"id": id} for id in [*WORLD.companies][:100]]}
    )
    for result in results.json()["results"]:
        assert set(result["has"]) <= known
        assert {offer["field"] for offer in result["canReveal"]} <= set(REVEALS["companies"])


def test_the_documents_own_company_example_breaks_its_can_reveal_schema(document: dict[str, Any]) -> None:
    """Why company offers are held against the reveal list instead; when this fails, the document was mended."""
    content = document["paths"]["/v3/companies/search"]["post"]["responses"]["200"]["content"]
    with pytest.raises(ValidationError, match=r"is not one of \['emails', 'phones'\]"):
        check(document, "/v3/companies/search", "post", 200, content["application/json"]["example"])


def test_usage(document: dict[str, Any], account: LushaAccount) -> None:
    told = http(account).get("/v3/account/usage").json()
    check(document, "/v3/account/usage", "get", 200, told)
    assert undocumented(document, "AccountUsageResponse", told) == []


def test_refusals(document: dict[str, Any], account: LushaAccount) -> None:
    client = http(account)
    path = "/v3/contacts/search"
    good = {"contacts": [{"id": next(iter(WORLD.people))}]}

    def refused(status: int, body: Any = good, headers: Mapping[str, str] | None = None) -> None:
        answer = client.post(path, json=body, headers=headers)
        assert answer.status_code == status
        check(document, path, "post", status, answer.json())
        assert undocumented(document, "ErrorResponse", answer.json()) == []

    refused(400, {"contacts": [{"email": "no"}]})
    refused(401, headers={"api_key": "wrong"})
    account.active = False
    refused(403)
    account.active = True
    account.used = account.total
    refused(402)
    account.limits = Limits(Plan(per_minute=0))
    refused(429)


def test_the_reveal_lists_are_the_documents(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for kind, name in (("contacts", "V3ContactsEnrichRequest"), ("companies", "V3CompaniesEnrichRequest")):
        assert set(REVEALS[kind]) == set(schemas[name]["properties"]["reveal"]["items"]["enum"])


def test_the_requests_of_the_documents_examples_are_accepted(document: dict[str, Any], account: LushaAccount) -> None:
    client = http(account)
    for path in ("contacts/search", "contacts/enrich", "companies/search", "companies/enrich"):
        content = document["paths"][f"/v3/{path}"]["post"]["requestBody"]["content"]["application/json"]
        examples = [content["example"]] if "example" in content else []
        examples += [example["value"] for example in content.get("examples", {}).values()]
        assert examples
        for example in examples:
            assert client.post(f"/v3/{path}", json=example).status_code == 200
