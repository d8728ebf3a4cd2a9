"""What became of records that are gone: merged into another one, or a lead that was converted. Pure, but for a query.

A merge deletes the losing record and leaves the winner's id on it, which queryAll tells until the recycle bin is
emptied (15 days). A conversion leaves the lead where it is, read-only, with the id of its contact.
https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from connector.models import Successor

from .describe import ObjectSchema
from .soql import checked_object, in_lots

Row = Mapping[str, Any]
Look = Callable[[str, Sequence[str]], Sequence[Row]]
"""The rows of an object (name) with these ids, those in the recycle bin too."""
MASTER, CONTACT = "MasterRecordId", "ConvertedContactId"
MOST_STEPS = 10
"""So many merges, one after the other, are followed."""


def statements(schema: ObjectSchema, ids: Sequence[str]) -> Iterator[str]:
    """What tells the fate of these records, as SOQL for queryAll; nothing where the object knows no such fate."""
    told = [name for name in (MASTER, "IsConverted", CONTACT) if name in schema.fields]
    if not told:
        return iter(())
    head = f"SELECT Id, IsDeleted, {', '.join(told)} FROM {checked_object(schema.name)}"
    return in_lots(ids, lambda listed: f"{head} WHERE Id IN ({listed})")


def successors(object: str, ids: Sequence[str], look: Look) -> Mapping[str, Successor]:
    """Follow each id, step by step, to the record that is there today."""
    at = {id: Successor(object, id, "merged") for id in ids}
    found: dict[str, Successor] = {}
    for _ in range(MOST_STEPS):
        rows = _rows(at, look)
        steps = {id: _step(here, rows.get(_key(here))) for id, here in at.items()}
        found |= {id: step for id, step in steps.items() if step and (step.id is None or step == at[id])}
        at = {id: step for id, step in steps.items() if step and id not in found}
        if not at:
            break
    return {id: end for id, end in found.items() if end.id is None or end.id[:15] != id[:15]}


def _rows(at: Mapping[str, Successor], look: Look) -> Mapping[tuple[str, str], Row]:
    rows: dict[tuple[str, str], Row] = {}
    for object in sorted({here.object for here in at.values()}):
        ids = sorted({here.id[:15] for here in at.values() if here.object == object and here.id})
        rows |= {(object, str(row["Id"])[:15]): row for row in look(object, ids)}
    return rows


def _key(here: Successor) -> tuple[str, str]:
    return here.object, (here.id or "")[:15]


def _step(here: Successor, row: Row | None) -> Successor | None:
    """Where a record went next: itself where it is there, None where it was deleted."""
    if row is not None and row.get("IsConverted"):
        contact = row.get(CONTACT)
        return Successor("Contact", str(contact) if contact else None, "converted")
    if row is not None and not row.get("IsDeleted"):
        return here
    if row is not None and (master := row.get(MASTER)):
        return Successor(here.object, str(master), here.how)
    return Successor(here.object, None, "converted") if here.how == "converted" else None
