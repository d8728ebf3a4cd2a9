"""What waits at the desk to be asked for, and what is being asked, by the spelling of who is meant.

Records that mean the same person share one place, also while the question about them is under way: its answer is
theirs too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from connector.engine.cases import Case, Want
from connector.mapping.identity import spellings

Data = frozenset[str]


class Waiting:
    """One queue. ``data_of``: the data by which a place is asked for; only equal ones share a request."""

    def __init__(self, size: int, data_of: Callable[[Want], Data]) -> None:
        self.places: dict[str, Want] = {}
        self._size = size
        self._data_of = data_of
        self._lots: dict[Data, dict[str, None]] = {}
        self._filed: dict[str, Data] = {}

    @property
    def lots(self) -> Mapping[Data, Sequence[str]]:
        """The places that wait, by the data that they are asked for."""
        return {data: list(keys) for data, keys in self._lots.items() if keys}

    @property
    def any(self) -> bool:
        """Whether something waits."""
        return bool(self._filed)

    @property
    def full(self) -> bool:
        """Whether so much waits that a request would be full."""
        return any(len(keys) >= self._size for keys in self._lots.values())

    def add(self, case: Case, reveal: Data = frozenset()) -> None:
        """A record waits for what ``reveal`` says. Where its place is being asked for, it takes what comes, and is
        looked at again then."""
        identity = case.identity
        key = spellings(identity)[0]
        asked = key in self.places and key not in self._filed
        want = self.places.setdefault(key, Want(identity))
        want.cases.append(case)
        if not asked:
            want.reveal |= reveal
            self._file(key)

    def send(self, keys: Iterable[str]) -> dict[str, Want]:
        """These are being asked for, until they are given ``back``."""
        sent = {key: self.places[key] for key in keys}
        for key in sent:
            self._unfile(key)
        return sent

    def back(self, sent: Mapping[str, Want]) -> None:
        """Those of them that got no answer wait again, in front; one who was answered may be asked for anew by now."""
        again = [key for key, want in sent.items() if self.places.get(key) is want]
        for key in reversed(again):
            data = self._filed[key] = self._data_of(self.places[key])
            self._lots[data] = {key: None, **self._lots.get(data, {})}

    def regroup(self) -> None:
        """The data by which places are asked for are others from now on."""
        for key in list(self._filed):
            self._file(key)

    def pop(self, key: str) -> Want:
        """A place that came to its end, with its records."""
        if key in self._filed:
            self._unfile(key)
        return self.places.pop(key)

    def _file(self, key: str) -> None:
        data = self._data_of(self.places[key])
        if (before := self._filed.get(key)) != data:
            if before is not None:
                self._unfile(key)
            self._filed[key] = data
            self._lots.setdefault(data, {})[key] = None

    def _unfile(self, key: str) -> None:
        del self._lots[self._filed.pop(key)][key]
