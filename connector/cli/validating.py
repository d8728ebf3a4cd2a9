"""The configuration, judged before anything runs."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from connector.cli.options import DEFAULT_CONFIG, ConfigFile, Json, MappingName, Orgs, Verbose
from connector.cli.session import existing, running


def validate(
    orgs: Orgs = None,
    config: ConfigFile = DEFAULT_CONFIG,
    mapping: MappingName = None,
    online: Annotated[
        bool, typer.Option("--online", help="Also compare each mapping with the CRM's schema. Costs no credit.")
    ] = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Check the config and its mappings: every mistake with its line. Asks nobody anything without --online."""
    from connector.render.validation import validation_document, validation_lines
    from connector.runtime.validation import validate as judge

    with running(as_json, verbose, empty={"mappings": []}) as session:
        found = judge(
            existing(config), os.environ, orgs=orgs or (), mapping=mapping, online=online, outside=session.outside
        )
        code = found.error.exit_code if found.error else 0
        if as_json:
            session.end(validation_document(found), "", exit_code=code)
        else:
            session.stream(validation_lines(found, online=online))
            session.code = code
