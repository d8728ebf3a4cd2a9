"""What pages mention in passing is there: commands and their options, files and headings that links lead to."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from connector.cli import app
from tests.docs.blocks import PAGES, ROOT

_COMMAND = re.compile(r"`(lusha-sync [^`]+)`")
_LINK = re.compile(r"\]\((?!https?:)([^)\s]*)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_FENCED = re.compile(r"```.*?```", re.DOTALL)


def _text(page: Path) -> str:
    return _FENCED.sub("", page.read_text("utf-8"))


def _found(pattern: re.Pattern[str]) -> list[tuple[Path, str]]:
    return [(page, match) for page in PAGES for match in pattern.findall(_text(page))]


def _id(value: object) -> str:
    return value.relative_to(ROOT).as_posix() if isinstance(value, Path) else str(value)


@pytest.mark.parametrize(("page", "said"), _found(_COMMAND), ids=_id)
def test_a_command_in_the_text_is_one(page: Path, said: str) -> None:
    command: Any = typer.main.get_command(app)
    words = shlex.split(said)[1:]
    while words and hasattr(command, "commands") and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    assert words == [] or not hasattr(command, "commands") or words[0].startswith("-"), f"no command {words}"
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert {word.partition("=")[0] for word in words if word.startswith("-") and word != "-"} <= known


@pytest.mark.parametrize(("page", "target"), _found(_LINK), ids=_id)
def test_a_link_leads_somewhere(page: Path, target: str) -> None:
    name, _, heading = target.partition("#")
    file = (page.parent / name).resolve() if name else page
    assert file.exists()
    if heading:
        assert heading in {_anchor(one) for one in _HEADING.findall(_text(file))}


def _anchor(heading: str) -> str:
    """The id that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
