"""A CRM in memory that satisfies ``connector.crm.base.Crm``: it drives the engine's tests.

It passes the same contract suite as the real adapters, so it cannot promise what they do not keep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any, Literal

from connector.crm.base import Calls, Consent, Query, Quota, Rights
from connector.errors import ConfigError, ConnectorError, InDoubt
from connector.models import Again, Edit, FieldInfo, Record, Rejection, Successor, Update, Value, WriteResult, is_blank

Row = dict[str, Any]


class FakeCrm:
    """Objects by name, each a list of rows with an ``Id``; related paths (``Account.Website``) are plain keys.

    ``schema``: FieldInfo by object and field; where it is left out, every key of the rows is a text field.
    ``where`` of a Query is a function of the row; a row's ``Parent`` is the record that a write locks as well.
    Thread-safe. ``conditional``: whether it can write on condition; each touch of a record then counts as one second
    of ``Record.modified``, and strict updates are held to it.

    For tests: ``edit`` and ``delete`` act as people do, ``before_update`` arms a hook that runs once inside the
    next update, ``reject`` holds refusals by record id (with ``field`` set, only that field is refused),
    ``fail_next`` and ``lose_answer_next`` arm faults, ``updates`` is the log of every Update that arrived, ``now`` is
    the time of what changes next (it stands still unless replaced), ``behind`` by how much that clock is behind ours.
    """

    def __init__(
        self,
        records: Mapping[str, Sequence[Mapping[str, Any]]],
        schema: Mapping[str, Mapping[str, FieldInfo]] | None = None,
        *,
        name: str = "fake",
        page: int = 200,
        write_batch: int = 200,
        consent: Consent | None = None,
        tenant: str | None = "fake-tenant",
        conditional: bool = False,
    ) -> None:
        self.name = name
        self.calls = Calls()
        self.consent = consent or Consent()
        self.write_batch = self.fetch_batch = write_batch
        self.writers = 4
        self.updates: list[Update] = []
        self.reject: dict[str, Rejection] = {}
        self.closed = False
        self.conditional = conditional
        self.now: Callable[[], datetime] = noon
        self.behind: timedelta | None = None
        self._became: dict[tuple[str, str], Successor] = {}
        self._merged: dict[tuple[str, str], tuple[str, ...]] = {}
        self._edits: dict[tuple[str, str], dict[str, Edit]] = {}
        self._page = page
        self._tenant = tenant
        self._lock = RLock()
        self._clock = 0
        self._faults: list[ConnectorError] = []
        self._lose = 0
        self._hooks: list[Callable[[Sequence[Update]], None]] = []
        self._tables: dict[str, dict[str, Row]] = {}
        self._versions: dict[tuple[str, str], str] = {}
        self._touched: dict[tuple[str, str], datetime] = {}
        for object, rows in records.items():
            self._tables[object] = {}
            for row in rows:
                self.add(object, row)
        given = schema or {}
        self._schema = {object: given.get(object) or _texts(rows) for object, rows in records.items()}

    # --- the Protocol ---

    def tenant_id(self) -> str | None:
        self._call(writes=False)
        return self._tenant

    def schema(self, object: str) -> Mapping[str, FieldInfo]:
        if object not in self._schema:
            raise ConfigError(f"the fake CRM has no object '{object}'")
        return self._schema[object]

    def read(self, query: Query) -> Iterator[Sequence[Record]]:
        self._check(query.object, [*query.fields, *query.blank, *([query.stale[0]] if query.stale else [])])
        return self._pages(query)

    def check(self, query: Query) -> None:
        list(self.read(query))

    def fetch(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Record]:
        self._check(object, fields)
        self._call(writes=False)
        with self._lock:
            table = self._tables[object]
            found = {id: self._record(object, id, fields) for id in ids if id in table}
            if not self.conditional:
                return found
            return {id: replace(one, modified=self._modified(object, id)) for id, one in found.items()}

    def successors(self, object: str, ids: Sequence[str]) -> Mapping[str, Successor]:
        self.schema(object)
        if not ids:
            return {}
        self._call(writes=False)
        with self._lock:
            return {id: found for id in ids if (found := self._successor(object, id))}

    def last_edits(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, Edit]]:
        self._check(object, fields)
        if not ids or not fields:
            return {}
        self._call(writes=False)
        with self._lock:
            told = {id: self._edits.get((object, id), {}) for id in ids if id in self._tables[object]}
            return {id: {name: edits[name] for name in fields if name in edits} for id, edits in told.items()}

    def taken(self, object: str, wanted: Mapping[str, Mapping[str, Value]]) -> Mapping[str, Sequence[Rejection]]:
        unique = [name for name, info in self.schema(object).items() if info.unique]
        if not any(name in values for values in wanted.values() for name in unique):
            return {}
        self._call(writes=False)
        with self._lock:
            holders = {(name, row.get(name)): id for id, row in self._tables[object].items() for name in unique}
        found = {
            id: [
                Rejection("DUPLICATE_VALUE", f"record {holder} already holds this value", name)
                for name in unique
                if name in values and (holder := holders.get((name, values[name]), id)) != id
            ]
            for id, values in wanted.items()
        }
        return {id: told for id, told in found.items() if told}

    def update(self, object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        if len(updates) > self.write_batch or len({one.id for one in updates}) < len(updates):
            raise ValueError(f"{len(updates)} updates: the fake CRM takes {self.write_batch} at a time, no id twice")
        self.schema(object)
        self._call(writes=True)
        hooks, self._hooks = self._hooks, []
        for hook in hooks:
            hook(updates)
        with self._lock:
            self.updates += updates
            results = [self._write(object, update) for update in updates]
            if self._lose:
                self._lose -= 1
                raise InDoubt("the fake CRM did the work and lost the answer")
        return results

    def rights(self, object: str, reads: Sequence[str], edits: Sequence[str]) -> Rights:
        self.schema(object)
        return Rights()

    def quota(self) -> Quota | None:
        return None

    def ahead(self) -> timedelta | None:
        return self.behind

    def close(self) -> None:
        self.closed = True

    # --- for tests ---

    def row(self, object: str, id: str) -> Row:
        """A copy of a row as it is now."""
        return dict(self._tables[object][id])

    def edit(self, object: str, id: str, **values: Value) -> None:
        """Change fields as a person would: the version moves, and nothing is logged."""
        with self._lock:
            self._put(object, id, values, by="person")

    def add(self, object: str, row: Mapping[str, Any]) -> None:
        """Create a record as a person would."""
        with self._lock:
            id = str(row["Id"])
            self._tables[object][id] = {}
            self._edits.pop((object, id), None)
            self._put(object, id, row, by="person")

    def delete(self, object: str, id: str, *, merged_into: str | None = None) -> None:
        """Delete a record as a person would, or merge it away into another one."""
        with self._lock:
            del self._tables[object][id]
            if merged_into is not None:
                self._became[object, id] = Successor(object, merged_into, "merged")

    def merge(self, object: str, kept: str, lost: str, *, into: str) -> None:
        """Merge two records as HubSpot does: both live on in a new one, which tells their ids whenever it is read."""
        with self._lock:
            values = {name: value for name, value in self.row(object, kept).items() if not is_blank(value)}
            self.add(object, {**self.row(object, lost), **values, "Id": into})
            for id in (kept, lost):
                self.delete(object, id, merged_into=into)
            self._merged[object, into] = (kept, lost)

    def convert(self, object: str, id: str, into: tuple[str, str]) -> None:
        """Turn a record into one of another object (name, id), as a person does with a lead."""
        with self._lock:
            del self._tables[object][id]
            self._became[object, id] = Successor(*into, "converted")

    def before_update(self, hook: Callable[[Sequence[Update]], None]) -> None:
        """Run ``hook`` once inside the next update, before anything is written."""
        self._hooks.append(hook)

    def fail_next(self, error: ConnectorError, times: int = 1) -> None:
        """Raise ``error`` from the next ``times`` calls instead of doing anything."""
        self._faults += [error] * times

    def lose_answer_next(self, times: int = 1) -> None:
        """Do the next ``times`` updates, and raise InDoubt instead of their results."""
        self._lose += times

    # --- inside ---

    def _successor(self, object: str, id: str) -> Successor | None:
        found = None
        while (step := self._became.get((object, id))) is not None and step.id is not None:
            converted = step.how == "converted" or (found is not None and found.how == "converted")
            object, id = step.object, step.id
            found = Successor(object, id, "converted" if converted else "merged")
        if found is None or id in self._tables.get(object, {}):
            return found
        return replace(found, id=None) if found.how == "converted" else None

    def _pages(self, query: Query) -> Iterator[Sequence[Record]]:
        with self._lock:
            touched = {id: self._touched[query.object, id] for id in self._tables[query.object]}
            ids = sorted(id for id, row in self._tables[query.object].items() if _selected(row, query, touched[id]))
        for start in range(0, max(1, len(ids)), self._page):
            self._call(writes=False)
            with self._lock:
                live = [id for id in ids[start : start + self._page] if id in self._tables[query.object]]
                page = [self._record(query.object, id, query.fields) for id in live]
            if page:
                yield page

    def _call(self, *, writes: bool) -> None:
        with self._lock:
            if writes:
                self.calls.write += 1
            else:
                self.calls.read += 1
            if self._faults:
                raise self._faults.pop(0)

    def _check(self, object: str, paths: Sequence[str]) -> None:
        known = self.schema(object)
        if unknown := [path for path in paths if "." not in path and path not in known]:
            raise ConfigError(f"the fake CRM's {object} has no field {', '.join(map(repr, unknown))}")

    def _record(self, object: str, id: str, fields: Sequence[str]) -> Record:
        row = self._tables[object][id]
        values = {path: row.get(path) for path in fields}
        merged = self._merged.get((object, id), ())
        return Record(id, values, self._versions[object, id], parent=row.get("Parent"), merged=merged)

    def _put(self, object: str, id: str, values: Mapping[str, Any], *, by: Literal["person", "machine"]) -> None:
        row, edits = self._tables[object][id], self._edits.setdefault((object, id), {})
        for name, value in _stored(values).items():
            if value != row.get(name):
                edits[name] = Edit(self.now(), by)
            row[name] = value
        self._clock += 1
        self._touched[object, id] = self.now()
        self._versions[object, id] = f"v{self._clock:06}"

    def _modified(self, object: str, id: str) -> datetime:
        return noon() + timedelta(seconds=int(self._versions[object, id][1:]))

    def _write(self, object: str, update: Update) -> WriteResult:
        if update.id not in self._tables[object]:
            return WriteResult(update.id, gone=True)
        if self.conditional and update.strict and update.seen and self._modified(object, update.id) > update.seen:
            return WriteResult(update.id, again=Again(wait=True))
        told = self.reject.get(update.id)
        if told is not None and told.field is None:
            return WriteResult(update.id, rejections=(told,))
        values, refused = dict(update.values), []
        for name in update.values:
            wrong = told if told and told.field == name else _refusal(self._schema[object].get(name), values[name])
            if wrong is not None:
                refused.append(replace(wrong, field=name))
                del values[name]
        if refused:
            alone = update.stamps >= values.keys()
            return WriteResult(update.id, rejections=tuple(refused), again=None if alone else Again())
        if values:
            self._put(object, update.id, values, by="machine")
        return WriteResult(update.id, frozenset(values))


def noon() -> datetime:
    """When everything happens in a fake whose clock nobody replaced."""
    return datetime(2026, 11, 22, 12, tzinfo=UTC)


def _stored(values: Mapping[str, Any]) -> Row:
    return {name: None if value == "" else value for name, value in values.items()}


def _texts(rows: Sequence[Mapping[str, Any]]) -> dict[str, FieldInfo]:
    names = {name: None for row in rows for name in row if "." not in name}
    return {name: FieldInfo(name, name, "text", writable=name != "Id") for name in names}


def _refusal(info: FieldInfo | None, value: Value) -> Rejection | None:
    """What a CRM would say to ``value`` in this field, or None."""
    if info is None:
        return Rejection("UNKNOWN_FIELD", "no such field")
    if not info.writable:
        return Rejection("READ_ONLY", f"{info.label} cannot be written")
    if isinstance(value, str) and info.length is not None and len(value) > info.length:
        return Rejection("TOO_LONG", f"{info.label}: data value too large (max length={info.length})")
    if info.restricted and not is_blank(value) and value not in {option.value for option in info.options}:
        return Rejection("BAD_OPTION", f"{info.label}: bad value for restricted picklist field")
    return None


def _selected(row: Row, query: Query, touched: datetime) -> bool:
    if query.ids is not None and row["Id"] not in query.ids:
        return False
    if query.where is not None:
        if not callable(query.where):
            raise ConfigError("select.where: the fake CRM takes a function of the row")
        if not query.where(row):
            return False
    if not query.blank and query.stale is None:
        return True
    recent = query.since is None or touched >= query.since
    if recent and any(is_blank(row.get(path)) for path in query.blank):
        return True
    return query.stale is not None and _earlier(row.get(query.stale[0]), query.stale[1])


def _earlier(stamp: object, limit: datetime) -> bool:
    if not isinstance(stamp, str):
        return False
    moment = datetime.fromisoformat(stamp)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) < limit
