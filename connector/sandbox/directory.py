"""Finds people and companies of the demo world the way Lusha's search does: by every identifier it documents.

Spelling does not matter: case, accents, legal forms, ``www.`` and LinkedIn's country hosts are ignored. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from connector.sandbox.world import Company, Person, World

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
_LEGAL_FORMS = re.compile(
    r"( (incorporated|inc|llc|ltd|limited|gmbh|ag|sas|sa|ab|s l|sp z o o|pty|co|corp|corporation|plc|bv))+$"
)
_LINKEDIN = re.compile(r"linkedin\.com/(?:in|company)/([^/?#\s]+)", re.IGNORECASE)


class Directory:
    """Every identifier of everybody, looked up in constant time; the first to have an identifier keeps it."""

    def __init__(self, world: World) -> None:
        self.people = world.people
        self.companies = world.companies
        self._people: dict[str, str] = {}
        self._companies: dict[str, str] = {}
        for id, person in world.people.items():
            for key in _person_keys(person):
                self._people.setdefault(key, id)
        for id, company in world.companies.items():
            for key in _company_keys(company):
                self._companies.setdefault(key, id)

    def person(self, item: Mapping[str, Any]) -> str | None:
        """Lusha id of the person whom a search item (V3 property names) names; None when nobody is found."""
        return _first(self._people, _person_item_keys(item))

    def company(self, item: Mapping[str, Any]) -> str | None:
        """Lusha id of the company that a search item, or a lookalike's seed, names; None when none is found."""
        keys = []
        if item.get("id"):
            keys.append(f"id {item['id']}")
        if item.get("domain"):
            keys.append(f"domain {plain_domain(item['domain'])}")
        if item.get("name"):
            keys.append(f"name {plain_company(item['name'])}")
        if item.get("linkedinUrl"):
            keys.append(f"linkedin {linkedin_slug(item['linkedinUrl'])}")
        return _first(self._companies, keys)


def _first(index: Mapping[str, str], keys: list[str]) -> str | None:
    return next((index[key] for key in keys if key in index), None)


def _person_keys(person: Person) -> Iterator[str]:
    profile = person.profile
    yield f"id {profile['id']}"
    yield f"linkedin {linkedin_slug(profile['socialLinks']['linkedin'])}"
    for email in person.emails:
        yield f"email {email.casefold()}"
    name = f"{plain(profile['firstName'])} {plain(profile['lastName'])}"
    for employer in (profile["company"], *(job["company"] for job in profile["previousEmployment"])):
        yield f"at {name} {plain_company(employer['name'])}"
        if "domain" in employer:
            yield f"at {name} {plain_domain(employer['domain'])}"


def _person_item_keys(item: Mapping[str, Any]) -> list[str]:
    keys = []
    if item.get("id"):
        keys.append(f"id {item['id']}")
    if item.get("linkedinUrl"):
        keys.append(f"linkedin {linkedin_slug(item['linkedinUrl'])}")
    if item.get("email"):
        keys.append(f"email {item['email'].casefold()}")
    name = f"{plain(item.get('firstName', ''))} {plain(item.get('lastName', ''))}"
    if item.get("companyDomain"):
        keys.append(f"at {name} {plain_domain(item['companyDomain'])}")
    if item.get("companyName"):
        keys.append(f"at {name} {plain_company(item['companyName'])}")
    return keys


def _company_keys(company: Company) -> Iterator[str]:
    profile = company.profile
    yield f"id {profile['id']}"
    for domain in (profile["domain"], *profile["alternativeDomains"]):
        yield f"domain {plain_domain(domain)}"
    for name in (profile["name"], profile["alternativeName"]):
        yield f"name {plain_company(name)}"
    yield f"linkedin {linkedin_slug(profile['socialLinks']['linkedin'])}"


def plain(text: str) -> str:
    """Letters and digits alone, without case or accents.

    >>> plain("O’Brien-Ibáñez")
    'o brien ibanez'
    """
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    kept = (letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join("".join(kept).split())


def plain_company(name: str) -> str:
    """A company's name without its legal form.

    >>> plain_company("Søgaard Foods Co., Ltd.")
    'sogaard foods'
    """
    return _LEGAL_FORMS.sub("", plain(name))


def plain_domain(text: str) -> str:
    """The bare domain of a domain or URL.

    >>> plain_domain("https://www.Lusha.com/about")
    'lusha.com'
    """
    host = text.strip().casefold().partition("://")[2] or text.strip().casefold()
    return re.split(r"[/?#:]", host, maxsplit=1)[0].removeprefix("www.")


def linkedin_slug(url: str) -> str:
    """The part of a LinkedIn URL that names the person or company; "" when it is none.

    >>> linkedin_slug("http://de.linkedin.com/in/Jane-Doe-1/?trk=x")
    'jane-doe-1'
    """
    found = _LINKEDIN.search(url)
    return found[1].casefold() if found else ""
