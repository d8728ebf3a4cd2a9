"""The review list as people read it, and as ``--json`` prints it: values only where they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.render.text import grouped, sync_summary
from connector.store.suggestions import Listed

EMPTY = "Nothing waits for your word."


def document(found: Sequence[Listed], *, values: bool) -> dict[str, Any]:
    """``{"review": [{"id", "kind", "run", "org", "object", "record", "field", "attribute", "lusha_id", "at"}]}``;
    ``values`` adds ``current``, ``proposed`` and ``reason``."""
    return {"review": [_entry(one, values) for one in found]}


def _entry(one: Listed, values: bool) -> dict[str, Any]:
    entry = {
        "id": one.id,
        "kind": one.kind,
        "run": one.run,
        "org": one.org,
        "object": one.object,
        "record": one.record,
        "field": one.field or None,
        "attribute": one.attribute,
        "lusha_id": one.lusha_id,
        "at": one.at,
    }
    told = {"current": one.current, "proposed": one.proposed, "reason": one.reason}  # a reason may name an employer
    return {**entry, **told} if values else entry


def table(found: Sequence[Listed], size: int) -> RenderableType:
    """One line for each entry found, of ``size`` in all: what stands there, what is proposed, and why."""
    if not found:
        return Text(EMPTY)
    lines = Table(box=None, header_style="bold", pad_edge=False)
    lines.add_column("id", justify="right", no_wrap=True)
    for title in ("org", "record", "field", "now", "proposed", "why"):
        lines.add_column(title, overflow="fold")
    for one in found:
        match = one.kind == "match"
        lines.add_row(
            str(one.id),
            Text(one.org),
            Text(f"{one.object} {one.record}"),
            Text("(is it this one?)" if match else one.field),
            Text("" if match else _shown(one.current)),
            Text(f"Lusha id {one.lusha_id}" if match else _shown(one.proposed)),
            Text(one.reason),
        )
    rest = size - len(found)
    more = [Text(f"… and {rest:,} more: --json lists all, --org, --field and --record narrow")] if rest > 0 else []
    end = "Next: lusha-sync review accept ID… or reject ID… (or --all)"
    return Group(lines, *more, Text(end, style="dim"))


def accepted(reports: Sequence[Mapping[str, Any]], notes: Mapping[str, int], matches: int) -> RenderableType:
    """What became of accepted entries."""
    parts: list[RenderableType] = [sync_summary(reports, notes)] if reports else list(grouped(notes))
    if matches:
        words = "match" if matches == 1 else "matches"
        parts.append(Text(f"{matches:,} {words} accepted: the next sync uses them."))
    return Group(*parts)


def _shown(value: object) -> str:
    return "(blank)" if value is None or value == "" else str(value)
