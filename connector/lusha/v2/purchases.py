"""What Lusha V2's prospecting sold: results of a search, enriched, one Item for each id asked. All pure.

The answers tell neither credits nor ``isCreditCharged``. ``isShown`` of an enriched person does not say whether it was
revealed before this purchase or by it, so the price is counted either way: the estimate is the most that it can be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connector.lusha.attributes import REVEALS
from connector.lusha.calls import Undocumented, document
from connector.lusha.cleaning import boolean, mapping, mappings, prune, text
from connector.lusha.prices import PriceList
from connector.lusha.profiles import bought
from connector.lusha.v2 import shape
from connector.lusha.v2.answers import LEFT_OUT, company_item, error_item, worth
from connector.models import Answer, Item

_FAILED = Item(error="ENRICH_FAILED", message="Lusha could not enrich this result")


def people_bought(payload: Any, ids: Sequence[str], data: frozenset[str] | None, prices: PriceList) -> Answer:
    """One Item for each id. Undocumented: no list of contacts."""
    entries = _by_id(payload, "contacts")
    items = {id: _person(id, entry, data) for id, entry in entries.items()}
    profiles = [item.profile for id in dict.fromkeys(ids) if (item := items.get(id)) and item.profile]
    charged = sum(worth(profile.attributes, data, prices) for profile in profiles)
    return Answer(tuple(items.get(id, LEFT_OUT) for id in ids), charged, estimated=True)


def companies_bought(payload: Any, ids: Sequence[str], data: frozenset[str] | None, prices: PriceList) -> Answer:
    """One Item for each id. Undocumented: no list of companies."""
    entries = _by_id(payload, "companies")
    items = {id: company_item(entry, id, data) for id, entry in entries.items()}
    found = [id for id in dict.fromkeys(ids) if id in items and items[id].profile]
    charged = len(found) * prices.of("company")
    return Answer(tuple(items.get(id, LEFT_OUT) for id in ids), charged, estimated=True)


def _by_id(payload: Any, name: str) -> dict[str, Mapping[str, Any]]:
    """Results by id; of repeats, the first that did not fail."""
    results = document(payload).get(name)
    if not isinstance(results, list):
        raise Undocumented(f"no {name} in the answer")
    found: dict[str, Mapping[str, Any]] = {}
    for entry in mappings(results):
        id = text(entry.get("id"))
        if id and (id not in found or (_failed(found[id]) and not _failed(entry))):
            found[id] = entry
    return found


def _failed(entry: Mapping[str, Any]) -> bool:
    return boolean(entry.get("isSuccess")) is False or bool(prune(entry.get("error")))


def _person(id: str, entry: Mapping[str, Any], data: frozenset[str] | None) -> Item:
    if failed := error_item(entry.get("error")):
        return failed
    told = mapping(prune(entry.get("data")))
    if _failed(entry) or not told:
        return _FAILED
    attributes = shape.person(told)
    wanted = REVEALS["person"] if data is None else data
    return Item(bought("person", attributes.get("id", id), attributes, wanted, entry))
