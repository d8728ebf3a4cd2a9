"""The people of the demo world, as Lusha's V3 contact enrichment describes them, and what a CRM once heard of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from connector.sandbox import phones, pools
from connector.sandbox.firms import Firm, spread
from connector.sandbox.pools import Place

_NEWEST = date(2026, 10, 15)
"""Lusha's newest update in the demo world."""

Title = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Human:
    """One person. ``employer`` and ``title``: what the CRMs believe; ``profile``: what Lusha could tell, V3's shape.

    ``emails``: every address Lusha finds the person by, former ones included. ``known``: whether Lusha knows the
    person at all; ``restricted``: whether it may tell.
    """

    id: str
    first_name: str
    last_name: str
    employer: Firm
    place: Place
    title: Title
    email: str
    emails: tuple[str, ...]
    linkedin: str
    mobile: phones.Number
    direct: phones.Number
    changed_job: bool
    known: bool
    restricted: bool
    profile: Mapping[str, Any]


def build_people(seed: int, count: int, employers: Sequence[Firm], others: Sequence[Firm]) -> list[Human]:
    """``count`` people who work, or once worked, at ``employers``; ``others`` are firms that no CRM holds."""
    rng = Random(f"{seed}:people")
    taken: set[str] = set()
    return [_human(rng, index, employers, others, taken) for index in range(count)]


def _human(rng: Random, index: int, employers: Sequence[Firm], others: Sequence[Firm], taken: set[str]) -> Human:
    employer = rng.choice(employers)
    changed_job = spread(index, 0.08, offset=3)
    elsewhere = [firm for firm in (*others, *employers[:5]) if firm is not employer]
    current = rng.choice(elsewhere) if changed_job and elsewhere else employer
    place = employer.place if rng.random() < 0.8 else rng.choice(pools.PLACES)
    first = rng.choice(pools.FIRST_NAMES[place.language].split())
    last = rng.choice(pools.LAST_NAMES[place.language].split())
    handle = _handle(first, last, {employer.domain, current.domain}, taken)
    private = f"{handle}{rng.randrange(60, 99)}@example.{rng.choice(('com', 'org', 'net'))}"
    human = Human(
        id=str(4_389_064_704 + index * 31),
        first_name=first,
        last_name=last,
        employer=employer,
        place=place,
        title=rng.choice(pools.TITLES),
        email=f"{handle}@{employer.domain}",
        emails=(*dict.fromkeys(f"{handle}@{firm.domain}" for firm in (current, employer)), private),
        linkedin=f"https://www.linkedin.com/in/{handle.replace('.', '-')}-{rng.randrange(16**7):07x}",
        mobile=phones.draw(rng, place.phones, mobile=True),
        direct=phones.draw(rng, place.phones, mobile=False),
        changed_job=current is not employer,
        known=not spread(index, 0.20, offset=2),
        restricted=spread(index, 0.015, offset=25),
        profile={},
    )
    title = _known_title(rng, index, human)
    return replace(human, profile=_profile(rng, index, human, title, current))


def _handle(first: str, last: str, domains: set[str], taken: set[str]) -> str:
    """``jane.doe``, numbered where somebody of that name has the address already."""
    plain = f"{pools.latin(first)}.{pools.latin(last)}".lower().replace("'", "").replace("-", "")
    handle, number = plain, 1
    while not taken.isdisjoint(f"{handle}@{domain}" for domain in domains):
        number += 1
        handle = f"{plain}{number}"
    taken.update(f"{handle}@{domain}" for domain in domains)
    return handle


def _known_title(rng: Random, index: int, human: Human) -> Title:
    """Lusha's title: the CRM's, a newer one, or one of the few that a CRM cannot take."""
    if index % 97 == 14:
        return (pools.LONG_TITLE, "Business Development", "Vice President")
    if index % 37 == 7:
        return rng.choice(pools.RARE_TITLES)
    return rng.choice(pools.TITLES) if human.changed_job or index % 4 == 1 else human.title


def _profile(rng: Random, index: int, human: Human, title: Title, current: Firm) -> dict[str, Any]:
    updated = _NEWEST - timedelta(days=rng.randrange(400))
    words, department, seniority = title
    first = pools.FULL_FORMS.get(human.first_name, human.first_name)
    last = human.last_name
    profile: dict[str, Any] = {
        "id": human.id,
        "firstName": first,
        "lastName": last,
        "fullName": f"{last}{first}" if human.place.language == "zh" else f"{first} {last}",
        "jobTitle": {"title": words, "departments": [department], "seniority": seniority},
        "location": _location(human.place),
        "tags": [],
        "emails": _emails(rng, (human.emails[0], human.emails[-1]), updated),
        "phones": _phones(rng, human.mobile, human.direct, updated),
        "company": _company(current),
        "socialLinks": {"linkedin": human.linkedin},
        "previousEmployment": [],
        "updateDate": updated.isoformat(),
    }
    if human.changed_job:
        employer = {"name": human.employer.name, "domain": human.employer.domain}
        profile["previousEmployment"] = [{"company": employer, "jobTitle": {"title": human.title[0]}}]
    if index % 11 == 4:
        del profile["jobTitle"]["seniority"]
    return profile


def _company(firm: Firm) -> dict[str, str]:
    """The reference to an employer; of one that Lusha has no profile of, the name alone."""
    if not firm.known:
        return {"name": firm.name}
    return {key: firm.profile[key] for key in ("id", "name", "domain", "industry")}


def _emails(rng: Random, addresses: tuple[str, str], updated: date) -> list[dict[str, str]]:
    """Most people have a work e-mail, some a private one as well, a few none."""
    work, private = addresses
    found = []
    if rng.random() < 0.92:
        found.append((work, "work", rng.choice(("A+", "A+", "B"))))
    if rng.random() < 0.2:
        found.append((private, "private", "A"))
    return [
        {"email": email, "type": kind, "confidence": grade, "updateDate": updated.isoformat()}
        for email, kind, grade in found
    ]


def _phones(rng: Random, mobile: phones.Number, direct: phones.Number, updated: date) -> list[dict[str, Any]]:
    """Two in three have a mobile, half a direct line; one in ten numbers must not be called."""
    found = []
    if rng.random() < 0.66:
        found.append((mobile, "mobile"))
    if rng.random() < 0.5:
        found.append((direct, "direct"))
    return [
        {
            "number": number.e164,
            "type": kind,
            "doNotCall": rng.random() < 0.1,
            "updateDate": updated.isoformat(),
        }
        for number, kind in found
    ]


def _location(place: Place) -> dict[str, Any]:
    location = {
        "country": place.country,
        "countryIso2": place.iso2,
        "state": place.state,
        "city": place.city,
        "continent": place.continent,
        "coordinates": [place.longitude, place.latitude],
        "isEuContact": place.eu,
    }
    return {key: value for key, value in location.items() if value is not None}
