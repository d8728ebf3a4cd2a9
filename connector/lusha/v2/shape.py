"""Lusha V2's names for things → ours: the attributes of one person or company.

V2 spells one fact in several ways: alone or in bulk (``address``, ``email``; ``countryIso2``, ``country_iso2``), of a
company or of a person's employer (``lastRoundDate``, ``lastFundingEventDate``), in an enrichment or in prospecting
(``jobTitle`` as a map or as a text). Every reader here takes all of them, so that the same person gives the same
attributes whoever tells. What comes in is pruned; what is missing or of the wrong kind is absent from what comes
back. Names: https://docs.lusha.com/apis/openapi (V2: Contact, ContactEnrichData, CompanyResponse,
CompanySingleResponseData, CompanyBulkResponse); ours: ``connector.lusha.attributes``. All pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from connector.countries import country_code
from connector.lusha.cleaning import (
    bare_domain,
    boolean,
    full_name,
    integer,
    iso_date,
    mapping,
    mappings,
    number,
    present,
    text,
    texts,
    web_address,
)
from connector.lusha.reading import bounds, funding, intent

_PHONE_TYPES = MappingProxyType({"mobile": "mobile", "direct": "direct", "phone": "work", "work": "work"})
"""V2 has three kinds, Mobile, Direct and Phone, where V3 has mobile, direct and work: the third is the same in our
reading (checked 2026-11-22; neither document says so)."""

_EMAIL_TYPES = frozenset({"work", "private"})
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def person(told: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a person, from a pruned answer; the employer is what stands under ``company``."""
    first, last = text(told.get("firstName")), text(told.get("lastName"))
    return present(
        id=text(told.get("personId")),
        first_name=first,
        last_name=last,
        full_name=text(told.get("fullName")) or text(told.get("name")) or full_name(first, last),
        job_title=_job_title(told),
        job_start_date=iso_date(told.get("jobStartDate")),
        company=_employer(told, mapping(told.get("company"))),
        location=_location(mapping(told.get("location"))),
        social=_social(mapping(told.get("socialLinks"))),
        emails=_listed(told, "emailAddresses", "emails", _email),
        phones=_listed(told, "phoneNumbers", "phones", _phone),
        previous_job=_previous_job(mapping(told.get("previousJob"))),
        tags=texts([tag.get("name") for tag in mappings(told.get("contactTags"))]),
        update_date=iso_date(told.get("updateDate")),
    )


def _job_title(told: Mapping[str, Any]) -> dict[str, Any]:
    """A map; in prospecting a text, with departments and seniority beside it."""
    title = mapping(told.get("jobTitle"))
    return present(
        title=text(title.get("title")) or text(told.get("jobTitle")),
        seniority=text(title.get("seniority")) or _seniority(told.get("seniority")),
        departments=texts(title.get("departments") or told.get("departments")),
    )


def _seniority(told: Any) -> str | None:
    """``[{"id": 4, "value": "senior"}]`` of prospecting: the first value."""
    levels = [level for entry in mappings(told) if (level := text(entry.get("value")))]
    return next(iter(levels), None) or text(told)


def _employer(person: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Whom the person works for; prospecting tells it beside the person."""
    return present(
        id=text(person.get("companyId")) or text(told.get("companyId")),
        name=text(told.get("name")) or text(person.get("companyName")),
        domain=_domain(told) or bare_domain(person.get("fqdn")),
        industry=_industry(told),
    )


def _domain(told: Mapping[str, Any]) -> str | None:
    homepage = mapping(told.get("domains")).get("homepage")
    return bare_domain(told.get("fqdn")) or bare_domain(told.get("domain")) or bare_domain(homepage)


def _industry(told: Mapping[str, Any]) -> str | None:
    nested = mapping(told.get("industry")).get("mainIndustry")
    return (
        text(told.get("mainIndustry"))
        or text(nested)
        or text(told.get("industry"))
        or text(told.get("industryPrimaryGroup"))
    )


def _location(told: Mapping[str, Any]) -> dict[str, Any]:
    country = text(told.get("country"))
    return present(
        country=country,
        country_iso2=text(told.get("countryIso2")) or text(told.get("country_iso2")) or country_code(country),
        continent=text(told.get("continent")),
        state=text(told.get("state")) or text(told.get("region")),
        state_code=text(told.get("stateCode")) or text(told.get("state_code")),
        city=text(told.get("city")),
        raw=text(told.get("rawLocation")) or text(told.get("fullLocation")),
        is_eu=boolean(told.get("isEuContact", told.get("is_eu_contact"))),
    )


def _social(told: Mapping[str, Any]) -> dict[str, Any]:
    return present(
        linkedin=_address(told.get("linkedin")),
        facebook=_address(told.get("facebook")),
        x=_address(told.get("xUrl")) or _address(told.get("twitter")),
        crunchbase=_address(told.get("crunchbase")),
    )


def _address(told: Any) -> str | None:
    """A URL, or the map around it that a single company has."""
    return text(mapping(told).get("url")) or text(told)


def _listed(
    told: Mapping[str, Any], name: str, plain: str, read: Callable[[Mapping[str, Any]], dict[str, Any] | None]
) -> list[dict[str, Any]]:
    """The entries under ``name``; where there are none, the plain texts that V2 still sends beside them."""
    items = mappings(told.get(name)) or [{plain.removesuffix("s"): value} for value in texts(told.get(plain))]
    return [entry for item in items if (entry := read(item))]


def _email(told: Mapping[str, Any]) -> dict[str, Any] | None:
    address = text(told.get("email")) or text(told.get("address"))
    kind = (text(told.get("emailType")) or text(told.get("type")) or "").casefold()
    if not address:
        return None
    return present(
        email=address,
        type=kind if kind in _EMAIL_TYPES else "unknown",
        confidence=text(told.get("emailConfidence")),
        update_date=iso_date(told.get("updateDate")),
    )


def _phone(told: Mapping[str, Any]) -> dict[str, Any] | None:
    written = text(told.get("number")) or text(told.get("phone"))
    kind = (text(told.get("phoneType")) or text(told.get("type")) or "").casefold()
    if not written:
        return None
    return present(
        number=written,
        type=_PHONE_TYPES.get(kind, "unknown"),
        do_not_call=boolean(told.get("doNotCall")),
        update_date=iso_date(told.get("updateDate")),
    )


def _previous_job(told: Mapping[str, Any]) -> dict[str, Any]:
    employer = mapping(told.get("company"))
    return present(
        company=present(name=text(employer.get("name")), domain=_domain(employer)),
        job_title=present(title=text(mapping(told.get("jobTitle")).get("title"))),
    )


def company(told: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a company, from a pruned answer: single, bulk, prospecting, lookalike or an employer."""
    domains = mapping(told.get("domains"))
    groups = mapping(told.get("industryPrimaryGroupDetails"))
    return present(
        id=text(told.get("lushaCompanyId")) or text(told.get("id")),
        name=text(told.get("name")),
        alternative_name=text(told.get("alternativeName")),
        domain=_domain(told),
        email_domain=bare_domain(told.get("emailDomain")) or _mail_domain(domains.get("email")),
        description=text(told.get("description")),
        type=text(told.get("companyType")),
        founded_year=_year(told.get("founded")),
        employee_count=_employees(told),
        revenue=_pair(told.get("revenueRange")),
        industry=_industry(told),
        sub_industry=text(told.get("subIndustry")) or text(mapping(told.get("industry")).get("subIndustry")),
        specialities=texts(told.get("specialities")),
        sic_codes=_codes(groups.get("sicCodes"), "sic", "sicCodes"),
        naics_codes=_codes(groups.get("naicsCodes"), "naics", "naicsCodes"),
        location=_location(mapping(told.get("location")) or told),  # bulk tells it beside the name
        additional_locations=[site for entry in mappings(told.get("companyLocations")) if (site := _location(entry))],
        social=_social(mapping(told.get("social")) or told),
        website=_website(told, domains),
        linkedin_followers=integer(told.get("linkedinFollowers")),
        funding=funding(mapping(told.get("funding"))),
        technologies=_technologies(told.get("technologies")),
        intent=intent(mapping(told.get("intent"))),
        logo_url=text(told.get("logoUrl")),
    )


def _mail_domain(told: Any) -> str | None:
    """The document shows a domain in one place and a whole address in another."""
    return bare_domain((text(told) or "").rpartition("@")[2])


def _year(told: Any) -> int | None:
    """``August 1, 2011`` or ``2011``."""
    found = _YEAR.search(text(told) or "")
    return int(found[0]) if found else None


def _employees(told: Mapping[str, Any]) -> dict[str, Any]:
    """Single: a map; bulk: a pair and the exact number beside it; ``employees`` is the size class in words."""
    size = told.get("companySize")
    at_large = mapping(size)
    exact = (
        number(at_large.get("employeesInLinkedin")),
        number(at_large.get("employees_in_linkedin")),
        number(told.get("employeesInLinkedin")),
        number(told.get("employeeCount")),
    )
    span = bounds(at_large, "min", "max") or _pair(size) or _pair((text(told.get("employees")) or "").split(" - "))
    return present(exact=next((found for found in exact if found is not None), None), **span)


def _pair(told: Any) -> dict[str, Any]:
    """``[201, 500]`` as its bounds."""
    return bounds(dict(zip(("min", "max"), told, strict=False)), "min", "max") if isinstance(told, list) else {}


def _codes(told: Any, *names: str) -> list[dict[str, Any]]:
    codes = [
        present(
            code=next((code for name in names if (code := integer(entry.get(name))) is not None), None),
            description=text(entry.get("description")),
        )
        for entry in mappings(told)
    ]
    return [code for code in codes if code]


def _website(told: Mapping[str, Any], domains: Mapping[str, Any]) -> str | None:
    written = text(told.get("website")) or text(told.get("homepageUrl"))
    return written or web_address(told.get("fqdn") or told.get("domain") or domains.get("homepage"))


def _technologies(told: Any) -> list[str]:
    return texts([entry.get("name") for entry in mappings(told)]) or texts(told or [])
