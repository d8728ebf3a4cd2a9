"""A document against its JSON Schema, every deviation as one sentence for people.

The schemas carry the words: ``x-noun`` names what an enumeration lists, ``x-expects`` what a pattern asks for,
``x-for`` why a key is needed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from connector.config.conformity import keeps
from connector.config.document import Document, plain_value
from connector.config.places import Place
from connector.config.problems import Problem
from connector.config.traps import meant_key, meant_value
from connector.config.wording import found, instead, one_of

SECRETS = frozenset({"api_key", "access_token", "client_secret", "refresh_token", "password", "security_token"})
"""Keys whose values are wrapped in ``Secret`` and never shown."""


@dataclass(frozen=True, slots=True)
class _Deviation:
    """One failed keyword of a schema: ``wanted`` is the keyword's value, ``schema`` the schema it stands in."""

    place: Place
    keyword: str
    wanted: Any
    schema: Mapping[str, Any]
    value: Any

    @property
    def types(self) -> list[str]:
        return [self.wanted] if isinstance(self.wanted, str) else list(self.wanted)

    def expected(self, otherwise: str) -> str:
        return str(self.schema.get("x-expects", otherwise))


def check_schema(document: Document, schema: str) -> tuple[Document, list[Problem]]:
    """The document with its scalars fitted to the schema (``config`` or ``mapping``), and all that deviates from it.

    Fitted: a number where text is wanted is the text as written (``api_version: 68.0``), and the value of a variable
    where a number is wanted is read as one (``per_run: ${RUN_LIMIT}``).
    """
    if keeps(document.value, schema_of(schema)):
        return document, []
    document = _fitted(document, _deviations(document, schema))
    deviations = _deviations(document, schema)
    mistyped = {deviation.place for deviation in deviations if deviation.keyword == "type"}
    problems = [
        document.problem(place, sentence)
        for deviation in deviations
        if deviation.keyword == "type" or deviation.place not in mistyped
        for place, sentence in _sentences(document, deviation)
        if place not in document.unknown
    ]
    return document, problems


@cache
def schema_of(name: str) -> Mapping[str, Any]:
    """The published schema of this name: ``config`` or ``mapping``."""
    file = Path(__file__).parents[1] / "schema" / f"{name}.schema.json"
    schema: Mapping[str, Any] = json.loads(file.read_text("utf-8"))
    return schema


@cache
def _validator(schema: str) -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    whole = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    return extend(Draft202012Validator, type_checker=whole)(  # type: ignore[no-untyped-call]
        schema_of(schema)
    )


def _deviations(document: Document, schema: str) -> list[_Deviation]:
    return [_deviation(error) for error in _validator(schema).iter_errors(document.value)]


def _deviation(error: Any) -> _Deviation:
    """jsonschema's error, with the key itself as the place where the error is about a key."""
    place = tuple(error.absolute_path)
    if "propertyNames" in error.absolute_schema_path:
        place = (*place, str(error.instance))
    return _Deviation(place, str(error.validator), error.validator_value, error.schema, error.instance)


def _fitted(document: Document, deviations: list[_Deviation]) -> Document:
    for deviation in deviations:
        place = deviation.place
        if deviation.keyword != "type":
            continue
        if "string" in deviation.types and place in document.spelled:
            document = document.holding(place, document.spelled[place])
        elif place in document.references and isinstance(deviation.value, str):
            document = document.holding(place, plain_value(deviation.value))
    return document


def _sentences(document: Document, deviation: _Deviation) -> Iterator[tuple[Place, str]]:
    """What one deviation means, each with its place."""
    place = deviation.place
    if deviation.keyword == "additionalProperties":
        known = list(deviation.schema["properties"])
        for key in deviation.value:
            if key not in known:
                yield (*place, key), "unknown key" + (meant_key(key, known) or instead(key, known))
    elif deviation.keyword == "required":
        reason = deviation.schema.get("x-for")
        for key in deviation.wanted:
            if key not in deviation.value:
                yield place, f"{reason} needs {key}" if reason else f"needs the key '{key}'"
    else:
        yield place, _SENTENCES[deviation.keyword](deviation, _shown(document, place, deviation.value))


def _shown(document: Document, place: Place, value: Any) -> str:
    """A wrong value for a message; secrets and values of variables stay out of it."""
    if place in document.references:
        return f"the value of {document.references[place]}"
    return "a value" if place and place[-1] in SECRETS and value is not None else found(value)


def _type(deviation: _Deviation, shown: str) -> str:
    meant = meant_value(deviation.value, deviation.types) if isinstance(deviation.value, str) else ""
    return f"expected {deviation.expected(one_of(deviation.types))}, found {shown}{meant}"


def _enum(deviation: _Deviation, shown: str) -> str:
    words = [str(word) for word in deviation.wanted]
    return f"no {deviation.schema['x-noun']} {shown}{instead(str(deviation.value), words)}"


_SENTENCES: dict[str, Callable[[_Deviation, str], str]] = {
    "type": _type,
    "enum": _enum,
    "pattern": lambda deviation, shown: f"expected {deviation.expected('other text')}, found {shown}",
    "minimum": lambda deviation, shown: f"expected {deviation.wanted:,} or more, found {shown}",
    "maximum": lambda deviation, shown: f"expected {deviation.wanted:,} or less, found {shown}",
    "maxLength": lambda deviation, shown: f"is longer than {deviation.wanted:,} characters",
    "minLength": lambda deviation, shown: "is empty",
    "minItems": lambda deviation, shown: "is an empty list",
    "minProperties": lambda deviation, shown: "is empty",
    "maxProperties": lambda deviation, shown: "expected one transform in each map; write several as a list",
}
