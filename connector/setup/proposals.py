"""Which of an org's own fields takes which attribute: the shipped mapping as far as it fits, then what is named alike.

Pure: a schema in, a ``Draft`` out. A field is proposed for one attribute, an attribute for one field; nothing that the
org refuses or would be warned about is put to work, by the functions that begin every run. What is doubtful becomes a
comment in the mapping.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from connector.config.settings import FieldRule, MappingSettings, Match, Select
from connector.models import FieldInfo
from connector.setup.drafts import USUAL, Draft, Left, Line
from connector.setup.fits import Judge, fitted
from connector.setup.likeness import STRONG, WEAK, likeness
from connector.setup.offers import OFFERS, Offer
from connector.setup.stamps import missing_fields, stamp_fields

_MOST_INCOMPLETE = 3


@dataclass(frozen=True, slots=True)
class _Found:
    """What a field could take, and how sure that is."""

    offer: Offer
    line: Line


def propose(
    shipped: MappingSettings,
    schema: Mapping[str, FieldInfo],
    *,
    consent: Collection[str] = (),
    generation: str = "v3",
) -> Draft:
    """The draft of one object's mapping. ``consent``: the CRM's consent fields, never written."""
    judge = Judge(replace(shipped, positions={}), schema, frozenset(consent), generation)
    stamps = stamp_fields(shipped.crm, schema, judge)
    search = _Search(judge, taken={*stamps.values(), *_identifying(shipped, schema)})
    seated, left = search.seated(shipped)
    strong, weak = search.more(seated)
    lines = (*seated.values(), *strong)
    names = {was: line.name for was, line in seated.items()}
    return Draft(
        settings=_settings(shipped, schema, lines, names, stamps),
        lines=lines,
        weak=tuple(weak),
        stamps={field: source for source, field in stamps.items()},
        missing=missing_fields(shipped, stamps, {line.rule.source for line in lines}),
        left=tuple(left),
    )


def _identifying(shipped: MappingSettings, schema: Mapping[str, FieldInfo]) -> set[str]:
    """Names that records are found by and that no shipped rule writes: never anybody's target."""
    return {name for row in shipped.identify for name in row.values() if name in schema} - set(shipped.fields)


class _Search:
    """One object's fields, of which each is given away once."""

    def __init__(self, judge: Judge, taken: set[str]) -> None:
        self._judge = judge
        self._taken = taken
        self._entity = judge.settings.entity

    def seated(self, shipped: MappingSettings) -> tuple[dict[str, Line], list[Left]]:
        """The shipped rules by their shipped fields, each with the field that takes it here; and those without one."""
        lines: dict[str, Line] = {}
        left: list[Left] = []
        absent: dict[str, str] = {}
        for name, rule in shipped.fields.items():
            line = fitted(self._judge, name, rule, USUAL, 100)
            if isinstance(line, str):
                absent[name] = line
            else:
                lines[name] = self._take(line)
        for name, why in absent.items():
            offer = _offer_like(self._entity, shipped.fields[name])
            found = self._best(offer, shipped.fields[name]) if offer else None
            if found and found.score >= STRONG:
                lines[name] = self._take(found)
            else:
                left.append(Left(f"{name} (from {shipped.fields[name].source})", why))
        return {name: lines[name] for name in shipped.fields if name in lines}, left

    def more(self, seated: Mapping[str, Line]) -> tuple[list[Line], list[Line]]:
        """Lines for attributes that no seated rule reads: to be put to work, and to be judged by a person."""
        given = {line.rule.source for line in seated.values()}
        strong: list[Line] = []
        weak: list[Line] = []
        found = [hit for offer in OFFERS[self._entity] if offer.source not in given and (hit := self._hit(offer))]
        for hit in sorted(found, key=lambda hit: -hit.line.score):
            if hit.line.name in self._taken:
                hit = self._hit(hit.offer) or hit
            if hit.line.name in self._taken:
                continue
            self._take(hit.line)
            (strong if self._sure(hit) else weak).append(hit.line)
        return strong, weak

    def _sure(self, hit: _Found) -> bool:
        return hit.line.score >= STRONG and not hit.offer.doubt and self._judge.schema[hit.line.name].custom

    def _hit(self, offer: Offer) -> _Found | None:
        rule = FieldRule(offer.source, offer.policy, (offer.transform,) if offer.transform else ())
        line = self._best(offer, rule)
        if line is None or line.score < WEAK:
            return None
        info = self._judge.schema[line.name]
        if line.score < STRONG and (offer.doubt or not info.custom):  # two doubts are one too many
            return None
        doubts = [offer.doubt] if offer.doubt else []
        doubts += [] if info.custom else ["a standard field that people or other tools may keep"]
        return _Found(offer, replace(line, reason="; ".join([line.reason, *doubts])))

    def _best(self, offer: Offer, rule: FieldRule) -> Line | None:
        """The free field that is most like the offer and can take it."""
        for score, info, reason in self._alike(offer):
            line = fitted(self._judge, info.name, rule, f"{reason}; type {info.type}", score)
            if not isinstance(line, str):
                return line
        return None

    def _alike(self, offer: Offer) -> list[tuple[int, FieldInfo, str]]:
        free = [info for name, info in self._judge.schema.items() if name not in self._taken and info.writable]
        rated = [(like.score, info, like.reason) for info in free
                 if (like := likeness(info, offer.names, self._entity)).score >= WEAK]  # fmt: skip
        return sorted(rated, key=lambda one: (-one[0], not one[1].custom, one[1].name))

    def _take(self, line: Line) -> Line:
        self._taken.add(line.name)
        return line


def _offer_like(entity: str, rule: FieldRule) -> Offer | None:
    return next((offer for offer in OFFERS[entity] if offer.source == rule.source), None)  # type: ignore[index]


def _settings(
    shipped: MappingSettings,
    schema: Mapping[str, FieldInfo],
    lines: Iterable[Line],
    names: Mapping[str, str],
    stamps: Mapping[str, str],
) -> MappingSettings:
    fields = {line.name: line.rule for line in lines}
    return replace(
        shipped,
        identify=tuple(_rows(shipped, schema, names, stamps)),
        select=_select(shipped.select, schema, fields, names, stamps),
        match=shipped.match if shipped.entity == "person" else Match(),
        fields=fields,
        stamp={field: source for source, field in stamps.items()},
        positions={},
    )


def _rows(
    shipped: MappingSettings, schema: Mapping[str, FieldInfo], names: Mapping[str, str], stamps: Mapping[str, str]
) -> Iterator[Mapping[str, str]]:
    """The shipped ways to identify that this org has the fields for; the id by the field that is stamped with it."""
    renamed = {**names, **{field: stamps[source] for field, source in shipped.stamp.items() if source in stamps}}
    for row in shipped.identify:
        here = {key: renamed.get(name, name) for key, name in row.items()}
        if all("." in name or name in schema for name in here.values()):
            yield here


def _select(
    shipped: Select,
    schema: Mapping[str, FieldInfo],
    fields: Mapping[str, FieldRule],
    names: Mapping[str, str],
    stamps: Mapping[str, str],
) -> Select:
    wanted = [names[name] for name in shipped.incomplete if name in names]
    may_be_blank = [name for name in fields if not schema[name].never_blank]
    incomplete = [name for name in wanted if name in may_be_blank] or may_be_blank[:_MOST_INCOMPLETE]
    return replace(
        shipped,
        where=shipped.where if _answerable(shipped.where, schema) else None,
        incomplete=tuple(incomplete),
        stale_after=shipped.stale_after if "enriched_at" in stamps else None,
    )


def _answerable(where: object, schema: Mapping[str, FieldInfo]) -> bool:
    """Whether a shipped condition is about a field, and an option, that the org has."""
    if not isinstance(where, str):
        return where is None
    name, _, rest = where.partition(" ")
    info = schema.get(name)
    quoted = rest.partition("'")[2].rpartition("'")[0]
    return info is not None and (not quoted or not info.options or quoted in {one.value for one in info.options})
