"""How the journal is written down: a change is a rule applied to a record that a run touched.

A run changes nine or ten fields of each of a million records, for a few dozen reasons in all. So what the changes of
a record share stands once in ``touches`` (run, record, whose answer, when), and what those of many records share once
in ``rules`` (field, attribute, policy, reason …). A change's id tells its touch (``layout.PLACES``). The view
``journal`` has the long rows.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from json.encoder import encode_basestring_ascii
from typing import NamedTuple

from connector.models import Change, Value
from connector.store import scopes
from connector.store.db import Store, seconds
from connector.store.layout import BLANK, PLACES, code
from connector.store.ledger import Paid

_RULE = "field, attribute, policy, stamp, reason, datum"
"""What changes of many records share. ``datum``: what was paid for with the value, "" where nothing was."""
_Rule = tuple[str, str, str, int, str, str]


class Draft(NamedTuple):
    """A change of a record to be journalled. ``lusha_id``: whose answer it rests on. ``reverses``: the change that it
    takes back; ``paid``: the datum that its value came with, and the ledger row that paid for it."""

    record: str
    change: Change
    lusha_id: str | None = None
    reverses: int | None = None
    paid: Paid | None = None

    @property
    def rule(self) -> _Rule:
        """What it shares with changes of other records."""
        change, datum = self.change, self.paid[0] if self.paid else ""
        return change.field, change.attribute, change.policy, int(change.stamp), change.reason, datum


def save(store: Store, *, run: int, org: str, object: str, drafts: Sequence[Draft], at: datetime) -> list[int]:
    """Write planned changes down in their order; returns their ids. Call it inside a transaction."""
    ids, rules = _numbered(drafts, first=_last(store) + 1), [draft.rule for draft in drafts]
    scope, moment, numbers = scopes.scope(store, org, object), seconds(at), _rules(store, set(rules))
    store.db.executemany(
        "INSERT INTO touches (id, run, scope, record, lusha_id, at) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (id // PLACES, run, scope, draft.record, draft.lusha_id, moment)
            for id, draft in zip(ids, drafts, strict=True)
            if id % PLACES == 1
        ],
    )
    # nullif of 0: sqlite3 looks long for an adapter of each None
    store.db.executemany(
        "INSERT INTO changes (id, rule, before, after, state, reverses, entry)"
        f" VALUES (?, ?, ?, ?, {code('planned')}, nullif(?, 0), nullif(?, 0))",
        [
            (id, numbers[rule], told(change.before), told(change.after), reverses or 0, paid[1] if paid else 0)
            for id, rule, (_, change, _, reverses, paid) in zip(ids, rules, drafts, strict=True)
        ],
    )
    return ids


def told(value: Value) -> str:
    """A value as a change keeps it: JSON, but for what a blank field holds."""
    if value is None:
        return BLANK
    return encode_basestring_ascii(value) if isinstance(value, str) else json.dumps(value)


def value_of(text: str | None) -> Value:
    """The value that JSON tells; NULL, which is not kept any more, as a blank field's."""
    if text is None:
        return None
    plain = text[:1] == '"' and "\\" not in text  # nearly all: a text without escapes
    value: Value = text[1:-1] if plain else json.loads(text)
    return value


def _numbered(drafts: Sequence[Draft], *, first: int) -> list[int]:
    """The id of each change: those of one record and one answer that follow each other are one touch."""
    ids, touch = list[int](), first
    for _, some in groupby(drafts, key=lambda draft: (draft.record, draft.lusha_id)):
        for place, _ in enumerate(some):
            more, place = divmod(place, PLACES - 1)
            ids.append((touch + more) * PLACES + place + 1)
        touch = ids[-1] // PLACES + 1
    return ids


def _last(store: Store) -> int:
    """The last touch: rows are never deleted, so no id is used twice."""
    return int(store.rows("SELECT coalesce(max(id), 0) FROM touches")[0][0])


def _rules(store: Store, rules: Collection[_Rule]) -> dict[_Rule, int]:
    """The number of each rule; those that are new get one."""
    store.db.executemany(f"INSERT OR IGNORE INTO rules ({_RULE}) VALUES (?, ?, ?, ?, ?, ?)", rules)
    sql = f"SELECT id FROM rules WHERE ({_RULE}) = (?, ?, ?, ?, ?, ?)"
    return {rule: int(store.rows(sql, *rule)[0]["id"]) for rule in rules}
