"""The step ``m0013_attempts``: what the rows of records and of their attempts share stands once.

``aims``: a mapping at an org's object. ``field_sets``: the mapped fields that attempts covered. Moments are seconds
since 1970. ``outcomes`` are counted for each scope. The views ``known_records`` and ``tried`` have the long rows.
"""

from __future__ import annotations

from connector.store.layout import FROM_TEXT, TO_TEXT

_OUTCOME = "scope = {0}.scope AND outcome = {0}.outcome"
_COMES = f"""INSERT INTO outcomes SELECT new.scope, new.outcome, 0
      WHERE NOT EXISTS (SELECT 1 FROM outcomes WHERE {_OUTCOME.format("new")});
    UPDATE outcomes SET records = records + 1 WHERE {_OUTCOME.format("new")};"""
_GOES = f"UPDATE outcomes SET records = records - 1 WHERE {_OUTCOME.format('old')};"


def _told(*columns: str) -> str:
    return ", ".join(f"{TO_TEXT.format(column)} AS {column}" for column in columns)


def _seconds(*columns: str) -> str:
    return ", ".join(FROM_TEXT.format(column) for column in columns)


ATTEMPTS = (
    "INSERT OR IGNORE INTO scopes (org, object) SELECT org, object FROM records UNION SELECT org, object FROM attempts",
    """CREATE TABLE aims (
      id INTEGER PRIMARY KEY, scope INTEGER NOT NULL REFERENCES scopes (id), mapping TEXT NOT NULL,
      UNIQUE (scope, mapping)
    ) STRICT""",
    """INSERT INTO aims (scope, mapping)
      SELECT DISTINCT scopes.id, mapping FROM attempts JOIN scopes USING (org, object)""",
    "CREATE TABLE field_sets (id INTEGER PRIMARY KEY, fields TEXT NOT NULL UNIQUE) STRICT",
    "INSERT INTO field_sets (fields) SELECT '' UNION SELECT fields FROM attempts",
    "ALTER TABLE attempts RENAME TO wide_attempts",
    """CREATE TABLE attempts (
      aim INTEGER NOT NULL, id TEXT NOT NULL, fingerprint TEXT NOT NULL, covered INTEGER NOT NULL,
      outcome TEXT NOT NULL, last_attempt INTEGER, last_enriched INTEGER, parked TEXT, next_due INTEGER,
      tries INTEGER NOT NULL DEFAULT 0, lusha_id TEXT, PRIMARY KEY (aim, id)
    ) STRICT, WITHOUT ROWID""",
    f"""INSERT INTO attempts SELECT aims.id, wide.id, fingerprint, field_sets.id, outcome,
        {_seconds("last_attempt", "last_enriched")}, parked, {_seconds("next_due")}, tries, lusha_id
      FROM wide_attempts AS wide JOIN scopes USING (org, object) JOIN field_sets USING (fields)
        JOIN aims ON aims.scope = scopes.id AND aims.mapping = wide.mapping ORDER BY 1, 2""",
    "DROP TABLE wide_attempts",
    "CREATE INDEX attempts_by_due ON attempts (aim, next_due) WHERE next_due IS NOT NULL",
    "CREATE INDEX attempts_parked ON attempts (aim) WHERE parked IS NOT NULL",
    "ALTER TABLE records RENAME TO wide_records",
    """CREATE TABLE records (
      scope INTEGER NOT NULL, id TEXT NOT NULL, lusha_id TEXT, fingerprint TEXT NOT NULL, outcome TEXT NOT NULL,
      reason TEXT, last_seen INTEGER NOT NULL, last_enriched INTEGER, PRIMARY KEY (scope, id)
    ) STRICT, WITHOUT ROWID""",
    f"""INSERT INTO records SELECT scopes.id, wide.id, lusha_id, fingerprint, outcome, reason,
        {_seconds("last_seen", "last_enriched")}
      FROM wide_records AS wide JOIN scopes USING (org, object) ORDER BY 1, 2""",
    "DROP TABLE wide_records",
    "DROP TABLE outcomes",
    """CREATE TABLE outcomes (
      scope INTEGER NOT NULL, outcome TEXT NOT NULL, records INTEGER NOT NULL, PRIMARY KEY (scope, outcome)
    ) STRICT, WITHOUT ROWID""",
    "INSERT INTO outcomes SELECT scope, outcome, count(*) FROM records GROUP BY 1, 2",
    f"CREATE TRIGGER outcomes_come AFTER INSERT ON records BEGIN {_COMES} END",
    f"""CREATE TRIGGER outcomes_change AFTER UPDATE OF scope, outcome ON records
      WHEN new.outcome <> old.outcome OR new.scope <> old.scope BEGIN {_COMES} {_GOES} END""",
    f"CREATE TRIGGER outcomes_go AFTER DELETE ON records BEGIN {_GOES} END",
    f"""CREATE VIEW known_records AS SELECT scopes.org, scopes.object, records.id, lusha_id, fingerprint, outcome,
      reason, {_told("last_seen", "last_enriched")} FROM records JOIN scopes ON scopes.id = scope""",
    f"""CREATE VIEW tried AS SELECT scopes.org, scopes.object, aims.mapping, attempts.id, fingerprint, fields, outcome,
      {_told("last_attempt", "last_enriched")}, parked, {_told("next_due")}, tries, lusha_id
      FROM attempts JOIN aims ON aims.id = aim JOIN scopes ON scopes.id = aims.scope
        JOIN field_sets ON field_sets.id = covered""",
)
