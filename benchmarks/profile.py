"""Where the time of one sync goes: the main thread's rooms and libraries, and its dearest functions.

Functions stand by cumulative time (but for those that the whole run stands in, above ``--below`` of it) and
by their own. A profiler makes everything slower, what calls much most of all: the shares tell, not the seconds.
"""

from __future__ import annotations

import pstats
from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.box import ORGS, ROOT, Box
from benchmarks.document import Row, chosen, options, tell
from benchmarks.measuring import against


@dataclass(frozen=True, slots=True)
class Function:
    """One function as profiled; seconds. ``file`` is ``~`` for what is built into Python (sqlite3, sockets)."""

    file: str
    line: int
    name: str
    calls: int
    own: float
    cumulative: float

    @property
    def is_ours(self) -> bool:
        return self.file.startswith("connector/")

    @property
    def room(self) -> str:
        """``connector/mapping``, the library, or the built-in's own name."""
        if self.file == "~":
            return self.name
        if self.is_ours:
            return "/".join(self.file.split("/")[:2])
        return "standard library" if self.file.startswith("/") else self.file.split("/")[0]


def measure(given: Namespace) -> list[Row]:
    """Three tables a CRM, told apart by ``order``: room, cumulative, own."""
    return [{"crm": crm, **row} for crm in chosen(given) for row in _tables(_profiled(crm, given), given)]


def _profiled(crm: str, given: Namespace) -> list[Function]:
    with Box(crm=crm, due=given.records, seed=given.seed) as box:
        file = str(box.folder / "profile")
        command = ["-m", "connector", "sync", ORGS[crm], "--config", str(box.config), "--json", "--quiet"]
        against(box, ["-m", "cProfile", "-o", file, *command])
        found = pstats.Stats(file).stats  # type: ignore[attr-defined]  # documented for `add`, not in the stubs
    return [
        Function(_short(file), line, name, calls, own, cumulative)
        for (file, line, name), (_, calls, own, cumulative, _) in found.items()
    ]


def _tables(functions: Sequence[Function], given: Namespace) -> Iterator[Row]:
    whole = sum(one.own for one in functions)
    rooms: dict[str, float] = defaultdict(float)
    for one in functions:
        rooms[one.room] += one.own
    for room, own in sorted(rooms.items(), key=lambda item: -item[1])[: given.top]:
        yield {"order": "room", "room": room, "share": round(own / whole, 3)}
    steps = [one for one in functions if one.is_ours and one.cumulative < given.below * whole]
    for one in sorted(steps, key=lambda one: -one.cumulative)[: given.top]:
        yield _row("cumulative", one, one.cumulative / whole)
    for one in sorted(functions, key=lambda one: -one.own)[: given.top]:
        yield _row("own", one, one.own / whole)


def _row(order: str, one: Function, share: float) -> Row:
    return {
        "order": order, "share": round(share, 3), "function": one.name, "file": one.file, "line": one.line,
        "calls": one.calls, "cumulative": round(one.cumulative, 3), "own": round(one.own, 3),
    }  # fmt: skip


def _short(file: str) -> str:
    return file.removeprefix(f"{ROOT}/").rpartition("site-packages/")[2]


if __name__ == "__main__":
    tell("profile", measure, options("profile", __doc__, records=5000, top=15, below=0.9))
