"""Where a person stands in the state file, and how all of it goes: the SQL of ``forget``.

What a person's words lead to is decided in ``engine.forget``; nothing here knows what a spelling means. Rows of objects
that are about companies alone are left out everywhere: Lusha numbers people and companies apart, from 1 on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from connector.store import people
from connector.store.db import Store

FORGOTTEN = "forgotten"
"""The reason of a change that was blanked, and the outcome of one that was only planned."""

At = tuple[str, str, str]
"""Where a record is: org, object, id."""
Place = tuple[str, str]
"""An org and one of its objects."""


@dataclass(frozen=True, slots=True)
class Subject:
    """All that means one person (or several): Lusha ids, spellings, records.

    ``companies``: places where a Lusha id is a company's.
    """

    ids: frozenset[str] = frozenset()
    spellings: frozenset[str] = frozenset()
    records: frozenset[At] = frozenset()
    companies: frozenset[Place] = frozenset()

    def arguments(self) -> dict[str, str]:
        """The same for SQL, as JSON lists."""
        names = ("ids", "spellings", "records", "companies")
        return {name: json.dumps(sorted(getattr(self, name))) for name in names}


@dataclass(slots=True)
class Loose:
    """Rows of others that hold a value of the person: by their keys."""

    changes: list[int] = field(default_factory=list)
    suggestions: list[int] = field(default_factory=list)
    written: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Text:
    """A stored value (JSON) and where it stands. ``ours``: Lusha told it of ``lusha_id``, or was asked with it."""

    table: str
    key: Any
    lusha_id: str | None
    json: str
    ours: bool


IDS = "(SELECT value FROM json_each(:ids))"
_SPELLINGS = "(SELECT value FROM json_each(:spellings))"
_PART = "json_extract(value, '$[{}]')"
RECORDS = f"(SELECT {', '.join(map(_PART.format, range(3)))} FROM json_each(:records))"
_PEOPLE = f"(org, object) NOT IN (SELECT {', '.join(map(_PART.format, range(2)))} FROM json_each(:companies))"
_PLACES = (
    "FROM json_each(:records) CROSS JOIN scopes ON (scopes.org, scopes.object) ="
    f" ({_PART.format(0)}, {_PART.format(1)})"
)
_IN_SCOPES = f"(SELECT scopes.id, {_PART.format(2)} {_PLACES})"
_IN_AIMS = f"(SELECT aims.id, {_PART.format(2)} {_PLACES} CROSS JOIN aims ON aims.scope = scopes.id)"
TOUCHED = (
    f"(SELECT touches.id {_PLACES} CROSS JOIN touches ON touches.scope = scopes.id"
    f" AND touches.record = {_PART.format(2)})"
)
OF_PEOPLE = f"scope IN (SELECT id FROM scopes WHERE {_PEOPLE})"
"""The touches of the records, and which touches are not of companies alone."""


def ids_of_spellings(store: Store, subject: Subject) -> set[str]:
    """The Lusha ids that the spellings lead to, with whatever key."""
    sql = f"SELECT DISTINCT lusha_id FROM identities WHERE {people.PEOPLE} AND spelling IN {_SPELLINGS}"
    return _texts(store, f"{sql} AND lusha_id IS NOT NULL", subject)


def ids_of_records(store: Store, subject: Subject) -> set[str]:
    """Whom each mapping last matched the records with; an answer that waits in review is nobody's yet."""
    latest = (
        "SELECT max(other.id) FROM touches AS other WHERE (other.scope, other.record) = (touches.scope, touches.record)"
        " AND other.lusha_id IS NOT NULL"
    )
    sql = (
        f"SELECT lusha_id FROM records WHERE (scope, id) IN {_IN_SCOPES} AND outcome <> 'review'"
        f" AND lusha_id IS NOT NULL UNION SELECT lusha_id FROM attempts WHERE (aim, id) IN {_IN_AIMS}"
        " AND outcome <> 'review' AND lusha_id IS NOT NULL"
        f" UNION SELECT lusha_id FROM touches JOIN scopes ON scopes.id = scope WHERE touches.id IN {TOUCHED}"
        f" AND touches.id = ({latest}) AND NOT EXISTS (SELECT 1 FROM records WHERE (records.scope, records.id) ="
        " (touches.scope, touches.record) AND records.lusha_id IS NOT NULL)"
    )
    return _texts(store, sql, subject)


def spellings_of_ids(store: Store, subject: Subject) -> set[str]:
    """Every spelling that leads to one of the ids."""
    sql = f"SELECT DISTINCT spelling FROM identities WHERE {people.PEOPLE} AND lusha_id IN {IDS}"
    return _texts(store, sql, subject)


def bodies_of_ids(store: Store, subject: Subject) -> set[str]:
    """The saved profiles of the ids, as JSON."""
    return _texts(store, f"SELECT unpacked(body) FROM profiles WHERE {people.PEOPLE} AND lusha_id IN {IDS}", subject)


def bodies_with(store: Store, words: Collection[str]) -> set[str]:
    """Saved profiles of people in which one of the words (in small letters) stands, whatever its case."""
    if not words:
        return set()
    _listen(store, words)
    sql = f"SELECT text FROM (SELECT unpacked(body) AS text FROM profiles WHERE {people.PEOPLE}) WHERE telling(text)"
    return {str(row["text"]) for row in store.rows(sql)}


def records_of_ids(store: Store, subject: Subject) -> set[At]:
    """The records that are about the ids: matched with them by any mapping, or by a person in review, or written from
    their answers while nothing newer is known of the record."""
    elsewhere = (
        "EXISTS (SELECT 1 FROM known_records AS records"
        " WHERE (records.org, records.object, records.id) = ({0}.org, {0}.object,"
        f" {{0}}.record) AND lusha_id IS NOT NULL AND (outcome = 'review' OR lusha_id NOT IN {IDS}))"
    )
    matched = f"WHERE lusha_id IN {IDS} AND outcome <> 'review' AND {_PEOPLE}"
    sql = f"SELECT org, object, id FROM known_records {matched} UNION SELECT org, object, id FROM tried {matched}"
    accepted = "kind = 'match' AND state = 'accepted'"
    touched = "(SELECT org, object, record, lusha_id FROM touches JOIN scopes ON scopes.id = scope)"
    named = {"suggestions": "suggestions", "touched": f"{touched} AS touched", "plans": "plans"}
    for table, rows in named.items():
        where = accepted if table == "suggestions" else "TRUE"
        sql += (
            f" UNION SELECT org, object, record FROM {rows} WHERE {table}.lusha_id IN {IDS} AND {where} AND {_PEOPLE}"
        )
        sql += "" if table == "suggestions" else f" AND NOT {elsewhere.format(table)}"
    return {(row[0], row[1], row[2]) for row in _run(store, sql, subject)}


def places_of(store: Store, id: str) -> set[At]:
    """Where a record of this id is known; one of 15 letters also in Salesforce's longer spelling of it."""
    touched = "touches JOIN scopes ON scopes.id = scope"
    tables = (("known_records", "known_records.id"), (touched, "record"), ("held", "record"), ("suggestions", "record"))
    where = "{0} = :id OR (length(:id) = 15 AND length({0}) = 18 AND substr({0}, 1, 15) = :id)"
    sql = " UNION ".join(
        f"SELECT org, object, {name} FROM {table} WHERE {where.format(name)}" for table, name in tables
    )
    return {(row[0], row[1], row[2]) for row in store.db.execute(sql, {"id": id})}


def texts(store: Store, subject: Subject, words: Collection[str]) -> Iterator[Text]:
    """Every stored value in which one of the words (in small letters) stands, whatever its case."""
    if not words:
        return
    _listen(store, words)
    for name, ours in (("after", True), ("before", False)):
        told = f'SELECT id FROM changes WHERE telling("{name}")'
        sql = f'SELECT id, lusha_id, "{name}" AS value FROM journal WHERE id IN ({told}) AND {_PEOPLE}'
        yield from (
            Text("changes", row["id"], row["lusha_id"], row["value"], ours) for row in _run(store, sql, subject)
        )
    for name, ours in (("proposed", True), ("current", False)):
        sql = f'SELECT id, lusha_id, "{name}" AS value FROM suggestions WHERE telling("{name}") AND {_PEOPLE}'
        for row in _run(store, sql, subject):
            yield Text("suggestions", row["id"], row["lusha_id"], row["value"], ours)
    for row in _run(store, f"SELECT lusha_id, identity FROM plans WHERE telling(identity) AND {_PEOPLE}", subject):
        yield Text("plans", None, row["lusha_id"], row["identity"], True)
    told = "SELECT change FROM last_written JOIN changes ON changes.id = change WHERE telling(coalesce(value, after))"
    for row in _run(store, f"SELECT change, value FROM held WHERE change IN ({told}) AND {_PEOPLE}", subject):
        yield Text("last_written", row["change"], None, row["value"], False)


def _listen(store: Store, words: Collection[str]) -> None:
    """Have ``telling(text)`` say whether one of the words (in small letters) stands in a text, whatever its case."""
    anyone = re.compile("|".join(map(re.escape, sorted(words)))).search
    store.db.create_function("telling", 1, lambda text: text is not None and anyone(text.lower()) is not None)


def answers(store: Store) -> Iterator[tuple[int, str]]:
    """All answers to questions by hand: number and JSON."""
    yield from ((row["id"], row["body"]) for row in store.rows("SELECT id, body FROM answers"))


def forget_profiles(store: Store, subject: Subject) -> int:
    """Drop what was bought of them."""
    return _change(store, f"DELETE FROM profiles WHERE {people.PEOPLE} AND lusha_id IN {IDS}", subject)


def forget_identities(store: Store, subject: Subject) -> int:
    """Drop every spelling of them; one that is somebody else's too still leads there."""
    mine = f"lusha_id IN {IDS} OR (lusha_id IS NULL AND spelling IN {_SPELLINGS})"
    return _change(store, f"DELETE FROM identities WHERE {people.PEOPLE} AND ({mine})", subject)


def forget_suggestions(store: Store, subject: Subject, loose: Loose) -> int:
    """Drop what waits on the review list, or was decided there."""
    sql = (
        f"DELETE FROM suggestions WHERE (org, object, record) IN {RECORDS} OR (lusha_id IN {IDS} AND {_PEOPLE})"
        " OR id IN (SELECT value FROM json_each(:loose))"
    )
    return _change(store, sql, subject, loose=json.dumps(loose.suggestions))


def forget_plans(store: Store, subject: Subject) -> None:
    """Drop what saved changes rest on."""
    sql = f"DELETE FROM plans WHERE (org, object, record) IN {RECORDS} OR (lusha_id IN {IDS} AND {_PEOPLE})"
    _change(store, sql, subject)


def forget_records(store: Store, subject: Subject) -> int:
    """Drop the records; one that is only in doubt about them keeps its rest, and no id."""
    gone = _change(store, f"DELETE FROM records WHERE (scope, id) IN {_IN_SCOPES}", subject)
    _change(store, f"DELETE FROM attempts WHERE (aim, id) IN {_IN_AIMS}", subject)
    in_review = f"WHERE lusha_id IN {IDS} AND"
    _change(store, f"UPDATE records SET lusha_id = NULL, reason = NULL {in_review} {OF_PEOPLE}", subject)
    aims = f"aim IN (SELECT id FROM aims WHERE {OF_PEOPLE})"
    _change(store, f"UPDATE attempts SET lusha_id = NULL {in_review} {aims}", subject)
    return gone


def forget_answers(store: Store, numbers: Collection[int]) -> int:
    """Drop these answers to questions by hand."""
    sql = "DELETE FROM answers WHERE id IN (SELECT value FROM json_each(?))"
    return store.db.execute(sql, [json.dumps(sorted(numbers))]).rowcount


def leave_out_of_bookings(store: Store, subject: Subject) -> None:
    """Take the ids out of the requests of open bookings, which stay booked at their worst.

    A hash takes the place of each: two requests that differed must not become equal, or one of them would be taken
    for a repetition of the other, and settled at nothing.
    """
    rows = store.rows("SELECT id, request FROM ledger WHERE state <> 'settled' AND request LIKE '%\"ids\"%'")
    for row in rows:
        request = json.loads(row["request"])
        out = [id for id in request["ids"] if id in subject.ids]
        if out and request.get("entity") == "person":
            request["ids"] = [id for id in request["ids"] if id not in subject.ids]
            marks = (people.hashed(f"id:{id}") for id in out)
            request[FORGOTTEN] = sorted({*request.get(FORGOTTEN, ()), *marks})
            store.db.execute("UPDATE ledger SET request = ? WHERE id = ?", [json.dumps(request), row["id"]])


def _run(store: Store, sql: str, subject: Subject, **more: str) -> Any:
    return store.db.execute(sql, {**subject.arguments(), **more})


def _change(store: Store, sql: str, subject: Subject, **more: str) -> int:
    return int(_run(store, sql, subject, **more).rowcount)


def _texts(store: Store, sql: str, subject: Subject) -> set[str]:
    return {str(row[0]) for row in _run(store, sql, subject)}
