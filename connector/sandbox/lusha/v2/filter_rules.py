"""What V2's prospecting bodies must be, as data, and the same filters in V3's names, in which ``matching`` reads them.

Written from https://docs.lusha.com (V2, "Prospecting"). Where the document's schema and examples disagree, both are
taken: ``signal`` and ``signals``, technologies as ``{name}`` and as text, a company's location in full.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.sandbox.lusha.checker import Body, Either, Flag, Many, Number, Rule, Shape, Text, texts
from connector.sandbox.lusha.signals import ALL
from connector.sandbox.lusha.v2.rules import MOST, SIGNAL_TYPES

_TEXTS = texts()
_NUMBERS = Many(Number())
_PLACES = Many(Shape(dict.fromkeys(("continent", "country", "city", "state", "country_grouping"), Text())))
_RANGES = Many(Shape({"min": Number(whole=False), "max": Number(whole=False)}))


def _signals(kind: str) -> dict[str, Rule]:
    rule = Shape({"names": texts(*SIGNAL_TYPES[kind]), "startDate": Text(format="date")})
    return {"signal": rule, "signals": rule}


_CONTACT = Shape(
    {
        **dict.fromkeys(("departments", "existing_data_points", "jobTitles", "linkedinUrls"), _TEXTS),
        "seniority": _NUMBERS,
        "locations": _PLACES,
        "searchText": Text(),
        **_signals("contacts"),
    }
)
_COMPANY = Shape(
    {
        **dict.fromkeys(("names", "domains", "intentTopics", "sicCodes", "naicsCodes"), _TEXTS),
        "locations": _PLACES,
        "technologies": Many(Either((Text(), Shape({"name": Text()}, required=("name",))))),
        **dict.fromkeys(("sizes", "revenues"), _RANGES),
        **dict.fromkeys(("mainIndustriesIds", "subIndustriesIds"), _NUMBERS),
        "searchText": Text(),
        "excludePartialCompanies": Flag(),
        "companyLocations": Many(Shape({"country": Text(), "state": Text()}, required=("country",))),
        "employeesInLinkedIn": Shape({"min": Number(), "max": Number()}),
        **_signals("companies"),
    }
)
_PAGES = Shape({"page": Number(least=0, most=1000), "size": Number(least=10, most=50)})


def _both(criteria: Rule) -> Shape:
    return Shape({"include": criteria, "exclude": criteria})


SEARCH: Mapping[str, Shape] = {
    "contacts": Shape(
        {
            "includePartialContact": Flag(),
            "excludeDnc": Flag(),
            "pages": _PAGES,
            "filters": Shape({"contacts": _both(_CONTACT), "companies": _both(_COMPANY)}),
        },
        required=("filters",),
    ),
    "companies": Shape({"pages": _PAGES, "filters": Shape({"companies": _both(_COMPANY)})}, required=("filters",)),
}
_IDS = Many(Text(), least=1, most=MOST)
ENRICH: Mapping[str, Shape] = {
    "contacts": Shape(
        {"requestId": Text(format="uuid"), "contactIds": _IDS, "revealEmails": Flag(), "revealPhones": Flag()},
        required=("requestId", "contactIds"),
    ),
    "companies": Shape(
        {"requestId": Text(format="uuid"), "companiesIds": _IDS}, required=("requestId", "companiesIds")
    ),
}

_NAMES = {
    "seniority": "seniorityIds",
    "existing_data_points": "existingDataPoints",
    "companyLocations": "locations",
}
_IGNORED = ("excludePartialCompanies",)
"""Every company of this world is whole."""


def in_v3_names(filters: Body) -> dict[str, dict[str, dict[str, Any]]]:
    """The filters as V3 would have been asked for them."""
    return {kind: {way: _criteria(kind, criteria) for way, criteria in part.items()} for kind, part in filters.items()}


def _criteria(kind: str, criteria: Body) -> dict[str, Any]:
    """Two filters that become one (``locations`` and ``companyLocations``) are taken as alternatives."""
    made: dict[str, Any] = {}
    for name, value in criteria.items():
        if name == "employeesInLinkedIn":
            made["sizes"] = [*made.get("sizes", []), value] if value else made.get("sizes", [])
        elif name in ("signal", "signals"):
            made["signals"] = _wanted(kind, value)
        elif name not in _IGNORED:
            here, told = _NAMES.get(name, name), _value(name, value)
            made[here] = [*made[here], *told] if here in made and isinstance(told, list) else told
    return made


def _wanted(kind: str, signals: Body) -> dict[str, Any]:
    """All of them are V2's: V3 has one more."""
    types = signals.get("names", [ALL])
    every = SIGNAL_TYPES[kind][1:]
    return {**signals, "types": list(every) if ALL in types else types}


def _value(name: str, value: Any) -> Any:
    if name in ("locations", "companyLocations"):
        return [
            {"countryGrouping" if key == "country_grouping" else key: text for key, text in place.items()}
            for place in value
        ]
    if name == "technologies":
        return [one["name"] if isinstance(one, dict) else one for one in value]
    return value
