"""HubSpot's paths, object names and limits: the one place where they are written down.

Paths: https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide (served until September 2027). Limits:
https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path. ``write``: repeating it may change a record. ``search``: it has a rate of its own."""

    method: str
    path: str
    write: bool = False
    search: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def url(self, object: str) -> str:
        """The path with the object's name filled in."""
        return self.path.replace("{object}", quote(object, safe=""))


PROPERTIES = Endpoint("GET", "/crm/v3/properties/{object}")
SEARCH = Endpoint("POST", "/crm/v3/objects/{object}/search", search=True)
BATCH_READ = Endpoint("POST", "/crm/v3/objects/{object}/batch/read")
BATCH_UPDATE = Endpoint("POST", "/crm/v3/objects/{object}/batch/update", write=True)
COMPANIES_OF = Endpoint("POST", "/crm/v4/associations/{object}/companies/batch/read")
ACCOUNT = Endpoint("GET", "/account-info/v3/details")

BATCH = 100
HISTORY_BATCH = 50
"""Most records of a batch read that asks for ``propertiesWithHistory``."""
SEARCH_PAGE = 200
ASSOCIATION_BATCH = 1000

CONTACTS = "contacts"
COMPANIES = "companies"
OBJECT_ID = "hs_object_id"
PRIMARY_COMPANY = "associatedcompanyid"
_PLURALS = {"contact": CONTACTS, "company": COMPANIES}


def object_name(name: str) -> str:
    """The name that HubSpot's paths use: ``contact`` and ``contacts`` are the same object."""
    lowered = name.lower()
    return _PLURALS.get(lowered, lowered if lowered in _PLURALS.values() else name)


def modified_field(object: str) -> str:
    """The property that holds a record's last modification; contacts keep an older name for it."""
    return "lastmodifieddate" if object == CONTACTS else "hs_lastmodifieddate"
