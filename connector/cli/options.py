"""Options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Orgs = Annotated[list[str] | None, typer.Argument(metavar="ORG...", help="Orgs of the config; all when none is named.")]
ConfigFile = Annotated[Path, typer.Option("--config", metavar="FILE", help="The config file.")]
MappingName = Annotated[
    str | None, typer.Option("--mapping", metavar="NAME", help="Only this mapping: its path, file name or name.")
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many due records a run.")]
RecordIds = Annotated[list[str] | None, typer.Option("--record", metavar="ID", help="Only this record; repeatable.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Log each call (never its content) to stderr.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress.")]
DEFAULT_CONFIG = Path("config.yaml")
