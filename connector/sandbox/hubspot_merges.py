"""What two records of the sandbox's HubSpot portal become when they are merged. Pure; stands below ``hubspot_records``.

https://knowledge.hubspot.com/records/merge-records
"""

from __future__ import annotations

from connector.sandbox.hubspot_unique import MORE_EMAILS
from connector.sandbox.tables import Row

MERGED = "hs_merged_object_ids"


def merged_ids(kept: Row, lost: Row, *ids: str) -> str:
    """Every id that was ever merged into the record that is left."""
    known = (kept["properties"].get(MERGED), lost["properties"].get(MERGED), *ids)
    return ";".join(dict.fromkeys(filter(None, known)))


def merged_values(kept: Row, lost: Row) -> dict[str, str]:
    """The primary record's values, the other's where it has none; a contact keeps every address."""
    values: dict[str, str] = {**lost["properties"], **kept["properties"]}
    parts = (kept["properties"].get(MORE_EMAILS), lost["properties"].get("email"), lost["properties"].get(MORE_EMAILS))
    others = [address for part in parts if part for address in part.split(";") if address != values.get("email")]
    return {**values, MORE_EMAILS: ";".join(dict.fromkeys(others))} if others else values
