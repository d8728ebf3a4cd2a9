"""What has lately happened to the people and companies of the demo world: invented, but always the same.

People's signals follow from their profile (who changed job has a companyChange); a company's from its id. Read by
the signals operations, and by searches and prospecting that filter on signals. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from connector.sandbox import pools
from connector.sandbox.directory import Directory

ALL = "allSignals"
CONTACT_TYPES = ("promotion", "companyChange")
NEWS: Mapping[str, tuple[str, ...]] = {
    "riskNews": ("Security Issue", "Lawsuit Faced"),
    "commercialActivityNews": ("Partnership", "New Customer", "New Vendor"),
    "corporateStrategyNews": (
        "M&A", "Facilities Expansion", "New Location", "Facility Closure", "Asset Sale", "Lawsuit Filed",
    ),
    "financialEventsNews": ("Funding Round", "Asset Investment", "Strategic Investment", "IPO"),
    "peopleNews": (
        "Executive Hire", "Executive Departure", "Executive Promotion", "Headcount Increase", "Headcount Decrease",
    ),
    "marketIntelligenceNews": ("Event Participation", "Recognition", "Competitor Activity"),
    "productActivityNews": ("Product Launch", "Product Development", "Product Integration"),
}  # fmt: skip
"""News signals and the events each covers (V2 document, "Get Signal Options")."""
HEADCOUNT = tuple(f"headcount{way}{months}m" for months in (1, 3, 6, 12) for way in ("Increase", "Decrease"))
COMPANY_TYPES = (
    "websiteTrafficIncrease", "websiteTrafficDecrease", "itSpendIncrease", "itSpendDecrease", *HEADCOUNT,
    "surgeInHiring", "surgeInHiringByDepartment", "surgeInHiringByLocation", *NEWS,
)  # fmt: skip
"""Of both generations; V3 has ``LINKEDIN`` as well."""
LINKEDIN = "linkedinActivityIntent"
LINKEDIN_DAYS = 90
"""V3 tells LinkedIn activity of the last 90 days alone, whatever ``startDate`` says."""
LINKEDIN_MOST = 50
DEPARTMENTS = (
    "Business Development", "Consulting", "Customer Service", "Engineering & Technical", "Finance",
    "General Management", "Health Care & Medical", "Human Resources", "Information Technology", "Legal", "Marketing",
    "Operations", "Other", "Product", "Research & Analytics", "Sales",
)  # fmt: skip
INTENT_CATEGORIES = ("Business", "Finance", "Marketing", "Technology")

_NEWEST = date(2026, 10, 15)
"""The day of the world's newest events, as of its profiles (``people``)."""
_DEFAULT_DAYS = 182

Profile = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One signal. ``detail``: its fields, named as both documents name them."""

    type: str
    day: date
    detail: Mapping[str, Any]


Keep = Callable[[Event], bool]
"""A refinement within signals."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which signals a request wants. ``most``: for each type."""

    types: tuple[str, ...]
    start: date
    end: date
    most: int = 100

    @classmethod
    def of(
        cls, types: Iterable[str], every: Iterable[str], start: str | None, today: date, most: int | None = None
    ) -> Asked:
        """``start``: six months ago unless said; ``allSignals`` stands for ``every`` type."""
        wanted = tuple(types)
        since = date.fromisoformat(start) if start else today - timedelta(days=_DEFAULT_DAYS)
        return cls(tuple(every) if ALL in wanted else wanted, since, today, 100 if most is None else most)

    def matching(self, events: Iterable[Event]) -> dict[str, list[Event]]:
        """The wanted ones of ``events`` by type, the newest first; types without any are left out."""
        found: dict[str, list[Event]] = {}
        for event in sorted(events, key=lambda event: event.day, reverse=True):
            if event.type in self.types and self._since(event.type) <= event.day <= self.end:
                found.setdefault(event.type, []).append(event)
        kept = {type: each[: self._most(type)] for type, each in found.items()}
        return {type: each for type, each in kept.items() if each}

    def of_one(self, events: Iterable[Event], *keeps: Keep) -> dict[str, list[Event]]:
        """``matching`` of those that every one of ``keeps`` keeps."""
        return self.matching(event for event in events if all(keep(event) for keep in keeps))

    def _since(self, type: str) -> date:
        return max(self.start, self.end - timedelta(days=LINKEDIN_DAYS)) if type == LINKEDIN else self.start

    def _most(self, type: str) -> int:
        return max(0, min(self.most, LINKEDIN_MOST) if type == LINKEDIN else self.most)


def contact_events(profile: Profile) -> list[Event]:
    """What happened to a person: a change of company where there is a former one, else a promotion for one in five."""
    day = date.fromisoformat(profile["updateDate"]).replace(day=1)
    former = profile["previousEmployment"]
    if former:
        return [Event("companyChange", day, {"previous": former[0]["company"]})]
    promoted = int(profile["id"]) // 31 % 5 == 2
    return [Event("promotion", day, {"previous": profile["company"]})] if promoted else []


def company_events(profile: Profile) -> list[Event]:
    """What happened to a company: about one in four of all types."""
    seed = int(profile["id"]) // 137
    types = (*COMPANY_TYPES, LINKEDIN)
    return [
        Event(type, _day(seed, nth, type), _detail(type, nth, seed, profile))
        for nth, type in enumerate(types)
        if (seed + nth * 7) % (3 + nth % 4) == 0
    ]


def told(directory: Directory, kind: str, id: str) -> bool:
    """Whether somebody has this id and may be told of."""
    if kind == "companies":
        return id in directory.companies
    return id in directory.people and not directory.people[id].restricted


def events_of(directory: Directory, kind: str, id: str) -> list[Event]:
    """The signals of a person or company."""
    if kind == "contacts":
        return contact_events(directory.people[id].profile)
    return company_events(directory.companies[id].profile)


def _day(seed: int, nth: int, type: str) -> date:
    return _NEWEST - timedelta(days=(seed * 53 + nth * 29) % (40 if type == LINKEDIN else 330))


def _detail(type: str, nth: int, seed: int, profile: Profile) -> dict[str, Any]:
    if type == LINKEDIN:
        return _linkedin(seed, profile)
    who = {"companyId": profile["id"], "companyName": profile["name"], "domain": profile["domain"]}
    numbered = who | {"signalId": str(1_503_000 + seed % 10_000 * 100 + nth)}
    if type in NEWS:
        return numbered | _news(NEWS[type][seed % len(NEWS[type])], _day(seed, nth, type), profile)
    return numbered | {"signalDate": _day(seed, nth, type).isoformat()} | _figures(type, profile)


def _figures(type: str, profile: Profile) -> dict[str, Any]:
    size = profile["employeeCount"]["exact"]
    rate = -12 if "Decrease" in type else 25
    after = max(1, size * (100 + rate) // 100)
    if type.startswith("websiteTraffic"):
        return {"historicalAvg": size * 350, "lastMonthVisits": after * 350, "changeRatePercent": rate}
    if type.startswith("itSpend"):
        return {"estimatedAnnualItSpend": after * 1_200, "changeRatePercent": rate}
    if type.startswith("headcount"):
        return {"baselineEmployeesCount": size, "newEmployeesCount": after, "changeRatePercent": rate}
    jobs = {"historicalAvg": 8, "changeRatePercent": 150}
    if type == "surgeInHiring":
        return jobs | {"newJobsPostedLastWeek": 20}
    place = {key: profile["location"][key] for key in ("country", "state") if key in profile["location"]}
    where = place if type == "surgeInHiringByLocation" else {"department": pools.DEPARTMENTS[size % 6]}
    return jobs | where | {"newJobsPostedLast4Weeks": 20}


def _news(event: str, day: date, profile: Profile) -> dict[str, Any]:
    title = f"{profile['name']}: {event.lower()}"
    return {
        "eventType": event.lower(),
        "eventSummary": f"{profile['name']} made the news: {event.lower()}.",
        "articlePublishedDate": day.isoformat(),
        "articleTitle": title,
        "articleHighlight": f"An invented article about {profile['name']}.",
        "eventEffectiveDate": (day - timedelta(days=5)).isoformat(),
        "articleUrl": f"https://news.example.com/{profile['id']}-{event.lower().replace(' ', '-').replace('&', 'and')}",
    }


def _linkedin(seed: int, profile: Profile) -> dict[str, Any]:
    category = INTENT_CATEGORIES[seed % len(INTENT_CATEGORIES)]
    return {
        "companyId": int(profile["id"]),
        "activityPublicationDate": _day(seed, len(COMPANY_TYPES), LINKEDIN).isoformat(),
        "signalCategory": "Technology or Stack Discussion",
        "intentTopics": [{"topic": "CRM", "category": category}],
        "author": {"id": None, "fullName": "Jo Bloggs", "linkedinUrl": "https://www.linkedin.com/in/jo-bloggs-0000000"},
        "contactsMentioned": [],
        "companiesMentioned": [
            {"id": profile["id"], "name": profile["name"], "linkedinUrl": profile["socialLinks"]["linkedin"]}
        ],
        "activityUrl": f"https://www.linkedin.com/feed/update/urn:li:activity:{profile['id']}0000",
        "activitySummary": f"Discusses the tools used at {profile['name']}.",
        "activityLikes": seed % 90,
        "activityComments": seed % 7,
        "activityShares": seed % 4,
        "activityType": "post",
    }


def only_news(events: Sequence[str]) -> Keep:
    """Keeps news about one of these events, and everything that is no news. Case does not matter."""
    wanted = {event.casefold() for event in events}
    return lambda event: event.type not in NEWS or event.detail["eventType"] in wanted


def only_departments(departments: Sequence[str]) -> Keep:
    """Keeps surges of hiring in one of these departments, and everything else."""
    wanted = {department.casefold() for department in departments}
    return lambda event: event.type != "surgeInHiringByDepartment" or event.detail["department"].casefold() in wanted


def only_places(places: Sequence[Mapping[str, str]]) -> Keep:
    """Keeps surges of hiring at one of these places (country, perhaps state), and everything else."""

    def keeps(event: Event) -> bool:
        return event.type != "surgeInHiringByLocation" or any(
            all(
                event.detail.get(key, "").casefold() == place[key].casefold()
                for key in ("country", "state")
                if key in place
            )
            for place in places
        )

    return keeps


def only_categories(categories: Sequence[str]) -> Keep:
    """Keeps LinkedIn activity of one of these intent categories, and everything else."""
    wanted = {category.casefold() for category in categories}
    return lambda event: (
        event.type != LINKEDIN or any(topic["category"].casefold() in wanted for topic in event.detail["intentTopics"])
    )


def filtered_types(events: Iterable[Event], wanted: Mapping[str, Any]) -> list[str]:
    """Types of the events that prospecting's ``signals`` filter, in V3's names, matches; all there are, of any time,
    where it names no types or no ``startDate``."""
    types = wanted.get("types", [ALL])
    since = date.fromisoformat(wanted["startDate"]) if "startDate" in wanted else date.min
    keeps = [make(wanted[name]) for name, make in _REFINEMENTS.items() if wanted.get(name)]
    found = (
        event.type
        for event in events
        if event.day >= since and (ALL in types or event.type in types) and all(keep(event) for keep in keeps)
    )
    return list(dict.fromkeys(found))


def _hiring_departments(wanted: Sequence[Mapping[str, str]]) -> Keep:
    return only_departments([one["department"] for one in wanted])


_REFINEMENTS: Mapping[str, Callable[[Any], Keep]] = {
    "filterByLocation": only_places,
    "filterByDepartment": _hiring_departments,
    "filterByIntentCategory": only_categories,
}
"""V3's company signals alone. Their own ``startDate`` is accepted and not applied: the signals' one is."""
