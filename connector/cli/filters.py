"""Filters of prospecting as people type them: ``contacts.departments=Sales``, or a file in Lusha's own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector.errors import ConfigError

if TYPE_CHECKING:
    from connector.config.document import Document
    from connector.config.problems import Problem

Filters = dict[str, dict[str, dict[str, Any]]]
"""``{"contacts": {"include": {...}, "exclude": {...}}, "companies": {...}}``."""

_SIDES = ("include", "exclude")


def read_filters(file: Path | None, include: Sequence[str], exclude: Sequence[str]) -> Filters:
    """The filters of a file, and those of options on top.

    An option names subject and filter, and its value is YAML: a text, a number or ``{min: 1, max: 50}``; a filter
    named twice is a list. A lone value of a filter that is a list becomes one of it. ConfigError: the file cannot be
    read or is of another shape, an option is no filter, or there is none at all.
    """
    filters = _from_file(file) if file else {}
    for side, options in zip(_SIDES, (include, exclude), strict=True):
        for option in options:
            _add(filters, side, option)
    if not any(criteria for sides in filters.values() for criteria in sides.values()):
        raise ConfigError(
            "prospecting needs at least one filter",
            hint="for example --include contacts.departments=Sales; 'lusha-sync lusha filters person' names them",
        )
    return filters


def _from_file(file: Path) -> Filters:
    from connector.config.document import read_document

    document, problems = read_document(file, str(file))
    _refuse(problems or list(_misshapen(document)))
    return {
        subject: {side: {name: _fitted(name, value) for name, value in criteria.items()}
                  for side, criteria in sides.items()}
        for subject, sides in document.value.items()
    }  # fmt: skip


def _misshapen(document: Document) -> Iterator[Problem]:
    """What is wrong with the shape of a file; which filters there are, Lusha's client knows."""
    from connector.lusha.filters import SINGLE

    if not isinstance(document.value, Mapping):
        yield document.problem((), "expected a map with contacts or companies")
        return
    for place, sides in document.find("*"):
        if not isinstance(sides, Mapping):
            yield document.problem(place, "expected a map with include or exclude")
    for place, criteria in document.find("*", "*"):
        if isinstance(document.get(place[0]), Mapping) and not isinstance(criteria, Mapping):
            yield document.problem(place, "expected a map of filters and their values")
    for place, value in document.find("*", "*", "*"):
        if isinstance(document.get(*place[:2]), Mapping):
            if value is None:
                yield document.problem(place, "has no value")
            elif isinstance(value, list) and place[2] in SINGLE:
                yield document.problem(place, "takes one value, not a list")


def _add(filters: Filters, side: str, option: str) -> None:
    from connector.config.document import parse_document
    from connector.lusha.filters import SINGLE

    name, equals, words = option.partition("=")
    subject, dot, key = name.partition(".")
    if not (equals and dot and subject in ("contacts", "companies") and key and words.strip()):
        raise ConfigError(
            f"--{side} {option}: expected SIDE.FILTER=VALUE",
            hint="for example contacts.departments=Sales or companies.sizes={min: 51, max: 200}",
        )
    document, problems = parse_document(words, f"--{side} {option}")
    if not problems and (document.value is None or (isinstance(document.value, list) and key in SINGLE)):
        problems = [document.problem((), "takes one value, not a list" if document.value else "has no value")]
    _refuse(problems)
    chosen, value = filters.setdefault(subject, {}).setdefault(side, {}), _fitted(key, document.value)
    chosen[key] = value if key in SINGLE else [*chosen.get(key, []), *value]


def _fitted(name: str, value: Any) -> Any:
    """A lone value as a list of one, where the filter is a list."""
    from connector.lusha.filters import SINGLE

    return value if isinstance(value, list) or name in SINGLE else [value]


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise ConfigError("filters that cannot be read", problems=[str(problem) for problem in problems])
