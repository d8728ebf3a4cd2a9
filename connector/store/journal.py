"""Intents and outcomes of every write: the source of history and undo.

A change is ``planned`` → ``intended`` (committed before the call) → ``written`` | ``rejected`` | ``conflict`` |
``unresolved``; ``dropped`` when it proved needless; ``undone`` once a later change took it back. An ``intended`` row
without an outcome is in doubt: the record is re-read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from connector.models import Change
from connector.store import plans, touches, written
from connector.store.db import ANY, Store, seconds
from connector.store.layout import OF_TOUCH, PLACES, code, named
from connector.store.layout import State as State
from connector.store.touches import Draft as Draft

PLANNED = f"SELECT id FROM changes WHERE state = {code('planned')}"
INTENDED = f"SELECT id FROM changes WHERE state = {code('intended')}"
"""Ids of changes that wait: few of many, each found by an index of its own."""
_PLANNER = f"(SELECT run FROM touches WHERE touches.id = changes.id / {PLACES})"
_PAGE = 500
_OVERTAKEN = "overtaken by run "


class Entry(NamedTuple):
    """A journal row, with the change it is about.

    ``run`` planned it. ``reverses``: the change that it takes back (undo).
    """

    id: int
    record: str
    lusha_id: str | None
    change: Change
    state: State
    outcome: str | None = None
    run: int = 0
    reverses: int | None = None


def plan(store: Store, *, run: int, org: str, object: str, drafts: Sequence[Draft], now: datetime) -> list[Entry]:
    """Save planned changes, in their order; they take the place of what any run planned for the same fields. A sync or
    a plan takes the place of all that earlier runs of its mapping planned for the records."""
    with store.transaction():
        _supersede(store, run, org, object, drafts)
        ids = touches.save(store, run=run, org=org, object=object, drafts=drafts, at=now)
    return [
        Entry(id, record, lusha_id, change, "planned", None, run, reverses)
        for id, (record, change, lusha_id, reverses, _) in zip(ids, drafts, strict=True)
    ]


def _supersede(store: Store, run: int, org: str, object: str, drafts: Sequence[Draft]) -> None:
    same_mapping = (
        "EXISTS (SELECT 1 FROM runs a, runs b WHERE a.id = run AND b.id = :run AND a.mapping = b.mapping"
        " AND b.kind IN ('sync', 'plan'))"
    )
    records = list({draft.record: None for draft in drafts})
    waiting = store.db.execute(
        f"SELECT id, record, field, {same_mapping} AS same_mapping FROM journal WHERE org = :org AND object = :object"
        f" AND record IN ({ANY.format(':records')}) AND +code = {code('planned')} AND run <> :run",
        {"org": org, "object": object, "run": run, "records": json.dumps(records)},
    ).fetchall()
    fields = {(draft.record, draft.change.field) for draft in drafts} if waiting else ()
    over = [row["id"] for row in waiting if row["same_mapping"] or (row["record"], row["field"]) in fields]
    if over:
        mark(store, [(id, "dropped", f"{_OVERTAKEN}{run}") for id in over])
        plans.drop(store, org=org, object=object, records=records)


def intend(store: Store, entries: Collection[Entry], *, run: int) -> None:
    """About to be written, by ``run``: committed before the call."""
    own = [entry.id for entry in entries if entry.run == run]
    others = [entry.id for entry in entries if entry.run != run]
    for writer, ids in ((None, own), (run, others)):
        store.db.execute(
            f"UPDATE changes SET state = {code('intended')}, writer = ? WHERE id IN ({ANY.format('?')})",
            [writer, json.dumps(ids)],
        )


def mark(store: Store, outcomes: Iterable[tuple[int, State, str | None]], *, run: int | None = None) -> None:
    """Move changes on: (change id, new state, the CRM's words if any).

    ``run``: who looked at them, to write them, whatever came of it. An intent keeps the run that sent it.
    """
    together: dict[tuple[State, str | None], list[int]] = {}
    for id, state, words in outcomes:
        together.setdefault((state, words), []).append(id)
    for (state, words), ids in together.items():
        store.db.execute(
            "UPDATE changes SET state = :state, outcome = :words,"
            f" writer = CASE WHEN :run IS NULL OR state <> {code('planned')} THEN writer"
            f" ELSE nullif(:run, {_PLANNER}) END WHERE id IN ({ANY.format(':ids')})",
            {"state": code(state), "words": words, "run": run, "ids": json.dumps(ids)},
        )


def landed(store: Store, *, org: str, object: str, entries: Sequence[Entry], now: datetime) -> None:
    """These are ours now: what we last put into each field. What a change took back is undone, or stands again.

    An undo leaves a tombstone; taking the undo back lifts it.
    """
    taken_back = _chains(store, [entry.id for entry in entries if entry.reverses is not None])
    cleared = {id for id, chain in taken_back.items() if len(chain) % 2}
    puts = [written.Put(entry.record, entry.change.field, entry.id, entry.id in cleared) for entry in entries]
    written.save(store, org=org, object=object, puts=puts, now=now)
    states: tuple[State, State] = ("undone", "written")
    mark(store, [(id, states[place % 2], None) for chain in taken_back.values() for place, id in enumerate(chain)])


def _chains(store: Store, ids: Sequence[int]) -> dict[int, list[int]]:
    """The change that each of these takes back, the one which that one took back, and so on."""
    found: dict[int, list[int]] = {}
    if not ids:
        return found
    sql = (
        "WITH RECURSIVE chain (first, id, place) AS ("
        f" SELECT id, reverses, 0 FROM changes WHERE id IN ({ANY.format('?')}) UNION ALL"
        " SELECT first, changes.reverses, place + 1 FROM chain JOIN changes ON changes.id = chain.id"
        " WHERE changes.reverses IS NOT NULL) SELECT first, id FROM chain ORDER BY first, place"
    )
    for row in store.rows(sql, json.dumps(ids)):
        found.setdefault(row["first"], []).append(row["id"])
    return found


def in_doubt(store: Store, *, org: str, object: str) -> list[Entry]:
    """Intents that a dead run left without an outcome."""
    sql = f"SELECT * FROM journal WHERE org = ? AND object = ? AND id IN ({INTENDED}) ORDER BY record, id"
    return [_entry(row) for row in store.rows(sql, org, object)]


def drop_planned(store: Store, *, org: str, object: str) -> None:
    """Forget plans of runs that ended before writing them; what ``plan --buy`` saved stays, and so does a refused
    run's plan, for its guard to be lifted."""
    ended = "SELECT id FROM runs WHERE status NOT IN ('running', 'refused') AND kind <> 'plan'"
    store.db.execute(
        f"UPDATE changes SET state = {code('dropped')}, outcome = 'the run ended before the write' WHERE id IN"
        f" (SELECT id FROM journal WHERE org = ? AND object = ? AND id IN ({PLANNED}) AND run IN ({ended}))",
        [org, object],
    )
    store.db.execute(f"DELETE FROM plans WHERE org = ? AND object = ? AND run IN ({ended})", [org, object])


def of_run(store: Store, run: int) -> list[Entry]:
    """Everything a run planned, in order."""
    return [_entry(row) for row in store.rows("SELECT * FROM journal WHERE run = ? ORDER BY id", run)]


def object_of(store: Store, run: int) -> str | None:
    """The object whose records a run planned changes for, or wrote; None: it did neither."""
    for whose in ("run", "writer"):
        for row in store.rows(f"SELECT object FROM journal WHERE {whose} = ? LIMIT 1", run):
            return str(row["object"])
    return None


def overtaken_by(store: Store, run: int) -> int | None:
    """The last run that planned anew what this one had planned; the last of those that planned that anew, and so on."""
    sql = (
        "SELECT max(CAST(substr(outcome, ?) AS INTEGER)) FROM journal WHERE run = ? AND state = 'dropped'"
        " AND outcome LIKE ?"
    )
    [[later]] = store.rows(sql, len(_OVERTAKEN) + 1, run, f"{_OVERTAKEN}%")
    return None if later is None else overtaken_by(store, later) or later


def planned(store: Store, run: int) -> Iterator[dict[str, list[Entry]]]:
    """What a run planned and nobody wrote yet, by record, in pages of records.

    Keyset paging: records that are written meanwhile neither repeat nor hide others.
    """
    yield from _pages(store, "run = ? AND state = 'planned'", [run])


def undoable(
    store: Store, run: int, *, records: Collection[str] = (), fields: Collection[str] = ()
) -> Iterator[dict[str, list[Entry]]]:
    """What a run wrote, or planned and another one wrote, and nothing took back yet; narrowed to records and fields."""
    for where, arguments in _undoable(run, records, fields):
        yield from _pages(store, where, arguments)


def touched(store: Store, run: int, column: Literal["record", "field"], name: str) -> bool:
    """Whether a run planned or wrote changes of this record, or of this field."""
    return any(
        store.rows(f"SELECT 1 FROM journal WHERE {whose} = ? AND {column} = ? LIMIT 1", run, name)
        for whose in ("run", "writer")
    )


def undoable_records(store: Store, run: int, *, records: Collection[str] = (), fields: Collection[str] = ()) -> int:
    """How many records ``undoable`` tells of."""
    found = _undoable(run, records, fields)
    return sum(
        int(store.rows(f"SELECT count(DISTINCT record) FROM journal WHERE {where}", *arguments)[0][0])
        for where, arguments in found
    )


def _undoable(run: int, records: Collection[str], fields: Collection[str]) -> list[tuple[str, list[Any]]]:
    narrowed, names = "", list[str]()
    for column, some in (("record", records), ("field", fields)):
        if some:
            narrowed += f" AND {column} IN ({', '.join('?' * len(some))})"
            names += some
    # each in the order of an index of its own
    return [(f"{whose} = ? AND state = 'written'{narrowed}", [run, *names]) for whose in ("run", "writer")]


def _pages(store: Store, where: str, arguments: Sequence[Any]) -> Iterator[dict[str, list[Entry]]]:
    last = -1
    sql = f"SELECT DISTINCT touch FROM journal WHERE {where} AND touch > ? AND id > ? ORDER BY touch LIMIT {_PAGE}"
    changes = f"SELECT * FROM journal WHERE {where} AND id >= ? AND id < ? ORDER BY id"
    while found := store.rows(sql, *arguments, last, (last + 1) * PLACES):
        page: dict[str, list[Entry]] = {}
        span = [found[0]["touch"] * PLACES, (found[-1]["touch"] + 1) * PLACES]
        for row in store.rows(changes, *arguments, *span):
            page.setdefault(row["record"], []).append(_entry(row))
        last = found[-1]["touch"]
        yield page


@dataclass(frozen=True, slots=True)
class Group:
    """Changes of a run that share field, state and cause."""

    field: str
    state: State
    why: str
    changes: int


def groups_of_run(store: Store, run: int) -> list[Group]:
    """What a run planned and what became of it, counted by the database: a run may hold a million changes."""
    shared = "SELECT rule, state, outcome, count(*) AS n FROM changes"
    sql = (
        f"WITH counted AS ({shared} JOIN touches ON {OF_TOUCH.format('changes.id')} WHERE run = ? GROUP BY 1, 2, 3"
        f" UNION ALL {shared} WHERE writer = ? GROUP BY 1, 2, 3)"
        " SELECT field, state, coalesce(outcome, reason) AS why, sum(n) AS n"
        " FROM counted JOIN rules ON rules.id = rule GROUP BY 1, 2, 3"
    )
    groups = [Group(row["field"], named(row["state"]), row["why"], row["n"]) for row in store.rows(sql, run, run)]
    return sorted(groups, key=lambda group: (group.field, group.state, group.why))


def blank_old_values(store: Store, *, before: datetime) -> int:
    """Retention: blank before and after of old changes; that they happened stays, and so does what a field holds of
    ours. A plan as old as that is dropped."""
    planned, intended = code("planned"), code("intended")
    old = (
        f"SELECT changes.id FROM touches CROSS JOIN changes ON {OF_TOUCH.format('changes.id')} WHERE at < ?"
        f" AND state <> {intended} AND (before IS NOT NULL OR after IS NOT NULL)"
    )
    with store.transaction():
        written.keep(store, f"change IN ({old})", [seconds(before)])
        return store.db.execute(
            "UPDATE changes SET before = NULL, after = NULL,"
            f" outcome = CASE state WHEN {planned} THEN 'planned too long ago' ELSE outcome END,"
            f" state = CASE state WHEN {planned} THEN {code('dropped')} ELSE state END WHERE id IN ({old})",
            [seconds(before)],
        ).rowcount


def _entry(row: Any) -> Entry:
    change = Change(
        field=row["field"],
        before=touches.value_of(row["before"]),
        after=touches.value_of(row["after"]),
        reason=row["reason"],
        attribute=row["attribute"],
        policy=row["policy"],
        stamp=bool(row["stamp"]),
    )
    return Entry(
        row["id"], row["record"], row["lusha_id"], change, row["state"], row["outcome"], row["run"], row["reverses"]
    )
