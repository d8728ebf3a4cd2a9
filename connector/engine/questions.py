"""The three paid questions about records: who is it · buy by id · find and buy in one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from connector.engine.buying import cost, weights
from connector.engine.cases import Want
from connector.engine.context import Context
from connector.engine.payer import Previewing
from connector.engine.paying import BY_BALANCE, Question
from connector.models import Answer, Identity
from connector.store.shares import SEARCH


def search(context: Context, identities: Sequence[Identity]) -> Question[Answer]:
    """Previews, for the search fee; only providers that have them are asked."""
    entity, prices, lusha = context.entity, context.prices, cast(Previewing, context.lusha)
    return Question(
        action="search",
        items=len(identities),
        costs=lambda n: prices.search(entity, n),
        request=lambda n: {"items": n},
        call=lambda n: lusha.search(entity, identities[:n]),
        again="fee",
        weights=lambda _: {SEARCH: 1},
    )


def purchase(context: Context, wants: Sequence[Want], data: frozenset[str], since: datetime | None) -> Question[Answer]:
    """Buy ``data`` for each: by id where the provider sells by id, else by any identity."""
    entity, prices, lusha = context.entity, context.prices, context.lusha
    each = [cost(prices, entity, data, want.offers(since)) for want in wants]
    offers = [want.offers(since) for want in wants]
    identities = [want.identity for want in wants]
    if lusha.previews:
        ids = [identity.id or "" for identity in identities]
        return Question(
            action="enrich " + "+".join(sorted(data)),
            items=len(wants),
            costs=lambda n: sum(each[:n]),
            request=lambda n: {"entity": entity, "ids": ids[:n], "reveal": sorted(data)},
            call=lambda n: lusha.enrich(entity, ids[:n], data),
            again="free",
            weights=lambda answer: weights(prices, answer.items, offers[: len(answer.items)]),
        )
    return Question(
        action="look up " + "+".join(sorted(data)),
        items=len(wants),
        costs=lambda n: sum(each[:n]),
        request=lambda n: {"items": n, **BY_BALANCE},
        call=lambda n: lusha.look_up(entity, identities[:n], data),
        again="balance",
        weights=lambda answer: weights(prices, answer.items, offers[: len(answer.items)]),
    )
