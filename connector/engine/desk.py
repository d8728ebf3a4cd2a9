"""Where Lusha is asked: which request comes next of what waits in the two queues, and its answer taken in.

Searches wait in one queue until a request is full, purchases in another, grouped by what they ask for; records that
mean the same person share one place in either. Which records come to wait, and what becomes of them once an answer is
here, stands in ``way``.

Requests are under way side by side, but for providers without previews: there only the balance tells what a lost
answer cost, and it tells that of one request at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.engine import profiles, questions
from connector.engine.budget import covered, room
from connector.engine.buying import Held, cost, paid_data
from connector.engine.cases import Case, Enriched, Want
from connector.engine.context import Context
from connector.engine.endings import Refusals, end_barred
from connector.engine.flow import Task
from connector.engine.learned import Learned
from connector.engine.paying import BATCH, Question, pay
from connector.engine.profiles import Came
from connector.engine.select import Due
from connector.engine.waiting import Waiting
from connector.engine.way import Way
from connector.errors import Stopped
from connector.lusha.errors import DatapointsNotOnPlan
from connector.models import Answer, Item, Profile


@dataclass(frozen=True, slots=True)
class _Kind:
    """How requests of one kind are taken in: where they wait, what becomes of refused ones, with which booking the
    profile of who was asked for ``came``, and what is then held of them."""

    queue: Waiting
    refusals: Refusals
    came: Callable[[Want, Profile, int], Came]
    take: Callable[[str, Item, Held | None], None]


class Desk:
    """The two queues, by spelling of who is asked for."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.searches = Waiting(BATCH, lambda _: frozenset())
        self.wants = Waiting(BATCH, self.data_of)
        self._lane = context.flow.lane("buy", most=None if context.lusha.previews else 1)
        self._may_follow = 0
        self._learned = Learned(context)
        self._way = way = Way(context, self._learned, self.searches, self.wants)
        self.since = way.since
        self._searching = _Kind(self.searches, Refusals(self._learned, way.unknown), self._by_search, way.found)
        self._buying = _Kind(self.wants, Refusals(self._learned, way.make_do), self._by_purchase, way.bought)

    def ready(self) -> list[Enriched]:
        """Records matched since the last call."""
        ready = self._way.matched()
        self.context.progress(self.context.counts)
        return ready

    def take(self, page: Sequence[Due]) -> None:
        """Sort new records by what is known of them already."""
        self._way.begin(page)

    def close(self) -> None:
        """Nothing more is asked."""
        self._searching.refusals.close()
        self._buying.refusals.close()

    def ask(self, *, rest: bool = False) -> Iterator[list[Enriched]]:
        """Send what fills a request, with ``rest`` all that waits; records matched meanwhile, as they come.

        Raises what ended a request; Stopped: a budget or quota ended, and nothing more can be asked.
        """
        while self._pending(rest):
            self.context.check()
            self._lane.meet()
            if not (self._lane.open and self._send(rest)):
                self.context.flow.step(self._lane.name)
            yield self.ready()
        self._lane.meet()

    def settle(self) -> Iterator[list[Enriched]]:
        """What is under way is paid for: take its answers in, once no more can be asked."""
        while not self._lane.idle:
            self.context.flow.step(self._lane.name)
            yield self.ready()
        try:
            self._lane.meet()
        except Stopped:
            return

    def _pending(self, rest: bool) -> bool:
        if rest:
            return self.searches.any or self._buys(self.wants.any) or not self._lane.idle
        return self.searches.full or self._buys(self.wants.full)

    def _buys(self, something: bool) -> bool:
        return something and not self.context.quoting

    def _send(self, rest: bool) -> bool:
        """Send one request, a full one if there is; the last purchases wait until no answer can add to them. False:
        nothing is to be sent before an answer comes."""
        if self.searches.full or (rest and self.searches.any):
            return self.search()
        if self._buys(self.wants.full or (rest and self._lane.idle)):
            return self.reveal()
        return False

    def search(self) -> bool:
        """Send one search request, as large as the budgets allow, with what it may lead to where that is bought. False:
        an answer that is under way may leave room for more."""
        keys = next(iter(self.searches.lots.values()))[:BATCH]
        wanted = len(keys) if self.context.quoting else self._affordable(keys)
        if wanted < len(keys) and not self._lane.idle:
            return False
        if wanted == 0 and self.wants.any:
            return self.reveal()  # settling what is pending may leave more than its worst case did
        keys = keys[: max(wanted, 1)]
        self._lane.start(self._search(self.searches.send(keys)))
        return True

    def _search(self, sent: Mapping[str, Want]) -> Task[None]:
        follow = sum(self._worst(want.cases) for want in sent.values())
        self._may_follow += follow
        try:
            yield from self._ask(list(sent), self._search_question, self._searching)
        finally:
            self._may_follow -= follow
            self.searches.back(sent)

    def reveal(self) -> bool:
        """Send one purchase, of what most profiles wait for; one that no limit covers comes last. False: as
        ``search``."""
        lots, credits = self.wants.lots, room(self.context).credits
        if not lots:
            return True

        costs = {key: self._cost(self.wants.places[key]) for keys in lots.values() for key in keys}

        def rank(data: frozenset[str]) -> tuple[bool, int, list[str]]:
            least = min(costs[key] for key in lots[data])
            return credits is None or least <= credits, len(lots[data]), sorted(data)

        data = max(lots, key=rank)
        keys = lots[data][:BATCH]
        if credits is not None:
            keys = sorted(lots[data], key=costs.__getitem__)[:BATCH]
            if sum(costs[key] for key in keys) > credits and not self._lane.idle:
                return False
        if not self._take_what_others_bought(keys):
            self._lane.start(self._buy(self.wants.send(keys), data))
        return True

    def _buy(self, sent: Mapping[str, Want], data: frozenset[str]) -> Task[None]:
        def question(some: Sequence[str]) -> Question[Answer]:
            return questions.purchase(self.context, [self.wants.places[key] for key in some], data, self.since)

        try:
            yield from self._ask(list(sent), question, self._buying)
        except DatapointsNotOnPlan:
            if data == self.context.lusha.purchase(self.context.entity, data):
                raise  # nothing else can be asked for
            self.context.note("the Lusha plan sells e-mails and phones together only: both are bought")
            self.wants.regroup()
        finally:
            self.wants.back(sent)

    def _take_what_others_bought(self, keys: Sequence[str]) -> bool:
        """Another process, or another org with the same key, may have bought what is about to be bought."""
        with self._learned.saving():
            asked = {key: self.wants.places[key] for key in keys}
            bought = profiles.bought_meanwhile(self.context, self.context.entity, asked, self.since)
            for key, held in bought.items():
                self._way.deliver(self.wants.pop(key).cases, held)
        return bool(bought)

    def _ask(
        self, keys: Sequence[str], question: Callable[[Sequence[str]], Question[Answer]], kind: _Kind
    ) -> Task[None]:
        """A task: send a request and take its items in; a refused request is halved until the item that is meant is
        alone."""
        payment = yield from pay(self.context, question(keys))
        sent = keys[: payment.items]
        with self._learned.saving():
            payment.settle(self.context)
            if payment.answer is not None:
                kind.refusals.believe()
                self._take(sent, payment.answer, payment.entry, kind)
            elif payment.refused is not None and len(sent) == 1:
                kind.refusals.add(kind.queue.pop(sent[0]).cases, payment.refused)
        kind.refusals.stop_if_all_are_refused()
        if payment.refused is not None and len(sent) > 1:
            middle = len(sent) // 2
            yield from self._ask(sent[:middle], question, kind)
            yield from self._ask(sent[middle:], question, kind)

    def _take(self, keys: Sequence[str], answer: Answer, entry: int, kind: _Kind) -> None:
        asked = {key: kind.queue.places[key] for key in keys}
        held = profiles.keep_answer(self.context, self.context.entity, asked, answer, entry, kind.came)
        for key, item in zip(keys, answer.items, strict=True):
            if item.profile is not None and key not in held:
                end_barred(self._learned, kind.queue.pop(key).cases, item.profile)
            else:
                kind.take(key, item, held.get(key))

    def _search_question(self, keys: Sequence[str]) -> Question[Answer]:
        return questions.search(self.context, [self.searches.places[key].identity for key in keys])

    def _by_search(self, _: Want, __: Profile, entry: int) -> Came:
        return profiles.found(entry)

    def _by_purchase(self, want: Want, profile: Profile, entry: int) -> Came:
        return profiles.bought(entry, profile, want.offers(self.since))

    def data_of(self, want: Want) -> frozenset[str]:
        """The data that must be asked for to have what is wanted."""
        return self.context.lusha.purchase(self.context.entity, want.reveal)

    def _cost(self, want: Want) -> int:
        return cost(self.context.prices, self.context.entity, self.data_of(want), want.offers(self.since))

    def _affordable(self, keys: Sequence[str]) -> int:
        """How many searches the tightest limit covers together with the reveals that may follow."""
        credits = room(self.context).credits
        if credits is None:
            return len(keys)
        waiting = [self.wants.places[key] for lot in self.wants.lots.values() for key in lot]
        pending = self._may_follow + sum(self._cost(want) for want in waiting)
        follow = [self._worst(self.searches.places[key].cases) for key in keys]
        search, entity = self.context.prices.search, self.context.entity
        return covered(credits, len(keys), lambda n: pending + search(entity, n) + sum(follow[:n]))

    def _worst(self, cases: Sequence[Case]) -> int:
        needed = frozenset().union(*(case.needed for case in cases)) & paid_data(self.context.entity)
        return self.context.prices.enrich(self.context.entity, needed)
