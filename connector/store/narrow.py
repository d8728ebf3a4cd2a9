"""Rows made narrow: what many share is written once and pointed to, times are numbers, saved answers are packed.

The steps ``m0011_books`` and those after it. A state file of a million enriched records took 9 GB before, of which
nearly all was the same words again. Views give back the long rows to whoever opens the file by hand.
"""

from __future__ import annotations

from connector.store.layout import FROM_TEXT, TO_TEXT

BOOKS = (
    """CREATE TABLE books (
      id INTEGER PRIMARY KEY, key TEXT NOT NULL, entity TEXT NOT NULL, UNIQUE (key, entity)
    ) STRICT""",
    "INSERT INTO books (key, entity) SELECT key, entity FROM profiles UNION SELECT key, entity FROM identities",
    """CREATE TABLE purchases (
      id INTEGER PRIMARY KEY, revealed TEXT NOT NULL, bought TEXT NOT NULL, UNIQUE (revealed, bought)
    ) STRICT""",
    "INSERT INTO purchases (revealed, bought) SELECT DISTINCT revealed, bought FROM profiles",
    "ALTER TABLE profiles RENAME TO wide_profiles",
    """CREATE TABLE profiles (
      book INTEGER NOT NULL, lusha_id TEXT NOT NULL, seen_at INTEGER NOT NULL, purchase INTEGER NOT NULL,
      body BLOB NOT NULL, PRIMARY KEY (book, lusha_id)
    ) STRICT, WITHOUT ROWID""",
    f"""INSERT INTO profiles SELECT books.id, lusha_id, {FROM_TEXT.format("seen_at")}, purchases.id, packed(body)
      FROM wide_profiles JOIN books USING (key, entity) JOIN purchases USING (revealed, bought) ORDER BY 1, 2""",
    "DROP TABLE wide_profiles",
    "ALTER TABLE identities RENAME TO wide_identities",
    """CREATE TABLE identities (
      book INTEGER NOT NULL, spelling TEXT NOT NULL, lusha_id TEXT, at INTEGER NOT NULL, PRIMARY KEY (book, spelling)
    ) STRICT, WITHOUT ROWID""",
    f"""INSERT INTO identities SELECT books.id, spelling, lusha_id, {FROM_TEXT.format("at")}
      FROM wide_identities JOIN books USING (key, entity) ORDER BY 1, 2""",
    "DROP TABLE wide_identities",
    f"""CREATE VIEW saved_profiles AS
      SELECT key, entity, lusha_id, {TO_TEXT.format("seen_at")} AS seen_at, revealed, bought, body
      FROM profiles JOIN books ON books.id = book JOIN purchases ON purchases.id = purchase""",
    f"""CREATE VIEW known_identities AS SELECT key, entity, spelling, lusha_id, {TO_TEXT.format("at")} AS at
      FROM identities JOIN books ON books.id = book""",
    "DELETE FROM retention",
)
"""``books``: all that one Lusha key knows of people, or of companies. ``purchases``: when each datum of a profile was
bought, and the ledger row that brought it; the profiles of one request share them. ``profiles.body``:
``store.packing``; ``seen_at``, ``at``: seconds since 1970 (UTC)."""
