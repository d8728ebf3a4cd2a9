"""The rows behind a sandbox CRM, with the counters that prove what a client wrote.

Stands below the Salesforce and HubSpot servers: they decide what a write may do, a ``Table`` keeps what was done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

Row = dict[str, Any]
Now = Callable[[], datetime]


def utc_now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


class Stamps:
    """Modification times: the clock's own, to the millisecond, and never the same one twice."""

    def __init__(self, clock: Now) -> None:
        self._clock = clock
        self._last = datetime.min.replace(tzinfo=UTC)

    def next(self) -> datetime:
        """A time later than every one given before, in UTC."""
        now = self._clock().astimezone(UTC)
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self._last = max(now, self._last + timedelta(milliseconds=1))
        return self._last


@dataclass(slots=True)
class Tally:
    """What API clients wrote into one table; edits by people are not counted.

    ``fields_received``: accepted writes by field. ``fields_unchanged``: (record id, field) of every accepted
    write of the value that was there already. ``writes``: accepted writes by record id.
    """

    fields_received: Counter[str] = field(default_factory=Counter)
    fields_unchanged: list[tuple[str, str]] = field(default_factory=list)
    writes: Counter[str] = field(default_factory=Counter)

    def count(self, id: str, before: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
        """Book one accepted write of ``sent`` into a row that held ``before``."""
        self.writes[id] += 1
        self.fields_received.update(sent.keys())
        self.fields_unchanged.extend((id, name) for name, value in sent.items() if before.get(name) == value)

    def report(self) -> dict[str, Any]:
        """The counters as JSON for ``GET /_sandbox/stats``."""
        return {
            "writes": self.writes.total(),
            "records_written": len(self.writes),
            "written_more_than_once": {id: n for id, n in self.writes.items() if n > 1},
            "fields_received": dict(sorted(self.fields_received.items())),
            "fields_unchanged": [{"id": id, "field": name} for id, name in self.fields_unchanged],
        }


class Table:
    """Rows by id, in the order they came.

    A row is replaced, never changed in place: whoever holds the old one (a query cursor, a lagging index) keeps
    seeing what it was.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: dict[str, Row] = {}
        self.tally = Tally()
        self._short: dict[str, str] = {}

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows.values())

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, id: str) -> Row | None:
        """The row with this id; Salesforce's 15-character spelling of an id is understood."""
        row = self.rows.get(id)
        if row is None and len(id) == 15:
            if len(self._short) != len(self.rows):
                self._short = {key[:15]: key for key in self.rows}
            row = self.rows.get(self._short.get(id, id))
        return row

    def sort(self, key: Callable[[str], Any]) -> None:
        """Bring the rows into the order of their ids, as ``key`` reads them."""
        ids = [key(id) for id in self.rows]
        if any(first > second for first, second in pairwise(ids)):
            self.rows = dict(sorted(self.rows.items(), key=lambda item: key(item[0])))

    def put(self, id: str, row: Row) -> None:
        """Add or replace a row."""
        self.rows[id] = row
