"""Nothing that can be typed is missing from the pages that people read."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from connector.cli import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = README + "".join(page.read_text("utf-8") for page in sorted((ROOT / "docs").glob("*.md")))
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
OPTIONS = sorted(
    {
        (name, option)
        for name, command in COMMANDS.items()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and option not in ("--help", "--verbose", "--quiet")
    }
)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"`{name}" in README or f"lusha-sync {name}" in README


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_every_option_is_written_down(name: str, option: str) -> None:
    assert option in PAGES, f"{name} {option}"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_says_what_it_does(name: str) -> None:
    assert COMMANDS[name].help
    assert all(getattr(parameter, "help", "x") for parameter in COMMANDS[name].params)
