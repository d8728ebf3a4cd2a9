"""What every stage of one run shares beyond the writing: the mapping, Lusha and what may be spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.engine.payer import Limits, Prices, Provider
from connector.engine.work import Work
from connector.errors import Stopped
from connector.mapping.compile import CompiledMapping
from connector.models import Entity
from connector.store.ledger import Purpose


@dataclass(slots=True, kw_only=True)
class Context(Work):
    """One run of one mapping of one org.

    ``quoting``: prices are asked for, nothing is bought or written. ``stop`` keeps why buying ended early, if it did.
    """

    mapping: CompiledMapping
    lusha: Provider
    prices: Prices
    purpose: Purpose
    quoting: bool = False
    stop: Stopped | None = None

    @property
    def entity(self) -> Entity:
        """What the mapping is about."""
        return self.mapping.settings.entity

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
