"""A big org in which nobody can be told apart by when they were modified, and in which people work while a run goes on.

``at_work`` wraps a CRM of the sandbox: before each of its requests is served, a few records are edited. What the run
must then have done is reckoned from the world and the edits alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Literal

from starlette.types import ASGIApp, Receive, Scope, Send

from connector.sandbox import Sandbox
from connector.sandbox.native import salesforce_id
from connector.sandbox.world import Person, World

Kind = Literal["complete", "blank", "stale"]
TITLE, COUNTRY, TYPED = "Head of Testing", "Ireland", "Typed by hand"
MODIFIED = datetime(2026, 8, 1, 9, 30, tzinfo=UTC)
EDITS = 4
"""Edits before each request."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one CRM calls what this world is about."""

    object: str
    id: Callable[[int], str]
    linkedin: str
    email: str
    first: str
    last: str
    company: str
    title: str
    country: str
    stamp: str
    modified: tuple[str, ...]


HUBSPOT = Spelling(
    "contacts", lambda n: str(88_000_000_000 + n), "hs_linkedin_url", "email", "firstname", "lastname", "company",
    "jobtitle", "country", "lusha_last_enriched", ("createdate", "lastmodifieddate"),
)  # fmt: skip
LEADS = Spelling(
    "Lead", partial(salesforce_id, "00Q"), "LinkedIn_URL__c", "Email", "FirstName", "LastName", "Company",
    "Title", "Country", "Lusha_Last_Enriched__c", ("CreatedDate", "LastModifiedDate", "SystemModstamp"),
)  # fmt: skip


_DUE: Mapping[int, Kind] = {0: "blank", 3: "stale", 5: "blank", 8: "stale", 10: "blank"}


def kind_of(number: int) -> Kind:
    """Of twelve records five are due: three without a title, two that were enriched long ago and lack a country; all of
    these lack an e-mail as well."""
    return _DUE.get(number % 12, "complete")


def lacks_only_the_country(number: int) -> bool:
    """A complete record of which one field is blank that makes nobody due: it stays as it is."""
    return number % 24 == 1


def crowd(size: int, now: datetime) -> World:
    """``size`` contacts in HubSpot and as many leads in Salesforce, one person each, all of one modification time."""
    fresh, old = now - timedelta(days=60), now - timedelta(days=200)  # a gap of the fresh ones may be filled again

    def row(one: Spelling, number: int) -> dict[str, Any]:
        kind = kind_of(number)
        stamp = {"complete": fresh, "stale": old, "blank": None}[kind]
        values = {
            one.linkedin: _linkedin(number),
            one.email: email_of(number) if kind == "complete" else None,
            one.first: "Ada",
            one.last: _last_name(number),
            one.company: "Acme",
            one.title: None if kind == "blank" else "Tester",
            one.country: None if kind == "stale" or lacks_only_the_country(number) else "Wales",
            one.stamp: stamp and f"{stamp:%Y-%m-%dT%H:%M:%S.000Z}",
            **dict.fromkeys(one.modified, f"{MODIFIED:%Y-%m-%dT%H:%M:%S.000Z}"),
        }
        return {name: value for name, value in values.items() if value is not None}

    numbers = range(1, size + 1)
    return World(
        people={_lusha_id(n): Person(_profile(n), (email_of(n),)) for n in numbers},
        companies={},
        salesforce={"Lead": [{"Id": LEADS.id(n), **row(LEADS, n)} for n in numbers]},
        hubspot={"contacts": [{"id": HUBSPOT.id(n), "properties": row(HUBSPOT, n)} for n in numbers]},
    )


def _lusha_id(number: int) -> str:
    return str(7_000_000_000 + number)


def email_of(number: int) -> str:
    """The e-mail that Lusha knows; it costs a credit."""
    return f"ada.{number}@people.example.com"


def _linkedin(number: int) -> str:
    return f"https://www.linkedin.com/in/ada-{number}"


def _last_name(number: int) -> str:
    """Names that differ as names do: by letters."""
    letters = ""
    while number:
        number, place = divmod(number, 20)
        letters += "bcdfghjklmnpqrstvwxz"[place] + "aeiou"[place % 5]
    return letters.title()


def _profile(number: int) -> Mapping[str, Any]:
    first, last, day = "Ada", _last_name(number), "2026-04-02"
    return {
        "id": _lusha_id(number),
        "firstName": first,
        "lastName": last,
        "fullName": f"{first} {last}",
        "jobTitle": {"title": TITLE, "departments": ["Other"], "seniority": "Director"},
        "location": {"country": COUNTRY, "countryIso2": "IE", "city": "Dublin", "continent": "Europe"},
        "emails": [{"email": email_of(number), "type": "work", "confidence": "A", "updateDate": day}],
        "phones": [],
        "company": {"id": "16303253", "name": "Acme", "domain": "people.example.com"},
        "socialLinks": {"linkedin": _linkedin(number)},
        "previousEmployment": [],
        "updateDate": day,
    }


@dataclass(slots=True)
class Busy:
    """People who edit records of one CRM while it is asked: who did what, by number of the record."""

    spelling: Spelling
    size: int
    edit: Callable[..., None]
    value: Callable[[str, str], Any]
    random: Random
    typed: set[int] = field(default_factory=set)
    cleared: set[int] = field(default_factory=set)
    working: bool = True

    def before(self, app: ASGIApp) -> ASGIApp:
        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and self.working and not _too_late(scope):
                for _ in range(EDITS):
                    self._somebody_works()
            await app(scope, receive, send)

        return served

    def _somebody_works(self) -> None:
        """Types a title that is missing, clears one of a record that nobody would look at, or edits something else."""
        one, number = self.spelling, self.random.randint(1, self.size)
        id, kind = one.id(number), kind_of(number)
        title = self.value(id, one.title)
        if kind == "blank" and not title and number not in self.cleared:
            self.typed.add(number)
            self.edit(one.object, id, **{one.title: TYPED})
        elif kind == "complete" and title and number not in self.cleared and not lacks_only_the_country(number):
            self.cleared.add(number)
            self.edit(one.object, id, **{one.title: self.blank})
        else:
            self.edit(one.object, id, **{one.company: "Acme Testing"})

    @property
    def blank(self) -> str | None:
        return "" if self.spelling is HUBSPOT else None


def _too_late(scope: Scope) -> bool:
    """Once a record was re-read to be written, a CRM without conditional writes lets nobody see an edit coming."""
    return scope["method"] == "PATCH" or scope["path"].endswith("/batch/update")


class BusySandbox(Sandbox):
    """The sandbox with such an org in each CRM, and people at work in both."""

    def __init__(self, size: int, seed: int = 1) -> None:
        super().__init__(limits=False, credits=10_000_000, world=crowd(size, datetime.now(UTC)))
        self.at_work = {
            "acme": Busy(LEADS, size, self.salesforce.edit, self._in_salesforce, Random(f"{seed}:leads")),
            "beta": Busy(HUBSPOT, size, self.hubspot.edit, self._in_hubspot, Random(f"{seed}:contacts")),
        }

    def apps(self) -> tuple[ASGIApp, ASGIApp, ASGIApp]:
        lusha, salesforce, hubspot = super().apps()
        return lusha, self.at_work["acme"].before(salesforce), self.at_work["beta"].before(hubspot)

    def _in_salesforce(self, id: str, name: str) -> Any:
        return self.salesforce.row("Lead", id)[name]

    def _in_hubspot(self, id: str, name: str) -> Any:
        return self.hubspot.tables["contacts"].rows[id]["properties"].get(name)
