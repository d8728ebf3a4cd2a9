"""A YAML file as plain values, with the position of each.

Read by the rules of YAML 1.2: ``no``, ``on``, ``0777``, ``12:30`` and ``2026-09`` are text, not booleans, octals or
dates. A key that stands twice is refused, because a plain loader would silently keep the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from connector.config.composing import PLAIN, TAG, compose
from connector.config.places import Place, Position, nearest_position
from connector.config.problems import Problem
from connector.config.syntax import position_after, syntax_problem
from connector.config.wording import found, quoted

_MOST_NODES = 100_000  # a few aliases can stand for billions of values
_NUMBERS = ("int", "float")
# PyYAML ends a plain scalar at a brace inside `{…}` and `[…]`, so `{token: ${TOKEN}}` would not parse: while it scans,
# the braces of a reference are two private-use characters of the same width.
_REFERENCE = re.compile(r"\$\{([^{}\s'\"]*(?: [^{}\s'\"]+)*)\}")
_QUOTED = re.compile(r"'([^']+)'")
_HIDDEN = re.compile("\\$\ue000([^\ue000\ue001\n]*)\ue001")


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its ``value``, and what is known of where each part stands.

    ``name``: the file as messages spell it. ``positions``: where each place was written. ``spelled``: the source text
    of plain scalars that were read as numbers. ``references``: the text of scalars that named variables. ``unknown``:
    places whose value could not be had, so that nothing more is to be said about them. ``whole``: whether all of it
    could be read; else what is missing is not missed, and the reader's own problems are all that is to be said.
    """

    name: str
    value: Any
    positions: Mapping[Place, Position] = field(default_factory=dict)
    spelled: Mapping[Place, str] = field(default_factory=dict)
    references: Mapping[Place, str] = field(default_factory=dict)
    unknown: frozenset[Place] = frozenset()
    whole: bool = True

    def position(self, place: Place) -> Position:
        """Where a place was written, or the nearest known one around it."""
        return nearest_position(self.positions, place) or Position(self.name, place=place)

    def problem(self, place: Place, sentence: str) -> Problem:
        """A problem of this file at a place; the sentence never holds what a reference stands for (a secret, maybe)."""
        value, reference = self.get(*place), self.references.get(place)
        if reference is not None and isinstance(value, str):
            sentence = _hidden(sentence, value, reference)
        return Problem(self.position(place), sentence, place)

    def get(self, *place: str | int) -> Any:
        """The value at a place, or None where there is none."""
        return next((value for _, value in self.find(*place)), None)

    def holding(self, place: Place, value: Any) -> Document:
        """The document with another value at a place; what is around it is there already."""
        return replace(self, value=_holding(self.value, place, value))

    def find(self, *pattern: str | int) -> Iterator[tuple[Place, Any]]:
        """Every place that fits the pattern, ``*`` standing for any one step, with its value."""
        yield from _find(self.value, pattern, ())


def read_document(path: Path, name: str) -> tuple[Document, list[Problem]]:
    """Read and parse one file. What is wrong comes back as problems, with as much of the value as could be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return _unread(name), [Problem(Position(name), "no such file")]
    except OSError as error:
        return _unread(name), [Problem(Position(name), f"cannot be read: {error.strerror}")]
    except UnicodeDecodeError as error:
        at = position_after(name, error.object[: error.start].decode("utf-8-sig"))
        return _unread(name), [Problem(at, "is not UTF-8 text; save it as UTF-8")]
    return parse_document(text, name)


def parse_document(text: str, name: str) -> tuple[Document, list[Problem]]:
    """Parse the text of a file; the same answer as ``read_document``."""
    hidden = with_references_hidden(text)
    try:
        node = compose(hidden)
    except yaml.YAMLError as error:
        return _unread(name), [syntax_problem(error, name, hidden)]
    except RecursionError:
        return _unread(name), [Problem(Position(name), "is nested too deeply")]
    if node is None:
        return _unread(name), [Problem(Position(name), "the file is empty")]
    reader = _Reader(name)
    value = reader.read(node, (), ())
    reader.mark((), node)
    return Document(name, value, reader.positions, reader.spelled, whole=reader.whole), reader.problems


def _hidden(sentence: str, value: str, reference: str) -> str:
    """The sentence with the reference where it quotes the value or a part of it."""
    instead = f"the value of {reference}"
    for whole in (quoted(value), found(value)):
        sentence = sentence.replace(whole, instead)
    return _QUOTED.sub(lambda part: instead if part[1].removesuffix("…") in value else part[0], sentence)


def with_references_hidden(text: str) -> str:
    """The text of a file, as wide as before, in which PyYAML takes no brace of a reference for one of YAML's own."""
    return _REFERENCE.sub("$\ue000\\1\ue001", text)


def _unread(name: str) -> Document:
    return Document(name, None, whole=False)


def plain_value(text: str) -> str | int | float | bool | None:
    """What an unquoted scalar with this text means."""
    kind = next((kind for kind, pattern in PLAIN.items() if pattern.fullmatch(text)), "str")
    return _scalar(kind, text)


def _scalar(kind: str, text: str) -> str | int | float | bool | None:
    match kind:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int":
            return int(text)
        case "float":
            return float(text)
        case _:
            return text


def _holding(value: Any, place: Place, new: Any) -> Any:
    if not place:
        return new
    step, rest = place[0], place[1:]
    if isinstance(value, dict):
        return {**value, step: _holding(value.get(step), rest, new)}
    return [_holding(below, rest, new) if number == step else below for number, below in enumerate(value)]


def _find(value: Any, pattern: Place, place: Place) -> Iterator[tuple[Place, Any]]:
    if not pattern:
        yield place, value
        return
    step, rest = pattern[0], pattern[1:]
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in steps:
        if step in ("*", key):
            yield from _find(below, rest, (*place, key))


class _Reader:
    """Turns nodes into plain values and notes positions, spellings and problems on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.positions: dict[Place, Position] = {}
        self.spelled: dict[Place, str] = {}
        self.problems: list[Problem] = []
        self.whole = True
        self._nodes = 0

    def read(self, node: yaml.Node, place: Place, inside: tuple[int, ...]) -> Any:
        """The value of a node. ``inside``: the nodes around it, to see an alias that contains itself."""
        self._nodes += 1
        if self._nodes == _MOST_NODES:
            self._problem(node, place, f"holds more than {_MOST_NODES:,} values")
        if self._nodes >= _MOST_NODES:
            return None
        if id(node) in inside:
            self._problem(node, place, "an alias stands inside what it stands for")
            return None
        inside = (*inside, id(node))
        if isinstance(node, yaml.MappingNode) and node.tag == f"{TAG}map":
            return self._mapping(node, place, inside)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{TAG}seq":
            return self._sequence(node, place, inside)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, place)
        self._problem(node, place, f"the tag {_short(node.tag)} is not known here; leave it out")
        return None

    def _mapping(self, node: yaml.MappingNode, place: Place, inside: tuple[int, ...]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(key_node, place, "a key must be text; put it in quotes")
                continue
            key = _shown(key_node.value)
            below = (*place, key)
            if key == "<<":
                self._problem(key_node, below, "merge keys are not supported; write the keys out")
            elif key in values:
                self._remark(key_node, below, f"stands twice (first on line {self.positions[below].line})")
            else:
                self.mark(below, key_node)
                values[key] = self.read(value_node, below, inside)
        return values

    def _sequence(self, node: yaml.SequenceNode, place: Place, inside: tuple[int, ...]) -> list[Any]:
        for number, item in enumerate(node.value):
            self.mark((*place, number), item)
        return [self.read(item, (*place, number), inside) for number, item in enumerate(node.value)]

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> str | int | float | bool | None:
        kind, text = node.tag.removeprefix(TAG), _shown(node.value)
        if kind not in (*PLAIN, "str"):
            self._problem(node, place, f"the tag {_short(node.tag)} is not known here; leave it out")
            return None
        if kind in PLAIN and not PLAIN[kind].fullmatch(text):  # only an explicit tag can say so
            self._problem(node, place, f"the tag {_short(node.tag)} does not fit its value; leave it out")
            return None
        if kind in _NUMBERS:
            self.spelled[place] = text
        return _scalar(kind, text)

    def mark(self, place: Place, node: yaml.Node) -> None:
        """Note where a place is written."""
        self.positions[place] = self._position(place, node)

    def _position(self, place: Place, node: yaml.Node) -> Position:
        return Position(self.name, node.start_mark.line + 1, node.start_mark.column + 1, place)

    def _problem(self, node: yaml.Node, place: Place, sentence: str) -> None:
        self.whole = False
        self._remark(node, place, sentence)

    def _remark(self, node: yaml.Node, place: Place, sentence: str) -> None:
        self.problems.append(Problem(self._position(place, node), sentence, place))


def _shown(text: str) -> str:
    """Scalar text with the braces of its references back in place."""
    return _HIDDEN.sub(r"${\1}", text)


def _short(tag: str) -> str:
    return tag.replace(TAG, "!!")
