"""Where in a mapping file a CRM's words about a query belong: for ``validate``, and for a run that is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connector.config.settings import MappingSettings
from connector.mapping.transforms import fields_read


def subject(line: str) -> str:
    """What a line of the CRM's is about: the part of the mapping that it begins with."""
    return re.split(r"[:\s]", line, maxsplit=1)[0]


def placed(settings: MappingSettings, line: str) -> str:
    """The CRM's words about a query, with the line of the mapping that they mean as far as they tell."""
    about = subject(line)
    if about == "select.where":
        return f"{settings.at('select', 'where')}: {line}"
    place = dict(related(settings)).get(about)
    if place is None:
        return f"{settings.at()}: {line}"
    rest = line.removeprefix(about)
    return f"{place}: " + (line if rest.startswith(":") else f"{settings.object} has no field '{about}'{rest}")


def related(settings: MappingSettings) -> Iterator[tuple[str, str]]:
    """Every field of a related record that the mapping reads, with its place."""
    for number, alternative in enumerate(settings.identify):
        for key, path in alternative.items():
            if "." in path:
                yield path, f"{settings.at('identify', number, key)}: identify[{number}].{key}"
    for name, rule in settings.fields.items():
        for path in sorted(fields_read(rule.transforms)):
            if "." in path:
                yield path, f"{settings.at('fields', name, 'as')}: fields.{name}.as"
