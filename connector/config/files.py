"""Paths as a configuration file writes them; asking about a file never raises."""

from __future__ import annotations

import os
from pathlib import Path

SHIPPED = "shipped:"
"""Begins the path of a mapping that comes with the connector: ``shipped:salesforce/contact.yaml``."""


def absolute(text: str, folder: Path) -> Path:
    """A path of a file that stands in ``folder``; ``~`` is the home folder, an unknown ``~user`` stays as it is."""
    if text.startswith(SHIPPED):
        return Path(os.path.normpath(shipped_mappings() / text.removeprefix(SHIPPED)))
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        path = Path(text)
    return Path(os.path.normpath(folder / path))


def rebased(text: str, folder: Path, onto: Path) -> str:
    """A path that a file in ``folder`` writes, as a file in ``onto`` writes it."""
    if folder == onto or not text or text.startswith((SHIPPED, "~")) or Path(text).is_absolute():
        return text
    return Path(os.path.relpath(folder / text, onto)).as_posix()


def shipped_mappings() -> Path:
    """The folder of the mappings that come with the connector (``salesforce/…``, ``hubspot/…``).

    Inside the installed package, or at the top of the repository when running from a checkout.
    """
    package = Path(__file__).resolve().parents[1]
    installed = package / "mappings"
    return installed if installed.is_dir() else package.parent / "mappings"


def linked(path: Path) -> Path:
    """The file that a path leads to through links, which is what makes two paths one file; what is none stays."""
    return path.resolve() if is_file(path) else path


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
