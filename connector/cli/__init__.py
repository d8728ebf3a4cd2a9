"""The command line: the only place that prints, reads argv and exits. Each command is a few lines over ``runtime``.

Heavy rooms are imported inside the commands that need them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer

from connector import __version__
from connector.cli import (
    configuring,
    examining,
    forgetting,
    local,
    looking,
    lusha,
    reviewing,
    runs,
    setting_up,
    validating,
)
from connector.errors import ConfigError, ConnectorError

COMMANDS = {
    command.__name__: command
    for command in (
        setting_up.init,
        validating.validate,
        examining.doctor,
        runs.plan,
        runs.apply,
        runs.sync,
        runs.undo,
        looking.status,
        looking.runs,
        looking.show,
        looking.history,
        looking.credits,
        forgetting.forget,
        local.demo,
        local.sandbox,
    )
}
GROUPS = {"config": configuring.app, "review": reviewing.app, "lusha": lusha.app}


def root(version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False) -> None:
    if version:
        print(f"lusha-sync {__version__}")
        raise typer.Exit


def app_of(words: Sequence[str]) -> typer.Typer:
    """The application for a command line: with the command that it begins with, or with all where it names none.

    Typer studies every parameter of every command that it is given, which for all takes longer than many a command.
    """
    made = typer.Typer(
        name="lusha-sync",
        help="Enrich Salesforce and HubSpot records from Lusha: inside budgets, only the fields that changed.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    made.callback(invoke_without_command=True)(root)
    named = words[0] if words and words[0] in (*COMMANDS, *GROUPS) else None
    for name, command in COMMANDS.items():
        if named in (None, name):
            made.command()(command)
    for name, group in GROUPS.items():
        if named in (None, name):
            made.add_typer(group)
    return made


app = app_of(())


def main() -> NoReturn:
    """Entry point: usage errors leave with 2, anything unforeseen with 1 and a request to report it."""
    try:
        code = app_of(sys.argv[1:])(prog_name="lusha-sync", standalone_mode=False) or 0
    except _ClickException as wrong:
        code = _report_usage(wrong)
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except Exception as bug:  # noqa: BLE001  the one place: a bug must not look like a user's mistake
        code = _report_bug(bug)
    sys.exit(code)


# Typer carries a Click of its own from 0.20 on and uses the installed one before: its public BadParameter leads to
# the base class in either.
_ClickException: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def _report_usage(wrong: Any) -> int:
    wrong.show()
    if "--json" in sys.argv:
        from connector.render.documents import with_error

        error = ConfigError(wrong.format_message(), hint="lusha-sync --help names the commands and options")
        print(json.dumps(with_error({"runs": []}, error), indent=2))
    return 2


def _report_bug(bug: Exception) -> int:
    import traceback

    from connector.redact import redact
    from connector.render.documents import with_error

    if "--json" in sys.argv:
        error = ConnectorError(
            f"a bug of lusha-sync: {type(bug).__name__}", hint="please report it with what stderr says"
        )
        print(json.dumps(with_error({"runs": []}, error), indent=2))
    print(redact("".join(traceback.format_exception(bug))), file=sys.stderr)
    print("This is a bug of lusha-sync, not of yours. Nothing is lost: the next run goes on.", file=sys.stderr)
    return 1
