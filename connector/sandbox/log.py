"""What a server of the sandbox writes down of its requests, for tests to look at; a long run stays small."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")
MOST_REQUESTS, MOST_BYTES = 10_000, 64_000_000


class RequestLog(list[T]):
    """Requests, oldest first: the last 10,000 or fewer, as many as have 64 MB of bodies."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes = 0

    def keep(self, request: T, size: int) -> None:
        """Write a request down, whose body has ``size`` bytes. When the log is full, its older half goes."""
        if not self:
            self._bytes = 0
        if len(self) >= MOST_REQUESTS or self._bytes + size > MOST_BYTES:
            del self[: len(self) // 2]
            self._bytes //= 2
        self._bytes += size
        self.append(request)
