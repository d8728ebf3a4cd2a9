"""``python -m benchmarks.instead.hubspot_reading HUBSPOT LUSHA``: all contacts to standard output, with the typed
models of HubSpot's own client."""

from __future__ import annotations

import json
import sys

from benchmarks.instead.hubspot import FIELDS, api


def main(address: str, _lusha: str) -> None:
    """One line of JSON each."""
    for contact in api(address).get_all(properties=FIELDS):
        print(json.dumps({"id": contact.id, **contact.properties}))


if __name__ == "__main__":
    main(*sys.argv[1:])
