"""Lusha V3's answers → one Item for each thing asked, in the order asked. All pure.

Results are matched by the reference (search) or the id (enrich) that they carry, never by their place: an answer
may be reordered, leave items out (Lusha's own enrich example does) or repeat some. What a list of results shares with
prospecting, signals and lookalikes stands here too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from connector.lusha.calls import Undocumented, document
from connector.lusha.cleaning import mapping, mappings, number, prune, text
from connector.lusha.prices import PriceList
from connector.lusha.reading import credits
from connector.lusha.v3.profiles import company_preview, contact_preview, enriched_company, enriched_contact, listed
from connector.models import Account, Answer, Entity, Item, ItemError, Price, Profile
from connector.redact import redact

_ERRORS: Mapping[str, ItemError] = {
    "NOT_FOUND": "NOT_FOUND",
    "COMPLIANCE_RESTRICTED": "COMPLIANCE_RESTRICTED",
    "ENRICH_FAILED": "ENRICH_FAILED",
}
_LEFT_OUT = "Lusha left this item out of its answer"


def search_answer(payload: Mapping[str, Any], entity: Entity, references: Sequence[str], prices: PriceList) -> Answer:
    """One Item for each reference. Undocumented: the answer has no list of results."""
    by_reference = first_by("clientReferenceId", results(payload))
    preview = contact_preview if entity == "person" else company_preview
    items = [_item(by_reference.get(reference), lambda result: preview(result, prices)) for reference in references]
    return Answer(tuple(items), charged(payload))


def enrich_answer(payload: Mapping[str, Any], entity: Entity, ids: Sequence[str], reveal: Collection[str]) -> Answer:
    """One Item for each id. Undocumented: the answer has no list of results."""
    return _bought(payload, entity, "id", ids, reveal)


def search_and_enrich_answer(
    payload: Mapping[str, Any], entity: Entity, references: Sequence[str], reveal: Collection[str]
) -> Answer:
    """One Item for each reference, with a profile that was bought. Undocumented: the answer has no list of results."""
    return _bought(payload, entity, "clientReferenceId", references, reveal)


def _bought(
    payload: Mapping[str, Any], entity: Entity, key: str, names: Sequence[str], reveal: Collection[str]
) -> Answer:
    by_name = first_by(key, results(payload))
    enriched = enriched_contact if entity == "person" else enriched_company
    items = [_item(by_name.get(name), lambda result: enriched(result, reveal)) for name in names]
    return Answer(tuple(items), charged(payload))


def listed_profiles(payload: Any, entity: Entity, prices: PriceList) -> tuple[Profile, ...]:
    """The results of a search by likeness, in Lusha's order; one with an error or without an id is no profile.

    Undocumented: the answer has no list of results.
    """
    return tuple(listed(entity, result, prices) for result in results(document(payload)) if is_hit(result))


def charged(payload: Mapping[str, Any]) -> int | None:
    """``billing.creditsCharged`` in whole credits; None where the answer does not say, or says nonsense."""
    return credits(mapping(payload.get("billing")).get("creditsCharged"))


def account(payload: Mapping[str, Any]) -> Account:
    """The usage answer. Undocumented: it tells nothing about credits."""
    credits = payload.get("credits")
    if not isinstance(credits, Mapping):
        raise Undocumented("no credits in the answer")
    prices = {
        name: price
        for name, entry in mapping(payload.get("pricing")).items()
        if (price := _price(mapping(entry))) is not None
    }
    return Account(
        remaining=_floor(credits.get("remaining")),
        total=_floor(credits.get("total")),
        used=_floor(credits.get("used")),
        prices=prices,
        raw=payload,
    )


def results(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The results of an answer; Undocumented if it has no list of them."""
    listed = payload.get("results")
    if not isinstance(listed, list):
        raise Undocumented("no results in the answer")
    return mappings(listed)


def first_by(key: str, results: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Results by what they carry under ``key``; of repeats, the first that is a hit."""
    found: dict[str, Mapping[str, Any]] = {}
    for result in results:
        name = text(result.get(key))
        if name is not None and (name not in found or (not is_hit(found[name]) and is_hit(result))):
            found[name] = result
    return found


def is_hit(result: Mapping[str, Any]) -> bool:
    """Whether a result tells of somebody: it has an id, and no error."""
    return not result.get("error") and text(prune(result.get("id"))) is not None


def _item(result: Mapping[str, Any] | None, read: Callable[[Mapping[str, Any]], Profile]) -> Item:
    if result is not None and is_hit(result):
        return Item(read(result))
    error, message = trouble(result)
    return Item(error=error, message=message)


def trouble(result: Mapping[str, Any] | None) -> tuple[ItemError, str]:
    """Why a result (None: there was none) is no hit: our word for it, and Lusha's own."""
    if result is None:
        return "NO_ANSWER", _LEFT_OUT
    error = mapping(result.get("error"))
    if not error:
        return "NO_ANSWER", "Lusha answered this item without an id"
    code, words = text(error.get("code")) or "", redact(text(error.get("message")) or "")
    if code in _ERRORS:
        return _ERRORS[code], words
    return "ENRICH_FAILED", f"{redact(code)}: {words}" if code else words


def _price(entry: Mapping[str, Any]) -> Price | None:
    """Whole credits, rounded up (the worst case), for each ``perQuantity`` items."""
    credits, lot = number(entry.get("credits")), number(entry.get("perQuantity"))
    if credits is None or credits < 0:
        return None
    return Price(math.ceil(credits), per=max(1, math.floor(lot)) if lot is not None else 1)


def _floor(value: Any) -> int | None:
    found = number(value)
    return None if found is None else math.floor(found)
