"""Lusha's words against the options of an org's picklist, with a map to paste: the part of ``cautions`` about options.

Nothing proposed here is ever written by itself: a person checks the map and puts it into the mapping.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from connector.config.settings import FieldRule
from connector.lusha.attributes import attributes_under
from connector.lusha.words import known_words
from connector.mapping.conform import Unfit, meaningful
from connector.mapping.options import OptionMatch, find_option, match_options
from connector.mapping.scalars import plain_text
from connector.mapping.spelling import Target
from connector.mapping.transforms import TRANSFORMS
from connector.models import Entity, FieldInfo

_BRACKETS = re.compile(r"\[[^\]]*\]")
_PLAIN = re.compile(r"[A-Za-z][\w /&()+.-]*[\w)]|[A-Za-z]")
_YAML_WORDS = frozenset({"yes", "no", "true", "false", "null", "on", "off", "y", "n"})


def option_caution(entity: Entity, info: FieldInfo, rule: FieldRule) -> str | None:
    """What Lusha's words will meet in this field, as a sentence; None where every known one is an option."""
    if info.type not in ("picklist", "multipicklist") or not info.options:
        return None
    attribute = _BRACKETS.sub("", rule.source)
    words = known_words(entity, attribute)
    if not words:
        return _free_text(entity, info, rule, attribute)
    translated = _translated(dict.fromkeys([*words, *_map_of(rule)]), rule, Target(info, {}))
    missing = {word: text for word, text in translated.items() if not find_option(info, text)}
    own = [text for word, text in translated.items() if text == word]  # what a map leads to may serve another word too
    return _sentence(info, rule, missing, match_options(info, [*own, *missing.values()])) if missing else None


def _free_text(entity: Entity, info: FieldInfo, rule: FieldRule, attribute: str) -> str | None:
    kinds = {leaf.type for leaf in attributes_under(entity, attribute)}
    if not info.restricted or rule.transforms or not kinds & {"text", "list", "integer", "number"}:
        return None
    anything = "text" if kinds & {"text", "list"} else "number"
    return f"'{rule.source}' may be any {anything}, and only what is an option of '{info.name}' will be written"


def _sentence(info: FieldInfo, rule: FieldRule, missing: Mapping[str, str], found: OptionMatch) -> str:
    fate = (
        "will not be written but reported" if info.restricted else "will be written all the same: it is not restricted"
    )
    count = "1 of Lusha's words is" if len(missing) == 1 else f"{len(missing)} of Lusha's words are"
    named = [word if text == word else f"{word} (mapped to {text})" for word, text in missing.items()]
    head = f"{count} no option of '{info.name}' and {fate}: {'; '.join(named)}"
    proposed = {word: found.proposals[text].option.value for word, text in missing.items() if text in found.proposals}
    if not proposed:
        return f"{head}. Map each to an option, or to null to leave it out: as: {{picklist: {{WORD: OPTION}}}}"
    where = "to be checked and added to the map" if _map_of(rule) else "to be checked"
    return f"{head}. Proposed, {where}: as: {{picklist: {_flow(proposed)}}}"


def _map_of(rule: FieldRule) -> dict[str, Any]:
    """The words that the rule translates already."""
    return {str(word): ours for name, words in rule.transforms if name == "picklist" for word, ours in words.items()}


def _translated(words: Mapping[str, None], rule: FieldRule, target: Target) -> dict[str, str]:
    """Each word as the rule's transforms hand it on; without those that they leave out."""
    handed_on: dict[str, str] = {}
    for word in words:
        value: Any = word
        try:
            for name, argument in rule.transforms:
                value = meaningful(TRANSFORMS[name](value, argument, target)) if value is not None else None
        except Unfit:
            continue
        if value is not None:
            handed_on[word] = plain_text(value)
    return handed_on


def _flow(words: Mapping[str, Any]) -> str:
    """A map as YAML takes it on one line."""
    return "{" + ", ".join(f"{_quoted(word)}: {_quoted(ours)}" for word, ours in words.items()) + "}"


def _quoted(word: Any) -> str:
    if word is None:
        return "null"
    if not isinstance(word, str):
        return plain_text(word)
    plain = _PLAIN.fullmatch(word) and word.casefold() not in _YAML_WORDS
    return word if plain else json.dumps(word, ensure_ascii=False)
