"""Lusha's V3 answers about one person or company: the free preview and the paid profile.

Pure: profile in, JSON out. What an answer leaves out is absent, never empty, as V3 does it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from connector.sandbox.lusha.prices import REVEALS

Profile = Mapping[str, Any]
Answer = dict[str, Any]

_PERSON_HAS = ("firstName", "lastName", "jobTitle", "location", "socialLinks", "emails", "phones")
_COMPANY_HAS = (
    "alternativeName", "alternativeDomains", "description", "companyType", "yearFounded", "subIndustry", "specialities",
    "sicCodes", "naicsCodes", "additionalLocations", "linkedinFollowers", "revenueRange", "funding", "intent",
    "popularityTier", "logoUrl", "employeesByDepartment", "employeesByLocation", "employeesBySeniority", "competitors",
    "businessModel", "phones", "emails", "keywords", "socialLinks", "estimatedAnnualItSpend", "monthlyWebsiteTraffic",
)  # fmt: skip
_NULL_WHEN_MISSING = ("estimatedAnnualItSpend", "monthlyWebsiteTraffic")
"""Reveals that V3 answers with null, uncharged, where it has no value."""

_MESSAGES = {
    ("contacts", "NOT_FOUND"): "Contact not found",
    ("contacts", "COMPLIANCE_RESTRICTED"): "Contact cannot be shown due to compliance restrictions",
    ("companies", "NOT_FOUND"): "Company not found",
}


def item_error(kind: str, code: str) -> Answer:
    """An item without a result."""
    return {"error": {"code": code, "message": _MESSAGES[kind, code]}}


def contact_preview(profile: Profile, price: Callable[[str], int]) -> Answer:
    """A search result without personal data. ``price`` tells what a datum costs this account now."""
    has = [field for field in _PERSON_HAS if profile.get(field)]
    return {
        **picked(profile, ("id", "firstName", "lastName", "jobTitle", "company")),
        "location": picked(profile["location"], ("country", "state", "city")),
        "socialLinks": picked(profile["socialLinks"], ("linkedin",)),
        "has": has,
        "canReveal": _offers(REVEALS["contacts"], has, price),
    }


def company_preview(profile: Profile, price: Callable[[str], int]) -> Answer:
    """A search result: the little that is free, and what an enrichment would add."""
    has = [field for field in _COMPANY_HAS if profile.get(field)]
    location = {key: value for key, value in profile["location"].items() if key != "zipCode"}
    return {
        **picked(profile, ("id", "name", "domain", "employeeCount", "industry")),
        "location": location,
        "socialLinks": picked(profile["socialLinks"], ("linkedin",)),
        "has": has,
        "canReveal": _offers(REVEALS["companies"], has, price),
    }


def enriched_contact(profile: Profile, reveal: Collection[str]) -> Answer:
    """The whole profile with the personal data asked for."""
    hidden = set(REVEALS["contacts"]).difference(reveal)
    return {name: value for name, value in profile.items() if name not in hidden}


def enriched_company(profile: Profile, reveal: Collection[str]) -> Answer:
    """The whole profile, with the extras asked for."""
    hidden = set(REVEALS["companies"]).difference(reveal)
    answer = {name: value for name, value in profile.items() if name not in hidden}
    return answer | {name: None for name in _NULL_WHEN_MISSING if name in reveal and name not in profile}


def _offers(fields: tuple[str, ...], has: Collection[str], price: Callable[[str], int]) -> list[Answer]:
    return [{"field": field, "credits": price(field)} for field in fields if field in has]


def picked(source: Profile, names: tuple[str, ...]) -> Answer:
    """Those of ``names`` that there are."""
    return {name: source[name] for name in names if name in source}
