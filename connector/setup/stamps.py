"""The bookkeeping fields of a mapping: which of an org's fields hold them, and what to make where it has none.

A stamp holds Lusha's id (found again for nothing) and the time of the last enrichment (kept where a lost state file
cannot lose it).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from connector.config.settings import MappingSettings
from connector.crm.base import NewField
from connector.lusha.words import known_words
from connector.models import FieldInfo
from connector.setup.fits import Judge
from connector.setup.likeness import STRONG, likeness

_SENIORITY = "job_title.seniority"
_ABOUT_ID = "Lusha's id of this record, by which it is found again without a search."
_ABOUT_TIME = "When lusha-sync last enriched this record."
_ABOUT_SENIORITY = "Level of the position, as Lusha tells it."

FIELDS: Mapping[str, Mapping[str, NewField]] = MappingProxyType(
    {
        "salesforce": {
            "id": NewField("Lusha_Id__c", "Lusha Id", "text", _ABOUT_ID, length=64),
            "enriched_at": NewField("Lusha_Last_Enriched__c", "Lusha Last Enriched", "datetime", _ABOUT_TIME),
        },
        "hubspot": {
            "id": NewField("lusha_id", "Lusha Id", "text", _ABOUT_ID),
            "enriched_at": NewField("lusha_last_enriched", "Lusha Last Enriched", "datetime", _ABOUT_TIME),
            _SENIORITY: NewField(
                "lusha_seniority", "Lusha Seniority", "picklist", _ABOUT_SENIORITY,
                options=known_words("person", _SENIORITY),
            ),
        },
    }
)  # fmt: skip
"""Per CRM: what a field is for → the field to be made. HubSpot's contacts have no property for a level of their own."""

_NAMES = {
    "id": ("lusha id", "lusha person id", "lusha company id", "lusha contact id"),
    "enriched_at": ("lusha last enriched", "lusha enriched at", "lusha last enriched at", "lusha last update"),
}
_STAMPS = tuple(_NAMES)


def stamp_fields(crm: str, schema: Mapping[str, FieldInfo], judge: Judge) -> dict[str, str]:
    """What a stamp holds → the org's field for it; absent where there is none that could."""
    found: dict[str, str] = {}
    for source in _STAMPS:
        usual = FIELDS[crm][source].name
        alike = [(likeness(info, _NAMES[source], judge.settings.entity).score, name) for name, info in schema.items()]
        ranked = [name for score, name in sorted(alike, reverse=True) if score >= STRONG and "lusha" in name.lower()]
        fit = (
            name
            for name in dict.fromkeys([usual, *ranked])
            if name in schema and name not in found.values() and judge.of_stamp(name, source) is None
        )
        if name := next(fit, None):
            found[source] = name
    return found


def missing_fields(shipped: MappingSettings, stamps: Mapping[str, str], mapped: set[str]) -> dict[str, NewField]:
    """What the shipped mapping uses and the org has no field for: what it is for → the field to be made."""
    wanted = {source for source in shipped.stamp.values() if source not in stamps}
    wanted |= {rule.source for rule in shipped.fields.values() if rule.source not in mapped}
    return {source: new for source, new in FIELDS[shipped.crm].items() if source in wanted}
