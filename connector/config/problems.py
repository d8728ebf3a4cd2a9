"""One thing that is wrong, with its place; every check yields these, and the loader raises them all at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from connector.config.settings import Place
from connector.errors import ConfigError

_BARE_KEY = re.compile(r"[A-Za-z_][\w-]*")


@dataclass(frozen=True, slots=True)
class Problem:
    """``file:line: place: sentence``. ``column`` is told for YAML that cannot be read at all; ``path`` is the place."""

    file: str
    line: int
    place: str
    sentence: str
    column: int | None = None
    path: Place = ()

    def __str__(self) -> str:
        at = f"{self.file}:{self.line}" + ("" if self.column is None else f":{self.column}")
        return _one_line(": ".join(part for part in (at, self.place, self.sentence) if part))


def spell(place: Place) -> str:
    """A place as people write it: ``orgs.acme.mappings[0]``, ``fields["Account.Website"].from``."""
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _BARE_KEY.fullmatch(step):
            text += f".{step}"
        else:
            text += f'["{step}"]'
    return text.removeprefix(".")


def in_order(problems: Iterable[Problem]) -> list[str]:
    """Each problem once as its line of text, in the order of files and lines."""
    by_file: dict[str, list[Problem]] = {}
    for problem in dict.fromkeys(problems):
        by_file.setdefault(problem.file, []).append(problem)
    return [str(problem) for file in by_file.values() for problem in sorted(file, key=_position)]


def by_line(file: str, problems: Iterable[str]) -> list[str]:
    """Lines of text about one file, in the order of its lines; what names none of them comes last."""

    def position(problem: str) -> float:
        number, _, _ = problem.removeprefix(f"{file}:").partition(":")
        return int(number) if number.isdigit() else float("inf")

    return sorted(problems, key=position)


def refuse(name: str, problems: Iterable[Problem]) -> None:
    """Raise ConfigError with every problem in the order of files and lines; do nothing when there is none."""
    if lines := in_order(problems):
        count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
        raise ConfigError(f"{name}: {count}", problems=lines)


def _one_line(text: str) -> str:
    """The text with line breaks and control characters escaped: a problem is one line, whatever a file holds."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _position(problem: Problem) -> tuple[int, int, str, str]:
    return problem.line, problem.column or 0, problem.place, problem.sentence
