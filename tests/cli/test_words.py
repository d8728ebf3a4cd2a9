"""Who is meant: typed, or on stdin where "-" stands."""

from __future__ import annotations

import io

import pytest

from connector.cli.words import Words, identity_of, listed, named
from connector.errors import ConfigError
from connector.models import Identity


def stdin(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text), "utf-8"))


def test_what_is_typed_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, b"never read")
    words = Words()
    assert (words.one("ada@acme.example"), words.each(["1", "2"])) == ("ada@acme.example", ["1", "2"])
    assert not words.from_stdin


def test_a_dash_stands_for_the_lines_of_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, "a@acme.example\r\n\n  zoë@acme.example \n".encode())
    words = Words()
    assert words.each(["1", "-", "2"]) == ["1", "a@acme.example", "zoë@acme.example", "2"]
    assert words.from_stdin


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "nothing came there"),
        (b" \n\n", "nothing came there"),
        (b"a\nb\n", "one line was expected on stdin, there are 2"),
        (b"\xff\xfe", "stdin is not UTF-8 text"),
    ],
)
def test_stdin_without_one_readable_line_is_refused(monkeypatch: pytest.MonkeyPatch, text: bytes, words: str) -> None:
    stdin(monkeypatch, text)
    with pytest.raises(ConfigError, match=words):
        Words().one("-")


def test_stdin_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, b"a\n")
    words = Words()
    words.one("-")
    with pytest.raises(ConfigError, match="'-' stands twice"):
        words.one("-")


def test_names_and_lists() -> None:
    assert identity_of("company", "acme.example") == Identity("company", domain="acme.example")
    with pytest.raises(ConfigError, match=r"'info@acme\.example' names no person"):
        identity_of("person", "info@acme.example")
    assert named("Ada Byron", None, "acme.example") == Identity(
        "person", first_name="Ada", last_name="Byron", company_domain="acme.example"
    )
    with pytest.raises(ConfigError, match="that names no person"):
        named("Ada", "Acme", None)
    assert (listed(None), listed(" emails, phones,")) == ([], ["emails", "phones"])
