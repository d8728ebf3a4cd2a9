"""Values as YAML that people read: quoted only where they would mean something else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][\w /&()+.-]*[\w)]|[A-Za-z_]|https?://[\w.:/-]+[\w/]|\$\{\w+\}")
_WORDS = frozenset({"yes", "no", "true", "false", "null", "on", "off", "y", "n"})


def scalar(value: Any) -> str:
    """A value as YAML takes it anywhere, quoted only where it must be.

    >>> scalar("C-Suite"), scalar("no"), scalar("a: b"), scalar(None), scalar(64)
    ('C-Suite', '"no"', '"a: b"', 'null', '64')
    """
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text.casefold() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)


def flow(values: Mapping[str, Any]) -> str:
    """A map on one line."""
    return "{" + ", ".join(f"{scalar(key)}: {inline(value)}" for key, value in values.items()) + "}"


def inline(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return flow(value)
    return "[" + ", ".join(map(inline, value)) + "]" if isinstance(value, list | tuple) else scalar(value)
