"""A little world, of a few people whom Lusha knows well, and an org in each CRM that asks for them.

The run of each org needs every kind of call that its CRM's adapter makes: pages, related companies, the last edit of a
title (``newer``), a write on condition (``strict``), an address to look up, and somebody who is merged away meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from connector.config import load_config
from connector.config.settings import Config
from connector.sandbox import LUSHA_KEY
from connector.sandbox.hubspot_tokens import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from connector.sandbox.native import Row, salesforce_id
from connector.sandbox.salesforce import CLIENT_ID as SF_CLIENT_ID
from connector.sandbox.salesforce import CLIENT_SECRET as SF_CLIENT_SECRET
from connector.sandbox.world import Person, World, build_world
from tests.e2e.stage import Stage, clear_cases

LONG_AGO = "2024-01-15T09:00:00.000Z"
OLD_TITLE = "Trainee"
MERGED = 1
"""The place of the person whose record is merged away, into the one before, while Lusha is asked."""

SALESFORCE = {
    "version": 1, "crm": "salesforce", "object": "Contact", "entity": "person",
    "identify": [{"email": "Email"}],
    "select": {"incomplete": ["Phone"]},
    "fields": {
        "Title": {"from": "job_title.title", "policy": "newer"},
        "Phone": {"from": "phones[?type=='direct'] | [0].number"},
        "MobilePhone": {"from": "phones[?type=='mobile'] | [0].number", "guard": "strict"},
    },
    "stamp": {"Lusha_Id__c": "id", "Lusha_Last_Enriched__c": "enriched_at"},
}  # fmt: skip
HUBSPOT = {
    "version": 1, "crm": "hubspot", "object": "contacts", "entity": "person",
    "identify": [
        {"email": "email"},
        {"first_name": "firstname", "last_name": "lastname", "company_domain": "companies.domain"},
    ],
    "select": {"incomplete": ["phone"]},
    "fields": {
        "email": {"from": "emails[?type=='work'] | [0].email"},
        "jobtitle": {"from": "job_title.title", "policy": "newer"},
        "phone": {"from": "phones[?type=='direct'] | [0].number"},
        "mobilephone": {"from": "phones[?type=='mobile'] | [0].number"},
    },
    "stamp": {"lusha_id": "id", "lusha_last_enriched": "enriched_at"},
}  # fmt: skip


@cache
def little_world() -> World:
    """Six people, each a Salesforce contact and a HubSpot contact of the company they work at."""
    whole = build_world(1, 60, 12)
    people = clear_cases(whole)[:6]
    companies = {one["company"]["id"]: one["company"] for one in (person.profile for person in people)}
    return World(
        people={person.profile["id"]: person for person in people},
        companies={},
        salesforce={"Account": [], "Contact": [_contact(place, one) for place, one in enumerate(people)], "Lead": []},
        hubspot={
            "companies": [_hubspot(id, name=one["name"], domain=one["domain"]) for id, one in companies.items()],
            "contacts": [_person(place, one) for place, one in enumerate(people)],
        },
    )


def contact_id(place: int) -> str:
    """The Salesforce id of the person at this place."""
    return salesforce_id("003", place + 1)


def person_id(place: int) -> str:
    """The HubSpot id of the person at this place."""
    return str(88_000_000_001 + place)


def _contact(place: int, person: Person) -> Row:
    told = person.profile
    return {
        "Id": contact_id(place), "FirstName": told["firstName"], "LastName": told["lastName"],
        "Email": told["emails"][0]["email"], "Title": OLD_TITLE if place % 2 else None,
        "MobilePhone": None if place in (0, 4) else "+15550100123", "LastModifiedDate": LONG_AGO,
    }  # fmt: skip


def _person(place: int, person: Person) -> Row:
    told = person.profile
    return _hubspot(
        person_id(place), firstname=told["firstName"], lastname=told["lastName"],
        email="" if place == 2 else told["emails"][0]["email"], jobtitle=OLD_TITLE if place % 2 else "",
        associatedcompanyid=told["company"]["id"], lastmodifieddate=LONG_AGO,
    )  # fmt: skip


def _hubspot(id: str, **properties: str) -> Row:
    return {"id": id, "properties": {"createdate": LONG_AGO, **properties}}


def connections(stage: Stage) -> Mapping[str, Mapping[str, Any]]:
    """How each org is reached, by its name."""
    oauth = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "refresh_token": REFRESH_TOKEN}
    return {
        "salesforce": {
            "instance_url": stage.salesforce_url, "auth": "client_credentials",
            "client_id": SF_CLIENT_ID, "client_secret": SF_CLIENT_SECRET,
        },
        "hubspot": {"base_url": stage.hubspot_url, "access_token": stage.hubspot_token},
        "dated": {"base_url": stage.hubspot_url, "api_version": "2026-09", **oauth},
    }  # fmt: skip


def configured(stage: Stage, folder: Path, mappings: Mapping[str, Mapping[str, Any]], **more: Any) -> Config:
    """A configuration with an org for each connection; ``mappings`` by CRM, ``more`` of each org."""
    for crm, mapping in mappings.items():
        (folder / f"{crm}.yaml").write_text(yaml.safe_dump(mapping), "utf-8")
    orgs = {
        name: {"crm": crm, "connection": dict(connection), "mappings": [f"{crm}.yaml"], **more}
        for name, connection in connections(stage).items()
        for crm in (name if name in mappings else "hubspot",)
    }
    file = folder / "config.yaml"
    lusha = {"api_key": LUSHA_KEY, "base_url": stage.lusha_url}
    document = {"version": 1, "lusha": lusha, "state": {"path": "state.db"}, "orgs": orgs}
    file.write_text(yaml.safe_dump(document), "utf-8")
    return load_config(file, env={})


def alone(settings: Config, org: str, folder: Path) -> Config:
    """One org of a configuration, with a state file of its own."""
    state = replace(settings.state, path=folder / "state.db")
    return replace(settings, state=state, orgs={org: settings.orgs[org]})
