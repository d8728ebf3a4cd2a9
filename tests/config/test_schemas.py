"""The published schemas: valid, self-explaining, and of one mind with the settings' defaults."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

import connector
from connector.config import parse_duration
from connector.config.quantities import parse_share
from connector.config.settings import Budget, FieldRule, Guards, LushaSettings, Match, Select, StateSettings
from connector.mapping.transforms import TRANSFORMS
from connector.redact import Secret
from tests.config.samples import COMPANY, CONFIG, HUBSPOT_COMPANY, HUBSPOT_PERSON, PERSON, load

SCHEMAS = Path(connector.__file__).parent / "schema"
REPOSITORY = Path(__file__).parents[2]


def _schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    return schema


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for below in value.values():
            yield from _parts(below)
    elif isinstance(value, list):
        for below in value:
            yield from _parts(below)


@pytest.mark.parametrize("name", ["config", "mapping"])
def test_the_schema_is_valid_and_closed(name: str) -> None:
    schema = _schema(name)
    Draft202012Validator.check_schema(schema)
    for part in _parts(schema):
        if "enum" in part and "properties" not in part and "x-noun" not in part:
            assert part in _conditions(schema), part
        if isinstance(part.get("properties"), dict) and part.get("type") == "object" and "$ref" not in part:
            assert part.get("additionalProperties") is False or "propertyNames" in part or name == "mapping", part


def _conditions(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for condition in _parts(schema) if "if" in condition for part in _parts(condition["if"])]


def _properties(name: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Every key of every map: its place, its own words, and these over those of what it refers to."""
    schema, found = _schema(name), []
    for part in _parts(schema):
        if not isinstance(part.get("properties"), dict) or "type" not in part:
            continue  # a condition
        for key, own in part["properties"].items():
            target = schema["$defs"].get(own.get("$ref", "").removeprefix("#/$defs/"), {})
            found.append((f"{part.get('title', '')}.{key}", own, {**target, **own}))
    return found


ALL = [(name, *one) for name in ("config", "mapping") for one in _properties(name)]


@pytest.mark.parametrize(
    ("name", "place", "own", "whole"), ALL, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_key_says_what_it_is(name: str, place: str, own: dict[str, Any], whole: dict[str, Any]) -> None:
    """By a description; and by a default, an example, its words, or a map of keys that say so themselves."""
    assert whole.get("description")
    shown = {"default", "examples", "enum", "then", "properties"} & whole.keys()
    assert shown or whole.get("type") in ("boolean", "object") or whole.get("x-expects") == "no argument"


@pytest.mark.parametrize(
    ("name", "place", "own", "whole"), ALL, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_example_and_default_is_taken(name: str, place: str, own: dict[str, Any], whole: dict[str, Any]) -> None:
    validator = Draft202012Validator({"$defs": _schema(name)["$defs"], **own})
    values = [*whole.get("examples", ()), *([whole["default"]] if "default" in whole else [])]
    for value in values:
        assert list(validator.iter_errors(value)) == [], value


def test_every_definition_has_a_title() -> None:
    for name in ("config", "mapping"):
        for key, part in _schema(name)["$defs"].items():
            assert "title" in part or "properties" not in part, key


def test_what_a_transform_does_is_said_in_the_same_words() -> None:
    properties = _schema("mapping")["$defs"]["transformMap"]["properties"]
    assert {name: part["description"] for name, part in properties.items()} == {
        name: transform.doc for name, transform in TRANSFORMS.items()
    }


_NAMES = {"source": "from", "transforms": "as", "strict": "guard"}
_BLOCKS: list[tuple[str, str, Any]] = [
    ("config", "lusha", LushaSettings(Secret("key"))),
    ("config", "state", StateSettings(Path("state.db"))),
    ("config", "budget", Budget()),
    ("config", "guards", Guards()),
    ("mapping", "select", Select()),
    ("mapping", "match", Match()),
    ("mapping", "field", FieldRule("x")),
]


@pytest.mark.parametrize(
    ("name", "block", "settings"), _BLOCKS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_defaults_are_those_of_the_settings(name: str, block: str, settings: Any) -> None:
    """Each way: a default of the code is in the schema, and one of the schema is the code's."""
    properties = _schema(name)["$defs"][block]["properties"]
    for one in dataclasses.fields(settings):
        value, key = getattr(settings, one.name), _NAMES.get(one.name, one.name)
        if isinstance(value, Secret | Budget) or key == "from":
            continue
        told = properties[key].get("default")
        match value:
            case timedelta():
                assert parse_duration(told) == value, key
            case Path():
                assert told == str(value), key
            case None | False | ():
                assert not told, key
            case _:
                assert told == value, key


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_defaults_of_a_connection_are_those_that_are_built(crm: str, tmp_path: Path) -> None:
    text = CONFIG.replace("ca_file: null                # extra", "# extra")
    org = next(org for org in load(tmp_path, text).orgs.values() if org.crm == crm)
    for key, part in _schema("config")["$defs"][crm]["properties"].items():
        whole = _schema("config")["$defs"].get(part.get("$ref", "").removeprefix("#/$defs/"), {}) | part
        if "default" in whole:
            told = parse_share(whole["default"]) if key == "api_reserve" else whole["default"]
            built = org.connection.get(key)
            assert built == told or (built is None and not told), key


@pytest.mark.parametrize("text", [PERSON, COMPANY, HUBSPOT_PERSON, HUBSPOT_COMPANY])
def test_an_editor_takes_the_sample_mappings(text: str) -> None:
    assert list(Draft202012Validator(_schema("mapping")).iter_errors(yaml.safe_load(text))) == []


def test_an_editor_takes_the_sample_configuration() -> None:
    value = yaml.safe_load(CONFIG.replace("${HUBSPOT_TOKEN}", "token"))
    assert list(Draft202012Validator(_schema("config")).iter_errors(value)) == []


@pytest.mark.parametrize(
    "auth",
    [
        {"auth": "token", "access_token": "a"},
        {"auth": "client_credentials", "client_id": "a", "client_secret": "b"},
        {"auth": "jwt", "client_id": "a", "username": "b", "private_key_file": "c", "sandbox": True, "audience": "d"},
        {"auth": "password", "username": "a", "password": "b", "security_token": "c"},
        {"auth": "password", "username": "a", "password": "b", "duplicate_rules": "allow"},
        {"access_token": "a", "login_url": "https://x.example", "api_reserve": "20%", "api_version": "60.0"},
    ],
)
def test_every_salesforce_sign_in_is_in_the_schema(auth: dict[str, Any]) -> None:
    assert _connection_errors("salesforce", {"instance_url": "https://x.example", **auth}) == []


@pytest.mark.parametrize(
    "connection",
    [
        {"access_token": "a", "api_version": "2026-09"},
        {"client_id": "a", "client_secret": "b", "refresh_token": "c", "api_reserve": 0.1, "ca_file": None},
    ],
)
def test_every_hubspot_sign_in_is_in_the_schema(connection: dict[str, Any]) -> None:
    assert _connection_errors("hubspot", connection) == []


def _connection_errors(crm: str, connection: dict[str, Any]) -> list[str]:
    value = {"version": 1, "orgs": {"a": {"crm": crm, "connection": connection, "mappings": ["m.yaml"]}}}
    return [error.message for error in Draft202012Validator(_schema("config")).iter_errors(value)]


@pytest.mark.parametrize(
    "file",
    [*sorted((REPOSITORY / "mappings").rglob("*.yaml")), REPOSITORY / "config.example.yaml"],
    ids=lambda file: "/".join(file.parts[-2:]),
)
def test_the_editor_line_of_every_shipped_file_names_its_schema(file: Path) -> None:
    first = file.read_text("utf-8").splitlines()[0]
    target = (file.parent / first.removeprefix("# yaml-language-server: $schema=")).resolve()
    assert target == SCHEMAS / ("config.schema.json" if file.parent == REPOSITORY else "mapping.schema.json")
