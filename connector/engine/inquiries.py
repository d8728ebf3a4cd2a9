"""All that Lusha can be asked by hand, as Python code may ask it too; ``lusha-sync lusha`` is a thin layer above."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, cast

from connector.engine import finding, questions, restricted
from connector.engine.asking import Asker, Confirm, Reply, as_sold, ask
from connector.engine.finding import Buying, Finding
from connector.engine.payer import ByHand, Prices, Till, Unseen
from connector.engine.paying import BATCH
from connector.engine.signals import Wanted, signals
from connector.errors import ConfigError, RequestRefused
from connector.lusha import answered, filters
from connector.lusha.calls import Call
from connector.models import Account, Answer, Entity, FilterType, Found, Identity, Lookalikes, SignalsAnswer
from connector.store import balances, ledger


@dataclass(slots=True)
class Inquiries:
    """Questions to Lusha, booked in the ledger and within the budgets of the key (and of the org, if one is named).

    Every paid one calls ``confirm`` with its worst cost before anything is spent; what is saved costs nothing, unless
    it is asked ``anew``. ``generation``: of the API. ``keep``: so long a saved profile counts. ``correct``: sets what
    was booked by estimate right, by the account's balance.
    """

    till: Till
    lusha: ByHand
    prices: Prices
    generation: str
    keep: timedelta
    confirm: Confirm
    correct: Callable[[], int]
    _unsettled: bool = field(default=False, init=False)

    @property
    def charged(self) -> int:
        """Credits booked so far; what Lusha did not tell exactly is an estimate until ``settle``."""
        return ledger.booked(self.till.store, key=self.till.purpose.key, invocation=self.till.purpose.invocation)

    @property
    def notes(self) -> list[str]:
        """What is worth telling beside the answers."""
        return self.till.notes

    @property
    def sold_under_search(self) -> bool:
        """Whether results of prospecting are sold only under the request id of the search that found them (V2)."""
        return not self.lusha.previews

    @property
    def balance(self) -> int | None:
        """Lusha's last word on the balance, less what was booked since."""
        return balances.balance(self.till.store, self.till.purpose.key)

    def settle(self) -> None:
        """Set what was booked by estimate right; asks the account once, and only where something was paid for since."""
        if self._unsettled:
            self._unsettled = False
            self.correct()

    def account(self) -> Account:
        """Credits, plan, limits and prices; free."""
        return self.lusha.account()

    def find(self, identity: Identity, reveal: Collection[str] = (), *, anew: bool = False) -> Finding:
        """One person or company; what is saved is not bought again, unless ``anew``."""
        data = finding.checked(identity.entity, reveal, self.generation)
        return finding.find(self.till, self.prices, identity, data, since=self._since(anew), confirm=self._agree)

    def enrich(
        self, entity: Entity, ids: Sequence[str], reveal: Collection[str] = (), *, search: str | None = None,
        anew: bool = False,
    ) -> Reply[Answer]:  # fmt: skip
        """What prospecting and lookalikes found, revealed: one Item for each id, in the order asked.

        ``search``: the request id of the search that found them, where only that sells them (API V2).
        """
        if not 1 <= len(ids) <= BATCH:
            raise ConfigError(f"1 to {BATCH} can be enriched at once, not {len(ids)}", hint="ask in several commands")
        data = finding.checked(entity, reveal, self.generation) or ({"company"} if entity == "company" else frozenset())
        if not data:
            raise ConfigError(
                "nothing of these people is to be revealed", hint="--reveal emails,phones, or one of them"
            )
        if self.sold_under_search != (search is not None):
            words = "the request id of the search, and its ids" if self.sold_under_search else "ids alone"
            raise ConfigError(f"API {self.generation.upper()} takes {words}")
        different = list(dict.fromkeys(ids))
        if search is not None:
            reply = self._results(entity, search, different, data, anew)
        else:
            since = self._since(anew)
            reply = Reply(
                *finding.buy_by_id(
                    self.till, self.prices, entity, different, frozenset(data), since=since, confirm=self._agree
                )
            )
        items = dict(zip(different, reply.answer.items, strict=True))
        told = Answer(tuple(items[id] for id in ids), reply.answer.charged, reply.answer.estimated)
        return Reply(told, reply.saved)

    def signals(
        self,
        entity: Entity,
        identities: Sequence[Identity],
        types: Sequence[str],
        *,
        since: date | None = None,
        most: int | None = None,
        anew: bool = False,
    ) -> Reply[SignalsAnswer]:
        """Signals of people or companies; with previews, those that are known by no id are looked up first."""
        return signals(self._asker(anew), identities, Wanted(entity, tuple(types), since, most))

    def lookalikes(
        self,
        entity: Entity,
        seeds: Sequence[Identity],
        *,
        exclude: Sequence[Identity] = (),
        limit: int = 25,
        session: str | None = None,
        anew: bool = False,
    ) -> Reply[Lookalikes]:
        """People or companies like the seeds; with a ``session`` the next ones, so that no saved answer serves."""
        for kind, ones in (("seeds", seeds), ("excluded", exclude)):
            self._refuse_barred(kind, ones)
        call = self.lusha.lookalikes_call(entity, seeds, exclude=exclude, limit=limit, session=session)
        try:
            return self._asker(anew).reply(
                call,
                answered.lookalikes,
                action="lookalikes",
                worst=lambda: self.prices.lookalikes(entity, limit),
                lasting=session is None,
            )
        except RequestRefused as refused:
            raise restricted.of_several(refused) from None

    def prospect(
        self,
        entity: Entity,
        criteria: Mapping[str, Any],
        *,
        page: int = 0,
        size: int = 25,
        without_dnc: bool = False,
        anew: bool = False,
    ) -> Reply[Found]:
        """One page of people or companies that match."""
        call = self.lusha.prospecting_call(entity, criteria, page=page, size=size, without_do_not_call=without_dnc)

        def worst() -> int:
            types = filters.signal_types(criteria, self.lusha.signal_types)
            return self.prices.prospecting(entity, size, signal_types=types)

        return self._asker(anew).reply(call, answered.found, action="prospecting", worst=worst)

    def filters(self, entity: Entity) -> tuple[FilterType, ...]:
        """The filters of prospecting; free."""
        return self.lusha.filters(entity)

    def filter_values(self, entity: Entity, name: str, query: str | None = None) -> tuple[Any, ...]:
        """The values of one of them; free."""
        return self.lusha.filter_values(entity, name, query)

    def signal_types(self, entity: Entity) -> tuple[str, ...]:
        """The types of signals; free."""
        return self.lusha.signal_types(entity)

    def _agree(self, credits: int) -> None:
        self.confirm(credits)
        self._unsettled = True

    def _asker(self, anew: bool) -> Asker:
        return Asker(self.till, self.lusha, self.prices, self._agree, anew)

    def _since(self, anew: bool) -> datetime:
        """From when on what is saved counts; the state file keeps whole seconds, so that of this second does."""
        now = self.till.now().replace(microsecond=0)
        return now if anew else now - self.keep

    def _refuse_barred(self, kind: str, ones: Sequence[Identity]) -> None:
        barred = restricted.barred(self.till, ones)
        if places := [str(place) for place, one in enumerate(ones, start=1) if one in barred]:
            raise ConfigError(
                f"{kind}: number {', '.join(places)} may not be sent to Lusha: {restricted.BARRED}",
                hint="leave them out",
            )

    def _results(
        self, entity: Entity, search: str, ids: Sequence[str], reveal: Collection[str], anew: bool
    ) -> Reply[Answer]:
        """Results of one search, bought under its id. People have no id of their own there: their answer is saved
        whole. Companies are saved as profiles too."""
        asker, lusha = self._asker(anew), cast(Unseen, self.lusha)
        buying = Buying(lusha, self.prices, entity)
        identities = [Identity(entity, id=id) for id in ids]

        def kept(sent: Call[Answer], answer: Answer, entry: int) -> None:
            """Also under the question as it was first asked, where the plan made it a wider one."""
            answer = restricted.screened(self.till, answer)
            for question in {one.fingerprint: one for one in (call, sent)}.values():
                asker.remember(question, "enrich", answer)
            if entity == "company":
                finding.keep_bought(self.till, identities, [None] * len(ids), answer, entry)

        def worst(data: frozenset[str]) -> int:
            return len(ids) * self.prices.enrich(entity, data)

        def bought(data: frozenset[str]) -> Answer:
            sent = lusha.prospecting_enrich_call(entity, search, ids, data)
            question = questions.results(buying, sent, len(ids), data)
            return restricted.screened(self.till, ask(self.till, question, partial(kept, sent)))

        data = lusha.purchase(entity, reveal)
        call = lusha.prospecting_enrich_call(entity, search, ids, data)
        if (saved := asker.remembered(call, answered.answer)) is not None:
            return Reply(saved, saved=True)
        asker.confirm(worst(data))
        return Reply(as_sold(self.till, entity, reveal, bought, worst=worst, confirm=asker.confirm))
