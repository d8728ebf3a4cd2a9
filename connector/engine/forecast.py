"""The free plan: who is due, which fields they miss, and what it may cost at worst. Asks Lusha nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.engine import profiles
from connector.engine.budget import room
from connector.engine.buying import believed_moved, cost, needed_data, next_step, paid_data
from connector.engine.context import Context
from connector.engine.paying import BATCH
from connector.engine.select import Due, select
from connector.mapping.identity import spellings
from connector.models import is_blank


@dataclass(slots=True)
class _Ask:
    """One thing to ask Lusha for: ``search`` or not, the data that records need of it, and offers if known."""

    search: bool = False
    data: set[str] = field(default_factory=set)
    offers: Mapping[str, int] | None = None


def forecast(context: Context) -> dict[str, Any]:
    """What a run would do now: counts, blank fields among due records, credits at worst.

    Shape: ``{org, mapping, read, due, suppressed, no_identity, searches, known, blank: {field: records},
    credits: {search, reveal, worst_case, budget}, warnings}``; ``budget`` is what the tightest limit leaves (None = no
    limit).
    """
    asks: dict[str, _Ask] = {}
    blank, known = Counter[str](), 0
    with context.flow:
        for page in select(context, settle=False):
            for due in page:
                blank.update(item.name for item in context.mapping.fields if is_blank(due.record.values.get(item.name)))
            known += _collect(context, page, asks)
    searches = sum(ask.search for ask in asks.values())
    search = sum(context.prices.search(context.entity, lot) for lot in _lots(searches))
    buy = context.lusha.purchase
    reveal = sum(
        cost(context.prices, context.entity, buy(context.entity, ask.data), ask.offers) for ask in asks.values()
    )
    counts = context.counts
    return {
        "org": context.org.name,
        "mapping": context.mapping.settings.name,
        "read": counts.read,
        "due": counts.due,
        "suppressed": counts.suppressed,
        "no_identity": counts.no_identity,
        "searches": searches,
        "known": known,
        "blank": {item.name: blank[item.name] for item in context.mapping.fields},
        "credits": {
            "search": search,
            "reveal": reveal,
            "worst_case": search + reveal,
            "budget": room(context).credits,
        },
        "warnings": list(context.mapping.warnings),
    }


def _lots(items: int) -> list[int]:
    """The sizes of so many items in full requests."""
    return [min(BATCH, items - start) for start in range(0, items, BATCH)]


def _collect(context: Context, page: list[Due], asks: dict[str, _Ask]) -> int:
    """Add what a page needs to ``asks``, the same person once; returns how many records saved answers serve."""
    misses, found = profiles.look_up(context, page)
    known = len(misses)
    for due, lusha_id, held in found:
        away = believed_moved(context.mapping, due, held)
        needed = needed_data(context.mapping, due, moved=away, now=context.now())
        step = next_step(
            held,
            needed,
            context.fresh_since,
            known=lusha_id is not None,
            entity=context.entity,
            previews=context.lusha.previews,
        )
        if step.kind == "ready":
            known += 1
            continue
        # A fresh answer may find the person back at the record's employer: then more could be given.
        may_need = paid_data(context.entity) & needed_data(context.mapping, due, moved=False, now=context.now())
        key = f"id:{lusha_id}" if lusha_id else spellings(due.identities[0])[0]
        ask = asks.setdefault(key, _Ask(offers=held.offers(context.fresh_since) if held else None))
        if step.kind == "search":  # the preview may offer what the last one did not
            ask.search, ask.offers = True, None
            ask.data |= may_need
        else:
            ask.data |= step.reveal | (may_need if away else frozenset())
    return known
