"""How far each mapping has read its CRM: what changed since then is all that a later pass has to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connector.store.db import Store, stamp, unstamp


@dataclass(frozen=True, slots=True)
class Cursor:
    """``watermark``: everything modified before was looked at. ``whole_at``: when all that the CRM's filter finds was
    last read. ``mark``: over what decides who is due; another one, and the cursor says nothing."""

    mark: str
    watermark: datetime
    whole_at: datetime


def found(store: Store, *, org: str, object: str, mapping: str) -> Cursor | None:
    """The cursor of a mapping, None before its first whole pass."""
    sql = "SELECT mark, watermark, whole_at FROM cursors WHERE org = ? AND object = ? AND mapping = ?"
    for row in store.rows(sql, org, object, mapping):
        watermark, whole_at = unstamp(row["watermark"]), unstamp(row["whole_at"])
        if watermark is not None and whole_at is not None:
            return Cursor(row["mark"], watermark, whole_at)
    return None


def save(store: Store, *, org: str, object: str, mapping: str, cursor: Cursor) -> None:
    """Move the cursor of a mapping."""
    store.db.execute(
        "INSERT OR REPLACE INTO cursors (org, object, mapping, mark, watermark, whole_at) VALUES (?, ?, ?, ?, ?, ?)",
        [org, object, mapping, cursor.mark, stamp(cursor.watermark), stamp(cursor.whole_at)],
    )
