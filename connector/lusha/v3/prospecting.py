"""People and companies that nobody knows yet, by filters (Lusha V3, Prospecting). Requests and readers, all pure.

Filters are checked by name before anything is sent: Lusha refuses a whole request for one that it does not know.
Reference: https://docs.lusha.com/apis/openapi (Prospecting, Filters).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from connector.lusha.calls import Call, document
from connector.lusha.cleaning import integer, mapping
from connector.lusha.criteria import SIDES, Query, check_do_not_call, check_page, checked
from connector.lusha.prices import PriceList
from connector.lusha.v3.answers import charged, listed_profiles
from connector.lusha.v3.filters import types_call, values_call
from connector.lusha.v3.requests import path_of
from connector.models import Entity, FilterType, Found

LARGEST_PAGE = 100

_CONTACTS = frozenset({
    "names", "jobTitles", "jobTitlesExactMatch", "normalizedJobTitles", "searchText", "countries", "locations",
    "seniorityIds", "departments", "linkedinUrls", "existingDataPoints", "signals", "emails", "previousEmails",
    "previousJobTitle", "skills", "certifications", "awards", "ids", "existingDataPointsCondition",
    "jobChangedAfterDate", "jobChangedLastViewDate", "education", "score", "geographicDetails",
})  # fmt: skip
_CONTACTS_OF_COMPANIES = frozenset(
    {"jobTitles", "departments", "seniorityIds", "skills", "locations", "existingDataPoints"}
)
_COMPANIES = frozenset({
    "names", "domains", "ids", "locations", "sizes", "revenues", "technologies", "technologiesCondition",
    "mainIndustriesIds", "subIndustriesIds", "intentTopics", "intentTopicsCondition", "intentMinScore",
    "intentMaxScore", "intentTopicsOperator", "topicCountThreshold", "sicCodes", "naicsCodes", "foundedYear",
    "businessModel", "companyType", "linkedinUrls", "keywords", "specialities", "exactSpecialities", "exactKeywords",
    "keywordsSearchFields", "previousCompanyDomains", "previousCompanyNames", "geographicDetails",
    "locationsZipcodes", "headquarterZipcodes",
})  # fmt: skip
FILTERS: Mapping[Entity, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "person": {"contacts": _CONTACTS, "companies": _COMPANIES | {"industriesLabels", "funding"}},
        "company": {"contacts": _CONTACTS_OF_COMPANIES, "companies": _COMPANIES | {"searchText", "signals"}},
    }
)
"""The filters that Lusha takes when people or companies are looked for; the same to include and to exclude."""
SINGLE = frozenset({
    "searchText", "signals", "existingDataPointsCondition", "jobChangedAfterDate", "jobChangedLastViewDate",
    "education", "score", "technologiesCondition", "intentTopicsCondition", "intentTopicsOperator", "intentMinScore",
    "intentMaxScore", "funding",
})  # fmt: skip
"""Those of them that are one value; all others are lists."""

_NOT_BESIDE_CONTACTS = ("searchText", "signals", "intent", "technologies")
"""How filters of companies begin that Lusha refuses beside filters of contacts, when companies are looked for."""

LISTED: Mapping[Entity, Mapping[str, Query]] = MappingProxyType(
    {
        "person": {
            "departments": "taken",
            "seniority": "taken",
            "existingDataPoints": "taken",
            "countries": "taken",
            "locations": "needed",
        },
        "company": {
            "names": "needed",
            "sizes": "taken",
            "revenues": "taken",
            "locations": "needed",
            "sics": "taken",
            "naics": "taken",
            "industriesLabels": "taken",
            "intentTopics": "taken",
            "technologies": "needed",
        },
    }
)
"""The filters whose values Lusha lists, and whether a query must be given. Some names are not those of FILTERS."""


def prospecting(
    entity: Entity,
    filters: Mapping[str, Any],
    prices: PriceList,
    *,
    page: int = 0,
    size: int = 25,
    partial: bool | None = None,
    without_do_not_call: bool = False,
) -> Call[Found]:
    """One page of people or companies that match (``POST /v3/{contacts,companies}/prospecting``).

    ``filters`` in Lusha's own words, ``{"contacts": {"include": {…}, "exclude": {…}}, "companies": {…}}``; for
    companies ``companies.include`` must be there. ``page`` 0 to 1,000; ``size`` 10 to 100. ``partial``: incomplete
    profiles too (by itself Lusha sends those of people; here they must be asked for). ``without_do_not_call``: nobody
    on a do-not-call list; people only. Results are previews, often of an id and a name alone.

    Costs as a search: 1 credit for each started 25 results; with a filter ``signals``, those of each result on top.
    RequestRefused with code "400": Lusha would refuse the page, its size, a filter's name or place, or the options.
    Undocumented: the answer has no results. Reference: https://docs.lusha.com/apis/openapi
    """
    check_page(page, size, LARGEST_PAGE)
    check_do_not_call(entity, without_do_not_call)
    criteria = checked(FILTERS[entity], filters, _problems_of_companies(filters) if entity == "company" else ())
    options = {"includePartialProfiles": bool(partial), **({"excludeDnc": True} if without_do_not_call else {})}
    body = {"pagination": {"page": page, "size": size}, "filters": criteria, "options": options}
    path = path_of(entity, "prospecting")
    return Call("POST", path, lambda told: _found(told, entity, prices, page, size), body=body, paid=True)


def filter_types(entity: Entity) -> Call[tuple[FilterType, ...]]:
    """The filters whose values Lusha lists (``GET /v3/{contacts,companies}/prospecting/filters``); free.

    Undocumented: no list of them in the answer. Reference: https://docs.lusha.com/apis/openapi
    """
    return types_call(path_of(entity, "prospecting/filters"))


def filter_values(entity: Entity, name: str, query: str | None = None) -> Call[tuple[Any, ...]]:
    """The values of one filter (``GET /v3/{contacts,companies}/prospecting/filters/{filterType}``), as Lusha writes
    them: texts, ranges, ids with names. Free.

    ``query``: 2 to 256 characters; ``locations``, ``names`` and ``technologies`` need one. RequestRefused with code
    "400": no such list, or a query missing or of the wrong length. Undocumented: the answer has no values.
    Reference: https://docs.lusha.com/apis/openapi
    """
    return values_call(path_of(entity, "prospecting/filters"), LISTED[entity], name, query)


def _problems_of_companies(filters: Mapping[str, Any]) -> Iterator[str]:
    """What Lusha refuses beyond names and places when companies are looked for."""
    companies, contacts = mapping(filters.get("companies")), mapping(filters.get("contacts"))
    if "include" not in companies:
        yield "filters.companies.include is missing"
    if any(mapping(contacts.get(side)) for side in SIDES):
        for side in SIDES:
            for name in mapping(companies.get(side)):
                if name.startswith(_NOT_BESIDE_CONTACTS):
                    yield f"filters.companies.{side}.{name} cannot stand beside filters.contacts"


def _found(payload: Any, entity: Entity, prices: PriceList, page: int, size: int) -> Found:
    told = document(payload)
    pages = mapping(told.get("pagination"))
    told_page, told_size = integer(pages.get("page")), integer(pages.get("size"))
    return Found(
        profiles=listed_profiles(told, entity, prices),
        page=page if told_page is None else told_page,
        size=size if told_size is None else told_size,
        total=integer(pages.get("total")),
        charged=charged(told),
    )
