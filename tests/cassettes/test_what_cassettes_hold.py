"""Every cassette: says what it is, holds no secret and nobody real, is small, and belongs to a test."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from connector.sandbox import Sandbox
from tests.cassettes.conftest import CASSETTES
from tests.cassettes.player import HEADER

MOST_BYTES = 1_500_000
SECRETS = re.compile(r"sandbox-|(?i:bearer) +[\w*]|!issued|another-(?:secret|token)|a-key-of-nobody")
HIDDEN = re.compile(r"^ +(?:api_key|authorization):\n +- (.*)$", re.MULTILINE)
ADDRESSES = re.compile(
    r"""https?://([^\s"'/:?]+) | [\w.+-]+@([\w-]+(?:\.[\w-]+)+) | "(?:domain|website)":\ "([^"/]+)" """,
    re.IGNORECASE | re.VERBOSE,
)
NOBODYS = re.compile(r"(?:.+\.)?(?:test|example|example\.(?:com|net|org))|127\.0\.0\.1", re.IGNORECASE)
"""Domains that nobody can own (RFC 2606), and this machine."""
PAGES = re.compile(r"(?:\w+\.)?linkedin\.com")
"""Where the pages of invented people and companies would be."""


@pytest.fixture(scope="module")
def texts() -> dict[Path, str]:
    found = {path: path.read_text(encoding="utf-8") for path in sorted(CASSETTES.rglob("*")) if path.is_file()}
    assert found
    return found


def test_each_says_what_it_is(texts: dict[Path, str]) -> None:
    assert [path.name for path, text in texts.items() if not text.startswith(HEADER)] == []


def test_none_holds_a_secret(texts: dict[Path, str]) -> None:
    known = (Sandbox.lusha_key, Sandbox.client_secret, Sandbox.hubspot_token, Sandbox.salesforce_token)
    for path, text in texts.items():
        assert SECRETS.findall(text) == [], path.name
        assert [secret for secret in known if secret in text] == [], path.name
        assert set(HIDDEN.findall(text)) <= {"'***'"}, path.name


def test_keys_are_there_to_be_hidden(texts: dict[Path, str]) -> None:
    assert all(HIDDEN.search(text) or "client_secret=***" in text for text in texts.values())


def test_nobody_in_them_is_real(texts: dict[Path, str]) -> None:
    hosts = {host for text in texts.values() for found in ADDRESSES.findall(text) for host in found if host}
    assert len(hosts) > 10
    assert sorted(host for host in hosts if not NOBODYS.fullmatch(host) and not PAGES.fullmatch(host)) == []


def test_together_they_are_small(texts: dict[Path, str]) -> None:
    assert sum(path.stat().st_size for path in texts) < MOST_BYTES


def test_each_belongs_to_a_test(texts: dict[Path, str]) -> None:
    for path in texts:
        module = import_module(f"tests.cassettes.{path.parent.name}")
        assert hasattr(module, path.stem.partition("-")[0]), path.name
