"""Filters of prospecting as people type them: ``contacts.departments=Sales``, or a file in Lusha's own words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector.errors import ConfigError

if TYPE_CHECKING:
    from connector.config.document import Document
    from connector.config.problems import Problem


def read_filters(file: Path | None, include: Sequence[str], exclude: Sequence[str]) -> dict[str, Any]:
    """``{"contacts": {"include": {...}, "exclude": {...}}, "companies": {...}}`` from a file and from options.

    An option names side and filter, and its value is YAML: a text, a number or ``{min: 1, max: 50}``; a filter named
    twice is a list. ConfigError: the file cannot be read, an option is no filter, or there is none at all.
    """
    filters = _from_file(file) if file else {}
    for way, options in (("include", include), ("exclude", exclude)):
        for option in options:
            _add(filters, way, option)
    if not filters:
        raise ConfigError(
            "prospecting needs at least one filter",
            hint="for example --include contacts.departments=Sales; 'lusha-sync lusha filters person' names them",
        )
    return filters


def _from_file(file: Path) -> dict[str, Any]:
    from connector.config.document import read_document

    found = _value(*read_document(file, str(file)))
    if not isinstance(found, dict):
        raise ConfigError(f"{file}: expected a map with contacts or companies")
    return found


def _add(filters: dict[str, Any], way: str, option: str) -> None:
    from connector.config.document import parse_document

    name, equals, words = option.partition("=")
    side, dot, key = name.partition(".")
    if not (equals and dot and side in ("contacts", "companies") and key and words.strip()):
        raise ConfigError(
            f"--{way} {option}: expected SIDE.FILTER=VALUE",
            hint="for example contacts.departments=Sales or companies.sizes={min: 51, max: 200}",
        )
    value = _value(*parse_document(words, f"--{way} {option}"))
    chosen = filters.setdefault(side, {}).setdefault(way, {})
    if key in _SINGLE:
        chosen[key] = value
    else:
        chosen[key] = [*chosen.get(key, []), *(value if isinstance(value, list) else [value])]


def _value(document: Document, problems: list[Problem]) -> Any:
    if problems:
        raise ConfigError("filters that cannot be read", problems=[str(problem) for problem in problems])
    return document.value


_SINGLE = frozenset(
    {
        "searchText", "technologiesCondition", "intentTopicsCondition", "intentTopicsOperator", "intentMinScore",
        "intentMaxScore", "existingDataPointsCondition", "jobChangedAfterDate", "jobChangedLastViewDate", "education",
        "score", "signals", "signal", "funding", "employeesInLinkedIn", "excludePartialCompanies",
    }
)  # fmt: skip
"""Filters that are one value; all others are lists."""
