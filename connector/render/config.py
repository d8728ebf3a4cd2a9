"""What a configuration comes to, as YAML with the source of each value behind it, or as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.config.places import Place, spell
from connector.config.showing import Shown
from connector.config.yaml_text import inline, scalar

_WIDEST = 64
"""Columns after which a source no longer stands in line with the others."""


def config_lines(org: str, values: Sequence[Shown], mappings: Mapping[str, Sequence[Shown]]) -> Iterator[str]:
    """A YAML document of the org, and one of each mapping."""
    yield f"# {org}\n"
    yield from _lines(values)
    for name, shown in mappings.items():
        yield f"---\n# {name}\n"
        yield from _lines(shown)


def config_document(org: str, values: Sequence[Shown], mappings: Mapping[str, Sequence[Shown]]) -> dict[str, Any]:
    """The same for machines: docs/json.md."""
    of_mappings = [{"mapping": name, "values": [_item(one) for one in shown]} for name, shown in mappings.items()]
    return {"org": org, "values": [_item(one) for one in values], "mappings": of_mappings}


def _item(one: Shown) -> dict[str, Any]:
    return {
        "place": spell(one.place),
        "value": one.value,
        "source": one.source,
        "reference": one.reference,
        "set": not one.missing,
        "hidden": one.hidden,
    }


def _lines(values: Sequence[Shown]) -> Iterator[str]:
    rows = list(_rows(values))
    width = max((len(text) for text, one in rows if one and len(text) <= _WIDEST), default=0)
    for text, one in rows:
        yield f"{text:{width}}  # {_source(one)}\n" if one else f"{text}\n"


def _rows(values: Sequence[Shown]) -> Iterator[tuple[str, Shown | None]]:
    """Each line, and the value that stands on it; the lines of the maps around it have none."""
    open_: Place = ()
    for one in values:
        *around, last = one.place
        common = next((n for n, (a, b) in enumerate(zip(open_, around, strict=False)) if a != b), len(open_))
        for depth in range(min(common, len(around)), len(around)):
            yield f"{'  ' * depth}{scalar(around[depth])}:", None
        open_ = tuple(around)
        value = "null" if one.missing else inline(one.value)
        key = "-" if isinstance(last, int) else f"{scalar(last)}:"
        yield f"{'  ' * len(around)}{key} {value}", one


def _source(one: Shown) -> str:
    if one.reference is None:
        return one.source
    return f"{one.source}, {one.reference}" + (" is not there" if one.missing else "")
