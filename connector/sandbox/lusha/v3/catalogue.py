"""V3's catalogues: filter types and their values for prospecting and company signals. Free of charge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connector.sandbox.lusha import catalogue
from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.call import Call, Operations
from connector.sandbox.lusha.checker import Shape, Text, typed
from connector.sandbox.lusha.refusals import refuse
from connector.sandbox.lusha.signals import DEPARTMENTS, INTENT_CATEGORIES, NEWS

Values = Callable[[LushaAccount, str], list[Any]]
_GROUPING = "countryGrouping"
_QUERY = Shape({"query": Text(least=2, most=256)})

PLAIN: Mapping[str, Mapping[str, Values]] = {
    "/v3/contacts/prospecting/filters": {
        "departments": lambda account, text: catalogue.departments(),
        "seniority": lambda account, text: catalogue.seniorities(),
        "countries": lambda account, text: catalogue.countries(),
        "existingDataPoints": lambda account, text: list(catalogue.DATA_POINTS),
    },
    "/v3/companies/prospecting/filters": {
        "industriesLabels": lambda account, text: catalogue.industries(),
        "sizes": lambda account, text: catalogue.ranges(catalogue.SIZES),
        "revenues": lambda account, text: catalogue.ranges(catalogue.REVENUES),
        "sics": lambda account, text: catalogue.sics(),
        "naics": lambda account, text: catalogue.naics(),
        "intentTopics": lambda account, text: catalogue.topics(account.directory.companies),
    },
    "/v3/companies/signals/filters": {
        "newsEventTypes": lambda account, text: sorted(event for events in NEWS.values() for event in events),
        "hiringByDepartments": lambda account, text: list(DEPARTMENTS),
        "intentCategories": lambda account, text: list(INTENT_CATEGORIES),
    },
}
"""Filter types that need no query."""
SEARCHED: Mapping[str, Mapping[str, Values]] = {
    "/v3/contacts/prospecting/filters": {
        "locations": lambda account, text: catalogue.places(text, _GROUPING),
    },
    "/v3/companies/prospecting/filters": {
        "names": lambda account, text: catalogue.company_names(account.directory.companies, text),
        "technologies": lambda account, text: catalogue.technologies(text),
        "locations": lambda account, text: catalogue.headquarters(text, _GROUPING),
    },
    "/v3/companies/signals/filters": {
        "hiringByLocations": lambda account, text: catalogue.hiring_places(text),
    },
}
"""Filter types whose values are searched: a query of 2 to 256 characters."""
UNSEARCHABLE = ("intentCategories",)
"""Passing a query is refused with 400; with the other types that need none it narrows what is listed."""


def _types(path: str) -> Callable[[LushaAccount, Call], dict[str, Any]]:
    named = [*((name, True) for name in SEARCHED[path]), *((name, False) for name in PLAIN[path])]
    answer = {"availableFilters": [{"filterType": name, "requiresQuery": needed} for name, needed in named]}

    def work(account: LushaAccount, call: Call) -> dict[str, Any]:
        refuse(Shape({}).problems(dict(call.query), ""))
        return answer

    return work


def _values(path: str) -> Callable[[LushaAccount, Call], dict[str, Any]]:
    def work(account: LushaAccount, call: Call) -> dict[str, Any]:
        name, query = call.path["filterType"], typed(_QUERY, call.query)
        refuse(_problems(path, name, query))
        text = query.get("query", "")
        if name in SEARCHED[path]:
            return {"values": SEARCHED[path][name](account, text)}
        values = PLAIN[path][name](account, text)
        return {"values": [value for value in values if text.casefold() in str(value).casefold()]}

    return work


def _problems(path: str, name: str, query: Mapping[str, Any]) -> list[str]:
    known = (*SEARCHED[path], *PLAIN[path])
    if name not in known:
        return [f"filterType must be one of the following values: {', '.join(known)}"]
    if name in UNSEARCHABLE and "query" in query:
        return [f"query is not supported for {name}"]
    shape = Shape(_QUERY.fields, required=("query",) if name in SEARCHED[path] else ())
    return list(shape.problems(dict(query), ""))


OPERATIONS: Operations = {
    **{("GET", path): _types(path) for path in PLAIN},
    **{("GET", f"{path}/{{filterType}}"): _values(path) for path in PLAIN},
}
