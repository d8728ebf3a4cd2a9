"""Events in the life of people and companies whose ids are known (Lusha V3, Signals). Requests and readers, all pure.

Reference: https://docs.lusha.com/apis/openapi (Signals).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from connector.lusha.calls import Call, Undocumented, document
from connector.lusha.cleaning import iso_date, mapping, mappings, prune, text, texts
from connector.lusha.criteria import Query
from connector.lusha.identifying import check_count, check_ids
from connector.lusha.reading import snake_keys
from connector.lusha.refusing import refusal, unknown
from connector.lusha.v3.answers import charged, first_by, is_hit, results, trouble
from connector.lusha.v3.filters import types_call, values_call
from connector.lusha.v3.requests import path_of
from connector.models import Entity, FilterType, Signal, Signals, SignalsAnswer

TYPES: Mapping[Entity, tuple[str, ...]] = MappingProxyType({
    "person": ("allSignals", "promotion", "companyChange"),
    "company": (
        "allSignals", "linkedinActivityIntent", "websiteTrafficDecrease", "websiteTrafficIncrease", "itSpendIncrease",
        "itSpendDecrease", "surgeInHiring", "headcountIncrease1m", "headcountIncrease3m", "headcountIncrease6m",
        "headcountIncrease12m", "headcountDecrease1m", "headcountDecrease3m", "headcountDecrease6m",
        "headcountDecrease12m", "surgeInHiringByDepartment", "surgeInHiringByLocation", "riskNews",
        "commercialActivityNews", "corporateStrategyNews", "financialEventsNews", "peopleNews",
        "marketIntelligenceNews", "productActivityNews",
    ),
})  # fmt: skip
"""What can be asked for; ``allSignals`` is all of the others."""

LISTED: Mapping[str, Query] = MappingProxyType(
    {
        "newsEventTypes": "taken",
        "hiringByDepartments": "taken",
        "hiringByLocations": "needed",
        "intentCategories": "refused",
    }
)
"""The filters of company signals whose values Lusha lists, and what it does with a query."""

MOST_SIGNALS = 100
"""Most signals of one type for one id."""

_FILTERS = "signals/filters"
_DATES = ("signalDate", "articlePublishedDate", "activityPublicationDate", "eventEffectiveDate")
"""Where an entry tells its day, best first; each type of signal has its own."""


def signals(
    entity: Entity,
    ids: Sequence[str],
    types: Collection[str],
    *,
    since: date | None = None,
    most: int | None = None,
    intent_categories: Sequence[str] = (),
) -> Call[SignalsAnswer]:
    """Events of 1 to 100 Lusha ids, in the order asked (``POST /v3/{contacts,companies}/signals``).

    ``types``: names of TYPES. ``since``: the first day; ``linkedinActivityIntent`` reaches back 90 days at most.
    ``most``: so many of each type for each id, 1 to 100 (50 of ``linkedinActivityIntent``). ``intent_categories``
    narrow ``linkedinActivityIntent`` down; companies only.

    Costs the signals that are found, by Lusha's list 1 credit for each id that has any. ValueError: no ids.
    RequestRefused with code "400": too many ids, a blank one, no types or one that does not exist, ``most`` out of
    range, categories for people. Undocumented: the answer has no results. Reference: https://docs.lusha.com/apis/openapi
    """
    ids = tuple(ids)
    check_count(len(ids))
    check_ids(ids)
    if problems := list(_problems(entity, types, most, intent_categories)):
        raise refusal("; ".join(problems))
    body: dict[str, Any] = {"ids": list(dict.fromkeys(ids)), "signalTypes": list(dict.fromkeys(types))}
    if since is not None:
        body["startDate"] = f"{since:%Y-%m-%d}"
    if most is not None:
        body["maxResultsPerSignal"] = most
    if intent_categories:
        body["filters"] = {"include": {"intentCategories": list(intent_categories)}}
    return Call("POST", path_of(entity, "signals"), lambda told: _answer(told, ids), body=body, paid=True)


def signal_types(entity: Entity) -> Call[tuple[str, ...]]:
    """The types that can be asked for (``GET /v3/{contacts,companies}/signals/types``); free.

    Undocumented: no list of them in the answer. Reference: https://docs.lusha.com/apis/openapi
    """
    return Call("GET", path_of(entity, "signals/types"), _types)


def signal_filter_types() -> Call[tuple[FilterType, ...]]:
    """The filters of company signals whose values Lusha lists (``GET /v3/companies/signals/filters``); free.

    Undocumented: no list of them in the answer. Reference: https://docs.lusha.com/apis/openapi
    """
    return types_call(path_of("company", _FILTERS))


def signal_filter_values(name: str, query: str | None = None) -> Call[tuple[Any, ...]]:
    """The values of one of these filters (``GET /v3/companies/signals/filters/{filterType}``); free.

    ``query``: 2 to 256 characters; ``hiringByLocations`` needs one, ``intentCategories`` takes none. RequestRefused
    with code "400": no such filter, or not that query. Undocumented: the answer has no values.
    Reference: https://docs.lusha.com/apis/openapi
    """
    return values_call(path_of("company", _FILTERS), LISTED, name, query)


def _problems(
    entity: Entity, types: Collection[str], most: int | None, intent_categories: Sequence[str]
) -> Iterator[str]:
    if not types:
        yield "no signal types are asked for"
    yield from (unknown(f"{entity} signal", name, TYPES[entity]) for name in types if name not in TYPES[entity])
    if most is not None and not 1 <= most <= MOST_SIGNALS:
        yield f"1 to {MOST_SIGNALS} signals of each type can be asked for, not {most}"
    if intent_categories and entity != "company":
        yield "only the signals of companies have intent categories"


def _answer(payload: Any, ids: Sequence[str]) -> SignalsAnswer:
    told = document(payload)
    by_id = first_by("id", _results(told))
    return SignalsAnswer(
        items=tuple(_signals(id, by_id.get(id)) for id in ids),
        charged=charged(told),
        start=iso_date(told.get("startDate")),
        end=iso_date(told.get("endDate")),
    )


def _results(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A list of results, as documented, or a map of them by id."""
    if isinstance(by_id := told.get("results"), Mapping):
        return [{"id": id, **mapping(result)} for id, result in by_id.items()]
    return results(told)


def _signals(id: str, result: Mapping[str, Any] | None) -> Signals:
    if result is None or not is_hit(result):
        error, message = trouble(result)
        return Signals(id, error=error, message=message, raw=result or {})
    found = [
        _signal(type, entry)
        for type, entries in result.items()
        if isinstance(entries, list)
        for entry in mappings(entries)
    ]
    name = text(prune(result.get("companyName"))) or text(prune(result.get("name")))
    return Signals(id, tuple(sorted(found, key=lambda signal: signal.date or "", reverse=True)), name, raw=result)


def _signal(type: str, entry: Mapping[str, Any]) -> Signal:
    days = (iso_date(entry.get(name)) for name in _DATES)
    return Signal(type, next(filter(None, days), None), mapping(snake_keys(prune(entry))), raw=entry)


def _types(payload: Any) -> tuple[str, ...]:
    told = document(payload).get("signalTypes")
    if not isinstance(told, list):
        raise Undocumented("no signalTypes in the answer")
    return tuple(texts(told))
