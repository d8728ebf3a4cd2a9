"""When properties last changed and by whom, from what a batch read tells with ``propertiesWithHistory``. Pure.

Each version of a property is ``{value, timestamp, sourceType, sourceId}``:
https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from connector.crm.hubspot.answers import Body
from connector.crm.hubspot.endpoints import modified_field
from connector.crm.hubspot.schema import moment
from connector.errors import VendorUnreachable
from connector.models import Edit

MACHINES = frozenset({"API", "AUTOMATION_PLATFORM", "CALCULATED", "DATA_ENRICHMENT", "INTEGRATION", "WORKFLOWS"})
"""Sources that no person stands behind, with those that begin with ``MERGE_``; one we never heard of is a person."""


def edits_of(object: str, entry: Body, fields: Sequence[str]) -> Mapping[str, Edit]:
    """The last edit of each property of one record; properties that never had a value are absent.

    Without a readable history the record's own last modification stands. VendorUnreachable: it has none either.
    """
    history = entry.get("propertiesWithHistory")
    versions = history if isinstance(history, Mapping) else {}
    edits: dict[str, Edit] = {}
    for name in fields:
        told = versions.get(name)
        if told and isinstance(told, Sequence):
            if all(isinstance(one, Mapping) and not one.get("value") for one in told):
                continue
            edits[name] = last_change(told) or Edit(_modified(object, entry))
        elif (entry.get("properties") or {}).get(name):
            edits[name] = Edit(_modified(object, entry))
    return edits


def last_change(versions: Sequence[object]) -> Edit | None:
    """The version that brought the value held now: one that saved the value it found is no edit.

    Where all hold the same value it is the oldest. None: one of them does not tell its time, so nobody knows.
    """
    timed: list[tuple[datetime, Body]] = []
    for one in versions:
        at = moment(str(one.get("timestamp"))) if isinstance(one, Mapping) else None
        if at is None or not isinstance(one, Mapping):
            return None
        timed.append((at, one))
    # They come newest first, which nobody promises; those of one moment keep that order.
    newest_first = sorted(timed, key=lambda version: version[0], reverse=True)
    changed = newest_first[0]
    for version in newest_first[1:]:
        if (version[1].get("value") or "") != (changed[1].get("value") or ""):
            break
        changed = version
    return Edit(changed[0], _by(changed[1]))


def _by(version: Body) -> Literal["person", "machine"]:
    source = str(version.get("sourceType"))
    return "machine" if source in MACHINES or source.startswith("MERGE_") else "person"


def _modified(object: str, entry: Body) -> datetime:
    told = (entry.get("properties") or {}).get(modified_field(object))
    if (at := moment(str(told))) is None:
        raise VendorUnreachable(f"HubSpot does not tell when {object} {entry.get('id')} was modified")
    return at
