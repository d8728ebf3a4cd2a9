"""A row of Salesforce's JSON as the Record that the engine knows. Pure; used by ``adapter``.

Every record that is read passes here, and most of them are not due: a field of the record itself, spelled as Salesforce
spells it, costs one look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from connector.models import Record, Value

from .soql import VERSION_FIELD

_SCALARS = frozenset({str, int, float, bool, type(None)})


def record(row: Mapping[str, Any], fields: Sequence[str], id: str) -> Record:
    """The record with these fields, its own and its parents'."""
    version = row.get(VERSION_FIELD)
    # A name that the row lacks finds the row itself, which is no scalar.
    values = {name: value if type(value := row.get(name, row)) in _SCALARS else _found(row, name) for name in fields}
    return Record(id, values, str(version) if version else None)


def _found(row: Mapping[str, Any], path: str) -> Value:
    """What stands at the end of a path, through the record's parents; None for what is no scalar (an address)."""
    found: Any = row
    for part in _parts(path):
        if not isinstance(found, dict):
            return None
        if part not in found:  # SOQL takes any case, and answers in the field's own
            part = next((name for name in found if name.lower() == part.lower()), part)
        found = found.get(part)
    return found if isinstance(found, str | int | float | bool) else None


@lru_cache(256)
def _parts(path: str) -> Sequence[str]:
    return path.split(".")
