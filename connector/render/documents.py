"""What ``--json`` prints: one document each, the same facts that people's tables show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connector.errors import ConnectorError
from connector.render.outcomes import blanked


def failure(error: ConnectorError) -> dict[str, Any]:
    """The ``error`` member of a failed document."""
    return {"exit": error.exit_code, "message": error.message, "hint": error.hint}


def with_error(document: dict[str, Any], error: ConnectorError | None) -> dict[str, Any]:
    """The document, with what went wrong if something did; every failed command's document has ``runs``."""
    return document if error is None else {"runs": [], **document, "error": failure(error)}


def run_detail(row: Any, groups: Sequence[Any], suggested: Mapping[str, int]) -> dict[str, Any]:
    """One run with its changes grouped by field, state and cause; no values, so nobody is named."""
    changes = [
        {"field": group.field, "state": group.state, "why": blanked(group.why), "changes": group.changes}
        for group in groups
    ]
    report: Mapping[str, Any] = row.report
    return {
        **report,
        "run": row.id,
        "kind": row.kind,
        "about": row.about,
        "org": row.org,
        "mapping": row.mapping,
        "status": row.status,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "error": row.error,
        "notes": report.get("notes", {}),
        "changes": changes,
        "suggestions": sum(suggested.values()),
        "suggested": dict(suggested),
    }
