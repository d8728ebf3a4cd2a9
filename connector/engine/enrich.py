"""Stage two: from due records to answers, buying as little as possible and each thing once.

Known id and something to reveal → enrich. Else search, look at the preview, and enrich only what a mapped field
could be given. Searches wait in one queue until a request is full, reveals in another, grouped by what they ask
for; records that mean the same person share one place in either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connector.engine import profiles
from connector.engine.budget import covered, room
from connector.engine.buying import Held, cost, doubt_about, moved, needed_data, next_step, paid_data
from connector.engine.context import Context
from connector.engine.paying import BATCH, Question, pay
from connector.engine.select import Due
from connector.errors import RequestRefused, Stopped, VendorUnreachable
from connector.mapping.identity import spellings
from connector.models import Identity, Item, Profile
from connector.store import people, records
from connector.store.records import Outcome

MOST_REFUSALS = 5
"""So many items refused one by one, and none answered: it is the way we ask that Lusha refuses."""


@dataclass(slots=True)
class Case:
    """One record on its way to an answer. ``needed``: data that some mapped field could be given."""

    due: Due
    lusha_id: str | None
    held: Held | None
    moved: bool = False
    needed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Enriched:
    """A matched record, with Lusha's answer."""

    due: Due
    profile: Profile
    moved: bool
    answered: datetime


@dataclass(slots=True)
class Want:
    """One profile whose data are to be bought, for one record or more."""

    reveal: set[str] = field(default_factory=set)
    cases: list[Case] = field(default_factory=list)


def enrich(context: Context, pages: Iterable[list[Due]]) -> Iterator[list[Enriched]]:
    """Answers for due records as they come in; when a budget or quota ends, the rest is left for the next run."""
    desk = Desk(context)
    try:
        for page in pages:
            desk.take(page)
            while len(desk.searches) >= BATCH:
                desk.search()
                yield desk.ready()
            while desk.full():
                desk.reveal()
                yield desk.ready()
            yield desk.ready()
        while desk.searches or desk.wants:
            context.check()
            (desk.search if desk.searches else desk.reveal)()
            yield desk.ready()
        desk.close()
    except Stopped as stop:
        context.stop = stop
        desk.close()
        yield desk.ready()


class Desk:
    """The two queues, and what becomes of the answers."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.since = context.fresh_since
        self.searches: dict[str, list[Case]] = {}
        self.wants: dict[str, Want] = {}
        self.answered = False
        self.refused: list[tuple[Sequence[Case], RequestRefused]] = []
        self._matched: list[Enriched] = []

    def ready(self) -> list[Enriched]:
        """Records matched since the last call."""
        ready, self._matched = self._matched, []
        self.context.progress(self.context.counts)
        return ready

    def take(self, page: Sequence[Due]) -> None:
        """Sort new records by what is known of them already."""
        if not page:
            return
        misses, found = profiles.look_up(self.context, page)
        with self.context.store.transaction():
            for due in misses:
                self._end(due, "no_match", "no match when last asked")
            for due, lusha_id, held in found:
                self._advance(Case(due, lusha_id, held))

    def full(self) -> bool:
        """Whether some reveal fills a request."""
        return len(max(self._groups().values(), key=len, default=[])) >= BATCH

    def search(self) -> None:
        """Send one search request, as large as the budgets allow with what it may lead to."""
        keys = list(self.searches)[:BATCH]
        wanted = self._affordable(keys)
        if wanted == 0 and self.wants:
            self.reveal()  # settling what is pending may leave more than its worst case did
            return
        self._ask(keys[: max(wanted, 1)], self._search_question, self._found, self.searches.pop)

    def reveal(self) -> None:
        """Send one enrich request, for the reveal that most profiles wait for; one that no limit covers comes last."""
        self._take_what_others_bought()
        groups, credits = self._groups(), room(self.context).credits
        if not groups:
            return

        def rank(reveal: frozenset[str]) -> tuple[bool, int, list[str]]:
            least = min(self._cost(self.wants[id]) for id in groups[reveal])
            return credits is None or least <= credits, len(groups[reveal]), sorted(reveal)

        data = max(groups, key=rank)
        ids = sorted(groups[data], key=lambda id: self._cost(self.wants[id])) if credits is not None else groups[data]
        self._ask(
            ids[:BATCH],
            lambda some: self._reveal_question(some, data),
            self._revealed,
            lambda id: self.wants.pop(id).cases,
        )

    def _take_what_others_bought(self) -> None:
        """Another process, or another org with the same key, may have bought what is about to be bought."""
        with self.context.store.transaction():
            for id, held in profiles.saved(self.context, list(self.wants)).items():
                if all(held.has(datum, self.since) for datum in self.wants[id].reveal):
                    for case in self.wants.pop(id).cases:
                        case.held = held
                        self._advance(case)

    def _advance(self, case: Case) -> None:
        """Move a record on: to a queue, or to its end."""
        context, held = self.context, case.held
        if held is not None:
            if words := doubt_about(context.mapping, case.due, held.profile):
                context.note("an answer was not used: the names in it and in the record differ")
                self._end(case.due, "review", words, held.profile.id)
                return
            case.moved = moved(context.mapping, case.due, held.profile)
            profiles.remember_identity(context, case.due, held.profile)
        case.needed = needed_data(context.mapping, case.due, moved=case.moved, now=context.now())
        step = next_step(held, case.needed, self.since, known=case.lusha_id is not None, entity=context.entity)
        if step.kind == "search":
            self.searches.setdefault(spellings(self._identity(case))[0], []).append(case)
        elif step.kind == "enrich":
            assert case.lusha_id is not None
            want = self.wants.setdefault(case.lusha_id, Want())
            want.reveal |= step.reveal
            want.cases.append(case)
        else:
            assert held is not None
            context.counts.matched += 1
            self._matched.append(Enriched(case.due, held.profile, case.moved, held.seen_at))

    def _identity(self, case: Case) -> Identity:
        if case.lusha_id is not None:
            return Identity(self.context.entity, id=case.lusha_id)
        named = [identity for identity in case.due.identities if identity.id is None]
        return (named or case.due.identities)[0]

    def _ask(
        self,
        keys: list[str],
        question: Callable[[list[str]], Question],
        take: Callable[[str, Item], None],
        drop: Callable[[str], list[Case]],
    ) -> None:
        """Send a request and ``take`` its items; a refused one is halved until the item that is meant is alone."""
        payment = pay(self.context, question(keys))
        sent = keys[: payment.items]
        with self.context.store.transaction():
            payment.settle(self.context)
            if payment.answer is not None:
                self._believe()
                for key, item in zip(sent, payment.answer.items, strict=True):
                    take(key, item)
            elif len(sent) == 1:
                self._refuse(drop(sent[0]), payment.refused)
        self._give_up_if_all_are_refused()
        if payment.refused is not None and len(sent) > 1:
            middle = len(sent) // 2
            self._ask(sent[:middle], question, take, drop)
            self._ask(sent[middle:], question, take, drop)

    def _search_question(self, keys: list[str]) -> Question:
        asked = [self._identity(self.searches[key][0]) for key in keys]
        entity, lusha, prices = self.context.entity, self.context.lusha, self.context.prices
        return Question(
            action="search",
            items=len(keys),
            costs=lambda n: prices.search(entity, n),
            request=lambda n: {"items": n},
            call=lambda n: lusha.search(entity, asked[:n]),
            free_again=False,
        )

    def _reveal_question(self, ids: list[str], data: frozenset[str]) -> Question:
        each = [self._cost(self.wants[id]) for id in ids]
        entity, lusha = self.context.entity, self.context.lusha
        return Question(
            action="enrich " + "+".join(sorted(data)),
            items=len(ids),
            costs=lambda n: sum(each[:n]),
            request=lambda n: {"entity": entity, "ids": ids[:n], "reveal": sorted(data)},
            call=lambda n: lusha.enrich(entity, ids[:n], data),
            free_again=True,
        )

    def _found(self, key: str, item: Item) -> None:
        cases = self.searches.pop(key)
        if item.error == "ENRICH_FAILED":
            self.context.note("Lusha failed on a record (ENRICH_FAILED); it is left for the next run")
            return
        if item.profile is None:
            if item.error == "NOT_FOUND":
                self._remember_miss(key)
                cases = [case for case in cases if not self._asked_otherwise(case)]
            self._end_all(cases, item)
            return
        held = profiles.keep(self.context, item.profile)
        for case in cases:
            case.lusha_id, case.held = item.profile.id, held
            self._advance(case)

    def _asked_otherwise(self, case: Case) -> bool:
        """A stamped id that Lusha no longer knows: ask by the record's next identity instead."""
        others = [identity for identity in case.due.identities if identity.id is None]
        if case.lusha_id is None or not others:
            return False
        case.lusha_id, case.held = None, None
        self.searches.setdefault(spellings(others[0])[0], []).append(case)
        return True

    def _remember_miss(self, key: str) -> None:
        people.save_identities(
            self.context.store,
            key=self.context.purpose.key,
            entity=self.context.entity,
            spellings=[key],
            lusha_id=None,
            now=self.context.now(),
        )

    def _revealed(self, id: str, item: Item) -> None:
        cases = self.wants.pop(id).cases
        if item.error in ("ENRICH_FAILED", "NO_ANSWER"):
            self.context.note(f"Lusha gave no data for a profile it offers ({item.error}); left for the next run")
            return
        if item.profile is None:
            if item.error == "NOT_FOUND":
                cases = [case for case in cases if not self._asked_otherwise(case)]
            self._end_all(cases, item)
            return
        held = profiles.keep(self.context, item.profile)
        for case in cases:
            case.held = held
            self._advance(case)

    def _refuse(self, cases: Sequence[Case], refused: RequestRefused | None) -> None:
        """The one item that Lusha refuses: 451 is for good; anything else is the record's fault once another item
        was answered, and waits until then."""
        assert refused is not None
        if refused.code == "451":
            self._end_all(cases, Item(error="COMPLIANCE_RESTRICTED", message=refused.message))
            return
        self.refused.append((cases, refused))
        if self.answered:
            self._believe()

    def _believe(self) -> None:
        """Lusha answers the way we ask: what it refused is the records' fault."""
        self.answered = True
        for cases, refusal in self.refused:
            self.context.note(refusal.message)
            self._end_all(cases, Item(error="NOT_FOUND", message=refusal.message))
        self.refused.clear()

    def _give_up_if_all_are_refused(self) -> None:
        if len(self.refused) >= MOST_REFUSALS:
            raise VendorUnreachable(
                self.refused[0][1].message,
                hint="Lusha refused every item: check lusha.base_url and api_version; the records are left as they are",
            )

    def close(self) -> None:
        """Say what was refused while nothing was answered; those records are left for the next run."""
        for _, refusal in self.refused:
            self.context.note(refusal.message)

    def _end_all(self, cases: Sequence[Case], item: Item) -> None:
        for case in cases:
            if item.error == "COMPLIANCE_RESTRICTED":
                self._suppress(case.due)
                self._end(case.due, "restricted", "Lusha may not process this person (GDPR)")
            else:
                self._end(case.due, "no_match", item.message or "no match")

    def _suppress(self, due: Due) -> None:
        people.suppress(
            self.context.store,
            entity=self.context.entity,
            spellings=due.spellings,
            reason="compliance",
            now=self.context.now(),
        )

    def _end(self, due: Due, outcome: Outcome, reason: str, lusha_id: str | None = None) -> None:
        self.context.counts.no_match += 1
        attempt = records.Attempt(
            due.record.id, outcome, due.fingerprint, due.covered(self.context.mapping), lusha_id, reason
        )
        records.save(self.context.store, **self.context.scope, attempts=[attempt], now=self.context.now())

    def _groups(self) -> dict[frozenset[str], list[str]]:
        groups: dict[frozenset[str], list[str]] = defaultdict(list)
        for id, want in self.wants.items():
            groups[frozenset(want.reveal)].append(id)
        return groups

    def _cost(self, want: Want) -> int:
        held = want.cases[0].held
        return cost(self.context.prices, self.context.entity, want.reveal, held.offers(self.since) if held else None)

    def _affordable(self, keys: list[str]) -> int:
        """How many searches the tightest limit covers together with the reveals that may follow."""
        credits = room(self.context).credits
        if credits is None:
            return len(keys)
        pending = sum(self._cost(want) for want in self.wants.values())
        follow = [self._worst(self.searches[key]) for key in keys]
        search, entity = self.context.prices.search, self.context.entity
        return covered(credits, len(keys), lambda n: pending + search(entity, n) + sum(follow[:n]))

    def _worst(self, cases: Sequence[Case]) -> int:
        needed = frozenset().union(*(case.needed for case in cases)) & paid_data(self.context.entity)
        return self.context.prices.enrich(self.context.entity, needed)
