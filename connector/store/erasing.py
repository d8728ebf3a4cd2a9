"""``forget``: changes, and what fields hold of ours, lose all values of whom ``store.forgetting`` finds."""

from __future__ import annotations

import json
from typing import Any

from connector.store import written
from connector.store.db import Store
from connector.store.forgetting import FORGOTTEN, IDS, OF_PEOPLE, RECORDS, TOUCHED, Loose, Subject
from connector.store.layout import PLACES, code

IN_DOUBT = "forgotten while in doubt"
"""The outcome of a change of which nobody knew whether it had been written."""
_ABOUT_THEM = f"(lusha_id IN {IDS} AND {OF_PEOPLE})"
_LOOSE = "(SELECT value FROM json_each(:loose))"
_THEIRS = (
    f"(SELECT changes.id FROM changes JOIN touches ON touches.id = changes.id / {PLACES}"
    f" WHERE touches.id IN {TOUCHED} OR {_ABOUT_THEM} OR changes.id IN {_LOOSE})"
)
_SHARED = "field, attribute, policy, stamp, datum, op"
_NAMELESS_RULE = (
    f"(SELECT nameless.id FROM rules JOIN rules AS nameless USING ({_SHARED}) WHERE rules.id = changes.rule"
    f" AND nameless.reason = '{FORGOTTEN}')"
)


def blank_changes(store: Store, subject: Subject, loose: Loose) -> int:
    """That changes happened stays, and nothing of what they were. What was planned is dropped.

    A change in doubt is neither written again nor told to have been needless: whether it landed is not known, and no
    run could find out any more, without its value. Changes are blanked on both sides: an undo would take one blank
    side for a value. What another's field holds of ours stays known.
    """
    arguments = {**subject.arguments(), "loose": json.dumps(loose.changes)}
    written.keep(store, f"change IN {_THEIRS}", arguments)
    _name_forgotten(store, arguments)
    planned, intended = code("planned"), code("intended")
    reason = "(SELECT reason FROM rules WHERE rules.id = changes.rule)"
    blanked = store.db.execute(
        f"UPDATE changes SET before = NULL, after = NULL, rule = {_NAMELESS_RULE}, outcome = CASE state"
        f" WHEN {planned} THEN '{FORGOTTEN}' WHEN {intended} THEN '{IN_DOUBT}' END, state = CASE state"
        f" WHEN {planned} THEN {code('dropped')} WHEN {intended} THEN {code('unresolved')} ELSE state END"
        f" WHERE id IN {_THEIRS} AND (before IS NOT NULL OR after IS NOT NULL OR {reason} <> '{FORGOTTEN}')",
        arguments,
    ).rowcount
    store.db.execute("DELETE FROM rules WHERE id NOT IN (SELECT rule FROM changes)")
    store.db.execute(f"UPDATE touches SET lusha_id = NULL WHERE id IN {TOUCHED} OR {_ABOUT_THEM}", arguments)
    return blanked


def _name_forgotten(store: Store, arguments: Any) -> None:
    """Of each rule of these changes, one that says no more than that it was forgotten."""
    store.db.execute(
        f"INSERT OR IGNORE INTO rules ({_SHARED}, reason) SELECT DISTINCT {_SHARED}, '{FORGOTTEN}' FROM rules"
        f" WHERE id IN (SELECT rule FROM changes WHERE id IN {_THEIRS})",
        arguments,
    )


def forget_written(store: Store, subject: Subject, loose: Loose) -> None:
    """Drop what we last wrote of them; call it before the changes are blanked, which tell whose a value was."""
    about_them = f"SELECT id FROM touches WHERE {_ABOUT_THEM}"
    own = f"record IS NULL AND change / {PLACES} IN {TOUCHED}"
    inherited = f"SELECT held.change FROM held WHERE (org, object, record) IN {RECORDS}"
    store.db.execute(
        f"DELETE FROM last_written WHERE ({own}) OR change / {PLACES} IN ({about_them}) OR change IN {_LOOSE}"
        f" OR (record IS NOT NULL AND change IN ({inherited}))",
        {**subject.arguments(), "loose": json.dumps(loose.written)},
    )
