"""Prospecting's filters on people. Pure: see ``matching``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.sandbox.lusha.catalogue import SENIORITIES
from connector.sandbox.lusha.matching import (
    Criteria,
    Filter,
    Profile,
    Subject,
    any_said,
    by_slug,
    dig,
    located,
    one_of,
    said,
    same_zip,
    signalled,
    squeezed,
    within,
)


def data_points(profile: Profile) -> set[str]:
    """What exists of a person, as V2's and V3's filters name it."""
    emails = {f"{email['type']}_email" for email in profile["emails"]}
    phones = {f"{phone['type']}_phone" for phone in profile["phones"]}
    return emails | phones | ({"phone"} if phones else set()) | ({"email"} if emails else set())


def _has_data(subject: Subject, wanted: Any, criteria: Criteria) -> bool:
    every = criteria.get("existingDataPointsCondition", "or") == "and"
    return (all if every else any)(point in data_points(subject.profile) for point in wanted)


def _score(subject: Subject, wanted: Any, _: Criteria) -> bool:
    """The score behind the best e-mail's grade: above 75 is A+ (V3 document)."""
    grades = [{"A+": 90, "A": 70}.get(email["confidence"], 50) for email in subject.profile["emails"]]
    return within(max(grades, default=0), [{key[:3]: value for key, value in wanted.items()}])


def _changed_after(subject: Subject, day: Any, _: Criteria) -> bool:
    return any(event.type == "companyChange" and event.day.isoformat() >= day for event in subject.events)


def _former_title(subject: Subject, titles: Any, _: Criteria) -> bool:
    return any(said(title, dig(job, "jobTitle.title")) for title in titles for job in subject.former)


def _person_text(subject: Subject, text: Any, _: Criteria) -> bool:
    paths = ("fullName", "jobTitle.title", "company.name", "location.city", "location.country")
    return said(text, *(dig(subject.profile, path) for path in paths))


def _countries(subject: Subject, countries: Any, _: Criteria) -> bool:
    """By code or by name."""
    known = {squeezed(subject.profile["location"][key]) for key in ("countryIso2", "country")}
    return any(squeezed(country) in known for country in countries)


def _emails(subject: Subject, emails: Any, _: Criteria) -> bool:
    known = {email.casefold() for email in subject.emails}
    return any(email.casefold() in known for email in emails)


def _former_emails(subject: Subject, emails: Any, _: Criteria) -> bool:
    former = {email.casefold() for email in subject.emails[1:-1]}
    return any(email.casefold() in former for email in emails)


CONTACT_FILTERS: Mapping[str, Filter] = {
    "names": any_said("fullName"),
    "jobTitles": any_said("jobTitle.title"),
    "jobTitlesExactMatch": one_of("jobTitle.title"),
    "normalizedJobTitles": one_of("jobTitle.title"),
    "searchText": _person_text,
    "countries": _countries,
    "locations": located,
    "seniorityIds": lambda person, ids, _: SENIORITIES.get(dig(person.profile, "jobTitle.seniority") or "Other") in ids,
    "departments": one_of("jobTitle.departments"),
    "linkedinUrls": by_slug,
    "existingDataPoints": _has_data,
    "signals": signalled,
    "emails": _emails,
    "previousEmails": _former_emails,
    "previousJobTitle": _former_title,
    "ids": one_of("id"),
    "jobChangedAfterDate": _changed_after,
    "jobChangedLastViewDate": _changed_after,
    "score": _score,
    "geographicDetails": same_zip,
}
