"""The ways of ``identify``: each complete, each of use, and at least one that can be filled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from connector.config.document import Document
from connector.config.problems import Problem
from connector.config.settings import MappingSettings

_ALONE = ("id", "linkedin_url", "email", "domain", "name")
_COMPANY = ("company_domain", "company_name")
_BLANK_IN_SOQL = re.compile(r"([A-Za-z_][\w.]*)\s*=\s*null", re.IGNORECASE)
_CHOICE_IN_SOQL = re.compile(r"\b(or|not)\b", re.IGNORECASE)


def identity_problems(document: Document) -> Iterator[Problem]:
    """Ways that identify nobody, and those that stand twice."""
    seen: dict[frozenset[tuple[str, Any]], int | str] = {}
    for place, entry in document.find("identify", "*"):
        if not isinstance(entry, dict):
            continue
        if (sentence := _incomplete(entry) or _twice_read(entry)) is not None:
            yield document.problem(place, sentence)
        elif all(isinstance(field, str) for field in entry.values()):
            key = frozenset(entry.items())
            if key in seen:
                yield document.problem(place, f"is the same way as identify[{seen[key]}]; take one out")
            seen.setdefault(key, place[-1])


def identity_warnings(mapping: MappingSettings) -> Iterator[str]:
    """Ways that are never come to, and records that no way can fit."""
    for number, entry in enumerate(mapping.identify):
        earlier = (at for at, other in enumerate(mapping.identify[:number]) if other and other.items() < entry.items())
        if (at := next(earlier, None)) is not None:
            sentence = f"is never come to: identify[{at}] asks for less of the same fields; put it behind this one"
            yield f"{mapping.at('identify', number)}: identify[{number}]: {sentence}"
    blank = _asked_to_be_blank(mapping.select.where)
    if blank and all(blank & {field.casefold() for field in entry.values()} for entry in mapping.identify):
        names = ", ".join(sorted({field for entry in mapping.identify for field in entry.values()
                                  if field.casefold() in blank}))  # fmt: skip
        yield f"{mapping.at('identify')}: identify: select.where takes records without {names}, so none has an identity"
    elif all(set(entry) == {"id"} for entry in mapping.identify):
        sentence = "only records that hold a Lusha id already can be asked for; add another way, such as email or name"
        yield f"{mapping.at('identify')}: identify: {sentence}"


def _asked_to_be_blank(where: object) -> frozenset[str]:
    """The fields, in small letters, that a condition surely asks to be blank."""
    if isinstance(where, str):
        plain = not _CHOICE_IN_SOQL.search(where)
        return frozenset(name.casefold() for name in _BLANK_IN_SOQL.findall(where)) if plain else frozenset()
    filters = where if isinstance(where, list) else []
    return frozenset(
        str(one["propertyName"]).casefold()
        for one in filters
        if isinstance(one, Mapping) and one["operator"] == "NOT_HAS_PROPERTY"
    )


def _twice_read(entry: Mapping[str, Any]) -> str | None:
    """Two keys that read one field: a field is not a first name and a last name."""
    keys: dict[str, str] = {}
    for key, field in entry.items():
        if isinstance(field, str) and field and keys.setdefault(field, key) != key:
            return f"{keys[field]} and {key} read the same field '{field}'"
    return None


def _incomplete(entry: dict[str, object]) -> str | None:
    """Why an identity entry does not identify anybody, or None. Keys of the wrong entity are the schema's matter."""
    alone = [key for key in entry if key in _ALONE]
    if alone and len(entry) > 1:
        return f"{' and '.join(entry)} are separate ways to identify; make each an entry of its own"
    if alone or not entry.keys() <= {"first_name", "last_name", "full_name", *_COMPANY}:
        return None
    return _incomplete_name(entry)


def _incomplete_name(entry: dict[str, object]) -> str | None:
    parts = [key for key in ("first_name", "last_name") if key in entry]
    if "full_name" in entry and parts:
        return f"full_name stands beside {parts[0]}; keep one of the two"
    if len(parts) == 1:
        return f"{parts[0]} needs {'last_name' if parts == ['first_name'] else 'first_name'}"
    if not parts and "full_name" not in entry:
        return f"{next(iter(entry))} needs first_name and last_name, or full_name" if entry else None
    if not any(key in entry for key in _COMPANY):
        return "a name needs company_domain or company_name"
    return None
