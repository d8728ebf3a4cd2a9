"""What paying needs to know, whoever pays: a run of a mapping, or a person who asks Lusha by hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from connector.config.settings import Budget
from connector.lusha.calls import Call
from connector.models import Account, Answer, Entity, FilterType, Found, Identity, Lookalikes, SignalsAnswer
from connector.pacing import Sleep
from connector.redact import redact
from connector.store.db import Store
from connector.store.ledger import Purpose

Now = Callable[[], datetime]
T = TypeVar("T")


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


class ByHand(Provider, Protocol):
    """What a person can ask beyond profiles. A method that ends in ``_call`` makes a question, checked and not sent
    yet, so that it can be recognised, booked, and only then sent; RequestRefused: Lusha would not take it."""

    def send(self, call: Call[T]) -> T:
        """Send one of these."""

    def signals_call(
        self, entity: Entity, ids: Sequence[str], types: Sequence[str], *, since: date | None, most: int | None
    ) -> Call[SignalsAnswer]:
        """What happened to different ids."""

    def lookalikes_call(
        self,
        entity: Entity,
        seeds: Sequence[Identity],
        *,
        exclude: Sequence[Identity],
        limit: int,
        session: str | None,
    ) -> Call[Lookalikes]:
        """Who is like these."""

    def prospecting_call(
        self, entity: Entity, filters: Mapping[str, Any], *, page: int, size: int, without_do_not_call: bool
    ) -> Call[Found]:
        """Who passes these filters."""

    def filters(self, entity: Entity) -> tuple[FilterType, ...]:
        """The filters of prospecting; free."""

    def filter_values(self, entity: Entity, name: str, query: str | None = None) -> tuple[Any, ...]:
        """The values of one of them; free."""

    def signal_types(self, entity: Entity) -> tuple[str, ...]:
        """The types of signals, ``allSignals`` among them; free."""


class Unseen(ByHand, Protocol):
    """A provider without previews: it finds whom signals are asked of, and sells results under their search."""

    def signals_of_call(
        self, entity: Entity, identities: Sequence[Identity], types: Sequence[str], *, since: date | None,
        most: int | None,
    ) -> Call[SignalsAnswer]:  # fmt: skip
        """What happened to different identities."""

    def prospecting_enrich_call(
        self, entity: Entity, request_id: str, ids: Sequence[str], reveal: Collection[str]
    ) -> Call[Answer]:
        """Buy ``reveal`` of different results of one search."""


class Prices(Protocol):
    """Worst-case prices, for forecasts and reservations."""

    def search(self, entity: Entity, n: int) -> int:
        """Credits for one search request of so many items."""

    def enrich(self, entity: Entity, data: Collection[str]) -> int:
        """Credits for one item with these data."""

    def of(self, datum: str) -> int:
        """Credits for one datum of one item."""

    def signals(self, entity: Entity, n: int, types: int) -> int:
        """Credits for so many types of signals of ``n`` people or companies."""

    def lookalikes(self, entity: Entity, limit: int) -> int:
        """Credits for so many lookalikes."""

    def prospecting(self, entity: Entity, size: int, *, signal_types: Mapping[Entity, int]) -> int:
        """Credits for a page of ``size`` found by filters that name so many types of signals."""


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
        self.notes.append(redact(words))
