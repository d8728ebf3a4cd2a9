"""Paid answers to questions by hand that are about no single profile, by the fingerprint of what was asked."""

from __future__ import annotations

from datetime import datetime

from connector.store.db import Store, stamp


def save(store: Store, *, key: str, action: str, question: str, body: str, now: datetime) -> None:
    """Keep one answer (``body`` is JSON); call it inside the transaction that settles what it cost."""
    store.db.execute(
        "INSERT INTO answers (key, action, question, body, at) VALUES (?, ?, ?, ?, ?)",
        [key, action, question, body, stamp(now)],
    )


def latest(store: Store, *, key: str, question: str, since: datetime) -> str | None:
    """The newest answer to this question that is not older than ``since``."""
    sql = "SELECT body FROM answers WHERE key = ? AND question = ? AND at >= ? ORDER BY id DESC LIMIT 1"
    return next((str(row["body"]) for row in store.rows(sql, key, question, stamp(since))), None)


def purge(store: Store, *, before: datetime) -> int:
    """Retention: drop answers from before this moment."""
    return store.db.execute("DELETE FROM answers WHERE at < ?", [stamp(before)]).rowcount
