"""Profiles whatever API generation told them: what was bought, the union of two, and their form in storage.

    answer item ─► pruned (blanks, placeholders) ─► named in snake_case (v2, v3) ─► Profile

``v2`` and ``v3`` read the answers; the engine calls ``merge``, ``to_json`` and ``from_json``. All pure.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import orjson

from connector.lusha.attributes import BASE, DATUM_ROOTS, PERSON_ROOTS_OF_THE_JOB, REVEALS
from connector.lusha.cleaning import mapping
from connector.models import Entity, Profile

_ANY_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
"""For what orjson, nine times as fast, refuses to write: whole numbers beyond 64 bits."""
_INDEPENDENT = frozenset({"social"})
"""Maps whose entries say nothing about each other."""


def bought(
    entity: Entity, id: str, attributes: Mapping[str, Any], asked: Collection[str], item: Mapping[str, Any]
) -> Profile:
    """What an answer that was paid for holds: the data asked for, also where they came empty, so that they are not
    bought again; the base; and whatever else came."""
    came = {datum for datum in REVEALS[entity] if DATUM_ROOTS[datum] in attributes}
    held = (frozenset(asked) & REVEALS[entity]) | came | {BASE[entity]}
    return Profile(entity, id, attributes, revealed=held, raw=item)


def merge(old: Profile | None, new: Profile) -> Profile:
    """What is known from both: newer facts replace older ones, paid data stay, ``revealed`` is united.

    A map (company, job title, location …) that contradicts the older one replaces it whole, so that a new
    employer never keeps the old one's domain; one that agrees is completed from it. With a new employer,
    everything bound to the old job goes. A datum that the new answer paid for is as the new answer says, also
    where that is empty.
    """
    if old is None:
        return new
    if old.entity != new.entity:
        raise ValueError(f"a {old.entity} and a {new.entity} have no union")
    outdated = {DATUM_ROOTS[datum] for datum in new.revealed if datum in DATUM_ROOTS}
    if old.entity == "person" and _changed_employer(old, new):
        outdated |= PERSON_ROOTS_OF_THE_JOB
    kept = {name: value for name, value in old.attributes.items() if name not in outdated}
    told = {name: _newer(name, kept[name], value) if name in kept else value for name, value in new.attributes.items()}
    offers = new.offers
    if offers is None and old.offers is not None:
        offers = {datum: credits for datum, credits in old.offers.items() if datum not in new.revealed}
    revealed = old.revealed | new.revealed
    return Profile(new.entity, new.id, kept | told, revealed, offers, {**old.raw, **new.raw})


def _newer(name: str, old: Any, new: Any) -> Any:
    if old == new or not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return new
    contradict = name not in _INDEPENDENT and any(old[key] != new[key] for key in old.keys() & new.keys())
    return new if contradict else {**old, **new}


def _changed_employer(old: Profile, new: Profile) -> bool:
    """Whether both name an employer, and the first of id, domain and name that both tell differs."""
    before, after = mapping(old.attributes.get("company")), mapping(new.attributes.get("company"))
    told = next((key for key in ("id", "domain", "name") if key in before and key in after), None)
    return told is not None and bool(before[told] != after[told])


def to_json(profile: Profile) -> str:
    """The profile as one line of JSON, for storage; the same profile always gives the same text.

    A number that is none (``NaN``, which no JSON text may hold) is kept as null.
    """
    document = {
        "entity": profile.entity,
        "id": profile.id,
        "attributes": profile.attributes,
        "revealed": sorted(profile.revealed),
        "offers": profile.offers,
        "raw": profile.raw,
    }
    try:
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        return _ANY_JSON.encode(document)


def from_json(stored: str) -> Profile:
    """The profile that ``to_json`` wrote; ValueError or KeyError for anything else."""
    document = json.loads(stored)
    return Profile(
        document["entity"],
        document["id"],
        document["attributes"],
        frozenset(document["revealed"]),
        document["offers"],
        document["raw"],
    )
