"""What goes with time. A file of a million records is not searched each time for what is not there yet: how old its
oldest rows are is remembered, and until those are old enough nothing is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from connector.store import answers, journal, people, plans, suggestions
from connector.store.db import Store, seconds, stamp
from connector.store.layout import OF_TOUCH, TO_TEXT

_OLDEST = {
    "profiles": f"SELECT {TO_TEXT.format('min(seen_at)')} FROM profiles",
    "identities": f"SELECT {TO_TEXT.format('min(at)')} FROM identities WHERE at >= ?",
    "changes": f"SELECT {TO_TEXT.format('min(at)')} FROM touches WHERE EXISTS (SELECT 1 FROM changes"
    f" WHERE {OF_TOUCH.format('changes.id')} AND (before IS NOT NULL OR after IS NOT NULL))",
}
"""When the first rows of each table may have to go by the time alone. A spelling that is older than both limits stays
with the profile that it leads to: it is looked at again when profiles go."""


def carry_out(store: Store, *, now: datetime, bought: datetime, misses: datetime, changed: datetime) -> None:
    """Old paid answers go, and spellings that nothing uses; old before and after values are blanked.

    ``bought``: what was bought before goes; ``misses``: that Lusha had no match is remembered from then on, at least;
    ``changed``: values of changes from before are blanked.
    """
    with store.transaction():
        gone = _when_old(store, "profiles", bought, now, lambda: people.purge_profiles(store, before=bought))
        answers.purge(store, before=bought)
        if gone:
            store.db.execute("DELETE FROM retention WHERE what = 'identities'")
        spellings = min(bought, misses)
        _when_old(
            store, "identities", bought, now,
            lambda: people.purge_identities(store, before=bought, misses=misses), seconds(spellings),
        )  # fmt: skip
        _when_old(store, "changes", changed, now, lambda: journal.blank_old_values(store, before=changed))
        suggestions.purge(store, before=changed)
        plans.purge(store, before=changed)


def _when_old(
    store: Store, what: str, before: datetime, now: datetime, purge: Callable[[], int], *arguments: int
) -> int:
    """How many rows went; none is looked at while the oldest is not from ``before``."""
    [[oldest]] = store.rows("SELECT max(oldest) FROM retention WHERE what = ?", what)
    if oldest is not None and oldest >= stamp(before):
        return 0
    gone = purge()
    [[left]] = store.rows(_OLDEST[what], *arguments)
    store.db.execute("INSERT OR REPLACE INTO retention (what, oldest) VALUES (?, ?)", [what, left or stamp(now)])
    return gone
