"""``python -m benchmarks.instead.hubspot HUBSPOT LUSHA``: contacts without a job title, with HubSpot's own client."""

from __future__ import annotations

import sys
from typing import Any

from hubspot import HubSpot
from hubspot.crm.contacts import PublicObjectSearchRequest, SimplePublicObjectInput

from benchmarks.box import HUBSPOT_TOKEN
from benchmarks.instead.asking import Lusha, number

FIELDS = ["jobtitle", "email", "phone", "mobilephone", "hs_linkedin_url"]


def main(address: str, lusha_address: str) -> None:
    """Read all that lack a title, then ask and write one by one."""
    contacts, lusha = api(address), Lusha(lusha_address)
    for contact in untitled(contacts):
        person = lusha.person(contact.properties["hs_linkedin_url"])
        if person:
            contacts.basic_api.update(contact.id, SimplePublicObjectInput(properties=values_of(person)))


def api(address: str) -> Any:
    """The client's contacts."""
    return HubSpot(access_token=HUBSPOT_TOKEN, host=address, base_url=address).crm.contacts


def untitled(contacts: Any) -> list[Any]:
    """All that lack a title, at most 10,000: where HubSpot's search ends."""
    blank = {"filters": [{"propertyName": "jobtitle", "operator": "NOT_HAS_PROPERTY"}]}
    search, found, after = contacts.search_api, [], None
    while True:
        asked = PublicObjectSearchRequest(filter_groups=[blank], properties=FIELDS, limit=200, after=after, sorts=[])
        page = search.do_search(asked)
        found += page.results
        if page.paging is None:
            return found
        after = page.paging.next.after


def values_of(person: dict[str, Any]) -> dict[str, str | None]:
    """What is written of somebody."""
    return {
        "jobtitle": person["jobTitle"]["title"], "email": person["emails"][0]["email"],
        "phone": number(person, mobile=False), "mobilephone": number(person, mobile=True),
    }  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
