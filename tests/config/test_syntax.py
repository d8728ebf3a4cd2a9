"""What is said of text that is no YAML, word for word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config.document import parse_document

IN_QUOTES = "put the value in quotes"
NO_KEY = "a ':' where no key can stand; check the indentation, and put text that holds one in quotes"
ASTRAY = "this belongs to nothing above; check quotes and indentation"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a: "b\nc: d\n', "1:4: {}the quote that opens here is not closed"),
        ("a: 'b", "1:4: {}the quote that opens here is not closed"),
        ("a: [b\n", "1:4: {}the '[' that opens here is not closed"),
        ("a:\n  b: {c: d\n", "2:6: {}the '{{' that opens here is not closed"),
        ("a: {b: c d: e}", "1:11: {}a comma is missing, or the '}}' of the '{{' on line 1"),
        ("b:\n  T: {from: x\n  P: {from: y}\n", "3:4: {}a comma is missing, or the '}}' of the '{{' on line 2"),
        ("a: [b}", "1:6: {}a comma is missing, or the ']' of the '[' on line 1"),
        ("a: }", "1:4: {}a value is missing before '}}'"),
        ("a: [1,,2]", "1:7: {}a value is missing before ','"),
        ("{", "1:2: {}a value is missing before the end of the file"),
        ("a: b\n  c: d", f"2:4: {{}}{NO_KEY}"),
        ("a:\n\t- b", "2:1: {}a tab; YAML is indented with spaces"),
        ("a: @x", f"1:4: {{}}'@' cannot begin a value; {IN_QUOTES}"),
        ("a: %x", f"1:4: {{}}'%' cannot begin a value; {IN_QUOTES}"),
        ("%YAML 3", f"1:8: {{}}'%' begins a directive; {IN_QUOTES}"),
        ("a: *x", f"1:4: {{}}'*' begins an alias, and nothing has this name; {IN_QUOTES}"),
        ("a: * x", f"1:5: {{}}'*' and '&' have a meaning of their own; {IN_QUOTES}"),
        ("a: &b 1\nc: &b 2", "2:4: {}'&' gives this name a second time"),
        ("a: ? x", f"1:4: {{}}'?' begins a key here; {IN_QUOTES}"),
        ("a: - b", "1:4: {}a list begins on a line of its own, below its key"),
        ("a: !b!c d", f"1:4: {{}}'!' begins a tag; {IN_QUOTES}"),
        ("a: |2x\n b", f"1:6: {{}}'|' and '>' begin text of several lines; {IN_QUOTES}"),
        ('a: "\\q"', "1:6: {}'\\' and this letter mean nothing in double quotes; use single quotes, or '\\\\'"),
        ('a: "\\x1"', "1:7: {}'\\' needs more digits in double quotes; use single quotes, or '\\\\'"),
        ("a: 'it's'", "1:8: {}text stands behind a value; put all of it in one pair of quotes"),
        ("a: b\nother\n", "2:1: {}neither a key nor its value: a ':' is missing"),
        ("- a\nb: c", f"2:1: {{}}{ASTRAY}"),
        ("a: 1\n---\nb: 2\n", "2:1: {}a second document begins; a file holds one"),
        ("a: \x07", "1:4: {}the control character #x0007"),
    ],
)  # fmt: skip
def test_what_is_said_of_text_that_is_no_yaml(text: str, expected: str) -> None:
    _, problems = parse_document(text, "f.yaml")
    assert [str(problem) for problem in problems] == [f"f.yaml:{expected.format('not valid YAML: ')}"]


@given(st.text(alphabet="ab:{}[]'\"|>&*!%@`?-,#\\ \n\t", max_size=14))
def test_no_word_of_the_parser_reaches_a_person(text: str) -> None:
    _, problems = parse_document(text, "f.yaml")
    said = " ".join(str(problem) for problem in problems)
    assert not any(word in said for word in ("expected", "token", "node", "stream", "scanning", "<block"))
