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
from typing import Any

from connector.lusha.catalogue import BOTH, COMPANY, PERSON, Datum, Row, Type
from connector.models import Entity

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


def _table(entity: Entity, rows: tuple[Row, ...]) -> Mapping[str, Attribute]:
    def attribute(row: Row) -> Attribute:
        path, kind, datum, about = row[:4]
        bound = entity == "person" and path.partition(".")[0] in PERSON_ROOTS_OF_THE_JOB
        return Attribute(path, kind, datum, bound, about, row[4] if len(row) == 5 else BOTH)

    return MappingProxyType({row[0]: attribute(row) for row in rows})


CATALOGUE: Mapping[Entity, Mapping[str, Attribute]] = MappingProxyType(
    {"person": _table("person", PERSON), "company": _table("company", COMPANY)}
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


def tellers(entity: Entity, datum: str) -> frozenset[str]:
    """The API generations that tell anything of this datum.

    >>> sorted(tellers("company", "intent")), sorted(tellers("company", "competitors"))
    (['v2', 'v3'], ['v3'])
    """
    kinds = [attribute.generations for attribute in CATALOGUE[entity].values() if attribute.datum == datum]
    return frozenset[str]().union(*kinds)


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
