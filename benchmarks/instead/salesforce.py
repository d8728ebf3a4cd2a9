"""``python -m benchmarks.instead.salesforce SALESFORCE LUSHA``: contacts without a title, with simple-salesforce."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

from benchmarks.box import SALESFORCE_CLIENT
from benchmarks.instead.asking import Lusha, number

UNTITLED = "SELECT Id, LinkedIn_URL__c FROM Contact WHERE Title = null"


class _Loopback(HTTPAdapter):
    """simple-salesforce builds https addresses; the sandbox speaks http."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = urlunsplit(urlsplit(str(request.url))._replace(scheme="http"))
        return super().send(request, *args, **kwargs)


def main(address: str, lusha_address: str) -> None:
    """Read all that lack a title, then ask and write one by one."""
    client, lusha = connected(address), Lusha(lusha_address)
    for row in client.query_all(UNTITLED)["records"]:
        person = lusha.person(row["LinkedIn_URL__c"])
        if person:
            client.Contact.update(row["Id"], values_of(person))


def connected(address: str) -> Salesforce:
    """The client, signed in."""
    session = requests.Session()
    session.mount("https://127.0.0.1", _Loopback())
    client_id, secret = SALESFORCE_CLIENT
    body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    token = session.post(f"{address}/services/oauth2/token", data=body, timeout=30).json()["access_token"]
    return Salesforce(instance=urlsplit(address).netloc, session_id=token, session=session, version="68.0")


def values_of(person: dict[str, Any]) -> dict[str, str | None]:
    """What is written of somebody."""
    return {
        "Title": person["jobTitle"]["title"], "Email": person["emails"][0]["email"],
        "Phone": number(person, mobile=False), "MobilePhone": number(person, mobile=True),
    }  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
