"""How a record's way ends without a match: written down, so that it rests, or is never asked for again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from connector.engine.buying import doubt_about
from connector.engine.cases import Case
from connector.engine.learned import Learned
from connector.errors import RequestRefused, VendorUnreachable
from connector.mapping.identity import record_spelling
from connector.models import Item, Profile
from connector.store import people

MOST_REFUSALS = 5
"""So many items refused one by one, and none answered: it is the way we ask that Lusha refuses."""


def end_all(learned: Learned, cases: Sequence[Case], item: Item) -> None:
    """The end of all records that one item's answer is for; whom Lusha may not process is suppressed for good."""
    context = learned.context
    for case in cases:
        if item.error == "COMPLIANCE_RESTRICTED":
            context.note("Lusha may not process a record (GDPR): it is never asked for again")
            people.suppress(
                context.store,
                entity=context.entity,
                spellings=case.due.spellings,
                reason="compliance",
                now=context.now(),
            )
            learned.end(case.due, "restricted", "Lusha may not process this person (GDPR)")
        else:
            learned.end(case.due, "no_match", item.message or "no match")


def end_barred(learned: Learned, cases: Sequence[Case], profile: Profile) -> None:
    """The end of records whose answer is about somebody who is suppressed: it is neither saved nor used.

    The record is theirs by another spelling, and suppressed with them, unless the answer is about somebody else.
    """
    context = learned.context
    for case in cases:
        due = case.due
        if doubt_about(context.mapping, due, profile) is not None:
            learned.end(due, "no_match", "the answer is about somebody else, who is suppressed")
            continue
        context.note("an answer is about somebody who is suppressed: the record is never asked for again")
        at = record_spelling(context.org.name, context.object, due.record.id)
        people.suppress(
            context.store, entity=profile.entity, spellings=[*due.spellings, at], reason="forget", now=context.now()
        )
        learned.end(due, "restricted", "the person is suppressed")


class Refusals:
    """Items of one kind of request that Lusha refused one by one: the records' own fault once any other was answered.

    ``give_up``: how the records of one end then.
    """

    def __init__(self, learned: Learned, give_up: Callable[[Sequence[Case], RequestRefused], None]) -> None:
        self._learned = learned
        self._give_up = give_up
        self._answered = False
        self._refused: list[tuple[Sequence[Case], RequestRefused]] = []

    def add(self, cases: Sequence[Case], refused: RequestRefused) -> None:
        """One item alone was refused. 451 is for good; anything else waits until something is answered."""
        if refused.code == "451":
            end_all(self._learned, cases, Item(error="COMPLIANCE_RESTRICTED", message=refused.message))
            return
        self._refused.append((cases, refused))
        if self._answered:
            self.believe()

    def believe(self) -> None:
        """Lusha answers the way we ask: what it refused is the records' fault."""
        self._answered = True
        for cases, refusal in self._refused:
            self._learned.context.note(refusal.message)
            self._give_up(cases, refusal)
        self._refused.clear()

    def stop_if_all_are_refused(self) -> None:
        """VendorUnreachable: so many items in a row were refused that it is the way we ask."""
        if len(self._refused) >= MOST_REFUSALS:
            raise VendorUnreachable(
                self._refused[0][1].message,
                hint="Lusha refused every item: check lusha.base_url and api_version; the records are left as they are",
            )

    def close(self) -> None:
        """Say what was refused while nothing was answered; those records are left for the next run."""
        for _, refusal in self._refused:
            self._learned.context.note(refusal.message)
