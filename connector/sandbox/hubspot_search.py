"""Reads the body of a HubSpot CRM search: filter groups, free text, sort, page.

Second step of a search, between ``hubspot_filters`` and ``hubspot_index``, which finds the records. Pure.
https://developers.hubspot.com/docs/api-reference/search/guide
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.sandbox.hubspot_filters import Filter, SearchError, Test, all_of, any_of, filter_test, known_keys
from connector.sandbox.hubspot_schema import HubSpotType
from connector.sandbox.hubspot_values import NUMBER
from connector.sandbox.tables import Row

MOST_GROUPS, MOST_FILTERS_IN_GROUP, MOST_FILTERS, MOST_SORTS, MOST_CHARACTERS = 5, 6, 18, 1, 3_000
MOST_IN_PAGE, MOST_RESULTS = 200, 10_000

_BODY = frozenset({"query", "limit", "after", "sorts", "properties", "filterGroups"})
_OBJECT_ID = "hs_object_id"


@dataclass(frozen=True, slots=True)
class Search:
    """A checked search: what holds of the records found, but that their ids are greater than ``beyond``.

    ``key``: equal for searches of the same test, as are those of one reader who moves ``beyond`` from page to page.
    ``among``: the only ids that can be found; None = any. ``sort``: property and whether it descends; None = by id.
    """

    test: Callable[[Row], bool]
    key: str
    beyond: int
    among: frozenset[str] | None
    sort: tuple[str, bool] | None
    limit: int
    after: int
    properties: tuple[str, ...]


def read_search(spec: HubSpotType, body: Mapping[str, Any]) -> Search:
    """The search that a body asks for. Raises SearchError."""
    known_keys(body, _BODY)
    limit, after = _whole(body, "limit", 10), _whole(body, "after", 0)
    if not 1 <= limit <= MOST_IN_PAGE:
        raise SearchError(f"Invalid limit: {limit}. It must be between 1 and {MOST_IN_PAGE}")
    if after + limit > MOST_RESULTS:
        raise SearchError(f"Paging past {MOST_RESULTS} results is not supported: after={after}, limit={limit}")
    groups, query = _groups(spec, body), str(body.get("query") or "")
    beyond, groups = _turned(groups)
    tests = [any_of([all_of([filter_test(spec, one) for one in group]) for group in groups])] if groups else []
    found = all_of([*tests, _free_text(spec, query)] if query else tests)
    return Search(
        lambda row: found(row["properties"]),
        json.dumps([groups, query]),
        beyond,
        _among(groups),
        _sort(spec, body.get("sorts") or []),
        limit,
        after,
        tuple(str(name) for name in body.get("properties") or ()),
    )


def in_order(search: Search, rows: list[Row]) -> list[Row]:
    """The rows sorted as asked (as they come otherwise); rows without the property stand last."""
    if search.sort is None:
        return rows
    name, descending = search.sort
    held = [row for row in rows if row["properties"].get(name)]
    rest = [row for row in rows if not row["properties"].get(name)]
    held.sort(key=lambda row: _sortable(row["properties"][name]), reverse=descending)
    return held + rest


def _sortable(value: str) -> tuple[int, float, str]:
    return (0, float(value), "") if NUMBER.fullmatch(value) else (1, 0.0, value.casefold())


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


def _groups(spec: HubSpotType, body: Mapping[str, Any]) -> list[list[Filter]]:
    """The filters of each group, every one of them checked."""
    given = _objects(body, "filterGroups")
    if len(given) > MOST_GROUPS:
        raise SearchError(f"Too many filterGroups: {len(given)}, at most {MOST_GROUPS} are allowed")
    groups = []
    for group in given:
        known_keys(group, frozenset({"filters"}))
        groups.append(filters := _objects(group, "filters"))
        if len(filters) > MOST_FILTERS_IN_GROUP:
            most = MOST_FILTERS_IN_GROUP
            raise SearchError(f"Too many filters in a group: {len(filters)}, at most {most} are allowed")
        for one in filters:
            filter_test(spec, one)
    total = sum(len(group) for group in groups)
    if total > MOST_FILTERS:
        raise SearchError(f"Too many filters: {total}, at most {MOST_FILTERS} are allowed")
    return groups


def _turned(groups: list[list[Filter]]) -> tuple[int, list[list[Filter]]]:
    """The id that every group asks to exceed, and the groups without that filter; 0 where there is no such id."""
    bounds = [next((one for one in group if _turns(one)), None) for group in groups]
    ids = {str(one["value"]) for one in bounds if one is not None}
    if len(ids) != 1 or None in bounds:
        return 0, groups
    rest = [[one for one in group if one is not bound] for group, bound in zip(groups, bounds, strict=True)]
    return int(ids.pop()), rest


def _turns(one: Filter) -> bool:
    """Whether this filter turns pages by id."""
    return one.get("propertyName") == _OBJECT_ID and one["operator"] == "GT" and str(one["value"]).isdecimal()


def _among(groups: Sequence[Sequence[Filter]]) -> frozenset[str] | None:
    """The ids of which one is asked for in every group; None where a group asks for none."""
    lists = [next((one["values"] for one in group if _lists(one)), None) for group in groups]
    if not lists or None in lists:
        return None
    return frozenset(str(int(id)) for ids in lists if ids is not None for id in ids)


def _lists(one: Filter) -> bool:
    by_id = one.get("propertyName") == _OBJECT_ID and one["operator"] == "IN"
    return by_id and all(str(id).isdecimal() for id in one["values"])


def _free_text(spec: HubSpotType, query: str) -> Test:
    words = query.casefold().split()
    names = spec.searched

    def test(held: Mapping[str, str]) -> bool:
        text = " ".join(held.get(name, "") for name in names).casefold()
        return all(word in text for word in words)

    return test


def _sort(spec: HubSpotType, sorts: Any) -> tuple[str, bool] | None:
    """None: by ascending id, asked for or not."""
    if not isinstance(sorts, list) or not all(isinstance(one, dict | str) for one in sorts):
        raise SearchError("Invalid input JSON on line 1, column 1: sorts is no list of sorts")
    if len(sorts) > MOST_SORTS:
        raise SearchError(f"Too many sorts: {len(sorts)}, at most {MOST_SORTS} is allowed")
    if not sorts:
        return None
    sort = {"propertyName": sorts[0]} if isinstance(sorts[0], str) else sorts[0]
    known_keys(sort, frozenset({"propertyName", "direction"}))
    name, direction = sort.get("propertyName"), sort.get("direction", "ASCENDING")
    if name not in spec.by_name:
        raise SearchError(f"Property '{name}' does not exist")
    if direction not in ("ASCENDING", "DESCENDING"):
        raise SearchError(f"Invalid input JSON on line 1, column 1: unknown direction {direction}")
    descending = direction == "DESCENDING"
    return None if name == _OBJECT_ID and not descending else (name, descending)
