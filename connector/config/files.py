"""Paths as a configuration file writes them; asking about a file never raises."""

from __future__ import annotations

import os
from pathlib import Path


def absolute(text: str, folder: Path) -> Path:
    """A path of a file that stands in ``folder``; ``~`` is the home folder, an unknown ``~user`` stays as it is."""
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        path = Path(text)
    return Path(os.path.normpath(folder / path))


def is_file(path: Path) -> bool:
    """Whether there is such a file that may be looked at; a path that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether there is such a folder that may be looked at."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
