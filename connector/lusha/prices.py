"""What things cost at Lusha, for forecasts and worst-case reservations. What was charged is ``billing`` alone.

Defaults are Lusha's published list; the account's own prices, told by its usage answer, go on top.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType

from connector.lusha.attributes import BASE, REVEALS
from connector.models import Entity, Price

_SEARCH = "api_search"

DEFAULT_PRICES: Mapping[str, Price] = MappingProxyType(
    {
        _SEARCH: Price(1, per=25),
        "emails": Price(1),
        "phones": Price(5),
        "company": Price(1),
        **dict.fromkeys(sorted(REVEALS["company"]), Price(1)),
    }
)
"""Credits by datum, and for the search itself. Search is charged for results, so items asked are the worst case."""

_SIGNALS: Mapping[Entity, str] = MappingProxyType({"person": "showSignalsContact", "company": "showSignalsCompany"})
_LOOKALIKES: Mapping[Entity, str] = MappingProxyType({"person": "lookalikeContact", "company": "lookalikeCompany"})
ACTION_PRICES: Mapping[str, Price] = MappingProxyType(
    dict.fromkeys((*_SIGNALS.values(), *_LOOKALIKES.values()), Price(1))
)
"""Credits of other paid actions, by Lusha's names. Lusha publishes 1 for the signals of one person or company; 1 for a
lookalike is our assumption, for accounts that tell no price of it."""


class PriceList:
    """Prices by datum: the defaults, with what the account says on top.

    ``told``: prices under the vendor's own names (``Account.prices``). These differ between documents
    (``revealEmail``, ``reveal_email``), so case, underscores, a leading "reveal" and a plural s do not count.
    """

    def __init__(self, told: Mapping[str, Price] = MappingProxyType({})) -> None:
        by_name = {_plain(name): price for name, price in told.items()}
        self._prices = _on_top(by_name, DEFAULT_PRICES)
        self._actions = _on_top(by_name, ACTION_PRICES)

    def search(self, entity: Entity, n: int) -> int:
        """The most that one search for ``n`` items can cost (every item found)."""
        return self._prices[_SEARCH].of(n)

    def of(self, datum: str) -> int:
        """Credits for one datum of one item; what comes free with others (preview, profile) costs 0."""
        return self._prices[datum].of(1) if datum in self._prices else 0

    def enrich(self, entity: Entity, data: Collection[str]) -> int:
        """The most that one item of an enrich request for these data can cost; a company's base is always in it."""
        return sum(self.of(datum) for datum in (set(data) | {BASE[entity]}) & (REVEALS[entity] | {BASE[entity]}))

    def signals(self, entity: Entity, n: int, types: int = 1) -> int:
        """The most that signals of ``n`` people or companies can cost: every one of so many types found for each.

        Lusha's list has 1 for each person or company, its documents "per matched signal per result" and "each signal
        type requested counts": the dearest reading is the worst case.
        """
        return self._actions[_SIGNALS[entity]].of(n * types)

    def lookalikes(self, entity: Entity, limit: int) -> int:
        """Credits for ``limit`` lookalikes, all of them found."""
        return self._actions[_LOOKALIKES[entity]].of(limit)

    def prospecting(
        self, entity: Entity, size: int, *, signal_types: Mapping[Entity, int] = MappingProxyType({})
    ) -> int:
        """The most that a full page of ``size`` can cost.

        ``signal_types``: how many types of signals of people and of companies the filters name
        (``connector.lusha.filters``). Lusha charges "per matched signal per result": each of them, of each result.
        """
        matched = sum(self.signals(about, size, types) for about, types in signal_types.items())
        return self.search(entity, size) + matched


def _on_top(told: Mapping[str, Price], defaults: Mapping[str, Price]) -> dict[str, Price]:
    return {name: told.get(_plain(name), default) for name, default in defaults.items()}


def _plain(name: str) -> str:
    letters = re.sub(r"[^a-z0-9]", "", name.lower())
    return letters.removeprefix("reveal").removesuffix("s")
