"""Turns a SOQL tree into functions over rows, with Salesforce's rules on types, nulls and case.

Second step of a sandbox query: ``soql.Select`` → columns, a condition and an order. Null never satisfies a comparison
with a value, but does satisfy ``!=``, ``NOT IN`` and a NOT of what it fails; text compares without regard to case.
https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_fieldexpression.htm
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any

from connector.sandbox.salesforce_schema import ID_TYPES, TEXT_TYPES, SalesforceField, SalesforceObject
from connector.sandbox.soql import Comparison, Condition, Field, Group, Ordering, Select, SoqlError, Value, at
from connector.sandbox.tables import Now, Row

Test = Callable[[Row], bool]
Find = Callable[[str, str], Row | None]
"""The row of an object (name) with an id."""
Known = Callable[[str], SalesforceObject | None]
"""The object of a name, in any case; None where clients know none."""

_ADVICE = (
    "If you are attempting to use a custom {what}, be sure to append the '{suffix}' after the {name}. "
    "Please reference your WSDL or the describe call for the appropriate names."
)


@dataclass(frozen=True, slots=True)
class Column:
    """One selected field: its name, and the relationship it is reached through (None for an own field)."""

    spec: SalesforceField
    link: SalesforceField | None
    find: Find

    @property
    def read(self) -> Callable[[Row], Any]:
        """What a row, or its parent, holds; None without a parent."""
        return itemgetter(self.spec.name) if self.link is None else self._of_parent

    def _of_parent(self, row: Row) -> Any:
        parent = self.parent(row)
        return None if parent is None else parent[self.spec.name]

    def parent(self, row: Row) -> Row | None:
        """The row behind the relationship."""
        if self.link is None or self.link.refers_to is None or row[self.link.name] is None:
            return None
        return self.find(self.link.refers_to, row[self.link.name])


def salesforce_time(value: datetime | str) -> str:
    """A time in the one spelling Salesforce answers with, ``2026-11-22T03:04:05.000+0000``.

    Texts of equal shape sort by time. Raises ValueError for a text that is no ISO time with a zone.
    """
    return _respelled(value) if isinstance(value, str) else _spelled(value)


@lru_cache(maxsize=1_024)
def _respelled(text: str) -> str:
    return _spelled(datetime.fromisoformat(text))


def _spelled(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time needs a zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"


class Compiler:
    """Names and types of one query, checked against the object's fields. Raises SoqlError."""

    def __init__(self, query: Select, find: Find, now: Now, known: Known) -> None:
        self._query = query
        self._find = find
        self._now = now
        self._known = known
        self.object = self._object(query.object)

    def columns(self) -> tuple[Column, ...]:
        """The selected fields, in order."""
        return tuple(self._column(field) for field in self._query.fields)

    def test(self) -> Test | None:
        """The WHERE condition; None without one."""
        return None if self._query.where is None else self._condition(self._query.where)

    def among(self) -> Sequence[str] | None:
        """The ids of which a row must have one; None where the condition names none."""
        return None if self._query.where is None else _named_ids(self._query.where)

    def sort(self, rows: Iterable[Row]) -> list[Row]:
        """The rows in the order asked for; equal ones stay as they came. Nulls stand first unless told."""
        ordered = list(rows)
        for ordering in reversed(self._query.order):
            ordered = self._sort_by(ordering, ordered)
        return ordered

    def _sort_by(self, ordering: Ordering, rows: list[Row]) -> list[Row]:
        column = self._filterable(ordering.field, "sorted")
        read = column.read
        nulls = [row for row in rows if read(row) is None]
        held = [row for row in rows if read(row) is not None] if nulls else rows
        key = (lambda row: read(row).casefold()) if column.spec.type in TEXT_TYPES else read
        held.sort(key=key, reverse=ordering.descending)
        return held + nulls if ordering.nulls_last else nulls + held

    def _error(self, code: str, column: int, message: str) -> SoqlError:
        return SoqlError(code, at(self._query.text, column, message))

    def _object(self, field: Field) -> SalesforceObject:
        found = self._known(field.path)
        if found is None:
            advice = _ADVICE.format(what="object", suffix="__c", name="entity name")
            raise self._error("INVALID_TYPE", field.column, f"sObject type '{field.path}' is not supported. {advice}")
        return found

    def _column(self, field: Field) -> Column:
        *links, name = field.path.split(".")
        if links and links[0].lower() == self.object.name.lower() and self.object.parent(links[0]) is None:
            links = links[1:]
        link, owner = None, self.object
        for part in links:
            link = owner.parent(part) if link is None else None
            if link is None or link.refers_to is None:
                advice = _ADVICE.format(what="relationship", suffix="__r", name="custom relationship name")
                message = f"Didn't understand relationship '{part}' in field path. {advice}"
                raise self._error("INVALID_FIELD", field.column, message)
            parent = self._known(link.refers_to)
            assert parent is not None
            owner = parent
        spec = owner.find(name)
        if spec is None:
            advice = _ADVICE.format(what="field", suffix="__c", name="custom field name")
            message = f"No such column '{name}' on entity '{owner.name}'. {advice}"
            raise self._error("INVALID_FIELD", field.column, message)
        return Column(spec, link, self._find)

    def _filterable(self, field: Field, verb: str = "filtered") -> Column:
        column = self._column(field)
        if not column.spec.filterable:
            message = f"field '{column.spec.name}' can not be {verb} in a query call"
            raise self._error("INVALID_FIELD", field.column, message)
        return column

    def _condition(self, condition: Condition) -> Test:
        if isinstance(condition, Comparison):
            return self._comparison(condition)
        tests = [self._condition(part) for part in condition.parts]
        if condition.operator == "NOT":
            return lambda row: not tests[0](row)
        return _all_of(tests) if condition.operator == "AND" else _any_of(tests)

    def _comparison(self, comparison: Comparison) -> Test:
        column = self._filterable(Field(comparison.field, comparison.column))
        for value in comparison.values:
            self._check_type(column.spec, comparison, value)
        self._check_operator(column.spec, comparison)
        read = column.read
        how = comparison.operator
        if how in ("LIKE", "IN", "NOT IN"):
            holds = _like(comparison) if how == "LIKE" else self._one_of(column.spec, comparison.values)
            return (lambda row: not holds(read(row))) if how == "NOT IN" else (lambda row: holds(read(row)))
        holds = self._compare(column.spec, how, comparison.values[0])
        return lambda row: holds(read(row))

    def _check_type(self, spec: SalesforceField, comparison: Comparison, value: Value) -> None:
        wanted, quoted = _literal_kinds(spec)
        if value.kind == "date word" and not _is_date_word(value.text):
            raise self._error("MALFORMED_QUERY", value.column, f"unexpected token: '{value.text}'")
        if value.kind == "null" or value.kind in wanted:
            return
        rule = "should be enclosed in quotes" if quoted else "should not be enclosed in quotes"
        kind = "string" if quoted else {"datetime": "dateTime", "currency": "double"}.get(spec.type, spec.type)
        message = f"value of filter criterion for field '{spec.name}' must be of type {kind} and {rule}"
        raise self._error("INVALID_FIELD", comparison.column, message)

    def _check_operator(self, spec: SalesforceField, comparison: Comparison) -> None:
        kind = "id" if spec.type in ID_TYPES else spec.type
        if (comparison.operator == "LIKE" and kind not in TEXT_TYPES) or (
            kind == "boolean" and comparison.operator not in ("=", "!=")
        ):
            raise self._error("INVALID_FIELD", comparison.column, f"invalid operator on {kind} field")
        if kind == "id" and comparison.operator in ("=", "!=", "IN", "NOT IN"):
            for value in comparison.values:
                if value.kind == "string" and value.text and not re.fullmatch(r"\w{15}|\w{18}", value.text):
                    message = f"invalid ID field: {value.text}"
                    raise self._error("INVALID_QUERY_FILTER_OPERATOR", value.column, message)

    def _one_of(self, spec: SalesforceField, values: tuple[Value, ...]) -> Callable[[Any], bool]:
        if all(value.kind in ("string", "null") for value in values):
            fold = _folding(spec)
            folded = {fold(value.text) or None if value.kind == "string" else None for value in values}
            return lambda held: (None if held is None else fold(held)) in folded
        tests = [self._compare(spec, "=", value) for value in values]
        return lambda held: any(test(held) for test in tests)

    def _compare(self, spec: SalesforceField, how: str, value: Value) -> Callable[[Any], bool]:
        if value.kind == "null" or (value.kind == "string" and value.text == "" and how in ("=", "!=")):
            return _OPERATORS_ON_NULL.get(how, lambda held: False)
        if value.kind == "date word":
            first, end = _date_range(value.text, self._now())
            return _within(how, first[:10], end[:10]) if spec.type == "date" else _within(how, first, end)
        literal, fold, compare = self._parsed(spec, value), _folding(spec), _COMPARE[how]
        if how == "!=":
            return lambda held: held is None or bool(compare(fold(held), literal))
        return lambda held: held is not None and bool(compare(fold(held), literal))

    def _parsed(self, spec: SalesforceField, value: Value) -> Any:
        if value.kind == "number":
            return float(value.text)
        if value.kind == "boolean":
            return value.text == "true"
        if value.kind == "datetime":
            try:
                return salesforce_time(value.text)
            except ValueError:
                raise self._error("MALFORMED_QUERY", value.column, f"invalid dateTime: {value.text}") from None
        return _folding(spec)(value.text)


def _named_ids(condition: Condition) -> Sequence[str] | None:
    if isinstance(condition, Group):
        parts = condition.parts if condition.operator == "AND" else ()
        return next((ids for part in parts if (ids := _named_ids(part)) is not None), None)
    named = condition.field.lower() == "id" and condition.operator in ("=", "IN")
    texts = [value.text for value in condition.values if value.kind == "string"]
    return texts if named and len(texts) == len(condition.values) else None


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_OPERATORS_ON_NULL: dict[str, Callable[[Any], bool]] = {
    "=": lambda held: held is None,
    "!=": lambda held: held is not None,
}


def _literal_kinds(spec: SalesforceField) -> tuple[tuple[str, ...], bool]:
    if spec.type in TEXT_TYPES | ID_TYPES:
        return ("string",), True
    if spec.type == "boolean":
        return ("boolean",), False
    return ((spec.type, "date word") if spec.type in ("date", "datetime") else ("number",)), False


def _folding(spec: SalesforceField) -> Callable[[Any], Any]:
    """What is compared of a value of this field."""
    if spec.type in ID_TYPES:
        return itemgetter(slice(15))
    return str.casefold if spec.type in TEXT_TYPES else lambda value: value


def _all_of(tests: Sequence[Test]) -> Test:
    """One call within another: over a million rows, a generator takes twice as long."""
    first, rest = tests[0], tests[1:]
    others = _all_of(rest) if rest else None
    return first if others is None else lambda row: first(row) and others(row)


def _any_of(tests: Sequence[Test]) -> Test:
    first, rest = tests[0], tests[1:]
    others = _any_of(rest) if rest else None
    return first if others is None else lambda row: first(row) or others(row)


def _like(comparison: Comparison) -> Callable[[Any], bool]:
    value = comparison.values[0]
    if value.kind == "null":
        return lambda held: held is None
    pieces = re.findall(r"\\[%_]|.", value.text, flags=re.DOTALL)
    wild = {"%": ".*", "_": "."}
    source = "".join(wild.get(piece) or re.escape(piece[-1]) for piece in pieces)
    pattern = re.compile(source, re.IGNORECASE | re.DOTALL)
    return lambda held: held is not None and pattern.fullmatch(held) is not None


_DATE_WORD = re.compile(r"(TODAY|YESTERDAY|TOMORROW)|(LAST_N_DAYS|NEXT_N_DAYS|N_DAYS_AGO):(\d+)")


def _is_date_word(text: str) -> bool:
    return _DATE_WORD.fullmatch(text) is not None


def _date_range(text: str, now: datetime) -> tuple[str, str]:
    """First moment of the range and the first one after it, in UTC (the sandbox's user time zone)."""
    match = _DATE_WORD.fullmatch(text)
    assert match is not None
    days = int(match[3] or 0)
    first, last = {
        "TODAY": (0, 0), "YESTERDAY": (-1, -1), "TOMORROW": (1, 1),
        "LAST_N_DAYS": (-days, 0), "NEXT_N_DAYS": (1, days), "N_DAYS_AGO": (-days, -days),
    }[match[1] or match[2]]  # fmt: skip
    midnight = datetime.combine(now.astimezone(UTC).date(), time(tzinfo=UTC))
    return (
        salesforce_time(midnight + timedelta(days=first)),
        salesforce_time(midnight + timedelta(days=last + 1)),
    )


def _within(how: str, start: str, end: str) -> Callable[[Any], bool]:
    tests: dict[str, Callable[[str], bool]] = {
        "=": lambda held: start <= held < end,
        "<": lambda held: held < start,
        "<=": lambda held: held < end,
        ">": lambda held: held >= end,
        ">=": lambda held: held >= start,
    }
    if how == "!=":
        return lambda held: held is None or not start <= held < end
    return lambda held: held is not None and tests[how](held)
