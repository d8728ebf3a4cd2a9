"""Figures that the database keeps by itself, beside the rows that they count: the step ``m0010_figures``.

A million records are too many to count each time that somebody asks; triggers keep the sums, so no way of writing a row
can forget one. What a trigger must insert it inserts only where nothing is: the conflict clause of the statement that
fired it would take the place of its own (https://www.sqlite.org/lang_createtrigger.html).
"""

from __future__ import annotations

_FLIGHT = "SELECT value FROM json_each(in_flight)"
_BOOKED = "coalesce({0}.charged, {0}.worst)"
_NEW, _MORE = _BOOKED.format("new"), f"{_BOOKED.format('new')} - {_BOOKED.format('old')}"
_OUTCOME = "org = {0}.org AND outcome = {0}.outcome"
_BOOKING = (
    "key = new.key AND invocation = new.invocation AND run = new.run AND org = new.org AND day = substr(new.at, 1, 10)"
)

FIGURES = (
    """CREATE TABLE outcomes (
      org TEXT NOT NULL, outcome TEXT NOT NULL, records INTEGER NOT NULL, PRIMARY KEY (org, outcome)
    ) STRICT, WITHOUT ROWID""",
    "INSERT INTO outcomes SELECT org, outcome, count(*) FROM records GROUP BY org, outcome",
    f"""CREATE TRIGGER outcomes_come AFTER INSERT ON records BEGIN
      INSERT INTO outcomes SELECT new.org, new.outcome, 0
        WHERE NOT EXISTS (SELECT 1 FROM outcomes WHERE {_OUTCOME.format("new")});
      UPDATE outcomes SET records = records + 1 WHERE {_OUTCOME.format("new")};
    END""",
    f"""CREATE TRIGGER outcomes_change AFTER UPDATE OF org, outcome ON records
      WHEN new.outcome <> old.outcome OR new.org <> old.org BEGIN
      INSERT INTO outcomes SELECT new.org, new.outcome, 0
        WHERE NOT EXISTS (SELECT 1 FROM outcomes WHERE {_OUTCOME.format("new")});
      UPDATE outcomes SET records = records + 1 WHERE {_OUTCOME.format("new")};
      UPDATE outcomes SET records = records - 1 WHERE {_OUTCOME.format("old")};
    END""",
    f"""CREATE TRIGGER outcomes_go AFTER DELETE ON records BEGIN
      UPDATE outcomes SET records = records - 1 WHERE {_OUTCOME.format("old")};
    END""",
    """CREATE TABLE bookings (
      key TEXT NOT NULL, invocation TEXT NOT NULL, run INTEGER NOT NULL, org TEXT NOT NULL, day TEXT NOT NULL,
      worst INTEGER NOT NULL, booked INTEGER NOT NULL, PRIMARY KEY (key, invocation, run, org, day)
    ) STRICT, WITHOUT ROWID""",
    f"""INSERT INTO bookings SELECT key, invocation, run, org, substr(at, 1, 10), sum(worst),
      sum({_BOOKED.format("ledger")}) FROM ledger GROUP BY 1, 2, 3, 4, 5""",
    "CREATE INDEX bookings_by_day ON bookings (key, day)",
    "CREATE INDEX bookings_by_run ON bookings (run)",
    "ALTER TABLE accounts ADD COLUMN pending INTEGER NOT NULL DEFAULT 0",
    f"""UPDATE accounts SET pending = (SELECT coalesce(sum({_BOOKED.format("ledger")}), 0) FROM ledger
      WHERE ledger.key = accounts.key AND (ledger.id > accounts.ledger_id OR ledger.id IN ({_FLIGHT})))""",
    f"""CREATE TRIGGER bookings_come AFTER INSERT ON ledger BEGIN
      INSERT INTO bookings SELECT new.key, new.invocation, new.run, new.org, substr(new.at, 1, 10), 0, 0
        WHERE NOT EXISTS (SELECT 1 FROM bookings WHERE {_BOOKING});
      UPDATE bookings SET worst = worst + new.worst, booked = booked + {_NEW} WHERE {_BOOKING};
      UPDATE accounts SET pending = pending + {_NEW} WHERE key = new.key;
    END""",
    f"""CREATE TRIGGER bookings_change AFTER UPDATE OF charged, worst ON ledger BEGIN
      UPDATE bookings SET worst = worst + new.worst - old.worst, booked = booked + {_MORE} WHERE {_BOOKING};
      UPDATE accounts SET pending = pending + {_MORE}
        WHERE key = new.key AND (new.id > ledger_id OR new.id IN ({_FLIGHT}));
    END""",
    "DROP INDEX ledger_open",
    "CREATE INDEX ledger_open ON ledger (key) WHERE state <> 'settled'",
    "CREATE INDEX ledger_estimated ON ledger (key) WHERE estimated",
    "CREATE INDEX changes_unresolved ON changes (org, run) WHERE state = 'unresolved'",
    "CREATE INDEX attempts_parked ON attempts (org, object, mapping, id) WHERE parked IS NOT NULL",
    "CREATE INDEX suggestions_by_age ON suggestions (at) WHERE kind = 'value' AND state IN ('accepted', 'settled')",
    "CREATE TABLE retention (what TEXT PRIMARY KEY, oldest TEXT NOT NULL) STRICT, WITHOUT ROWID",
)
"""``outcomes``: how many records of an org ended each way. ``bookings``: what each run booked on a day (UTC), at worst
and as far as is known; a run of 0 is nobody's. ``accounts.pending``: what was booked that Lusha's last word on the
balance cannot have counted, or may not have. ``retention``: nothing that time alone would take away is older."""
