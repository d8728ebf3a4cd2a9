"""The published schemas: valid, self-explaining, and of one mind with the settings' defaults."""

from __future__ import annotations

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
from connector.config.settings import FieldRule, Guards, LushaSettings, Match, Select, StateSettings
from connector.redact import Secret
from tests.config.samples import COMPANY, CONFIG, HUBSPOT_COMPANY, HUBSPOT_PERSON, PERSON

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


@pytest.mark.parametrize("name", ["config", "mapping"])
def test_keys_of_the_top_are_described(name: str) -> None:
    schema = _schema(name)
    for key, part in schema["properties"].items():
        target = schema["$defs"][part["$ref"].removeprefix("#/$defs/")] if "$ref" in part else part
        assert target.get("description") or target.get("title"), key


def test_defaults_are_those_of_the_settings() -> None:
    config, mapping = _schema("config")["$defs"], _schema("mapping")["$defs"]

    def default(part: dict[str, Any], key: str) -> Any:
        return part["properties"][key]["default"]

    lusha, state = LushaSettings(Secret("key")), StateSettings(Path("state.db"))
    assert default(config["lusha"], "api_version") == lusha.api_version
    assert default(config["lusha"], "base_url") == lusha.base_url
    assert default(config["lusha"], "rate_limit") == lusha.rate_limit
    assert default(config["state"], "path") == str(state.path)
    assert parse_duration(default(config["state"], "keep_profiles")) == state.keep_profiles
    assert parse_duration(default(config["state"], "keep_changes")) == state.keep_changes
    assert default(config["guards"], "max_replaced_share") == Guards().max_replaced_share
    assert default(config["guards"], "min_records") == Guards().min_records
    assert parse_share(config["api_reserve"]["default"]) == 0.2
    assert default(mapping["match"], "min_name") == Match().min_name
    assert default(mapping["match"], "on_job_change") == Match().on_job_change
    assert parse_duration(default(mapping["select"], "retry_after")) == Select().retry_after == timedelta(days=30)
    assert default(mapping["field"], "policy") == FieldRule("x").policy
    assert default(mapping["field"], "on_too_long") == FieldRule("x").on_too_long


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
