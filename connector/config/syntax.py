"""YAML that cannot be parsed, in people's words: where it is, what is there, what to do about it.

PyYAML (https://pyyaml.org/wiki/PyYAMLDocumentation) tells what its grammar expected; a person wants to know about the
quote that is not closed. Where something opens and does not end, the place is where it opens.
"""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from connector.config.places import Position
from connector.config.problems import Problem

_IN_QUOTES = "put the value in quotes"
_ASTRAY = "this belongs to nothing above; check quotes and indentation"
_UNCLOSED = "the {opening} that opens here is not closed"

_BY_START: Sequence[tuple[str, str]] = (
    ("mapping values are not",
     "a ':' where no key can stand; check the indentation, and put text that holds one in quotes"),
    ("but found another document", "a second document begins; a file holds one"),
    ("sequence entries are not", "a list begins on a line of its own, below its key"),
    ("mapping keys are not", f"'?' begins a key here; {_IN_QUOTES}"),
    ("found undefined alias", f"'*' begins an alias, and nothing has this name; {_IN_QUOTES}"),
    ("second occurrence", "'&' gives this name a second time"),
    ("found unknown escape", "'\\' and this letter mean nothing in double quotes; use single quotes, or '\\\\'"),
    ("expected escape sequence", "'\\' needs more digits in double quotes; use single quotes, or '\\\\'"),
    ("found undefined tag", f"'!' begins a tag; {_IN_QUOTES}"),
    ("expected chomping", f"'|' and '>' begin text of several lines; {_IN_QUOTES}"),
    ("expected alphabetic", f"'*' and '&' have a meaning of their own; {_IN_QUOTES}"),
    ("expected <block end>, but found '<scalar>'", "text stands behind a value; put all of it in one pair of quotes"),
    ("expected <block end>", _ASTRAY),
)  # fmt: skip
_BY_CONTEXT: Sequence[tuple[str, str]] = (
    ("while scanning a directive", f"'%' begins a directive; {_IN_QUOTES}"),
    ("while scanning a tag", f"'!' begins a tag; {_IN_QUOTES}"),
    ("while parsing a tag", f"'!' begins a tag; {_IN_QUOTES}"),
)
_OPENED = {"quoted scalar": "quote", "flow mapping": "'{'", "flow sequence": "'['"}


def syntax_problem(error: yaml.YAMLError, name: str, text: str) -> Problem:
    """One sentence for a text that is no YAML. ``name``: the file as messages spell it."""
    if isinstance(error, yaml.reader.ReaderError):
        sentence = f"the control character #x{error.character:04x}"
        return _problem(position_after(name, text[: error.position]), sentence)
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return _problem(Position(name), "cannot be read")
    here, words = _at(name, error.problem_mark), str(error.problem)
    if error.context_mark is not None and (unclosed := _unclosed(error, words)):
        return _problem(_at(name, error.context_mark), unclosed)
    if error.context_mark is not None and words.startswith("could not find expected ':'"):
        return _problem(_at(name, error.context_mark), "neither a key nor its value: a ':' is missing")
    return _problem(here, _sentence(error, words))


def position_after(name: str, before: str) -> Position:
    """The position right after this text of a file."""
    return Position(name, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _problem(at: Position, sentence: str) -> Problem:
    return Problem(at, f"not valid YAML: {sentence}")


def _at(name: str, mark: yaml.Mark) -> Position:
    return Position(name, mark.line + 1, mark.column + 1)


def _unclosed(error: yaml.MarkedYAMLError, words: str) -> str | None:
    """What opens where the context is, and does not end before the file does."""
    if "end of stream" not in words and "<stream end>" not in words:
        return None
    opening = next((sign for kind, sign in _OPENED.items() if str(error.context).endswith(kind)), None)
    return _UNCLOSED.format(opening=opening) if opening else None


def _sentence(error: yaml.MarkedYAMLError, words: str) -> str:
    if r"'\t'" in words:
        return "a tab; YAML is indented with spaces"
    if words.endswith("that cannot start any token"):
        return f"{_character(words)} cannot begin a value; {_IN_QUOTES}"
    if words.startswith("expected the node content"):
        return f"a value is missing before {_character(words)}"
    if words.startswith("expected ','") and error.context_mark is not None:
        closing, opening = ("}", "{") if words.startswith("expected ',' or '}'") else ("]", "[")
        return f"a comma is missing, or the '{closing}' of the '{opening}' on line {error.context_mark.line + 1}"
    for beginning, sentence in _BY_START:
        if words.startswith(beginning):
            return sentence
    return next((sentence for context, sentence in _BY_CONTEXT if error.context == context), _ASTRAY)


def _character(words: str) -> str:
    """The character that PyYAML quotes in its sentence."""
    found = words.split("'")[1] if words.count("'") > 1 else ""
    return "the end of the file" if found == "<stream end>" else f"'{found}'"
