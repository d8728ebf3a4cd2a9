"""What people type by mistake, for every key that a JSON Schema knows: the material of ``test_nonsense``.

The keys are read from the schemas, so that a key which is added tomorrow is tried without anybody thinking of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

ANY = "*"
"""A step of a place that stands for any name: of an org, a field, a word of a picklist."""
_HOLE = "\u2603 hole"
_APPLICATORS = ("allOf", "anyOf", "oneOf")
_BRANCHES = ("if", "then", "else")

NONSENSE: Mapping[str, str] = {
    "nothing": "null",
    "empty": '""',
    "blank": '" "',
    "zero": "0",
    "one": "1",
    "negative": "-1",
    "fraction": "0.5",
    "huge": "1e300",
    "digits": "9" * 400,
    "true": "true",
    "yes": "yes",
    "no": "no",
    "octal": "0755",
    "clock": "12:30",
    "day": "2026-01-31",
    "text": "nonsense",
    "quoted digits": '"7"',
    "empty list": "[]",
    "empty map": "{}",
    "list of nothing": "[null]",
    "list of maps": "[{a: [1]}]",
    "list of lists": "[[[1]], x]",
    "map of nothing": "{x: null}",
    "map of lists": '{x: [1, "", {}]}',
    "blank key": '{"": 1, " ": 2}',
    "number as key": "{7: x, null: y, true: z}",
    "list as key": "{[a]: b}",
    "twice": "{a: 1, a: 2}",
    "deep": "[" * 60 + "]" * 60,
    "long": "x" * 5_000,
    "control characters": '"a\\u0007b\\e[31m\\u202e\\n\\tc"',
    "nul": '"\\0"',
    "a raw control character": '"\x07"',
    "half a surrogate": '"\\ud800"',
    "letters": "Ünïcödé–日本語–\U0001f926",
    "half a reference": '"${"',
    "reference to nothing": '"${NOT_SET_ANYWHERE}"',
    "reference to a key": '"${LUSHA_API_KEY}"',
    "reference escaped": '"$${X}"',
    "alias of nothing": "*nowhere",
    "alias of itself": "&a [*a]",
    "alias": "&b {x: &c 1, y: *c}",
    "tag": "!!python/object/apply:os.getcwd []",
    "tagged number": '!!int "x"',
    "binary": "!!binary aGVsbG8=",
    "a set": "!!set {a, b}",
    "merge": "{<<: {a: 1}}",
    "another section": "{orgs: {}, fields: {}, lusha: {budget: 1}}",
    "an expression": '"phones[?type==\'"',
    "a constant": "\"'x'\"",
    "a word of words": "[id, version, {from: from}]",
    "an unclosed quote": '"abc',
    "an unclosed list": "[a, b",
    "a closed brace": "}",
    "a tab": "\tx",
    "percent": "%",
    "at": "@x",
    "backquote": "`x`",
    "question": "? x",
    "pipe": "|",
}
"""Name of the mistake → what stands where the value should, as YAML inside ``{…}``."""
_TURNS = 16


def mistakes(places: Sequence[tuple[str | int, ...]]) -> Iterator[tuple[tuple[str | int, ...], list[str]]]:
    """Each place with its share of the nonsense. Neighbours are much alike, so each gets every sixteenth, in turn."""
    names = list(NONSENSE)
    for number, place in enumerate(places):
        yield place, names[number % _TURNS :: _TURNS]


def places(schema: str) -> list[tuple[str | int, ...]]:
    """Every place that a schema (``config`` or ``mapping``) speaks of, the whole file's own included."""
    root = json.loads(files("connector").joinpath("schema", f"{schema}.schema.json").read_text("utf-8"))
    return list(dict.fromkeys(_walk(root, root, (), 0)))


def _walk(root: Any, schema: Any, place: tuple[str | int, ...], depth: int) -> Iterator[tuple[str | int, ...]]:
    """This place, and all below it through references, conditions and alternatives."""
    yield place
    if not isinstance(schema, dict) or depth > 24:
        return
    if reference := schema.get("$ref"):
        yield from _walk(root, _target(root, reference), place, depth + 1)
    for below in [one for key in _APPLICATORS for one in schema.get(key, ())] + [
        schema[key] for key in (*_BRANCHES, "not", "contains") if key in schema
    ]:
        yield from _walk(root, below, place, depth + 1)
    for key, below in schema.get("properties", {}).items():
        yield from _walk(root, below, (*place, key), depth + 1)
    for key in ("additionalProperties", "patternProperties"):
        if isinstance(schema.get(key), dict):
            yield from _walk(root, schema[key], (*place, ANY), depth + 1)
    if "items" in schema:
        yield from _walk(root, schema["items"], (*place, 0), depth + 1)


def _target(root: Any, reference: str) -> Any:
    node = root
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


def planted(value: Any, place: tuple[str | int, ...], nonsense: str) -> str:
    """A file as text: ``value`` with ``nonsense`` at a place, whatever had to be made to lead there."""
    text = json.dumps(_with_hole(value, place), ensure_ascii=False, indent=1)
    return text.replace(json.dumps(_HOLE, ensure_ascii=False), nonsense)


def _with_hole(value: Any, place: tuple[str | int, ...]) -> Any:
    if not place:
        return _HOLE
    step, rest = place[0], place[1:]
    if isinstance(step, int):
        items = list(value) if isinstance(value, list) else []
        return [_with_hole(items[0] if items else None, rest), *items[1:]]
    named = dict(value) if isinstance(value, dict) else {}
    key = next(iter(named), "x") if step == ANY else step
    return {**named, key: _with_hole(named.get(key), rest)}
