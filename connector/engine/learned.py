"""What one transaction at the desk learns of people and records, saved together at its end.

A request's answer is about a hundred records: who is known by which spelling, and whose way ended without a match, goes
into the state file in a statement for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connector.engine.cases import Case
from connector.engine.context import Context
from connector.engine.select import Due
from connector.mapping.identity import profile_spellings
from connector.models import Profile
from connector.store import attempts, people, suggestions
from connector.store.attempts import Attempt
from connector.store.records import Outcome
from connector.store.suggestions import Match


class Learned:
    """Filled inside ``saving``."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._spelled: dict[str, str | None] = {}
        self._ended: list[Attempt] = []
        self._doubts: list[Match] = []

    @contextmanager
    def saving(self) -> Iterator[None]:
        """A transaction; what is learned in it is durable when it ends."""
        try:
            with self.context.store.transaction():
                yield
                self._save()
        finally:
            self._spelled, self._ended, self._doubts = {}, [], []

    def leads(self, case: Case, profile: Profile) -> None:
        """The right-person check has passed: every spelling of the record and of the answer leads to this profile."""
        every = dict.fromkeys((*case.due.spellings, *profile_spellings(profile)), profile.id)
        self._spelled |= {mark: id for mark, id in every.items() if case.spelled.get(mark) != id}
        case.spelled = every

    def missed(self, spelling: str) -> None:
        """Lusha has no match for this spelling: not asked again for ``retry_after``, whatever record bears it."""
        self._spelled.setdefault(spelling, None)

    def end(self, due: Due, outcome: Outcome, reason: str, lusha_id: str | None = None) -> None:
        """How a record ended; it rests for ``retry_after``. A quote leaves records as they are."""
        self.context.counts.no_match += 1
        if self.context.quoting:
            return
        fields = due.covered(self.context.mapping)
        self._ended.append(Attempt(due.record.id, outcome, due.fingerprint, fields, lusha_id, reason))
        if outcome == "review" and lusha_id is not None:
            self._doubts.append(Match(due.record.id, lusha_id, reason))

    def _save(self) -> None:
        context, store, now = self.context, self.context.store, self.context.now()
        key, rest = context.purpose.key, context.rules.rest
        people.save_identities(store, key=key, entity=context.entity, known=self._spelled, now=now)
        attempts.save(store, **context.own_scope, attempts=self._ended, now=now, rest=rest)
        suggestions.doubt(store, run=context.run, **context.scope, matches=self._doubts, now=now)
