"""The shipped files: mappings fit CRMs as they come, the example config shows every key, and what is commented out in
either can be taken in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest

from connector.config import load_config, load_mapping, shipped_mappings
from connector.config.settings import MappingSettings
from connector.mapping.refusals import offline_problems
from connector.sandbox.hubspot_schema import INDUSTRIES as HUBSPOT_INDUSTRIES
from connector.sandbox.hubspot_types import TYPES
from connector.sandbox.salesforce_objects import INDUSTRIES as SALESFORCE_INDUSTRIES
from connector.sandbox.salesforce_objects import OBJECTS, SENIORITIES
from tests.keys import pem, rsa_key

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.yaml"
VARIABLE = re.compile(r"\$\{(\w+)")
COMMENTED = re.compile(r"^( *)# ( *(?:- \S|(?!yaml-language-server)[\w-]+:(?: |$)).*)$")
"""A line of YAML with a '#' before it. Prose must not look like one: no first word with a colon."""
NAMES = [
    "salesforce/contact.yaml",
    "salesforce/account.yaml",
    "salesforce/lead.yaml",
    "hubspot/contact.yaml",
    "hubspot/company.yaml",
]


def _load(name: str) -> MappingSettings:
    return load_mapping(shipped_mappings() / name, name)


def _known_fields(mapping: MappingSettings) -> set[str]:
    if mapping.crm == "salesforce":
        return {spec.name for spec in OBJECTS[mapping.object].fields}
    return {spec.name for spec in TYPES[mapping.object].properties}


@pytest.mark.parametrize("name", NAMES)
def test_every_field_exists(name: str) -> None:
    mapping = _load(name)
    read = {field for entry in mapping.identify for field in entry.values() if "." not in field}
    assert (read | set(mapping.fields) | set(mapping.stamp)) - _known_fields(mapping) == set()


@pytest.mark.parametrize(
    ("name", "field", "options"),
    [
        ("salesforce/contact.yaml", "Seniority__c", SENIORITIES),
        ("salesforce/account.yaml", "Industry", SALESFORCE_INDUSTRIES),
        ("hubspot/company.yaml", "industry", HUBSPOT_INDUSTRIES),
    ],
)
def test_every_picklist_word_is_an_option(name: str, field: str, options: tuple[str, ...]) -> None:
    ((transform, words),) = _load(name).fields[field].transforms
    assert transform == "picklist"
    assert set(words.values()) - {*options, None} == set()


def _taken_in(text: str) -> Iterator[tuple[str, str]]:
    """The text with each block of commented lines taken in, and with each line that can stand alone: what was taken,
    and the whole. One that says another value of the key in the line before takes that line's place."""
    lines = text.splitlines()
    for block in _blocks(lines):
        found = {number: COMMENTED.sub(r"\1\2", lines[number]) for number in block}
        alone = len({len(line) - len(line.lstrip()) for line in found.values()}) == 1
        for numbers in [block, *([number] for number in block if alone and len(block) > 1)]:
            taken = {number: found[number] for number in numbers}
            first = numbers[0]
            replaced = first - 1 if _key(lines[first - 1]) == _key(taken[first]) else None
            whole = [taken.get(number, line) for number, line in enumerate(lines) if number != replaced]
            yield taken[first].strip(), "\n".join(whole) + "\n"


def _blocks(lines: list[str]) -> list[list[int]]:
    """The numbers of commented lines, those that follow each other together."""
    blocks: list[list[int]] = []
    for number, line in enumerate(lines):
        if COMMENTED.match(line):
            follows = blocks and blocks[-1][-1] == number - 1
            blocks[-1].append(number) if follows else blocks.append([number])
    return blocks


def _key(line: str) -> str:
    return line.partition(":")[0]


def _load_example(folder: Path, text: str) -> None:
    """Load it where all that it names is there, every variable holding its own name."""
    (folder / "mappings").symlink_to(ROOT / "mappings")
    (folder / "orgs").mkdir()
    (folder / "orgs/client.yaml").write_text("version: 1\n")
    (folder / "proxy-ca.pem").write_bytes(Path(certifi.where()).read_bytes())
    (folder / "salesforce.key").write_bytes(pem(rsa_key()))
    (folder / "config.yaml").write_text(text, "utf-8")
    load_config(folder / "config.yaml", env={name: name for name in VARIABLE.findall(text)})


@pytest.mark.parametrize(("taken", "text"), list(_taken_in(EXAMPLE.read_text("utf-8"))))
def test_what_is_commented_out_in_the_example_can_be_taken_in(taken: str, text: str, tmp_path: Path) -> None:
    _load_example(tmp_path, text)


def test_the_example_shows_every_key() -> None:
    text = "\n".join(COMMENTED.sub(r"\1\2", line) for line in EXAMPLE.read_text("utf-8").splitlines())
    schema = json.loads((ROOT / "connector/schema/config.schema.json").read_text("utf-8"))
    keys = {key for part in (schema, *schema["$defs"].values()) for key in part.get("properties", {})}
    assert {key for key in keys if not re.search(rf"(?m)(^|[{{ ]){key}:", text)} == set()


@pytest.mark.parametrize(
    ("name", "taken", "text"),
    [(name, *one) for name in NAMES for one in _taken_in((shipped_mappings() / name).read_text("utf-8"))],
)
def test_what_is_commented_out_in_a_mapping_can_be_taken_in(name: str, taken: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(text, "utf-8")
    assert list(offline_problems(load_mapping(tmp_path / "m.yaml", "m.yaml"))) == []
