"""The world that is measured: everybody is known to Lusha and found by a LinkedIn URL, so that each due record takes
the whole way of one record (searched, bought, mapped, re-read, written).

Deterministic: the same seed and sizes give the same world. It is kinder than a real CRM, where some are not found: the
work measured per record is the most there is. Rows and people are made when they are asked for (``somebody``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, overload

from benchmarks.somebody import (
    PER_FIRM,
    Somebody,
    firm_domain,
    firm_name,
    number_in,
    number_of_id,
    number_of_last_name,
    somebody,
)
from connector.sandbox.directory import Directory, linkedin_slug, plain, plain_company, plain_domain
from connector.sandbox.native import Row, salesforce_id
from connector.sandbox.world import Person, World

Kind = Literal["due", "resting", "complete"]
_REMEMBERED = 10_000
"""People kept at hand: who was found is bought soon after."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Records of a CRM by kind: ``due``; ``resting``: a field is blank, but enriched lately (read, and not due);
    ``complete``: passed over by the CRM's own filter."""

    due: int = 0
    resting: int = 0
    complete: int = 0

    @property
    def total(self) -> int:
        return self.due + self.resting + self.complete

    def kind(self, number: int) -> Kind:
        """Of the record with a number, from 1."""
        if number <= self.due:
            return "due"
        return "resting" if number <= self.due + self.resting else "complete"


class Rows(Sequence[Row]):
    """``count`` rows, each made from its number (from 1) whenever it is asked for."""

    def __init__(self, count: int, make: Callable[[int], Row]) -> None:
        self._count, self._make = count, make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        numbers = range(1, self._count + 1)[place]
        return self._make(numbers) if isinstance(numbers, int) else [self._make(number) for number in numbers]


class People(Mapping[str, Person]):
    """Whom Lusha knows: numbers 1 to ``count``, by Lusha id."""

    def __init__(self, count: int, seed: int) -> None:
        self._count = count
        self._somebody = lru_cache(maxsize=_REMEMBERED)(lambda number: somebody(number, seed))
        self._told = lru_cache(maxsize=_REMEMBERED)(self._made)

    def __getitem__(self, id: str) -> Person:
        number = number_of_id(id)
        if number is None or not 1 <= number <= self._count:
            raise KeyError(id)
        return self._told(number)

    def __iter__(self) -> Iterator[str]:
        return (self._somebody(number).id for number in range(1, self._count + 1))

    def __len__(self) -> int:
        return self._count

    def numbered(self, number: int | None) -> Somebody | None:
        """The person with a number; None when there is none."""
        return self._somebody(number) if number is not None and 1 <= number <= self._count else None

    def _made(self, number: int) -> Person:
        one = self._somebody(number)
        return Person(one.profile(), (one.email,))


class NumberedDirectory(Directory):
    """Finds people by what the sandbox's own index finds them by, in its order; the number is read out of the words."""

    def __init__(self, people: People) -> None:
        self.people, self.companies = people, {}
        self._numbered = people.numbered

    def person(self, item: Mapping[str, Any]) -> str | None:
        """See ``Directory``."""
        found = (
            self._by_id(item.get("id")) or self._by_linkedin(item.get("linkedinUrl"))
            or self._by_email(item.get("email")) or self._by_name(item)
        )  # fmt: skip
        return found.id if found else None

    def _by_id(self, id: str | None) -> Somebody | None:
        return self._numbered(number_of_id(id)) if id else None

    def _by_linkedin(self, url: str | None) -> Somebody | None:
        handle = linkedin_slug(url) if url else ""
        one = self._numbered(number_in(handle))
        return one if one and one.handle == handle else None

    def _by_email(self, email: str | None) -> Somebody | None:
        address = email.casefold() if email else ""
        one = self._numbered(number_in(address.partition("@")[0]))
        return one if one and one.email == address else None

    def _by_name(self, item: Mapping[str, Any]) -> Somebody | None:
        one = self._numbered(number_of_last_name(plain(item.get("lastName", ""))))
        if one is None or plain(item.get("firstName", "")) != plain(one.first):
            return None
        at_domain = plain_domain(item.get("companyDomain") or "") == one.domain
        return one if at_domain or plain_company(item.get("companyName") or "") == plain_company(one.company) else None


def build(sizes: Sizes, *, seed: int, now: datetime, crm: str | None = None) -> tuple[World, Directory]:
    """Contacts in HubSpot and in Salesforce (or in one of them alone), one person each, and how Lusha finds them.

    ``now``: from when "enriched lately" is counted.
    """
    people, total = People(sizes.total, seed), sizes.total
    portal, contacts = _hubspot(sizes, seed, now), _salesforce(sizes, seed, now)
    accounts = Rows(-(-total // PER_FIRM), _account(now))
    salesforce = {"Account": accounts, "Contact": Rows(total, contacts)} if crm != "hubspot" else {}
    hubspot = {"contacts": Rows(total, portal)} if crm != "salesforce" else {}
    return World(people, {}, salesforce, hubspot), NumberedDirectory(people)


def _times(now: datetime, zone: str) -> tuple[str, str]:
    """When every record was last modified, and when those that were enriched were."""
    words = "%Y-%m-%dT%H:%M:%S.000"
    return tuple((now - timedelta(days=days)).strftime(words) + zone for days in (100, 10))  # type: ignore[return-value]


def _hubspot(sizes: Sizes, seed: int, now: datetime) -> Callable[[int], Row]:
    modified, lately = _times(now, "Z")

    def make(number: int) -> Row:
        one, kind = somebody(number, seed), sizes.kind(number)
        properties = {
            "firstname": one.first, "lastname": one.last, "company": one.company, "hs_linkedin_url": one.linkedin,
            "hs_email_optout": "false", "createdate": modified, "lastmodifieddate": modified,
        }  # fmt: skip
        if kind != "due":
            properties |= {"lusha_id": one.id, "email": one.email, "phone": one.phone, "country": "Ireland"}
            properties["lusha_last_enriched"] = lately
        if kind == "complete":
            properties |= {"jobtitle": one.title, "mobilephone": one.mobile}
        return {"id": str(88_000_000_000 + number), "properties": properties}

    return make


def _salesforce(sizes: Sizes, seed: int, now: datetime) -> Callable[[int], Row]:
    modified, lately = _times(now, "+0000")

    def make(number: int) -> Row:
        one, kind = somebody(number, seed), sizes.kind(number)
        row: Row = {
            "Id": salesforce_id("003", number), "AccountId": _account_id(one.firm), "FirstName": one.first,
            "LastName": one.last, "LinkedIn_URL__c": one.linkedin, "HasOptedOutOfEmail": False, "DoNotCall": False,
            "IsEmailBounced": False, "SystemModstamp": modified, "LastModifiedDate": modified, "CreatedDate": modified,
        }  # fmt: skip
        if kind != "due":
            row |= {"Lusha_Id__c": one.id, "Email": one.email, "Phone": one.phone, "MailingCountry": "Ireland"}
            row["Lusha_Last_Enriched__c"] = lately
        if kind == "complete":
            row |= {"Title": one.title, "MobilePhone": one.mobile}
        return row

    return make


@lru_cache(maxsize=64)
def _account_id(firm: int) -> str:
    return salesforce_id("001", firm)


def _account(now: datetime) -> Callable[[int], Row]:
    modified, _ = _times(now, "+0000")
    return lambda firm: {
        "Id": _account_id(firm), "Name": firm_name(firm), "Website": f"https://{firm_domain(firm)}",
        "SystemModstamp": modified, "LastModifiedDate": modified, "CreatedDate": modified,
    }  # fmt: skip
