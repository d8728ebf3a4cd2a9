"""Lusha V2's lookalikes: people or companies like some that are given. All pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from connector.lusha.calls import Call, Undocumented, document
from connector.lusha.cleaning import boolean, mapping, mappings, number, prune, text
from connector.lusha.identifying import COMPLETE, MOST_ITEMS, Ways, given
from connector.lusha.refusing import refusal, refused
from connector.lusha.v2 import shape
from connector.lusha.v2.numbers import as_number
from connector.models import Entity, Identity, Lookalikes, Profile

FEWEST_SEEDS = 5
MOST_RESULTS = 100

_PATHS: Mapping[Entity, str] = MappingProxyType(
    {"person": "/v3/lookalike/contacts", "company": "/v3/lookalike/companies"}
)
_WAYS: Mapping[Entity, Ways] = MappingProxyType(
    {"person": COMPLETE["person"], "company": (frozenset({"domain"}), frozenset({"linkedin_url"}))}
)
_KINDS: Mapping[str, str] = MappingProxyType(
    {"id": "contactIds", "linkedin_url": "linkedinUrls", "email": "emails", "domain": "domains"}
)
"""Lists of seeds by what they are given by; names stand in ``contacts``."""

_NAMED: Mapping[str, str] = MappingProxyType(
    {
        "first_name": "firstName",
        "last_name": "lastName",
        "company_domain": "companyDomain",
        "company_name": "companyName",
    }
)


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
    if not 1 <= limit <= MOST_RESULTS:
        raise refusal(f"1 to {MOST_RESULTS} lookalikes can be asked for, not {limit}")
    if session is not None and not session.strip():
        raise refusal("the session to go on with is blank")
    fewest = FEWEST_SEEDS if session is None else 1
    if (different := len(set(seeds))) < fewest:
        raise refusal(f"lookalikes need {fewest} different seeds or more, not {different}")
    body: dict[str, Any] = {"seeds": _batch(entity, seeds, 0), "limit": limit}
    if exclude:
        body["exclude"] = _batch(entity, exclude, len(seeds))
    if session is not None:
        body["dedupeSessionId"] = session
    return Call("POST", _PATHS[entity], lambda payload: _read(payload, entity, session), body=body, paid=True)


def _batch(entity: Entity, identities: Sequence[Identity], before: int) -> dict[str, list[Any]]:
    """Identities by kind, each once; ``before``: the items of the request that stand before them."""
    batch: dict[str, list[Any]] = {}
    for place, identity in enumerate(identities, start=before + 1):
        kind, seed = _seed(entity, identity, place)
        if seed not in batch.setdefault(kind, []):
            batch[kind].append(seed)
    if full := next((kind for kind, found in batch.items() if len(found) > MOST_ITEMS), None):
        raise refusal(f"lookalikes take {MOST_ITEMS} {full}, not {len(batch[full])}")
    return batch


def _seed(entity: Entity, identity: Identity, place: int) -> tuple[str, Any]:
    if entity == identity.entity == "company" and not (identity.domain or identity.linkedin_url):
        raise refused(place, "has neither a domain nor a LinkedIn URL; lookalikes of companies go by these")
    fields = given(entity, identity, place, _WAYS[entity])
    if len(fields) > 1:
        return "contacts", {_NAMED[name]: value for name, value in fields.items()}
    ((name, value),) = fields.items()
    return _KINDS[name], as_number(value, place) if name == "id" else value


def _read(payload: Any, entity: Entity, session: str | None) -> Lookalikes:
    told = document(payload)
    if not isinstance(told.get("results"), list):
        raise Undocumented("no results in the answer")
    profile = _person if entity == "person" else _company
    credits = number(told.get("creditsCharged"))
    return Lookalikes(
        tuple(found for entry in mappings(told["results"]) if (found := profile(entry))),
        text(told.get("dedupeSessionId")) or session,  # null where Lusha keeps none
        boolean(mapping(told.get("meta")).get("hasMore")) or False,
        None if credits is None or credits < 0 else math.ceil(credits),
    )


def _person(entry: Mapping[str, Any]) -> Profile | None:
    told = mapping(prune(entry))
    attributes = shape.person({**told, "personId": told.get("contactId")})
    return Profile("person", attributes["id"], attributes, raw=entry) if "id" in attributes else None


def _company(entry: Mapping[str, Any]) -> Profile | None:
    told = mapping(prune(entry))
    attributes = shape.company({**told, "linkedin": told.get("linkedinUrl")})
    return Profile("company", attributes.get("id", ""), attributes, raw=entry) if attributes else None
