"""Schemas to draft mappings for: the sandbox's own objects, and fields made up on the spot."""

from __future__ import annotations

from functools import cache

from connector.config import load_mapping, shipped_mappings
from connector.config.settings import MappingSettings
from connector.crm.hubspot.schema import field_info
from connector.crm.salesforce.describe import object_schema
from connector.models import FieldInfo, FieldType
from connector.sandbox.hubspot_types import TYPES
from connector.sandbox.salesforce_objects import OBJECTS
from connector.setup.drafts import Draft
from connector.setup.proposals import propose

CONSENT = ("HasOptedOutOfEmail", "DoNotCall", "hs_email_optout")
SHIPPED = ("salesforce/account", "salesforce/contact", "salesforce/lead", "hubspot/company", "hubspot/contact")


@cache
def shipped(name: str) -> MappingSettings:
    return load_mapping(shipped_mappings() / f"{name}.yaml", f"{name}.yaml")


def schema_of(mapping: MappingSettings) -> dict[str, FieldInfo]:
    """What the sandbox's CRM says of the mapping's object."""
    if mapping.crm == "salesforce":
        return dict(object_schema(mapping.object, OBJECTS[mapping.object].describe()).fields)
    return {one.name: field_info(mapping.object, one.describe()) for one in TYPES[mapping.object].properties}


def own(name: str, label: str = "", type: FieldType = "text", length: int | None = 255, **more: object) -> FieldInfo:
    """A field that people of the org made."""
    return FieldInfo(name, label or name, type, length=length, custom=True, **more)  # type: ignore[arg-type]


def drafted(name: str, *added: FieldInfo, without: tuple[str, ...] = ()) -> Draft:
    """The draft for a shipped mapping in the sandbox's org, with some fields more and some fewer."""
    mapping = shipped(name)
    schema = {key: info for key, info in schema_of(mapping).items() if key not in without}
    return propose(mapping, {**schema, **{info.name: info for info in added}}, consent=CONSENT)
