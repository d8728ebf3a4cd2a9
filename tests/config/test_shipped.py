"""The shipped mappings fit CRMs as they come: every field exists, every picklist word is an option."""

from __future__ import annotations

import pytest

from connector.config import load_mapping, shipped_mappings
from connector.config.settings import MappingSettings
from connector.sandbox.hubspot_schema import INDUSTRIES as HUBSPOT_INDUSTRIES
from connector.sandbox.hubspot_types import TYPES
from connector.sandbox.salesforce_objects import INDUSTRIES as SALESFORCE_INDUSTRIES
from connector.sandbox.salesforce_objects import OBJECTS, SENIORITIES

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
