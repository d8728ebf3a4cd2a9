"""Prospecting's filters on companies. Pure: see ``matching``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connector.sandbox.directory import plain_company, plain_domain
from connector.sandbox.lusha.catalogue import MAIN_IDS, SUB_IDS
from connector.sandbox.lusha.matching import (
    Criteria,
    Filter,
    Profile,
    Subject,
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


def _company_name(subject: Subject, names: Any, _: Criteria) -> bool:
    return any(said(plain_company(name), dig(subject.profile, "name")) for name in names)


def _domains(subject: Subject, domains: Any, _: Criteria) -> bool:
    known = {
        plain_domain(domain)
        for domain in (subject.profile.get("domain", ""), *subject.profile.get("alternativeDomains", ()))
    }
    return any(plain_domain(domain) in known for domain in domains)


def _revenue(subject: Subject, ranges: Any, _: Criteria) -> bool:
    """The company's range and the wanted one overlap."""
    known = subject.profile.get("revenueRange")
    return known is not None and any(
        wanted.get("min", 0) <= known["max"] and known["min"] <= wanted.get("max", known["min"]) for wanted in ranges
    )


def _technologies(subject: Subject, names: Any, criteria: Criteria) -> bool:
    every = criteria.get("technologiesCondition", "or") == "and"
    known = {squeezed(name) for name in subject.profile.get("technologies", ())}
    return (all if every else any)(squeezed(name) in known for name in names)


def _industries(subject: Subject, labels: Any, _: Criteria) -> bool:
    known = {squeezed(dig(subject.profile, path) or "") for path in ("industry", "subIndustry")} - {""}
    return any(squeezed(label) in known for label in labels)


def _intent(subject: Subject) -> list[Profile]:
    return list((subject.profile.get("intent") or {}).get("detectedTopics", ()))


def _topics(subject: Subject, names: Any, criteria: Criteria) -> bool:
    operator = criteria.get("intentTopicsOperator", criteria.get("intentTopicsCondition", "or"))
    known = {squeezed(topic["topicName"]) for topic in _intent(subject)}
    return (all if operator in ("and", "all") else any)(squeezed(name) in known for name in names)


def _topic_score(subject: Subject, ranges: list[dict[str, int]]) -> bool:
    return any(within(topic["metadata"]["topicScore"], ranges) for topic in _intent(subject))


def _codes(path: str) -> Filter:
    """A code, or the beginning of one: NAICS ``11`` is every trade of that sector."""
    return lambda subject, codes, _: any(
        str(known["code"]).startswith(code) for known in subject.profile.get(path, ()) for code in codes
    )


def _funding(subject: Subject, wanted: Any, _: Criteria) -> bool:
    """Every part given must fit; ``investors`` and ``types`` are accepted and not applied (V3 document)."""
    known = subject.profile.get("funding")
    return known is not None and all(_FUNDING[part](known, value) for part, value in wanted.items())


_FUNDING: Mapping[str, Callable[[Profile, Any], bool]] = {
    "isIpo": lambda known, value: bool(known["isIpo"] == value),
    "ranges": lambda known, ranges: within(known["lastRoundAmount"], ranges),
    "date": lambda known, value: _round_day(known["lastRoundDate"]) >= value.get("date", ""),
    "rounds": lambda known, rounds: any(
        squeezed(wanted.get("round", "")) == squeezed(known["lastRoundType"]) for wanted in rounds
    ),
    "names": lambda known, names: False,  # the rounds of this world have no such name
    "investors": lambda known, names: True,
    "types": lambda known, names: True,
}


def _round_day(text: str) -> str:
    """``Nov 10, 2021`` → ``2021-11-10``."""
    month, day, year = text.replace(",", "").split()
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{year}-{months.index(month) + 1:02d}-{int(day):02d}"


def _company_text(subject: Subject, text: Any, _: Criteria) -> bool:
    paths = (
        "name",
        "description",
        "industry",
        "subIndustry",
        "location.city",
        "location.country",
        "location.countryIso2",
    )
    return said(text, *(dig(subject.profile, path) for path in paths))


def _tagged(subject: Subject, words: Any, _: Criteria) -> bool:
    tags = [*subject.profile.get("keywords", ()), *subject.profile.get("specialities", ())]
    return any(said(word, tag) for word in words for tag in tags)


def _former_company(key: str, plainly: Callable[[str], str]) -> Filter:
    return lambda subject, values, _: any(
        plainly(dig(job, f"company.{key}") or "") in {plainly(value) for value in values} for job in subject.former
    )


COMPANY_FILTERS: Mapping[str, Filter] = {
    "names": _company_name,
    "domains": _domains,
    "ids": one_of("id"),
    "searchText": _company_text,
    "locations": located,
    "sizes": lambda firm, ranges, _: within(dig(firm.profile, "employeeCount.exact"), ranges),
    "revenues": _revenue,
    "technologies": _technologies,
    "industriesLabels": _industries,
    "mainIndustriesIds": lambda firm, ids, _: MAIN_IDS.get(firm.profile.get("industry", "")) in ids,
    "subIndustriesIds": lambda firm, ids, _: SUB_IDS.get(firm.profile.get("subIndustry", "")) in ids,
    "intentTopics": _topics,
    "intentMinScore": lambda firm, score, _: _topic_score(firm, [{"min": score}]),
    "intentMaxScore": lambda firm, score, _: _topic_score(firm, [{"max": score}]),
    "topicCountThreshold": lambda firm, ranges, _: within(len(_intent(firm)), ranges),
    "sicCodes": _codes("sicCodes"),
    "naicsCodes": _codes("naicsCodes"),
    "funding": _funding,
    "foundedYear": lambda firm, ranges, _: within(firm.profile.get("yearFounded"), ranges),
    "businessModel": one_of("businessModel"),
    "companyType": one_of("companyType"),
    "linkedinUrls": by_slug,
    "keywords": _tagged,
    "specialities": _tagged,
    "exactKeywords": one_of("keywords"),
    "exactSpecialities": one_of("specialities"),
    "previousCompanyDomains": _former_company("domain", plain_domain),
    "previousCompanyNames": _former_company("name", plain_company),
    "geographicDetails": same_zip,
    "locationsZipcodes": same_zip,
    "headquarterZipcodes": same_zip,
    "signals": signalled,
}
