"""What pages mention in passing is there: commands and their options, files and headings that links lead to. And what
is there is shown: every command is run on some page, every page is in the index."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from connector.cli import app
from tests.docs.blocks import PAGES, ROOT, blocks

_COMMAND = re.compile(r"`(lusha-sync [^`]+)`")
_LINK = re.compile(r"\]\((?!https?:)([^)\s]*)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_FENCED = re.compile(r"```.*?```", re.DOTALL)


RUN_ELSEWHERE = {
    "demo": "tests/e2e/test_commands.py runs it: it takes its time",
    "sandbox": "tests/e2e/test_sandbox.py runs it: it ends by Ctrl-C alone",
}
"""Commands that no page can run, and why."""


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


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every way to call the tool: ``sync``, ``lusha person``, ``review`` and ``review accept``."""
    for name, command in group.commands.items():
        deeper = getattr(command, "commands", None)
        if not deeper or command.invoke_without_command:
            yield " ".join((*path, name))
        if deeper:
            yield from _commands(command, (*path, name))


RUN = "\n".join(one.text for page in PAGES for one in blocks(page) if one.language == "sh" and not one.not_run)


@pytest.mark.parametrize("command", sorted({*_commands(typer.main.get_command(app))} - RUN_ELSEWHERE.keys()))
def test_every_command_is_run_on_some_page(command: str) -> None:
    assert re.search(rf"(?m)^lusha-sync {command}( |$)", RUN)


def test_every_page_is_in_the_index() -> None:
    folder = ROOT / "docs"
    linked = {
        (folder / target.partition("#")[0]).resolve()
        for target in _LINK.findall((folder / "README.md").read_text("utf-8"))
    }
    assert {page for page in PAGES if page.is_relative_to(folder)} - linked == {folder / "README.md"}
