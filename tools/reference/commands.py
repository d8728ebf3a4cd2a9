"""Every command of ``lusha-sync`` as a page, from the words of its ``--help``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from connector.cli import app
from tools.reference.markdown import page, table

_INTRO = """\
What `--help` says of each. Options stand after the command. What `--json` prints: [json.md](../json.md);
exit codes: [README](../../README.md#commands)."""


def commands_page() -> str:
    root: Any = typer.main.get_command(app)
    return page("Commands", _INTRO, *_sections(root, "lusha-sync"))


def _sections(group: Any, path: str) -> Iterator[str]:
    for name, command in group.commands.items():
        whole = f"{path} {name}"
        shown = [one for one in command.params if one.name != "help"]
        parts = [f"## `{whole}{_arguments(command)}`", (command.help or "").strip()]
        rows = [_row(one) for one in shown]
        yield "\n\n".join([*parts, *([table(["", "meaning", "default"], rows)] if rows else [])])
        if hasattr(command, "commands"):
            yield from _sections(command, whole)


def _arguments(command: Any) -> str:
    names = [_metavar(one) for one in command.params if one.param_type_name == "argument"]
    return "".join(f" {name}" for name in names)


def _row(parameter: Any) -> list[str]:
    takes = "" if parameter.param_type_name == "argument" or parameter.is_flag else f" {_metavar(parameter)}"
    names = parameter.opts if parameter.param_type_name == "option" else [_metavar(parameter)]
    return [", ".join(f"`{name}{takes}`" for name in names), parameter.help or "", _default(parameter)]


def _metavar(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _default(parameter: Any) -> str:
    value = parameter.default
    if parameter.required:
        return "required"
    known = value is not None and value is not False and value != () and not callable(value)
    return f"`{value}`" if known else ""
