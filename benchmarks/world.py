"""The world that is measured: everybody is known to Lusha and found by a LinkedIn URL, so that each due record takes
the whole way of one record (searched, bought, mapped, re-read, written).

Deterministic: the same seed and sizes give the same world. It is kinder than a real CRM, where some are not found: the
work measured per record is the most there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Literal

from connector.sandbox.native import salesforce_id
from connector.sandbox.world import Person, World

Kind = Literal["due", "resting", "complete"]
_PER_ACCOUNT = 20
_AREAS = ("206", "212", "312", "415", "512", "617", "650", "773", "832", "872")
_TRADES = ("Sales", "Finance", "Marketing", "Support", "Research", "Design", "Security", "Logistics")
_RANKS = ("Head of", "Director of", "Lead,", "Manager,", "Specialist,")
_FIRST = ("Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana")
_UPDATED = "2026-04-02"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Records of each CRM by kind: ``due``; ``resting``: a field is blank, but enriched lately (read, and not due);
    ``complete``: passed over by the CRM's own filter."""

    due: int = 0
    resting: int = 0
    complete: int = 0

    def kinds(self) -> Iterator[tuple[int, Kind]]:
        """Every record by number, from 1."""
        kinds: tuple[tuple[Kind, int], ...] = (
            ("due", self.due), ("resting", self.resting), ("complete", self.complete),
        )  # fmt: skip
        number = 0
        for kind, count in kinds:
            for _ in range(count):
                number += 1
                yield number, kind


@dataclass(frozen=True, slots=True)
class _Somebody:
    """What the CRMs and Lusha tell of one person."""

    number: int
    first: str
    last: str
    title: str
    phone: str
    mobile: str

    @property
    def email(self) -> str:
        return f"{self.first}.{self.number}@firm{self.firm}.example.com".lower()

    @property
    def linkedin(self) -> str:
        return f"https://www.linkedin.com/in/{self.first}-{self.number}".lower()

    @property
    def firm(self) -> int:
        return (self.number - 1) // _PER_ACCOUNT + 1


def build(sizes: Sizes, *, seed: int, now: datetime) -> World:
    """Contacts in HubSpot and in Salesforce, one person each; ``now``: from when "enriched lately" is counted."""
    people: dict[str, Person] = {}
    contacts, portal = [], []
    for number, kind in sizes.kinds():
        one = _somebody(number, seed)
        people[_lusha_id(number)] = Person(_profile(one), (one.email,))
        contacts.append(_salesforce(one, kind, now))
        portal.append(_hubspot(one, kind, now))
    firms = range(1, (len(people) + _PER_ACCOUNT - 1) // _PER_ACCOUNT + 1)
    accounts = [_account(firm, now) for firm in firms]
    return World(people, {}, {"Account": accounts, "Contact": contacts}, {"contacts": portal})


def _somebody(number: int, seed: int) -> _Somebody:
    rng = Random(seed * 1_000_003 + number)
    area, line = rng.choice(_AREAS), rng.randrange(50)  # 555-0100 to 555-0199 are kept for fiction
    return _Somebody(
        number, rng.choice(_FIRST), _last_name(number), f"{rng.choice(_RANKS)} {rng.choice(_TRADES)}",
        f"+1{area}55501{line:02d}", f"+1{area}55501{line + 50:02d}",
    )  # fmt: skip


def _last_name(number: int) -> str:
    """Names that differ as names do: by letters."""
    letters = ""
    while number:
        number, place = divmod(number, 20)
        letters += "bcdfghjklmnpqrstvwxz"[place] + "aeiou"[place % 5]
    return letters.title()


def _lusha_id(number: int) -> str:
    return str(7_000_000_000 + number)


def _firm_name(firm: int) -> str:
    return f"Firm {firm} Holding"


def _times(kind: Kind, now: datetime, zone: str) -> tuple[str, str | None]:
    modified, lately = now - timedelta(days=100), now - timedelta(days=10)
    words = "%Y-%m-%dT%H:%M:%S.000"
    return modified.strftime(words) + zone, None if kind == "due" else lately.strftime(words) + zone


def _hubspot(one: _Somebody, kind: Kind, now: datetime) -> dict[str, Any]:
    modified, enriched = _times(kind, now, "Z")
    values = {
        "firstname": one.first, "lastname": one.last, "company": _firm_name(one.firm),
        "hs_linkedin_url": one.linkedin, "hs_email_optout": "false", "lusha_last_enriched": enriched,
        "createdate": modified, "lastmodifieddate": modified,
    }  # fmt: skip
    if kind != "due":
        values |= {"lusha_id": _lusha_id(one.number), "email": one.email, "phone": one.phone, "country": "Ireland"}
    if kind == "complete":
        values |= {"jobtitle": one.title, "mobilephone": one.mobile}
    properties = {name: value for name, value in values.items() if value is not None}
    return {"id": str(88_000_000_000 + one.number), "properties": properties}


def _salesforce(one: _Somebody, kind: Kind, now: datetime) -> dict[str, Any]:
    modified, enriched = _times(kind, now, "+0000")
    filled, complete = kind != "due", kind == "complete"
    return {
        "Id": salesforce_id("003", one.number), "AccountId": salesforce_id("001", one.firm),
        "FirstName": one.first, "LastName": one.last, "LinkedIn_URL__c": one.linkedin,
        "Email": one.email if filled else None, "Phone": one.phone if filled else None,
        "Title": one.title if complete else None, "MobilePhone": one.mobile if complete else None,
        "MailingCountry": "Ireland" if filled else None, "Department": None, "MailingCity": None,
        "Seniority__c": None, "HasOptedOutOfEmail": False, "DoNotCall": False, "IsEmailBounced": False,
        "Lusha_Id__c": _lusha_id(one.number) if filled else None, "Lusha_Last_Enriched__c": enriched,
        "SystemModstamp": modified, "LastModifiedDate": modified, "CreatedDate": modified,
    }  # fmt: skip


def _account(firm: int, now: datetime) -> dict[str, Any]:
    modified, _ = _times("complete", now, "+0000")
    return {
        "Id": salesforce_id("001", firm), "Name": _firm_name(firm), "Website": f"https://firm{firm}.example.com",
        "SystemModstamp": modified, "LastModifiedDate": modified, "CreatedDate": modified,
    }  # fmt: skip


def _profile(one: _Somebody) -> dict[str, Any]:
    """Everything there is of somebody, in the shape of Lusha's API V3."""
    numbers = (("mobile", one.mobile), ("direct", one.phone))
    return {
        "id": _lusha_id(one.number),
        "firstName": one.first,
        "lastName": one.last,
        "fullName": f"{one.first} {one.last}",
        "jobTitle": {"title": one.title, "departments": ["Other"], "seniority": "Director"},
        "location": {"country": "Ireland", "countryIso2": "IE", "city": "Dublin", "continent": "Europe"},
        "emails": [{"email": one.email, "type": "work", "confidence": "A", "updateDate": _UPDATED}],
        "phones": [{"number": n, "type": t, "doNotCall": False, "updateDate": _UPDATED} for t, n in numbers],
        "company": {"id": str(16_000_000 + one.firm), "name": _firm_name(one.firm),
                    "domain": f"firm{one.firm}.example.com"},
        "socialLinks": {"linkedin": one.linkedin},
        "previousEmployment": [],
        "updateDate": _UPDATED,
    }  # fmt: skip
