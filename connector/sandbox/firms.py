"""The companies of the demo world, as Lusha's V3 company enrichment describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from connector.sandbox import phones, pools
from connector.sandbox.pools import Place

_SIZES = ((1, 10), (11, 50), (51, 200), (201, 500), (501, 1000), (1001, 5000), (5001, 10000))
_REVENUES = tuple(
    (low * 1_000_000, high * 1_000_000)
    for low, high in ((1, 10), (5, 50), (10, 50), (50, 100), (100, 250), (250, 1000), (1000, 10_000))
)


@dataclass(frozen=True, slots=True)
class Firm:
    """One company. ``profile``: everything Lusha could tell, in V3's shape. ``known``: whether Lusha knows it.

    ``domain`` is bare (``kestrel-analytics.test``); ``legal_name`` carries the legal form.
    """

    id: str
    name: str
    legal_name: str
    domain: str
    place: Place
    phone: phones.Number
    known: bool
    profile: Mapping[str, Any]


def build_firms(seed: int, count: int, unknown_share: float = 0.12) -> list[Firm]:
    """``count`` companies, the same for the same seed; about ``unknown_share`` of them unknown to Lusha."""
    rng = Random(f"{seed}:firms")
    firms: list[Firm] = []
    for index in range(count):
        firms.append(_firm(rng, index, known=not spread(index, unknown_share, offset=5), earlier=firms))
    return firms


def spread(index: int, share: float, offset: int) -> bool:
    """Whether ``index`` belongs to a ``share`` of all indices, spread evenly so that a small world has it too."""
    return int((index + offset) * share) > int((index + offset - 1) * share)


def _firm(rng: Random, index: int, *, known: bool, earlier: list[Firm]) -> Firm:
    place = rng.choice(pools.PLACES)
    name, domain = _name(index)
    phone = phones.draw(rng, place.phones, mobile=False)
    firm_id = str(16_303_253 + index * 137)
    return Firm(
        id=firm_id,
        name=name,
        legal_name=f"{name} {pools.LEGAL_FORMS[place.iso2]}",
        domain=domain,
        place=place,
        phone=phone,
        known=known,
        profile=_profile(rng, index, firm_id, (name, domain), place, phone, earlier),
    )


def _name(index: int) -> tuple[str, str]:
    """Every name once: 330 pairs, then numbered."""
    first = pools.FIRM_NAMES[index % len(pools.FIRM_NAMES)]
    trade = pools.FIRM_TRADES[(index + index // len(pools.FIRM_NAMES)) % len(pools.FIRM_TRADES)]
    lap = index // (len(pools.FIRM_NAMES) * len(pools.FIRM_TRADES))
    name = f"{first} {trade}" + (f" {lap + 1}" if lap else "")
    return name, pools.latin(name).lower().replace(" ", "-") + ".test"


def _profile(
    rng: Random,
    index: int,
    firm_id: str,
    names: tuple[str, str],
    place: Place,
    phone: phones.Number,
    earlier: list[Firm],
) -> dict[str, Any]:
    name, domain = names
    rare = index % 29 == 11
    industry, sub_industry, sic, sic_text, naics, naics_text = (
        pools.RARE_INDUSTRY if rare else rng.choice(pools.INDUSTRIES)
    )
    size = rng.randrange(len(_SIZES))
    low, high = _SIZES[size]
    exact = rng.randint(low, high)
    profile: dict[str, Any] = {
        "id": firm_id,
        "name": name,
        "alternativeName": name.lower(),
        "domain": f"www.{domain}" if index % 3 else domain,
        "alternativeDomains": [domain],
        "description": f"{name} serves customers in {place.country} and beyond: {sub_industry.lower()}.",
        "companyType": rng.choice(("Private Company", "Private Company", "Public Company", "Nonprofit")),
        "yearFounded": rng.randint(1890, 2022),
        "employeeCount": {"exact": exact, "min": low, "max": high},
        "industry": industry,
        "subIndustry": sub_industry,
        "specialities": [sub_industry.lower(), "customer service"],
        "sicCodes": [{"code": sic, "description": sic_text}],
        "naicsCodes": [{"code": naics, "description": naics_text}],
        "emailDomain": domain,
        "location": _location(place) | {"zipCode": f"{rng.randrange(1_000, 99_999):05d}"},
        "socialLinks": {"linkedin": f"https://www.linkedin.com/company/{domain.removesuffix('.test')}"},
        "linkedinFollowers": exact * rng.randint(3, 40),
        "revenueRange": dict(zip(("min", "max"), _REVENUES[size], strict=True)),
        "technologies": sorted(rng.sample(pools.TECHNOLOGIES, 3)),
        "popularityTier": rng.randint(1, 5),
        "logoUrl": f"https://logo.example.com/{firm_id}.jpg",
        "businessModel": ["B2B"],
        "phones": [{"number": phone.e164}],
        "emails": [{"email": f"info@{domain}"}],
        "keywords": [sub_industry.lower()],
    }
    profile |= _extras(rng, index, place, exact, earlier)
    for gap in _gaps(index):
        del profile[gap]
    return profile


def _gaps(index: int) -> list[str]:
    """What Lusha lacks of this company: absent, as V3 leaves it out."""
    lacking = {"phones": 4, "yearFounded": 7, "description": 9, "revenueRange": 5, "emails": 3}
    return [field for field, nth in lacking.items() if index % nth == nth - 1]


def _extras(rng: Random, index: int, place: Place, exact: int, earlier: list[Firm]) -> dict[str, Any]:
    """Data with a price of their own, and funding for the few that have some."""
    extras: dict[str, Any] = {
        "employeesByDepartment": [
            {"department": department, "count": max(1, exact // len(pools.DEPARTMENTS))}
            for department in pools.DEPARTMENTS[:6]
        ],
        "employeesByLocation": [{"country": place.country, "state": None, "count": exact}],
        "employeesBySeniority": [
            {"seniority": "Manager", "count": max(1, exact // 5)},
            {"seniority": "Non-Manager", "count": exact - max(1, exact // 5)},
        ],
    }
    rivals = rng.sample(earlier, 2) if len(earlier) >= 2 and index % 2 else []
    if rivals:
        extras["competitors"] = [{"id": r.id, "name": r.name, "domain": r.domain} for r in rivals]
    if index % 3 == 0:
        topic = {"topicName": "CRM", "metadata": {"topicScore": rng.randint(60, 99), "topicTrend": "+12"}}
        extras["intent"] = {"detectedTopics": [topic], "topicCount": 1}
    if index % 4 == 1:
        extras["monthlyWebsiteTraffic"] = {
            "visits": exact * 350, "momChangePercent": 4.3, "month": "2026-09",
        }  # fmt: skip
        extras["estimatedAnnualItSpend"] = {
            "value": exact * 1_200, "currency": "USD", "valueUsd": exact * 1_200,
        }  # fmt: skip
    if index % 5 == 2:
        extras["funding"] = _funding(rng.randint(2, 90) * 1_000_000)
    return extras


def _funding(amount: int) -> dict[str, Any]:
    last = {"roundType": "Series A", "roundDate": "Nov 10, 2021"}
    return {
        "rounds": [{"currency": "USD", "roundAmount": amount, **last}],
        "totalRounds": 1,
        "totalRoundsAmount": amount,
        "currency": "USD",
        "isIpo": False,
        "lastRoundType": last["roundType"],
        "lastRoundAmount": amount,
        "lastRoundDate": last["roundDate"],
    }


def _location(place: Place) -> dict[str, str]:
    location = {"city": place.city, "state": place.state, "stateCode": place.state_code,
                "country": place.country, "countryIso2": place.iso2, "continent": place.continent}  # fmt: skip
    return {key: value for key, value in location.items() if value is not None}
