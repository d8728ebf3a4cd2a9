"""What ``doctor`` found: lines for people as they come, a document for machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from connector.doctor import Finding, worst
from connector.render.documents import with_error

_STYLES = {"pass": "green", "warn": "yellow", "fail": "bold red"}
_CHECK = 16


def doctor_document(findings: Sequence[Finding]) -> dict[str, Any]:
    """``{findings: [{org, check, level, what, mend, paste}], passed, warned, failed}``, and ``error``."""
    document = {
        "findings": [
            {
                "org": one.org,
                "check": one.check,
                "level": one.level,
                "what": one.what,
                "mend": one.mend or None,
                "paste": one.paste or None,
            }
            for one in findings
        ],
        **_counts(findings),
    }
    return with_error(document, worst(findings))


def doctor_lines(findings: Iterable[Finding]) -> Iterable[RenderableType]:
    """Each finding as it comes, under the name of its org."""
    before: Finding | None = None
    for one in findings:
        if before is None or one.org != before.org:
            yield Text(f"{chr(10) if before else ''}{one.org or 'shared by all orgs'}", style="bold")
        yield _line(one)
        if one.paste:
            yield _paste(one.paste)
        before = one


def doctor_sum(findings: Sequence[Finding]) -> Text:
    """The sum of a report, and the next step."""
    counts = _counts(findings)
    words = ", ".join(f"{counts[name]} {name}" for name in counts)
    ready = "" if worst(findings) else "; ready: lusha-sync plan says what a run would do"
    return Text(f"\n{words}{ready}", style="bold")


def _line(finding: Finding) -> RenderableType:
    """``level  check  what``, the mend below ``what``; long sentences wrap there and nowhere else."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=4, no_wrap=True)
    table.add_column(width=_CHECK, overflow="fold")
    table.add_column(overflow="fold", ratio=1)
    said = Text(finding.what)
    if finding.mend:
        said.append(f"\n→ {finding.mend}", style=_STYLES["warn"])
    table.add_row(Text(finding.level, style=_STYLES[finding.level]), Text(finding.check), said)
    return Padding(table, (0, 0, 0, 2), expand=False)


def _paste(lines: str) -> Text:
    """YAML as it goes into a file: nothing beside it, and no line broken."""
    return Text(lines, style="cyan", no_wrap=True, overflow="ignore")


def _counts(findings: Sequence[Finding]) -> dict[str, int]:
    return {
        name: sum(one.level == level for one in findings)
        for name, level in (("passed", "pass"), ("warned", "warn"), ("failed", "fail"))
    }
