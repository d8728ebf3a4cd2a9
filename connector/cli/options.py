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
FieldNames = Annotated[list[str] | None, typer.Option("--field", metavar="NAME", help="Only this field; repeatable.")]
Run = Annotated[int, typer.Argument(help="The run's number, as 'runs' lists it.")]
RetryParked = Annotated[
    bool, typer.Option("--retry-parked", help="Also try records and fields that the CRM refused before.")
]
Whole = Annotated[
    bool, typer.Option("--whole", help="Read all that the filter finds, not only what changed since the last run.")
]
Timings = Annotated[bool, typer.Option("--timings", help="Say where the time went, and what the run was bound by.")]


def _share(option: str, what: str) -> typer.models.OptionInfo:
    help = f"Lift the guard on {what} to this share, for this run."
    info: typer.models.OptionInfo = typer.Option(option, min=0, max=1, metavar="X", help=help)
    return info


MaxReplaced = Annotated[float | None, _share("--max-replaced-share", "replaced values")]
MaxSame = Annotated[float | None, _share("--max-same-share", "one value in many records")]
MaxRejected = Annotated[float | None, _share("--max-rejected-share", "records refused by the CRM")]
Values = Annotated[bool, typer.Option("--values", help="With --json: the values too, which are personal data.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Csv = Annotated[
    bool, typer.Option("--csv", help="Print a CSV with one line a change, values included: they are personal data.")
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Log each call (never its content) to stderr.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress, no warnings.")]
DEFAULT_CONFIG = Path("config.yaml")
