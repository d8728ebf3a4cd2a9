"""Builds search bodies from a Query, inside HubSpot's limits. Pure.

https://developers.hubspot.com/docs/api-reference/search/guide: at most 5 groups (any of) of 6 filters (all of), 18 in
all, 3,000 characters a body; 200 records a page and 10,000 a query. Each page is therefore a query of its own,
``hs_object_id`` greater than the last one seen: no end at 10,000, and nothing is skipped when records change meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from connector.crm.hubspot.endpoints import BATCH, OBJECT_ID, SEARCH_PAGE
from connector.crm.hubspot.schema import wire_text
from connector.errors import ConfigError

Filter = Mapping[str, Any]
Groups = tuple[tuple[Filter, ...], ...]

MAX_GROUPS = 5
MAX_FILTERS_A_GROUP = 6
MAX_FILTERS = 18
MAX_CHARACTERS = 3_000
_OURS = 1  # each group also carries the filter on the id that turns the page
_LONGEST_ID = "9" * 20
_OPERANDS = ("value", "highValue", "values")
_SHAPE = "a list of filters such as {propertyName: lifecyclestage, operator: EQ, value: lead}, or a list of such lists"


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """Which filters and properties fit into one search. ``whole``: its answers carry the values, not the ids alone."""

    groups: Groups
    properties: tuple[str, ...]
    whole: bool = True

    @property
    def everything(self) -> bool:
        """Whether nothing is filtered: it finds every record."""
        return not all(self.groups)

    def page(self, after: str = "0") -> dict[str, Any]:
        """The page of records with an id greater than ``after``, by ascending id."""
        return _body(self.groups, _later_than(after), self.properties)

    def lots(self, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Searches for the records among ``ids``, at most 100 at a time and as many as a body holds."""
        start = 0
        while start < len(ids):
            size = BATCH
            while size > 1 and not self._holds(ids[start : start + size]):
                size = size * 3 // 4
            yield _body(self.groups, _among(ids[start : start + size]), self.properties)
            start += size

    def _holds(self, ids: Sequence[str]) -> bool:
        return _fits(self.groups, _among(ids), self.properties)


def plan_search(
    where: Groups, selections: Sequence[Groups], properties: Sequence[str], ids: Sequence[str] = ()
) -> SearchPlan:
    """Every group of ``where`` with each group of the first selection, if HubSpot takes that much.

    Too many characters: the properties are left to a batch read. Still too much: the next selection, which holds for
    more records, and at last none, so that more is read than asked; a selection cut short would lose records.
    ConfigError: ``where`` alone is too large.
    """
    page = _later_than(_LONGEST_ID)
    ours = _among(ids[:BATCH]) if ids else page
    chosen = [tuple((*group, *one) for group in where for one in selection) for selection in selections]
    for groups, ours in (*((groups, ours) for groups in chosen), (where, page)):
        if groups and _fits(groups, ours, properties):
            return SearchPlan(groups, tuple(properties))
        if groups and _fits(groups, ours, (OBJECT_ID,)):
            return SearchPlan(groups, (OBJECT_ID,), whole=False)
    raise ConfigError(
        f"select.where is larger than HubSpot's search takes: at most {MAX_GROUPS} groups of "
        f"{MAX_FILTERS_A_GROUP - _OURS} filters, {MAX_FILTERS} filters in all (one of each group being ours) "
        f"and {MAX_CHARACTERS:,} characters",
        hint="keep in HubSpot a property that says the same, and filter by it",
    )


def where_groups(where: object) -> Groups:
    """``select.where`` as groups of filters: a list is one group, a list of lists is any of them.

    HubSpot takes operands as text alone, so numbers, ``true`` and ``false`` are spelled as HubSpot keeps them (``5``,
    not ``5.0``). Dates stay the ISO text that they are written as; HubSpot's own spelling of a moment, milliseconds
    since 1970, may be written as well. ConfigError: any other shape or operand.
    """
    if where is None:
        return ((),)
    if not isinstance(where, Sequence) or isinstance(where, str):
        raise ConfigError(f"select.where: expected {_SHAPE}")
    nested = [isinstance(part, Sequence) and not isinstance(part, str) for part in where]
    if nested and all(nested):
        return tuple(tuple(_checked(one) for one in group) for group in where)
    return (tuple(_checked(one) for one in where),)


def selections(
    blank: Sequence[str], stale: tuple[str, datetime] | None, since: tuple[str, datetime] | None = None
) -> tuple[Groups, ...]:
    """One group for each way of being selected, and a second, wider selection of fewer groups where ``since`` makes
    one; none: every record is selected. ``stale`` and ``since``: a property that holds a time, and the moment."""
    old: Groups = ((_compared(*stale, "LT"),),) if stale else ()
    missing = [{"propertyName": name, "operator": "NOT_HAS_PROPERTY"} for name in blank]
    if not missing or since is None:
        narrow = (*((one,) for one in missing), *old)
        return (narrow,) if narrow else ()
    changed = _compared(*since, "GTE")
    return (*((one, changed) for one in missing), *old), ((changed,), *old)


def _compared(name: str, moment: datetime, operator: str) -> Filter:
    return {"propertyName": name, "operator": operator, "value": epoch_ms(moment)}


def epoch_ms(moment: datetime) -> str:
    """Milliseconds since 1970, the spelling that search takes for dates and times alike."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return str(int(aware.timestamp() * 1000))


def _later_than(id: str) -> Filter:
    return {"propertyName": OBJECT_ID, "operator": "GT", "value": id}


def _among(ids: Sequence[str]) -> Filter:
    return {"propertyName": OBJECT_ID, "operator": "IN", "values": list(ids)}


def _body(groups: Groups, ours: Filter, properties: Sequence[str]) -> dict[str, Any]:
    return {
        "filterGroups": [{"filters": [*(dict(one) for one in group), dict(ours)]} for group in groups],
        "sorts": [{"propertyName": OBJECT_ID, "direction": "ASCENDING"}],
        "properties": list(properties),
        "limit": SEARCH_PAGE,
    }


def _fits(groups: Groups, ours: Filter, properties: Sequence[str]) -> bool:
    sizes = [len(group) + _OURS for group in groups]
    few = len(sizes) <= MAX_GROUPS and max(sizes) <= MAX_FILTERS_A_GROUP and sum(sizes) <= MAX_FILTERS
    return few and len(json.dumps(_body(groups, ours, properties))) <= MAX_CHARACTERS


def _checked(one: object) -> Filter:
    if isinstance(one, Mapping) and {"propertyName", "operator"} <= one.keys():
        return {key: _operand(one, key) if key in _OPERANDS else part for key, part in one.items()}
    raise ConfigError(f"select.where: expected {_SHAPE}, but got: {one!r}")


def _operand(one: Filter, key: str) -> str | list[str]:
    place, given = f"select.where: {key} of {one['propertyName']}", one[key]
    if key != "values":
        return _text(place, given)
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise ConfigError(f"{place}: expected a list, but got: {given!r}")
    return [_text(place, part) for part in given]


def _text(place: str, given: object) -> str:
    if isinstance(given, str):
        return given
    if isinstance(given, date):  # a datetime is one too
        return given.isoformat()
    if isinstance(given, bool | int | float):
        return wire_text(given)
    raise ConfigError(f"{place}: expected text, a number, a date, true or false, but got: {given!r}")
