"""What paying needs to know, whoever pays: a run of a mapping, or a person who asks Lusha by hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from connector.config.settings import Budget
from connector.models import Account, Answer, Entity, Identity
from connector.pacing import Sleep
from connector.store.db import Store
from connector.store.ledger import Purpose

Now = Callable[[], datetime]


class Provider(Protocol):
    """What the engine knows of the data provider: paid calls of at most ``BATCH`` items each.

    ``previews``: a search tells what there is for its fee alone, and ``enrich`` buys by id; without, ``look_up`` finds
    and buys in one.
    """

    @property
    def previews(self) -> bool: ...

    @property
    def calls(self) -> int:
        """HTTP requests sent so far."""

    def account(self) -> Account:
        """Remaining credits and prices; free."""

    def purchase(self, entity: Entity, wanted: Collection[str]) -> frozenset[str]:
        """The data that must be asked for to be told ``wanted``."""

    def enrich(self, entity: Entity, ids: Sequence[str], reveal: Collection[str]) -> Answer:
        """Buy ``reveal`` for each id; profiles in the order asked."""

    def look_up(self, entity: Entity, identities: Sequence[Identity], reveal: Collection[str]) -> Answer:
        """Find and buy ``reveal`` in one; profiles in the order asked."""


class Previewing(Provider, Protocol):
    """A provider with previews."""

    def search(self, entity: Entity, identities: Sequence[Identity]) -> Answer:
        """Who is that? A preview for each, in the order asked."""


class Prices(Protocol):
    """Worst-case prices, for forecasts and reservations."""

    def search(self, entity: Entity, n: int) -> int:
        """Credits for one search request of so many items."""

    def enrich(self, entity: Entity, data: Collection[str]) -> int:
        """Credits for one item with these data."""

    def of(self, datum: str) -> int:
        """Credits for one datum of one item."""


@dataclass(frozen=True, slots=True)
class Limits:
    """One budget: of a key (``org`` None), or an org's part of it; ``name`` is its place in the config."""

    name: str
    budget: Budget
    org: str | None = None


class Payer(Protocol):
    """Whose credits are spent, within which limits, and what waits and tells meanwhile."""

    @property
    def store(self) -> Store: ...

    @property
    def purpose(self) -> Purpose: ...

    @property
    def now(self) -> Now: ...

    @property
    def sleep(self) -> Sleep: ...

    @property
    def lusha(self) -> Provider: ...

    @property
    def limits(self) -> Sequence[Limits]:
        """Every budget that must cover a purchase."""

    def note(self, words: str) -> None:
        """Count something worth telling at the end."""


@dataclass(slots=True)
class Till:
    """A payer without a run: somebody who asks Lusha by hand."""

    store: Store
    purpose: Purpose
    now: Now
    sleep: Sleep
    lusha: Provider
    limits: tuple[Limits, ...]
    notes: list[str] = field(default_factory=list)

    def note(self, words: str) -> None:
        """Keep it for the end."""
        self.notes.append(words)
