"""Pages that are read before somebody asks for them, one call after the other, while others work on the last ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Generic, TypeVar

from connector.engine.flow import Flow, Task, called

T = TypeVar("T")

AHEAD = 4
"""Pages that are read before somebody has asked for them."""
MOST_AHEAD = 4_000
"""What these pages hold together, from which on no further one is read: a record takes more than a kilobyte."""


def ahead(flow: Flow, pages: Iterator[Sequence[T]], name: str, *, depth: int = AHEAD) -> Iterator[Sequence[T] | None]:
    """The pages, read before they are asked for; None where something else came first, so that whoever works on the
    pages can go on with that. ``depth``: how many, 1 = only what is asked for; fewer if they are large."""
    reader = _Reader(flow, pages, name, depth if flow.workers > 1 else 1)
    while True:
        flow.poll()
        reader.go_on()
        if reader.ready:
            yield reader.ready.popleft()
            continue
        reader.lane.meet()
        if not reader.left:
            return
        flow.step(name)
        if not reader.ready:
            yield None


class _Reader(Generic[T]):
    """The pages that are ``ready``, and whether any are ``left`` to be read."""

    def __init__(self, flow: Flow, pages: Iterator[Sequence[T]], name: str, depth: int) -> None:
        # Urgent: to ask for the next page takes no time, and what the others do with their answers takes some.
        self.lane = flow.lane(name, most=1, urgent=True)
        self.ready = deque[Sequence[T]]()
        self.left = True
        self._pages, self._depth = pages, depth
        flow.closes(pages)

    def go_on(self) -> None:
        """Read on, where nobody does and not enough is ready."""
        if self.left and self.lane.idle and not self._enough:
            self.lane.start(self._read())

    @property
    def _enough(self) -> bool:
        return len(self.ready) >= self._depth or sum(map(len, self.ready)) >= MOST_AHEAD

    def _read(self) -> Task[None]:
        while self.left and not self._enough:
            self._take((yield from called(partial(next, self._pages, None))))

    def _take(self, page: Sequence[T] | None) -> None:
        if page is None:
            self.left = False
        else:
            self.ready.append(page)  # kept nowhere else while the next one is read
