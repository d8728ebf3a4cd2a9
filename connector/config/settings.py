"""The configuration as frozen values: every default is applied here, so nothing above reads an undefined option.

Formats: ``connector/schema/config.schema.json`` and ``mapping.schema.json``. Durations are timedeltas, paths are
absolute, secrets are ``Secret``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Literal

from connector.config.places import Place, Position, nearest_position
from connector.redact import Secret

if TYPE_CHECKING:
    from connector.models import Entity

Policy = Literal["fill", "refresh", "newer", "overwrite", "suggest"]
JobChange = Literal["suggest", "update", "skip"]


@dataclass(frozen=True, slots=True)
class Budget:
    """Credit limits; None = no limit. ``keep`` is the balance that stays untouched."""

    per_run: int | None = None
    per_day: int | None = None
    per_month: int | None = None
    keep: int | None = None


@dataclass(frozen=True, slots=True)
class Guards:
    """``max_replaced_share``: replacements of non-blank values ÷ records read; checked from ``min_records`` on.

    ``max_same_share``: one value ÷ all values written into a phone, e-mail or web address field, from ``min_records``
    values on. ``max_rejected_share``: records refused ÷ the first 50 written.
    """

    max_replaced_share: float = 0.3
    min_records: int = 20
    max_same_share: float = 0.5
    max_rejected_share: float = 0.5


@dataclass(frozen=True, slots=True)
class LushaSettings:
    """One Lusha key, and what it may spend. ``rate_limit`` is in requests per second and endpoint."""

    api_key: Secret
    api_version: str = "v3"
    base_url: str = "https://api.lusha.com"
    rate_limit: int = 25
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True, slots=True)
class StateSettings:
    """The state file, and how long paid answers and old before/after values stay in it."""

    path: Path
    keep_profiles: timedelta = timedelta(days=90)
    keep_changes: timedelta = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One CRM field: where its value comes from, what may happen to it, and how the value is fitted.

    ``transforms``: (name, argument) pairs in order; empty = chosen by the CRM field's own type. ``strict``: written
    only on condition that nobody modified the record since it was re-read, where the CRM can do that.
    """

    source: str
    policy: Policy = "fill"
    transforms: tuple[tuple[str, Any], ...] = ()
    on_too_long: Literal["skip", "cut"] = "skip"
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """Which records are due: native ``where``, fields that must not be blank, and two ages.

    ``converted``: whether a record that is named, and was converted, names the one that it became.
    """

    where: object = None
    incomplete: tuple[str, ...] = ()
    stale_after: timedelta | None = None
    retry_after: timedelta = timedelta(days=30)
    converted: Literal["skip", "follow"] = "skip"


@dataclass(frozen=True, slots=True)
class Match:
    """``min_name``: least similarity of names, 0 to 100, for an answer to be used."""

    min_name: int = 80
    on_job_change: JobChange = "suggest"


@dataclass(frozen=True, slots=True)
class MappingSettings:
    """One mapping file. ``name`` is its path as the config spells it; ``file`` is absolute."""

    name: str
    file: Path
    crm: str
    object: str
    entity: Entity
    identify: tuple[Mapping[str, str], ...]
    select: Select
    match: Match
    fields: Mapping[str, FieldRule]
    stamp: Mapping[str, str]
    positions: Mapping[Place, Position] = field(default_factory=dict, compare=False, repr=False)

    def at(self, *place: str | int) -> str:
        """``file:line:column`` of the nearest known place, for messages."""
        return str(nearest_position(self.positions, place) or self.name)

    def answers_to(self, name: str) -> bool:
        """Whether ``--mapping NAME`` means this file: its path in the config, its file name, or that less .yaml."""
        return means(name, self.name)


def means(word: str, name: str) -> bool:
    """Whether a word of the command line means the mapping of this name in the config."""
    path = PurePath(name)
    return word in (name, path.name, path.stem)


@dataclass(frozen=True, slots=True)
class OrgSettings:
    """One CRM tenant. ``connection`` holds plain values and Secrets, defaults applied. ``workers``: requests under way
    at once to one vendor, at most."""

    name: str
    crm: str
    connection: Mapping[str, Any]
    mappings: tuple[MappingSettings, ...]
    lusha: LushaSettings
    budget: Budget = field(default_factory=Budget)
    guards: Guards = field(default_factory=Guards)
    schedule: str | None = None
    workers: int = 16


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration file. ``warnings``: what is allowed and hardly meant, with ``file:line:column``."""

    file: Path
    state: StateSettings
    orgs: Mapping[str, OrgSettings]
    warnings: tuple[str, ...] = ()
