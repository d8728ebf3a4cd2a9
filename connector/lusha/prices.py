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
        "employeesByDepartment": Price(1),
        "competitors": Price(1),
        "intent": Price(1),
    }
)
"""Credits by datum, and for the search itself. Search is charged for results, so items asked are the worst case."""


class PriceList:
    """Prices by datum: the defaults, with what the account says on top.

    ``told``: prices under the vendor's own names (``Account.prices``). These differ between documents
    (``revealEmail``, ``reveal_email``), so case, underscores, a leading "reveal" and a plural s do not count.
    """

    def __init__(self, told: Mapping[str, Price] = MappingProxyType({})) -> None:
        by_name = {_plain(name): price for name, price in told.items()}
        self._prices = {datum: by_name.get(_plain(datum), default) for datum, default in DEFAULT_PRICES.items()}

    def search(self, entity: Entity, n: int) -> int:
        """The most that one search for ``n`` items can cost (every item found)."""
        return self._prices[_SEARCH].of(n)

    def of(self, datum: str) -> int:
        """Credits for one datum of one item; what comes free with others (preview, profile) costs 0."""
        return self._prices[datum].of(1) if datum in self._prices else 0

    def enrich(self, entity: Entity, data: Collection[str]) -> int:
        """The most that one item of an enrich request for these data can cost; a company's base is always in it."""
        return sum(self.of(datum) for datum in (set(data) | {BASE[entity]}) & (REVEALS[entity] | {BASE[entity]}))


def _plain(name: str) -> str:
    letters = re.sub(r"[^a-z0-9]", "", name.lower())
    return letters.removeprefix("reveal").removesuffix("s")
