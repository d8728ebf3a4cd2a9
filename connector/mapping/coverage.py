"""How much of what Lusha is known to tell has an option in an org's picklist, and the rule that would cover the rest.

Stands below ``vocabulary``, which warns of it, and ``doctor``, which offers the rule to paste. Nothing proposed here is
ever written by itself: a person checks it and puts it into the mapping. All pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from connector.config.settings import FieldRule
from connector.countries import country_names
from connector.lusha.words import known_words
from connector.mapping.conform import Unfit, meaningful
from connector.mapping.fitting import default_transforms
from connector.mapping.options import Proposal, find_option, match_options
from connector.mapping.paths import compile_path
from connector.mapping.scalars import plain_text
from connector.mapping.spelling import Target
from connector.mapping.transforms import TRANSFORMS
from connector.models import Entity, FieldInfo, Option

BRACKETS = re.compile(r"\[[^\]]*\]")
_CLOSING = ("join", "text")
"""Transforms that make one text of several words, or cut it: a map of words must stand before them."""
_COUNTRIES = frozenset({"location.country", "location.country_iso2"})
Steps = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The words that Lusha is known to use for one field.

    ``reached``: word → the option that it becomes. ``missing``: word → the text that it becomes and that is no option.
    ``proposals``: of the missing, those that an option may be meant by. Words that the rule leaves out are in none.
    """

    reached: Mapping[str, Option]
    missing: Mapping[str, str]
    proposals: Mapping[str, Proposal]


def coverage(entity: Entity, info: FieldInfo, rule: FieldRule) -> Coverage | None:
    """What becomes of Lusha's words in this field; None where it has no options, or Lusha's words are not known."""
    if info.type not in ("picklist", "multipicklist") or not info.options:
        return None
    words = known_words(entity, BRACKETS.sub("", rule.source))
    if not words:
        return None
    return _covering(_handed_on([*words, *words_mapped(rule)], rule.transforms, info), info)


def words_mapped(rule: FieldRule) -> dict[str, Any]:
    """The words that the rule translates already."""
    return {str(word): ours for name, words in rule.transforms if name == "picklist" for word, ours in words.items()}


def covered(rule: FieldRule, info: FieldInfo, found: Coverage) -> FieldRule:
    """The rule with a map for every missing word: to the option that is proposed, else to null, which leaves it out."""
    steps, place = rule.transforms, _place(rule.transforms)
    given = dict(steps[place][1]) if place < len(steps) and steps[place][0] == "picklist" else None
    asked = _handed_on(found.missing, steps[:place], info)
    proposed = {text: found.proposals[word].option.value if word in found.proposals else None
                for word, text in asked.items()}  # fmt: skip
    kept = {word: ours for word, ours in (given or {}).items() if str(word).casefold() not in _folded(proposed)}
    step = ("picklist", {**kept, **proposed})
    rest = steps[place:] if given is None else steps[place + 1 :]
    return replace(rule, transforms=(*steps[:place], step, *rest))


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _place(steps: Steps) -> int:
    """Where the map stands, or where one may be put."""
    names = [name for name, _ in steps]
    if "picklist" in names:
        return names.index("picklist")
    return next((number for number, name in enumerate(names) if name in _CLOSING), len(names))


def _handed_on(words: Iterable[str], steps: Steps, info: FieldInfo) -> dict[str, str]:
    """Each word as these transforms hand it on; without those that they leave out."""
    handed_on: dict[str, str] = {}
    target = Target(info, {})
    for word in dict.fromkeys(words):
        value: Any = word
        try:
            for name, argument in steps:
                value = meaningful(TRANSFORMS[name](value, argument, target)) if value is not None else None
        except Unfit:
            continue
        if value is not None:
            handed_on[word] = plain_text(value)
    return handed_on


def country_coverage(info: FieldInfo, rule: FieldRule) -> Coverage | None:
    """The same of the countries of the world, where a country fills the field; None where none does."""
    if info.type not in ("picklist", "multipicklist") or not info.options:
        return None
    reads = compile_path(rule.source).roots
    if not reads or not _COUNTRIES.issuperset(reads):
        return None
    return _covering(_handed_on(country_names(), by_default(rule, info).transforms, info), info)


def by_default(rule: FieldRule, info: FieldInfo) -> FieldRule:
    """The rule with its transforms written out, where the field's type chooses them."""
    return replace(rule, transforms=rule.transforms or default_transforms(info, compile_path(rule.source).roots))


def _covering(handed_on: Mapping[str, str], info: FieldInfo) -> Coverage:
    reached = {word: option for word, text in handed_on.items() if (option := find_option(info, text))}
    missing = {word: text for word, text in handed_on.items() if word not in reached}
    own = [text for word, text in handed_on.items() if text == word]  # what a map leads to may serve another word too
    found = match_options(info, [*own, *missing.values()])
    proposals = {word: found.proposals[text] for word, text in missing.items() if text in found.proposals}
    return Coverage(reached, missing, proposals)


def unoffered(info: FieldInfo, found: Coverage) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each kind of record (Salesforce's record types) that may not hold some of the options that words become, by the
    name that people call it, with these options' labels."""
    reached = {option.value: option.label for option in found.reached.values()}
    for depends in info.depends:
        for kind, name in depends.names.items():
            allowed = depends.allowed.get(kind, tuple(reached))
            if lacking := tuple(label for value, label in reached.items() if value not in allowed):
                yield name, lacking
