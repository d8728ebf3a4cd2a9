"""The values that prospecting filters take in this world: departments, seniorities, places, industries and ranges.

Both generations list the same values, each in its own shape. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from connector.sandbox import pools
from connector.sandbox.world import Company

SENIORITIES: Mapping[str, int] = {
    "Founder": 10, "C-Suite": 9, "Vice President": 8, "Partner": 7, "Director": 6, "Manager": 5, "Senior": 4,
    "Entry": 3, "Intern": 2, "Other": 1,
}  # fmt: skip
"""10, 9, 8 and 4 as in the V2 document's examples; the rest in the same order."""
DATA_POINTS = ("phone", "work_email", "private_email", "mobile_phone", "direct_phone")
SIZES = ((1, 10), (11, 50), (51, 200), (201, 500), (501, 1000), (1001, 5000), (5001, 10000), (10001, 100000))
REVENUES = (
    (1, 1_000_000), (1_000_001, 10_000_000), (10_000_001, 50_000_000), (50_000_001, 100_000_000),
    (100_000_001, 1_000_000_000), (1_000_000_001, 10_000_000_000),
)  # fmt: skip
INDUSTRIES = (*pools.INDUSTRIES, pools.RARE_INDUSTRY)
MAIN_IDS: Mapping[str, int] = {industry[0]: nth for nth, industry in enumerate(INDUSTRIES, 1)}
SUB_IDS: Mapping[str, int] = {industry[1]: 100 + nth for nth, industry in enumerate(INDUSTRIES, 1)}
GROUPINGS: Mapping[str, str] = {"North America": "na", "Europe": "emea", "Asia": "apac", "Oceania": "apac"}


def departments() -> list[str]:
    """Every department."""
    return list(pools.DEPARTMENTS)


def seniorities() -> list[dict[str, Any]]:
    """``{id, name}``, the highest first."""
    return [{"id": id, "name": name.lower()} for name, id in SENIORITIES.items()]


def countries() -> list[dict[str, str]]:
    """``{name, code}``."""
    found = {place.country: place.iso2 for place in pools.PLACES}
    return [{"name": name, "code": code} for name, code in sorted(found.items())]


def places(text: str, grouping: str) -> list[dict[str, str]]:
    """Places whose city, state, country or continent contains ``text``; ``grouping``: the generation's word for
    ``country_grouping``."""
    made = [
        {"continent": place.continent, "country": place.country, "city": place.city, "state": place.state,
         grouping: GROUPINGS[place.continent]}
        for place in pools.PLACES
    ]  # fmt: skip
    named = [{key: value for key, value in place.items() if value is not None} for place in made]
    return [place for place in named if _mentions(place.values(), text)]


def headquarters(text: str, grouping: str) -> list[dict[str, str]]:
    """Countries of companies that ``text`` is found in."""
    found = {place.country: place.continent for place in pools.PLACES}
    made = [
        {"country": country, "continent": continent, grouping: GROUPINGS[continent]}
        for country, continent in sorted(found.items())
    ]
    return [place for place in made if _mentions(place.values(), text)]


def ranges(pairs: Iterable[tuple[int, int]]) -> list[dict[str, int]]:
    """``{min, max}``."""
    return [{"min": low, "max": high} for low, high in pairs]


def industries() -> list[dict[str, Any]]:
    """Main industries, each with its sub-industries."""
    return [
        {
            "main_industry": main,
            "main_industry_id": MAIN_IDS[main],
            "sub_industries": [{"value": sub, "id": SUB_IDS[sub]}],
        }
        for main, sub, *_ in INDUSTRIES
    ]


def sics() -> list[dict[str, str]]:
    """``{code, label}`` of every SIC code."""
    return [{"code": str(code), "label": label} for _, _, code, label, *_ in INDUSTRIES]


def naics() -> list[dict[str, str]]:
    """``{code, label}`` of every NAICS code."""
    return [{"code": str(code), "label": label} for *_, code, label in INDUSTRIES]


def topics(companies: Mapping[str, Company]) -> list[str]:
    """Every intent topic that somebody has."""
    return sorted(
        {
            topic["topicName"]
            for company in companies.values()
            for topic in company.profile.get("intent", {}).get("detectedTopics", ())
        }
    )


def technologies(text: str) -> list[dict[str, str]]:
    """``{name}`` of the technologies that contain ``text``."""
    return [{"name": name} for name in pools.TECHNOLOGIES if text.casefold() in name]


def company_names(companies: Mapping[str, Company], text: str) -> list[dict[str, Any]]:
    """The companies whose name contains ``text``."""
    return [
        {
            "companyId": int(id),
            "name": company.profile["name"],
            "logoUrl": company.profile["logoUrl"],
            "fqdn": company.profile["domain"],
        }
        for id, company in companies.items()
        if text.casefold() in company.profile["name"].casefold()
    ]


def hiring_places(text: str) -> list[dict[str, str]]:
    """``{country, state}`` of the places that ``text`` is found in."""
    found = {(place.country, place.state) for place in pools.PLACES}
    made = [
        {"country": country} | ({"state": state} if state else {})
        for country, state in sorted(found, key=lambda pair: (pair[0], pair[1] or ""))
    ]
    return [place for place in made if _mentions(place.values(), text)]


def _mentions(values: Iterable[str], text: str) -> bool:
    return any(text.casefold() in value.casefold() for value in values)
