"""What the numbers in narrow rows mean. All of it is for ever: files hold them, and migrations are made of them."""

from __future__ import annotations

from typing import Literal

PLACES = 1_000
"""A change's id is the number of its touch times so many, and its place in it from 1 on."""
OF_TOUCH = f"{{0}} >= touches.id * {PLACES} AND {{0}} < touches.id * {PLACES} + {PLACES}"
"""That a change is of a touch, as a range of ids."""
State = Literal["planned", "intended", "written", "rejected", "conflict", "unresolved", "dropped", "undone"]
STATES: tuple[State, ...] = (
    "planned", "intended", "written", "rejected", "conflict", "unresolved", "dropped", "undone",
)  # fmt: skip
"""Of a change; kept as their place here, from 2 on: all take one byte, so that a row keeps its size as it moves on."""
BLANK = ""
"""How a change keeps the value of a blank field (JSON: ``null``); NULL: the value is not kept any more."""
FROM_TEXT = "CAST(strftime('%s', {}) AS INTEGER)"
TO_TEXT = "strftime('%Y-%m-%dT%H:%M:%SZ', {}, 'unixepoch')"
"""Moments: seconds since 1970 (UTC), and the text that ``db.stamp`` makes of them."""


def code(state: State) -> int:
    """What ``changes.state`` holds for a state."""
    return STATES.index(state) + 2


def named(code: int) -> State:
    """The state that ``code`` tells."""
    return STATES[code - 2]
