"""One request as the operations see it, and how they declare themselves to ``app``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.sandbox.lusha.account import LushaAccount


@dataclass(frozen=True, slots=True)
class Call:
    """``body``: the JSON sent; None when there is none or it is no JSON. ``query``: every value of every name.
    ``path``: the named parts of the path."""

    body: Any
    query: Mapping[str, list[str]]
    path: Mapping[str, str]


Work = Callable[[LushaAccount, Call], Any]
Operations = Mapping[tuple[str, str], Work]
"""(method, path) → what is done and answered; a Refusal is raised for everything else."""
