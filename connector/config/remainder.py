"""What is left of a mapping file once its mistakes are left out, so that the rest can be judged in the same go.

Only for saying what is wrong: a mapping with a mistake in it never runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from connector.config.document import Document
from connector.config.problems import Problem

_NEEDED = frozenset({"crm", "object", "entity", "identify", "fields"})
_PARTS = frozenset({"policy", "as", "guard", "on_too_long"})
"""What a field does without, so that its attribute is judged all the same."""
_SECTIONS = frozenset({"fields", "stamp", "select", "match"})


def remainder(document: Document, problems: Iterable[Problem]) -> Document | None:
    """The document without the fields, stamps, identities and settings that its schema or its rules refuse.

    None where what every mapping needs is refused itself. An identity that is left out leaves an empty one, so that
    those after it keep their numbers.
    """
    left: dict[str, Any] = dict(document.value) if isinstance(document.value, dict) else {}
    for problem in problems:
        match problem.path:
            case ("fields", str(key), str(part), *_) if part in _PARTS and isinstance(left["fields"].get(key), dict):
                rule = {name: value for name, value in left["fields"][key].items() if name != part}
                left["fields"] = {**left["fields"], key: rule}
            case (str(section), str(key), *_) if section in _SECTIONS:
                left[section] = {name: value for name, value in left.get(section, {}).items() if name != key}
            case ("identify", int(number), *_):
                left["identify"] = [{} if at == number else entry for at, entry in enumerate(left["identify"])]
            case (str(key), *_) if key not in _NEEDED:
                left.pop(key, None)
            case _:
                return None
    return replace(document, value=left)
