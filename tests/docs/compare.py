"""What is written on a page against what there is: a command's output, its document, a profile's attributes.

Each yields what is different, a sentence each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from connector.lusha.attributes import CATALOGUE


def missing(expected: str, printed: str) -> Iterator[str]:
    """The lines that were not printed, but for white space."""
    whole = " ".join(printed.split())
    for line in filter(None, (" ".join(line.split()) for line in expected.splitlines())):
        parts = [re.escape(part.strip()) for part in line.split("…")]
        if not re.search(r".*?".join(parts), whole):
            yield f"'{line}' is not what was printed:\n{printed}"


def unlike(expected: Any, printed: Any, at: str) -> Iterator[str]:
    """Where a documented document differs from the true one."""
    if isinstance(expected, dict) and isinstance(printed, dict):
        if expected.keys() != printed.keys():
            yield f"{at}: keys {sorted(printed)}, not {sorted(expected)}"
            return
        for key, value in expected.items():
            yield from unlike(value, printed[key], f"{at}.{key}")
    elif isinstance(expected, list) and isinstance(printed, list):
        more = expected[-1:] == ["…"]
        wanted = expected[:-1] if more else expected
        if len(printed) < len(wanted) or (not more and len(printed) != len(wanted)):
            yield f"{at}: {len(printed)} items, not {len(wanted)}"
            return
        for number, value in enumerate(wanted):
            yield from unlike(value, printed[number], f"{at}[{number}]")
    elif isinstance(expected, str) and "…" in expected and isinstance(printed, str):
        yield from missing(expected, printed)
    elif isinstance(expected, float) and isinstance(printed, int | float):
        return
    elif expected != printed:
        yield f"{at}: {printed!r}, not {expected!r}"


def no_attributes(entity: str, value: Any, path: str = "") -> Iterator[str]:
    """What a profile of this entity cannot hold."""
    match value:
        case dict():
            for key, below in value.items():
                yield from no_attributes(entity, below, f"{path}.{key}".lstrip("."))
        case list():
            for below in value:
                yield from no_attributes(entity, below, path)
        case _ if path not in {one.replace("[]", "") for one in CATALOGUE[entity]}:  # type: ignore[index]
            yield f"no {entity} attribute {path}"
