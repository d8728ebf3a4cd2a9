"""Where a value stands: its place in the document, and its position in a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

Place = tuple[str | int, ...]
"""Where a value stands in its document: ``("fields", "Title", "from")``."""

_LONGEST_KEY = 120
_BARE_KEY = re.compile(r"[A-Za-z_][\w-]*")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a value was written. ``line`` and ``column`` count from 1; of an entry of a map they are its key's.

    ``place``: where it stands in that file, which is not where it takes effect when one file lies over another.
    """

    file: str
    line: int = 1
    column: int = 1
    place: Place = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def nearest_position(positions: Mapping[Place, Position], place: Place) -> Position | None:
    """The position of a place, or of the nearest known one around it; its ``place`` leads on to the one asked for."""
    for end in range(len(place), -1, -1):
        if (known := positions.get(place[:end])) is not None:
            return Position(known.file, known.line, known.column, (*known.place, *place[end:]))
    return None


def spell(place: Place) -> str:
    """A place as people write it: ``orgs.acme.mappings[0]``, ``fields["Account.Website"].from``."""
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step}]"
        elif len(step) > _LONGEST_KEY:
            text += f'["{step[:_LONGEST_KEY]}…"]'
        elif _BARE_KEY.fullmatch(step):
            text += f".{step}"
        else:
            text += f'["{step}"]'
    return text.removeprefix(".")
