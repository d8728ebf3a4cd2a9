"""What every stage of one run shares: the vendors, the state file, the mapping, the clock, and the counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connector.config.settings import OrgSettings
from connector.crm.base import Crm
from connector.engine.payer import Limits, Now, Prices, Provider
from connector.errors import Interrupted, Stopped
from connector.mapping.compile import CompiledMapping
from connector.models import Entity
from connector.pacing import Sleep
from connector.redact import redact
from connector.store.db import Store
from connector.store.ledger import Purpose

MOST_CAUSES = 50
OTHER_CAUSES = "other causes: show --json and the journal have them"
"""Where so many notes differ, they name single records and not causes."""
_LONG_NUMBER = re.compile(r"\d{6,}")


@dataclass(slots=True)
class Counts:
    """Records counted as they pass; ``fields_written`` counts fields, stamps included."""

    read: int = 0
    due: int = 0
    matched: int = 0
    no_match: int = 0
    suppressed: int = 0
    no_identity: int = 0
    changed: int = 0
    written: int = 0
    fields_written: int = 0
    stamps_written: int = 0
    unchanged: int = 0
    conflicts: int = 0
    rejected: int = 0
    suggested: int = 0
    replaced: int = 0

    @property
    def left(self) -> int:
        """Due records that this run did not get to; the next one will."""
        return self.due - self.matched - self.no_match - self.no_identity


@dataclass(frozen=True, slots=True)
class Options:
    """What narrows a run. ``max_replaced_share`` overrides the config's guard."""

    limit: int | None = None
    records: tuple[str, ...] = ()
    max_replaced_share: float | None = None


@dataclass(slots=True)
class Context:
    """One run of one mapping of one org.

    ``quoting``: prices are asked for, nothing is bought or written. ``stop`` keeps why buying ended early, if it did.
    """

    org: OrgSettings
    mapping: CompiledMapping
    crm: Crm
    lusha: Provider
    prices: Prices
    store: Store
    purpose: Purpose
    now: Now
    sleep: Sleep
    options: Options
    interrupted: Callable[[], bool]
    progress: Callable[[Counts], None]
    quoting: bool = False
    counts: Counts = field(default_factory=Counts)
    stop: Stopped | None = None
    notes: dict[str, int] = field(default_factory=dict)

    @property
    def entity(self) -> Entity:
        """What the mapping is about."""
        return self.mapping.settings.entity

    @property
    def object(self) -> str:
        """The CRM object."""
        return self.mapping.settings.object

    @property
    def scope(self) -> dict[str, Any]:
        """The keys under which the state file keeps what concerns these records."""
        return {"org": self.org.name, "object": self.object}

    @property
    def limits(self) -> tuple[Limits, ...]:
        """The key's budget, and the org's part of it."""
        name = self.org.name
        return Limits("lusha.budget", self.org.lusha.budget), Limits(f"orgs.{name}.budget", self.org.budget, name)

    @property
    def fresh_since(self) -> datetime | None:
        """Paid answers from before this moment are too old for this mapping; None = none is."""
        age: timedelta | None = self.mapping.settings.select.stale_after
        return self.now() - age if age is not None else None

    def check(self) -> None:
        """Between two batches: end here if a person asked for it."""
        if self.interrupted():
            raise Interrupted("interrupted; what was bought and written is saved", hint="run the same command to go on")

    def note(self, words: str) -> None:
        """Count something worth telling at the end, by its words; long numbers (ids) do not tell causes apart."""
        cause = redact(_LONG_NUMBER.sub("…", words))
        if cause not in self.notes and len(self.notes) >= MOST_CAUSES:
            cause = OTHER_CAUSES
        self.notes[cause] = self.notes.get(cause, 0) + 1
