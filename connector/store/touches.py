"""How the journal is written down: a change is a rule applied to a record that a run touched.

A run changes nine or ten fields of each of a million records, for a few dozen reasons in all. So what the changes of
a record share stands once in ``touches`` (run, record, whose answer, when), and what those of many records share once
in ``rules`` (field, attribute, policy, reason …). A change's id tells its touch (``layout.PLACES``). The view
``journal`` has the long rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from json.encoder import encode_basestring_ascii
from typing import NamedTuple

from connector.models import Change, Value
from connector.store import scopes
from connector.store.db import Store, seconds
from connector.store.layout import BLANK, PLACES, code


class Rule(NamedTuple):
    """What changes of many records share. ``datum``: what was paid for with the value, "" where nothing was."""

    field: str
    attribute: str
    policy: str
    stamp: int
    reason: str
    datum: str

    @classmethod
    def of(cls, change: Change, datum: str) -> Rule:
        """The rule of a change."""
        return cls(change.field, change.attribute, change.policy, int(change.stamp), change.reason, datum)


class Row(NamedTuple):
    """A change of a record about to be written down; ``entry``: the ledger row that paid for its datum."""

    record: str
    lusha_id: str | None
    rule: Rule
    before: Value
    after: Value
    reverses: int | None
    entry: int | None


def save(store: Store, *, run: int, org: str, object: str, rows: Sequence[Row], at: datetime) -> list[int]:
    """Write planned changes down in their order; returns their ids. Call it inside a transaction."""
    rules, touched = _rules(store, {row.rule for row in rows}), _numbered(rows, first=_last(store) + 1)
    scope, moment = scopes.scope(store, org, object), seconds(at)
    store.db.executemany(
        "INSERT INTO touches (id, run, scope, record, lusha_id, at) VALUES (?, ?, ?, ?, ?, ?)",
        [(id // PLACES, run, scope, row.record, row.lusha_id, moment) for id, row in touched if id % PLACES == 1],
    )
    store.db.executemany(
        "INSERT INTO changes (id, rule, before, after, state, reverses, entry) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (id, rules[row.rule], told(row.before), told(row.after), code("planned"), row.reverses, row.entry)
            for id, row in touched
        ],
    )
    return [id for id, _ in touched]


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


def _numbered(rows: Sequence[Row], *, first: int) -> list[tuple[int, Row]]:
    """Each row with its id: rows of one record and one answer that follow each other are one touch."""
    numbered, touch, place = list[tuple[int, Row]](), first - 1, PLACES
    before: tuple[str, str | None] | None = None
    for row in rows:
        whose = (row.record, row.lusha_id)
        touch, place = (touch, place + 1) if whose == before and place + 1 < PLACES else (touch + 1, 1)
        before = whose
        numbered.append((touch * PLACES + place, row))
    return numbered


def _last(store: Store) -> int:
    """The last touch: rows are never deleted, so no id is used twice."""
    return int(store.rows("SELECT coalesce(max(id), 0) FROM touches")[0][0])


def _rules(store: Store, rules: Iterable[Rule]) -> dict[Rule, int]:
    """The number of each rule; those that are new get one."""
    rules = list(rules)
    columns = ", ".join(Rule._fields)
    store.db.executemany(f"INSERT OR IGNORE INTO rules ({columns}) VALUES (?, ?, ?, ?, ?, ?)", rules)
    sql = f"SELECT id FROM rules WHERE ({columns}) = (?, ?, ?, ?, ?, ?)"
    return {rule: int(store.rows(sql, *rule)[0]["id"]) for rule in rules}
