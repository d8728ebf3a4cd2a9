"""Questions are asked until the answer can be used."""

from __future__ import annotations

import io

import pytest

from connector.cli.questions import Questions
from connector.errors import ConfigError


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stdin = io.StringIO()
    monkeypatch.setattr("sys.stdin", stdin)
    return stdin


def types(stdin: io.StringIO, *lines: str) -> None:
    stdin.write("".join(f"{line}\n" for line in lines))
    stdin.seek(0)


@pytest.mark.parametrize(("answer", "meant"), [("hub", "hubspot"), ("", "salesforce"), ("SALESFORCE", "salesforce")])
def test_a_choice_by_its_beginning(typed: io.StringIO, answer: str, meant: str) -> None:
    types(typed, answer)
    assert Questions().choice("Which", ("salesforce", "hubspot"), default="salesforce") == meant


def test_a_choice_that_is_none_or_two_is_asked_for_again(
    typed: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    types(typed, "x", "t", "to")
    assert Questions().choice("Which", ("token", "tea"), default="tea") == "token"
    assert capsys.readouterr().err.count("  one of: token, tea") == 2


def test_a_choice_that_another_begins_with(typed: io.StringIO) -> None:
    types(typed, "contact")
    assert Questions().choice("Which", ("contacts", "contact"), default="contacts") == "contact"


def test_several_with_commas(typed: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    types(typed, "a, x", ",", " a ,b,")
    assert Questions().several("Which", default=("a",), known=lambda word: word if word in "ab" else None) == ("a", "b")
    said = capsys.readouterr().err
    assert "not known: x" in said
    assert "name at least one" in said


def test_a_secret_is_not_empty_and_not_repeated(typed: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    types(typed, "", "  s3cret ")
    assert Questions().secret("key").reveal() == "s3cret"
    said = capsys.readouterr()
    assert "nothing was typed" in said.err
    assert "s3cret" not in said.out + said.err


def test_nothing_is_asked_on_stdout(typed: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    types(typed, "y", "text")
    ask = Questions()
    assert (ask.yes("Go on?", default=False), ask.text("What")) == (True, "text")
    assert capsys.readouterr().out == ""


def test_stdin_that_ends_is_told_with_the_way_out(typed: io.StringIO) -> None:
    with pytest.raises(ConfigError, match="a question had no answer"):
        Questions().text("What")
