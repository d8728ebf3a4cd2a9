"""The records of the sandbox's HubSpot portal, their histories, and the one way to change them, without HTTP.

Stands below ``hubspot``, which puts it on the wire; tests edit, delete, set rules and delay the search index here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from connector.sandbox.hubspot_history import Entries, Histories
from connector.sandbox.hubspot_index import SearchIndex
from connector.sandbox.hubspot_merges import merged_ids, merged_values
from connector.sandbox.hubspot_schema import HubSpotType
from connector.sandbox.hubspot_search import Search
from connector.sandbox.hubspot_types import TYPES
from connector.sandbox.hubspot_unique import UniqueValues
from connector.sandbox.hubspot_values import Problem, check_values, hubspot_time, stored
from connector.sandbox.tables import Now, Row, Stamps, Table

Rule = Callable[[str, Mapping[str, str]], str | None]
"""A validation rule: object type and the properties as they would be → None, or its message."""


class HasHubSpot(Protocol):
    """The part of the demo world that this server needs: rows ``{"id", "properties"}`` by object type.

    A type may be left out. A custom object's row may hold ``companies``: ids of those it belongs to, the primary first.
    """

    @property
    def hubspot(self) -> Mapping[str, Sequence[Mapping[str, Any]]]: ...


@dataclass(frozen=True, slots=True)
class Input:
    """An input of a batch; ``""`` clears a property. ``trace``: its ``objectWriteTraceId``; new ones have no id yet."""

    id: str
    properties: Mapping[str, str]
    trace: str | None = None


@dataclass(slots=True)
class Outcome:
    """What became of a batch: rows written, ids that do not exist, and inputs refused one by one."""

    written: list[Row] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    refused: list[tuple[Input, list[Problem]]] = field(default_factory=list)
    ruled_out: list[tuple[Input, str]] = field(default_factory=list)


class DuplicateIds(Exception):
    """One id stands twice in a batch: HubSpot refuses it all."""

    def __init__(self, ids: Sequence[str]) -> None:
        super().__init__(ids)
        self.ids = list(ids)


class BadValues(Exception):
    """Values that HubSpot will not take: it refuses the whole batch and does not say which input is meant."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = list(problems)


class Taken(Exception):
    """A unique value that another record (``holder``) has: HubSpot refuses the whole batch."""

    def __init__(self, record: str, name: str, value: str, holder: str) -> None:
        super().__init__(holder)
        self.record, self.name, self.value, self.holder = record, name, value, holder


class PortalRecords:
    """A table for each object type, and what may be written into them.

    ``rules``: validation rules, asked about every row as it would be. ``required``: the same, giving the name of a
    property that is missing; asked of writes by dated paths alone. ``before_write``: called with the ids of each
    batch update before it is looked at. ``search_lag``: seconds until a write shows in search (``math.inf``: only
    after ``index_now()``). ``errors_by_input``: whether a batch whose inputs all carry an ``objectWriteTraceId`` is
    answered input by input (207) instead of being refused as a whole (400). ``finds_other_emails``: whether a contact
    is found by its other addresses, which HubSpot does not promise; nobody else may take them either way.
    """

    def __init__(self, world: HasHubSpot, *, clock: Callable[[], datetime]) -> None:
        self.clock: Now = clock
        self.stamps = Stamps(clock)
        self.rules: list[Rule] = []
        self.required: list[Rule] = []
        self.before_write: Callable[[Sequence[str]], None] | None = None
        self.search_lag = 0.0
        self.errors_by_input = False
        self.finds_other_emails = True
        self.tables: dict[str, Table] = {}
        self._survivors: dict[tuple[str, str], str] = {}
        self._histories = {name: Histories() for name in TYPES}
        self.types: dict[str, HubSpotType] = dict(TYPES)
        self.groups: dict[str, dict[str, str]] = {name: {"sandbox": "Sandbox"} for name in TYPES}
        for spec in TYPES.values():
            self.tables[spec.name] = table = Table(spec.name)
            for row in world.hubspot.get(spec.name, ()):
                table.put(row["id"], _seeded(spec, row, clock()))
            table.sort(int)
        self._indexes = {name: SearchIndex(table, clock) for name, table in self.tables.items()}
        self._unique = {spec.name: UniqueValues(spec, self.tables[spec.name]) for spec in TYPES.values()}

    def live(self, type: str, id: str) -> Row | None:
        """The record as it is now, unless it was deleted."""
        row = self.tables[type].get(id)
        return None if row is None or row["archived"] else row

    def after(self, type: str, id: int, *, archived: bool = False) -> Iterator[Row]:
        """The records with a greater id, in order of id."""
        ids = self._indexes[type].ids
        rows = (self.tables[type].rows[str(ids[place])] for place in range(bisect_right(ids, id), len(ids)))
        return (row for row in rows if row["archived"] is archived)

    def holder(self, spec: HubSpotType, name: str, value: str) -> Row | None:
        """The record that holds a unique value; an e-mail also as one of its other addresses."""
        id = self._unique[spec.name].holder(name, value)
        return None if id is None else self.live(spec.name, id)

    def found_by(self, spec: HubSpotType, name: str, value: str) -> Row | None:
        """The record that is found when records are read by a unique value."""
        row = self.holder(spec, name, value)
        if row is None or self.finds_other_emails:
            return row
        return row if row["properties"].get(name) == stored(spec.by_name[name], value) else None

    def edit(self, type: str, id: str, **properties: str) -> None:
        """Change a record as a person would in HubSpot: nothing is checked, nothing counted, history tells who."""
        self._put(self.types[type], self.tables[type].rows[id], properties, source="CRM_UI")

    def delete(self, type: str, id: str, *, merged_into: str | None = None) -> None:
        """Archive a record, or merge it away as HubSpot did before 2025: the other one stays, and answers to its id."""
        lost = self.tables[type].rows[id]
        self._keep(type, lost, {**lost, "archived": True})
        if merged_into is not None:
            self._survivors[type, id] = merged_into
            known = merged_ids(self.tables[type].rows[merged_into], lost, id)
            self.edit(type, merged_into, hs_merged_object_ids=known)

    def merge(self, type: str, primary: str, other: str) -> str:
        """Merge two records as people do: both live on in a new one, whose id is returned, and which answers to theirs.

        https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies
        """
        spec, kept, lost = self.types[type], self.tables[type].rows[primary], self.tables[type].rows[other]
        id = self._next_id(type)
        told = {"hs_object_id": id, spec.modified: hubspot_time(self.stamps.next())}
        told["hs_merged_object_ids"] = merged_ids(kept, lost, primary, other)
        row = {**kept, "id": id, "properties": merged_values(kept, lost) | told}
        past = {
            name: self.history(type, kept if name in kept["properties"] else lost, name) for name in row["properties"]
        }
        self._histories[type].inherit(id, past)
        for gone in (kept, lost):
            self._keep(type, gone, {**gone, "archived": True})
            self._survivors[type, gone["id"]] = id
            self._unique[type].move(gone, row)
        self.tables[type].put(id, row)
        self._indexes[type].add(row, lag=0.0)
        return id

    def survivor(self, type: str, id: str) -> Row | None:
        """The record that answers to this id when records are read: itself, or the one that it was merged into."""
        while (type, id) in self._survivors:
            id = self._survivors[type, id]
        return self.live(type, id)

    def found(self, type: str, search: Search) -> tuple[int, list[Row]]:
        """How many records a search finds, and those of its page; what was written less than ``search_lag`` seconds
        ago is not seen yet."""
        return self._indexes[type].find(search)

    def index_now(self) -> None:
        """Let search see everything that was written."""
        for index in self._indexes.values():
            index.now()

    def history(self, type: str, row: Row, name: str) -> Entries:
        """Every value a property had, newest first, with time and source."""
        return self._histories[type].entries(row, name)

    def update(self, spec: HubSpotType, inputs: Sequence[Input]) -> Outcome:
        """Carry out a batch update. Raises DuplicateIds, BadValues or Taken; nothing is written then."""
        if self.before_write is not None:
            self.before_write([one.id for one in inputs])
        repeated = [id for id, times in Counter(one.id for one in inputs).items() if times > 1]
        if repeated:
            raise DuplicateIds(repeated)
        outcome = Outcome()
        accepted = self._accepted(spec, inputs, outcome)
        self._check_unique(spec, accepted)
        for one in accepted:
            row = self.live(spec.name, one.id)
            if row is None:
                outcome.missing.append(one.id)
            else:
                self._write(spec, row, one, outcome)
        return outcome

    def create(self, spec: HubSpotType, inputs: Sequence[Input]) -> Outcome:
        """Carry out a batch of new records, under the next ids. Raises BadValues or Taken; nothing is written then."""
        first = int(self._next_id(spec.name))
        outcome = Outcome()
        accepted = self._accepted(spec, [replace(one, id=str(first + n)) for n, one in enumerate(inputs)], outcome)
        self._check_unique(spec, accepted)
        for one in accepted:
            self._write(spec, _seeded(spec, {"id": one.id, "properties": {}}, self.clock()), one, outcome)
        return outcome

    def _next_id(self, type: str) -> str:
        ids = self._indexes[type].ids
        return str(ids[-1] + 1 if ids else 1)

    def _accepted(self, spec: HubSpotType, inputs: Sequence[Input], outcome: Outcome) -> list[Input]:
        problems = {one.id: check_values(spec, one.properties) for one in inputs}
        by_input = self.errors_by_input and all(one.trace for one in inputs)
        if not by_input and any(problems.values()):
            raise BadValues([problem for found in problems.values() for problem in found])
        outcome.refused = [(one, problems[one.id]) for one in inputs if problems[one.id]]
        return [one for one in inputs if not problems[one.id]]

    def _check_unique(self, spec: HubSpotType, inputs: Sequence[Input]) -> None:
        for name in spec.unique:
            claimed: dict[str, str] = {}
            for one in inputs:
                value = stored(spec.by_name[name], one.properties.get(name, ""))
                if not value:
                    continue
                held = self.holder(spec, name, value)
                first = held["id"] if held is not None else claimed.setdefault(value, one.id)
                if first != one.id:
                    raise Taken(one.id, name, value, first)

    def _write(self, spec: HubSpotType, row: Row, one: Input, outcome: Outcome) -> None:
        held = row["properties"]
        sent = {name: stored(spec.by_name[name], value, held.get(name)) for name, value in one.properties.items()}
        after = {name: value for name, value in {**row["properties"], **sent}.items() if value != ""}
        message = next((said for rule in self.rules if (said := rule(spec.name, after))), None)
        if message is not None:
            outcome.ruled_out.append((one, message))
            return
        compared = {name: value or None for name, value in sent.items()}
        self.tables[spec.name].tally.count(row["id"], row["properties"], compared)
        outcome.written.append(self._put(spec, row, sent, source="INTEGRATION"))

    def _put(self, spec: HubSpotType, row: Row, values: Mapping[str, str], *, source: str) -> Row:
        stamp = hubspot_time(self.stamps.next())
        self._histories[spec.name].add(row, values, stamp, source)
        merged = {**row["properties"], **values, spec.modified: stamp}
        changed = {**row, "properties": {name: value for name, value in merged.items() if value != ""}}
        self._unique[spec.name].move(row, changed)
        self._keep(spec.name, row, changed, lag=self.search_lag)
        return changed

    def _keep(self, type: str, before: Row, row: Row, *, lag: float = 0.0) -> None:
        """Put a record into its table, and let search see it ``lag`` seconds later."""
        new = row["id"] not in self.tables[type].rows
        self.tables[type].put(row["id"], row)
        if new:
            self._indexes[type].add(row, lag=lag)
        else:
            self._indexes[type].change(before, lag=lag)


def _seeded(spec: HubSpotType, seed: Mapping[str, Any], now: datetime) -> Row:
    given: Mapping[str, str] = seed["properties"]
    unknown = given.keys() - spec.by_name.keys()
    if unknown:
        raise ValueError(f"the demo world has {spec.name} properties that the portal lacks: {sorted(unknown)}")
    properties = {name: stored(spec.by_name[name], value) for name, value in given.items() if value != ""}
    if "createdate" not in properties:
        properties["createdate"] = hubspot_time(now)
    properties.setdefault(spec.modified, properties["createdate"])
    properties["hs_object_id"] = seed["id"]
    return {**seed, "properties": properties, "archived": False}
