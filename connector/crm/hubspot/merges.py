"""Where records that were merged away live on: a batch read of such an id answers with the record that is left. Pure.

That one lists every record that was ever merged into it, so nothing has to be followed. Since 2025 it is a new one,
with an id of its own, and both that were merged are gone; before, one of the two stayed.
https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from connector.crm.hubspot.answers import Body
from connector.models import Successor

MERGED = ("hs_merged_object_ids", "hs_calculated_merged_vids")
"""``12;34``; contacts merged long ago have ``12:1451606400000;34:…`` in the second one, with the times."""


def merged_into(entry: Body) -> tuple[str, ...]:
    """The ids of the records that were merged into this one, as far as its properties were asked for."""
    properties = entry.get("properties") or {}
    told = [str(text) for name in MERGED if (text := properties.get(name))]
    if not told:
        return ()
    ids = (part.partition(":")[0].strip() for text in told for part in text.split(";"))
    return tuple(dict.fromkeys(id for id in ids if id and id != str(entry.get("id"))))


def survivors(object: str, asked: Sequence[str], entries: Iterable[Body]) -> Mapping[str, Successor]:
    """Id → the record that lists it as merged, of ``entries`` as batch read gave them for ``asked``."""
    by_merged = {merged: str(entry["id"]) for entry in entries for merged in merged_into(entry)}
    return {id: Successor(object, by_merged[id], "merged") for id in asked if id in by_merged}
