"""Reads SOQL into a tree, refusing what Salesforce refuses, in Salesforce's words.

First step of a sandbox query: text → ``Select``. Field names are checked and conditions run by ``soql_filter``.
Covers SELECT of fields (parents too) and COUNT(), WHERE, ORDER BY, LIMIT and OFFSET.
https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar, cast


class SoqlError(Exception):
    """A query that Salesforce answers with HTTP 400; ``code`` is its errorCode."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


_T = TypeVar("_T")
LiteralKind = Literal["string", "number", "boolean", "null", "date", "datetime", "date word"]


@dataclass(frozen=True, slots=True)
class Value:
    """A literal of a condition; ``text`` is unescaped for strings (LIKE wildcards keep their backslash)."""

    kind: LiteralKind
    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """``field operator value``; IN and NOT IN hold several values. ``column`` is the field's place, from 1."""

    field: str
    operator: str
    values: tuple[Value, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions joined by AND or OR, or one condition under NOT."""

    operator: Literal["AND", "OR", "NOT"]
    parts: tuple[Condition, ...]


Condition = Comparison | Group


@dataclass(frozen=True, slots=True)
class Field:
    """A field path and its place in the text, from 1."""

    path: str
    column: int


@dataclass(frozen=True, slots=True)
class Ordering:
    field: Field
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """A whole query. ``fields`` is empty for COUNT()."""

    text: str
    fields: tuple[Field, ...]
    object: Field
    where: Condition | None = None
    order: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text.upper() in words


_TOKENS = re.compile(
    r"""(?P<space>\s+)
      | (?P<string>'(?:[^'\\]|\\.)*')
      | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
      | (?P<date>\d{4}-\d\d-\d\d)(?![\w:.-])
      | (?P<number>[+-]?\d+(?:\.\d+)?)(?![\w.])
      | (?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::\d+)?)
      | (?P<symbol><=|>=|!=|<>|[=<>(),])""",
    re.VERBOSE | re.DOTALL,
)
_RESERVED = frozenset(
    {
        "SELECT",
        "FROM",
        "WHERE",
        "AND",
        "OR",
        "NOT",
        "IN",
        "LIKE",
        "ORDER",
        "BY",
        "LIMIT",
        "OFFSET",
        "ASC",
        "DESC",
        "NULLS",
    }
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_CONTEXT = 40


def at(text: str, column: int, message: str) -> str:
    """A message the way Salesforce prints it: the text around, a caret below the place, row and column."""
    start = max(0, column - 1 - _CONTEXT)
    snippet = text[start : column - 1 + _CONTEXT].replace("\n", " ")
    caret = " " * (column - 1 - start) + "^"
    return f"\n{snippet}\n{caret}\nERROR at Row:1:Column:{column}\n{message}"


def parse_soql(text: str) -> Select:
    """The query as a tree. Raises SoqlError with MALFORMED_QUERY."""
    return _Parser(text).select()


def _tokens(text: str) -> list[_Token]:
    """The tokens up to the end, or to the first place that is none; the parser complains when it gets there."""
    found: list[_Token] = []
    place = 0
    while place < len(text):
        match = _TOKENS.match(text, place)
        if match is None or match.lastgroup is None:
            message = "unexpected character" if text[place] != "'" else "unterminated string literal"
            return [*found, _Token("bad", f"{message}: '{text[place]}'", place + 1)]
        if match.lastgroup != "space":
            found.append(_Token(match.lastgroup, match[0], place + 1))
        place = match.end()
    return [*found, _Token("end", "<EOF>", len(text) + 1)]


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._next = 0

    def select(self) -> Select:
        self._expect("SELECT")
        fields = () if self._take_count() else self._list(self._field)
        self._expect("FROM")
        source = self._field()
        where = self._condition() if self._take("WHERE") else None
        order = self._order() if self._take("ORDER") else ()
        limit = self._count() if self._take("LIMIT") else None
        offset = self._count() if self._take("OFFSET") else 0
        if self._peek().kind != "end":
            raise self._unexpected()
        return Select(self._text, fields, source, where, order, limit, offset)

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _advance(self) -> _Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _take(self, *words: str) -> bool:
        """Step over these words or symbols if they all stand here."""
        ahead = self._tokens[self._next : self._next + len(words)]
        if [token.text.upper() for token in ahead if token.kind in ("word", "symbol")] != list(words):
            return False
        self._next += len(words)
        return True

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise self._unexpected()

    def _unexpected(self) -> SoqlError:
        token = self._peek()
        message = token.text if token.kind == "bad" else f"unexpected token: '{token.text}'"
        return SoqlError("MALFORMED_QUERY", at(self._text, token.column, message))

    def _list(self, item: Callable[[], _T]) -> tuple[_T, ...]:
        found = [item()]
        while self._take(","):
            found.append(item())
        return tuple(found)

    def _take_count(self) -> bool:
        return self._take("COUNT", "(", ")")

    def _field(self) -> Field:
        token = self._peek()
        if token.kind != "word" or token.text.upper() in _RESERVED or ":" in token.text:
            raise self._unexpected()
        self._advance()
        return Field(token.text, token.column)

    def _count(self) -> int:
        token = self._peek()
        if token.kind != "number" or not token.text.isdecimal():
            raise self._unexpected()
        self._advance()
        return int(token.text)

    def _order(self) -> tuple[Ordering, ...]:
        self._expect("BY")
        return self._list(self._ordering)

    def _ordering(self) -> Ordering:
        field = self._field()
        descending = self._take("DESC")
        if not descending:
            self._take("ASC")
        nulls_last = False
        if self._take("NULLS"):
            nulls_last = self._take("LAST")
            if not nulls_last:
                self._expect("FIRST")
        return Ordering(field, descending, nulls_last)

    def _condition(self) -> Condition:
        """One level of conditions: NOT stands alone, AND and OR do not mix; parentheses open a level."""
        if self._take("NOT"):
            return Group("NOT", (self._term(),))
        parts = [self._term()]
        for operator in ("AND", "OR"):
            while self._take(operator):
                parts.append(self._term())
            if len(parts) > 1:
                return Group(operator, tuple(parts))
        return parts[0]

    def _term(self) -> Condition:
        if self._take("("):
            inner = self._condition()
            self._expect(")")
            return inner
        field = self._field()
        operator = self._operator()
        values = self._values() if operator.endswith("IN") else (self._value(),)
        return Comparison(field.path, operator, values, field.column)

    def _operator(self) -> str:
        for words in (("NOT", "IN"), ("IN",), ("LIKE",)):
            if self._take(*words):
                return " ".join(words)
        token = self._peek()
        if token.kind != "symbol" or token.text in "(),":
            raise self._unexpected()
        self._advance()
        return "!=" if token.text == "<>" else token.text

    def _values(self) -> tuple[Value, ...]:
        self._expect("(")
        values = self._list(self._value)
        self._expect(")")
        return values

    def _value(self) -> Value:
        token = self._peek()
        value = self._literal(token)
        if value is None:
            raise self._unexpected()
        self._advance()
        return value

    def _literal(self, token: _Token) -> Value | None:
        if token.kind == "string":
            return Value("string", self._unescape(token), token.column)
        if token.kind in ("number", "date", "datetime"):
            return Value(cast(LiteralKind, token.kind), token.text, token.column)
        if token.is_word("TRUE", "FALSE"):
            return Value("boolean", token.text.lower(), token.column)
        if token.is_word("NULL"):
            return Value("null", "", token.column)
        if token.kind == "word" and token.text.upper() not in _RESERVED and "." not in token.text:
            return Value("date word", token.text.upper(), token.column)
        return None

    def _unescape(self, token: _Token) -> str:
        def replace(match: re.Match[str]) -> str:
            if match[1] in "_%":
                return match[0]
            if match[1] not in _ESCAPES:
                message = (
                    f"Invalid string literal {token.text}. Illegal character sequence '{match[0]}' in string literal."
                )
                raise SoqlError("MALFORMED_QUERY", at(self._text, token.column, message))
            return _ESCAPES[match[1]]

        return re.sub(r"\\(.)", replace, token.text[1:-1], flags=re.DOTALL)
