"""A state file of an older release is brought up to date with everything that is in it, or not at all."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from connector.models import Account
from connector.store import answers, balances, cursors, ledger, records
from connector.store.db import APPLICATION_ID, open_store
from connector.store.migrations import migrations

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
    assert ledger.booked(store, key="k") == 7
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
    [state] = records.known(store, org="acme", object="Contact", ids=["1"]).values()
    assert (state.last_attempt, state.next_due) == (datetime(2026, 11, 22, 8, 0, tzinfo=UTC), None)
    assert cursors.found(store, org="acme", object="Contact", mapping="contact") is None


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
