"""The step ``m0012_journal``: what the changes of a record share stands once, and what those of many records share too.

``scopes``: an org and one of its objects. ``rules``: field, attribute, policy, reason … of changes; ``datum`` is ""
where nothing was paid for. ``touches``: a run and a record, whose answer its changes rest on, and when they were
planned, or landed. ``changes``: ids as ``layout.PLACES`` says. ``last_written``: the changes whose value a field holds;
``record``: where another record inherited it by a merge; ``value``: where the change keeps it no longer. The views
``journal`` and ``held`` have the long rows.
"""

from __future__ import annotations

from connector.store.layout import BLANK, FROM_TEXT, OF_TOUCH, PLACES, STATES, TO_TEXT, code

_SHORT = "CASE {0} WHEN 'null' THEN '" + BLANK + "' ELSE {0} END"
_LONG = "CASE {0} WHEN '" + BLANK + "' THEN 'null' ELSE {0} END"
_CODES = " ".join(f"WHEN '{state}' THEN {code(state)}" for state in STATES)
_NAMES = " ".join(f"WHEN {code(state)} THEN '{state}'" for state in STATES)
_HELD_VALUE = _LONG.format("coalesce(last_written.value, changes.after)")

_JOURNAL = f"""CREATE VIEW journal AS
  SELECT changes.id, touches.run, rules.op, scopes.org, scopes.object, touches.record, rules.field,
    {_LONG.format("changes.before")} AS before, {_LONG.format("changes.after")} AS after, rules.reason, rules.attribute,
    rules.policy, rules.stamp, touches.lusha_id, CASE changes.state {_NAMES} END AS state, changes.outcome,
    {TO_TEXT.format("touches.at")} AS at, changes.writer, changes.reverses, changes.entry,
    nullif(rules.datum, '') AS datum, changes.state AS code, touches.id AS touch
  FROM changes JOIN touches ON touches.id = changes.id / {PLACES} AND {OF_TOUCH.format("changes.id")}
    JOIN rules ON rules.id = changes.rule JOIN scopes ON scopes.id = touches.scope"""

_HELD = """SELECT last_written.change, scopes.org, scopes.object, {whose}.record AS record, rules.field,
    {value} AS value, {at} AS at, last_written.tombstone, coalesce(changes.writer, touches.run) AS run
  FROM touches JOIN last_written ON touches.id = last_written.change / {places} AND {within}
    AND last_written.record IS {inherited} NULL JOIN changes ON changes.id = last_written.change
    JOIN rules ON rules.id = changes.rule JOIN scopes ON scopes.id = touches.scope"""


def _held(whose: str, inherited: str) -> str:
    return _HELD.format(
        whose=whose, inherited=inherited, value=_HELD_VALUE, at=TO_TEXT.format("touches.at"), places=PLACES,
        within=OF_TOUCH.format("last_written.change"),
    )  # fmt: skip


JOURNAL = (
    """CREATE TABLE scopes (
      id INTEGER PRIMARY KEY, org TEXT NOT NULL, object TEXT NOT NULL, UNIQUE (org, object)
    ) STRICT""",
    "INSERT INTO scopes (org, object) SELECT DISTINCT org, object FROM changes",
    """CREATE TABLE rules (
      id INTEGER PRIMARY KEY, field TEXT NOT NULL, attribute TEXT NOT NULL, policy TEXT NOT NULL,
      stamp INTEGER NOT NULL, reason TEXT NOT NULL, datum TEXT NOT NULL, op TEXT NOT NULL DEFAULT 'update',
      UNIQUE (field, attribute, policy, stamp, reason, datum, op)
    ) STRICT""",
    """INSERT INTO rules (field, attribute, policy, stamp, reason, datum, op)
      SELECT DISTINCT field, attribute, policy, stamp, reason, coalesce(datum, ''), op FROM changes""",
    """CREATE TABLE touches (
      id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs (id), scope INTEGER NOT NULL, record TEXT NOT NULL,
      lusha_id TEXT, at INTEGER NOT NULL
    ) STRICT""",
    "CREATE TEMP TABLE moved (old INTEGER PRIMARY KEY, touch INTEGER NOT NULL, id INTEGER NOT NULL)",
    f"""INSERT INTO moved
      SELECT id, touch, touch * {PLACES} + row_number() OVER (PARTITION BY touch ORDER BY id) FROM (
        SELECT id, dense_rank() OVER (ORDER BY first) AS touch FROM (
          SELECT id, min(id) OVER (PARTITION BY run, org, object, record, lusha_id, at, part) AS first FROM (
            SELECT *, row_number() OVER (PARTITION BY run, record ORDER BY id) / {PLACES - 1} AS part
            FROM changes)))""",
    f"""INSERT INTO touches SELECT touch, run, scopes.id, record, lusha_id, {FROM_TEXT.format("at")}
      FROM moved JOIN changes ON changes.id = old JOIN scopes USING (org, object) GROUP BY touch ORDER BY touch""",
    "ALTER TABLE changes RENAME TO wide_changes",
    """CREATE TABLE changes (
      id INTEGER PRIMARY KEY, rule INTEGER NOT NULL, before TEXT, after TEXT, state INTEGER NOT NULL, outcome TEXT,
      writer INTEGER, reverses INTEGER, entry INTEGER
    ) STRICT""",
    f"""INSERT INTO changes SELECT moved.id, rules.id, {_SHORT.format("before")}, {_SHORT.format("after")},
        CASE state {_CODES} END, outcome, writer, back.id, entry
      FROM moved JOIN wide_changes AS wide ON wide.id = moved.old LEFT JOIN moved AS back ON back.old = wide.reverses
        JOIN rules ON (rules.field, rules.attribute, rules.policy, rules.stamp, rules.reason, rules.datum, rules.op) =
          (wide.field, wide.attribute, wide.policy, wide.stamp, wide.reason, coalesce(wide.datum, ''), wide.op)
      ORDER BY moved.id""",
    "ALTER TABLE last_written RENAME TO wide_written",
    """CREATE TABLE last_written (
      change INTEGER PRIMARY KEY, tombstone INTEGER NOT NULL DEFAULT 0, record TEXT, value TEXT
    ) STRICT""",
    f"""INSERT INTO last_written SELECT moved.id, tombstone,
        CASE WHEN wide.record <> touches.record THEN wide.record END,
        CASE WHEN changes.after IS NOT {_SHORT.format("value")} THEN {_SHORT.format("value")} END
      FROM wide_written AS wide JOIN moved ON moved.old = wide.change JOIN changes ON changes.id = moved.id
        JOIN touches ON touches.id = moved.touch ORDER BY moved.id""",
    f"""UPDATE touches SET at = landed.at FROM (
        SELECT touch, max({FROM_TEXT.format("at")}) AS at FROM wide_written JOIN moved ON old = change GROUP BY touch
      ) AS landed WHERE landed.touch = touches.id""",
    "DROP TABLE wide_written",
    "DROP TABLE wide_changes",
    "DROP TABLE moved",
    "CREATE INDEX touches_by_record ON touches (scope, record)",
    "CREATE INDEX touches_by_run ON touches (run)",
    f"CREATE INDEX changes_planned ON changes (state) WHERE state = {code('planned')}",
    f"CREATE INDEX changes_intended ON changes (state) WHERE state = {code('intended')}",
    f"CREATE INDEX changes_unresolved ON changes (state) WHERE state = {code('unresolved')}",
    "CREATE INDEX changes_by_writer ON changes (writer) WHERE writer IS NOT NULL",
    "CREATE INDEX changes_reversing ON changes (reverses) WHERE reverses IS NOT NULL",
    "CREATE INDEX last_written_inherited ON last_written (record) WHERE record IS NOT NULL",
    _JOURNAL,
    f"CREATE VIEW held AS {_held('touches', '')} UNION ALL {_held('last_written', 'NOT')}",
    "DELETE FROM retention",
)
