"""Evaluates the body of a HubSpot CRM search: filter groups, free text, sort.

Pure: a checked body in, a test and an order over rows out. Text compares without regard to case; a record that lacks
the property satisfies NOT_HAS_PROPERTY and no other operator.
https://developers.hubspot.com/docs/api-reference/search/guide
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from connector.sandbox.hubspot_schema import HubSpotProperty, HubSpotType
from connector.sandbox.hubspot_values import NUMBER, hubspot_time
from connector.sandbox.tables import Row

Test = Callable[[Row], bool]
_Holds = Callable[[str], bool]

MOST_GROUPS, MOST_FILTERS_IN_GROUP, MOST_FILTERS, MOST_SORTS, MOST_CHARACTERS = 5, 6, 18, 1, 3_000
MOST_IN_PAGE, MOST_RESULTS = 200, 10_000

_BODY = frozenset({"query", "limit", "after", "sorts", "properties", "filterGroups"})
_FILTER = frozenset({"propertyName", "operator", "value", "values", "highValue"})
_ONE_VALUE = frozenset({"EQ", "NEQ", "LT", "LTE", "GT", "GTE", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"})
_NO_VALUE = frozenset({"HAS_PROPERTY", "NOT_HAS_PROPERTY"})
_OPERATORS = _ONE_VALUE | _NO_VALUE | {"BETWEEN", "IN", "NOT_IN"}


class SearchError(Exception):
    """A body that HubSpot answers with 400."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Search:
    """A checked search. ``sort``: property and whether it descends."""

    test: Test
    sort: tuple[str, bool] | None
    limit: int
    after: int
    properties: tuple[str, ...]


def read_search(spec: HubSpotType, body: Mapping[str, Any]) -> Search:
    """The search that a body asks for. Raises SearchError."""
    _known_keys(body, _BODY)
    limit, after = _whole(body, "limit", 10), _whole(body, "after", 0)
    if not 1 <= limit <= MOST_IN_PAGE:
        raise SearchError(f"Invalid limit: {limit}. It must be between 1 and {MOST_IN_PAGE}")
    if after + limit > MOST_RESULTS:
        raise SearchError(f"Paging past {MOST_RESULTS} results is not supported: after={after}, limit={limit}")
    tests = [_groups(spec, _objects(body, "filterGroups"))]
    if body.get("query"):
        tests.append(_free_text(spec, str(body["query"])))
    return Search(
        lambda row: all(test(row) for test in tests),
        _sort(spec, body.get("sorts") or []),
        limit,
        after,
        tuple(str(name) for name in body.get("properties") or ()),
    )


def in_order(search: Search, rows: list[Row]) -> list[Row]:
    """The rows sorted as asked (by id otherwise); rows without the property stand last."""
    if search.sort is None:
        return rows
    name, descending = search.sort
    held = [row for row in rows if row["properties"].get(name)]
    rest = [row for row in rows if not row["properties"].get(name)]
    held.sort(key=lambda row: _sortable(row["properties"][name]), reverse=descending)
    return held + rest


def _sortable(value: str) -> tuple[int, float, str]:
    return (0, float(value), "") if NUMBER.fullmatch(value) else (1, 0.0, value.casefold())


def _known_keys(given: Mapping[str, Any], known: frozenset[str]) -> None:
    for key in given:
        if key not in known:
            raise SearchError(f'Invalid input JSON on line 1, column 1: unknown field "{key}"')


def _whole(body: Mapping[str, Any], name: str, default: int) -> int:
    value = body.get(name)
    if value in (None, ""):
        return default
    text = str(value)
    if isinstance(value, bool) or not text.isdecimal():
        raise SearchError(f"Invalid input JSON on line 1, column 1: {name} is no number: {value}")
    return int(text)


def _objects(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = holder.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise SearchError(f"Invalid input JSON on line 1, column 1: {name} is no list of objects")
    return found


def _groups(spec: HubSpotType, groups: list[Mapping[str, Any]]) -> Test:
    if len(groups) > MOST_GROUPS:
        raise SearchError(f"Too many filterGroups: {len(groups)}, at most {MOST_GROUPS} are allowed")
    total = 0
    tests: list[list[Test]] = []
    for group in groups:
        _known_keys(group, frozenset({"filters"}))
        filters = _objects(group, "filters")
        total += len(filters)
        if len(filters) > MOST_FILTERS_IN_GROUP:
            most = MOST_FILTERS_IN_GROUP
            raise SearchError(f"Too many filters in a group: {len(filters)}, at most {most} are allowed")
        tests.append([_filter(spec, one) for one in filters])
    if total > MOST_FILTERS:
        raise SearchError(f"Too many filters: {total}, at most {MOST_FILTERS} are allowed")
    if not tests:
        return lambda row: True
    return lambda row: any(all(test(row) for test in group) for group in tests)


def _filter(spec: HubSpotType, one: Mapping[str, Any]) -> Test:
    _known_keys(one, _FILTER)
    name, operator = one.get("propertyName"), one.get("operator")
    known = spec.by_name.get(str(name))
    if known is None:
        raise SearchError(f"Property '{name}' does not exist")
    if operator not in _OPERATORS:
        raise SearchError(f"Invalid input JSON on line 1, column 1: unknown operator {operator}")
    if operator in _NO_VALUE:
        wanted = operator == "HAS_PROPERTY"
        return lambda row: bool(row["properties"].get(known.name)) is wanted
    holds = _holds(known, str(operator), one)
    return lambda row: bool(value := row["properties"].get(known.name)) and holds(value)


def _holds(spec: HubSpotProperty, operator: str, one: Mapping[str, Any]) -> _Holds:
    if operator in ("IN", "NOT_IN"):
        values = one.get("values")
        if not isinstance(values, list) or not values:
            raise SearchError(f"operator {operator} requires values for property {spec.name}")
        wanted = {_comparable(spec, value) for value in values}
        negated = operator == "NOT_IN"
        return lambda held: (_comparable(spec, held) in wanted) is not negated
    if one.get("value") in (None, ""):
        raise SearchError(f"operator {operator} requires a value for property {spec.name}")
    if operator.endswith("CONTAINS_TOKEN"):
        return _contains(str(one["value"]), negated=operator.startswith("NOT"))
    value = _comparable(spec, one["value"])
    if operator == "BETWEEN":
        if one.get("highValue") in (None, ""):
            raise SearchError(f"operator BETWEEN requires a highValue for property {spec.name}")
        high = _comparable(spec, one["highValue"])
        return lambda held: value <= _comparable(spec, held) <= high
    compare = _COMPARE[operator]
    return lambda held: compare(_comparable(spec, held), value)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda held, wanted: bool(held == wanted),
    "NEQ": lambda held, wanted: bool(held != wanted),
    "LT": lambda held, wanted: bool(held < wanted),
    "LTE": lambda held, wanted: bool(held <= wanted),
    "GT": lambda held, wanted: bool(held > wanted),
    "GTE": lambda held, wanted: bool(held >= wanted),
}


def _comparable(spec: HubSpotProperty, value: Any) -> Any:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if spec.type == "number":
        if not NUMBER.fullmatch(text):
            raise SearchError(f"{text} was not a valid number for property {spec.name}")
        return float(text)
    if spec.type in ("date", "datetime"):
        try:
            return hubspot_time(text)
        except (ValueError, OverflowError):
            raise SearchError(f"{text} was not a valid time for property {spec.name}") from None
    return text.casefold()


def _contains(value: str, *, negated: bool) -> _Holds:
    wanted = re.findall(r"[\w*]+", value.casefold())

    def holds(held: str) -> bool:
        tokens = re.findall(r"\w+", held.casefold())
        found = all(any(fnmatchcase(token, pattern) for token in tokens) for pattern in wanted)
        return found is not negated

    return holds


def _free_text(spec: HubSpotType, query: str) -> Test:
    words = query.casefold().split()
    names = spec.searched

    def test(row: Row) -> bool:
        text = " ".join(row["properties"].get(name, "") for name in names).casefold()
        return all(word in text for word in words)

    return test


def _sort(spec: HubSpotType, sorts: Any) -> tuple[str, bool] | None:
    if not isinstance(sorts, list) or not all(isinstance(one, dict | str) for one in sorts):
        raise SearchError("Invalid input JSON on line 1, column 1: sorts is no list of sorts")
    if len(sorts) > MOST_SORTS:
        raise SearchError(f"Too many sorts: {len(sorts)}, at most {MOST_SORTS} is allowed")
    if not sorts:
        return None
    sort = {"propertyName": sorts[0]} if isinstance(sorts[0], str) else sorts[0]
    _known_keys(sort, frozenset({"propertyName", "direction"}))
    name, direction = sort.get("propertyName"), sort.get("direction", "ASCENDING")
    if name not in spec.by_name:
        raise SearchError(f"Property '{name}' does not exist")
    if direction not in ("ASCENDING", "DESCENDING"):
        raise SearchError(f"Invalid input JSON on line 1, column 1: unknown direction {direction}")
    return name, direction == "DESCENDING"
