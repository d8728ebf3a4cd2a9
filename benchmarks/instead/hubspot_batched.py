"""``python -m benchmarks.instead.hubspot_batched HUBSPOT LUSHA``: the same as ``hubspot`` in full batches, with the
typed models of HubSpot's own client."""

from __future__ import annotations

import sys

from hubspot.crm.contacts import BatchInputSimplePublicObjectBatchInput, SimplePublicObjectBatchInput

from benchmarks.instead.asking import Lusha
from benchmarks.instead.hubspot import api, untitled, values_of


def main(address: str, lusha_address: str) -> None:
    """Read all that lack a title, then ask and write a hundred at a time."""
    contacts, lusha = api(address), Lusha(lusha_address)
    found, batches = untitled(contacts), contacts.batch_api
    for start in range(0, len(found), 100):
        lot = found[start : start + 100]
        people = lusha.people([one.properties["hs_linkedin_url"] for one in lot])
        inputs = [
            SimplePublicObjectBatchInput(id=one.id, properties=values_of(person))
            for one, person in zip(lot, people, strict=True)
            if person
        ]
        batches.update(BatchInputSimplePublicObjectBatchInput(inputs=inputs))


if __name__ == "__main__":
    main(*sys.argv[1:])
