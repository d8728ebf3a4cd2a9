"""Files written all or none: what stood before comes back where anything goes wrong, an interrupt included."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from connector.errors import ConfigError

_OWN = 0o600


def write_all(texts: Mapping[Path, str], *, checked: Callable[[], object], private: Path | None = None) -> None:
    """Write each text, each file replaced in one step; then ``checked``, which may raise. ``private``: the one of them
    that nobody else may read.

    ConfigError: a file cannot be written. Whatever is raised, every file is then as it was.
    """
    before: dict[Path, bytes | None] = {}
    made: list[Path] = []
    try:
        for path, text in texts.items():
            made += _folders(path.parent)
            before[path] = path.read_bytes() if path.exists() else None
            _replace(path, text.encode(), _OWN if path == private else None)
        checked()
    except OSError as error:
        _restore(before, made)
        raise ConfigError(f"{error.filename or 'a file'} cannot be written: {error.strerror}") from error
    except BaseException:
        _restore(before, made)
        raise


def _folders(folder: Path) -> list[Path]:
    """Make a folder; returns those that were made, outermost first."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _replace(path: Path, content: bytes, mode: int | None) -> None:
    path = path.resolve()  # a link stays one
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    kept = path.stat().st_mode & 0o777 if path.exists() else None
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWN)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        aside.chmod(mode or kept or 0o644)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _restore(before: Mapping[Path, bytes | None], made: list[Path]) -> None:
    for path, content in reversed(list(before.items())):
        if content is None:
            path.unlink(missing_ok=True)
        else:
            _replace(path, content, None)
    for folder in reversed(made):
        with suppress(OSError):  # somebody else's file in it
            folder.rmdir()
