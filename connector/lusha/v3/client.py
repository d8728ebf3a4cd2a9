"""Lusha's API V3 as typed methods: each builds a call, sends it, and reads the answer.

    lusha = LushaClient(Secret(key)).v3
    found = lusha.search("person", [Identity("person", email="ada@acme.example.com")])
    bought = lusha.enrich("person", [found.items[0].profile.id], {"emails"})

Every method raises ``connector.lusha.errors``; a paid one whose answer was lost raises InDoubt and is not repeated.
Reference: https://docs.lusha.com/apis/openapi
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from connector.lusha.batches import in_batches
from connector.lusha.calls import Call, document
from connector.lusha.cleaning import mapping
from connector.lusha.prices import PriceList
from connector.lusha.transport import Sender
from connector.lusha.v3 import answers, lookalikes, prospecting, requests, signals
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


class LushaV3:
    """All of API V3 for one key. ``previews``: a search tells what there is before it is bought."""

    previews = True

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._prices = PriceList()

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, every repetition included."""
        return self._sender.calls

    def send(self, call: Call[T]) -> T:
        """Send what a method that ends in ``_call`` made: a request checked and ready, that nobody has sent yet."""
        return self._sender.send(call)

    def account(self) -> Account:
        """Remaining credits and the price of each action (``GET /v3/account/usage``); free, five times a minute.

        Its prices are used from then on where a search answer names none.
        """
        account = self._sender.send(
            Call("GET", requests.USAGE_PATH, lambda told: answers.account(document(told)), patient=False)
        )
        self._sender.learn(mapping(account.raw.get("rateLimits")))
        self._prices = PriceList(account.prices)
        return account

    def search(self, entity: Entity, identities: Sequence[Identity]) -> Answer:
        """Previews of 1 to 100 people or companies, in the order asked (``POST /v3/{contacts,companies}/search``).

        Costs the search fee: one credit for each started 25 that are found. A preview has no personal data; its
        ``offers`` say what can be revealed at which price. An item that Lusha left out has the error NO_ANSWER.
        RequestRefused: an item that Lusha will not take, found before sending where possible.
        """
        references = _references(identities)
        path, body = requests.search_body(entity, identities, references)
        return self._sender.send(
            Call(
                "POST",
                path,
                lambda told: answers.search_answer(document(told), entity, references, self._prices),
                body=body,
                paid=True,
            )
        )

    def search_all(self, entity: Entity, identities: Sequence[Identity]) -> Iterator[Answer]:
        """``search`` for any number, lazily, one answer for each request: save each before asking for the next."""
        return in_batches(identities, lambda some: self.search(entity, some))

    def enrich(self, entity: Entity, ids: Sequence[str], reveal: Collection[str]) -> Answer:
        """Profiles of 1 to 100 Lusha ids, in the order asked (``POST /v3/{contacts,companies}/enrich``).

        ``reveal``: the data to buy (``connector.lusha.attributes.REVEALS``); for companies it may be empty (the base
        enrich, 1 credit each), for people not. Costs the price of each datum that exists; 0 for what was revealed to
        the account before.
        """
        path, body = requests.enrich_body(entity, ids, reveal)
        return self._sender.send(
            Call(
                "POST",
                path,
                lambda told: answers.enrich_answer(document(told), entity, ids, reveal),
                body=body,
                paid=True,
            )
        )

    def enrich_all(self, entity: Entity, ids: Sequence[str], reveal: Collection[str]) -> Iterator[Answer]:
        """``enrich`` for any number, lazily, one answer for each request: save each before asking for the next."""
        return in_batches(ids, lambda some: self.enrich(entity, some, reveal))

    def look_up(self, entity: Entity, identities: Sequence[Identity], reveal: Collection[str]) -> Answer:
        """Search and enrich in one request of 1 to 100 (``POST /v3/{contacts,companies}/search-and-enrich``).

        Costs the search fee and every datum of ``reveal`` that exists, unseen: two steps cost less where some are not
        wanted. Companies come with the base enrich alone: ``reveal`` must be empty for them, or ``{"company"}``.
        """
        references = _references(identities)
        path, body = requests.search_and_enrich_body(entity, identities, references, reveal)
        return self._sender.send(
            Call(
                "POST",
                path,
                lambda told: answers.search_and_enrich_answer(document(told), entity, references, reveal),
                body=body,
                paid=True,
            )
        )

    def look_up_all(self, entity: Entity, identities: Sequence[Identity], reveal: Collection[str]) -> Iterator[Answer]:
        """``look_up`` for any number, lazily, one answer for each request: save each before asking for the next."""
        return in_batches(identities, lambda some: self.look_up(entity, some, reveal))

    def prospecting(
        self,
        entity: Entity,
        filters: Mapping[str, Any],
        *,
        page: int = 0,
        size: int = 25,
        partial: bool = False,
        without_do_not_call: bool = False,
    ) -> Found:
        """One page of people or companies that match (``POST /v3/{contacts,companies}/prospecting``).

        ``filters`` in Lusha's own words: ``{"contacts": {"include": {"departments": ["Sales"]}}}``; ``filters()`` and
        ``filter_values()`` tell what there is. ``page`` 0 to 1,000, ``size`` 10 to 100. Costs as a search. ``partial``:
        thin profiles too. Enrich the ids to get more.
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
        size: int = 25,
        partial: bool = False,
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

    def filters(self, entity: Entity) -> tuple[FilterType, ...]:
        """The filters of prospecting whose values can be listed; free."""
        return self._sender.send(prospecting.filter_types(entity))

    def filter_values(self, entity: Entity, name: str, query: str | None = None) -> tuple[Any, ...]:
        """The values of one filter, as Lusha spells them; free. ``query`` (2 to 256 characters) where it needs one."""
        return self._sender.send(prospecting.filter_values(entity, name, query))

    def signals(
        self,
        entity: Entity,
        ids: Sequence[str],
        types: Sequence[str],
        *,
        since: date | None = None,
        most: int | None = None,
        intent_categories: Sequence[str] = (),
    ) -> SignalsAnswer:
        """Events of 1 to 100 Lusha ids, in the order asked (``POST /v3/{contacts,companies}/signals``).

        ``types``: Lusha's own words, ``["allSignals"]`` for all. ``since``: Lusha's own choice where left out.
        ``most``: so many of each type, 1 to 100. ``intent_categories`` narrow companies' ``linkedinActivityIntent``.
        Costs about one credit for each id that has any.
        """
        return self.send(
            self.signals_call(entity, ids, types, since=since, most=most, intent_categories=intent_categories)
        )

    def signals_call(
        self,
        entity: Entity,
        ids: Sequence[str],
        types: Sequence[str],
        *,
        since: date | None = None,
        most: int | None = None,
        intent_categories: Sequence[str] = (),
    ) -> Call[SignalsAnswer]:
        """``signals``, to be sent later."""
        return signals.signals(entity, ids, types, since=since, most=most, intent_categories=intent_categories)

    def signal_types(self, entity: Entity) -> tuple[str, ...]:
        """The types of signals there are; free."""
        return self._sender.send(signals.signal_types(entity))

    def signal_filters(self) -> tuple[FilterType, ...]:
        """The filters of company signals whose values can be listed; free."""
        return self._sender.send(signals.signal_filter_types())

    def signal_filter_values(self, name: str, query: str | None = None) -> tuple[Any, ...]:
        """The values of one filter of company signals; free."""
        return self._sender.send(signals.signal_filter_values(name, query))

    def lookalikes(
        self,
        entity: Entity,
        seeds: Sequence[Identity],
        *,
        exclude: Sequence[Identity] = (),
        limit: int = 25,
        session: str | None = None,
    ) -> Lookalikes:
        """People or companies like the seeds (``POST /v3/{contacts,companies}/lookalike``); costs by result.

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
        return lookalikes.lookalikes(entity, seeds, self._prices, exclude=exclude, limit=limit, session=session)

    def purchase(self, entity: Entity, wanted: Collection[str]) -> frozenset[str]:
        """The data that must be asked for to be told ``wanted``: exactly those."""
        return frozenset(wanted)


def _references(identities: Sequence[Identity]) -> list[str]:
    return [str(place) for place in range(1, len(identities) + 1)]
