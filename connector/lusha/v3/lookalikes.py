"""People and companies like some that are known (Lusha V3, Lookalikes). Request and reader, all pure.

Reference: https://docs.lusha.com/apis/openapi (Lookalikes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connector.lusha.calls import Call, document
from connector.lusha.cleaning import boolean, mapping, text
from connector.lusha.identifying import COMPLETE, Ways, given
from connector.lusha.prices import PriceList
from connector.lusha.refusing import refusal, refused
from connector.lusha.v3.answers import charged, listed_profiles
from connector.lusha.v3.requests import path_of
from connector.models import Entity, Identity, Lookalikes

FEWEST_SEEDS = 5
"""Fewest seeds of a first request; one that goes on with a session may have fewer."""

MOST_SEEDS = 100
"""Most seeds of one kind."""

MOST_LOOKALIKES = 100

_WAYS: Mapping[Entity, Ways] = {
    "person": COMPLETE["person"],
    "company": (frozenset({"domain"}), frozenset({"linkedin_url"})),
}
_KINDS = {"id": "ids", "linkedin_url": "linkedinUrls", "email": "emails", "domain": "domains"}
"""Seeds that are one text, by Lusha's name for their kind."""

_NAMES = {
    "first_name": "firstName",
    "last_name": "lastName",
    "company_domain": "companyDomain",
    "company_name": "companyName",
}


def lookalikes(
    entity: Entity,
    seeds: Sequence[Identity],
    prices: PriceList,
    *,
    exclude: Sequence[Identity] = (),
    limit: int = 25,
    session: str | None = None,
) -> Call[Lookalikes]:
    """People or companies like the seeds (``POST /v3/{contacts,companies}/lookalike``); previews, to be enriched.

    ``seeds``: different ones, at least 5 at first and at least 1 with a ``session``; at most 100 of a kind (ids,
    LinkedIn URLs, e-mails, names; of companies domains and LinkedIn URLs alone). ``exclude``: never to be among the
    results. ``limit`` 1 to 100. ``session``: that of an earlier answer, for more without repeats, good for 30 days.

    Costs by result. RequestRefused with code "400": an identity that Lusha would refuse (its place is counted through
    the seeds and on through ``exclude``), too few or too many of them, ``limit`` out of range, a blank session.
    SessionExpired, when sent: the session is too old. Undocumented: the answer has no results.
    Reference: https://docs.lusha.com/apis/openapi
    """
    if not 1 <= limit <= MOST_LOOKALIKES:
        raise refusal(f"1 to {MOST_LOOKALIKES} lookalikes can be asked for, not {limit}")
    if session is not None and not session.strip():
        raise refusal("the session to go on with is blank")
    least = FEWEST_SEEDS if session is None else 1
    if (different := len(set(seeds))) < least:
        raise refusal(f"lookalikes need {least} different seeds or more, not {different}")
    body: dict[str, Any] = {"seeds": _batch(entity, seeds, 0), "limit": limit}
    if exclude:
        body["exclude"] = _batch(entity, exclude, len(seeds))
    if session is not None:
        body["dedupeSessionId"] = session
    path = path_of(entity, "lookalike")
    return Call("POST", path, lambda told: _answer(told, entity, prices, session), body=body, paid=True)


def _batch(entity: Entity, identities: Sequence[Identity], before: int) -> dict[str, list[Any]]:
    """Identities by kind, each once; ``before``: the items of the request that stand before them."""
    batch: dict[str, list[Any]] = {}
    for place, identity in enumerate(identities, start=before + 1):
        kind, seed = _seed(entity, identity, place)
        if seed not in batch.setdefault(kind, []):
            batch[kind].append(seed)
    if full := next((kind for kind, found in batch.items() if len(found) > MOST_SEEDS), None):
        raise refusal(f"lookalikes take {MOST_SEEDS} {full}, not {len(batch[full])}")
    return batch


def _seed(entity: Entity, identity: Identity, place: int) -> tuple[str, str | dict[str, str]]:
    if entity == identity.entity == "company" and not (identity.domain or identity.linkedin_url):
        raise refused(place, "has neither a domain nor a LinkedIn URL; lookalikes of companies go by these")
    fields = given(entity, identity, place, _WAYS[entity])
    if len(fields) > 1:
        return "contacts", {_NAMES[name]: value for name, value in fields.items()}
    ((name, value),) = fields.items()
    return _KINDS[name], value


def _answer(payload: Any, entity: Entity, prices: PriceList, session: str | None) -> Lookalikes:
    told = document(payload)
    return Lookalikes(
        profiles=listed_profiles(told, entity, prices),
        session=text(told.get("dedupeSessionId")) or session,  # null where Lusha keeps none
        more=boolean(mapping(told.get("meta")).get("hasMore")) or False,
        charged=charged(told),
    )
