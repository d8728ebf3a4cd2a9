"""Whether a value keeps a JSON Schema: yes or no, in a fraction of the time that finding out what is wrong takes.

Nearly every file keeps its schema, and a short command spends more on importing jsonschema than on all else it does. So
``diagnostics`` asks here first, and jsonschema only for what deviates. A test has both agree on every kind of document.
https://json-schema.org/draft/2020-12/json-schema-validation
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_Schema = Mapping[str, Any]
_SAYS_NOTHING = frozenset({"$schema", "$id", "$defs", "title", "description", "default", "examples"})
"""Annotations; so is whatever begins with ``x-``."""


def keeps(value: Any, schema: _Schema, root: _Schema | None = None) -> bool:
    """Whether a value of a YAML file keeps a schema. ``root``: the whole, where ``schema`` is a part of it.

    KeyError: the schema has a keyword that is not known here.
    """
    root = schema if root is None else root
    return all(
        _KEYWORDS[keyword](value, wanted, schema, root)
        for keyword, wanted in schema.items()
        if keyword not in _SAYS_NOTHING and not keyword.startswith("x-")
    )


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


def _type(value: Any, wanted: str | list[str], schema: _Schema, root: _Schema) -> bool:
    return any(_TYPES[name](value) for name in ([wanted] if isinstance(wanted, str) else wanted))


def _equal(value: Any, other: Any) -> bool:
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def _ref(value: Any, wanted: str, schema: _Schema, root: _Schema) -> bool:
    return keeps(value, root["$defs"][wanted.removeprefix("#/$defs/")], root)


def _properties(value: Any, wanted: _Schema, schema: _Schema, root: _Schema) -> bool:
    return not isinstance(value, dict) or all(
        keeps(value[name], below, root) for name, below in wanted.items() if name in value
    )


def _additional(value: Any, wanted: _Schema | bool, schema: _Schema, root: _Schema) -> bool:
    if not isinstance(value, dict) or wanted is True:
        return True
    others = [below for name, below in value.items() if name not in schema.get("properties", ())]
    return not others if wanted is False else all(keeps(below, wanted, root) for below in others)


def _if(value: Any, wanted: _Schema, schema: _Schema, root: _Schema) -> bool:
    return keeps(value, schema.get("then" if keeps(value, wanted, root) else "else", {}), root)


def _of(kind: type, holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any, _Schema, _Schema], bool]:
    """A keyword about values of one kind; of others it says nothing."""
    return lambda value, wanted, schema, root: not isinstance(value, kind) or holds(value, wanted)


def _of_numbers(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any, _Schema, _Schema], bool]:
    return lambda value, wanted, schema, root: not _TYPES["number"](value) or holds(value, wanted)


_KEYWORDS: Mapping[str, Callable[[Any, Any, _Schema, _Schema], bool]] = {
    "$ref": _ref,
    "type": _type,
    "enum": lambda value, wanted, schema, root: any(_equal(value, one) for one in wanted),
    "const": lambda value, wanted, schema, root: _equal(value, wanted),
    "minimum": _of_numbers(lambda value, wanted: value >= wanted),
    "maximum": _of_numbers(lambda value, wanted: value <= wanted),
    "pattern": _of(str, lambda value, wanted: re.search(wanted, value) is not None),
    "minLength": _of(str, lambda value, wanted: len(value) >= wanted),
    "maxLength": _of(str, lambda value, wanted: len(value) <= wanted),
    "minItems": _of(list, lambda value, wanted: len(value) >= wanted),
    "minProperties": _of(dict, lambda value, wanted: len(value) >= wanted),
    "maxProperties": _of(dict, lambda value, wanted: len(value) <= wanted),
    "required": _of(dict, lambda value, wanted: all(name in value for name in wanted)),
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": lambda value, wanted, schema, root: (
        not isinstance(value, dict) or all(keeps(name, wanted, root) for name in value)
    ),
    "items": lambda value, wanted, schema, root: (
        not isinstance(value, list) or all(keeps(item, wanted, root) for item in value)
    ),
    "contains": lambda value, wanted, schema, root: (
        not isinstance(value, list) or any(keeps(item, wanted, root) for item in value)
    ),
    "if": _if,
    "then": lambda value, wanted, schema, root: True,  # said with "if"
    "else": lambda value, wanted, schema, root: True,
    "not": lambda value, wanted, schema, root: not keeps(value, wanted, root),
    "allOf": lambda value, wanted, schema, root: all(keeps(value, one, root) for one in wanted),
    "anyOf": lambda value, wanted, schema, root: any(keeps(value, one, root) for one in wanted),
}
