"""HubSpot's paths, object names and limits: the one place where they are written down.

Both spellings of the paths answer alike. The numbered ones are served until September 2027, the dated ones for 18
months from their date: https://developers.hubspot.com/docs/api-reference/legacy/migration-guide. Since 2026-09 a write
also has to satisfy what an administrator made required ("conditional required properties"; before, people alone had
to): https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement. Limits:
https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines.
"""

from __future__ import annotations

from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Every path of one API version. ``companies_of``: which companies records belong to."""

    properties: Endpoint
    new_property: Endpoint
    groups: Endpoint
    new_group: Endpoint
    schemas: Endpoint
    list: Endpoint
    search: Endpoint
    batch_read: Endpoint
    batch_update: Endpoint
    companies_of: Endpoint
    account: Endpoint


def _endpoints(*, objects: str, properties: str, schemas: str, associations: str, account: str) -> Endpoints:
    return Endpoints(
        properties=Endpoint("GET", f"{properties}/{{object}}"),
        new_property=Endpoint("POST", f"{properties}/{{object}}", write=True),
        groups=Endpoint("GET", f"{properties}/{{object}}/groups"),
        new_group=Endpoint("POST", f"{properties}/{{object}}/groups", write=True),
        schemas=Endpoint("GET", f"{schemas}/schemas"),
        list=Endpoint("GET", f"{objects}/{{object}}"),
        search=Endpoint("POST", f"{objects}/{{object}}/search", search=True),
        batch_read=Endpoint("POST", f"{objects}/{{object}}/batch/read"),
        batch_update=Endpoint("POST", f"{objects}/{{object}}/batch/update", write=True),
        companies_of=Endpoint("POST", f"{associations}/{{object}}/companies/batch/read"),
        account=Endpoint("GET", f"{account}/details"),
    )


VERSIONS: Mapping[str, Endpoints] = {
    "v3": _endpoints(
        objects="/crm/v3/objects",
        properties="/crm/v3/properties",
        schemas="/crm-object-schemas/v3",
        associations="/crm/v4/associations",
        account="/account-info/v3",
    ),
    "2026-09": _endpoints(
        objects="/crm/objects/2026-09",
        properties="/crm/properties/2026-09",
        schemas="/crm-object-schemas/2026-09",
        associations="/crm/associations/2026-09",
        account="/account-info/2026-09",
    ),
}
"""``connection.api_version`` → its paths."""

TOKENS = (Endpoint("POST", "/oauth/2026-09/token"), Endpoint("POST", "/oauth/v1/token"))
"""Where OAuth tokens are renewed, whatever the version of the rest; the second where the first is not served (404).

HubSpot ends the second on 2027-02-16: https://developers.hubspot.com/changelog/v1-oauth-api-deprecation.
"""

TOKEN_INFO = Endpoint("POST", "/oauth/v2/private-apps/get/access-token-info")
"""What a private app's token may do; it needs no scope itself.
https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview"""

BATCH = 100
HISTORY_BATCH = 50
"""Most records of a batch read that asks for ``propertiesWithHistory``."""
SEARCH_PAGE = 200
ASSOCIATION_BATCH = 1000

CONTACTS = "contacts"
COMPANIES = "companies"
OBJECT_ID = "hs_object_id"
PRIMARY_COMPANY = "associatedcompanyid"
_SPELLINGS = {"contact": CONTACTS, "0-1": CONTACTS, "company": COMPANIES, "0-2": COMPANIES}


def is_record_id(text: str) -> bool:
    """Whether ``text`` can be a record's id: HubSpot's ``hs_object_id`` is a number."""
    return text.isascii() and text.isdigit()


def object_name(name: str) -> str:
    """The name that HubSpot's paths use: ``contact``, ``contacts`` and ``0-1`` are the same object."""
    lowered = name.lower()
    return _SPELLINGS.get(lowered, lowered if lowered in _SPELLINGS.values() else name)


def modified_field(object: str) -> str:
    """The property that holds a record's last modification; contacts keep an older name for it."""
    return "lastmodifieddate" if object == CONTACTS else "hs_lastmodifieddate"
