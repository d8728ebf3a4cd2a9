"""``lusha-sync forget``: people erased from the state file, and never asked for again."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from connector.cli.options import DEFAULT_CONFIG, ConfigFile, Json, Verbose
from connector.cli.session import interruptible, running
from connector.cli.words import Words
from connector.errors import ConfigError, Interrupted

if TYPE_CHECKING:
    from connector.engine.forget import Forgotten

_YES = "add --yes to erase without asking"


def forget(
    email: Annotated[
        list[str] | None, typer.Option("--email", metavar="E", help="An address; - reads one a line. Repeatable.")
    ] = None,
    lusha_id: Annotated[
        list[str] | None, typer.Option("--lusha-id", metavar="ID", help="Lusha's id of a person. Repeatable.")
    ] = None,
    record: Annotated[
        list[str] | None, typer.Option("--record", metavar="ID", help="The id of a CRM record. Repeatable.")
    ] = None,
    org: Annotated[str | None, typer.Option("--org", metavar="ORG", help="Where the records are.")] = None,
    object: Annotated[str | None, typer.Option("--object", metavar="NAME", help="What the records are.")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Erase without asking.")] = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Erase people from the state file and never ask Lusha for them again. Cannot be undone; asks no vendor."""
    from connector.render import text
    from connector.runtime.forgetting import Named

    words = Words()
    with running(as_json, verbose, empty={}) as session:
        emails, ids, records = (tuple(words.each(typed or ())) for typed in (email, lusha_id, record))
        with session.connector(config, quiet=True) as connector:
            confirm = _confirmation(yes, words)
            done = connector.forget(Named(emails, ids, records, org, object), confirm=confirm)
            session.end({"forgotten": asdict(done)}, text.forgotten(done))


def _confirmation(yes: bool, words: Words) -> Callable[[Forgotten], None]:
    def confirm(would: Forgotten) -> None:
        if yes:
            return
        from connector.render.text import would_forget

        what = would_forget(would)
        if words.from_stdin:
            raise ConfigError(f"{what} Stdin carried who is meant, so nobody can agree there", hint=_YES)
        if not sys.stdin.isatty():
            raise ConfigError(f"{what} Nobody is there to agree", hint=_YES)
        if not _agreed(f"{what} Go on?"):
            raise ConfigError("nobody was forgotten")

    return confirm


def _agreed(question: str) -> bool:
    try:
        with interruptible():
            return typer.confirm(question, err=True)
    except (typer.Abort, KeyboardInterrupt):
        raise Interrupted("interrupted before anything was erased") from None
