"""The object types of the sandbox's HubSpot portal, and a custom object with a property of every type.

Stands above ``hubspot_schema``, which describes one type. A portal's own object is named by its fully qualified name
(``p8800001_partner``) or its type id (``2-8800101``): https://developers.hubspot.com/docs/api-reference/crm-schemas-v3/guide
"""

from __future__ import annotations

from collections.abc import Mapping

from connector.sandbox.hubspot_schema import (
    COMPANIES,
    CONTACTS,
    OURS,
    PORTAL_ID,
    HubSpotProperty,
    HubSpotType,
    options,
    system,
)


def _own(name: str, label: str, type: str = "string", field_type: str = "text", **more: object) -> HubSpotProperty:
    return HubSpotProperty(name, label, type, field_type, hubspot_defined=False, **more)  # type: ignore[arg-type]


_TIERS = options(("gold", "silver", "tin"))
PARTNERS = HubSpotType(
    f"p{PORTAL_ID}_partner",
    "PARTNER",
    "hs_lastmodifieddate",
    ("partner_name",),
    (
        _own("partner_name", "Name"),
        _own("code", "Partner code", unique=True),
        _own("email", "E-mail"),
        _own("phone", "Phone", "string", "phonenumber"),
        _own("hotline", "Hotline", "phone_number", "phonenumber"),
        _own("notes", "Notes", "string", "textarea"),
        _own("tier", "Tier", "enumeration", "select", options=_TIERS, hidden_options=("tin",)),
        _own("level", "Level", "enumeration", "radio", options=(("1", "One"), ("2", "Two"))),
        _own("regions", "Regions", "enumeration", "checkbox", options=options(("emea", "amer", "apac"))),
        _own("owner", "Owner", "enumeration", "select", external=True),
        _own("active", "Active", "bool", "booleancheckbox", options=options(("true", "false"))),
        _own("since", "Partner since", "date", "date"),
        _own("reviewed", "Reviewed at", "datetime", "date"),
        _own("seats", "Seats", "number", "number"),
        _own("share", "Share", "number", "number", hint="percentage"),
        _own("fee", "Fee", "number", "number", hint="currency"),
        _own("score", "Score", "number", "calculation_equation", calculated=True),
        _own("internal", "Internal", hidden=True),
        _own("old_code", "Old code", archived=True),
        HubSpotProperty("hs_created_by", "Created by", "number", "number", read_only=True),
        *OURS,
        *system("hs_lastmodifieddate"),
    ),
    "2-8800101",
    "Partners",
    ("partner_name", "code"),
)

TYPES: Mapping[str, HubSpotType] = {spec.name: spec for spec in (CONTACTS, COMPANIES, PARTNERS)}


_NAMES = {name: spec for spec in TYPES.values() for name in (spec.name, spec.type_id)}
_NAMES |= {"contact": CONTACTS, "company": COMPANIES}


def find_type(name: str) -> HubSpotType | None:
    """The type that a path names: in the plural, in the singular, qualified, or by its id."""
    return _NAMES.get(name)
