"""Runs a SOQL query over the org's tables and hands the result out page by page.

Third step of a sandbox query: ``soql_filter`` says what matches, this module keeps the cursor and renders rows.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count, islice
from operator import itemgetter
from typing import Any

from connector.sandbox.soql import SoqlError, parse_soql
from connector.sandbox.soql_filter import Column, Compiler, Known
from connector.sandbox.tables import Now, Row, Table

_OPEN_CURSORS = 10
"""Salesforce closes a user's oldest cursor when an eleventh is opened."""
_LARGEST_OFFSET = 2_000


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of a query as they were when it ran. ``columns`` is empty for COUNT()."""

    object: str
    columns: tuple[Column, ...]
    rows: list[Row]


class Cursors:
    """Queries of one org and their open results. ``known``: the objects that may be queried, by name."""

    def __init__(self, tables: Mapping[str, Table], now: Now, known: Known) -> None:
        self._tables = tables
        self._now = now
        self._known = known
        self._open: OrderedDict[str, Result] = OrderedDict()
        self._numbers = count(1)

    def run(self, text: str, *, deleted: bool) -> Result:
        """Evaluate a query; with ``deleted``, rows in the recycle bin count too. Raises SoqlError."""
        query = parse_soql(text)
        compiler = Compiler(query, self._find, self._now, self._known)
        columns = compiler.columns()
        test = compiler.test()
        if query.offset > _LARGEST_OFFSET:
            raise SoqlError("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {_LARGEST_OFFSET}")
        rows: Iterable[Row] = (
            row
            for row in self._candidates(compiler)
            if (deleted or not row.get("IsDeleted")) and (test is None or test(row))
        )
        if query.order:
            rows = compiler.sort(rows)
        last = None if query.limit is None else query.offset + query.limit
        return Result(compiler.object.name, columns, list(islice(rows, query.offset, last)))

    def check(self, text: str) -> str:
        """Refuse what ``run`` would refuse, without running it; the object that is asked for. Raises SoqlError."""
        compiler = Compiler(parse_soql(text), self._find, self._now, self._known)
        compiler.columns()
        compiler.test()
        compiler.sort(())
        return compiler.object.name

    def _candidates(self, compiler: Compiler) -> Iterable[Row]:
        """The rows to look at: those of the ids that the condition names, or all."""
        table, ids = self._tables[compiler.object.name], compiler.among()
        if ids is None:
            return table
        named = (row for id in ids if (row := table.get(id)) is not None)
        return sorted({row["Id"]: row for row in named}.values(), key=itemgetter("Id"))

    def page(self, result: Result, *, start: int, size: int, version: str, locator: str | None) -> dict[str, Any]:
        """The answer for ``size`` rows from ``start``; opens a cursor when rows are left."""
        end = start + size
        total = len(result.rows)
        answer: dict[str, Any] = {"totalSize": total, "done": end >= total or not result.columns}
        if not answer["done"]:
            answer["nextRecordsUrl"] = f"/services/data/{version}/query/{locator or self._keep(result)}-{end}"
        rows = result.rows[start:end] if result.columns else []
        answer["records"] = [render(row, result.object, result.columns, version) for row in rows]
        return answer

    def find(self, locator: str) -> Result:
        """The open result of a locator. Raises SoqlError when it was closed or never existed."""
        if locator not in self._open:
            raise SoqlError("INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._open[locator]

    def _keep(self, result: Result) -> str:
        locator = f"01gSB{next(self._numbers):010d}"
        self._open[locator] = result
        if len(self._open) > _OPEN_CURSORS:
            self._open.popitem(last=False)
        return locator

    def _find(self, object: str, id: str) -> Row | None:
        return self._tables[object].get(id) if object in self._tables else None


def attributes(object: str, id: str, version: str) -> dict[str, str]:
    """The ``attributes`` entry that every row carries."""
    return {"type": object, "url": f"/services/data/{version}/sobjects/{object}/{id}"}


def render(row: Row, object: str, columns: Iterable[Column], version: str) -> dict[str, Any]:
    """A row as JSON: own fields flat, parents nested (null where there is none)."""
    shown: dict[str, Any] = {"attributes": attributes(object, row["Id"], version)}
    for column in columns:
        if column.link is None:
            shown[column.spec.name] = row[column.spec.name]
            continue
        parent = column.parent(row)
        key = column.link.relationship or column.link.name
        if parent is None or column.link.refers_to is None:
            shown[key] = None
        else:
            nested = shown.setdefault(key, {"attributes": attributes(column.link.refers_to, parent["Id"], version)})
            nested[column.spec.name] = parent[column.spec.name]
    return shown
