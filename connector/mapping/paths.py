"""Attribute expressions: JMESPath over a profile (https://jmespath.org), compiled once for each mapped field.

``roots`` tells which attributes an expression reads before any profile is there: it decides what is bought, so it
errs towards reading more. Functions and slices that could fail on a record are refused when the mapping is read.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath
from jmespath import exceptions, functions

from connector.mapping.following import Find, follow

_FUNCTIONS: Mapping[str, Mapping[str, Any]] = functions.Functions.FUNCTION_TABLE
_Node = Mapping[str, Any]
_Scope = frozenset[tuple[str, bool]]
"""The attributes that a node may stand for, and whether each may still be walked into (False past a list)."""

_LONGEST = 1_000
_BEFORE, _BEHIND = 60, 30
"""Characters of an expression that are shown around a mistake in it."""
_ROOT: _Scope = frozenset({("", True)})


class PathError(ValueError):
    """An expression that cannot be used; ``column`` counts characters from 0, as JMESPath does."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.column = column

    def shown_in(self, source: str) -> str:
        """The sentence, and below it the part of the expression it is about with a caret under the place.

        >>> print(PathError("unexpected 'b'", 2).shown_in("a b"))
        column 3: unexpected 'b'
            a b
              ^
        """
        start = max(0, self.column - _BEFORE)
        before = ("…" if start else "") + _printable(source[start : self.column])
        rest = _printable(source[self.column : self.column + _BEHIND])
        more = "…" if len(source) > self.column + _BEHIND else ""
        return f"column {self.column + 1}: {self.message}\n    {before}{rest}{more}\n    {' ' * len(before)}^"


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled expression. ``roots``: the dotted attributes it reads, as far as they are plain.

    ``job_title.title`` reads itself; ``emails[?type=='work'] | [0].email`` reads ``emails``. ``items``: what it asks of
    the items of a list, its conditions included (``emails.type``, ``emails.email``). ``heads``: the first name of each
    root (``job_title``, ``emails``). ``search``: a profile's attributes → what the expression finds in them; None where
    an attribute it needs is absent.
    """

    source: str
    roots: frozenset[str]
    items: frozenset[str]
    heads: frozenset[str]
    search: Find = field(repr=False, compare=False)


def compile_path(source: str) -> Path:
    """Compile an expression; raises PathError with a message and the column it is about.

    >>> sorted(compile_path("location.{c: country, s: state} || company.name").roots)
    ['company.name', 'location.country', 'location.state']
    """
    if len(source) > _LONGEST:
        raise PathError(f"the expression is longer than {_LONGEST:,} characters", _LONGEST)
    try:
        compiled, walk = jmespath.compile(source), _Walk(source)
        walk.read(walk.visit(compiled.parsed, _ROOT))
    except exceptions.EmptyExpressionError:
        raise PathError("the expression is empty", 0) from None
    except exceptions.ParseError as error:
        raise PathError(_complaint(error), int(error.lex_position)) from None
    except RecursionError:
        raise PathError("the expression is nested too deeply", 0) from None
    if "" in walk.roots:
        raise PathError("the expression reads the whole profile; name the attributes it needs", 0)
    heads = frozenset(root.partition(".")[0] for root in walk.roots)
    find = follow(compiled.parsed) or _interpreted(compiled.search)
    return Path(source, frozenset(walk.roots), frozenset(walk.items), heads, find)


def _interpreted(search: Find) -> Find:
    """JMESPath's own search. Its functions refuse null (``join`` of an absent list): to us that is an absent answer."""

    def find(attributes: Any) -> Any:
        try:
            return search(attributes)
        except (exceptions.JMESPathError, TypeError):
            return None

    return find


def _complaint(error: exceptions.ParseError) -> str:
    if isinstance(error, exceptions.IncompleteExpressionError):
        return "the expression ends too early"
    if error.token_value == "=":
        return "'=' compares nothing; write '=='"
    if isinstance(error, exceptions.LexerError):
        return _unreadable(error)
    if error.token_type == "EOF":
        return "the expression ends too early"
    return f"unexpected '{error.token_value}'"


def _unreadable(error: exceptions.LexerError) -> str:
    """A character that begins nothing, or a quote whose end or content is wrong."""
    begins = str(error.lexer_value)[:1]
    if str(error.message).startswith("Unclosed"):
        return "what opens here is not closed"
    if begins == "`":
        return "what stands between ` and ` is not JSON; text stands in '…'"
    if begins == '"':
        return "the name in double quotes cannot be read"
    return f"unexpected '{error.lexer_value}'"


class _Walk:
    """One pass over a parsed expression that collects the attributes it reads."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.roots: set[str] = set()
        self.items: set[str] = set()

    def read(self, scope: _Scope) -> _Scope:
        """Note the attributes as read; what is made of them is no attribute any more."""
        self.roots.update(path for path, _ in scope)
        return frozenset()

    def visit(self, node: _Node, scope: _Scope) -> _Scope:
        """The attributes that ``node`` stands for when it is evaluated against ``scope``."""
        kind, children = str(node["type"]), node["children"]
        if kind in ("subexpression", "pipe"):
            for child in children:
                scope = self.visit(child, scope)
            return scope
        if kind == "field":
            name = str(node["value"])
            self.items.update(f"{path}.{name}" for path, plain in scope if not plain)
            return frozenset(_step(path, plain, name) for path, plain in scope)
        if kind in ("current", "identity"):
            return scope
        if kind in ("or_expression", "and_expression"):
            return self.visit(children[0], scope) | self.visit(children[1], scope)
        if kind in ("index_expression", "flatten", "projection", "value_projection", "filter_projection"):
            return self._list(children, scope)
        if kind == "function_expression":
            return self._function(node, scope)
        if kind == "slice":
            return self._slice(children, scope)
        if kind == "expref":
            raise PathError("'&' stands in the arguments of a function alone", max(self.source.find("&"), 0))
        if kind in ("literal", "index"):
            return scope if kind == "index" else frozenset()
        for child in children:  # comparisons, not, and new lists and objects: made of attributes, none themselves
            self.read(self.visit(child, scope))
        return frozenset()

    def _list(self, children: list[_Node], scope: _Scope) -> _Scope:
        """A list, then what is done with each of its items; in a filter the condition comes last."""
        items = _closed(self.visit(children[0], scope))
        self.read(items)
        for condition in children[2:]:
            self.read(self.visit(condition, items))
        return self.visit(children[1], items) if len(children) > 1 else items

    def _slice(self, children: list[int | None], scope: _Scope) -> _Scope:
        if children[2] == 0:
            raise PathError("a slice cannot have step 0", max(self.source.find(":0]"), 0))
        return scope

    def _function(self, node: _Node, scope: _Scope) -> _Scope:
        self._check_function(str(node["value"]), len(node["children"]))
        found = [self.visit(child, scope) for child in node["children"] if child["type"] != "expref"]
        items = _closed(frozenset().union(*found))
        self.read(items)
        for child in node["children"]:
            if child["type"] == "expref":  # &confidence: read from each item of the list beside it
                self.read(self.visit(child["children"][0], items))
        return frozenset()

    def _check_function(self, name: str, given: int) -> None:
        column = max(self.source.find(name), 0)
        if name not in _FUNCTIONS:
            close = difflib.get_close_matches(name, _FUNCTIONS, n=1)
            raise PathError(f"no function '{name}'" + (f" — did you mean '{close[0]}'?" if close else ""), column)
        signature = _FUNCTIONS[name]["signature"]
        variadic = bool(signature and signature[-1].get("variadic"))
        if given < len(signature) or (given > len(signature) and not variadic):
            least = "at least " if variadic else ""
            raise PathError(f"{name}() takes {least}{len(signature)} arguments, got {given}", column)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "·" for char in text)


def _step(path: str, plain: bool, name: str) -> tuple[str, bool]:
    return (f"{path}.{name}" if path else name, True) if plain else (path, False)


def _closed(scope: _Scope) -> _Scope:
    return frozenset((path, False) for path, _ in scope)
