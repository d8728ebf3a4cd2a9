"""A company in V2's four shapes: beside a person, alone, in bulk and from prospecting. Pure: V3's profile in, JSON out.

Field names follow the document's examples, which differ from one shape to the next; where example and schema
disagree, both names are sent (industries, SIC and NAICS codes).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.sandbox.directory import plain_domain

Profile = Mapping[str, Any]
Answer = dict[str, Any]


def fqdn(profile: Profile) -> str:
    """``www.`` and the bare domain; "" where none is known."""
    domain = plain_domain(profile.get("domain", ""))
    return f"www.{domain}" if domain else ""


def beside_person(profile: Profile) -> Answer:
    """The employer in an answer about a person; of one that Lusha has no profile of, the name alone."""
    if "location" not in profile:
        return {"name": profile["name"], "fqdn": fqdn(profile)}
    return _without_none(
        {
            "name": profile["name"],
            "description": profile.get("description"),
            "domains": _domains(profile),
            "homepageUrl": f"https://{plain_domain(profile['domain'])}",
            "fqdn": fqdn(profile),
            "location": _place(profile) | {"rawLocation": raw_location(profile["location"])},
            "companySize": _size(profile),
            "revenueRange": _revenue(profile),
            "logoUrl": profile["logoUrl"],
            "social": _social(profile),
            "specialities": profile["specialities"],
            "technologies": technologies(profile),
            "funding": profile.get("funding"),
            "intent": profile.get("intent"),
            "industry": _industry(profile),
            "industryPrimaryGroupDetails": _trades(profile),
            **_industry(profile),
        }
    )


def alone(profile: Profile) -> Answer:
    """``data`` of ``GET /v2/company``."""
    low, high = _size(profile)
    raw = raw_location(profile["location"])
    return _without_none(
        {
            "id": int(profile["id"]),
            "domain": plain_domain(profile["domain"]),
            "employees": f"{low} - {high}",
            "companySize": {"min": low, "max": high, "employeesInLinkedin": profile["employeeCount"]["exact"]},
            "address": raw,
            "location": {key: value for key, value in _place(profile).items() if key != "continent"}
            | {"fullLocation": raw, "rawLocation": raw},
            "social": {name: {"url": url} for name, url in _social(profile).items()},
            "categories": [profile["industry"]],
            "website": f"https://{plain_domain(profile['domain'])}",
            "founded": _founded(profile),
            "industryPrimaryGroupDetails": _trades(profile),
            **_described(profile),
        }
    )


def in_bulk(profile: Profile) -> Answer:
    """One company of ``POST /v2/company``: flat, with the range as a list."""
    return _without_none(
        {
            "id": int(profile["id"]),
            "lushaCompanyId": profile["id"],
            "companySize": _size(profile),
            "employeesInLinkedin": profile["employeeCount"]["exact"],
            "founded": _founded(profile),
            "industryPrimaryGroupDetails": _trades(profile),
            **_social(profile),
            **{name: part for name, part in _place(profile).items() if name != "stateCode"},
            "rawLocation": raw_location(profile["location"]),
            **_described(profile),
        }
    )


def prospected(profile: Profile) -> Answer:
    """One company of ``POST /prospecting/company/enrich``."""
    low, high = _size(profile)
    return _without_none(
        {
            "id": int(profile["id"]),
            "companySize": {"min": low, "max": high, "employees_in_linkedin": profile["employeeCount"]["exact"]},
            "employees": f"{low} - {high}",
            "domains": _domains(profile),
            "industryTags": [profile["industry"], profile["subIndustry"]],
            "social": _social(profile),
            **_place(profile),
            "rawLocation": raw_location(profile["location"]),
            **_described(profile),
        }
    )


def prospect_of(profile: Profile) -> Answer:
    """What an enriched prospect tells of the employer; nothing of one that Lusha has no profile of."""
    return _without_none(
        {
            "revenueRange": _revenue(profile),
            "funding": profile.get("funding"),
            "intent": profile.get("intent"),
            "mainIndustry": profile.get("industry"),
            "subIndustry": profile.get("subIndustry"),
            "technologies": technologies(profile) or None,
        }
    )


def flags(profile: Profile) -> dict[str, bool]:
    """``has…`` of a prospecting answer."""
    return {
        "hasCompanyEmployeesCount": "employeeCount" in profile,
        "hasCompanyRevenue": "revenueRange" in profile,
        "hasCompanyMainIndustry": "industry" in profile,
        "hasCompanySubIndustry": "subIndustry" in profile,
        "hasCompanyFunding": "funding" in profile,
        "hasCompanyIntent": "intent" in profile,
        "hasCompanyTechnologies": bool(profile.get("technologies")),
        "hasCompanyCity": "city" in profile.get("location", {}),
        "hasCompanyCountry": "country" in profile.get("location", {}),
    }


def technologies(profile: Profile) -> list[dict[str, str]]:
    """``{name}`` each."""
    return [{"name": name} for name in profile.get("technologies", ())]


def raw_location(location: Profile) -> str:
    """``Boston, MA, US``."""
    parts = (location.get("city"), location.get("stateCode") or location.get("state"), location.get("countryIso2"))
    return ", ".join(part for part in parts if part)


def _described(profile: Profile) -> Answer:
    """What three of the shapes name alike."""
    return {
        "name": profile["name"],
        "description": profile.get("description"),
        "fqdn": fqdn(profile),
        "revenueRange": _revenue(profile),
        "logoUrl": profile["logoUrl"],
        "linkedinFollowers": profile["linkedinFollowers"],
        "emailDomain": profile["emailDomain"],
        "alternativeName": profile["alternativeName"],
        "companyType": profile["companyType"],
        "lushaPopularityTier": profile["popularityTier"],
        "specialities": profile["specialities"],
        "funding": profile.get("funding"),
        "intent": profile.get("intent"),
        "technologies": technologies(profile),
        **_industry(profile),
    }


def _size(profile: Profile) -> list[int]:
    return [profile["employeeCount"]["min"], profile["employeeCount"]["max"]]


def _revenue(profile: Profile) -> list[int] | None:
    known = profile.get("revenueRange")
    return [known["min"], known["max"]] if known else None


def _founded(profile: Profile) -> str | None:
    return str(profile["yearFounded"]) if "yearFounded" in profile else None


def _industry(profile: Profile) -> Answer:
    return {"mainIndustry": profile["industry"], "subIndustry": profile["subIndustry"]}


def _domains(profile: Profile) -> Answer:
    return {"homepage": plain_domain(profile["domain"]), "email": profile["emailDomain"]}


def _social(profile: Profile) -> dict[str, str]:
    return {name: profile["socialLinks"][name] for name in ("linkedin", "crunchbase") if name in profile["socialLinks"]}


def _place(profile: Profile) -> dict[str, str]:
    names = ("city", "state", "stateCode", "country", "countryIso2", "continent")
    return {name: profile["location"][name] for name in names if name in profile["location"]}


def _trades(profile: Profile) -> Answer:
    """The schema calls the code ``sicCodes`` among its properties and ``sic`` among what is required; so for NAICS."""
    return {
        f"{name}Codes": [
            {name: known["code"], f"{name}Codes": known["code"], "description": known["description"]}
            for known in profile[f"{name}Codes"]
        ]
        for name in ("sic", "naics")
    }


def _without_none(answer: Answer) -> Answer:
    """What is not known is left out."""
    return {name: value for name, value in answer.items() if value is not None}
