"""Where the time of runs went, as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.render.text import short_name

Report = Mapping[str, Any]


def timings_of(reports: Sequence[Report]) -> RenderableType:
    """A table and a sentence for each run that tells its timings."""
    return Group(*(part for report in reports if "timings" in report for part in _of_run(report)))


def _of_run(report: Report) -> Iterable[RenderableType]:
    told = report["timings"]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("stage")
    for title in ("own work", "waited for it", "calls", "held by a rate", "until answered"):
        table.add_column(title, justify="right", no_wrap=True)
    for name, stage in told["stages"].items():
        held = sum(stage["held"].values())
        table.add_row(
            name,
            _seconds(stage["busy"]),
            _seconds(stage["waited"]),
            f"{stage['calls']:,}" if stage["calls"] else "",
            _seconds(held),
            _seconds(stage["network"]),
        )
    what = f"{report['org']} {short_name(report['mapping'])}"
    yield Text.assemble((what, "bold"), f"  {told['seconds']:.1f} s, {told['cpu']:.1f} s of CPU")
    yield table
    yield Text(f"bound by {told['bound_by']}")
    yield Text("calls go side by side: the last two columns are theirs together", style="dim")


def _seconds(value: float) -> str:
    return f"{value:,.1f} s" if value >= 0.05 else ""
