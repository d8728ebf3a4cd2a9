"""The catalogue of attributes as a page."""

from __future__ import annotations

from typing import get_args

from connector.lusha.attributes import CATALOGUE, Attribute
from connector.lusha.catalogue import BOTH
from connector.lusha.prices import PriceList
from connector.models import Entity
from tools.reference.markdown import page, table

_INTRO = """\
What `from:` in a mapping may read, by entity. A path leads from the top of a profile; `[]` is each item of a list. How
expressions are written: [the mapping language](../mapping.md#from-where-a-value-comes-from).

"Costs" is Lusha's price list, for a person or company that the account does not own yet: nothing more than the search
fee where the search itself tells it; what comes with any purchase; or so many credits. What is bought once serves every
field."""
_FREE = {"preview": "the search", "profile": "comes with any purchase"}


def attributes_page() -> str:
    parts = [part for entity in get_args(Entity) for part in (f"## {entity.capitalize()}", _table(entity))]
    return page("Attributes", _INTRO, *parts)


def _table(entity: Entity) -> str:
    return table(["path", "meaning", "type", "costs", "API"], (_row(one) for one in CATALOGUE[entity].values()))


def _row(one: Attribute) -> list[str]:
    credits = PriceList().of(one.datum)
    cost = _FREE.get(one.datum) or f"{one.datum}: {credits} credit{'' if credits == 1 else 's'}"
    generations = "" if one.generations == BOTH else f"{', '.join(sorted(one.generations))} only"
    return [f"`{one.path}`", one.about, one.type, cost, generations]
