"""A rule of a mapping rehearsed on a full, invented profile: what could never be written is known before any purchase.

Read by ``refusals``. Pure. The expression is evaluated and the value fitted by the very functions that write, so the
verdict and the writing cannot differ. Only the kind of value is judged here: options and lengths vary with the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from connector.lusha.attributes import CATALOGUE
from connector.lusha.probe import PROBE
from connector.mapping.conform import Unfit, as_items, meaningful
from connector.mapping.entries import region_of
from connector.mapping.fitting import fit
from connector.mapping.paths import compile_path
from connector.mapping.scalars import plain_text, read_instant
from connector.mapping.spelling import REGION, Target
from connector.mapping.transforms import TRANSFORMS
from connector.models import Entity, FieldInfo, FieldType

Steps = Sequence[tuple[str, Any]]

TAKES: Mapping[FieldType, str] = {
    "number": "numbers",
    "integer": "whole numbers",
    "boolean": "true or false",
    "date": "dates",
    "datetime": "dates and times",
    "phone": "phone numbers",
    "email": "e-mail addresses",
    "url": "web addresses",
}
"""What a field of each type takes, in people's words; the other types take any text."""

_ANY_FIELD = FieldInfo("", "", "text")
"""A field without options, type and length of its own."""
_MOST_OFFERED = 3
_NUMBERS = ("number", "integer")


def transform_problem(entity: Entity, source: str, steps: Steps) -> str | None:
    """Why the transforms can do nothing with what the expression finds; None if they may."""
    found = _found(entity, source)
    for length in range(1, len(steps) + 1) if found else ():
        if not any(_runs(value, steps[:length], _context(entity)) for value in _samples(found, steps)):
            return f"the transform {steps[length - 1][0]} can read nothing of '{source}', which is {_kind(found[0])}"
    return None


def type_problem(entity: Entity, object: str, info: FieldInfo, source: str, steps: Steps = ()) -> str | None:
    """Why this field can never hold what the expression finds, and what would do; None if it may."""
    problem = value_problem(object, info, source, _found(entity, source), steps, entity)
    return problem and f"{problem}; {_instead(entity, object, info)}"


def value_problem(
    object: str, info: FieldInfo, source: str, found: Sequence[Any], steps: Steps = (), entity: Entity = "person"
) -> str | None:
    """Why this field can never hold one of the values found; None if it may, or if there is none to judge by."""
    if not found or info.type not in TAKES:
        return None
    if any(_fits(value, info, steps, _context(entity)) for value in _samples(found, steps)):
        return None
    return f"'{source}' is {_kind(found[0])}, and {object} field '{info.name}' takes {TAKES[info.type]}"


def _found(entity: Entity, source: str) -> list[Any]:
    """What the expression finds in the full profile, and in one whose lists hold a single item each."""
    path = compile_path(source)
    values = (path.search(profile) for profile in (PROBE[entity], _with_single_items(PROBE[entity])))
    return [value for value in values if meaningful(value) is not None]


def _with_single_items(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_single_items(below) for key, below in value.items()}
    return [_with_single_items(item) for item in value[:1]] if isinstance(value, list) else value


def _samples(found: Sequence[Any], steps: Steps) -> list[Any]:
    """Values to try: what was found, fractions made whole, and every word that a picklist map translates."""
    words = [word for name, words in steps if name == "picklist" for word in words]
    return [*found, *(int(value) for value in found if isinstance(value, float)), *words]


def _runs(value: Any, steps: Steps, context: Mapping[str, Any]) -> bool:
    target = Target(_ANY_FIELD, context)
    try:
        for name, argument in steps:
            value = meaningful(TRANSFORMS[name](value, argument, target))
            if value is None:
                return True
    except Unfit:
        return False
    return True


def _fits(value: Any, info: FieldInfo, steps: Steps, context: Mapping[str, Any]) -> bool:
    first = as_items(meaningful(value))[0]
    number = isinstance(first, int | float) and not isinstance(first, bool)
    if info.type == "phone" and not plain_text(first).startswith("+"):
        return False  # a year or a date would pass for a short number
    if info.type == "boolean" and number:
        return False  # a count of 1 would pass for "true"
    try:
        fit(value, replace(info, options=(), restricted=False, length=None), steps, context=context)
    except Unfit:
        return False
    return True


def _context(entity: Entity) -> Mapping[str, Any]:
    return {REGION: region_of(PROBE[entity])}


def _kind(found: Any) -> str:
    """What a value is, in people's words, with an example."""
    first = as_items(meaningful(found))[0]
    if isinstance(first, bool):
        return "true or false"
    text = plain_text(first)
    if isinstance(first, int | float):
        return f"a number such as {text}"
    return f"a date such as {text}" if read_instant(first) else f"text such as '{text}'"


def _instead(entity: Entity, object: str, info: FieldInfo) -> str:
    """What would do: the first attributes that such a field can hold, or another field."""
    offered = list(islice(_suitable(entity, object, info), _MOST_OFFERED))
    if not offered:
        return f"no {entity} attribute is such, so choose another field"
    words = offered[0] if len(offered) == 1 else f"{', '.join(offered[:-1])} or {offered[-1]}"
    return f"map {words} to it, or choose another field"


def _suitable(entity: Entity, object: str, info: FieldInfo) -> Iterable[str]:
    for attribute in CATALOGUE[entity].values():
        if info.type in _NUMBERS and attribute.type not in _NUMBERS:
            continue  # the digits of an id or a postal code are no number
        source = attribute.path.replace("[]", "[0]")
        if value_problem(object, info, source, _found(entity, source), (), entity) is None:
            yield source
