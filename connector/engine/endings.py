"""How a record's way ends without a match: written down, so that it rests, or is never asked for again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from connector.engine.buying import doubt_about
from connector.engine.cases import Case
from connector.engine.context import Context
from connector.engine.select import Due
from connector.errors import RequestRefused, VendorUnreachable
from connector.mapping.identity import record_spelling
from connector.models import Item, Profile
from connector.store import attempts, people, suggestions
from connector.store.records import Outcome

MOST_REFUSALS = 5
"""So many items refused one by one, and none answered: it is the way we ask that Lusha refuses."""


def end(context: Context, due: Due, outcome: Outcome, reason: str, lusha_id: str | None = None) -> None:
    """Remember how it ended; the record rests for ``retry_after``. A quote leaves records as they are."""
    context.counts.no_match += 1
    if context.quoting:
        return
    attempt = attempts.Attempt(due.record.id, outcome, due.fingerprint, due.covered(context.mapping), lusha_id, reason)
    attempts.save(context.store, **context.own_scope, attempts=[attempt], now=context.now(), rest=context.rules.rest)
    if outcome == "review" and lusha_id is not None:
        suggestions.doubt(
            context.store,
            run=context.run,
            **context.scope,
            record=due.record.id,
            lusha_id=lusha_id,
            reason=reason,
            now=context.now(),
        )


def end_all(context: Context, cases: Sequence[Case], item: Item) -> None:
    """The end of all records that one item's answer is for; whom Lusha may not process is suppressed for good."""
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
            end(context, case.due, "restricted", "Lusha may not process this person (GDPR)")
        else:
            end(context, case.due, "no_match", item.message or "no match")


def end_barred(context: Context, cases: Sequence[Case], profile: Profile) -> None:
    """The end of records whose answer is about somebody who is suppressed: it is neither saved nor used.

    The record is theirs by another spelling, and suppressed with them, unless the answer is about somebody else.
    """
    for case in cases:
        due = case.due
        if doubt_about(context.mapping, due, profile) is not None:
            end(context, due, "no_match", "the answer is about somebody else, who is suppressed")
            continue
        context.note("an answer is about somebody who is suppressed: the record is never asked for again")
        at = record_spelling(context.org.name, context.object, due.record.id)
        people.suppress(
            context.store, entity=profile.entity, spellings=[*due.spellings, at], reason="forget", now=context.now()
        )
        end(context, due, "restricted", "the person is suppressed")


def remember_miss(context: Context, spelling: str) -> None:
    """Lusha has no match for this spelling: not asked again for ``retry_after``, whatever record bears it."""
    people.save_identities(
        context.store,
        key=context.purpose.key,
        entity=context.entity,
        spellings=[spelling],
        lusha_id=None,
        now=context.now(),
    )


class Refusals:
    """Items of one kind of request that Lusha refused one by one: the records' own fault once any other was answered.

    ``give_up``: how the records of one end then.
    """

    def __init__(self, context: Context, give_up: Callable[[Sequence[Case], RequestRefused], None]) -> None:
        self._context = context
        self._give_up = give_up
        self._answered = False
        self._refused: list[tuple[Sequence[Case], RequestRefused]] = []

    def add(self, cases: Sequence[Case], refused: RequestRefused) -> None:
        """One item alone was refused. 451 is for good; anything else waits until something is answered."""
        if refused.code == "451":
            end_all(self._context, cases, Item(error="COMPLIANCE_RESTRICTED", message=refused.message))
            return
        self._refused.append((cases, refused))
        if self._answered:
            self.believe()

    def believe(self) -> None:
        """Lusha answers the way we ask: what it refused is the records' fault."""
        self._answered = True
        for cases, refusal in self._refused:
            self._context.note(refusal.message)
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
            self._context.note(refusal.message)
