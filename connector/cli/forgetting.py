"""``lusha-sync forget``: people erased from the state file, and never asked for again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from connector.cli.agreeing import agree
from connector.cli.options import DEFAULT_CONFIG, ConfigFile, Json, Verbose
from connector.cli.session import running
from connector.cli.words import Words

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
        if not yes:
            from connector.render.text import would_forget

            agree(would_forget(would), words, yes=_YES, no="nobody was forgotten")

    return confirm
