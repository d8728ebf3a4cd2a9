"""Lusha V3's results as profiles: previews with what can be revealed, and what was enriched. All pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from connector.lusha.attributes import REVEALS
from connector.lusha.cleaning import integer, mapping, mappings, prune, text, texts
from connector.lusha.prices import PriceList
from connector.lusha.profiles import bought
from connector.lusha.v3 import shape
from connector.models import Entity, Profile


def contact_preview(item: Mapping[str, Any], prices: PriceList | None = None) -> Profile:
    """A result of ``/v3/contacts/search``: nothing paid, and what can be revealed at which price."""
    offers = _offers("person", item, prices or PriceList())
    return Profile("person", str(prune(item["id"])), shape.person(item), offers=offers, raw=item)


def enriched_contact(item: Mapping[str, Any], asked: Collection[str]) -> Profile:
    """A result of ``/v3/contacts/enrich``.

    ``asked``: the data to reveal, held from now on even if empty, so that they are not bought again; ``profile``
    comes with any of them.
    """
    return bought("person", str(prune(item["id"])), shape.person(item), asked, item)


def company_preview(item: Mapping[str, Any], prices: PriceList | None = None) -> Profile:
    """A result of ``/v3/companies/search``; the base enrich (``company``) is always among its offers."""
    told = mapping(prune(item))
    prices = prices or PriceList()
    offers = {"company": prices.of("company"), **_offers("company", item, prices)}
    return Profile("company", str(told["id"]), shape.company(told), offers=offers, raw=item)


def listed(entity: Entity, item: Mapping[str, Any], prices: PriceList) -> Profile:
    """A result of prospecting or lookalikes: a preview, often of little more than id and name.

    Where it tells neither what there is nor what can be revealed, ``offers`` is None: anything might be had.
    """
    profile = contact_preview(item, prices) if entity == "person" else company_preview(item, prices)
    told = isinstance(item.get("canReveal"), list) or isinstance(item.get("has"), list)
    return profile if told else replace(profile, offers=None)


def enriched_company(item: Mapping[str, Any], asked: Collection[str]) -> Profile:
    """A result of ``/v3/companies/enrich``. ``asked``: the extras to reveal; the base (``company``) is added."""
    told = mapping(prune(item))
    return bought("company", str(told["id"]), shape.company(told), asked, item)


def _offers(entity: Entity, item: Mapping[str, Any], prices: PriceList) -> dict[str, int]:
    """Prices by datum from ``canReveal``; where an answer has no such list, from ``has`` and the price table."""
    if not isinstance(item.get("canReveal"), list):
        return {name: prices.of(name) for name in texts(item.get("has")) if name in REVEALS[entity]}
    offers = {}
    for entry in mappings(item["canReveal"]):
        name, credits = text(entry.get("field")) or "", integer(entry.get("credits"))
        if name in REVEALS[entity]:
            offers[name] = prices.of(name) if credits is None or credits < 0 else credits
    return offers
