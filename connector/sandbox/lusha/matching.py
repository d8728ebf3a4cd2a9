"""Whether a person or company passes a prospecting filter: values of one filter are alternatives, filters add up.

Filters carry V3's names; V2's are translated before (``v2.prospecting``). A filter that is accepted but has no data
in this world matches nobody (``NO_DATA``): included it finds nothing, excluded it drops nothing. The filters themselves
stand in ``contact_filters`` and ``company_filters``. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.sandbox.directory import linkedin_slug, plain
from connector.sandbox.lusha.catalogue import GROUPINGS
from connector.sandbox.lusha.signals import Event, filtered_types

Criteria = Mapping[str, Any]
Profile = Mapping[str, Any]

MODIFIERS = frozenset(
    {"technologiesCondition", "intentTopicsCondition", "intentTopicsOperator", "existingDataPointsCondition",
     "keywordsSearchFields"}
)  # fmt: skip
"""Say how another filter is meant. ``keywordsSearchFields`` is accepted alone: this world's keywords have one field."""
NO_DATA = frozenset({"skills", "certifications", "awards", "education"})
"""V3's contact filters on data that this world does not hold."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A person or company under a filter. ``emails`` of a person: every known one, the current first; ``events`` the
    signals; ``former`` the profile's previous employment (also of the person behind an employer)."""

    profile: Profile
    events: tuple[Event, ...] = ()
    emails: tuple[str, ...] = ()
    former: tuple[Profile, ...] = ()


Filter = Callable[[Subject, Any, Criteria], bool]


def passes(subject: Subject, include: Criteria, exclude: Criteria, filters: Mapping[str, Filter]) -> bool:
    """Whether every included filter matches and no excluded one does."""
    return all(_matches(subject, include, filters)) and not any(_matches(subject, exclude, filters))


def _matches(subject: Subject, criteria: Criteria, filters: Mapping[str, Filter]) -> Iterable[bool]:
    """Filters without a value filter nothing."""
    for name, value in criteria.items():
        if name not in MODIFIERS and value not in ([], {}, ""):
            yield name not in NO_DATA and filters[name](subject, value, criteria)


def _words(text: str) -> set[str]:
    return set(plain(text).split())


def said(text: str, *parts: str | None) -> bool:
    """Whether every word of ``text`` stands somewhere in ``parts``."""
    return bool(_words(text)) and _words(text) <= {word for part in parts if part for word in _words(part)}


def any_said(path: str) -> Filter:
    """Every word of one of the values stands in the text at ``path``."""
    return lambda subject, values, _: any(said(value, dig(subject.profile, path)) for value in values)


def one_of(path: str) -> Filter:
    """One of the values, in any spelling, is the text at ``path`` or one of its texts."""

    def matches(subject: Subject, values: Any, _: Criteria) -> bool:
        found = dig(subject.profile, path)
        texts = found if isinstance(found, list) else [found]
        wanted = {squeezed(value) for value in values}
        return any(text is not None and squeezed(str(text)) in wanted for text in texts)

    return matches


def squeezed(text: str) -> str:
    """Letters and digits alone: ``Non Profit``, ``Nonprofit`` and ``non_profit`` are one."""
    return plain(text).replace(" ", "")


def dig(profile: Profile, path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    value: Any = profile
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def at_place(location: Profile, place: Profile) -> bool:
    """Whether a location is the place named: every part that is given must fit; a region is a state."""
    told = {
        "city": location.get("city"),
        "state": location.get("state"),
        "region": location.get("state"),
        "country": location.get("country"),
        "continent": location.get("continent"),
        "countryIso2": location.get("countryIso2"),
        "countryGrouping": GROUPINGS.get(location.get("continent", "")),
    }
    return bool(place) and all(squeezed(told[part] or "") == squeezed(value) for part, value in place.items())


def located(subject: Subject, places: Any, _: Criteria) -> bool:
    """The person lives, or the company has its seat, at one of the places."""
    location = subject.profile.get("location", {})
    return any(at_place(location, place) for place in places)


def same_zip(subject: Subject, areas: Any, _: Criteria) -> bool:
    """The seat's zip code, as this world knows no distances and no other sites; people have none."""
    location = subject.profile.get("location", {})
    return any(
        area.get("zipcode") == location.get("zipCode", "")
        and area.get("countryIso2", area.get("country", location.get("country")))
        in (location.get("countryIso2"), location.get("country"))
        for area in areas
    )


def by_slug(subject: Subject, urls: Any, _: Criteria) -> bool:
    """One of the LinkedIn URLs, in any spelling."""
    slug = linkedin_slug(dig(subject.profile, "socialLinks.linkedin") or "")
    return bool(slug) and slug in {linkedin_slug(url) for url in urls}


def signalled(subject: Subject, wanted: Any, _: Criteria) -> bool:
    """Something of the wanted types happened."""
    return bool(filtered_types(subject.events, wanted))


def within(number: int | None, ranges: Any) -> bool:
    """Whether a number lies in one of the ranges, ends included."""
    return number is not None and any(
        range.get("min", number) <= number <= range.get("max", number) for range in ranges
    )
