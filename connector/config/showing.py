"""What a configuration comes to for one org: every value with the place that it was written at, secrets hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.config.built_in import built_in, built_in_mapping
from connector.config.diagnostics import SECRETS
from connector.config.document import Document
from connector.config.layers import part, placed
from connector.config.loader import Inspection
from connector.config.places import Place

BUILT_IN = "built in"
HIDDEN = "***"
_HELD_ELSEWHERE = ("${file:", "${keyring:")
_ENTIRE = (("as",), ("where",))
_SHARED = ("defaults", "lusha")
"""Blocks at the top of a configuration that lie below each org."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One value, or an empty map or list. ``source``: ``file:line:column`` where it was written, or BUILT_IN.

    ``reference``: how it was written, where that names a variable, a file or the keyring. ``missing``: whether what is
    named is not there; ``hidden``: whether the value is kept back.
    """

    place: Place
    value: Any
    source: str
    reference: str | None = None
    missing: bool = False
    hidden: bool = False


def shown_org(found: Inspection, org: str) -> list[Shown]:
    """One org, all that lies below it filled in, and the state file; only for an inspection without problems."""
    own = part(found.document, ("orgs", org))
    whole = placed(own, ("state",), part(found.document, ("state",)))
    return list(_walk(whole, whole.value, built_in(own.value["crm"], own.value["connection"]), ()))


def shown_mapping(found: Inspection, name: str) -> list[Shown]:
    """One mapping file, what it extends laid below it."""
    document = found.documents[name]
    return list(_walk(document, document.value, built_in_mapping(document.value), ()))


def _walk(document: Document, value: Any, below: Any, place: Place) -> Iterator[Shown]:
    """Every leaf of the value, and of what is built in below it; each map's own keys first, then those of what all
    orgs share, then what is built in.

    An item of a list is a leaf, and so is the argument of a transform.
    """
    under = below if isinstance(below, Mapping) else {}
    if isinstance(value, dict) and (value or under) and place[-1:] not in _ENTIRE:
        for key, inner in sorted(value.items(), key=lambda item: _comes_later(document, (*place, item[0]))):
            yield from _walk(document, inner, under.get(key), (*place, key))
        for key in (key for key in under if key not in value):
            yield from _built_in(under[key], (*place, key))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield _shown(document, inner, (*place, number))
    elif value is None and under:
        yield from _built_in(under, place)
    else:
        yield _shown(document, value, place)


def _comes_later(document: Document, place: Place) -> bool:
    """Whether a value was written for all orgs; ``crm`` opens an org and ``state`` ends it, wherever they stand."""
    return place == ("state",) or (place != ("crm",) and document.position(place).place[0] in _SHARED)


def _built_in(value: Any, place: Place) -> Iterator[Shown]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _built_in(inner, (*place, key))
    else:
        yield Shown(place, value, BUILT_IN)


def _shown(document: Document, value: Any, place: Place) -> Shown:
    reference = document.references.get(place)
    secret = place[-1:] and place[-1] in SECRETS and value is not None
    held = reference is not None and any(form in reference for form in _HELD_ELSEWHERE)
    missing, hidden = place in document.unknown, bool(secret or held)
    return Shown(place, HIDDEN if hidden else value, str(document.position(place)), reference, missing, hidden)
