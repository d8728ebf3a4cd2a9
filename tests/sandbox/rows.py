"""A handful of invented rows for the tests of the two CRM servers, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ANN, BOB, CAI, DEE = (f"003SB000000000{n}AAA" for n in range(1, 5))
ACME = "001SB0000000001AAA"
SEEN = "2026-10-01T08:00:00.000+0000"


def still() -> datetime:
    return NOW


def contact(id: str, last: str, **values: Any) -> dict[str, Any]:
    times = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), SEEN)
    return {"Id": id, "LastName": last, **times, **values}


def person(id: str, **properties: str) -> dict[str, Any]:
    times = {"createdate": "2026-01-05T10:00:00.000Z", "lastmodifieddate": "2026-10-01T08:00:00.000Z"}
    return {"id": id, "properties": {**times, **properties}}


@dataclass(frozen=True)
class Rows:
    """A demo world of a few rows."""

    salesforce: Mapping[str, Sequence[dict[str, Any]]] = field(default_factory=dict)
    hubspot: Mapping[str, Sequence[dict[str, Any]]] = field(default_factory=dict)


def salesforce_rows() -> Rows:
    """Ann works at Acme; Bob has no account; Cai has a title with an apostrophe; Dee has everything."""
    return Rows(
        salesforce={
            "Account": [{"Id": ACME, "Name": "Acme", "Website": "acme.example", "NumberOfEmployees": 250}],
            "Contact": [
                contact(ANN, "Archer", FirstName="Ann", AccountId=ACME, Email="ann@acme.example", Title="CTO"),
                contact(BOB, "Baker", FirstName="Bob", Email="bob@example.org", HasOptedOutOfEmail=True),
                contact(CAI, "Chen", Title="Head of R&D, it's 100%_fun", Phone="+44 7700 900123"),
                contact(DEE, "Dunn", Title="cto", Lusha_Last_Enriched__c="2026-11-19T23:59:59Z"),
            ],
        }
    )


def hubspot_rows() -> Rows:
    """Three contacts with ids 9, 10 and 101 (text and number sort differently) and one company."""
    return Rows(
        hubspot={
            "companies": [{"id": "7", "properties": {"name": "Acme", "domain": "acme.example"}}],
            "contacts": [
                person("101", firstname="Cai", lusha_last_enriched="2026-11-19T23:59:59.000Z"),
                person("9", firstname="Ann", email="ann@acme.example", jobtitle="CTO", associatedcompanyid="7"),
                person("10", firstname="Bob", email="bob@example.org", hs_email_optout="true"),
            ],
        }
    )
