"""What search sees of the records of one object type, and who is found, without looking at all of them for each page.

Third step of a search. Who a search finds is kept as one byte a record and brought up to date by the records that
changed since; the next page of the same search is then one look-up, in a portal of a million records as well.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import islice

from connector.sandbox.hubspot_search import Search, in_order
from connector.sandbox.tables import Now, Row, Table

_REMEMBERED = 16
"""Searches whose findings are kept."""
_BLOCK = 4_096


class _Findings:
    """Who is found, by place in the order of ids. ``known``: changes of the index that are in it."""

    __slots__ = ("_counts", "_flags", "known")

    def __init__(self, flags: bytearray, known: int) -> None:
        self._flags = flags
        self._counts = [flags.count(1, start, start + _BLOCK) for start in range(0, len(flags), _BLOCK)]
        self.known = known

    def set(self, place: int, found: bool) -> None:
        """Say whether the record at a place is found."""
        if place >= len(self._flags):
            self._flags.extend(bytes(place + 1 - len(self._flags)))
            self._counts.extend([0] * (place // _BLOCK + 1 - len(self._counts)))
        self._counts[place // _BLOCK] += found - self._flags[place]
        self._flags[place] = found

    def count(self, start: int) -> int:
        """How many are found from a place on."""
        block = -(-start // _BLOCK)
        return self._flags.count(1, start, block * _BLOCK) + sum(self._counts[block:])

    def places(self, start: int) -> Iterator[int]:
        """Who is found from a place on."""
        while (start := self._flags.find(1, start)) >= 0:
            yield start
            start += 1


class SearchIndex:
    """The records of a table, in order of id, as search sees them: a write shows after the portal's ``search_lag``."""

    def __init__(self, table: Table, clock: Now) -> None:
        self.ids = array("q", map(int, table.rows))
        self._table = table
        self._clock = clock
        self._lagging: dict[str, tuple[Row, float]] = {}
        self._changed = array("q")
        self._findings: OrderedDict[str, _Findings] = OrderedDict()

    def change(self, before: Row, *, lag: float) -> None:
        """A record is written, and search sees what was ``before`` for ``lag`` seconds from now."""
        id = before["id"]
        if lag > 0:
            now = self._clock().timestamp()
            seen, visible = self._lagging.get(id, (before, now))
            self._lagging[id] = (seen if visible > now else before, now + lag)
        self._changed.append(self._place(int(id)))

    def add(self, row: Row, *, lag: float) -> None:
        """A new record, with the greatest id, which search does not see for ``lag`` seconds."""
        self.ids.append(int(row["id"]))
        self.change({**row, "archived": True}, lag=lag)

    def forget(self) -> None:
        """The records changed in another way: findings are made anew."""
        self._findings.clear()

    def now(self) -> None:
        """Let search see everything that was written."""
        self._changed.extend(self._place(int(id)) for id in self._lagging)
        self._lagging.clear()

    def find(self, search: Search) -> tuple[int, list[Row]]:
        """How many records a search finds, and those of its page."""
        self._catch_up()
        if search.among is not None:
            return self._page(search, list(self._candidates(search)))
        findings = self._kept(search)
        start = bisect_right(self.ids, search.beyond)
        if search.sort is not None:
            return self._page(search, [self._at(place) for place in findings.places(start)])
        places = islice(findings.places(start), search.after, search.after + search.limit)
        return findings.count(start), [self._at(place) for place in places]

    def _page(self, search: Search, rows: list[Row]) -> tuple[int, list[Row]]:
        return len(rows), in_order(search, rows)[search.after : search.after + search.limit]

    def _candidates(self, search: Search) -> Iterator[Row]:
        for id in sorted(map(int, search.among or ())):
            row = self._seen(str(id))
            if id > search.beyond and row is not None and search.test(row):
                yield row

    def _kept(self, search: Search) -> _Findings:
        findings = self._findings.pop(search.key, None) or self._made(search.test)
        for place in self._changed[findings.known :]:
            row = self._seen(str(self.ids[place]))
            findings.set(place, row is not None and search.test(row))
        findings.known = len(self._changed)
        self._findings[search.key] = findings
        if len(self._findings) > _REMEMBERED:
            self._findings.popitem(last=False)
        return findings

    def _made(self, test: Callable[[Row], bool]) -> _Findings:
        flags = bytearray(not row["archived"] and test(row) for row in self._table)
        findings = _Findings(flags, len(self._changed))
        for id in self._lagging:
            row = self._seen(id)
            findings.set(self._place(int(id)), row is not None and test(row))
        return findings

    def _seen(self, id: str) -> Row | None:
        row = self._table.rows.get(id)
        if row is None or row["archived"]:
            return None
        seen = self._lagging[id][0] if id in self._lagging else row
        return None if seen["archived"] else seen  # a new record is archived until search sees it

    def _at(self, place: int) -> Row:
        row = self._seen(str(self.ids[place]))
        assert row is not None
        return row

    def _place(self, id: int) -> int:
        return bisect_left(self.ids, id)

    def _catch_up(self) -> None:
        now = self._clock().timestamp()
        for id in [id for id, (_, visible) in self._lagging.items() if visible <= now]:
            del self._lagging[id]
            self._changed.append(self._place(int(id)))
