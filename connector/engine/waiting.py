"""What waits at the desk to be asked for, and what is being asked, by the spelling of who is meant.

Records that mean the same person share one place, also while the question about them is under way: its answer is
theirs too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from connector.engine.cases import Case, Want

Data = frozenset[str]


class Waiting:
    """One queue. ``data_of``: the data by which a place is asked for; only equal ones share a request."""

    def __init__(self, size: int, data_of: Callable[[Want], Data]) -> None:
        self.places: dict[str, Want] = {}
        self._size = size
        self._data_of = data_of
        self._lots: dict[Data, dict[str, None]] = {}
        self._asked: set[str] = set()

    @property
    def lots(self) -> Mapping[Data, Sequence[str]]:
        """The places that wait, by the data that they are asked for."""
        return {data: list(keys) for data, keys in self._lots.items() if keys}

    @property
    def any(self) -> bool:
        """Whether something waits."""
        return len(self.places) > len(self._asked)

    @property
    def full(self) -> bool:
        """Whether so much waits that a request would be full."""
        return any(len(keys) >= self._size for keys in self._lots.values())

    def add(self, key: str, case: Case, reveal: Data = frozenset()) -> None:
        """A record waits for what ``reveal`` says. Where its place is being asked for, it takes what comes, and is
        looked at again then."""
        want = self.places.setdefault(key, Want(case.identity))
        want.cases.append(case)
        if key in self._asked:
            return
        before = self._data_of(want)
        want.reveal |= reveal
        if (after := self._data_of(want)) != before:
            self._lots.get(before, {}).pop(key, None)
        self._lots.setdefault(after, {}).setdefault(key)

    def send(self, keys: Iterable[str]) -> None:
        """These are being asked for."""
        for key in keys:
            self._lots[self._data_of(self.places[key])].pop(key)
            self._asked.add(key)

    def back(self, keys: Iterable[str]) -> None:
        """Those of them that got no answer wait again, in front."""
        again = [key for key in keys if key in self._asked]
        self._asked.difference_update(again)
        for key in reversed(again):
            lot = self._lots.setdefault(self._data_of(self.places[key]), {})
            self._lots[self._data_of(self.places[key])] = {key: None, **lot}

    def pop(self, key: str) -> Want:
        """A place that came to its end, with its records."""
        want = self.places.pop(key)
        if key in self._asked:
            self._asked.remove(key)
        else:
            self._lots[self._data_of(want)].pop(key)
        return want
