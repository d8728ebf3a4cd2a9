"""Lusha's own OpenAPI documents, where they are at hand, and an answer held against them.

They may not be copied into the repository. Where a document's schema contradicts its own examples, the examples win:
``PATCHES`` mends the schema, and ``test_documents`` shows that it needed it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from connector.sandbox.lusha.prices import REVEALS

FOLDER = Path(__file__).parents[4] / "shared" / "lusha"
URI = "urn:lusha:"
Patch = Callable[[dict[str, Any]], None]


class Document:
    """One generation's document as JSON Schema."""

    def __init__(self, version: str, *, mended: bool = True) -> None:
        path = FOLDER / f"{version}-openapi.yaml"
        if not path.exists():
            pytest.skip(f"Lusha's OpenAPI document is not at {path}; it may not be copied into the repository")
        self.root: dict[str, Any] = _json_schema(_loaded(path), URI + version)
        if mended:
            for patch in PATCHES[version].values():
                patch(self.root)
        resource = DRAFT202012.create_resource(self.root)
        self.registry: Registry[Any] = Registry().with_resource(URI + version, resource)

    @property
    def schemas(self) -> dict[str, Any]:
        return dict(self.root["components"]["schemas"])

    def operations(self) -> set[tuple[str, str]]:
        """(method, path) of everything it documents."""
        paths: Mapping[str, Any] = self.root["paths"]
        return {
            (method.upper(), path)
            for path, operations in paths.items()
            for method in operations
            if method in ("get", "post", "patch", "delete")
        }

    def response(self, method: str, path: str, status: int) -> dict[str, Any]:
        """The schema of an answer."""
        found = self.root["paths"][path][method.lower()]["responses"][str(status)]
        if "$ref" in found:
            found = self.root["components"]["responses"][found["$ref"].rpartition("/")[2]]
        return dict(found["content"]["application/json"])

    def check(self, method: str, path: str, status: int, answer: Any) -> None:
        """Raise ValidationError unless the document allows this answer."""
        schema = self.response(method, path, status)["schema"]
        Draft202012Validator(schema, registry=self.registry, format_checker=FormatChecker()).validate(answer)

    def strangers(self, method: str, path: str, answer: Any) -> set[str]:
        """Properties of an answer that its schema does not name (most schemas forbid nothing extra)."""
        return set(self._strangers(self.response(method, path, 200)["schema"], answer, ""))

    def parameter(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """A parameter of a query, its reference followed."""
        name = str(told.get("$ref", "")).rpartition("/")[2]
        return dict(self.root["components"]["parameters"][name] if name else told)

    def request_examples(self, method: str, path: str) -> dict[str, Any]:
        """Every request that the document shows."""
        body = self.root["paths"][path][method.lower()].get("requestBody")
        content = body["content"]["application/json"] if body else {}
        shown = {"example": content["example"]} if "example" in content else {}
        return shown | {name: example["value"] for name, example in content.get("examples", {}).items()}

    def resolved(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        if "$ref" in schema:
            return self.resolved(self.root["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        parts = [self.resolved(part) for part in (*schema.get("allOf", ()), *schema.get("anyOf", ()))]
        properties = {name: value for part in (*parts, schema) for name, value in part.get("properties", {}).items()}
        items = [part["items"] for part in (*parts, schema) if "items" in part]
        return {
            **schema,
            **({"properties": properties} if properties else {}),
            **({"items": items[0]} if items else {}),
        }

    def _strangers(self, schema: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:
        schema = self.resolved(schema)
        if isinstance(value, list) and "items" in schema:
            for part in value:
                yield from self._strangers(schema["items"], part, f"{where}[]")
        if not isinstance(value, dict):
            return
        more = schema.get("additionalProperties")
        for key, part in value.items():
            if key in schema.get("properties", {}):
                yield from self._strangers(schema["properties"][key], part, f"{where}.{key}")
            elif isinstance(more, dict):
                yield from self._strangers(more, part, f"{where}.*")
            elif "properties" in schema:
                yield f"{where}.{key}"


@cache
def _loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _json_schema(node: Any, uri: str) -> Any:
    """OpenAPI 3.0 spells "or null" as ``nullable``; references are made absolute."""
    if isinstance(node, list):
        return [_json_schema(part, uri) for part in node]
    if not isinstance(node, dict):
        return node
    made = {key: _json_schema(value, uri) for key, value in node.items()}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = uri + made["$ref"]
    if made.pop("nullable", False) and "type" in made:
        made["type"] = [made["type"], "null"]
    return made


# --- where the documents contradict themselves ------------------------------------------------------------


def _in(*keys: str) -> Callable[[dict[str, Any]], Any]:
    def found(root: dict[str, Any]) -> Any:
        node: Any = root["components"]["schemas"]
        for key in keys:
            node = node[key]
        return node

    return found


def _company_offers(root: dict[str, Any]) -> None:
    """``canReveal[].field`` enumerates emails and phones alone; the company examples name their reveals there."""
    _in("V3CanRevealItem", "properties", "field")(root)["enum"] += REVEALS["companies"]


def _phones(root: dict[str, Any]) -> None:
    """``phones`` is one string by schema and a list in the example, as ``emails`` is."""
    _in("Contact", "properties")(root)["phones"] = {"type": "array", "items": {"type": "string"}}


def _no_error(root: dict[str, Any]) -> None:
    """``error`` must be an object by schema; every example of success has null."""
    for name in ("ContactResponse", "ContactSingleResponse"):
        properties = _in(name, "properties")(root)
        properties["error"] = {"anyOf": [properties["error"], {"type": "null"}]}
        properties["error"]["anyOf"][0].pop("type", None)


def _bulk_location(root: dict[str, Any]) -> None:
    """Single and bulk share a schema that requires ``countryIso2`` and ``rawLocation``; bulk has ``country_iso2``."""
    _in("LocationResponse")(root)["required"] = ["country", "continent"]


def _previous_job(root: dict[str, Any]) -> None:
    """The job before requires a seniority and ``isCurrent`` of its company; the examples have ``{}``."""
    properties = _in("PreviousJobResponse", "properties")(root)
    properties["jobTitle"] = {"type": "object", "properties": _in("JobTitle", "properties")(root)}
    properties["company"] = {"type": "object", "properties": _in("Company", "properties")(root)}


def _funding_round(root: dict[str, Any]) -> None:
    """Beside a person a round requires ``title``; the example has ``roundType``, as everywhere else."""
    _in("CompanyResponse", "properties")(root)["funding"] = {"$ref": f"{URI}v2#/components/schemas/CompanyFunding"}


def _seniorities(root: dict[str, Any]) -> None:
    """A list of strings by schema, of ``{id, name}`` in the example."""
    content = root["paths"]["/prospecting/filters/contacts/seniority"]["get"]["responses"]["200"]["content"]
    content["application/json"]["schema"]["items"] = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
    }


V2_PERSON, V3_COMPANIES = ("POST", "/v2/person"), ("POST", "/v3/companies/search")
PATCHES: Mapping[str, Mapping[tuple[str, str, str], Patch]] = {
    "v3": {(*V3_COMPANIES, "is not one of"): _company_offers},
    "v2": {
        (*V2_PERSON, "is not of type 'string'"): _phones,
        (*V2_PERSON, "None is not of type 'object'"): _no_error,
        (*V2_PERSON, "'rawLocation' is a required property"): _bulk_location,
        (*V2_PERSON, "'isCurrent' is a required property"): _previous_job,
        (*V2_PERSON, "'title' is a required property"): _funding_round,
        ("GET", "/prospecting/filters/contacts/seniority", "is not of type 'string'"): _seniorities,
    },
}
"""Operation whose own example breaks its schema, how, and the mended schema."""
