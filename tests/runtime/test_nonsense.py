"""Nonsense in every key of both schemas: a sentence with its line comes of it, never a traceback or Python's words.

The whole way of a file before anybody is asked: loaded, judged as ``validate`` does, compiled against a schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.config import load_config
from connector.errors import ConfigError
from connector.mapping.compile import compile_mapping
from connector.models import FieldInfo
from connector.runtime.validation import validate
from tests.config.nonsense import NONSENSE, mistakes, places, planted
from tests.config.test_mutations import PLACED

ENV = {"LUSHA_API_KEY": "lusha-key"}
LONGEST = 1_000
PYTHONS = re.compile(
    r"NoneType|\bdict\b|\bstr\b|\bfloat\b|\bbool\b|\btuple\b|<class|Traceback|\w+Error\b|object at 0x|\bNone\b|\bTrue\b"
    r"|\bFalse\b|jsonschema|JMESPath|yaml\.|lambda|\bnode\b|\btoken\b [A-Z]"
)
Place = tuple[str | int, ...]


def _id(value: Place | list[str]) -> str:
    """A place as the name of a test; its mistakes are not repeated there."""
    return ".".join(map(str, value)) or "all" if isinstance(value, tuple) else ""


SALESFORCE: dict[str, Any] = {
    "version": 1,
    "lusha": {"api_key": "k"},
    "orgs": {
        "acme": {
            "crm": "salesforce",
            "connection": {"instance_url": "https://acme.example.com", "access_token": "t"},
            "mappings": ["mapping.yaml"],
        }
    },
}
HUBSPOT: dict[str, Any] = {
    **SALESFORCE,
    "orgs": {"beta": {"crm": "hubspot", "connection": {"access_token": "t"}, "mappings": ["mapping.yaml"]}},
}
PERSON: dict[str, Any] = {
    "version": 1,
    "crm": "salesforce",
    "object": "Contact",
    "entity": "person",
    "identify": [{"email": "Email"}],
    "select": {"incomplete": ["Title"]},
    "fields": {"Title": {"from": "job_title.title"}},
    "stamp": {"Lusha_Id__c": "id"},
}
COMPANY: dict[str, Any] = {**PERSON, "entity": "company", "object": "Account", "identify": [{"domain": "Email"}],
                           "fields": {"Title": {"from": "industry"}}}  # fmt: skip
HUBSPOT_PERSON: dict[str, Any] = {**PERSON, "crm": "hubspot", "object": "contacts"}
NAMES = ("Email", "Title", "Phone", "Lusha_Id__c")
SCHEMA = {name: FieldInfo(name, name, "phone" if name == "Phone" else "text", length=40) for name in NAMES}


@pytest.mark.parametrize(("place", "names"), list(mistakes(places("config"))), ids=_id)
def test_nonsense_in_the_config(place: Place, names: list[str], tmp_path: Path) -> None:
    base = HUBSPOT if place[-1:] in (("refresh_token",), ("base_url",)) else SALESFORCE
    mapping = HUBSPOT_PERSON if base is HUBSPOT else PERSON
    (tmp_path / "mapping.yaml").write_text(json.dumps(mapping), "utf-8")
    for name in names:
        _assert_answered(tmp_path, "config.yaml", planted(base, place, NONSENSE[name]), name)


@pytest.mark.parametrize(("place", "names"), list(mistakes(places("mapping"))), ids=_id)
def test_nonsense_in_a_mapping(place: Place, names: list[str], tmp_path: Path) -> None:
    base = HUBSPOT_PERSON if place[:3] == ("select", "where", 0) else PERSON
    base = COMPANY if place[0:1] == ("identify",) and place[-1] in ("domain", "name") else base
    config = HUBSPOT if base is HUBSPOT_PERSON else SALESFORCE
    (tmp_path / "config.yaml").write_text(json.dumps(config), "utf-8")
    for name in names:
        _assert_answered(tmp_path, "mapping.yaml", planted(base, place, NONSENSE[name]), name)


def _assert_answered(folder: Path, file: str, text: str, what: str) -> None:
    (folder / file).write_text(text, "utf-8")
    for line in answers(folder / "config.yaml"):
        assert len(line) < LONGEST, (what, line[:300])
        assert PLACED.fullmatch(line), (what, line)
        assert not PYTHONS.search(line.removeprefix(str(folder))), (what, line[:300])


def answers(config: Path) -> Iterator[str]:
    """Every sentence that a person gets about these files; whatever is raised beside ConfigError is a bug."""
    found = validate(config, ENV)
    yield from (*found.all_errors, *found.all_warnings)
    if found.all_errors:
        return
    try:
        loaded = load_config(config, env=ENV)
    except ConfigError as refused:  # a variable that is not set is a warning offline
        yield from refused.problems
        return
    for settings in (mapping for org in loaded.orgs.values() for mapping in org.mappings):
        try:
            yield from compile_mapping(settings, SCHEMA).warnings
        except ConfigError as refused:
            yield from refused.problems
