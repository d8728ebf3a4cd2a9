"""The results of a Bulk query: CSV text as the records that REST would have told. Pure.

Stands below ``bulk``. Everything is text here: an empty cell is null, and a field's type comes from describe.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import requests

from connector.models import FieldType, Record, Value

from .soql import VERSION_FIELD

LAST = "null"
"""What ``Sforce-Locator`` says where no set follows."""


_TOLD_OTHERWISE = frozenset({"boolean", "integer", "number", "datetime"})
"""Types whose cells are spelled otherwise than in REST's JSON; a cell of any other is the value, or blank."""


@dataclass(frozen=True, slots=True)
class ResultSet:
    """Some of a job's rows, kept as the CSV that they came in: ``count`` of them, under a row of column names.

    ``locator`` leads to the next set; None if this is the last one.
    """

    content: bytes
    count: int
    locator: str | None

    def rows(self) -> Iterator[list[str]]:
        """The rows one by one, column names first; nothing but the CSV text is held.

        Raises:
            csv.Error: it is no CSV, or ends in the middle of a value.
            UnicodeDecodeError: it is no UTF-8.
        """
        # newline="": line ends within a value are part of it, and stay as they are.
        return csv.reader(io.TextIOWrapper(io.BytesIO(self.content), "utf-8-sig", newline=""), strict=True)


def result_set(columns: Sequence[str]) -> Callable[[requests.Response], ResultSet | None]:
    """A reader of answers: the set in one of them, or None where it is not whole.

    Whole: CSV with exactly these columns (in any case and order), and as many rows as ``Sforce-NumberOfRecords`` says.
    A body that was cut between two rows reads well, and only that number tells. (Of a cut right before the very last
    cell, or at a quote in it, nothing tells but HTTP's own framing, which is checked below us.)
    """
    names = sorted(name.lower() for name in columns)

    def read(response: requests.Response) -> ResultSet | None:
        told, locator = response.headers.get("Sforce-NumberOfRecords", ""), response.headers.get("Sforce-Locator")
        if not told.isdecimal() or not response.headers.get("Content-Type", "").startswith("text/csv"):
            return None
        found = ResultSet(response.content, int(told), None if locator in (None, "", LAST) else locator)
        return found if found.count == 0 or _whole(found, names) else None

    return read


def _whole(found: ResultSet, names: Sequence[str]) -> bool:
    rows = found.rows()
    try:
        header = next(rows, [])
        lengths = [len(row) for row in rows]
    except (csv.Error, UnicodeDecodeError):
        return False
    same = sorted(name.lower() for name in header) == names
    return same and len(lengths) == found.count and all(length == len(header) for length in lengths)


def records(found: ResultSet, kinds: Mapping[str, FieldType]) -> Iterator[Record]:
    """The records of a whole set, each with the paths of ``kinds`` (path → type of the field at its end)."""
    if not found.count:
        return
    rows = found.rows()
    place = {name.lower(): number for number, name in enumerate(next(rows))}
    id, version = place["id"], place[VERSION_FIELD.lower()]
    texts = [(path, place[path.lower()]) for path, kind in kinds.items() if kind not in _TOLD_OTHERWISE]
    others = [(path, place[path.lower()], kind) for path, kind in kinds.items() if kind in _TOLD_OTHERWISE]
    for row in rows:
        values: dict[str, Value] = {path: row[number] or None for path, number in texts}
        for path, number, kind in others:
            values[path] = value_of(row[number], kind)
        yield Record(row[id], values, _moment(row[version]) or None)


def value_of(text: str, kind: FieldType) -> Value:
    """A cell as REST's JSON has it.

    >>> value_of("", "text"), value_of("007", "text"), value_of("250", "integer"), value_of("true", "boolean")
    (None, '007', 250, True)
    """
    if not text:
        return None
    if kind == "boolean":
        return text.lower() == "true"
    if kind in ("integer", "number"):
        return _number(text, whole=kind == "integer")
    return _moment(text) if kind == "datetime" else text


def _number(text: str, *, whole: bool) -> Value:
    try:
        number = float(text)
    except ValueError:
        return text
    return int(text) if whole and text.lstrip("+-").isdecimal() else number


def _moment(text: str) -> str:
    # Bulk says ``2026-11-22T03:04:05.000Z`` where REST says ``2026-11-22T03:04:05.000+0000``.
    return f"{text[:-1]}+0000" if text.endswith("Z") else text
