"""Documents taken apart and laid over each other, every value keeping the position where it was written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from connector.config.document import Document
from connector.config.places import Place

_Note = TypeVar("_Note")


def part(document: Document, place: Place) -> Document:
    """What stands at a place, as a document of its own; its value is None where there is nothing."""

    def within(known: Place) -> Place | None:
        return known[len(place) :] if known[: len(place)] == place else None

    return _moved(document, document.get(*place) if place else document.value, within)


def without(document: Document, *keys: str) -> Document:
    """The document less some of its outermost keys."""
    if not isinstance(document.value, dict):
        return document
    value = {key: below for key, below in document.value.items() if key not in keys}
    return _moved(document, value, lambda known: None if known[:1] and known[0] in keys else known)


def placed(document: Document, place: Place, inner: Document) -> Document:
    """The document with another one standing at a place, in place of what stood there."""
    outer = _moved(document, None, lambda known: None if known[: len(place)] == place else known)
    moved = _moved(inner, None, lambda known: (*place, *known))
    return _joined(document, document.holding(place, inner.value).value, outer, moved)


def laid(below: Document, above: Document, *, entire: Collection[Place] = ()) -> Document:
    """One document over another: maps are joined at every depth, and of anything else the upper one counts.

    A null takes away what is below it. ``entire``: patterns of places (``*`` for any one step) whose maps are not
    joined but replaced.
    """
    if below.value is None or above.value is None:
        return replace(below if above.value is None else above, whole=below.whole and above.whole)
    kept: set[Place] = set()
    value = _join(below.value, above.value, (), entire, kept)
    under = _moved(below, None, lambda known: known if _inside(known, kept) else None)
    over = _moved(above, None, lambda known: None if _inside(known, kept) else known)
    return _joined(above, value, under, over)


def _join(below: Any, above: Any, place: Place, entire: Collection[Place], kept: set[Place]) -> Any:
    """The joined value; notes in ``kept`` where all of it comes from below."""
    if not (isinstance(below, dict) and isinstance(above, dict)) or _fits(place, entire):
        return above
    joined: dict[str, Any] = {}
    for key, value in below.items():
        if key not in above:
            kept.add((*place, key))
            joined[key] = value
        elif above[key] is not None:
            joined[key] = _join(value, above[key], (*place, key), entire, kept)
    return joined | {key: value for key, value in above.items() if key not in below}


def _fits(place: Place, patterns: Iterable[Place]) -> bool:
    return any(
        len(place) == len(pattern) and all(step in ("*", own) for step, own in zip(pattern, place, strict=True))
        for pattern in patterns
    )


def _inside(place: Place, places: Collection[Place]) -> bool:
    return any(place[:end] in places for end in range(len(place) + 1))


def _moved(document: Document, value: Any, move: Callable[[Place], Place | None]) -> Document:
    """The document with another value, and every note at the place that ``move`` names; None leaves the note out."""

    def notes(known: Mapping[Place, _Note]) -> dict[Place, _Note]:
        return {new: note for place, note in known.items() if (new := move(place)) is not None}

    return replace(
        document,
        value=value,
        positions=notes(document.positions),
        spelled=notes(document.spelled),
        references=notes(document.references),
        unknown=frozenset(new for place in document.unknown if (new := move(place)) is not None),
    )


def _joined(main: Document, value: Any, first: Document, second: Document) -> Document:
    return replace(
        main,
        value=value,
        positions={**first.positions, **second.positions},
        spelled={**first.spelled, **second.spelled},
        references={**first.references, **second.references},
        unknown=first.unknown | second.unknown,
        whole=first.whole and second.whole,
    )
