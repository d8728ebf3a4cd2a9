"""The demonstration: a sandbox, the shipped mappings, two passes; the second writes nothing and spends nothing."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from connector.config import load_config, shipped_mappings
from connector.errors import ConfigError
from connector.render import text
from connector.render.documents import with_error
from connector.render.progress import Watcher
from connector.runtime import Connector, Outside, SyncReport
from connector.sandbox import Sandbox

Fill = dict[tuple[str, str], dict[str, float]]


def run(
    directory: Path | None, outside: Outside, watcher: Watcher, *, program: str
) -> tuple[dict[str, Any], RenderableType, int]:
    """Run the demonstration; returns the ``--json`` document, what people see, and the exit code.

    ``program`` is how the command was called.

    The document: ``{passes: [{runs}, {runs}], fill: [{org, mapping, fields: {name: {before, after}}}], state}``.
    """
    folder = directory or Path(tempfile.mkdtemp(prefix="lusha-demo-"))
    if (folder / "state.db").exists():
        raise ConfigError(f"{folder} holds a state file already, and the demo begins with a fresh world",
                          hint="name another folder")  # fmt: skip
    with Sandbox() as box, watcher:
        config = load_config(box.write_config(folder, shipped_mappings()), env=os.environ)
        with Connector(config, outside=replace(outside, progress=watcher)) as connector:
            before = _fill(connector)
            first = connector.sync()
            after = _fill(connector)
            second = connector.sync()
    fill = [
        {
            "org": org,
            "mapping": name,
            "fields": {f: {"before": was, "after": after[org, name][f]} for f, was in rates.items()},
        }
        for (org, name), rates in before.items()
    ]
    passes = [{"runs": report.documents} for report in (first, second)]
    document = {"passes": passes, "fill": fill, "state": str(config.state.path)}
    failed = next((report for report in (first, second) if report.exit_code not in (0, 3)), None)
    view = _view(first, second, fill, config.state.path, program)
    return with_error(document, failed.error if failed else None), view, failed.exit_code if failed else 0


def _fill(connector: Connector) -> Fill:
    pairs = [(org.name, mapping.name) for org in connector.config.orgs.values() for mapping in org.mappings]
    return {(org, mapping): connector.fill_rates(org, mapping) for org, mapping in pairs}


def _view(
    first: SyncReport, second: SyncReport, fill: Sequence[dict[str, Any]], state: Path, program: str
) -> RenderableType:
    look = shlex.join([program, "runs", "--config", str(state.parent / "config.yaml")])
    written = sum(ended.report["written"] for ended in second.ended)
    charged = sum(ended.report["credits"]["charged"] for ended in second.ended)
    return Group(
        Text("\nFirst pass", style="bold underline"),
        text.sync_summary([ended.report for ended in first.ended], first.notes),
        Text("\nFill rate of each mapped field", style="bold underline"),
        text.fill_table(fill),
        Text("Second pass, right after", style="bold underline"),
        text.sync_summary([ended.report for ended in second.ended], {}),
        Text(f"\nThe second pass wrote {written} records and spent {charged} credits."),
        Text(f"State file: {state}"),
        Text(f"Look into it: {look}", style="dim"),
    )
