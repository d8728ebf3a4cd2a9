"""A mapping as it is proposed: every line with its reason, and what was left out with why. Frozen values.

Stands between ``proposals``, which drafts, and ``writing``, which makes YAML of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from connector.config.settings import FieldRule, MappingSettings, Select
from connector.crm.base import NewField
from connector.setup.offers import OFFERS

USUAL = "the usual field for it"
"""The reason of a line that stands in the shipped mapping."""


@dataclass(frozen=True, slots=True)
class Line:
    """A field and the rule that is proposed for it.

    ``score``: 0 to 100; 100 for a field of the shipped mapping. ``options``: of a ``picklist`` map, what an option may
    be meant by a word that is left out (word → the option's value).
    """

    name: str
    rule: FieldRule
    reason: str
    score: int
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is not mapped: a field of the shipped mapping, or an attribute; ``why`` as a clause."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Draft:
    """One object's mapping.

    ``settings``: what is put to work, without names and lines of a file; its ``fields`` are those of ``lines``.
    ``weak``: lines that are written as comments, for a person to judge. ``stamps``: stamp field → reason. ``missing``:
    fields to be made, by the stamp that they would hold (or the attribute, for one that is no stamp).
    """

    settings: MappingSettings
    lines: tuple[Line, ...]
    weak: tuple[Line, ...] = ()
    stamps: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, NewField] = field(default_factory=dict)
    left: tuple[Left, ...] = ()

    @property
    def untaken(self) -> tuple[str, ...]:
        """Attributes that a field could take and none does, not even as a comment."""
        read = {line.rule.source for line in (*self.lines, *self.weak)}
        offers = OFFERS[self.settings.entity]
        return tuple(dict.fromkeys(one.attribute for one in offers if one.source not in read and not one.doubt))

    def without(self, *, where: str = "", identify: Mapping[int, str] | None = None) -> Draft:
        """The draft less what the CRM refuses to be asked: its own words stay among what was left out."""
        gone = identify or {}
        rows = self.settings.identify
        left = [Left(f"identify by {', '.join(rows[place].values())}", why) for place, why in gone.items()]
        select: Select = self.settings.select
        if where:
            left.append(Left(f"select.where: {select.where}", where))
            select = replace(select, where=None)
        kept = tuple(row for place, row in enumerate(rows) if place not in gone)
        return replace(self, settings=replace(self.settings, identify=kept, select=select), left=(*self.left, *left))
