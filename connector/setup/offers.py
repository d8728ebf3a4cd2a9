"""What a field may be offered: for each attribute of the catalogue its expression, and what people call such a field.

Stands below ``proposals``. Policies are those of the shipped mappings: ``refresh`` only for what goes stale by itself
and nobody types by heart (title, seniority, employees), else ``fill``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from connector.config.settings import Policy
from connector.models import Entity


@dataclass(frozen=True, slots=True)
class Offer:
    """One attribute as a field could take it.

    ``attribute``: its path in the catalogue. ``names``: what such a field is called, in plain words. ``transform``:
    name and argument, where the field's own type does not tell. ``doubt``: why it is only ever proposed.
    """

    attribute: str
    source: str
    names: tuple[str, ...]
    policy: Policy = "fill"
    transform: tuple[str, Any] | None = None
    doubt: str = ""


_EMPLOYER = "it is the employer's, and a change of employer is for people to decide"
_LOWER = "Lusha knows a range, and this is its lower end"
_COSTS = "it costs credits of its own for each company"
_NAME = "it is what the record is found by"


def _plain(attribute: str, *names: str, **more: Any) -> Offer:
    return Offer(attribute, attribute, names, **more)


def _of(attribute: str, source: str, *names: str, **more: Any) -> Offer:
    return Offer(attribute, source, names, **more)


_PLACE = (
    _plain("location.city", "city", "town"),
    _plain("location.state", "state", "province", "state region", "state province"),
    _plain("location.country", "country", "country region"),
    _plain("location.country_iso2", "country code", "country iso code", "iso country"),
    _plain("location.continent", "continent"),
)
_LINKEDIN = ("linkedin", "linkedin url", "linkedin profile", "linkedin profile url", "linkedin page", "linkedin link")
_X = ("twitter url", "twitter profile", "twitter link", "x url", "x profile", "twitter page")

PERSON: tuple[Offer, ...] = (
    _plain("job_title.title", "job title", "title", "position", "job position", policy="refresh"),
    _plain(
        "job_title.seniority", "seniority", "seniority level", "job level", "management level", "job seniority",
        policy="refresh",
    ),
    _plain(
        "job_title.departments", "department", "departments", "job function", transform=("join", "; ")
    ),
    _of(
        "emails[].email", "emails[?type=='work'] | [0].email", "email", "e mail", "work email", "business email",
        "email address",
    ),
    _of(
        "emails[].email", "emails[?type=='private'] | [0].email", "personal email", "private email", "home email",
        doubt="a private address needs a lawful basis of its own",
    ),
    _of(
        "phones[].number", "phones[?type!='mobile' && !do_not_call] | [0].number", "phone", "phone number",
        "direct phone", "direct dial", "direct line", "business phone", "work phone", "office phone", "telephone",
        transform=("phone", None),
    ),
    _of(
        "phones[].number", "phones[?type=='mobile' && !do_not_call] | [0].number", "mobile", "mobile phone",
        "mobile number", "mobile phone number", "cell", "cell phone", "cellphone", "cell number",
        transform=("phone", None),
    ),
    _plain("social.linkedin", *_LINKEDIN, transform=("linkedin_url", None)),
    _plain("social.x", *_X, transform=("url", None)),
    *_PLACE,
    _plain("company.name", "employer", "current employer", "company name", "company", doubt=_EMPLOYER),
    _plain("company.domain", "company domain", "employer domain", "company website", transform=("domain", None),
           doubt=_EMPLOYER),
    _plain("company.industry", "company industry", "employer industry", "industry", doubt=_EMPLOYER),
    _plain("previous_job.company.name", "previous company", "previous employer", "former company", "former employer"),
    _plain("previous_job.job_title.title", "previous title", "previous job title", "former title"),
    _plain("first_name", "first name", "given name", doubt=_NAME),
    _plain("last_name", "last name", "family name", "surname", doubt=_NAME),
    _plain("full_name", "full name", doubt=_NAME),
    _plain("job_start_date", "job start date", "start date at company", "current job start"),
    _plain("location.is_eu", "eu contact", "is eu", "in the eu", "gdpr applies",
           doubt="a legal basis is for people to judge"),
    _plain("tags", "lusha tags", transform=("join", "; ")),
)  # fmt: skip

COMPANY: tuple[Offer, ...] = (
    _plain("domain", "domain", "website", "web site", "company domain", "company domain name", "website domain"),
    _plain("industry", "industry", "industry sector"),
    _plain("sub_industry", "sub industry", "subindustry", "industry segment", "secondary industry"),
    _plain(
        "employee_count.exact", "employees", "number of employees", "employee count", "headcount", "no of employees",
        policy="refresh", transform=("int", None),
    ),
    _plain("employee_count.min", "employees min", "minimum employees", "employee range min", transform=("int", None)),
    _plain("employee_count.max", "employees max", "maximum employees", "employee range max", transform=("int", None)),
    _plain("revenue.min", "annual revenue", "revenue", "yearly revenue", "revenue min", "minimum revenue",
           doubt=_LOWER),
    _plain("revenue.max", "revenue max", "maximum revenue", doubt="Lusha knows a range, and this is its upper end"),
    _plain("description", "description", "company description", "about us"),
    _plain("type", "company type", "ownership type", "legal type"),
    _plain("phone", "phone", "phone number", "company phone", "main phone", "telephone", transform=("phone", None)),
    _plain("email", "email", "company email", "general email", "info email"),
    _plain("email_domain", "email domain"),
    _plain("founded_year", "founded", "founded year", "year founded", "year started", "year established"),
    *_PLACE,
    _plain("location.zip_code", "zip", "zip code", "postal code", "postcode", "zip postal code"),
    _plain("social.linkedin", *_LINKEDIN, "linkedin company page", transform=("linkedin_url", None)),
    _plain("social.facebook", "facebook", "facebook url", "facebook page", "facebook company page",
           transform=("url", None)),
    _plain("social.x", *_X, transform=("url", None)),
    _plain("social.crunchbase", "crunchbase", "crunchbase url", "crunchbase page", transform=("url", None)),
    _plain("linkedin_followers", "linkedin followers", "linkedin follower count"),
    _plain("alternative_name", "alternative name", "other name", "also known as", "trade name"),
    _plain("specialities", "specialities", "specialties", transform=("join", "; ")),
    _plain("technologies", "technologies", "tech stack", "technology stack", "technologies used",
           transform=("join", "; ")),
    _plain("keywords", "keywords", "company keywords", transform=("join", "; ")),
    _plain("business_model", "business model", transform=("join", "; ")),
    _of("sic_codes[].code", "sic_codes | [0].code", "sic", "sic code"),
    _of("sic_codes[].description", "sic_codes | [0].description", "sic description", "sic desc"),
    _of("naics_codes[].code", "naics_codes | [0].code", "naics", "naics code"),
    _of("naics_codes[].description", "naics_codes | [0].description", "naics description", "naics desc"),
    _plain("funding.total_rounds", "funding rounds", "number of funding rounds", "total funding rounds"),
    _plain("funding.total_amount", "total funding", "total funding amount", "funding", "total money raised"),
    _plain("funding.currency", "funding currency"),
    _plain("funding.is_ipo", "is ipo", "went public"),
    _plain("funding.last_round_type", "last funding round", "last funding type", "last funding round type",
           "funding stage"),
    _plain("funding.last_round_amount", "last funding amount", "last funding round amount"),
    _plain("funding.last_round_date", "last funding date", "last funding round date"),
    _of("intent.topics[].name", "intent.topics[*].name", "intent topics", "intent", transform=("join", "; "),
        doubt=_COSTS),
    _of("competitors[].name", "competitors[*].name", "competitors", transform=("join", "; "), doubt=_COSTS),
    _plain("it_spend.value_usd", "it spend", "it budget", "annual it spend", doubt=_COSTS),
    _plain("website_traffic.visits", "website traffic", "monthly visits", "monthly website visits", doubt=_COSTS),
    _plain("name", "company name", "account name", "name", doubt=_NAME),
    _plain("website", "website url"),
    _plain("logo_url", "logo", "logo url", "company logo"),
)  # fmt: skip

OFFERS: Mapping[Entity, tuple[Offer, ...]] = MappingProxyType({"person": PERSON, "company": COMPANY})
"""In the order in which fields are looked for: what is found by an earlier one is taken."""
