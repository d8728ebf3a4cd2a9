"""Every value that the records of one object type had, with time and source, as ``propertiesWithHistory`` tells it.

Stands below ``hubspot_records``. Kept as the writes were, some hundred bytes each; the entries are made when asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from connector.sandbox.tables import Row

Entries = list[dict[str, str]]


class _Write(NamedTuple):
    """``before``: what stood in those of ``values`` that had not been written before."""

    stamp: str
    source: str
    values: Mapping[str, str]
    before: Mapping[str, str]


_NOTHING: Mapping[str, str] = {}


class Histories:
    """By record: what was written, and what a record that others were merged into has from them."""

    def __init__(self) -> None:
        self._writes: dict[str, list[_Write]] = {}
        self._inherited: dict[str, Mapping[str, Entries]] = {}

    def add(self, row: Row, values: Mapping[str, str], stamp: str, source: str) -> None:
        """``values`` are written over what ``row`` holds."""
        writes = self._writes.setdefault(row["id"], [])
        held = {name: row["properties"][name] for name in values if name in row["properties"]}
        before = {name: value for name, value in held.items() if not any(name in one.values for one in writes)}
        writes.append(_Write(stamp, source, values, before or _NOTHING))

    def inherit(self, id: str, entries: Mapping[str, Entries]) -> None:
        """A new record begins with the history of those that were merged into it."""
        self._inherited[id] = entries

    def entries(self, row: Row, name: str) -> Entries:
        """Every value a property had, newest first. What a record began with was typed when it was created."""
        writes = [one for one in self._writes.get(row["id"], ()) if name in one.values]
        told = [_entry(one.values[name], one.stamp, one.source) for one in reversed(writes)]
        inherited = self._inherited.get(row["id"], {}).get(name)
        if inherited is not None:
            return told + inherited
        first = writes[0].before.get(name) if writes else row["properties"].get(name)
        return told if first is None else [*told, _entry(first, row["properties"]["createdate"], "CRM_UI")]


def _entry(value: str, timestamp: str, source: str) -> dict[str, str]:
    entry = {"value": value, "timestamp": timestamp, "sourceType": source}
    return {**entry, "sourceId": "sandbox-app" if source == "INTEGRATION" else "userId:1"}
