"""Lusha's own OpenAPI documents, which are not part of this repository: their examples, and requests held against them.

A request is held against the schema more strictly than the document says: Lusha refuses unknown properties, at every
depth, also where the document leaves ``additionalProperties`` out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from connector.lusha.calls import Call

DOCUMENTS = Path(__file__).parents[3] / "shared" / "lusha"
METHODS = ("get", "post", "put", "patch", "delete")
_URN = "urn:lusha"
_VALUES = {"example", "examples", "default", "enum", "required"}
"""Keywords that hold values, not schemas."""

_PLAIN = {"string": "x", "boolean": True, "integer": 3, "number": math.pi}

Schema = Mapping[str, Any]


class Document:
    """One document, read when it is first needed; ``needed`` skips a test module where it is not there."""

    def __init__(self, name: str) -> None:
        self.path = DOCUMENTS / name
        self.needed = pytest.mark.skipif(
            not self.path.exists(),
            reason=f"Lusha's OpenAPI document is not part of the repository and not at {self.path}",
        )

    @cached_property
    def _told(self) -> dict[str, Any]:
        loaded: dict[str, Any] = yaml.safe_load(self.path.read_text("utf-8"))
        return loaded

    @cached_property
    def _strict(self) -> Registry[Any]:
        schemas = {name: strict(schema) for name, schema in self._told["components"]["schemas"].items()}
        empty: Registry[Any] = Registry()
        found: Registry[Any] = empty.with_resource(
            _URN, DRAFT202012.create_resource({"components": {"schemas": schemas}})
        )
        return found

    def operations(self) -> set[str]:
        """``POST /v2/person`` of each."""
        paths = self._told["paths"].items()
        return {f"{method.upper()} {path}" for path, found in paths for method in found if method in METHODS}

    def operation(self, path: str, method: str = "post") -> dict[str, Any]:
        found: dict[str, Any] = self._told["paths"][path][method]
        return found

    def answers(self, path: str, method: str = "post") -> dict[str, Any]:
        """The examples of its answer by name; ``""`` where there is one without a name."""
        return _examples(self.operation(path, method)["responses"]["200"])

    def example(self, path: str, method: str = "post") -> dict[str, Any]:
        """The first example of its answer."""
        found: dict[str, Any] = next(iter(self.answers(path, method).values()))
        return found

    def requests(self, path: str, method: str = "post") -> dict[str, Any]:
        """The examples of its request by name."""
        return _examples(self.operation(path, method)["requestBody"])

    def body_schema(self, path: str, method: str = "post") -> Schema:
        found: Schema = self.operation(path, method)["requestBody"]["content"]["application/json"]["schema"]
        return found

    def schema(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self._told["components"]["schemas"][name]
        return found

    def resolved(self, schema: Schema) -> dict[str, Any]:
        """The schema that is meant, where it is named or put together."""
        if "$ref" in schema:
            return self.resolved(self.schema(schema["$ref"].rpartition("/")[2]))
        if "allOf" not in schema:
            return dict(schema)
        parts = [self.resolved(part) for part in schema["allOf"]]
        properties = {name: inner for part in parts for name, inner in part.get("properties", {}).items()}
        return {"type": "object", "properties": properties}

    def request_problems(self, path: str, body: Any) -> Iterator[str]:
        """Breaches of the document by the body of one POST."""
        yield from self._breaches(self.body_schema(path), body)

    def call_problems(self, call: Call[Any]) -> Iterator[str]:
        """Breaches of the document by one request: its path, its query and its body."""
        method = call.method.lower()
        operation = self.operation(call.endpoint, method)
        yield from self._parameter_problems(operation, "query", call.query or {})
        yield from self._parameter_problems(operation, "path", _values_in(call))
        if "requestBody" in operation:
            yield from self._breaches(self.body_schema(call.endpoint, method), call.body)
        elif call.body is not None:
            yield "a body where none is taken"

    def _parameter_problems(self, operation: Mapping[str, Any], place: str, given: Mapping[str, Any]) -> Iterator[str]:
        every = [self._parameter(parameter) for parameter in operation.get("parameters", [])]
        known = {parameter["name"]: parameter for parameter in every if parameter["in"] == place}
        yield from (f"{name} is missing" for name, told in known.items() if told.get("required") and name not in given)
        for name, value in given.items():
            if name in known:
                yield from (f"{name} {breach}" for breach in self._breaches(known[name]["schema"], value))
            else:
                yield f"unknown parameter {name}"

    def _parameter(self, parameter: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in parameter:
            return parameter
        found: Mapping[str, Any] = self._told["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
        return found

    def _breaches(self, schema: Schema, value: Any) -> Iterator[str]:
        for error in Draft202012Validator(strict(schema), registry=self._strict).iter_errors(value):
            yield from _words(error)

    def fill(self, schema: Schema) -> Any:
        """A value for everything that a schema names but errors, from its own examples where it has them."""
        meant = self.resolved(schema)
        if meant.get("type") == "object":
            return {name: self.fill(part) for name, part in meant.get("properties", {}).items() if name != "error"}
        if meant.get("type") == "array" and "example" not in meant:
            return [self.fill(meant["items"])]
        if meant.get("example") is not None:
            return meant["example"]
        if "enum" in meant:
            return meant["enum"][0]
        return _PLAIN[meant.get("type", "string")]


V2 = Document("v2-openapi.yaml")
V3 = Document("v3-openapi.yaml")


def _examples(told: Mapping[str, Any]) -> dict[str, Any]:
    content = told["content"]["application/json"]
    named = {name: entry["value"] for name, entry in content.get("examples", {}).items()}
    return {**({"": content["example"]} if "example" in content else {}), **named}


def _values_in(call: Call[Any]) -> dict[str, str]:
    """What stands in the path where its template has a name in braces."""
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(call.endpoint))
    found = re.fullmatch(pattern, call.path)
    return found.groupdict() if found else {"path": call.path}


def _words(error: ValidationError) -> Iterator[str]:
    place = "$" + "".join("[]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    if error.validator == "additionalProperties" and isinstance(error.schema, Mapping):
        known = error.schema["properties"]
        given: Schema = error.instance  # type: ignore[assignment]
        yield from (f"{place}: unknown property {name}" for name in given if name not in known)
    else:
        yield f"{place}: {error.message}"


def strict(schema: Any) -> Any:
    """An OpenAPI 3.0 schema in the words of JSON Schema, closed against properties that it does not name."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    if "$ref" in schema:
        made: dict[str, Any] = {"$ref": _URN + schema["$ref"]}
    else:
        made = {word: _part(word, part) for word, part in schema.items() if word != "nullable"}
        if "properties" in made and "additionalProperties" not in made:
            made["additionalProperties"] = False
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") else made


def _part(word: str, part: Any) -> Any:
    if word in _VALUES:
        return part
    return {name: strict(inner) for name, inner in part.items()} if word == "properties" else strict(part)
