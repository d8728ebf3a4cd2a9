"""Lusha V2's lookalikes: people or companies like some that are given. All pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connector.lusha.calls import PLURAL, Call, Undocumented, document
from connector.lusha.cleaning import boolean, mapping, mappings, prune, text
from connector.lusha.reading import credits
from connector.lusha.seeds import Ids, lookalike_body
from connector.lusha.v2 import shape
from connector.lusha.v2.numbers import as_number
from connector.models import Entity, Identity, Lookalikes, Profile

_IDS = Ids("contactIds", as_number)


def lookalikes(
    entity: Entity,
    seeds: Sequence[Identity],
    *,
    exclude: Sequence[Identity] = (),
    limit: int = 25,
    session: str | None = None,
) -> Call[Lookalikes]:
    """Up to ``limit`` (1 to 100) like the seeds (``POST /v3/lookalike/{contacts,companies}``).

    At least 5 different seeds and at most 100 of a kind, and as many to exclude: people by id, LinkedIn URL, e-mail or
    name with company, companies by domain or LinkedIn URL. ``session``: that of an earlier answer, for more without
    repeats, for 30 days; one seed is enough then. Costs credits by result; the answer tells how many, or not (None).
    Profiles are previews without offers; those of companies have the id "", since V2 tells none.

    RequestRefused with code "400": a limit out of range, too few or too many seeds, a blank session, or an identity
    that Lusha would refuse (its place is counted through the seeds and on through ``exclude``). Undocumented: no
    results. https://docs.lusha.com/apis/openapi (getContactLookalikes, getCompanyLookalikes)
    """
    body = lookalike_body(entity, seeds, exclude=exclude, limit=limit, session=session, ids=_IDS)
    path = f"/v3/lookalike/{PLURAL[entity]}"
    return Call("POST", path, lambda payload: _read(payload, entity, session), body=body, paid=True)


def _read(payload: Any, entity: Entity, session: str | None) -> Lookalikes:
    told = document(payload)
    if not isinstance(told.get("results"), list):
        raise Undocumented("no results in the answer")
    profile = _person if entity == "person" else _company
    return Lookalikes(
        tuple(found for entry in mappings(told["results"]) if (found := profile(entry))),
        text(told.get("dedupeSessionId")) or session,  # null where Lusha keeps none
        boolean(mapping(told.get("meta")).get("hasMore")) or False,
        credits(told.get("creditsCharged")),
    )


def _person(entry: Mapping[str, Any]) -> Profile | None:
    told = mapping(prune(entry))
    attributes = shape.person({**told, "personId": told.get("contactId")})
    return Profile("person", attributes["id"], attributes, raw=entry) if "id" in attributes else None


def _company(entry: Mapping[str, Any]) -> Profile | None:
    told = mapping(prune(entry))
    attributes = shape.company({**told, "linkedin": told.get("linkedinUrl")})
    return Profile("company", attributes.get("id", ""), attributes, raw=entry) if attributes else None
