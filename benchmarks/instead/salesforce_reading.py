"""``python -m benchmarks.instead.salesforce_reading SALESFORCE LUSHA``: all contacts to standard output, with
simple-salesforce."""

from __future__ import annotations

import json
import sys

from benchmarks.instead.salesforce import connected

_EVERYBODY = "SELECT Id, Title, Email, Phone, MobilePhone, LinkedIn_URL__c FROM Contact"


def main(address: str, _lusha: str) -> None:
    """One line of JSON each."""
    for row in connected(address).query_all(_EVERYBODY)["records"]:
        print(json.dumps(row))


if __name__ == "__main__":
    main(*sys.argv[1:])
