"""More things than one request holds: in requests of at most 100, each thing once, answered in the order given."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from connector.models import Answer, Item

MOST_ITEMS = 100
"""Most items in one request (https://docs.lusha.com/apis/openapi)."""

T = TypeVar("T", bound=Hashable)


def in_batches(things: Sequence[T], ask: Callable[[Sequence[T]], Answer], size: int = MOST_ITEMS) -> Iterator[Answer]:
    """One Answer for each request, lazily: save each before the next is sent, since it is paid for.

    Their items together are one for each thing, in the order given. Equal things are asked once; what a later one is
    told again is in ``charged`` of the answer that was paid for it. What ``ask`` raises passes through; the answers
    before it have been handed out.
    """
    last = {thing: place for place, thing in enumerate(things)}
    known: dict[T, Item] = {}
    start = 0
    while start < len(things):
        new, end = _next(things, start, known, size)
        answer = ask(new) if new else Answer((), 0)
        known.update(zip(new, answer.items, strict=True))
        yield replace(answer, items=tuple(known[thing] for thing in things[start:end]))
        known = {thing: item for thing, item in known.items() if last[thing] >= end}
        start = end


def _next(things: Sequence[T], start: int, known: dict[T, Item], size: int) -> tuple[list[T], int]:
    """The things that the next request asks for, and where the stretch ends that is answered after it."""
    new: dict[T, None] = {}
    end = start
    while end < len(things) and (things[end] in known or things[end] in new or len(new) < size):
        if things[end] not in known:
            new[things[end]] = None
        end += 1
    return list(new), end
