"""The entries of a picklist or enumeration: which of them a text means, and which Lusha's words would need a map.

Stands below ``values`` and ``conform``. What is likely (``match_options``) is proposed to a person when a mapping is
checked; what is written is an option by its value or label, never a likeness.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from connector.models import FieldInfo, Option
from connector.naming import collapse

_LIKELY = 70.0
"""Points of likeness, of 100, from which an option is worth proposing: "Engineering" for "Engineering & Technical"."""


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
    wanted = collapse(text).casefold()
    by_value = (option for option in info.options if collapse(option.value).casefold() == wanted)
    by_label = (option for option in info.options if collapse(option.label).casefold() == wanted)
    return next(by_value, None) or next(by_label, None)


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
    spellings = [(option, text) for option in options for text in (option.label, option.value)]
    texts = [text for _, text in spellings]
    best = process.extractOne(word, texts, scorer=_likeness, processor=utils.default_process, score_cutoff=_LIKELY)
    return Proposal(spellings[best[2]][0], round(best[1], 1)) if best else None


def _likeness(a: str, b: str, *, score_cutoff: float | None = None) -> float:
    """The mean of the words in common and of the letters in common: neither alone tells a part from the whole."""
    return (fuzz.token_set_ratio(a, b) + fuzz.token_sort_ratio(a, b)) / 2


def split_options(text: str) -> Iterator[str]:
    """The entries of a multi-select value, which both CRMs write with semicolons between them."""
    return (entry.strip() for entry in text.split(";") if entry.strip())
