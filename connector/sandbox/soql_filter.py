"""Turns a SOQL tree into functions over rows, with Salesforce's rules on types, nulls and case.

Second step of a sandbox query: ``soql.Select`` → columns, a condition and an order. Null never satisfies a comparison
with a value, but does satisfy ``!=``, ``NOT IN`` and a NOT of what it fails; text compares without regard to case.
https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_fieldexpression.htm
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from connector.sandbox.salesforce_schema import ID_TYPES, TEXT_TYPES, SalesforceField, SalesforceObject
from connector.sandbox.soql import Comparison, Condition, Field, Ordering, Select, SoqlError, Value, at
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

    def value(self, row: Row) -> Any:
        """What this row, or its parent, holds; None without a parent."""
        if self.link is None:
            return row[self.spec.name]
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
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
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

    def sort(self, rows: Iterable[Row]) -> list[Row]:
        """The rows in the order asked for; equal ones stay as they came. Nulls stand first unless told."""
        ordered = list(rows)
        for ordering in reversed(self._query.order):
            ordered = self._sort_by(ordering, ordered)
        return ordered

    def _sort_by(self, ordering: Ordering, rows: list[Row]) -> list[Row]:
        column = self._filterable(ordering.field, "sorted")
        nulls = [row for row in rows if column.value(row) is None]
        held = [row for row in rows if column.value(row) is not None]
        fold = column.spec.type in TEXT_TYPES
        key = (lambda row: column.value(row).casefold()) if fold else column.value
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
        if condition.operator == "AND":
            return lambda row: all(test(row) for test in tests)
        return lambda row: any(test(row) for test in tests)

    def _comparison(self, comparison: Comparison) -> Test:
        column = self._filterable(Field(comparison.field, comparison.column))
        for value in comparison.values:
            self._check_type(column.spec, comparison, value)
        self._check_operator(column.spec, comparison)
        read = column.value
        operator = comparison.operator
        if operator in ("LIKE", "IN", "NOT IN"):
            holds = _like(comparison) if operator == "LIKE" else self._any_of(column.spec, comparison.values)
            return (lambda row: not holds(read(row))) if operator == "NOT IN" else (lambda row: holds(read(row)))
        holds = self._compare(column.spec, operator, comparison.values[0])
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

    def _any_of(self, spec: SalesforceField, values: tuple[Value, ...]) -> Callable[[Any], bool]:
        if all(value.kind in ("string", "null") for value in values):
            folded = {_folded(spec, value.text) or None if value.kind == "string" else None for value in values}
            return lambda held: (None if held is None else _folded(spec, held)) in folded
        tests = [self._compare(spec, "=", value) for value in values]
        return lambda held: any(test(held) for test in tests)

    def _compare(self, spec: SalesforceField, operator: str, value: Value) -> Callable[[Any], bool]:
        if value.kind == "null" or (value.kind == "string" and value.text == "" and operator in ("=", "!=")):
            return _OPERATORS_ON_NULL.get(operator, lambda held: False)
        if value.kind == "date word":
            first, end = _date_range(value.text, self._now())
            return _within(operator, first[:10], end[:10]) if spec.type == "date" else _within(operator, first, end)
        literal = self._parsed(spec, value)
        if operator == "!=":
            return lambda held: held is None or _folded(spec, held) != literal
        compare = _COMPARE[operator]
        return lambda held: held is not None and compare(_folded(spec, held), literal)

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
        return _folded(spec, value.text)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda held, wanted: bool(held == wanted),
    "<": lambda held, wanted: bool(held < wanted),
    "<=": lambda held, wanted: bool(held <= wanted),
    ">": lambda held, wanted: bool(held > wanted),
    ">=": lambda held, wanted: bool(held >= wanted),
}
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


def _folded(spec: SalesforceField, value: Any) -> Any:
    if spec.type in ID_TYPES:
        return value[:15] if isinstance(value, str) else value
    return value.casefold() if spec.type in TEXT_TYPES else value


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


def _within(operator: str, start: str, end: str) -> Callable[[Any], bool]:
    tests: dict[str, Callable[[str], bool]] = {
        "=": lambda held: start <= held < end,
        "<": lambda held: held < start,
        "<=": lambda held: held < end,
        ">": lambda held: held >= end,
        ">=": lambda held: held >= start,
    }
    if operator == "!=":
        return lambda held: held is None or not start <= held < end
    return lambda held: held is not None and tests[operator](held)
