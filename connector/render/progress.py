"""Progress on stderr: a live line for each mapping on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from connector.render.text import short_name

SECONDS_BETWEEN_LINES = 5.0


class Watcher:
    """Shows counts as they grow; silent when ``quiet``. Use as a context manager around the run."""

    def __init__(self, console: Console, *, quiet: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.console = console
        self._quiet = quiet
        self._live = None if quiet or not console.is_terminal else _bars(console)
        self._tasks: dict[tuple[str, str], TaskID] = {}
        self._unsaid: dict[str, str] = {}
        self._last = clock()

    def __enter__(self) -> Watcher:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Say what is unsaid and leave the screen to the result."""
        if self._live:
            self._live.stop()
        self._say_rest()

    def __call__(self, org: str, mapping: str, counts: Any) -> None:
        """Take new counts of one run."""
        if self._quiet:
            return
        name = f"{org} {short_name(mapping)}"
        words = _words(counts)
        if self._live is None:
            self._line(name, f"{name}: {words}")
            return
        if (org, mapping) not in self._tasks:
            self._tasks[org, mapping] = self._live.add_task(name, total=None, words="")
        self._live.update(self._tasks[org, mapping], words=words)

    def _line(self, name: str, words: str) -> None:
        """Say it when the last line is long ago; what stays unsaid is said at the end."""
        now = self._clock()
        if name not in self._unsaid:
            self._say_rest()  # the mapping before this one has ended
        self._unsaid[name] = words
        if now - self._last >= SECONDS_BETWEEN_LINES:
            self._last = now
            self._say_rest()

    def _say_rest(self) -> None:
        for words in self._unsaid.values():
            self.console.print(words, highlight=False, markup=False)
        self._unsaid.clear()


def _words(counts: Any) -> str:
    """What has been counted so far; commands that write what was thought of before neither read nor match anybody."""
    thinks = counts.read > 0
    shown = [("read", thinks), ("due", True), ("matched", thinks), ("written", True)]
    shown += [(name, getattr(counts, name) > 0) for name in ("conflicts", "rejected")]
    return " · ".join(f"{name} {getattr(counts, name):,}" for name, said in shown if said)


def _bars(console: Console) -> Progress:
    columns = (SpinnerColumn(), TextColumn("[bold]{task.description}"), TextColumn("{task.fields[words]}"))
    return Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
