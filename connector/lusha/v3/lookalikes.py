"""People and companies like some that are known (Lusha V3, Lookalikes). Request and reader, all pure.

Reference: https://docs.lusha.com/apis/openapi (Lookalikes).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connector.lusha.calls import Call, document
from connector.lusha.cleaning import boolean, mapping, text
from connector.lusha.prices import PriceList
from connector.lusha.seeds import Ids, lookalike_body
from connector.lusha.v3.answers import charged, listed_profiles
from connector.lusha.v3.requests import path_of
from connector.models import Entity, Identity, Lookalikes

_IDS = Ids("ids", lambda id, place: id)


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
    body = lookalike_body(entity, seeds, exclude=exclude, limit=limit, session=session, ids=_IDS)
    path = path_of(entity, "lookalike")
    return Call("POST", path, lambda told: _answer(told, entity, prices, session), body=body, paid=True)


def _answer(payload: Any, entity: Entity, prices: PriceList, session: str | None) -> Lookalikes:
    told = document(payload)
    return Lookalikes(
        profiles=listed_profiles(told, entity, prices),
        session=text(told.get("dedupeSessionId")) or session,  # null where Lusha keeps none
        more=boolean(mapping(told.get("meta")).get("hasMore")) or False,
        charged=charged(told),
    )
