"""The state file's tables, as numbered steps that are only ever appended.

Times are UTC ISO 8601 text with seconds (``2026-11-23T08:00:00Z``): they sort as they stand; in rows of which there are
many for each record, seconds since 1970. Values of CRM fields
are JSON text, so that ``"5"`` and ``5`` stay apart.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from connector.store.figures import FIGURES
from connector.store.narrow import BOOKS
from connector.store.narrow_attempts import ATTEMPTS
from connector.store.narrow_journal import JOURNAL
from connector.store.packing import packed

migrations = Migrations("connector")

_FIRST = """
CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, invocation TEXT NOT NULL, org TEXT NOT NULL, mapping TEXT NOT NULL,
  status TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT, report TEXT, error TEXT
) STRICT;
CREATE INDEX runs_by_org ON runs (org, status);

CREATE TABLE records (
  org TEXT NOT NULL, object TEXT NOT NULL, id TEXT NOT NULL, lusha_id TEXT, fingerprint TEXT NOT NULL,
  fields TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT, last_seen TEXT NOT NULL, last_attempt TEXT,
  last_enriched TEXT, attempts INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (org, object, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_by_age ON records (org, object, last_enriched);

CREATE TABLE changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES runs (id), op TEXT NOT NULL DEFAULT 'update',
  org TEXT NOT NULL, object TEXT NOT NULL, record TEXT NOT NULL, field TEXT NOT NULL,
  before TEXT, after TEXT, reason TEXT NOT NULL, attribute TEXT NOT NULL, policy TEXT NOT NULL,
  stamp INTEGER NOT NULL, lusha_id TEXT, state TEXT NOT NULL, outcome TEXT, at TEXT NOT NULL
) STRICT;
CREATE INDEX changes_by_run ON changes (run, state);
CREATE INDEX changes_by_record ON changes (org, object, record);
CREATE INDEX changes_open ON changes (org, state) WHERE state IN ('planned', 'intended');

CREATE TABLE last_written (
  org TEXT NOT NULL, object TEXT NOT NULL, record TEXT NOT NULL, field TEXT NOT NULL, value TEXT,
  change INTEGER NOT NULL, at TEXT NOT NULL, PRIMARY KEY (org, object, record, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE suggestions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL, org TEXT NOT NULL, object TEXT NOT NULL,
  record TEXT NOT NULL, field TEXT NOT NULL, current TEXT, proposed TEXT, reason TEXT NOT NULL,
  attribute TEXT NOT NULL, lusha_id TEXT, state TEXT NOT NULL DEFAULT 'open', at TEXT NOT NULL,
  UNIQUE (org, object, record, field)
) STRICT;

CREATE TABLE profiles (
  key TEXT NOT NULL, entity TEXT NOT NULL, lusha_id TEXT NOT NULL, body TEXT NOT NULL, seen_at TEXT NOT NULL,
  revealed TEXT NOT NULL, PRIMARY KEY (key, entity, lusha_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE identities (
  key TEXT NOT NULL, entity TEXT NOT NULL, spelling TEXT NOT NULL, lusha_id TEXT, at TEXT NOT NULL,
  PRIMARY KEY (key, entity, spelling)
) STRICT, WITHOUT ROWID;

CREATE TABLE suppressions (
  entity TEXT NOT NULL, spelling_hash TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (entity, spelling_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
  id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, invocation TEXT NOT NULL, run INTEGER NOT NULL,
  org TEXT NOT NULL, mapping TEXT NOT NULL, action TEXT NOT NULL, items INTEGER NOT NULL, worst INTEGER NOT NULL,
  charged INTEGER, state TEXT NOT NULL, request TEXT, at TEXT NOT NULL, settled_at TEXT
) STRICT;
CREATE INDEX ledger_by_key ON ledger (key, at);
CREATE INDEX ledger_open ON ledger (state) WHERE state <> 'settled';

CREATE TABLE accounts (
  key TEXT PRIMARY KEY, remaining INTEGER, total INTEGER, used INTEGER, prices TEXT NOT NULL, at TEXT NOT NULL,
  ledger_id INTEGER NOT NULL, in_flight TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
  org TEXT PRIMARY KEY, crm TEXT NOT NULL, tenant TEXT, host TEXT, pid INTEGER, heartbeat TEXT
) STRICT, WITHOUT ROWID;
"""

_MONEY = """
ALTER TABLE ledger ADD COLUMN data TEXT;
ALTER TABLE ledger ADD COLUMN balance INTEGER;
ALTER TABLE ledger ADD COLUMN estimated INTEGER NOT NULL DEFAULT 0;

CREATE TABLE account_history (
  id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, remaining INTEGER NOT NULL, total INTEGER, used INTEGER,
  at TEXT NOT NULL, ledger_id INTEGER NOT NULL, in_flight TEXT NOT NULL
) STRICT;
CREATE INDEX account_history_by_key ON account_history (key, id);
INSERT INTO account_history (key, remaining, total, used, at, ledger_id, in_flight)
  SELECT key, remaining, total, used, at, ledger_id, in_flight FROM accounts WHERE remaining IS NOT NULL;
"""
"""``ledger.data``: {datum: credits} of what was charged, NULL where that is not known. ``ledger.balance``: what the
account was expected to hold right before the booking, NULL where that was not certain. ``account_history``: Lusha's
words on the balance over time."""

_ANSWERS = """
CREATE TABLE answers (
  id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, action TEXT NOT NULL, question TEXT NOT NULL,
  body TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX answers_by_question ON answers (key, question);
CREATE INDEX answers_by_age ON answers (at);
"""
"""Paid answers to questions by hand that are about no single profile. ``question``: the fingerprint of the request."""

_TRUST = """
ALTER TABLE runs ADD COLUMN kind TEXT NOT NULL DEFAULT 'sync';
ALTER TABLE runs ADD COLUMN about INTEGER;

ALTER TABLE changes ADD COLUMN writer INTEGER;
ALTER TABLE changes ADD COLUMN reverses INTEGER;
ALTER TABLE changes ADD COLUMN entry INTEGER;
DROP INDEX changes_by_run;
CREATE INDEX changes_by_run ON changes (run, state, record);
CREATE INDEX changes_by_writer ON changes (writer, state, record) WHERE writer IS NOT NULL;

ALTER TABLE last_written ADD COLUMN tombstone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN parked TEXT;
ALTER TABLE suggestions ADD COLUMN kind TEXT NOT NULL DEFAULT 'value';
ALTER TABLE profiles ADD COLUMN bought TEXT NOT NULL DEFAULT '{}';
ALTER TABLE ledger ADD COLUMN brought TEXT;

CREATE TABLE plans (
  run INTEGER NOT NULL, org TEXT NOT NULL, object TEXT NOT NULL, record TEXT NOT NULL, lusha_id TEXT,
  first INTEGER NOT NULL, fingerprint TEXT NOT NULL, fields TEXT NOT NULL, identity TEXT NOT NULL, answered TEXT,
  mark TEXT, PRIMARY KEY (run, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX plans_by_record ON plans (org, object, record);
"""
"""``runs.kind``: sync, plan, apply, undo, review; ``about``: the run whose plan it applied or that it undid.
``changes.writer``: the run that wrote it, where another one planned it; ``reverses``: the change that it takes back;
``entry``: the ledger row that paid for its datum. ``records.parked``: what must change before a refused record is
tried again. ``suggestions.kind``: a value, or a match in doubt. ``profiles.bought``: {datum: ledger row};
``ledger.brought``: {datum: profiles that it came for}. ``plans``: what to remember of a record once its saved changes
are written."""

_PROVENANCE = """
ALTER TABLE changes ADD COLUMN datum TEXT;
ALTER TABLE suggestions ADD COLUMN entry INTEGER;
ALTER TABLE suggestions ADD COLUMN datum TEXT;
CREATE INDEX changes_reversing ON changes (reverses) WHERE reverses IS NOT NULL;
"""
"""Which datum of the booking ``entry`` a value came from; a suggestion keeps both until somebody decides on it."""

_REVIEW = """
ALTER TABLE suggestions ADD COLUMN identity TEXT;
DROP INDEX changes_open;
CREATE INDEX changes_planned ON changes (org, object, run) WHERE state = 'planned';
CREATE INDEX changes_intended ON changes (org, object) WHERE state = 'intended';
"""
"""What identified a record when a value was proposed for it. Each of the two open states has an index of its own, which
a query for that state alone can use."""

_PASSES = """
ALTER TABLE records ADD COLUMN next_due TEXT;
CREATE INDEX records_by_due ON records (org, object, next_due, id) WHERE next_due IS NOT NULL;
ALTER TABLE plans ADD COLUMN lacking INTEGER NOT NULL DEFAULT 1;

CREATE TABLE cursors (
  org TEXT NOT NULL, object TEXT NOT NULL, mapping TEXT NOT NULL, mark TEXT NOT NULL, watermark TEXT NOT NULL,
  whole_at TEXT NOT NULL, PRIMARY KEY (org, object, mapping)
) STRICT, WITHOUT ROWID;
"""
"""When a record may be due again though nobody touches it (NULL: not before somebody does). Whether a planned record
still lacks something once its changes are written. Since when a mapping has to look at what changed."""

_ATTEMPTS = """
CREATE TABLE attempts (
  org TEXT NOT NULL, object TEXT NOT NULL, mapping TEXT NOT NULL, id TEXT NOT NULL, fingerprint TEXT NOT NULL,
  fields TEXT NOT NULL, outcome TEXT NOT NULL, last_attempt TEXT, last_enriched TEXT, parked TEXT, next_due TEXT,
  tries INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (org, object, mapping, id)
) STRICT, WITHOUT ROWID;
INSERT INTO attempts SELECT records.org, records.object, ran.mapping, id, fingerprint, fields, outcome, last_attempt,
  last_enriched, parked, next_due, attempts FROM records JOIN (SELECT org, object, mapping FROM cursors
  UNION SELECT changes.org, changes.object, runs.mapping FROM changes JOIN runs ON runs.id = changes.run) AS ran
  ON ran.org = records.org AND ran.object = records.object;
INSERT INTO attempts SELECT org, object, '', id, fingerprint, fields, outcome, last_attempt, last_enriched, parked,
  next_due, attempts FROM records WHERE (org, object) NOT IN (SELECT org, object FROM attempts);
CREATE INDEX attempts_by_due ON attempts (org, object, mapping, next_due) WHERE next_due IS NOT NULL;
CREATE INDEX attempts_by_record ON attempts (org, object, id);

DROP INDEX records_by_age;
DROP INDEX records_by_due;
ALTER TABLE records DROP COLUMN fields;
ALTER TABLE records DROP COLUMN last_attempt;
ALTER TABLE records DROP COLUMN attempts;
ALTER TABLE records DROP COLUMN parked;
ALTER TABLE records DROP COLUMN next_due;
"""
"""What belongs to a mapping leaves the row that all mappings of an object shared. Each one that is known to have run
(it has a cursor, or planned a change) begins with what that row held, so nobody is asked for again before; where none
is known, the rows wait under no name for the mapping that runs first (``store.names``)."""


_MATCHES = """
ALTER TABLE attempts ADD COLUMN lusha_id TEXT;
UPDATE attempts SET lusha_id = (SELECT lusha_id FROM records WHERE (records.org, records.object, records.id) =
  (attempts.org, attempts.object, attempts.id) AND records.fingerprint = attempts.fingerprint);
"""
"""Whom each mapping last matched a record with: two that identify it otherwise may have found two Lusha ids."""


@migrations()
def m0001_first(db: Database) -> None:
    _execute(db, _FIRST)


@migrations()
def m0002_money(db: Database) -> None:
    _execute(db, _MONEY)


@migrations()
def m0003_answers(db: Database) -> None:
    _execute(db, _ANSWERS)


@migrations()
def m0004_trust(db: Database) -> None:
    _execute(db, _TRUST)


@migrations()
def m0005_provenance(db: Database) -> None:
    _execute(db, _PROVENANCE)


@migrations()
def m0006_review(db: Database) -> None:
    _execute(db, _REVIEW)


@migrations()
def m0007_passes(db: Database) -> None:
    _execute(db, _PASSES)


@migrations()
def m0008_attempts(db: Database) -> None:
    _execute(db, _ATTEMPTS)


@migrations()
def m0009_matches(db: Database) -> None:
    _execute(db, _MATCHES)


@migrations()
def m0010_figures(db: Database) -> None:
    for statement in FIGURES:
        db.execute(statement)


@migrations()
def m0011_books(db: Database) -> None:
    db.conn.create_function("packed", 1, packed, deterministic=True)
    for statement in BOOKS:
        db.execute(statement)


@migrations()
def m0012_journal(db: Database) -> None:
    for statement in JOURNAL:
        db.execute(statement)


@migrations()
def m0013_attempts(db: Database) -> None:
    for statement in ATTEMPTS:
        db.execute(statement)


def migrate(connection: sqlite3.Connection) -> None:
    """Take the steps that a state file lacks."""
    migrations.apply(_opened(connection))


def pending(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The steps that a state file lacks."""
    return tuple(step.name for step in migrations.pending(_opened(connection)))


def unknown(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Steps that a newer program took: what the tables mean by now, this one does not know."""
    known = {step.name for step in migrations.pending(Database(memory=True))}
    return tuple(step.name for step in migrations.applied(_opened(connection)) if step.name not in known)


def _opened(connection: sqlite3.Connection) -> Database:
    """A connection as sqlite-utils sees it, without plugins that others installed for it."""
    return Database(connection, execute_plugins=False)


def _execute(db: Database, statements: str) -> None:
    for statement in statements.split(";"):
        if statement.strip():
            db.execute(statement)
