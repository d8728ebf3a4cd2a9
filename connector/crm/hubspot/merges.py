"""Where records that were merged away live on: a batch read of such an id answers with the surviving record. Pure.

The survivor lists every record that was ever merged into it, so nothing has to be followed.
https://knowledge.hubspot.com/records/merge-records
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from connector.crm.hubspot.answers import Body
from connector.models import Successor

MERGED = ("hs_merged_object_ids", "hs_calculated_merged_vids")
"""``12;34``; contacts merged long ago have ``12:1451606400000;34:…`` in the second one, with the times."""


def survivors(object: str, asked: Sequence[str], entries: Iterable[Body]) -> Mapping[str, Successor]:
    """Id → the record that lists it as merged, of ``entries`` as batch read gave them for ``asked``."""
    by_merged = {
        merged.partition(":")[0].strip(): str(entry["id"])
        for entry in entries
        for name in MERGED
        for merged in str((entry.get("properties") or {}).get(name) or "").split(";")
    }
    return {id: Successor(object, by_merged[id], "merged") for id in asked if id in by_merged}
