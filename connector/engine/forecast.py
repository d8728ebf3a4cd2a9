"""The free plan: who is due, which fields they miss, and what it may cost at worst. Asks Lusha nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from connector.engine import profiles
from connector.engine.budget import room
from connector.engine.buying import cost, moved, needed_data, next_step, paid_data
from connector.engine.context import Context
from connector.engine.paying import BATCH
from connector.engine.select import Due, select
from connector.models import is_blank


@dataclass(slots=True)
class _Tally:
    searches: int = 0
    free: int = 0
    no_match: int = 0
    worst_reveals: int = 0


def forecast(context: Context) -> dict[str, Any]:
    """What a run would do now: counts, blank fields among due records, credits at worst.

    Shape: ``{org, mapping, read, due, suppressed, no_identity, searches, known, blank: {field: records},
    credits: {search, reveal, worst_case, budget}}``; ``budget`` is what the tightest limit leaves (None = no limit).
    """
    tally, blank = _Tally(), Counter[str]()
    seen: set[str] = set()
    for page in select(context, settle=False):
        for due in page:
            blank.update(field.name for field in context.mapping.fields if _missing(due, field.name))
        _count(context, page, tally, seen)
    lots = [min(BATCH, tally.searches - start) for start in range(0, tally.searches, BATCH)]
    search = sum(context.prices.search(context.entity, lot) for lot in lots)
    counts = context.counts
    return {
        "org": context.org.name,
        "mapping": context.mapping.settings.name,
        "read": counts.read,
        "due": counts.due,
        "suppressed": counts.suppressed,
        "no_identity": counts.no_identity,
        "searches": tally.searches,
        "known": tally.free,
        "blank": {field.name: blank[field.name] for field in context.mapping.fields},
        "credits": {
            "search": search,
            "reveal": tally.worst_reveals,
            "worst_case": search + tally.worst_reveals,
            "budget": room(context).credits,
        },
    }


def _missing(due: Due, field: str) -> bool:
    return is_blank(due.record.values.get(field))


def _count(context: Context, page: list[Due], tally: _Tally, seen: set[str]) -> None:
    misses, found = profiles.look_up(context, page)
    tally.no_match += len(misses)
    for due, lusha_id, held in found:
        if seen.intersection(due.spellings):
            continue  # the same person in another record: bought once
        seen.update(due.spellings)
        away = held is not None and moved(context.mapping, due, held.profile)
        needed = needed_data(context.mapping, due, moved=away, now=context.now())
        step = next_step(held, needed, context.fresh_since, known=lusha_id is not None, entity=context.entity)
        tally.searches += step.kind == "search"
        tally.free += step.kind == "ready"
        data = needed & paid_data(context.entity) if step.kind == "search" else step.reveal
        offers = held.profile.offers if held else None
        tally.worst_reveals += cost(context.prices, context.entity, data, offers)
