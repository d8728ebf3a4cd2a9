"""One thing that is wrong, with its place; every check yields these, and the loader raises them all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from connector.config.places import Place, Position, spell
from connector.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Problem:
    """``file:line:column: place: sentence``. ``path`` is the place where the value takes effect."""

    at: Position
    sentence: str
    path: Place = field(default=(), compare=False)

    def __str__(self) -> str:
        return _one_line(": ".join(part for part in (str(self.at), spell(self.at.place), self.sentence) if part))


def in_order(problems: Iterable[Problem]) -> list[str]:
    """Each problem once as its line of text, in the order of files and lines."""
    by_file: dict[str, list[Problem]] = {}
    for problem in dict.fromkeys(problems):
        by_file.setdefault(problem.at.file, []).append(problem)
    return [str(problem) for file in by_file.values() for problem in sorted(file, key=_position)]


def by_line(file: str, problems: Iterable[str]) -> list[str]:
    """Lines of text about one file, in the order of its positions; what names none of them comes last."""

    def position(problem: str) -> tuple[float, float]:
        line, column, *_ = [*problem.removeprefix(f"{file}:").split(":", 2), "", ""]
        return _number(line), _number(column)

    return sorted(problems, key=position)


def _number(text: str) -> float:
    return int(text) if text.isdecimal() else float("inf")


def refuse(name: str, problems: Iterable[Problem]) -> None:
    """Raise ConfigError with every problem in the order of files and lines; do nothing when there is none."""
    if lines := in_order(problems):
        count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
        raise ConfigError(f"{name}: {count}", problems=lines)


def _one_line(text: str) -> str:
    """The text with line breaks and control characters escaped: a problem is one line, whatever a file holds."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _position(problem: Problem) -> tuple[int, int, str, str]:
    return problem.at.line, problem.at.column, spell(problem.at.place), problem.sentence
