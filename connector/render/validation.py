"""What ``validate`` found: a report for people, a document for machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connector.render.documents import with_error
from connector.runtime.validation import Validation


def validation_document(found: Validation) -> dict[str, Any]:
    """``{config, online, errors, warnings, mappings: [{org, mapping, errors, warnings}]}``, and ``error``."""
    document = {
        "config": found.file,
        "online": found.asked,
        "errors": list(found.errors),
        "warnings": list(found.warnings),
        "mappings": [
            {"org": one.org, "mapping": one.mapping, "errors": list(one.errors), "warnings": list(one.warnings)}
            for one in found.verdicts
        ],
    }
    return with_error(document, found.error)


def validation_lines(found: Validation, *, online: bool) -> Iterator[str]:
    """Each mapping with its errors and warnings, and the sum of it; every line whole, so that it can be copied."""
    said: set[str] = set()
    yield from _section(found.file, found.errors, found.warnings, said)
    for one in found.verdicts:
        failure = one.failure if one.failure and one.failure.message not in said else None
        yield from _section(f"{one.org}  {one.mapping}", one.errors, one.warnings, said)
        if failure and failure.hint:
            yield f"    → {failure.hint}\n"
    yield f"{_count(len(found.all_errors), len(found.all_warnings))}; {_asked(found, online=online)}\n"


def _section(title: str, errors: tuple[str, ...], warnings: tuple[str, ...], said: set[str]) -> Iterator[str]:
    """One title with its count, and the lines that no section before has said."""
    yield f"{title}  {_count(len(errors), len(warnings))}\n"
    for word, lines in (("error", errors), ("warning", warnings)):
        yield from (f"  {word}: {_below(line)}\n" for line in dict.fromkeys(lines) if line not in said)
    said.update(errors, warnings)


def _below(line: str) -> str:
    """What belongs to a line (an expression with a caret) stands under it."""
    return line.replace("\n", "\n  ")


def _count(errors: int, warnings: int) -> str:
    parts = [f"{count} {word}{'s' if count > 1 else ''}" for count, word in ((errors, "error"), (warnings, "warning"))
             if count]  # fmt: skip
    return ", ".join(parts) or "ok"


def _asked(found: Validation, *, online: bool) -> str:
    if found.asked:
        return "each CRM was asked, Lusha was not"
    return (
        "no CRM was asked, because the files must be mended first"
        if online
        else "only the files were read, --online also asks each CRM"
    )
