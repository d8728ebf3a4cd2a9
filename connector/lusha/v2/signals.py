"""Lusha V2's signals: what happened to people and companies lately. All pure.

The answer is a map: by id where ids were asked, by our references where identities were.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from connector.lusha.calls import PLURAL, SINGULAR, Call, Undocumented, document
from connector.lusha.cleaning import iso_date, mapping, mappings, prune, text, texts
from connector.lusha.identifying import COMPLETE, Ways, check_count, check_ids, check_references, given
from connector.lusha.reading import credits, snake_keys
from connector.lusha.refusing import refusal, unknown
from connector.lusha.v2.answers import LEFT_OUT, error_item
from connector.lusha.v2.numbers import as_number
from connector.models import Entity, Identity, Signal, Signals, SignalsAnswer

_ID: Mapping[Entity, str] = MappingProxyType({"person": "personId", "company": "companyId"})
_NAMES: Mapping[str, str] = MappingProxyType(
    {"linkedin_url": "social_link", "email": "email", "domain": "domain", "name": "name"}
)
_WAYS: Mapping[Entity, Ways] = MappingProxyType(
    {
        "person": (
            *COMPLETE["person"],
            frozenset({"first_name", "last_name", "company_domain", "company_name"}),
        ),
        "company": COMPLETE["company"],
    }
)
_DATES = ("signalDate", "articlePublishedDate", "eventEffectiveDate")
"""Where an entry tells its day, best first; news carry no ``signalDate``."""

TYPES: Mapping[Entity, tuple[str, ...]] = MappingProxyType({
    "person": ("allSignals", "promotion", "companyChange"),
    "company": (
        "allSignals", "websiteTrafficIncrease", "websiteTrafficDecrease", "itSpendIncrease", "itSpendDecrease",
        "headcountIncrease1m", "headcountDecrease1m", "headcountIncrease3m", "headcountDecrease3m",
        "headcountIncrease6m", "headcountDecrease6m", "headcountIncrease12m", "headcountDecrease12m", "surgeInHiring",
        "surgeInHiringByDepartment", "surgeInHiringByLocation", "riskNews", "commercialActivityNews",
        "corporateStrategyNews", "financialEventsNews", "peopleNews", "marketIntelligenceNews", "productActivityNews",
    ),
})  # fmt: skip
"""What can be asked for; ``allSignals`` is all of the others."""


def signals(
    entity: Entity, ids: Sequence[str], types: Collection[str], *, since: date | None = None, most: int | None = None
) -> Call[SignalsAnswer]:
    """Signals of 1 to 100 Lusha ids, in the order asked (``POST /api/signals/{contacts,companies}``).

    ``types``: names of TYPES. ``since``: the first day, six months ago where left out. ``most``: so many of each type.
    One that is left out of the answer is NO_ANSWER: Lusha does not know it, or nothing happened. Costs credits by the
    signals found; the answer tells how many, or not (None).

    ValueError: no ids. RequestRefused with code "400": too many, one that is not a number, no types or one that does
    not exist, ``most`` below 1. Undocumented: no map of answers.
    https://docs.lusha.com/apis/openapi (getContactSignalsById, getCompanySignalsById)
    """
    check_count(len(ids))
    check_ids(ids)
    numbers = [as_number(id, place) for place, id in enumerate(ids, start=1)]
    name = "contactIds" if entity == "person" else "companyIds"
    body = {name: list(dict.fromkeys(numbers)), **_options(entity, types, since, most)}
    return _call(entity, f"/api/signals/{PLURAL[entity]}", body, [str(id) for id in numbers])


def signals_of(
    entity: Entity,
    identities: Sequence[Identity],
    references: Sequence[str],
    types: Collection[str],
    *,
    since: date | None = None,
    most: int | None = None,
) -> Call[SignalsAnswer]:
    """Signals of 1 to 100 identities, in the order asked (``POST /api/signals/{contacts,companies}/search``).

    ``references``: one for each identity, no two alike. Each is sent as the ``id`` of its item, which is Lusha's own
    where that is what identifies it: then it stands there instead, and is refused where it is like a reference beside
    it; the same id twice is asked for once. A person by name takes a company's domain, its name, or both. Everything
    else: as ``signals``.
    https://docs.lusha.com/apis/openapi (searchContactSignals, searchCompanySignals)
    """
    check_count(len(identities))
    check_references(identities, references)
    keys = [identity.id or reference for identity, reference in zip(identities, references, strict=True)]
    asked = list(zip(identities, keys, strict=True))
    different = dict.fromkeys(asked)
    check_references([identity for identity, _ in different], [key for _, key in different])
    items = {
        key: {"id": key, **_item(given(entity, identity, place, _WAYS[entity]))}
        for place, (identity, key) in enumerate(asked, start=1)
    }
    body = {PLURAL[entity]: list(items.values()), **_options(entity, types, since, most)}
    return _call(entity, f"/api/signals/{PLURAL[entity]}/search", body, keys)


def signal_types(entity: Entity) -> Call[tuple[str, ...]]:
    """The types of signals there are (``GET /api/signals/filters/{contact,company}``): free.

    Undocumented: no list of signals. https://docs.lusha.com/apis/openapi (getSignalOptions)
    """
    return Call(
        "GET",
        f"/api/signals/filters/{SINGULAR[entity]}",
        _types,
        template="/api/signals/filters/{objectType}",
    )


def _options(entity: Entity, types: Collection[str], since: date | None, most: int | None) -> dict[str, Any]:
    if not types:
        raise refusal("no signal types are asked for")
    if strange := next((name for name in types if name not in TYPES[entity]), None):
        raise refusal(unknown(f"{entity} signal", strange, TYPES[entity]))
    if most is not None and most < 1:
        raise refusal(f"1 or more signals of each type can be asked for, not {most}")
    options: dict[str, Any] = {"signals": list(dict.fromkeys(types))}
    if since is not None:
        options["startDate"] = since.isoformat()
    if most is not None:
        options["maxResultsPerSignal"] = most
    return options


def _item(fields: Mapping[str, str]) -> dict[str, Any]:
    """An item without its id. The schema wants a company's name and domain, the words beside it "name or domain": the
    one that is not known is sent empty, which is right by either."""
    if "first_name" not in fields:
        return {_NAMES[name]: value for name, value in fields.items() if name != "id"}
    return {
        "full_name": f"{fields['first_name']} {fields['last_name']}",
        "companies": [
            {"name": fields.get("company_name", ""), "domain": fields.get("company_domain", ""), "is_current": True}
        ],
    }


def _call(entity: Entity, path: str, body: Mapping[str, Any], keys: Sequence[str]) -> Call[SignalsAnswer]:
    return Call("POST", path, lambda payload: _read(payload, entity, keys), body=body, paid=True)


def _read(payload: Any, entity: Entity, keys: Sequence[str]) -> SignalsAnswer:
    told = document(payload)
    entries = told.get(PLURAL[entity])
    if not isinstance(entries, Mapping):
        raise Undocumented(f"no {PLURAL[entity]} in the answer")
    return SignalsAnswer(
        tuple(_signals(entries.get(key), entity) for key in keys),
        credits(told.get("creditCharged")),
        iso_date(told.get("startDate")),
        iso_date(told.get("endDate")),
    )


def _signals(entry: Any, entity: Entity) -> Signals:
    if not isinstance(entry, Mapping):
        return Signals(None, error=LEFT_OUT.error, message=LEFT_OUT.message)
    id, name = text(prune(entry.get(_ID[entity]))), text(prune(entry.get("companyName")))
    if failed := error_item(entry.get("error")):
        return Signals(id, name=name, error=failed.error, message=failed.message, raw=entry)
    events = [_signal(type, event) for type, of_it in entry.items() for event in mappings(of_it)]
    events.sort(key=lambda event: event.date or "", reverse=True)
    return Signals(id, tuple(events), name, raw=entry)


def _signal(type: str, event: Mapping[str, Any]) -> Signal:
    told = mapping(prune(event))
    day = next((day for name in _DATES if (day := iso_date(told.get(name)))), None)
    return Signal(type, day, mapping(snake_keys(told)), raw=event)


def _types(payload: Any) -> tuple[str, ...]:
    told = document(payload).get("signals")
    if not isinstance(told, list):
        raise Undocumented("no signals in the answer")
    return tuple(texts(told))
