"""Lusha's words against the options of an org's picklist, with a map to paste: the part of ``cautions`` about options.

Nothing proposed here is ever written by itself: a person checks the map and puts it into the mapping.
"""

from __future__ import annotations

from rapidfuzz import fuzz, process

from connector.config.settings import FieldRule
from connector.config.yaml_text import flow
from connector.lusha.attributes import attributes_under
from connector.lusha.words import known_words
from connector.mapping.coverage import BRACKETS, Coverage, coverage, words_mapped
from connector.models import Entity, FieldInfo

_NEAR = 85


def option_caution(entity: Entity, info: FieldInfo, rule: FieldRule, *, whole: bool = True) -> str | None:
    """What Lusha's words will meet in this field, as a sentence; None where every known one is an option.

    ``whole``: with the words and a map to paste; else only how many they are, for what is said at every run.
    """
    if info.type not in ("picklist", "multipicklist") or not info.options:
        return None
    attribute = BRACKETS.sub("", rule.source)
    if not known_words(entity, attribute):
        return _free_text(entity, info, rule, attribute)
    found = coverage(entity, info, rule)
    if found is None or not found.missing:
        return None
    return _sentence(info, rule, found) if whole else f"{_head(info, found)}; lusha-sync doctor has a map to paste"


def foreign_words(entity: Entity, rule: FieldRule) -> str | None:
    """Words of a ``picklist`` map that Lusha hardly uses, each with the one that is probably meant; None where none is.

    What Lusha uses may be more than is known, so a word is foreign only where a known one is very near, and not in the
    map itself.
    """
    ours = {word.casefold(): word for word in words_mapped(rule)}
    known = known_words(entity, BRACKETS.sub("", rule.source))
    unmapped = [word for word in known if word.casefold() not in ours]
    used = {word.casefold() for word in known}
    meant = {
        word: near[0]
        for folded, word in ours.items()
        if folded not in used
        and (near := process.extractOne(word, unmapped, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=_NEAR))
    }
    if not meant:
        return None
    named = "; ".join(f"'{word}' — did you mean '{near}'?" for word, near in meant.items())
    return f"words that Lusha does not use: {named}"


def _free_text(entity: Entity, info: FieldInfo, rule: FieldRule, attribute: str) -> str | None:
    kinds = {leaf.type for leaf in attributes_under(entity, attribute)}
    if not info.restricted or rule.transforms or not kinds & {"text", "list", "integer", "number"}:
        return None
    anything = "text" if kinds & {"text", "list"} else "number"
    return f"'{rule.source}' may be any {anything}, and only what is an option of '{info.name}' will be written"


def shortfall(info: FieldInfo, found: Coverage) -> str:
    """Which of Lusha's words are no option, and what becomes of them, as a sentence without its end."""
    named = [word if text == word else f"{word} (mapped to {text})" for word, text in found.missing.items()]
    return f"{_head(info, found)}: {'; '.join(named)}"


def _head(info: FieldInfo, found: Coverage) -> str:
    fate = (
        "will not be written but reported" if info.restricted else "will be written all the same: it is not restricted"
    )
    count = "1 of Lusha's words is" if len(found.missing) == 1 else f"{len(found.missing)} of Lusha's words are"
    return f"{count} no option of '{info.name}' and {fate}"


def _sentence(info: FieldInfo, rule: FieldRule, found: Coverage) -> str:
    head = shortfall(info, found)
    if not found.proposals:
        return f"{head}. Map each to an option, or to null to leave it out: as: {{picklist: {{WORD: OPTION}}}}"
    proposed = {word: proposal.option.value for word, proposal in found.proposals.items()}
    where = "to be checked and added to the map" if words_mapped(rule) else "to be checked"
    return f"{head}. Proposed, {where}: as: {{picklist: {flow(proposed)}}}"
