"""Lusha's API V2 as typed methods: each builds a call, sends it, and reads the answer.

There is no search without a purchase here: ``look_up`` finds and buys in one request, and what was charged is
estimated from a price list and the answer's ``isCreditCharged`` until the account's balance says it exactly.
Every method raises ``connector.lusha.errors``; a paid one whose answer was lost raises InDoubt and is not repeated.
Reference: https://docs.lusha.com/apis/openapi
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any, TypeVar

from connector.lusha.attributes import REVEALS
from connector.lusha.batches import in_batches
from connector.lusha.calls import Call
from connector.lusha.errors import DatapointsNotOnPlan
from connector.lusha.prices import PriceList
from connector.lusha.transport import Sender
from connector.lusha.v2 import account, lookalikes, prospecting, requests, signals
from connector.models import (
    Account,
    Answer,
    Entity,
    FilterType,
    Found,
    Identity,
    Lookalikes,
    SignalsAnswer,
)

T = TypeVar("T")
_BOTH = frozenset({"emails", "phones"})


class LushaV2:
    """All of API V2 for one key. ``previews``: there are none, everything found is bought.

    ``separate``: whether the plan (unified credits) sells e-mails and phones apart; False from the first refusal on.
    """

    previews = False

    def __init__(self, sender: Sender, prices: PriceList | None = None) -> None:
        self._sender = sender
        self._prices = prices or PriceList()
        self.separate = True

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, every repetition included."""
        return self._sender.calls

    def send(self, call: Call[T]) -> T:
        """Send what a method that ends in ``_call`` made: a request checked and ready, that nobody has sent yet."""
        try:
            return self._sender.send(call)
        except DatapointsNotOnPlan:
            self.separate = False
            raise

    def account(self) -> Account:
        """Remaining credits (``GET /account/usage``); free, five times a minute. V2 tells no prices."""
        return self._sender.send(account.account())

    def purchase(self, entity: Entity, wanted: Collection[str]) -> frozenset[str]:
        """The data that must be asked for to be told ``wanted``.

        Nobody is told without revealing something: where neither is wanted, e-mails, which cost least. A plan without
        unified credits sells both or nothing. Companies come whole.
        """
        if entity == "company":
            return frozenset({"company"})
        if not self.separate:
            return _BOTH
        return (frozenset(wanted) & REVEALS["person"]) or frozenset({"emails"})

    def look_up(self, entity: Entity, identities: Sequence[Identity], reveal: Collection[str]) -> Answer:
        """Profiles of 1 to 100 people or companies, in the order asked (``POST /v2/person``, ``POST /v2/company``).

        ``reveal``: as ``purchase`` says. Costs each datum of it that exists, once per account. RequestRefused: an
        item that Lusha will not take, found before sending where possible. DatapointsNotOnPlan: nothing was done; ask
        again for what ``purchase`` says from now on.
        """
        references = [str(place) for place in range(1, len(identities) + 1)]
        asked = self._reveal(entity, reveal)
        return self.send(requests.look_up(entity, identities, references, asked, self._prices))

    def look_up_all(self, entity: Entity, identities: Sequence[Identity], reveal: Collection[str]) -> Iterator[Answer]:
        """``look_up`` for any number, lazily, one answer for each request: save each before asking for the next."""
        return in_batches(identities, lambda some: self.look_up(entity, some, reveal))

    def look_up_one(self, entity: Entity, identity: Identity, reveal: Collection[str]) -> Answer:
        """One person or company (``GET /v2/person``, ``GET /v2/company``); costs as ``look_up``.

        Restricted: Lusha may not process this person (451), never ask again.
        """
        return self.send(requests.look_up_one(entity, identity, self._reveal(entity, reveal), self._prices))

    def enrich(self, entity: Entity, ids: Sequence[str], reveal: Collection[str]) -> Answer:
        """``look_up`` by Lusha id."""
        return self.look_up(entity, [Identity(entity, id=id) for id in ids], reveal)

    def prospecting(
        self,
        entity: Entity,
        filters: Mapping[str, Any],
        *,
        page: int = 0,
        size: int = 20,
        partial: bool | None = None,
        without_do_not_call: bool = False,
    ) -> Found:
        """One page of people or companies that match (``POST /prospecting/{contact,company}/search``).

        ``filters`` in Lusha's own words. ``page`` 0 to 1,000, ``size`` 10 to 50. ``prospecting_enrich`` buys results
        under the ``request_id`` of this answer.
        """
        return self.send(
            self.prospecting_call(
                entity, filters, page=page, size=size, partial=partial, without_do_not_call=without_do_not_call
            )
        )

    def prospecting_call(
        self,
        entity: Entity,
        filters: Mapping[str, Any],
        *,
        page: int = 0,
        size: int = 20,
        partial: bool | None = None,
        without_do_not_call: bool = False,
    ) -> Call[Found]:
        """``prospecting``, to be sent later."""
        return prospecting.prospecting(
            entity,
            filters,
            self._prices,
            page=page,
            size=size,
            partial=partial,
            without_do_not_call=without_do_not_call,
        )

    def prospecting_enrich(
        self, entity: Entity, request_id: str, ids: Sequence[str], reveal: Collection[str]
    ) -> Answer:
        """Profiles of 1 to 100 results of one prospecting search (``POST /prospecting/{contact,company}/enrich``)."""
        return self.send(self.prospecting_enrich_call(entity, request_id, ids, reveal))

    def prospecting_enrich_call(
        self, entity: Entity, request_id: str, ids: Sequence[str], reveal: Collection[str]
    ) -> Call[Answer]:
        """``prospecting_enrich``, to be sent later."""
        return prospecting.enrich(entity, request_id, ids, self._reveal(entity, reveal), self._prices)

    def filters(self, entity: Entity) -> tuple[FilterType, ...]:
        """The filters of prospecting whose values can be listed, under V3's names; asks nobody."""
        return prospecting.filter_types(entity)

    def filter_values(self, entity: Entity, name: str, query: str | None = None) -> tuple[Any, ...]:
        """The values of one filter, as Lusha spells them; free. ``query``: a text, where it is searched for."""
        return self._sender.send(prospecting.filter_values(entity, name, query))

    def signals(
        self,
        entity: Entity,
        ids: Sequence[str],
        types: Sequence[str],
        *,
        since: date | None = None,
        most: int | None = None,
    ) -> SignalsAnswer:
        """Events of 1 to 100 Lusha ids, in the order asked (``POST /api/signals/{contacts,companies}``).

        ``types``: Lusha's own words, ``["allSignals"]`` for all. ``since``: six months ago where left out. Costs
        about one credit for each id that has any.
        """
        return self.send(self.signals_call(entity, ids, types, since=since, most=most))

    def signals_call(
        self,
        entity: Entity,
        ids: Sequence[str],
        types: Sequence[str],
        *,
        since: date | None = None,
        most: int | None = None,
    ) -> Call[SignalsAnswer]:
        """``signals``, to be sent later."""
        return signals.signals(entity, ids, types, since=since, most=most)

    def signals_of(
        self,
        entity: Entity,
        identities: Sequence[Identity],
        types: Sequence[str],
        *,
        since: date | None = None,
        most: int | None = None,
    ) -> SignalsAnswer:
        """``signals`` of different identities instead of ids (``POST /api/signals/{contacts,companies}/search``)."""
        return self.send(self.signals_of_call(entity, identities, types, since=since, most=most))

    def signals_of_call(
        self,
        entity: Entity,
        identities: Sequence[Identity],
        types: Sequence[str],
        *,
        since: date | None = None,
        most: int | None = None,
    ) -> Call[SignalsAnswer]:
        """``signals_of``, to be sent later."""
        ids = {identity.id for identity in identities}  # they stand where references stand: none may be like one
        free = (reference for reference in map(str, count(1)) if reference not in ids)
        references = [next(free) for _ in identities]
        return signals.signals_of(entity, identities, references, types, since=since, most=most)

    def signal_types(self, entity: Entity) -> tuple[str, ...]:
        """The types of signals there are (``GET /api/signals/filters/{contact,company}``); free."""
        return self._sender.send(signals.signal_types(entity))

    def lookalikes(
        self,
        entity: Entity,
        seeds: Sequence[Identity],
        *,
        exclude: Sequence[Identity] = (),
        limit: int = 25,
        session: str | None = None,
    ) -> Lookalikes:
        """People or companies like the seeds (``POST /v3/lookalike/{contacts,companies}``); costs by result.

        At least five seeds at first; ``session`` of an answer asks for more without repeats. SessionExpired: it is
        older than 30 days.
        """
        return self.send(self.lookalikes_call(entity, seeds, exclude=exclude, limit=limit, session=session))

    def lookalikes_call(
        self,
        entity: Entity,
        seeds: Sequence[Identity],
        *,
        exclude: Sequence[Identity] = (),
        limit: int = 25,
        session: str | None = None,
    ) -> Call[Lookalikes]:
        """``lookalikes``, to be sent later."""
        return lookalikes.lookalikes(entity, seeds, exclude=exclude, limit=limit, session=session)

    def _reveal(self, entity: Entity, reveal: Collection[str]) -> frozenset[str] | None:
        """What a request names; None = nothing, and all of it comes, as every plan allows."""
        both = not self.separate or frozenset(reveal) >= _BOTH
        return None if entity == "person" and both else frozenset(reveal)
