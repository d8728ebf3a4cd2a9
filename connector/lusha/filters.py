"""The filters of prospecting, of whichever API generation: which are one value, and which are paid for. All pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from connector.lusha.cleaning import mapping, texts
from connector.lusha.v2 import filtering
from connector.lusha.v3 import prospecting
from connector.models import Entity

SINGLE = prospecting.SINGLE | filtering.SINGLE
"""Filters that are one value; all others are lists."""
ALL_SIGNALS = "allSignals"
"""Every type of signal there is."""

_SUBJECTS: Mapping[str, Entity] = MappingProxyType({"contacts": "person", "companies": "company"})
_TYPES = ("types", "names")
"""Where a filter on signals names their types: V3, V2."""


def signal_types(filters: Mapping[str, Any], every: Callable[[Entity], Iterable[str]]) -> dict[Entity, int]:
    """How many types of signals the filters name, of people and of companies; each is paid for with each result.

    ``every``: the types that there are; asked where a filter names ``allSignals``, or no type at all.
    """
    found: dict[Entity, int] = {}
    for subject, entity in _SUBJECTS.items():
        named = [set(_named(signals)) for signals in _signals(mapping(filters.get(subject)))]
        if named:
            types = set[str]().union(*named)
            if ALL_SIGNALS in types or not all(named):
                types |= set(every(entity))
            found[entity] = len(types - {ALL_SIGNALS})
    return found


def _signals(sides: Mapping[str, Any]) -> Iterable[Any]:
    """The filters on signals of one subject, to include and to exclude; ``signal`` is a word of V2's."""
    for criteria in sides.values():
        yield from (value for name, value in mapping(criteria).items() if name in ("signals", "signal"))


def _named(signals: Any) -> Iterable[str]:
    for name in _TYPES:
        types = mapping(signals).get(name)
        yield from texts(types)
