"""Under which name the state file keeps what belongs to a mapping: its path as the config spells it.

A mapping that was given another name (its file moved, or is spelled otherwise) is the same one to whoever owns it. So
the first run under a name takes over what a mapping of the same object left that the config names no longer; to the
state file a new name is then no more than an edit of the file, and nobody is asked for again because of it. Where
several were moved or are spelled otherwise at once (a folder, a glob, ``./``), each is known by the name of its file.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePath

from connector.store import scopes
from connector.store.db import Store
from connector.store.scopes import AIM, AIMS

_OF_MAPPING = "org = ? AND object = ? AND mapping = ?"
_TRIED = (
    "id, fingerprint, covered, outcome, last_attempt, last_enriched, parked, next_due, tries, lusha_id FROM attempts"
    f" WHERE aim = {AIM}"
)


def kept_as(store: Store, *, org: str, object: str, mapping: str, current: Collection[str]) -> str:
    """The name of the rows that are a mapping's: its own once it has any; before, that of a mapping that is not
    ``current`` any more: one whose file was called the same, else the one that was tried last. Rows of older releases
    may bear none (``''``)."""
    for rows_of in (f"attempts WHERE aim = {AIM}", f"cursors WHERE {_OF_MAPPING}"):
        if store.rows(f"SELECT 1 FROM {rows_of} LIMIT 1", org, object, mapping):
            return mapping
    rows = store.rows(
        f"SELECT mapping FROM attempts JOIN aims ON aims.id = aim WHERE aim IN {AIMS} GROUP BY aim"
        " ORDER BY max(coalesce(last_attempt, last_enriched, 0)) DESC",
        org,
        object,
    )
    left = [row["mapping"] for row in rows if row["mapping"] not in current]
    same_file = (name for name in left if PurePath(name).name == PurePath(mapping).name)
    return next(same_file, left[0] if left else mapping)


def take_over(store: Store, *, org: str, object: str, mapping: str, current: Collection[str]) -> None:
    """Give a mapping that begins its first run the rows which ``kept_as`` finds, its cursor too.

    They are copied: of two mappings that take the place of one, each goes on from where it was; and a name that comes
    back finds what it left, but for whom it matched: the new name alone tells whom a record is about from here on.
    """
    before = kept_as(store, org=org, object=object, mapping=mapping, current=current)
    if before == mapping:
        return
    with store.transaction():
        own = scopes.aim(store, org, object, mapping)
        store.db.execute(f"INSERT INTO attempts SELECT ?, {_TRIED}", [own, org, object, before])
        store.db.execute(
            f"INSERT INTO cursors SELECT org, object, ?, mark, watermark, whole_at FROM cursors WHERE {_OF_MAPPING}",
            [mapping, org, object, before],
        )
        store.db.execute(f"UPDATE attempts SET lusha_id = NULL WHERE aim = {AIM}", [org, object, before])
