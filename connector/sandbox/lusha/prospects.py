"""Who passes the prospecting filters of a request: the people and companies of the world, in its order.

Shared by both generations, which ask in V3's names and answer each in its own shape. People under restriction are
never found.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.sandbox.directory import Directory
from connector.sandbox.lusha.company_filters import COMPANY_FILTERS
from connector.sandbox.lusha.contact_filters import CONTACT_FILTERS
from connector.sandbox.lusha.matching import Criteria, Subject, passes
from connector.sandbox.lusha.signals import company_events, contact_events
from connector.sandbox.world import Company, Person

Filters = Mapping[str, Mapping[str, Criteria]]
"""``{"contacts": {"include": …, "exclude": …}, "companies": {…}}``, every part optional."""


def contacts_passing(directory: Directory, filters: Filters, *, exclude_dnc: bool = False) -> list[str]:
    """Lusha ids of the people whom the filters leave, by their own attributes and their employer's."""
    return [
        id
        for id, person in directory.people.items()
        if not person.restricted
        and not (exclude_dnc and only_dnc(person))
        and passes(_person(person), *_of(filters, "contacts"), CONTACT_FILTERS)
        and passes(_employer(directory, person), *_of(filters, "companies"), COMPANY_FILTERS)
    ]


def companies_passing(directory: Directory, filters: Filters) -> list[str]:
    """Lusha ids of the companies whom the filters leave; contact filters ask for somebody who works there."""
    found = [
        id
        for id, company in directory.companies.items()
        if passes(_company(company), *_of(filters, "companies"), COMPANY_FILTERS)
    ]
    if not any(_of(filters, "contacts")):
        return found
    staff = contacts_passing(directory, {"contacts": filters["contacts"]})
    employers = {directory.people[id].profile["company"].get("id") for id in staff}
    return [id for id in found if id in employers]


def only_dnc(person: Person) -> bool:
    """Whether the person has phones and none may be called."""
    phones = person.profile["phones"]
    return bool(phones) and all(phone["doNotCall"] for phone in phones)


def _of(filters: Filters, kind: str) -> tuple[Criteria, Criteria]:
    part = filters.get(kind) or {}
    return part.get("include") or {}, part.get("exclude") or {}


def _person(person: Person) -> Subject:
    profile = person.profile
    return Subject(profile, tuple(contact_events(profile)), person.emails, tuple(profile["previousEmployment"]))


def _company(company: Company) -> Subject:
    return Subject(company.profile, tuple(company_events(company.profile)))


def _employer(directory: Directory, person: Person) -> Subject:
    """The employer's profile; of one that Lusha has no profile of, the name alone."""
    reference: dict[str, Any] = person.profile["company"]
    company = directory.companies.get(reference.get("id", ""))
    former = tuple(person.profile["previousEmployment"])
    if company is None:
        return Subject(reference, former=former)
    return Subject(company.profile, tuple(company_events(company.profile)), former=former)
