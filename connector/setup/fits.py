"""Whether a field can take a rule, by the functions that judge every mapping; and the rule as it fits the field best.

Stands below ``proposals``. A picklist is given a map, so that no word of Lusha's meets it unprepared: a word without an
option is left out, never put under one that is only like it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from connector.config.settings import FieldRule, MappingSettings, Select
from connector.lusha.words import known_words
from connector.mapping.cautions import org_warnings
from connector.mapping.options import find_option, match_options
from connector.mapping.refusals import org_problems
from connector.models import FieldInfo
from connector.setup.drafts import Line

_PLACE = re.compile(r"^.*?: (?:fields|stamp)\.[^:]*: ")
_BRACKETS = re.compile(r"\[[^\]]*\]")
_FEWEST_WORDS = 0.25
"""Share of Lusha's words that a picklist must have for it to be meant by them."""
_MAY_BE_CUT = frozenset({"description", "specialities", "technologies", "keywords"})
"""Texts of which a part is worth having."""


@dataclass(frozen=True, slots=True)
class Judge:
    """One object: the mapping that is drafted, its live schema, its consent fields, the API generation in use."""

    settings: MappingSettings
    schema: Mapping[str, FieldInfo]
    consent: frozenset[str]
    generation: str = "v3"

    def of_field(self, name: str, rule: FieldRule) -> str | None:
        """Why a field cannot take a rule, or would not without a warning; None where it can."""
        return self._first(replace(self._bare(), fields={name: rule}))

    def of_stamp(self, name: str, source: str) -> str | None:
        """The same of a stamp."""
        return self._first(replace(self._bare(), stamp={name: source}))

    def _bare(self) -> MappingSettings:
        return replace(self.settings, identify=(), select=Select(), fields={}, stamp={}, positions={})

    def _first(self, settings: MappingSettings) -> str | None:
        refused = next(org_problems(settings, self.schema, consent=self.consent), None)
        told = refused or next(self._warnings(settings), None)
        return _PLACE.sub("", told, count=1) if told else None

    def _warnings(self, settings: MappingSettings) -> Iterator[str]:
        return org_warnings(settings, self.schema, generation=self.generation)


def fitted(judge: Judge, name: str, rule: FieldRule, reason: str, score: int) -> Line | str:
    """The line for a field, with its rule made to fit; or why there is none."""
    info = judge.schema.get(name)
    if info is None:
        return judge.of_field(name, rule) or ""
    why = ""
    for ruled, options in _variants(judge, info, rule):
        said = judge.of_field(name, ruled)
        if said is None:
            return Line(name, ruled, reason, score, options)
        why = why or said
    return why


def _variants(judge: Judge, info: FieldInfo, rule: FieldRule) -> Iterator[tuple[FieldRule, Mapping[str, str]]]:
    """The rule as it is, and in the shapes that a field of this type may need."""
    if info.type in ("picklist", "multipicklist") and info.options:
        yield from _with_map(judge, info, rule)
        return
    yield rule, {}
    if rule.transforms:
        yield replace(rule, transforms=()), {}
    if rule.source in _MAY_BE_CUT:
        yield replace(rule, on_too_long="cut"), {}


def _with_map(judge: Judge, info: FieldInfo, rule: FieldRule) -> Iterator[tuple[FieldRule, Mapping[str, str]]]:
    """Every word of Lusha's as an option, or as null; the map that the rule brings counts where the org has it.

    The rule's map may hold words beside those that Lusha is known to use; the second shape is without them.
    """
    attribute = _BRACKETS.sub("", rule.source)
    words = known_words(judge.settings.entity, attribute)
    if not words:
        yield rule, {}
        return
    given = {str(word): ours for step, pairs in rule.transforms if step == "picklist" for word, ours in pairs.items()}
    met = [word for word in words if _ours(info, word, given) is not None]
    if len(met) < _FEWEST_WORDS * len(words):
        return
    likely = match_options(info, words).proposals
    options = {word: likely[word].option.value for word in words if word not in (*met, *given) and word in likely}
    for listed in dict.fromkeys([tuple(dict.fromkeys([*words, *given])), words]):
        table = {word: ours for word in listed if (ours := _ours(info, word, given)) != word}
        yield replace(rule, transforms=(("picklist", table),) if table else ()), options


def _ours(info: FieldInfo, word: str, given: Mapping[str, Any]) -> Any:
    """What a word becomes: itself where this org has it, else what the given map says; None where neither is there."""
    for text in (word, given.get(word)):
        if text is not None and find_option(info, str(text)):
            return text
    return None
