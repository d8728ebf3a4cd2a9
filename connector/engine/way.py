"""The way of one record at the desk: from what is known of it to what is asked, from an answer to the next step.

Known id and something to reveal → enrich. Else search, look at the preview, and enrich only what a mapped field
could be given; where the provider has no previews, find and buy in one. A record's way ends with a match, or without.
"""

from __future__ import annotations

from collections.abc import Sequence

from connector.engine import profiles
from connector.engine.buying import Held, Step, believed_moved, doubt_about, needed_data, next_step
from connector.engine.cases import Case, Enriched
from connector.engine.context import Context
from connector.engine.endings import end_all
from connector.engine.learned import Learned
from connector.engine.select import Due
from connector.engine.waiting import Waiting
from connector.errors import RequestRefused
from connector.models import Item, Profile
from connector.store import suggestions


class Way:
    """Moves records on: to one of the two queues, or to their end. All but ``begin`` is called inside
    ``learned.saving``."""

    def __init__(self, context: Context, learned: Learned, searches: Waiting, wants: Waiting) -> None:
        self.context = context
        self.since = context.fresh_since
        self._learned = learned
        self._searches = searches
        self._wants = wants
        self._matched: list[Enriched] = []

    def matched(self) -> list[Enriched]:
        """Records matched since the last call."""
        matched, self._matched = self._matched, []
        return matched

    def begin(self, page: Sequence[Due]) -> None:
        """Sort new records by what is known of them already."""
        if not page:
            return
        ids = [due.record.id for due in page]
        decided = suggestions.decided_matches(self.context.store, **self.context.scope, records=ids)
        accepted = {record: id for record, (id, word) in decided.items() if word == "accepted"}
        misses, found = profiles.look_up(self.context, page, accepted)
        with self._learned.saving():
            for due in misses:
                self._learned.end(due, "no_match", "no match when last asked")
            for due, lusha_id, held in found:
                self._advance(Case(due, lusha_id, held, decided=decided.get(due.record.id)))

    def found(self, key: str, item: Item, held: Held | None) -> None:
        """A search told this of who was asked for by ``key``; ``held``: what is known of them now."""
        cases = self._searches.pop(key).cases
        if item.error == "ENRICH_FAILED":
            self.context.note("Lusha failed on a record (ENRICH_FAILED); it is left for the next run")
        elif held is None:
            self._missed(key, cases, item)
        else:
            self.deliver(cases, held)

    def bought(self, key: str, item: Item, held: Held | None) -> None:
        """The same of a purchase."""
        cases = self._wants.pop(key).cases
        if item.error == "ENRICH_FAILED" or (item.error == "NO_ANSWER" and self.context.lusha.previews):
            self.context.note(f"Lusha gave no data for a profile it offers ({item.error}); left for the next run")
        elif held is None:
            self._missed(key, cases, item)
        else:
            self.deliver(cases, held)

    def deliver(self, cases: Sequence[Case], held: Held) -> None:
        """All of these records are to have what is held of their person now."""
        for case in cases:
            case.lusha_id, case.held = held.profile.id, held
            self._advance(case)

    def _missed(self, key: str, cases: Sequence[Case], item: Item) -> None:
        """Nobody is known by this spelling. One that Lusha left out of an answer rests too, but is not remembered."""
        if item.error == "NOT_FOUND":
            self._learned.missed(key)
            cases = [case for case in cases if not self._asked_otherwise(case)]
        end_all(self._learned, cases, item)

    def unknown(self, cases: Sequence[Case], refusal: RequestRefused) -> None:
        """Lusha takes no question about them: no match."""
        end_all(self._learned, cases, Item(error="NOT_FOUND", message=refusal.message))

    def make_do(self, cases: Sequence[Case], refusal: RequestRefused) -> None:
        """What is known of them already is written; who is not known at all is no match."""
        for case in cases:
            if case.held is not None and case.held.fresh(self.since):
                self._match(case, case.held)
            else:
                self.unknown([case], refusal)

    def _asked_otherwise(self, case: Case) -> bool:
        """A stamped id that Lusha no longer knows: ask by the record's next identity instead."""
        others = [identity for identity in case.due.identities if identity.id is None]
        if case.lusha_id is None or not others:
            return False
        case.lusha_id, case.held = None, None
        self._queue(case)
        return True

    def _advance(self, case: Case) -> None:
        """Move a record on: to a queue, or to its end."""
        context, held = self.context, case.held
        if held is not None:
            if not self._is_about(case, held.profile):
                return
            self._learned.leads(case, held.profile)
        moved = believed_moved(context.mapping, case.due, held)
        if moved is not case.moved:
            case.moved, case.needed = moved, needed_data(context.mapping, case.due, moved=moved, now=context.now())
        self._queue(case)

    def _is_about(self, case: Case, profile: Profile) -> bool:
        """The right-person check; an answer in doubt goes to the review list, where a person decides on it once."""
        context = self.context
        if case.decided == (profile.id, "accepted"):
            return True
        if case.decided == (profile.id, "rejected"):
            self._learned.end(case.due, "no_match", "rejected in review: the answer is about somebody else")
            return False
        if (words := doubt_about(context.mapping, case.due, profile)) is None:
            return True
        context.note("an answer may be about somebody else: see lusha-sync review")
        self._learned.end(case.due, "review", words, profile.id)
        return False

    def _queue(self, case: Case) -> None:
        context, held = self.context, case.held
        step = next_step(
            held,
            case.needed,
            self.since,
            known=case.lusha_id is not None,
            entity=context.entity,
            previews=context.lusha.previews,
        )
        if context.quoting and step.kind == "buy" and (held is None or held.offers(self.since) is None):
            step = Step("search")  # only a preview tells the price
        if step.kind == "search":
            self._searches.add(case)
        elif step.kind == "buy":
            self._wants.add(case, step.reveal)
        else:
            assert held is not None
            self._match(case, held)

    def _match(self, case: Case, held: Held) -> None:
        self.context.counts.matched += 1
        self._matched.append(Enriched(case.due, held.profile, bool(case.moved), held.seen_at, held.bought))
