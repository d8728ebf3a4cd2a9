"""The fenced blocks of the documentation, each with what is to be done with it.

A block has a language, and may have one mark: an HTML comment in the line before it, which readers do not see.

    <!-- not run: WHY -->               nobody can do this in a test, for this reason
    <!-- exit N -->                     sh: the last command ends with this code; all others with 0
    <!-- laid over FILE -->             yaml: a part of this file of the repository
    <!-- laid over FILE at PLACE -->    yaml: a part of what stands there, such as ``orgs.acme``
    <!-- …, offline -->                 yaml: the sandbox's CRM lacks fields of it, so that only the file is judged
    <!-- profile of a person -->        yaml: a profile, which tables read (``test_examples``); or of a company
    <!-- wrong -->                      yaml: is refused, with the lines of the ``text`` block that follows
    <!-- included -->                  yaml: is saved, and judged with the file that includes it
    <!-- person accounts -->            yaml: a mapping for an org that has them

``follow`` says what is done with each language.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LANGUAGES = frozenset({"sh", "text", "yaml", "json", "python", "js"})

_FENCE = re.compile(r"^(\s*)```(.*)$")
_MARK = re.compile(r"^\s*<!-- (.*) -->$")
_MARKS = (
    re.compile(r"not run: (?P<not_run>\S.{9,})"),
    re.compile(r"exit (?P<exit>\d+)"),
    re.compile(r"laid over (?P<over>[^\s,]+)(?: at (?P<at>[^\s,]+))?(?:, (?P<offline>offline))?"),
    re.compile(r"(?P<offline>offline)"),
    re.compile(r"profile of a (?P<profile>person|company)"),
    re.compile(r"(?P<wrong>wrong)"),
    re.compile(r"(?P<included>included)"),
    re.compile(r"(?P<persons>person accounts)"),
)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block. ``line``: of its fence, from 1. ``not_run``: why it is left out; ``over``, ``at``: the file and
    the place that it is a part of."""

    page: str
    line: int
    language: str
    text: str
    not_run: str | None = None
    exit: int = 0
    over: str | None = None
    at: str | None = None
    wrong: bool = False
    included: bool = False
    persons: bool = False
    offline: bool = False
    profile: str | None = None

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """Every block of a page, in order."""
    return list(read_blocks(page.read_text("utf-8"), page.relative_to(ROOT).as_posix()))


def read_blocks(text: str, page: str) -> Iterator[Block]:
    """The blocks of a text. ValueError: a fence that never ends, an unknown language, a mark that is none."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        fence = _FENCE.match(lines[number])
        if fence is None:
            number += 1
            continue
        end = _end(lines, number, page)
        content = textwrap.dedent("\n".join(lines[number + 1 : end])) + "\n"
        yield _block(page, number + 1, fence[2], content, lines[number - 1] if number else "")
        number = end + 1


def _end(lines: list[str], start: int, page: str) -> int:
    ends = (number for number in range(start + 1, len(lines)) if lines[number].strip() == "```")
    if (end := next(ends, None)) is None:
        raise ValueError(f"{page}:{start + 1}: a block that never ends")
    return end


def _block(page: str, line: int, language: str, text: str, before: str) -> Block:
    if language not in LANGUAGES:
        raise ValueError(f"{page}:{line}: no language '{language}': one of {', '.join(sorted(LANGUAGES))}")
    mark = _MARK.match(before)
    if mark is None:
        return Block(page, line, language, text)
    found = next((known for pattern in _MARKS if (known := pattern.fullmatch(mark[1]))), None)
    if found is None:
        raise ValueError(f"{page}:{line}: no mark '{mark[1]}'")
    said = {name: value for name, value in found.groupdict().items() if value is not None}
    return Block(
        page,
        line,
        language,
        text,
        not_run=said.get("not_run"),
        exit=int(said.get("exit", 0)),
        over=said.get("over"),
        at=said.get("at"),
        wrong="wrong" in said,
        included="included" in said,
        persons="persons" in said,
        offline="offline" in said,
        profile=said.get("profile"),
    )
