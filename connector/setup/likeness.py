"""How alike a field's name or label is to what such a field is called. Pure; 0 to 100.

Words beyond those that are looked for decide: "Work Mobile Phone" is a mobile phone, "Assistant Mobile Phone" is
somebody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from connector.models import Entity, FieldInfo
from connector.naming import normal_name

STRONG, WEAK = 90, 75
"""From here on a field is put to work, and from here on it is worth a look."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TYPO = 91
_SAYING_NOTHING = frozenset({"lusha", "primary", "current", "main", "url", "field", "of", "the", "official"})
_NEUTRAL: Mapping[Entity, frozenset[str]] = {
    "person": _SAYING_NOTHING | {"contact", "person", "lead", "work"},
    "company": _SAYING_NOTHING | {"company", "account"},
}
"""Words that change nothing of what is meant."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """``score`` 0 to 100, and in ``reason`` what is like what."""

    score: int
    reason: str


def likeness(info: FieldInfo, names: Iterable[str], entity: Entity) -> Likeness:
    """The best likeness of a field's name or label to one of these names."""
    wanted, neutral = tuple(names), _NEUTRAL[entity]
    by_name = max(((_score(words_of(info.name), name, neutral), name) for name in wanted), default=(0, ""))
    by_label = max(((_score(words_of(info.label), name, neutral), name) for name in wanted), default=(0, ""))
    if by_name[0] >= by_label[0]:
        return Likeness(by_name[0], _reason(f"name '{info.name}'", *by_name))
    return Likeness(by_label[0], _reason(f"label '{info.label}'", *by_label))


@lru_cache(maxsize=4_096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a field's name or label, without what CRMs add to it.

    >>> words_of("LinkedIn_URL__c"), words_of("acme__MobilePhone__c"), words_of("Work e-mail")
    (('linkedin', 'url'), ('mobile', 'phone'), ('work', 'email'))
    """
    bare = re.sub(r"__[a-z]$", "", name)
    bare = bare.rpartition("__")[2] if "__" in bare else bare  # a package's own prefix
    spaced = _CAMEL.sub(" ", bare.replace("LinkedIn", "Linkedin")).replace("_", " ")
    return tuple(normal_name(re.sub(r"(?i)\be-mail", "email", spaced)).split())


def _score(words: tuple[str, ...], name: str, neutral: frozenset[str]) -> int:
    wanted = words_of(name)
    if words == wanted:
        return 100
    if not words or not wanted:
        return 0
    if "".join(words) == "".join(wanted) or sorted(words) == sorted(wanted):
        return 98
    spelled = round(fuzz.ratio(" ".join(words), " ".join(wanted)))
    if spelled >= _TYPO and len(words) == len(wanted):
        return spelled
    rest = set(words) - set(wanted)
    if set(wanted) <= set(words) and rest <= neutral:
        return 92
    if set(wanted) <= set(words) and len(rest) <= len(wanted):  # one word in a long name says nothing
        return 78
    return min(WEAK - 1, spelled)


def _reason(what: str, score: int, name: str) -> str:
    return f"{what} says '{name}'" if score >= 98 else f"{what} is like '{name}'"
