"""Lusha V3's names for things → ours: the attributes of one person or company.

``connector.lusha.profiles`` hands in a result without blanks and placeholders; what is missing or of the wrong
kind is absent from what comes back. Names: https://docs.lusha.com/apis/openapi (V3EnrichedContact,
V3EnrichedCompany and their previews); ours: ``connector.lusha.attributes``. All pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.lusha.cleaning import (
    bare_domain,
    boolean,
    country_code,
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
from connector.models import is_blank


def person(told: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a person, from a pruned search or enrich result."""
    first, last = text(told.get("firstName")), text(told.get("lastName"))
    return present(
        id=text(told.get("id")),
        first_name=first,
        last_name=last,
        full_name=text(told.get("fullName")) or full_name(first, last),
        job_title=_job_title(mapping(told.get("jobTitle"))),
        company=_employer(mapping(told.get("company"))),
        location=_location(mapping(told.get("location"))),
        social=_social(mapping(told.get("socialLinks"))),
        emails=[email for entry in mappings(told.get("emails")) if (email := _email(entry))],
        phones=[phone for entry in mappings(told.get("phones")) if (phone := _phone(entry))],
        previous_job=_previous_job(mappings(told.get("previousEmployment"))),
        tags=texts([tag.get("name") for tag in mappings(told.get("tags"))]),
        update_date=iso_date(told.get("updateDate")),
    )


def _job_title(told: Mapping[str, Any]) -> dict[str, Any]:
    return present(
        title=text(told.get("title")),
        seniority=text(told.get("seniority")),
        departments=texts(told.get("departments")),
    )


def _employer(told: Mapping[str, Any]) -> dict[str, Any]:
    return present(
        id=text(told.get("id")),
        name=text(told.get("name")),
        domain=bare_domain(told.get("domain")),
        industry=text(told.get("industry")),
    )


def _location(told: Mapping[str, Any]) -> dict[str, Any]:
    country = text(told.get("country"))
    return present(
        country=country,
        country_iso2=text(told.get("countryIso2")) or country_code(country),
        continent=text(told.get("continent")),
        state=text(told.get("state")),
        state_code=text(told.get("stateCode")),
        city=text(told.get("city")),
        zip_code=text(told.get("zipCode")),
        is_eu=boolean(told.get("isEuContact")),
    )


def _social(told: Mapping[str, Any]) -> dict[str, Any]:
    return present(
        linkedin=text(told.get("linkedin")),
        facebook=text(told.get("facebook")),
        x=text(told.get("xUrl")) or text(told.get("x")),  # people carry xUrl, companies x
    )


def _email(told: Mapping[str, Any]) -> dict[str, Any] | None:
    if is_blank(told.get("email")):
        return None
    return present(
        email=text(told["email"]),
        type=text(told.get("type")) or "unknown",  # "unknown" is a word of Lusha's here, and pruned as a blank
        confidence=text(told.get("confidence")),
        update_date=iso_date(told.get("updateDate")),
    )


def _phone(told: Mapping[str, Any]) -> dict[str, Any] | None:
    if is_blank(told.get("number")):
        return None
    return present(
        number=text(told["number"]),
        type=text(told.get("type")) or "unknown",
        do_not_call=boolean(told.get("doNotCall")),
        update_date=iso_date(told.get("updateDate")),
    )


def _previous_job(told: list[Mapping[str, Any]]) -> dict[str, Any] | None:
    if not told:
        return None
    employer = mapping(told[0].get("company"))
    return present(
        company=present(name=text(employer.get("name")), domain=bare_domain(employer.get("domain"))),
        job_title=present(title=text(mapping(told[0].get("jobTitle")).get("title"))),
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
        employee_count=_range(mapping(told.get("employeeCount")), "exact", "min", "max"),
        revenue=_range(mapping(told.get("revenueRange")), "min", "max"),
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
        funding=_funding(mapping(told.get("funding"))),
        technologies=texts(told.get("technologies")),
        intent=_intent(mapping(told.get("intent"))),
        business_model=texts(told.get("businessModel")),
        keywords=texts(told.get("keywords")),
        competitors=_competitors(told.get("competitors")),
        employees_by_department=_departments(told.get("employeesByDepartment")),
        logo_url=text(told.get("logoUrl")),
    )


def _range(told: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return present(**{name: number(told.get(name)) for name in names})


def _codes(told: Any) -> list[dict[str, Any]]:
    codes = [
        present(code=integer(entry.get("code")), description=text(entry.get("description"))) for entry in mappings(told)
    ]
    return [code for code in codes if code]


def _first(told: Any, name: str) -> str | None:
    """The first of a list, whether its items are maps or plain texts."""
    found = [text(entry.get(name)) for entry in mappings(told)] or texts(told or [])
    return next((value for value in found if value), None)


def _funding(told: Mapping[str, Any]) -> dict[str, Any]:
    rounds = [
        present(
            type=text(entry.get("roundType")),
            amount=number(entry.get("roundAmount")),
            currency=text(entry.get("currency")),
            date=iso_date(entry.get("roundDate")),
        )
        for entry in mappings(told.get("rounds"))
    ]
    return present(
        rounds=[entry for entry in rounds if entry],
        total_rounds=integer(told.get("totalRounds")),
        total_amount=number(told.get("totalRoundsAmount")),
        currency=text(told.get("currency")),
        is_ipo=boolean(told.get("isIpo")),
        last_round_type=text(told.get("lastRoundType")),
        last_round_amount=number(told.get("lastRoundAmount")),
        last_round_date=iso_date(told.get("lastRoundDate")),
    )


def _intent(told: Mapping[str, Any]) -> dict[str, Any]:
    topics = [
        present(
            name=text(topic.get("topicName")),
            score=number(mapping(topic.get("metadata")).get("topicScore")),
            trend=number(mapping(topic.get("metadata")).get("topicTrend")),
        )
        for topic in mappings(told.get("detectedTopics"))
    ]
    return present(topics=[topic for topic in topics if "name" in topic])


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


def _departments(told: Any) -> list[dict[str, Any]]:
    counts = [
        present(department=text(entry.get("department")), count=integer(entry.get("count"))) for entry in mappings(told)
    ]
    return [count for count in counts if "department" in count]
