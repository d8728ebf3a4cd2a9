"""What Lusha remembers between two requests: lookalike sessions, and the searches that V2's prospecting enriches.

Stands below ``account``, which holds one of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

KEPT_FOR = timedelta(days=30)
"""A session ends this long after it was last used (V2 document, "Lookalikes": sliding window)."""
_KEPT = 1_000
"""Searches remembered; the oldest goes first, so that long runs stay small."""


@dataclass(slots=True)
class Session:
    """What a run of lookalikes has shown already. ``kind``: contacts or companies."""

    kind: str
    used: datetime
    shown: set[str] = field(default_factory=set)


class Sessions:
    """Lookalike sessions by their ``dedupeSessionId``."""

    def __init__(self) -> None:
        self._open: dict[str, Session] = {}

    def start(self, kind: str, now: datetime) -> tuple[str, Session]:
        """A fresh session and its id."""
        id = str(uuid4())
        self._open[id] = Session(kind, now)
        return id, self._open[id]

    def find(self, id: str, kind: str, now: datetime) -> Session | None:
        """The session of this id; None when it is unknown, over, or of another kind."""
        session = self._open.get(id.lower())
        if session is None or session.kind != kind or now - session.used > KEPT_FOR:
            return None
        return session


@dataclass(frozen=True, slots=True)
class Search:
    """One answer of V2's prospecting search: the ids it gave out → Lusha ids."""

    kind: str
    ids: Mapping[str, str]
    exclude_dnc: bool = False


class Searches:
    """V2's prospecting searches by their ``requestId``."""

    def __init__(self) -> None:
        self._kept: dict[str, Search] = {}

    def keep(self, search: Search) -> str:
        """Remember a search; its ``requestId``."""
        if len(self._kept) >= _KEPT:
            del self._kept[next(iter(self._kept))]
        id = str(uuid4())
        self._kept[id] = search
        return id

    def find(self, id: str, kind: str) -> Search | None:
        """The search of this ``requestId``; None when there is none of this kind."""
        search = self._kept.get(id.lower())
        return search if search is not None and search.kind == kind else None
