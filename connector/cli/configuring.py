"""The configuration itself, looked at."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from connector.cli.options import DEFAULT_CONFIG, ConfigFile, Json, MappingName, Verbose
from connector.cli.session import existing, running

app = typer.Typer(
    name="config",
    help="What the config comes to, and where each value of it was written.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback()
def config() -> None:
    """Only a name for what stands below it."""


@app.command()
def show(
    org: Annotated[str, typer.Argument(metavar="ORG", help="An org of the config.")],
    config: ConfigFile = DEFAULT_CONFIG,
    mapping: MappingName = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """One org and its mappings, all that lies below them filled in, each value with its place; no secrets."""
    from connector.render.config import config_document, config_lines
    from connector.runtime.showing import shown

    with running(as_json, verbose, empty={"mappings": []}) as session:
        values, mappings = shown(existing(config), os.environ, org=org, mapping=mapping)
        if as_json:
            session.end(config_document(org, values, mappings), "")
        else:
            session.stream(config_lines(org, values, mappings))
