"""Secrets that stand in a config file."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.config.defaults import with_defaults
from connector.config.document import parse_document
from connector.config.exposure import exposed_secrets
from connector.config.places import spell
from connector.config.references import Sources, resolve_references

HEAD = "lusha: {api_key: ${KEY}}\norgs:\n  acme:\n"


def exposed(text: str) -> list[str]:
    document, _ = parse_document(text, "config.yaml")
    document = resolve_references(document, Sources({"KEY": "k", "TOKEN": "t"}, Path("/nowhere"), None))[0]
    return [spell(problem.path) for problem in exposed_secrets(with_defaults(document))]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (HEAD + "    connection: {access_token: ${TOKEN}}", []),
        (HEAD + "    connection: {access_token: pat-na1-abc}", ["orgs.acme.connection.access_token"]),
        (HEAD + "    connection: {client_id: id, client_secret: s, password: p, security_token: t}",
         [f"orgs.acme.connection.{name}" for name in ("client_secret", "password", "security_token")]),
        (HEAD + "    connection: {access_token: t, base_url: http://127.0.0.1:8080}", []),
        (HEAD + "    connection: {access_token: t, instance_url: https://acme.example.com}",
         ["orgs.acme.connection.access_token"]),
        ("lusha: {api_key: plain}", ["lusha.api_key"]),
        ("lusha: {api_key: plain, base_url: http://localhost:1}", []),
        ("lusha: {base_url: http://localhost:1}\norgs: {acme: {lusha: {api_key: plain}}}", []),
        ("lusha: {base_url: http://localhost:1}\norgs: {acme: {lusha: {api_key: p, base_url: https://lusha.example.com}}}",
         ["orgs.acme.lusha.api_key"]),
    ],
)  # fmt: skip
def test_a_secret_is_named_by_its_place_unless_it_opens_nothing(text: str, places: list[str]) -> None:
    assert exposed(text) == places


def test_it_is_not_repeated() -> None:
    document, _ = parse_document("lusha: {api_key: very-secret}", "config.yaml")
    [problem] = exposed_secrets(with_defaults(document))
    assert str(problem) == "config.yaml:1:9: lusha.api_key: the secret itself stands in the file"
