"""Rules of a JSON body or a query as data, and the problems of a value under them, worded as Lusha's API does.

Strict: a property that no rule names is a problem at any depth, as is a wrong type, format, enumeration or count.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol
from uuid import UUID

Body = Mapping[str, Any]
Problems = Iterator[str]

MISSING: Any = object()
"""Stands for a required property that was not sent."""

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")


class Rule(Protocol):
    """What a value must be."""

    def problems(self, value: object, name: str) -> Problems:
        """Everything wrong with ``value``, which stands at ``name`` (``contacts.0.email``; "" = the whole body)."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string. ``filled``: not blank; ``least`` and ``most``: characters."""

    one_of: tuple[str, ...] = ()
    format: Literal["email", "date", "uuid", "uri"] | None = None
    filled: bool = False
    least: int = 0
    most: int | None = None

    def problems(self, value: object, name: str) -> Problems:
        """See ``Rule``."""
        if not isinstance(value, str) or (self.filled and not value.strip()):
            yield f"{name} must be a {'non-empty ' if self.filled else ''}string"
        elif self.one_of and value not in self.one_of:
            yield f"{name} must be one of the following values: {', '.join(self.one_of)}"
        elif self.format and not _FORMATS[self.format][0](value):
            yield f"{name} must be {_FORMATS[self.format][1]}"
        elif len(value) < self.least:
            yield f"{name} must be longer than or equal to {self.least} characters"
        elif self.most is not None and len(value) > self.most:
            yield f"{name} must be shorter than or equal to {self.most} characters"


@dataclass(frozen=True, slots=True)
class Number:
    """A number. ``whole``: without a fraction."""

    least: int | None = None
    most: int | None = None
    whole: bool = True

    def problems(self, value: object, name: str) -> Problems:
        """See ``Rule``."""
        kinds = (int,) if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            yield f"{name} must be {'an integer' if self.whole else 'a'} number"
        elif self.least is not None and value < self.least:
            yield f"{name} must not be less than {self.least}"
        elif self.most is not None and value > self.most:
            yield f"{name} must not be greater than {self.most}"


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def problems(self, value: object, name: str) -> Problems:
        """See ``Rule``."""
        if not isinstance(value, bool):
            yield f"{name} must be a boolean value"


@dataclass(frozen=True, slots=True)
class Many:
    """An array. ``least`` and ``most``: elements."""

    of: Rule
    least: int = 0
    most: int | None = None

    def problems(self, value: object, name: str) -> Problems:
        """See ``Rule``."""
        if not isinstance(value, list):
            yield f"{name} must be an array"
            return
        if len(value) < self.least:
            yield f"{name} must contain at least {self.least} elements"
        if self.most is not None and len(value) > self.most:
            yield f"{name} must contain no more than {self.most} elements"
        if isinstance(self.of, Text) and self.of.one_of:
            if not all(isinstance(item, str) and item in self.of.one_of for item in value):
                yield f"each value in {name} must be one of the following values: {', '.join(self.of.one_of)}"
            return
        for index, item in enumerate(value):
            yield from self.of.problems(item, f"{name}.{index}")


@dataclass(frozen=True, slots=True)
class Shape:
    """An object. ``also``: what its properties must be together; ``null``: null will do as well."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = ()
    also: Callable[[Body, str], Problems] | None = None
    null: bool = False
    least: int = 0

    def problems(self, value: object, name: str) -> Problems:
        """See ``Rule``."""
        if value is None and self.null:
            return
        if not isinstance(value, dict):
            yield f"{name} must be an object" if name else "the body must be a JSON object"
            return
        where = f"{name}." if name else ""
        for given in value:
            if given not in self.fields:
                yield f"{where}property {given} should not exist"
        for field, rule in self.fields.items():
            if field in value or field in self.required:
                yield from rule.problems(value.get(field, MISSING), f"{where}{field}")
        if len(value) < self.least:
            yield f"{name} must not be empty"
        if self.also is not None:
            yield from self.also(value, name)


@dataclass(frozen=True, slots=True)
class Either:
    """One rule or another; the problems are the last one's."""

    rules: tuple[Rule, ...]

    def problems(self, value: object, name: str) -> Problems:
        """See ``Rule``."""
        if all(any(rule.problems(value, name)) for rule in self.rules):
            yield from self.rules[-1].problems(value, name)


def texts(*one_of: str, most: int | None = None) -> Many:
    """An array of strings."""
    return Many(Text(one_of=one_of), most=most)


def typed(shape: Shape, query: Mapping[str, list[str]]) -> dict[str, Any]:
    """A query as the body it stands for: ``true`` and ``false`` as booleans, repeated names as arrays.

    What does not fit stays as it is, for the rules to name.
    """
    return {name: _typed(shape.fields.get(name), values) for name, values in query.items()}


def _typed(rule: Rule | None, values: list[str]) -> object:
    if isinstance(rule, Many) or len(values) > 1:
        return values
    if isinstance(rule, Flag):
        return {"true": True, "false": False}.get(values[0], values[0])
    return values[0]


def given(item: Body, key: str) -> bool:
    """Whether a text was sent that is not blank."""
    value = item.get(key)
    return isinstance(value, str) and bool(value.strip())


def is_email(text: str) -> bool:
    """Whether Lusha takes the text for an e-mail address."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _is_uri(text: str) -> bool:
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*://\S+$", text) is not None


_FORMATS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "email": (is_email, "an email"),
    "date": (_is_date, "a valid ISO 8601 date string"),
    "uuid": (_is_uuid, "a UUID"),
    "uri": (_is_uri, "a URL address"),
}
