"""The properties of the sandbox's HubSpot portal, and its properties answer.

Stands below ``hubspot``: names, types and options are HubSpot's defaults, plus the custom ones of the shipped mappings.
https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PORTAL_ID = 8_800_001

INDUSTRIES = (
    "ACCOUNTING", "AIRLINES_AVIATION", "ALTERNATIVE_DISPUTE_RESOLUTION", "ALTERNATIVE_MEDICINE", "ANIMATION",
    "APPAREL_FASHION", "ARCHITECTURE_PLANNING", "ARTS_AND_CRAFTS", "AUTOMOTIVE", "AVIATION_AEROSPACE", "BANKING",
    "BIOTECHNOLOGY", "BROADCAST_MEDIA", "BUILDING_MATERIALS", "BUSINESS_SUPPLIES_AND_EQUIPMENT", "CAPITAL_MARKETS",
    "CHEMICALS", "CIVIC_SOCIAL_ORGANIZATION", "CIVIL_ENGINEERING", "COMMERCIAL_REAL_ESTATE", "COMPUTER_GAMES",
    "COMPUTER_HARDWARE", "COMPUTER_NETWORKING", "COMPUTER_NETWORK_SECURITY", "COMPUTER_SOFTWARE", "CONSTRUCTION",
    "CONSUMER_ELECTRONICS", "CONSUMER_GOODS", "CONSUMER_SERVICES", "COSMETICS", "DAIRY", "DEFENSE_SPACE", "DESIGN",
    "EDUCATION_MANAGEMENT", "ELECTRICAL_ELECTRONIC_MANUFACTURING", "ENTERTAINMENT", "ENVIRONMENTAL_SERVICES",
    "EVENTS_SERVICES", "EXECUTIVE_OFFICE", "E_LEARNING", "FACILITIES_SERVICES", "FARMING", "FINANCIAL_SERVICES",
    "FINE_ART", "FISHERY", "FOOD_BEVERAGES", "FOOD_PRODUCTION", "FUND_RAISING", "FURNITURE", "GAMBLING_CASINOS",
    "GLASS_CERAMICS_CONCRETE", "GOVERNMENT_ADMINISTRATION", "GOVERNMENT_RELATIONS", "GRAPHIC_DESIGN",
    "HEALTH_WELLNESS_AND_FITNESS", "HIGHER_EDUCATION", "HOSPITALITY", "HOSPITAL_HEALTH_CARE", "HUMAN_RESOURCES",
    "IMPORT_AND_EXPORT", "INDIVIDUAL_FAMILY_SERVICES", "INDUSTRIAL_AUTOMATION", "INFORMATION_SERVICES",
    "INFORMATION_TECHNOLOGY_AND_SERVICES", "INSURANCE", "INTERNATIONAL_AFFAIRS",
    "INTERNATIONAL_TRADE_AND_DEVELOPMENT", "INTERNET", "INVESTMENT_BANKING", "INVESTMENT_MANAGEMENT", "JUDICIARY",
    "LAW_ENFORCEMENT", "LAW_PRACTICE", "LEGAL_SERVICES", "LEGISLATIVE_OFFICE", "LEISURE_TRAVEL_TOURISM", "LIBRARIES",
    "LOGISTICS_AND_SUPPLY_CHAIN", "LUXURY_GOODS_JEWELRY", "MACHINERY", "MANAGEMENT_CONSULTING", "MARITIME",
    "MARKETING_AND_ADVERTISING", "MARKET_RESEARCH", "MECHANICAL_OR_INDUSTRIAL_ENGINEERING", "MEDIA_PRODUCTION",
    "MEDICAL_DEVICES", "MEDICAL_PRACTICE", "MENTAL_HEALTH_CARE", "MILITARY", "MINING_METALS", "MOBILE_GAMES",
    "MOTION_PICTURES_AND_FILM", "MUSEUMS_AND_INSTITUTIONS", "MUSIC", "NANOTECHNOLOGY", "NEWSPAPERS",
    "NON_PROFIT_ORGANIZATION_MANAGEMENT", "OIL_ENERGY", "ONLINE_MEDIA", "OUTSOURCING_OFFSHORING",
    "PACKAGE_FREIGHT_DELIVERY", "PACKAGING_AND_CONTAINERS", "PAPER_FOREST_PRODUCTS", "PERFORMING_ARTS",
    "PHARMACEUTICALS", "PHILANTHROPY", "PHOTOGRAPHY", "PLASTICS", "POLITICAL_ORGANIZATION",
    "PRIMARY_SECONDARY_EDUCATION", "PRINTING", "PROFESSIONAL_TRAINING_COACHING", "PROGRAM_DEVELOPMENT",
    "PUBLIC_POLICY", "PUBLIC_RELATIONS_AND_COMMUNICATIONS", "PUBLIC_SAFETY", "PUBLISHING", "RAILROAD_MANUFACTURE",
    "RANCHING", "REAL_ESTATE", "RECREATIONAL_FACILITIES_AND_SERVICES", "RELIGIOUS_INSTITUTIONS",
    "RENEWABLES_ENVIRONMENT", "RESEARCH", "RESTAURANTS", "RETAIL", "SECURITY_AND_INVESTIGATIONS", "SEMICONDUCTORS",
    "SHIPBUILDING", "SPORTING_GOODS", "SPORTS", "STAFFING_AND_RECRUITING", "SUPERMARKETS", "TELECOMMUNICATIONS",
    "TEXTILES", "THINK_TANKS", "TOBACCO", "TRANSLATION_AND_LOCALIZATION", "TRANSPORTATION_TRUCKING_RAILROAD",
    "UTILITIES", "VENTURE_CAPITAL_PRIVATE_EQUITY", "VETERINARY", "WAREHOUSING", "WHOLESALE", "WINE_AND_SPIRITS",
    "WIRELESS", "WRITING_AND_EDITING",
)  # fmt: skip
_LIFECYCLE = (
    "subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist",
    "other",
)  # fmt: skip


def options(values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((value, value.replace("_", " ").title()) for value in values)


@dataclass(frozen=True, slots=True)
class HubSpotProperty:
    """One property. ``options``: (value, label), of which ``hidden_options`` are no longer shown to people. ``unique``:
    no two records hold the same value. ``external``: its options are kept elsewhere (owners). ``hint``: how a number
    is shown to people, which changes nothing of its value. ``archived``: as good as deleted.
    """

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    read_only: bool = False
    unique: bool = False
    hubspot_defined: bool = True
    hidden_options: tuple[str, ...] = ()
    calculated: bool = False
    external: bool = False
    hidden: bool = False
    archived: bool = False
    hint: str | None = None
    group: str = "sandbox"

    @property
    def values(self) -> tuple[str, ...]:
        """What may be written: the options' values, never their labels."""
        return tuple(value for value, _ in self.options)

    def describe(self) -> dict[str, Any]:
        """This property's entry in ``GET /crm/v3/properties/{type}``."""
        return {
            "name": self.name, "label": self.label, "type": self.type, "fieldType": self.field_type,
            "description": "", "groupName": self.group, "displayOrder": -1, "hidden": self.hidden, "formField": False,
            "options": [
                {"label": label, "value": value, "displayOrder": place, "hidden": value in self.hidden_options}
                for place, (value, label) in enumerate(self.options)
            ],
            "calculated": self.calculated, "externalOptions": self.external, "hasUniqueValue": self.unique,
            "hubspotDefined": self.hubspot_defined, "archived": self.archived,
            **({"numberDisplayHint": self.hint} if self.hint else {}),
            "modificationMetadata": {
                "archivable": not self.hubspot_defined, "readOnlyDefinition": self.hubspot_defined,
                "readOnlyValue": self.read_only or self.calculated,
            },
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class HubSpotType:
    """One object type. ``modified`` is its modification property; ``defaults`` are answered when none is asked for.

    ``type_id``: HubSpot's number for it, ``2-…`` where the portal made it. ``label``: its plural, for people.
    ``searched``: where free text is looked for. ``by_name``: every property that is not archived.
    """

    name: str
    singular: str
    modified: str
    defaults: tuple[str, ...]
    properties: tuple[HubSpotProperty, ...]
    type_id: str
    label: str
    searched: tuple[str, ...]
    by_name: dict[str, HubSpotProperty] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        self.by_name.update({spec.name: spec for spec in self.properties if not spec.archived})

    @property
    def unique(self) -> tuple[str, ...]:
        """Properties of which no two records hold the same value."""
        return tuple(name for name, spec in self.by_name.items() if spec.unique)

    @property
    def schema_scope(self) -> str:
        """The scope that a token needs to change this type's properties."""
        return f"crm.schemas.{'custom' if self.type_id.startswith('2-') else self.name}.write"

    def object_scope(self, right: str) -> str:
        """The scope that a token needs to ``read`` or ``write`` this type's records."""
        return f"crm.objects.{'custom' if self.type_id.startswith('2-') else self.name}.{right}"

    def describe(self) -> dict[str, Any]:
        """This type's entry in the list of schemas."""
        return {
            "id": self.type_id.partition("-")[2], "name": self.singular.lower(), "objectTypeId": self.type_id,
            "fullyQualifiedName": self.name, "labels": {"singular": self.singular.title(), "plural": self.label},
            "primaryDisplayProperty": self.defaults[0], "requiredProperties": [self.defaults[0]],
            "searchableProperties": list(self.searched), "archived": False, "metaType": "PORTAL_SPECIFIC",
            "properties": [spec.describe() for spec in self.by_name.values()], "associations": [],
        }  # fmt: skip

    @property
    def always(self) -> tuple[str, ...]:
        """Properties in every answer, asked for or not."""
        return ("createdate", "hs_object_id", self.modified)


def _text(name: str, label: str, field_type: str = "text") -> HubSpotProperty:
    return HubSpotProperty(name, label, field_type=field_type)


def _number(name: str, label: str) -> HubSpotProperty:
    return HubSpotProperty(name, label, "number", "number")


def _choice(name: str, label: str, options: tuple[tuple[str, str], ...], *, custom: bool = False) -> HubSpotProperty:
    return HubSpotProperty(name, label, "enumeration", "select", options, hubspot_defined=not custom)


OURS = (
    HubSpotProperty("lusha_id", "Lusha Id", hubspot_defined=False),
    HubSpotProperty("lusha_last_enriched", "Lusha Last Enriched", "datetime", "date", hubspot_defined=False),
)


def system(modified: str) -> tuple[HubSpotProperty, ...]:
    return (
        HubSpotProperty("createdate", "Create Date", "datetime", "date", read_only=True),
        HubSpotProperty(modified, "Last Modified Date", "datetime", "date", read_only=True),
        HubSpotProperty("hs_object_id", "Record ID", "number", "number", read_only=True),
        HubSpotProperty("hs_merged_object_ids", "Merged record IDs", "enumeration", "checkbox", read_only=True),
    )


CONTACTS = HubSpotType(
    "contacts",
    "CONTACT",
    "lastmodifieddate",
    ("firstname", "lastname", "email"),
    (
        _text("firstname", "First Name"),
        _text("lastname", "Last Name"),
        HubSpotProperty("email", "Email", unique=True),
        _text("jobtitle", "Job Title"),
        _text("phone", "Phone Number", "phonenumber"),
        _text("mobilephone", "Mobile Phone Number", "phonenumber"),
        _text("company", "Company Name"),
        _text("city", "City"),
        _text("country", "Country/Region"),
        _text("hs_linkedin_url", "LinkedIn URL"),
        _choice(
            "lusha_seniority",
            "Lusha Seniority",
            (
                ("c_suite", "C-Suite"), ("vice_president", "Vice President"), ("director", "Director"),
                ("manager", "Manager"), ("senior", "Senior"), ("entry", "Entry"),
            ),
            custom=True,
        ),
        HubSpotProperty(
            "hs_email_optout", "Unsubscribed from all email", "bool", "booleancheckbox", options(("true", "false"))
        ),
        _number("associatedcompanyid", "Primary Associated Company ID"),
        _choice("lifecyclestage", "Lifecycle Stage", options(_LIFECYCLE)),
        HubSpotProperty(
            "hs_additional_emails", "Additional email addresses", "enumeration", "checkbox", read_only=True
        ),
        *OURS,
        *system("lastmodifieddate"),
    ),
    "0-1",
    "Contacts",
    ("firstname", "lastname", "email", "phone", "company"),
)  # fmt: skip
COMPANIES = HubSpotType(
    "companies",
    "COMPANY",
    "hs_lastmodifieddate",
    ("name", "domain"),
    (
        _text("name", "Company name"),
        _text("domain", "Company Domain Name"),
        _text("website", "Website URL"),
        _choice("industry", "Industry", options(INDUSTRIES)),
        _number("numberofemployees", "Number of Employees"),
        _number("annualrevenue", "Annual Revenue"),
        _text("phone", "Phone Number", "phonenumber"),
        _text("description", "Description", "textarea"),
        _text("city", "City"),
        _text("state", "State/Region"),
        _text("country", "Country/Region"),
        _text("founded_year", "Year Founded"),
        _text("linkedin_company_page", "LinkedIn Company Page"),
        *OURS,
        *system("hs_lastmodifieddate"),
    ),
    "0-2",
    "Companies",
    ("name", "domain", "phone", "website"),
)
