"""Lusha V3's names for things → ours: the attributes of one person or company.

A company comes in without blanks and placeholders; of people, whom most answers are about, they are left out as they
are read. What is missing or of the wrong kind is absent from what comes back. Names:
https://docs.lusha.com/apis/openapi (V3EnrichedContact, V3EnrichedCompany and their previews); ours:
``connector.lusha.attributes``. All pure.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    prune,
    text,
    texts,
    web_address,
    word,
    words,
)
from connector.lusha.reading import bounds, funding, intent


def person(told: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a person, from a search or enrich result, pruned or as it came."""
    first, last = word(told.get("firstName")), word(told.get("lastName"))
    return present(
        id=word(told.get("id")),
        first_name=first,
        last_name=last,
        full_name=word(told.get("fullName")) or full_name(first, last),
        job_title=_job_title(mapping(told.get("jobTitle"))),
        company=_employer(mapping(told.get("company"))),
        location=_location(mapping(told.get("location"))),
        social=_social(mapping(told.get("socialLinks"))),
        emails=[email for entry in mappings(told.get("emails")) if (email := _email(entry))],
        phones=[phone for entry in mappings(told.get("phones")) if (phone := _phone(entry))],
        previous_job=_previous_job(mappings(told.get("previousEmployment"))),
        tags=words([tag.get("name") for tag in mappings(told.get("tags"))]),
        update_date=iso_date(word(told.get("updateDate"))),
    )


def _job_title(told: Mapping[str, Any]) -> dict[str, Any]:
    return present(
        title=word(told.get("title")),
        seniority=word(told.get("seniority")),
        departments=words(told.get("departments")),
    )


def _employer(told: Mapping[str, Any]) -> dict[str, Any]:
    return present(
        id=word(told.get("id")),
        name=word(told.get("name")),
        domain=bare_domain(word(told.get("domain"))),
        industry=word(told.get("industry")),
    )


def _location(told: Mapping[str, Any]) -> dict[str, Any]:
    country = word(told.get("country"))
    return present(
        country=country,
        country_iso2=word(told.get("countryIso2")) or country_code(country),
        continent=word(told.get("continent")),
        state=word(told.get("state")),
        state_code=word(told.get("stateCode")),
        city=word(told.get("city")),
        zip_code=word(told.get("zipCode")),
        is_eu=boolean(prune(told.get("isEuContact"))),
    )


def _social(told: Mapping[str, Any]) -> dict[str, Any]:
    return present(
        linkedin=word(told.get("linkedin")),
        facebook=word(told.get("facebook")),
        x=word(told.get("xUrl")) or word(told.get("x")),  # people carry xUrl, companies x
    )


def _email(told: Mapping[str, Any]) -> dict[str, Any] | None:
    address = prune(told.get("email"))
    if address is None:
        return None
    return present(
        email=text(address),
        type=word(told.get("type")) or "unknown",  # "unknown" is a word of Lusha's here, and no word as a blank
        confidence=word(told.get("confidence")),
        update_date=iso_date(word(told.get("updateDate"))),
    )


def _phone(told: Mapping[str, Any]) -> dict[str, Any] | None:
    number = prune(told.get("number"))
    if number is None:
        return None
    return present(
        number=text(number),
        type=word(told.get("type")) or "unknown",
        do_not_call=boolean(prune(told.get("doNotCall"))),
        update_date=iso_date(word(told.get("updateDate"))),
    )


def _previous_job(told: list[Mapping[str, Any]]) -> dict[str, Any] | None:
    latest = next((entry for entry in told if prune(entry) is not None), None)
    if latest is None:
        return None
    employer = mapping(latest.get("company"))
    return present(
        company=present(name=word(employer.get("name")), domain=bare_domain(word(employer.get("domain")))),
        job_title=present(title=word(mapping(latest.get("jobTitle")).get("title"))),
    )


def company(told: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a company, from a pruned search or enrich result."""
    return present(
        id=text(told.get("id")),
        name=text(told.get("name")),
        alternative_name=text(told.get("alternativeName")),
        domain=bare_domain(told.get("domain")),
        alternative_domains=texts([bare_domain(domain) for domain in texts(told.get("alternativeDomains"))]),
        email_domain=bare_domain(told.get("emailDomain")),
        description=text(told.get("description")),
        type=text(told.get("companyType")),
        founded_year=integer(told.get("yearFounded")),
        employee_count=bounds(mapping(told.get("employeeCount")), "exact", "min", "max"),
        revenue=bounds(mapping(told.get("revenueRange")), "min", "max"),
        industry=text(told.get("industry")),
        sub_industry=text(told.get("subIndustry")),
        specialities=texts(told.get("specialities")),
        sic_codes=_codes(told.get("sicCodes")),
        naics_codes=_codes(told.get("naicsCodes")),
        location=_location(mapping(told.get("location"))),
        additional_locations=[
            site for entry in mappings(told.get("additionalLocations")) if (site := _location(entry))
        ],
        social=_social(mapping(told.get("socialLinks"))),
        # The schema has one phone and one email, the examples of the same document have lists.
        phone=text(told.get("phone")) or _first(told.get("phones"), "number"),
        email=text(told.get("email")) or _first(told.get("emails"), "email"),
        website=text(told.get("website")) or web_address(told.get("domain")),
        linkedin_followers=integer(told.get("linkedinFollowers")),
        funding=funding(mapping(told.get("funding"))),
        technologies=texts(told.get("technologies")),
        intent=intent(mapping(told.get("intent"))),
        business_model=texts(told.get("businessModel")),
        keywords=texts(told.get("keywords")),
        competitors=_competitors(told.get("competitors")),
        employees_by_department=_headcounts(told.get("employeesByDepartment"), "department"),
        employees_by_location=_headcounts(told.get("employeesByLocation"), "country", "state"),
        employees_by_seniority=_headcounts(told.get("employeesBySeniority"), "seniority"),
        it_spend=_it_spend(mapping(told.get("estimatedAnnualItSpend"))),
        website_traffic=_website_traffic(mapping(told.get("monthlyWebsiteTraffic"))),
        logo_url=text(told.get("logoUrl")),
    )


def _codes(told: Any) -> list[dict[str, Any]]:
    codes = [
        present(code=integer(entry.get("code")), description=text(entry.get("description"))) for entry in mappings(told)
    ]
    return [code for code in codes if code]


def _first(told: Any, name: str) -> str | None:
    """The first of a list, whether its items are maps or plain texts."""
    found = [text(entry.get(name)) for entry in mappings(told)] or texts(told or [])
    return next((value for value in found if value), None)


def _competitors(told: Any) -> list[dict[str, Any]]:
    competitors = [
        present(
            id=text(entry.get("id")),
            name=text(entry.get("name")),
            domain=bare_domain(entry.get("domain")),
        )
        for entry in mappings(told)
    ]
    return [competitor for competitor in competitors if competitor]


def _headcounts(told: Any, group: str, *finer: str) -> list[dict[str, Any]]:
    """Employees by what they are grouped by; an entry that does not tell its group is left out."""
    counts = [
        present(**{name: text(entry.get(name)) for name in (group, *finer)}, count=integer(entry.get("count")))
        for entry in mappings(told)
    ]
    return [count for count in counts if group in count]


def _it_spend(told: Mapping[str, Any]) -> dict[str, Any]:
    return present(
        value=number(told.get("value")),
        currency=text(told.get("currency")),
        value_usd=number(told.get("valueUsd")),
    )


def _website_traffic(told: Mapping[str, Any]) -> dict[str, Any]:
    return present(
        visits=number(told.get("visits")),
        mom_change_percent=number(told.get("momChangePercent")),
        month=text(told.get("month")),
    )
