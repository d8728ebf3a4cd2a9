"""A state file of an older release is brought up to date with everything that is in it, or not at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from connector.models import Account
from connector.store import answers, balances, cursors, ledger, names, people, records
from connector.store.db import APPLICATION_ID, Store, open_store
from connector.store.figures import FIGURES
from connector.store.migrations import migrations
from connector.store.narrow import BOOKS
from connector.store.narrow_attempts import ATTEMPTS
from connector.store.narrow_journal import JOURNAL
from connector.store.packing import packed
from connector.store.people import Known, SavedProfile
from connector.store.records import RecordState, Tried

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
BOOKING = (
    "INSERT INTO ledger (key, invocation, run, org, mapping, action, items, worst, charged, state, request, at)"
    " VALUES ('k', 'i1', 1, 'acme', 'm.yaml', 'enrich emails', 1, 6, ?, ?, '{}', '2026-11-22T08:00:00Z')"
)
WORD = (
    "INSERT INTO accounts (key, remaining, total, used, prices, at, ledger_id, in_flight)"
    " VALUES (?, ?, 500, 400, '{}', '2026-11-22T09:00:00Z', 1, '[2]')"
)


def first_release(path: Path) -> None:
    """A state file as the first migration made it, with bookings and an account in it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrations.apply(Database(connection), stop_before="m0002_money")
    connection.execute(BOOKING, [1, "settled"])
    connection.execute(BOOKING, [None, "reserved"])
    connection.execute(WORD, ["k", 100])
    connection.execute(WORD, ["silent", None])
    connection.close()


def test_bookings_and_the_last_word_on_the_balance_come_along(tmp_path: Path) -> None:
    first_release(tmp_path / "state.db")
    store = open_store(tmp_path / "state.db")
    rows = store.rows("SELECT worst, charged, state, data, balance, estimated FROM ledger ORDER BY id")
    assert [tuple(row) for row in rows] == [(6, 1, "settled", None, None, 0), (6, None, "reserved", None, None, 0)]
    assert ledger.booked(store, key="k") == ledger.booked(store, key="k", since=NOW - timedelta(days=1)) == 7
    assert (ledger.booked(store, key="k", since=NOW), ledger.booked_by_run(store, 1)) == (0, (12, 7))
    assert balances.balance(store, "k") == 94
    words = store.rows("SELECT key, remaining, total, used, at, ledger_id, in_flight FROM account_history")
    assert [tuple(word) for word in words] == [("k", 100, 500, 400, "2026-11-22T09:00:00Z", 1, "[2]")]
    ledger.settle(store, 2, charged=5, now=NOW, data={"phones": 5})
    balances.save_account(store, "k", Account(95, 500, 405), asked=balances.mark(store, "k"), now=NOW)
    assert store.rows("SELECT count(*) FROM account_history")[0][0] == 2
    assert json.loads(store.rows("SELECT data FROM ledger WHERE id = 2")[0][0]) == {"phones": 5}


def test_answers_by_hand_have_a_place_from_the_third_migration_on(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrations.apply(Database(connection), stop_before="m0003_answers")
    connection.execute(BOOKING, [1, "settled"])
    connection.close()
    store = open_store(tmp_path / "state.db")
    answers.save(store, key="k", action="signals", question="q", body="{}", now=NOW)
    assert answers.latest(store, key="k", question="q", since=NOW) == "{}"
    assert ledger.booked(store, key="k") == 1


def test_records_of_an_older_release_rest_as_they_did_and_are_all_read_once(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrations.apply(Database(connection), stop_before="m0007_passes")
    connection.execute(
        "INSERT INTO records (org, object, id, fingerprint, fields, outcome, last_seen, last_attempt)"
        " VALUES ('acme', 'Contact', '1', 'f', 'Phone', 'no_match', '2026-11-22T08:00:00Z', '2026-11-22T08:00:00Z')"
    )
    connection.close()
    store = open_store(tmp_path / "state.db")
    [state] = records.known(store, org="acme", object="Contact", mapping="", ids=["1"]).values()
    assert state.tried is not None
    assert (state.tried.last_attempt, state.tried.next_due) == (datetime(2026, 11, 22, 8, 0, tzinfo=UTC), None)
    assert cursors.found(store, org="acme", object="Contact", mapping="contact") is None


def shared(path: Path, *more: str) -> Store:
    """A state file in which all mappings of an object shared one row for each record, opened by this release."""
    connection = sqlite3.connect(path / "state.db", isolation_level=None)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrations.apply(Database(connection), stop_before="m0008_attempts")
    moment = "'2026-11-22T08:00:00Z'"
    for object in ("Contact", "Lead"):
        connection.execute(
            "INSERT INTO records (org, object, id, lusha_id, fingerprint, fields, outcome, reason, last_seen,"
            " last_attempt, last_enriched, attempts, parked, next_due) VALUES ('acme', ?, '1', '7', 'f', 'Phone,Title',"
            f" 'rejected', 'why', {moment}, {moment}, {moment}, 3, 'v/m', '2026-12-22T08:00:00Z')",
            [object],
        )
    for statement in more:
        connection.execute(statement)
    connection.close()
    return open_store(path / "state.db")


RAN = (
    "INSERT INTO runs (id, invocation, org, mapping, status, started_at) VALUES (1, 'i', 'acme', 'a.yaml', 'done', 't')"
)
CHANGED = (
    "INSERT INTO changes (run, org, object, record, field, reason, attribute, policy, stamp, state, at)"
    " VALUES (1, 'acme', 'Contact', '9', 'Title', 'r', 'a', 'fill', 0, 'written', '2026-11-22T08:00:00Z')"
)
READ = "INSERT INTO cursors VALUES ('acme', 'Contact', 'b.yaml', 'm', '2026-11-22T08:00:00Z', '2026-11-22T08:00:00Z')"


@pytest.mark.parametrize(
    ("more", "mappings"),
    [((RAN, CHANGED, READ), ["a.yaml", "b.yaml"]), ((READ,), ["b.yaml"]), ((RAN, CHANGED), ["a.yaml"]), ((RAN,), [""])],
)
def test_what_mappings_shared_is_each_ones_own_from_the_eighth_migration_on(
    tmp_path: Path, more: tuple[str, ...], mappings: list[str]
) -> None:
    store = shared(tmp_path, *more)
    at, due = datetime(2026, 11, 22, 8, 0, tzinfo=UTC), datetime(2026, 12, 22, 8, 0, tzinfo=UTC)
    state, tried = records.whole(store, org="acme", object="Contact", id="1")
    assert state == RecordState("1", "7", "f", "rejected", "why", at)
    assert list(tried) == mappings
    assert records.counted(store, org="acme") == {"rejected": 2}
    rows = store.rows("SELECT mapping, fields, last_enriched, next_due FROM tried WHERE object = 'Contact'")
    assert {tuple(row)[1:] for row in rows} == {("Phone,Title", "2026-11-22T08:00:00Z", "2026-12-22T08:00:00Z")}
    [known] = store.rows("SELECT org, id, lusha_id, last_seen FROM known_records WHERE object = 'Lead'")
    assert tuple(known) == ("acme", "1", "7", "2026-11-22T08:00:00Z")
    assert set(tried.values()) == {Tried("f", frozenset({"Phone", "Title"}), "rejected", at, at, "v/m", due, "7")}
    assert list(records.whole(store, org="acme", object="Lead", id="1")[1]) == [""]  # nobody is known to have tried it


def test_rows_under_no_name_are_those_of_whoever_runs_first(tmp_path: Path) -> None:
    store = shared(tmp_path)
    for name in ("a.yaml", "b.yaml"):
        place = {"org": "acme", "object": "Lead", "mapping": name}
        names.take_over(store, **place, current=["a.yaml", "b.yaml"])
    tried = records.whole(store, org="acme", object="Lead", id="1")[1]
    assert tried["a.yaml"].lusha_id == "7"
    assert replace(tried["a.yaml"], lusha_id=None) == tried["b.yaml"] == tried[""]


PROFILE = "INSERT INTO profiles VALUES ('k', 'person', ?, ?, '2026-11-22T08:00:00Z', ?, '{\"emails\": 3}')"
SPELLING = "INSERT INTO identities VALUES ('k', 'person', ?, ?, '2026-11-22T08:00:00Z')"


def wide(path: Path) -> None:
    """A state file with whole rows, as the ninth migration left it: what was bought, and who is who."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrations.apply(Database(connection), stop_before="m0010_figures")
    for id in ("7", "8"):
        connection.execute(PROFILE, [id, f'{{"id":"{id}","name":"Ünï"}}', '{"emails": "2026-11-21T08:00:00Z"}'])
        connection.execute(SPELLING, [f"email:ada{id}@example.com", id])
    connection.execute(SPELLING, ["email:nobody@example.com", None])
    connection.close()


def test_what_was_bought_is_still_bought_after_the_eleventh_migration(tmp_path: Path) -> None:
    wide(tmp_path / "state.db")
    store = open_store(tmp_path / "state.db")
    at = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    found = people.profiles(store, key="k", entity="person", ids=["7", "8", "9"])
    bodies = {id: packed(f'{{"id":"{id}","name":"Ünï"}}') for id in ("7", "8")}
    revealed = {"emails": at - timedelta(days=1)}
    assert found == {id: SavedProfile(id, body, at, revealed, {"emails": 3}) for id, body in bodies.items()}
    spellings = ["email:ada7@example.com", "email:ada8@example.com", "email:nobody@example.com"]
    known = people.identities(store, key="k", entity="person", spellings=spellings)
    assert known == dict(zip(spellings, [Known("7", at), Known("8", at), Known(None, at)], strict=True))
    told = store.rows("SELECT lusha_id, seen_at, revealed FROM saved_profiles ORDER BY lusha_id")[0]
    assert tuple(told) == ("7", "2026-11-22T08:00:00Z", '{"emails": "2026-11-21T08:00:00Z"}')
    assert store.rows("SELECT at FROM known_identities WHERE lusha_id = '7'")[0][0] == "2026-11-22T08:00:00Z"


def test_a_file_that_became_small_inside_is_made_small(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    wide(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for number in range(2_000):
            bought = '{"emails": "2026-11-21T08:00:00Z"}'
            connection.execute(PROFILE, [f"more{number}", json.dumps({"filling": "x" * 2_000}), bought])
    large = path.stat().st_size
    open_store(path).close()
    assert path.stat().st_size < large / 4
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)


def test_the_journal_reads_as_before_after_the_twelfth_migration(tmp_path: Path) -> None:
    journalled(tmp_path / "state.db")
    columns = "run, op, org, object, record, field, before, after, reason, attribute, policy, stamp, lusha_id, state,"
    told = f"SELECT {columns} outcome, at, writer, entry, datum FROM {{}} ORDER BY id"
    with closing(sqlite3.connect(tmp_path / "state.db")) as old:
        before = old.execute(told.format("changes")).fetchall()
        taken_back = old.execute(_BACK.format("changes")).fetchall()
        held = old.execute(f"SELECT {_HELD} FROM last_written ORDER BY 1, 2, 3, 4").fetchall()
    store = open_store(tmp_path / "state.db")
    assert [tuple(row) for row in store.rows(told.format("journal"))] == before
    assert [tuple(row) for row in store.rows(_BACK.format("journal"))] == taken_back
    assert [tuple(row) for row in store.rows(f"SELECT {_HELD} FROM held ORDER BY 1, 2, 3, 4")] == held
    assert len(before) > len(held) > 0
    assert [tuple(row) for row in store.rows("SELECT id FROM journal WHERE record = '2' ORDER BY id")] == [(2001,)]


_BACK = "SELECT a.record, a.field, b.record, b.field FROM {0} AS a JOIN {0} AS b ON b.id = a.reverses"
_HELD = "org, object, record, field, value, tombstone"


def journalled(path: Path) -> None:
    """A state file of the ninth migration with two runs of two orgs in it, an undo, a merge, and old blanked values."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrations.apply(Database(connection), stop_before="m0010_figures")
    connection.execute(RAN)
    connection.execute(RAN.replace("(1, 'i', 'acme'", "(2, 'j', 'beta'"))
    change = (
        "INSERT INTO changes (run, org, object, record, field, before, after, reason, attribute, policy, stamp,"
        " lusha_id, state, outcome, at, writer, reverses, entry, datum) VALUES (?, ?, 'Contact', ?, ?, ?, ?, ?, 'a',"
        " 'fill', 0, ?, ?, ?, '2026-11-22T08:00:00Z', ?, ?, ?, ?)"
    )
    for row in (
        (1, "acme", "1", "Title", "null", '"CEO"', "was blank", "7", "undone", None, None, None, 3, "search"),
        (1, "acme", "1", "Phone", '"1"', '"2"', "changed", "7", "written", None, 2, None, 4, "phones"),
        (1, "acme", "2", "Title", None, None, "was blank", None, "written", None, None, None, None, None),
        (2, "beta", "1", "Title", "null", '"VP"', "was blank", "8", "rejected", "LOCKED: no", None, None, 3, "search"),
        (2, "acme", "1", "Title", '"CEO"', "null", "undo", None, "written", None, None, 1, None, None),
        (2, "acme", "3", "Title", "null", "7", "was blank", "9", "planned", None, None, None, None, None),
    ):
        connection.execute(change, row)
    held = "INSERT INTO last_written VALUES ('acme', 'Contact', ?, ?, ?, ?, '2026-11-22T08:00:00Z', ?)"
    for row in (("1", "Title", "null", 5, 1), ("9", "Phone", '"2"', 2, 0), ("2", "Title", '"CFO"', 3, 0)):
        connection.execute(held, row)
    connection.close()


@pytest.mark.parametrize("first", [wide, journalled, first_release])
def test_an_upgrade_that_dies_before_any_statement_is_done_again_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: Callable[[Path], None]
) -> None:
    path = tmp_path / "state.db"
    first(path)
    before = "\n".join(sqlite3.connect(path).iterdump())
    execute = Database.execute
    for last in count(3):  # the first claim the file
        left = iter(range(last))

        def dying(db: Database, sql: str, *arguments: Any, left: Iterator[int] = left) -> Any:
            if next(left, None) is None and sql not in ("ROLLBACK", "COMMIT"):
                raise KeyboardInterrupt
            return execute(db, sql, *arguments)

        with monkeypatch.context() as dies:
            dies.setattr(Database, "execute", dying)
            try:
                open_store(path).close()
            except KeyboardInterrupt:
                assert "\n".join(sqlite3.connect(path).iterdump()) == before
            else:
                break
    assert last > len(FIGURES) + len(BOOKS) + len(JOURNAL) + len(ATTEMPTS)
    open_store(path).close()


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    first_release(tmp_path / "state.db")
    open_store(tmp_path / "state.db").close()
    before = "\n".join(sqlite3.connect(tmp_path / "state.db").iterdump())
    open_store(tmp_path / "state.db").close()
    assert "\n".join(sqlite3.connect(tmp_path / "state.db").iterdump()) == before


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first_release(tmp_path / "state.db")
    before = "\n".join(sqlite3.connect(tmp_path / "state.db").iterdump())
    with monkeypatch.context() as broken:
        broken.setattr("connector.store.migrations._MONEY", "ALTER TABLE ledger ADD COLUMN data TEXT; NONSENSE")
        with pytest.raises(Exception, match="NONSENSE"):
            open_store(tmp_path / "state.db")
    assert "\n".join(sqlite3.connect(tmp_path / "state.db").iterdump()) == before
    assert balances.balance(open_store(tmp_path / "state.db"), "k") == 94
