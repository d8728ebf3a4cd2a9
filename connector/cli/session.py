"""One command's frame: config loaded, progress shown, signals caught, errors turned into a message and an exit code."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import typer

from connector.errors import ConfigError, ConnectorError, Interrupted

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from connector.config.settings import Config
    from connector.render.progress import Watcher
    from connector.runtime import Connector, Lookups, Outside


NARROWEST = 110
"""Columns that the tables need."""
_FILE_WIDTH = 140
"""Columns where no terminal is meant."""
_RARELY = 50_000
"""New objects after which Python looks for circles of garbage, instead of 700: records, answers and changes hold none,
and to look at each of them again and again was a tenth of a run's CPU."""


class Session:
    """One command's output and end: a document for machines or tables for people, and the exit code."""

    def __init__(self, as_json: bool, outside: Outside) -> None:
        self.as_json = as_json
        self.outside = outside
        self.code = 0
        self._watcher: Watcher | None = None
        self._warned: set[tuple[str, str]] = set()

    @property
    def console(self) -> Console:
        """Where people's output goes that is not the result: stderr."""
        from rich.console import Console

        return Console(stderr=True)

    @contextmanager
    def connector(self, config: Path, *, quiet: bool) -> Iterator[Connector]:
        """The configuration, loaded, with progress shown while the block runs. ``quiet``: neither that nor warnings."""
        from dataclasses import replace

        from connector.cli.heap import give_back
        from connector.runtime import Connector

        give_back()
        loaded = self._loaded(config, quiet)
        watcher = self._watcher = watcher_on(self.console, quiet)
        outside = replace(self.outside, progress=watcher)
        if not quiet:
            outside = replace(outside, warn=self.warn_of)
        with watcher, Connector(loaded, outside=outside) as connector:
            yield connector

    @contextmanager
    def lookups(self, config: Path, *, quiet: bool) -> Iterator[Lookups]:
        """The same for a command that only looks things up: no progress, and nothing imported that takes its time."""
        from connector.runtime import Lookups

        with Lookups(self._loaded(config, quiet), outside=self.outside) as lookups:
            yield lookups

    def _loaded(self, config: Path, quiet: bool) -> Config:
        from connector.config import load_config

        loaded = load_config(existing(config), env=os.environ)
        if not quiet:
            for warning in loaded.warnings:
                self.warn(warning)
        return loaded

    def show(self, document: dict[str, Any], view: RenderableType) -> None:
        """Print the result: the document alone on stdout, or what people read."""
        if self._watcher is not None:
            self._watcher.stop()
        try:
            if self.as_json:
                print(json.dumps(document, ensure_ascii=False, indent=2), flush=True)
            else:
                self._print(view)
        except BrokenPipeError:
            self._ignore_the_pipe()

    def stream(self, lines: Iterable[str]) -> None:
        """Print line by line as they come; an interrupt ends it between two of them."""
        if self._watcher is not None:
            self._watcher.stop()
        try:
            for line in lines:
                if self.outside.interrupted():
                    raise Interrupted("interrupted; what was printed is not complete")
                sys.stdout.write(line)
            sys.stdout.flush()
        except BrokenPipeError:
            self._ignore_the_pipe()

    def follow(self, views: Iterable[RenderableType]) -> None:
        """Print what people read, part by part as it comes, in the width that there is; a file gets long lines."""
        from rich.console import Console

        console = Console(width=None if sys.stdout.isatty() else _FILE_WIDTH)
        try:
            for view in views:
                console.print(view, highlight=False, crop=False)
        except BrokenPipeError:
            self._ignore_the_pipe()

    def _ignore_the_pipe(self) -> None:
        """The reader (head, a pager) has seen enough: not our failure."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _print(self, view: RenderableType) -> None:
        """A narrow terminal wraps lines by itself: better than a column that is not there."""
        from rich.console import Console

        wide = max(Console().width, NARROWEST) if sys.stdout.isatty() else _FILE_WIDTH
        Console(width=wide).print(view, highlight=False, soft_wrap=False)
        sys.stdout.flush()

    def end(
        self,
        document: dict[str, Any],
        view: RenderableType,
        *,
        errors: Sequence[ConnectorError] = (),
        exit_code: int = 0,
    ) -> None:
        """Show the result, each error once, and remember how to leave."""
        self.show(document, view)
        self.code = exit_code
        for error in {error.message: error for error in errors}.values():
            self.fail(error)

    def refuse(self, error: ConnectorError, empty: dict[str, Any]) -> None:
        """End without a result: the empty document with the error, the words for people, the exit code."""
        from connector.render.documents import with_error

        if self.as_json:
            print(json.dumps(with_error(empty, error), ensure_ascii=False, indent=2))
        self.fail(error)
        self.code = error.exit_code

    def warn(self, words: str) -> None:
        """Say on stderr what is worth knowing and stops nothing."""
        console = self._watcher.console if self._watcher else self.console  # one console draws above its live lines
        console.print(f"warning: {words}", style="yellow", markup=False, highlight=False, soft_wrap=True)

    def warn_of(self, org: str, sentence: str) -> None:
        """Say once what one of an org's mappings may hardly mean there."""
        if (org, sentence) not in self._warned:
            self._warned.add((org, sentence))
            self.warn(f"{org}: {sentence}")

    def fail(self, error: ConnectorError) -> None:
        """Say on stderr what went wrong and what to do."""
        from connector.render.text import problem

        self.console.print(problem(error), soft_wrap=True, highlight=False)


def existing(config: Path) -> Path:
    """The config file, if it is there; else ConfigError with how to begin."""
    if not config.exists():
        raise ConfigError(
            f"there is no config file {config}",
            hint="--config FILE names another; begin with config.example.yaml, or with: "
            "lusha-sync sandbox --write-config try",
        )
    return config


@contextmanager
def running(as_json: bool, verbose: bool, *, empty: dict[str, Any]) -> Iterator[Session]:
    """Run a command: errors of the tree become one message, one document and the right exit code."""
    from connector.runtime import Outside

    if verbose:
        _log_to_stderr()
    caught = _catch_signals()
    gc.set_threshold(_RARELY)
    command = Session(as_json, Outside(interrupted=lambda: bool(caught), sleep=_waiting(caught)))
    try:
        yield command
    except ConnectorError as error:
        command.refuse(error, empty)
    except KeyboardInterrupt:
        command.refuse(Interrupted("interrupted at once; the batch in flight is resolved by the next run"), empty)
    if command.code:
        raise typer.Exit(command.code)


def _catch_signals() -> list[int]:
    """Ctrl-C and SIGTERM let the batch in flight finish; a second Ctrl-C ends at once. Returns what came."""
    caught: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        if caught and number == signal.SIGINT:
            raise KeyboardInterrupt
        caught.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)
    return caught


@contextmanager
def interruptible() -> Iterator[None]:
    """While somebody is asked something: nothing is in flight, so the first signal ends it (KeyboardInterrupt)."""

    def handle(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _waiting(caught: list[int]) -> Callable[[float], None]:
    """A sleep that a signal ends: nothing is in flight while a client waits for its turn, or it is for the client that
    waits to make a doubt of it."""

    def wait(seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if caught:
                raise Interrupted("interrupted while waiting", hint="run the same command to go on")
            time.sleep(min(left, 0.1))

    return wait


def watcher_on(console: Console, quiet: bool) -> Watcher:
    """Progress on this console; none when ``quiet``."""
    from connector.render.progress import Watcher

    return Watcher(console, quiet=quiet)


def _log_to_stderr() -> None:
    import logging

    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("connector").setLevel(logging.DEBUG)
