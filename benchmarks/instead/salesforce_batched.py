"""``python -m benchmarks.instead.salesforce_batched SALESFORCE LUSHA``: the same as ``salesforce`` in full batches,
written by one bulk job of simple-salesforce."""

from __future__ import annotations

import sys

from benchmarks.instead.asking import Lusha
from benchmarks.instead.salesforce import UNTITLED, connected, values_of


def main(address: str, lusha_address: str) -> None:
    """Read all that lack a title, ask a hundred at a time, write all at once."""
    client, lusha = connected(address), Lusha(lusha_address)
    rows = client.query_all(UNTITLED)["records"]
    records = []
    for start in range(0, len(rows), 100):
        lot = rows[start : start + 100]
        people = lusha.people([row["LinkedIn_URL__c"] for row in lot])
        records += [{"Id": row["Id"], **values_of(one)} for row, one in zip(lot, people, strict=True) if one]
    client.bulk2.Contact.update(records=records, wait=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
