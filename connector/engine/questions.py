"""The paid questions about profiles: who is it · buy by id · find and buy in one · buy results of a search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, cast

from connector.engine.buying import cost, counted, previewed, weights
from connector.engine.payer import ByHand, Previewing, Prices, Provider
from connector.engine.paying import BY_BALANCE, Question
from connector.lusha.calls import Call
from connector.models import Answer, Entity, Identity, Item
from connector.store.shares import SEARCH


class Buyer(Protocol):
    """Of whom is bought, at which prices, and what: people or companies."""

    @property
    def lusha(self) -> Provider: ...

    @property
    def prices(self) -> Prices: ...

    @property
    def entity(self) -> Entity: ...


class Wanted(Protocol):
    """Somebody whose data are wanted."""

    @property
    def identity(self) -> Identity: ...

    def offers(self, since: datetime | None) -> Mapping[str, int] | None:
        """Lusha's own prices, where they are known and young enough."""


def search(buyer: Buyer, identities: Sequence[Identity]) -> Question[Answer]:
    """Previews, for the search fee; only providers that have them are asked."""
    entity, prices, lusha = buyer.entity, buyer.prices, cast(Previewing, buyer.lusha)
    return Question(
        action="search",
        items=len(identities),
        costs=lambda n: prices.search(entity, n),
        request=lambda n: {"items": n},
        call=lambda n: lusha.search(entity, identities[:n]),
        again="fee",
        weights=lambda _: {SEARCH: 1},
        brought=lambda answer: previewed(answer.items),
    )


def purchase(buyer: Buyer, wants: Sequence[Wanted], data: frozenset[str], since: datetime | None) -> Question[Answer]:
    """Buy ``data`` for each: by id where the provider sells by id, else by any identity."""
    entity, prices, lusha = buyer.entity, buyer.prices, buyer.lusha
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
            brought=lambda answer: counted(*_with_extra(answer, offers)),
        )
    return Question(
        action="look up " + "+".join(sorted(data)),
        items=len(wants),
        costs=lambda n: sum(each[:n]),
        request=lambda n: {"items": n, **BY_BALANCE},
        call=lambda n: lusha.look_up(entity, identities[:n], data),
        again="balance",
        weights=lambda answer: weights(prices, answer.items, offers[: len(answer.items)]),
        brought=lambda answer: counted(*_with_extra(answer, offers)),
    )


def results(buyer: Buyer, call: Call[Answer], count: int, data: frozenset[str]) -> Question[Answer]:
    """Buy ``data`` of so many results of a search, by a request that names them all (providers without previews)."""
    prices, lusha = buyer.prices, cast(ByHand, buyer.lusha)
    return Question(
        action="enrich " + "+".join(sorted(data)),
        items=1,
        costs=lambda _: count * prices.enrich(buyer.entity, data),
        request=lambda _: BY_BALANCE,
        call=lambda _: lusha.send(call),
        again="balance",
        weights=lambda answer: weights(prices, answer.items, [None] * len(answer.items)),
        brought=lambda answer: counted(*_with_extra(answer, [None] * len(answer.items))),
    )


def _with_extra(
    answer: Answer, offers: Sequence[Mapping[str, int] | None]
) -> tuple[list[Item], list[Mapping[str, int] | None]]:
    """All that came, whoever was meant by it, each with the prices that were offered for it."""
    items = [*answer.items, *(Item(profile) for profile in answer.extra)]
    return items, [*offers[: len(answer.items)], *[None] * len(answer.extra)]
