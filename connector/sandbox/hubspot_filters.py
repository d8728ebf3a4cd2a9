"""The filters of a HubSpot search as tests over a record's properties.

First step of a search: checked filters in, a test out (``hubspot_search`` joins them). Pure. Text compares without
regard to case; a record that lacks the property satisfies NOT_HAS_PROPERTY and no other operator.
https://developers.hubspot.com/docs/api-reference/search/guide
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from connector.sandbox.hubspot_schema import HubSpotProperty, HubSpotType
from connector.sandbox.hubspot_values import NUMBER, hubspot_time

Filter = Mapping[str, Any]
Test = Callable[[Mapping[str, str]], bool]
"""Whether a record with these properties is found."""
_Holds = Callable[[str], bool]

_FILTER = frozenset({"propertyName", "operator", "value", "values", "highValue"})
_ONE_VALUE = frozenset({"EQ", "NEQ", "LT", "LTE", "GT", "GTE", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"})
_NO_VALUE = frozenset({"HAS_PROPERTY", "NOT_HAS_PROPERTY"})
_OPERATORS = _ONE_VALUE | _NO_VALUE | {"BETWEEN", "IN", "NOT_IN"}


class SearchError(Exception):
    """A body that HubSpot answers with 400."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def known_keys(given: Mapping[str, Any], known: frozenset[str]) -> None:
    """Refuse a key that the search does not document."""
    for key in given:
        if key not in known:
            raise SearchError(f'Invalid input JSON on line 1, column 1: unknown field "{key}"')


def filter_test(spec: HubSpotType, one: Filter) -> Test:
    """The test that one filter stands for. Raises SearchError."""
    known_keys(one, _FILTER)
    name, how = one.get("propertyName"), one.get("operator")
    known = spec.by_name.get(str(name))
    if known is None:
        raise SearchError(f"Property '{name}' does not exist")
    if how not in _OPERATORS:
        raise SearchError(f"Invalid input JSON on line 1, column 1: unknown operator {how}")
    own = known.name
    if how == "HAS_PROPERTY":
        return lambda held: bool(held.get(own))
    if how == "NOT_HAS_PROPERTY":
        return lambda held: not held.get(own)
    holds = _holds(known, str(how), one)
    return lambda held: bool(value := held.get(own, "")) and holds(value)


def all_of(tests: Sequence[Test]) -> Test:
    """Every test holds. One call within another: over a million records, a generator takes twice as long."""
    if not tests:
        return lambda held: True
    first, rest = tests[0], tests[1:]
    if not rest:
        return first
    others = all_of(rest)
    return lambda held: first(held) and others(held)


def any_of(tests: Sequence[Test]) -> Test:
    """One of the tests holds; there is at least one."""
    first, rest = tests[0], tests[1:]
    if not rest:
        return first
    others = any_of(rest)
    return lambda held: first(held) or others(held)


def _holds(spec: HubSpotProperty, how: str, one: Filter) -> _Holds:
    read = _reader(spec)
    if how in ("IN", "NOT_IN"):
        values = one.get("values")
        if not isinstance(values, list) or not values:
            raise SearchError(f"operator {how} requires values for property {spec.name}")
        wanted = {_comparable(spec, value) for value in values}
        negated = how == "NOT_IN"
        return lambda held: (read(held) in wanted) is not negated
    if one.get("value") in (None, ""):
        raise SearchError(f"operator {how} requires a value for property {spec.name}")
    if how.endswith("CONTAINS_TOKEN"):
        return _contains(str(one["value"]), negated=how.startswith("NOT"))
    value = _comparable(spec, one["value"])
    if how == "BETWEEN":
        if one.get("highValue") in (None, ""):
            raise SearchError(f"operator BETWEEN requires a highValue for property {spec.name}")
        high = _comparable(spec, one["highValue"])
        return lambda held: bool(value <= read(held) <= high)
    compare = _COMPARE[how]
    return lambda held: bool(compare(read(held), value))


_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "EQ": operator.eq, "NEQ": operator.ne, "LT": operator.lt, "LTE": operator.le, "GT": operator.gt, "GTE": operator.ge,
}  # fmt: skip


def _reader(spec: HubSpotProperty) -> Callable[[str], Any]:
    """What is compared of a value that a record holds; moments are mostly held in the spelling that sorts."""
    if spec.type == "datetime":
        return lambda held: held if len(held) == 24 and held[-1] == "Z" else _comparable(spec, held)
    if spec.type in ("number", "date"):
        return lambda held: _comparable(spec, held)
    return str.casefold


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
