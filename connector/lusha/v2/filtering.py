"""The filters of Lusha V2's prospecting: those that it takes, and those whose values it lists. All pure.

V2 has no operation that tells its filters, so they stand here (https://docs.lusha.com/apis/openapi, V2: ContactFilters,
CompanyFilters, Contact Filters, Company Filters; read 2026-11-22). ``signal`` is the schema's word and ``signals``
that of the examples: both are taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from connector.lusha.criteria import Query
from connector.models import Entity

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
SINGLE = frozenset({"searchText", "signal", "signals", "excludePartialCompanies", "employeesInLinkedIn"})
"""Those of them that are one value; all others are lists."""


@dataclass(frozen=True, slots=True)
class Values:
    """Where the values of a filter are told. POST: they are searched for by a text, GET: all of them come."""

    method: Literal["GET", "POST"]
    path: str

    @property
    def query(self) -> Query:
        """What the list does with a text to search it by."""
        return "needed" if self.method == "POST" else "refused"


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
