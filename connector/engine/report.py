"""What a run reports, the same whether it ended, could not begin, or died."""

from __future__ import annotations

from typing import Any

from connector.engine.work import Counts
from connector.store import balances, ledger
from connector.store.db import Store
from connector.store.runs import RunRow

_REPORTED = (
    "read", "due", "matched", "no_match", "suppressed", "no_identity", "left", "changed", "written",
    "fields_written", "stamps_written", "unchanged", "conflicts", "rejected", "suggested",
)  # fmt: skip


def report_of(
    store: Store, number: int, org: str, mapping: str, status: str, counts: Counts, *, key: str | None = None
) -> dict[str, Any]:
    """The report of one run: identity, counts, and the credits that its ledger rows tell.

    ``key``: whose balance to tell; None = unknown. ``calls``, ``seconds`` and ``warnings`` are empty until somebody
    knows better.
    """
    return {
        "run": number,
        "org": org,
        "mapping": mapping,
        "status": status,
        **{name: getattr(counts, name) for name in _REPORTED},
        "credits": credits_of(store, number, key),
        "calls": {"lusha": 0, "crm_read": 0, "crm_write": 0},
        "seconds": 0.0,
        "warnings": [],
    }


def credits_of(store: Store, number: int, key: str | None) -> dict[str, int | None]:
    """What one run booked, as its ledger rows tell now, and the balance left."""
    reserved, charged = ledger.booked_by_run(store, number)
    return {"reserved": reserved, "charged": charged, "balance": balances.balance(store, key) if key else None}


def report_of_the_dead(store: Store, row: RunRow, key: str) -> dict[str, Any]:
    """What is still known of a run whose process died: its credits; the counts died with it."""
    return report_of(store, row.id, row.org, row.mapping, "interrupted", Counts(), key=key)
