"""The entries of a picklist or enumeration: which of them a text means, and which Lusha's words would need a map.

Stands below ``values`` and ``conform``. What is likely (``match_options``) is proposed to a person when a mapping is
checked; what is written is an option by its value or label, never a likeness.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import utils
from rapidfuzz.distance import JaroWinkler

from connector.models import FieldInfo, Option
from connector.naming import collapse

_KEPT = 4096
"""Words of options that are kept without case: a list of countries has some 500, looked through for each record."""
_LIKELY = 70.0
"""Points of likeness, of 100, from which an option is worth proposing: "Engineering" for "Engineering & Technical"."""
_AHEAD = 5.0
"""Points that an option must be ahead of the next: of two that are as likely, neither is proposed."""
_SAME_WORD = 0.88
"""Likeness of two words, of 1, from which they are forms of one: finance and financial, but not insurance."""
_JOINING = frozenset({"and", "or", "of", "the"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """An option that a word may stand for; ``score`` of likeness from 70 to 100."""

    option: Option
    score: float


@dataclass(frozen=True, slots=True)
class OptionMatch:
    """How Lusha's words stand to a field's options: written as they are, likely under another name, or without any.

    Every word is in exactly one of the three.
    """

    fits: Mapping[str, Option]
    proposals: Mapping[str, Proposal]
    without: tuple[str, ...]


def find_option(info: FieldInfo, text: str) -> Option | None:
    """The option whose value or label the text is: exactly first, then without regard to case and white space."""
    for option in info.options:
        if option.value == text:
            return option
    wanted = _folded(text)
    by_value = (option for option in info.options if _folded(option.value) == wanted)
    by_label = (option for option in info.options if _folded(option.label) == wanted)
    return next(by_value, None) or next(by_label, None)


@lru_cache(_KEPT)
def _folded(text: str) -> str:
    return collapse(text).casefold()


def match_options(info: FieldInfo, words: Iterable[str]) -> OptionMatch:
    """Compare the words that Lusha may tell with a field's options.

    An option that is one of Lusha's words itself is not proposed for another ("Manager" for "Non-Manager").

    >>> level = FieldInfo("L", "L", "picklist", options=(Option("mgr", "Manager"), Option("eng", "Engineer")))
    >>> found = match_options(level, ["manager", "Non-Manager", "Engineers"])
    >>> sorted(found.fits), found.proposals["Engineers"].option.value, found.without
    (['manager'], 'eng', ('Non-Manager',))
    """
    told = tuple(dict.fromkeys(words))
    fits = {word: option for word in told if (option := find_option(info, word))}
    taken = {option.value for option in fits.values()}
    free = [option for option in info.options if option.value not in taken]
    likely = {word: _likeliest(word, free) for word in told if word not in fits}
    proposals = {word: proposal for word, proposal in likely.items() if proposal}
    return OptionMatch(fits, proposals, tuple(word for word in likely if word not in proposals))


def _likeliest(word: str, options: list[Option]) -> Proposal | None:
    """The option that is likely by itself, and ahead of every other."""
    scores = [max(_likeness(word, text) for text in (option.label, option.value)) for option in options]
    best, rival = (*sorted(scores, reverse=True), 0.0, 0.0)[:2]
    if best < max(_LIKELY, rival + _AHEAD):
        return None
    return Proposal(options[scores.index(best)], round(best, 1))


def _likeness(a: str, b: str) -> float:
    """The mean of two shares: of the shorter text's words that both have, and of all the words.

    Neither alone tells a part from the whole.
    """
    fewer, more = sorted((_words(a), _words(b)), key=len)
    if not fewer:
        return 0.0
    common = sum(max(JaroWinkler.similarity(one, other, score_cutoff=_SAME_WORD) for other in more) for one in fewer)
    return 50 * (common / len(fewer) + 2 * common / (len(fewer) + len(more)))


def _words(text: str) -> list[str]:
    words = utils.default_process(text.replace("_", " ")).split()
    return [word for word in words if word not in _JOINING]


def split_options(text: str) -> Iterator[str]:
    """The entries of a multi-select value, which both CRMs write with semicolons between them."""
    return (entry.strip() for entry in text.split(";") if entry.strip())
