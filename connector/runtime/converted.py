"""Records named by ``--record`` that were converted: the mapping of what they became takes them, where it is told to.

A lead becomes a contact; whoever names the lead means the person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from connector.config.settings import MappingSettings
from connector.crm.base import Crm
from connector.engine.work import Options


def options_for(
    mappings: Sequence[MappingSettings], crm: Crm, options: Options
) -> Callable[[MappingSettings], Options]:
    """The options of each of an org's mappings: with ``select.converted: follow`` somewhere, what the records named
    became is named too, in the mappings of its object."""
    added: dict[str, dict[str, None]] = {}
    for settings in mappings if options.records else ():
        if settings.select.converted == "follow":
            for one in crm.successors(settings.object, options.records).values():
                if one.how == "converted" and one.id is not None:
                    added.setdefault(one.object, {})[one.id] = None
    return lambda settings: replace(options, records=(*options.records, *added.get(settings.object, ())))
