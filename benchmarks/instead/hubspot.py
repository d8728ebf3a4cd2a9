"""``python -m benchmarks.instead.hubspot HUBSPOT LUSHA``: contacts without a job title, with HubSpot's own client."""

from __future__ import annotations

import sys

from hubspot import HubSpot
from hubspot.crm.contacts import PublicObjectSearchRequest, SimplePublicObjectInput

from benchmarks.instead.asking import Lusha, number

FIELDS = ["jobtitle", "email", "phone", "mobilephone", "hs_linkedin_url"]


def main(address: str, lusha_address: str) -> None:
    """Read all that lack a title, then ask and write one by one."""
    client = HubSpot(access_token="sandbox-hubspot-token", host=address, base_url=address)
    lusha, contacts = Lusha(lusha_address), client.crm.contacts
    blank = {"filters": [{"propertyName": "jobtitle", "operator": "NOT_HAS_PROPERTY"}]}
    found, after = [], None
    while True:
        asked = PublicObjectSearchRequest(filter_groups=[blank], properties=FIELDS, limit=100, after=after, sorts=[])
        page = contacts.search_api.do_search(asked)
        found += page.results
        if page.paging is None:
            break
        after = page.paging.next.after
    for contact in found:
        person = lusha.person(contact.properties["hs_linkedin_url"])
        if person:
            values = {
                "jobtitle": person["jobTitle"]["title"],
                "email": person["emails"][0]["email"],
                "phone": number(person, mobile=False),
                "mobilephone": number(person, mobile=True),
            }
            contacts.basic_api.update(contact.id, SimplePublicObjectInput(properties=values))


if __name__ == "__main__":
    main(*sys.argv[1:])
