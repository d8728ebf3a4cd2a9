"""The exact price before a purchase: every due record is searched for, nothing is bought, and what was seen is kept.

Costs the search fee, within budget. A purchase that follows reuses the previews while they are young. One entry for
each profile to be bought is held in memory.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from typing import Any

from connector.engine.budget import room
from connector.engine.cases import Want
from connector.engine.context import Context
from connector.engine.desk import Desk
from connector.engine.select import select
from connector.errors import Stopped
from connector.store import ledger


def quote(context: Context) -> dict[str, Any]:
    """What is available and what it costs, once every due record was searched for.

    Shape: ``{available: {datum: profiles}, price: {datum: credits}, quote: {search, reveal, budget}}``: the search
    fee that was charged, the credits that buying all of it costs, and what the tightest limit leaves for it (None = no
    limit). Where a budget or quota ended it early, the figures are of what was searched so far, and ``context.stop``
    is set.
    """
    desk = Desk(context)
    try:
        for page in select(context, settle=False):
            desk.take(page)
            _asked(desk.ask())
        _asked(desk.ask(rest=True))
    except Stopped as stop:
        context.stop = stop
        _asked(desk.settle())
    desk.close()
    context.counts.matched += sum(len(want.cases) for want in desk.wants.places.values())
    return _figures(context, desk)


def _asked(matched: Iterable[object]) -> None:
    """Nothing is done with what is matched: what it would cost is told."""
    deque(matched, maxlen=0)


def _figures(context: Context, desk: Desk) -> dict[str, Any]:
    available, price = Counter[str](), Counter[str]()
    for want in desk.wants.places.values():
        for datum, credits in _prices(context, desk, want).items():
            available[datum] += 1
            price[datum] += credits
    searched = ledger.booked_by_run(context.store, context.purpose.run)[1]
    figures = {"search": searched, "reveal": price.total(), "budget": room(context).credits}
    return {"available": dict(available), "price": dict(price), "quote": figures}


def _prices(context: Context, desk: Desk, want: Want) -> dict[str, int]:
    """Lusha's own offer for each datum that would be bought; the price list where it made none."""
    offers = want.offers(desk.since) or {}
    data = desk.data_of(want)
    return {datum: offers[datum] if datum in offers else context.prices.of(datum) for datum in sorted(data)}
