"""What ``doctor`` found: lines for people as they come, a document for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from connector.doctor import Finding, worst
from connector.render.documents import with_error

_STYLES = {"pass": "green", "warn": "yellow", "fail": "bold red"}
_CHECK = 16
_NARROWEST = 30
"""Columns that a sentence has even where there is no room for them."""


def doctor_document(findings: Sequence[Finding]) -> dict[str, Any]:
    """``{findings: [{org, check, level, what, mend, paste}], passed, warned, failed, skipped}``, and ``error``."""
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
        "passed": _count(findings, "pass"),
        "warned": _count(findings, "warn"),
        "failed": _count(findings, "fail"),
        "skipped": sum(one.skipped for one in findings),
    }
    return with_error(document, worst(findings))


def doctor_lines(findings: Iterable[Finding]) -> Iterator[RenderableType]:
    """Each finding as it comes, under the name of its org; checks skipped for one reason share a line, and what is to
    be done is not said twice running."""
    before: Finding | None = None
    for one in _together(findings):
        if before is None or one.org != before.org:
            yield Text(f"{chr(10) if before else ''}{one.org or 'shared by all orgs'}", style="bold")
        again = before is not None and (one.org, one.check, one.mend) == (before.org, before.check, before.mend)
        yield _Line(replace(one, mend="") if again and not one.paste else one)
        before = one


def doctor_sum(findings: Sequence[Finding]) -> Text:
    """The sum of a report, and the next step."""
    skipped = sum(one.skipped for one in findings)
    words = [f"{_count(findings, 'pass')} passed", f"{_count(findings, 'warn') - skipped} warned"]
    words += [f"{_count(findings, 'fail')} failed", *([f"{skipped} skipped"] if skipped else [])]
    step = "mend what failed, then ask again" if worst(findings) else "ready: lusha-sync plan says what a run would do"
    return Text(f"\n{', '.join(words)}; {step}", style="bold")


def _count(findings: Sequence[Finding], level: str) -> int:
    return sum(one.level == level for one in findings)


def _together(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, those in a row that were skipped for one reason as one."""
    for skipped, group in groupby(findings, key=lambda one: (one.org, one.what) if one.skipped else None):
        if skipped is None:
            yield from group
        else:
            first, *rest = group
            names = ", ".join(one.check for one in (first, *rest))
            yield replace(first, check="skipped", what=f"{names}: {first.what.removeprefix('skipped: ')}")


@dataclass(frozen=True, slots=True)
class _Line:
    """``level  check  what``, with the mend below ``what``: long sentences are broken there, and no line is padded.
    A rule to paste stands as it goes into a file."""

    finding: Finding

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        one = self.finding
        head = Text.assemble("  ", (one.level, _STYLES[one.level]), f"  {one.check:<{_CHECK}}  ")
        width = max(options.max_width - head.cell_len, _NARROWEST)
        said = Text(one.what).wrap(console, width)
        if one.mend:
            said.extend(Text(f"→ {one.mend}", style=_STYLES["warn"]).wrap(console, width))
        for number, line in enumerate(said):
            line.rstrip()
            yield Text.assemble(" " * head.cell_len if number else head, line, no_wrap=True, overflow="ignore")
        if one.paste:
            yield Text(one.paste, style="cyan", no_wrap=True, overflow="ignore")
