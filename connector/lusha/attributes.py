"""The catalogue of canonical attributes: what a profile can hold, and what must be paid to have it.

Stands below the mapping room: mappings are checked against it, and the engine asks it which data a mapped path
needs before it buys any. One table per entity; the validator, the forecast and the documentation read it.

A *datum* is the unit that Lusha sells (https://docs.lusha.com/apis/openapi, Search and Enrich):

    person    preview    in every search answer       company   preview     in every search answer
              profile    free with any enrich                   company     the base enrich
              emails     revealed, per person                   REVEALS     revealed on top of the base, each by
              phones     revealed, per person                               itself (V2: intent comes with the base)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Any, Literal

from connector.models import Entity

Type = Literal["text", "integer", "number", "boolean", "date", "list"]
Datum = Literal[
    "preview", "profile", "emails", "phones", "company", "employeesByDepartment", "employeesByLocation",
    "employeesBySeniority", "competitors", "intent", "estimatedAnnualItSpend", "monthlyWebsiteTraffic",
]  # fmt: skip

REVEALS: Mapping[Entity, frozenset[str]] = MappingProxyType(
    {
        "person": frozenset({"emails", "phones"}),
        "company": frozenset({"employeesByDepartment", "employeesByLocation", "employeesBySeniority", "competitors",
                              "intent", "estimatedAnnualItSpend", "monthlyWebsiteTraffic"}),
    }
)  # fmt: skip
"""Data that an enrich request names in its ``reveal`` list."""

BASE: Mapping[Entity, str] = MappingProxyType({"person": "profile", "company": "company"})
"""The datum that every enrich answer carries, whatever was revealed."""

PERSON_ROOTS_OF_THE_JOB = frozenset({"job_title", "company", "job_start_date", "previous_job"})
_PERSONAL = {"emails": "private", "phones": "mobile"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One leaf of a profile.

    ``path``: dotted, list items with ``[]`` (``emails[].email``). ``type`` of the leaf; "list" is a list of texts.
    ``job_bound``: goes with the job, so a change of employer makes it the old employer's; for ``emails[]`` and
    ``phones[]`` that depends on the item (``own_view``). ``generations``: the APIs that tell it at all.
    """

    path: str
    type: Type
    datum: Datum
    job_bound: bool
    about: str
    generations: frozenset[str]


_BOTH = frozenset({"v3", "v2"})
_V2 = frozenset({"v2"})
_V3 = frozenset({"v3"})
_Row = tuple[str, Type, Datum, str] | tuple[str, Type, Datum, str, frozenset[str]]

_PERSON: tuple[_Row, ...] = (
    ("id", "text", "preview", "Lusha's id of the person"),
    ("first_name", "text", "preview", "given name"),
    ("last_name", "text", "preview", "family name"),
    ("full_name", "text", "preview", "whole name; first and last where Lusha tells no other"),
    ("job_title.title", "text", "preview", "title as the person writes it"),
    ("job_title.seniority", "text", "preview", "level, such as Director"),
    ("job_title.departments", "list", "preview", "departments"),
    ("job_start_date", "date", "profile", "start of the present job", _V2),
    ("company.id", "text", "preview", "Lusha's id of the employer"),
    ("company.name", "text", "preview", "employer"),
    ("company.domain", "text", "preview", "employer's domain, without www."),
    ("company.industry", "text", "preview", "employer's industry"),
    ("location.country", "text", "preview", "country by name"),
    ("location.country_iso2", "text", "preview", "country by two letters; from the name where Lusha tells no code"),
    ("location.continent", "text", "profile", "continent"),
    ("location.state", "text", "preview", "state or region"),
    ("location.state_code", "text", "profile", "state or region by code", _V2),
    ("location.city", "text", "preview", "city"),
    ("location.raw", "text", "profile", "location in one line", _V2),
    ("location.is_eu", "boolean", "profile", "whether EU data protection law applies to the person"),
    ("social.linkedin", "text", "preview", "LinkedIn URL"),
    ("social.x", "text", "profile", "X URL"),
    ("emails[].email", "text", "emails", "e-mail address"),
    ("emails[].type", "text", "emails", "work, private or unknown"),
    ("emails[].confidence", "text", "emails", "A+, A, B …"),
    ("emails[].update_date", "date", "emails", "when Lusha last checked it"),
    ("phones[].number", "text", "phones", "number as Lusha writes it"),
    ("phones[].type", "text", "phones", "mobile, direct, work or unknown"),
    ("phones[].do_not_call", "boolean", "phones", "whether the number is on a do-not-call list"),
    ("phones[].update_date", "date", "phones", "when Lusha last checked it"),
    ("previous_job.company.name", "text", "profile", "employer before the present one"),
    ("previous_job.company.domain", "text", "profile", "that employer's domain"),
    ("previous_job.job_title.title", "text", "profile", "title there"),
    ("tags", "list", "profile", "names of the account's own tags"),
    ("update_date", "date", "profile", "when Lusha last changed the profile"),
)

_COMPANY: tuple[_Row, ...] = (
    ("id", "text", "preview", "Lusha's id of the company"),
    ("name", "text", "preview", "name"),
    ("alternative_name", "text", "company", "other name"),
    ("domain", "text", "preview", "domain, without www."),
    ("alternative_domains", "list", "company", "other domains", _V3),
    ("email_domain", "text", "company", "domain of the company's e-mail"),
    ("description", "text", "company", "what it does, in its own words"),
    ("type", "text", "company", "such as Private Company"),
    ("founded_year", "integer", "company", "year of foundation"),
    ("employee_count.exact", "integer", "preview", "employees"),
    ("employee_count.min", "integer", "preview", "lower bound of the size class"),
    ("employee_count.max", "integer", "preview", "upper bound of the size class"),
    ("revenue.min", "number", "company", "lower bound of yearly revenue, US dollars"),
    ("revenue.max", "number", "company", "upper bound of yearly revenue, US dollars"),
    ("industry", "text", "preview", "main industry"),
    ("sub_industry", "text", "company", "narrower industry"),
    ("specialities", "list", "company", "specialities"),
    ("sic_codes[].code", "integer", "company", "SIC code"),
    ("sic_codes[].description", "text", "company", "SIC code in words"),
    ("naics_codes[].code", "integer", "company", "NAICS code"),
    ("naics_codes[].description", "text", "company", "NAICS code in words"),
    ("location.country", "text", "preview", "country of the headquarters by name"),
    ("location.country_iso2", "text", "preview", "country by two letters"),
    ("location.continent", "text", "preview", "continent"),
    ("location.state", "text", "preview", "state or region"),
    ("location.state_code", "text", "preview", "state or region by code"),
    ("location.city", "text", "preview", "city"),
    ("location.zip_code", "text", "company", "postal code", _V3),
    ("location.raw", "text", "company", "location in one line", _V2),
    ("additional_locations[].country", "text", "company", "country of another site by name"),
    ("additional_locations[].country_iso2", "text", "company", "country by two letters"),
    ("additional_locations[].continent", "text", "company", "continent"),
    ("additional_locations[].state", "text", "company", "state or region"),
    ("additional_locations[].state_code", "text", "company", "state or region by code"),
    ("additional_locations[].city", "text", "company", "city"),
    ("additional_locations[].zip_code", "text", "company", "postal code", _V3),
    ("social.linkedin", "text", "preview", "LinkedIn URL"),
    ("social.facebook", "text", "company", "Facebook URL", _V3),
    ("social.x", "text", "company", "X URL", _V3),
    ("social.crunchbase", "text", "company", "Crunchbase URL", _V2),
    ("phone", "text", "company", "first telephone number", _V3),
    ("email", "text", "company", "first e-mail address", _V3),
    ("website", "text", "preview", "web address, from the domain as Lusha writes it"),
    ("linkedin_followers", "integer", "company", "followers on LinkedIn"),
    ("funding.rounds[].type", "text", "company", "kind of a funding round"),
    ("funding.rounds[].amount", "number", "company", "amount of a funding round"),
    ("funding.rounds[].currency", "text", "company", "currency of a funding round"),
    ("funding.rounds[].date", "date", "company", "date of a funding round"),
    ("funding.total_rounds", "integer", "company", "funding rounds in all"),
    ("funding.total_amount", "number", "company", "funding in all"),
    ("funding.currency", "text", "company", "currency of the funding"),
    ("funding.is_ipo", "boolean", "company", "whether it went public"),
    ("funding.last_round_type", "text", "company", "kind of the last round"),
    ("funding.last_round_amount", "number", "company", "amount of the last round"),
    ("funding.last_round_date", "date", "company", "date of the last round"),
    ("technologies", "list", "company", "technologies in use"),
    ("intent.topics[].name", "text", "intent", "topic that the company reads about"),
    ("intent.topics[].score", "number", "intent", "strength, 0 to 100"),
    ("intent.topics[].trend", "number", "intent", "change of the score"),
    ("business_model", "list", "company", "such as B2B", _V3),
    ("keywords", "list", "company", "keywords", _V3),
    ("competitors[].id", "text", "competitors", "Lusha's id of a competitor", _V3),
    ("competitors[].name", "text", "competitors", "competitor", _V3),
    ("competitors[].domain", "text", "competitors", "competitor's domain", _V3),
    ("employees_by_department[].department", "text", "employeesByDepartment", "department", _V3),
    ("employees_by_department[].count", "integer", "employeesByDepartment", "employees in it", _V3),
    ("employees_by_location[].country", "text", "employeesByLocation", "country by name", _V3),
    ("employees_by_location[].state", "text", "employeesByLocation", "state or region, where told apart", _V3),
    ("employees_by_location[].count", "integer", "employeesByLocation", "employees there", _V3),
    ("employees_by_seniority[].seniority", "text", "employeesBySeniority", "level, such as Director", _V3),
    ("employees_by_seniority[].count", "integer", "employeesBySeniority", "employees of that level", _V3),
    ("it_spend.value", "number", "estimatedAnnualItSpend", "estimated yearly spending on IT", _V3),
    ("it_spend.currency", "text", "estimatedAnnualItSpend", "currency of that estimate", _V3),
    ("it_spend.value_usd", "number", "estimatedAnnualItSpend", "the estimate in US dollars", _V3),
    ("website_traffic.visits", "number", "monthlyWebsiteTraffic", "visits of the website in a month", _V3),
    ("website_traffic.mom_change_percent", "number", "monthlyWebsiteTraffic", "change on the month before", _V3),
    ("website_traffic.month", "text", "monthlyWebsiteTraffic", "that month, YYYY-MM", _V3),
    ("logo_url", "text", "company", "address of the logo"),
)  # fmt: skip


def _table(entity: Entity, rows: tuple[_Row, ...]) -> Mapping[str, Attribute]:
    def attribute(row: _Row) -> Attribute:
        path, kind, datum, about = row[:4]
        bound = entity == "person" and path.partition(".")[0] in PERSON_ROOTS_OF_THE_JOB
        return Attribute(path, kind, datum, bound, about, row[4] if len(row) == 5 else _BOTH)

    return MappingProxyType({row[0]: attribute(row) for row in rows})


CATALOGUE: Mapping[Entity, Mapping[str, Attribute]] = MappingProxyType(
    {"person": _table("person", _PERSON), "company": _table("company", _COMPANY)}
)

DATUM_ROOTS: Mapping[str, str] = MappingProxyType(
    {
        attribute.datum: attribute.path.partition(".")[0].removesuffix("[]")
        for entity, table in CATALOGUE.items()
        for attribute in table.values()
        if attribute.datum in REVEALS[entity]
    }
)
"""Where in a profile a datum that is revealed by itself stands: ``employeesByDepartment`` in
``employees_by_department``."""


def attributes_under(entity: Entity, path: str) -> tuple[Attribute, ...]:
    """The leaves that a dotted path reads: itself, or everything below it (``location`` → all of its leaves).

    A path that leads into a list may leave the brackets out: ``emails.email`` is ``emails[].email``.
    """
    asked = path.replace("[]", "")
    return tuple(
        attribute
        for attribute in CATALOGUE[entity].values()
        if (leaf := attribute.path.replace("[]", "")) == asked or leaf.startswith(asked + ".")
    )


def known(entity: Entity, path: str) -> bool:
    """Whether a profile of this entity can hold anything at ``path``."""
    return bool(attributes_under(entity, path))


def data_of(entity: Entity, roots: Collection[str], *, generation: str = "v3") -> frozenset[str]:
    """The data that must be at hand to read these paths; ``preview`` among them where a search answer is enough.

    Paths that are no attributes, or that this API generation never tells, need nothing: nothing is bought for them.
    V2 has no previews and no extras: a person's e-mails and phones are sold apart, all else comes with the base.

    >>> sorted(data_of("person", ["job_title.title", "emails"]))
    ['emails', 'preview']
    >>> sorted(data_of("person", ["job_title.title", "emails"], generation="v2"))
    ['emails', 'profile']
    """
    data = {
        attribute.datum
        for root in roots
        for attribute in attributes_under(entity, root)
        if generation in attribute.generations
    }
    if generation == "v2":
        apart = REVEALS["person"] if entity == "person" else frozenset[str]()
        return frozenset(datum if datum in apart else BASE[entity] for datum in data)
    return frozenset(data)


def told(entity: Entity, roots: Collection[str], generation: str) -> bool:
    """Whether this API generation tells anything of what these paths read; an expression without paths needs none.

    >>> told("company", ["phone"], "v2"), told("company", ["phone"], "v3")
    (False, True)
    """
    leaves = [attribute for root in roots for attribute in attributes_under(entity, root)]
    return not leaves or any(generation in attribute.generations for attribute in leaves)


def nearest(entity: Entity, path: str) -> str | None:
    """The attribute that was probably meant by an unknown path, or None.

    >>> nearest("person", "mobile_phone")
    'phones'
    """
    wanted = _snake(path)
    best = max(_candidates(entity), key=lambda known_path: _likeness(wanted, known_path))
    return best if _likeness(wanted, best) >= 0.55 else None


def _candidates(entity: Entity) -> Iterator[str]:
    """Every path a mapping may name: leaves, and the maps and lists above them, shortest first."""
    paths: dict[str, None] = {}
    for path in CATALOGUE[entity]:
        parts = path.partition("[]")[0].split(".")
        paths.update(dict.fromkeys(".".join(parts[: n + 1]) for n in range(len(parts))))
    return iter(sorted(paths, key=lambda path: (path.count("."), len(path), path)))


def _likeness(wanted: str, path: str) -> float:
    """How alike two paths are, 0 to 1: as a whole, or by a word of one that is the other's last part."""
    leaf = path.rpartition(".")[2]
    last = wanted.rpartition(".")[2]
    whole = SequenceMatcher(None, wanted, path).ratio()
    by_leaf = SequenceMatcher(None, last, leaf).ratio() * 0.95
    words = {word.removesuffix("s") for word in last.split("_")}
    by_word = 0.9 if leaf.removesuffix("s") in words else 0.0
    return max(whole, by_leaf, by_word)


def _snake(path: str) -> str:
    """``jobTitle.title`` → ``job_title.title``."""
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in path).lstrip("_").replace("[]", "")


def own_view(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """A person's profile without what is bound to the job: what stays true when the employer changes.

    Title, company, start of the job and previous job are gone; of the e-mails only private ones are left, of the
    phones only mobiles. A list that becomes empty is absent.
    """
    own: dict[str, Any] = {}
    for name, value in attributes.items():
        if name in PERSON_ROOTS_OF_THE_JOB:
            continue
        if name in _PERSONAL:
            value = [item for item in value if item.get("type") == _PERSONAL[name]]
            if not value:
                continue
        own[name] = value
    return own
