"""Lusha's ids where V2 takes numbers: signals and lookalikes. Pure."""

from __future__ import annotations

from connector.lusha.refusing import refused


def as_number(id: str, place: int) -> int:
    """The id as a whole number; RequestRefused with code "400" for one that is none."""
    if not (id.isascii() and id.isdigit()):
        raise refused(place, "has an id that is not a number")
    return int(id)
