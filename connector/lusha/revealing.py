"""What a purchase may ask to be revealed, of people and of companies, in either generation. Pure."""

from __future__ import annotations

from collections.abc import Collection

from connector.lusha.attributes import BASE, REVEALS
from connector.models import Entity


def asked(entity: Entity, reveal: Collection[str]) -> frozenset[str]:
    """The data that a request has to name: without those that come with any answer (preview, profile, company).

    ValueError: a datum of something else, or nothing of a person.
    """
    data = frozenset(reveal) - {"preview", BASE[entity]}
    if strange := data - REVEALS[entity]:
        raise ValueError(f"no {entity} datum can be revealed as {', '.join(sorted(strange))}")
    if entity == "person" and not data:
        raise ValueError("a person's request must name what to reveal")
    return data
