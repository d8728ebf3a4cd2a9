"""Everything against local servers: no account, no network."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from connector.cli.options import Json, Quiet
from connector.cli.session import running, watcher_on


def demo(
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Where config, mappings and state go; a new folder by default.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Enrich a sandbox Salesforce org and HubSpot portal, twice; needs no account and no network."""
    from connector import demo as demonstration

    with running(as_json, False, empty={"passes": []}) as session:
        document, view, code = demonstration.run(
            directory, session.outside, watcher_on(session.console, quiet or as_json), program=sys.argv[0]
        )
        session.end(document, view, exit_code=code)


def sandbox(
    write_config: Annotated[
        Path | None, typer.Option("--write-config", metavar="DIR", help="Write a ready config and mappings there.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Which demo world.")] = 1,
    lusha_port: Annotated[int, typer.Option(min=0, max=65535, help="0 = a free one.")] = 0,
    salesforce_port: Annotated[int, typer.Option(min=0, max=65535, help="0 = a free one.")] = 0,
    hubspot_port: Annotated[int, typer.Option(min=0, max=65535, help="0 = a free one.")] = 0,
    as_json: Json = False,
) -> None:
    """Run local Lusha, Salesforce and HubSpot servers with a shared demo world, until interrupted."""
    from connector.config import shipped_mappings
    from connector.sandbox import Sandbox

    with running(as_json, False, empty={}) as session:
        ports = (lusha_port, salesforce_port, hubspot_port)
        with Sandbox(seed=seed, ports=ports) as box:
            where = box.write_config(write_config, shipped_mappings()) if write_config else None
            addresses = {"lusha": box.lusha_url, "salesforce": box.salesforce_url, "hubspot": box.hubspot_url}
            document = {**addresses, "config": str(where) if where else None}
            lines = [f"{name:<11}{value}" for name, value in document.items() if value]
            session.show(document, "\n".join([*lines, "running until Ctrl-C; the world is a fresh one at each start"]))
            sys.stdout.flush()
            while not session.outside.interrupted():
                time.sleep(0.1)
