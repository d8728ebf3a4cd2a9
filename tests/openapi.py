"""Lusha's own OpenAPI documents, where they are at hand: their examples, and requests and answers held against them.

They may not be copied into the repository; a test that reads one is skipped where it is not there. A request is held
against its schema more strictly than the document says: Lusha refuses unknown properties, at every depth, also where
the document leaves ``additionalProperties`` out. Of an answer such properties are told apart (``strangers``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from connector.lusha.calls import Call

FOLDER = Path(__file__).parents[2] / "shared" / "lusha"
METHODS = ("get", "post", "put", "patch", "delete")
_URN = "urn:lusha"
_VALUES = {"example", "examples", "default", "enum", "required"}
"""Keywords that hold values, not schemas."""

_PLAIN = {"string": "x", "boolean": True, "integer": 3, "number": math.pi}
_FORMATTED = {"date": "2026-01-02", "email": "zoe@acme.example.com"}

Schema = Mapping[str, Any]
Patch = Callable[[dict[str, Any]], None]
"""Mends a document in place."""


class Document:
    """One generation's document, read when it is first needed."""

    def __init__(self, version: str, *patches: Patch) -> None:
        self.version = version
        self._patches = patches

    @cached_property
    def told(self) -> dict[str, Any]:
        """Everything in it, patched."""
        path = FOLDER / f"{self.version}-openapi.yaml"
        if not path.exists():
            pytest.skip(f"Lusha's OpenAPI document is not part of the repository and not at {path}")
        told: dict[str, Any] = deepcopy(_loaded(path))
        for patch in self._patches:
            patch(told)
        return told

    # --- what it says

    def operations(self) -> set[tuple[str, str]]:
        """(method, path) of everything it documents."""
        paths = self.told["paths"].items()
        return {(method.upper(), path) for path, found in paths for method in found if method in METHODS}

    def operation(self, path: str, method: str = "post") -> dict[str, Any]:
        found: dict[str, Any] = self.told["paths"][path][method.lower()]
        return found

    def parameters(self, path: str, method: str = "get") -> list[dict[str, Any]]:
        """What an operation takes in its path and query, references followed."""
        named = self.told["components"].get("parameters", {})
        told = self.operation(path, method).get("parameters", [])
        return [named[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in told]

    def answers(self, path: str, method: str = "post") -> dict[str, Any]:
        """The examples of its answer by name; ``""`` where there is one without a name."""
        return _examples(self._answer(path, method))

    def example(self, path: str, method: str = "post") -> dict[str, Any]:
        """The first example of its answer."""
        found: dict[str, Any] = next(iter(self.answers(path, method).values()))
        return found

    def requests(self, path: str, method: str = "post") -> dict[str, Any]:
        """The examples of its request by name; none where it takes no body."""
        body = self.operation(path, method).get("requestBody")
        return _examples(body["content"]["application/json"]) if body else {}

    def body_schema(self, path: str, method: str = "post") -> Schema:
        found: Schema = self.operation(path, method)["requestBody"]["content"]["application/json"]["schema"]
        return found

    def schema(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.told["components"]["schemas"][name]
        return found

    def resolved(self, schema: Schema) -> dict[str, Any]:
        """The schema that is meant, where it is named or put together."""
        if "$ref" in schema:
            return self.resolved(self.schema(schema["$ref"].rpartition("/")[2]))
        parts = [self.resolved(part) for part in (*schema.get("allOf", ()), *schema.get("anyOf", ()))]
        properties = {name: inner for part in (*parts, schema) for name, inner in part.get("properties", {}).items()}
        items = [part["items"] for part in (*parts, schema) if "items" in part]
        return {
            **schema,
            **({"type": "object", "properties": properties} if properties else {}),
            **({"items": items[0]} if items else {}),
        }

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
        return _FORMATTED.get(meant.get("format", "")) or _PLAIN[meant.get("type", "string")]

    # --- what is held against it

    def request_problems(self, path: str, body: Any) -> Iterator[str]:
        """Breaches of the document by the body of one POST."""
        yield from self._breaches(self.body_schema(path), body)

    def call_problems(self, call: Call[Any]) -> Iterator[str]:
        """Breaches of the document by one request: its path, its query and its body."""
        operation = self.operation(call.endpoint, call.method)
        parameters = self.parameters(call.endpoint, call.method)
        yield from self._parameter_problems(parameters, "query", call.query or {})
        yield from self._parameter_problems(parameters, "path", _values_in(call))
        if "requestBody" in operation:
            yield from self._breaches(self.body_schema(call.endpoint, call.method), call.body)
        elif call.body is not None:
            yield "a body where none is taken"

    def check(self, method: str, path: str, status: int, answer: Any) -> None:
        """Raise ValidationError unless the document allows this answer."""
        self.validator(self._answer(path, method, status)["schema"]).validate(answer)

    def answer_errors(self, method: str, path: str, answer: Any) -> Iterator[ValidationError]:
        """All that is wrong with an answer, each at its own depth."""
        yield from _deep(self.validator(self._answer(path, method)["schema"]).iter_errors(answer))

    def strangers(self, method: str, path: str, answer: Any) -> set[str]:
        """Properties of an answer that its schema does not name (most schemas forbid nothing extra)."""
        return set(self._strangers(self._answer(path, method)["schema"], answer, ""))

    def validator(self, schema: Schema, *, closed: bool = False) -> Draft202012Validator:
        """``closed``: against properties that a schema does not name."""
        registry = self._registries[closed]
        return Draft202012Validator(json_schema(schema, closed), registry=registry, format_checker=FormatChecker())

    @cached_property
    def _registries(self) -> dict[bool, Registry[Any]]:
        return {closed: self._registry(closed) for closed in (True, False)}

    def _registry(self, closed: bool) -> Registry[Any]:
        schemas = {name: json_schema(schema, closed) for name, schema in self.told["components"]["schemas"].items()}
        empty: Registry[Any] = Registry()
        found: Registry[Any] = empty.with_resource(
            _URN, DRAFT202012.create_resource({"components": {"schemas": schemas}})
        )
        return found

    def _answer(self, path: str, method: str, status: int = 200) -> dict[str, Any]:
        """Schema and examples of an answer."""
        found = self.operation(path, method)["responses"][str(status)]
        if "$ref" in found:
            found = self.told["components"]["responses"][found["$ref"].rpartition("/")[2]]
        content: dict[str, Any] = found["content"]["application/json"]
        return content

    def _parameter_problems(
        self, parameters: list[dict[str, Any]], place: str, given: Mapping[str, Any]
    ) -> Iterator[str]:
        known = {parameter["name"]: parameter for parameter in parameters if parameter["in"] == place}
        yield from (f"{name} is missing" for name, told in known.items() if told.get("required") and name not in given)
        for name, value in given.items():
            if name in known:
                yield from (f"{name} {breach}" for breach in self._breaches(known[name]["schema"], value))
            else:
                yield f"unknown parameter {name}"

    def _breaches(self, schema: Schema, value: Any) -> Iterator[str]:
        for error in self.validator(schema, closed=True).iter_errors(value):
            yield from _words(error)

    def _strangers(self, schema: Schema, value: Any, where: str) -> Iterator[str]:
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


V2 = Document("v2")
V3 = Document("v3")


def json_schema(schema: Any, closed: bool) -> Any:
    """An OpenAPI 3.0 schema in the words of JSON Schema; ``closed`` against properties that it does not name."""
    if isinstance(schema, list):
        return [json_schema(part, closed) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    if "$ref" in schema:
        made: dict[str, Any] = {"$ref": _URN + schema["$ref"]}
    else:
        made = {word: _part(word, part, closed) for word, part in schema.items() if word != "nullable"}
        if closed and "properties" in made and "additionalProperties" not in made:
            made["additionalProperties"] = False
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") else made


def _part(word: str, part: Any, closed: bool) -> Any:
    if word in _VALUES:
        return part
    if word == "properties":
        return {name: json_schema(inner, closed) for name, inner in part.items()}
    return json_schema(part, closed)


@cache
def _loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def _examples(content: Mapping[str, Any]) -> dict[str, Any]:
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


def _deep(errors: Any) -> Iterator[ValidationError]:
    for error in errors:
        yield error
        yield from _deep(error.context)
