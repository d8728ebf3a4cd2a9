"""Which files a path names: one, or with ``*``, ``?``, ``[…]`` as many as fit; and what to say where none does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from connector.config.files import SHIPPED, absolute, is_file, is_folder, shipped_mappings
from connector.config.wording import nearest, quoted

_MOST_NAMES = 500
_WILD = frozenset("*?[")


def is_pattern(path: str, folder: Path) -> bool:
    """Whether a path stands for the files that fit it; a file of just this name is itself."""
    return not _WILD.isdisjoint(path) and not is_file(absolute(path, folder))


def spread(path: str, folder: Path) -> list[str]:
    """The files that a path in ``folder`` names, as the path spells them, in the order of their names.

    A pattern leaves out files and folders whose names begin with ``_`` or ``.``: those are there for others to extend
    or include. Empty where there is no such file.
    """
    if not is_pattern(path, folder):
        return [path] if is_file(absolute(path, folder)) else []
    fixed = Path(*_before_pattern(Path(path).parts))
    start = absolute(str(fixed), folder)
    rest = Path(path).relative_to(fixed).as_posix()
    try:
        found = sorted(file.relative_to(start) for file in start.glob(rest) if is_file(file))
    except (OSError, ValueError):  # no pattern that a path can have, such as ``a**``
        return []
    return [(fixed / name).as_posix() for name in found if not any(part[0] in "_." for part in name.parts)]


def no_file(path: str, folder: Path) -> str:
    """One sentence about a path that names no file, with the YAML file that is most like it."""
    file = absolute(path, folder)
    if is_folder(file):
        return f"{quoted(path)} is a folder; name the files in it"
    if is_pattern(path, folder):
        return f"no file fits {quoted(path)}"
    near = nearest(path, _shipped() if path.startswith(SHIPPED) else _yaml_files(folder, file.parent))
    return f"no file {quoted(path)}" + (f" — did you mean '{near}'?" if near else "")


def _before_pattern(parts: tuple[str, ...]) -> Iterator[str]:
    for part in parts:
        if not _WILD.isdisjoint(part):
            return
        yield part


def _shipped() -> list[str]:
    folder = shipped_mappings()
    return sorted(SHIPPED + file.relative_to(folder).as_posix() for file in folder.glob("*/*.yaml"))


def _yaml_files(folder: Path, start: Path) -> list[str]:
    """YAML files around a missing one: in the nearest folder that exists, and one folder below it."""
    while not is_folder(start) and start != start.parent:
        start = start.parent
    names: list[str] = []
    for pattern in ("*.yaml", "*.yml", "*/*.yaml", "*/*.yml"):
        for file in start.glob(pattern):
            names.append(Path(os.path.relpath(file, folder)).as_posix())
            if len(names) == _MOST_NAMES:
                return sorted(names)
    return sorted(names)
