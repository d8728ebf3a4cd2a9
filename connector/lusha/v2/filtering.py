"""The filters of Lusha V2's prospecting: those that it takes, and those whose values it lists. All pure.

V2 has no operation that tells its filters, so they stand here (https://docs.lusha.com/apis/openapi, V2: ContactFilters,
CompanyFilters, Contact Filters, Company Filters; read 2026-11-22). ``signal`` is the schema's word and ``signals``
that of the examples: both are taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from connector.lusha.refusing import refusal, unknown
from connector.models import Entity

SIDES = ("include", "exclude")

_CONTACTS = frozenset({
    "departments", "seniority", "existing_data_points", "locations", "jobTitles", "linkedinUrls", "searchText",
    "signal", "signals",
})  # fmt: skip
_COMPANIES = frozenset({
    "names", "domains", "locations", "technologies", "intentTopics", "sizes", "revenues", "sicCodes", "naicsCodes",
    "mainIndustriesIds", "subIndustriesIds", "searchText", "excludePartialCompanies", "companyLocations",
    "employeesInLinkedIn", "signal", "signals",
})  # fmt: skip
FILTERS: Mapping[Entity, Mapping[str, frozenset[str]]] = MappingProxyType(
    {"person": {"contacts": _CONTACTS, "companies": _COMPANIES}, "company": {"companies": _COMPANIES}}
)
"""The filters that Lusha takes when people or companies are looked for; the same to include and to exclude."""


@dataclass(frozen=True, slots=True)
class Values:
    """Where the values of a filter are told. POST: they are searched for by a text, GET: all of them come."""

    method: Literal["GET", "POST"]
    path: str


def _values(entity: str, *rows: tuple[str, Literal["GET", "POST"], str]) -> Mapping[str, Values]:
    return MappingProxyType(
        {name: Values(method, f"/prospecting/filters/{entity}/{last}") for name, method, last in rows}
    )


LISTED: Mapping[Entity, Mapping[str, Values]] = MappingProxyType(
    {
        "person": _values(
            "contacts",
            ("departments", "GET", "departments"),
            ("seniority", "GET", "seniority"),
            ("existingDataPoints", "GET", "existing_data_points"),
            ("countries", "GET", "all_countries"),
            ("locations", "POST", "locations"),
        ),
        "company": _values(
            "companies",
            ("names", "POST", "names"),
            ("industriesLabels", "GET", "industries_labels"),
            ("sizes", "GET", "sizes"),
            ("revenues", "GET", "revenues"),
            ("locations", "POST", "locations"),
            ("sics", "GET", "sics"),
            ("naics", "GET", "naics"),
            ("intentTopics", "GET", "intent_topics"),
            ("technologies", "POST", "technologies"),
        ),
    }
)
"""The filters whose values Lusha lists, by V3's names for them."""


def checked(entity: Entity, filters: Mapping[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    """The filters, copied; RequestRefused with all that is wrong with their names and places."""
    if problems := list(_problems(entity, filters)):
        raise refusal("; ".join(problems))
    return {subject: {side: dict(criteria) for side, criteria in sides.items()} for subject, sides in filters.items()}


def _problems(entity: Entity, filters: Mapping[str, Any]) -> Iterator[str]:
    known = FILTERS[entity]
    for subject, sides in filters.items():
        if subject not in known:
            yield unknown("group of filters", subject, known)
        elif not isinstance(sides, Mapping):
            yield f"filters.{subject} is no map of include and exclude"
        else:
            yield from _problems_of_sides(subject, sides, known[subject])


def _problems_of_sides(subject: str, sides: Mapping[str, Any], known: frozenset[str]) -> Iterator[str]:
    for side, criteria in sides.items():
        if side not in SIDES:
            yield unknown(f"side of filters.{subject}", side, SIDES)
        elif not isinstance(criteria, Mapping):
            yield f"filters.{subject}.{side} is no map of filters"
        else:
            yield from (
                unknown(f"filter of filters.{subject}.{side}", name, known) for name in criteria if name not in known
            )
