"""Attribute expressions as plain functions: what JMESPath finds, without going through its tree for every record.

Built by ``paths`` when a mapping is compiled. What mappings are mostly made of is covered: names, filters by a word or
a flag, items of lists, alternatives. Functions, slices, new lists and objects, and other comparisons stay with
JMESPath's own interpreter, whose answers these are (https://jmespath.org/specification.html).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Find = Callable[[Any], Any]
"""A value → what an expression finds in it; None where there is nothing."""

_Node = Mapping[str, Any]


class _Uncovered(Exception):
    """A part of an expression that has no function of its own here."""


def follow(node: _Node) -> Find | None:
    """The function of a parsed expression; None where a part of it is not covered."""
    try:
        return _function(node)
    except _Uncovered:
        return None


def _function(node: _Node) -> Find:
    kind = node["type"]
    if kind in _CHAINS:
        return _chain(node)
    if kind not in _MAKERS:
        raise _Uncovered
    return _MAKERS[kind](node)


def _chain(node: _Node) -> Find:
    """One part after the other, each in what the one before it found; names that follow each other are one walk."""
    steps: list[Find] = []
    names: list[str] = []
    for part in _parts(node):
        if part["type"] == "field":
            names.append(part["value"])
            continue
        steps += [_names(names)] if names else []
        names = []
        if part["type"] not in _SELF:
            steps.append(_function(part))
    return _in_turn([*steps, _names(names)] if names else steps)


def _parts(node: _Node) -> list[_Node]:
    if node["type"] not in _CHAINS:
        return [node]
    return [part for child in node["children"] for part in _parts(child)]


def _in_turn(steps: list[Find]) -> Find:
    if len(steps) == 1:
        return steps[0]

    def find(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return find


def _names(names: list[str]) -> Find:
    path = tuple(names)

    def find(value: Any) -> Any:
        try:
            for name in path:
                if value is None:
                    return None
                value = value.get(name)
        except AttributeError:
            return None
        return value

    return find


def _field(node: _Node) -> Find:
    return _names([node["value"]])


def _itself(node: _Node) -> Find:
    return lambda value: value


def _literal(node: _Node) -> Find:
    literal = node["value"]
    return lambda value: literal


def _index(node: _Node) -> Find:
    place = node["value"]

    def find(value: Any) -> Any:
        if not isinstance(value, list):
            return None
        return value[place] if -len(value) <= place < len(value) else None

    return find


def _each(node: _Node) -> Find:
    of, what = map(_function, node["children"])

    def find(value: Any) -> Any:
        items = of(value)
        if not isinstance(items, list):
            return None
        return [found for item in items if (found := what(item)) is not None]

    return find


def _filter(node: _Node) -> Find:
    of, what, holds = map(_function, node["children"])

    def find(value: Any) -> Any:
        items = of(value)
        if not isinstance(items, list):
            return None
        return [found for item in items if not _is_false(holds(item)) and (found := what(item)) is not None]

    return find


def _flat(node: _Node) -> Find:
    [of] = map(_function, node["children"])

    def find(value: Any) -> Any:
        items = of(value)
        if not isinstance(items, list):
            return None
        return [one for item in items for one in (item if isinstance(item, list) else [item])]

    return find


def _comparison(node: _Node) -> Find:
    """Equal or not, with a word on one side: numbers and booleans have rules of their own in JMESPath."""
    one, other = node["children"]
    literal, rest = (other, one) if _is_word(other) else (one, other)
    if not _is_word(literal) or node["value"] not in ("eq", "ne"):
        raise _Uncovered
    told, word = _function(rest), literal["value"]
    if node["value"] == "eq":
        return lambda value: bool(told(value) == word)
    return lambda value: bool(told(value) != word)


def _is_word(node: _Node) -> bool:
    return node["type"] == "literal" and isinstance(node["value"], str)


def _not(node: _Node) -> Find:
    [of] = map(_function, node["children"])

    def find(value: Any) -> Any:
        found = of(value)
        return False if found == 0 and found is not False else not found  # to JMESPath, 0 is not false

    return find


def _and(node: _Node) -> Find:
    first, second = map(_function, node["children"])

    def find(value: Any) -> Any:
        found = first(value)
        return found if _is_false(found) else second(value)

    return find


def _or(node: _Node) -> Find:
    first, second = map(_function, node["children"])

    def find(value: Any) -> Any:
        found = first(value)
        return second(value) if _is_false(found) else found

    return find


def _is_false(value: Any) -> bool:
    if value is True:
        return False
    return value is None or value is False or value == "" or value == [] or value == {}


_CHAINS = frozenset({"subexpression", "pipe", "index_expression"})
_SELF = frozenset({"current", "identity"})
_MAKERS: Mapping[str, Callable[[_Node], Find]] = {
    "field": _field,
    "current": _itself,
    "identity": _itself,
    "literal": _literal,
    "index": _index,
    "projection": _each,
    "filter_projection": _filter,
    "flatten": _flat,
    "comparator": _comparison,
    "not_expression": _not,
    "and_expression": _and,
    "or_expression": _or,
}
