"""How alike two names of a person are.

Read by ``doubts``, which holds the score against the mapping's ``min_name``. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import permutations

from rapidfuzz import fuzz

from connector.mapping.names import name_tokens
from connector.mapping.words import NICKNAMES

_MOST_TOKENS = 5
_NICKNAME, _SOUNDALIKE, _SWAPPED, _INITIAL = 95.0, 92.0, 90.0, 85.0
_SURNAME_TYPO = 80.0
_DIFFERENT = 0.6


def _nickname_groups() -> Mapping[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, names in enumerate(NICKNAMES):
        for name in names.split():
            groups.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in groups.items()}


_GROUPS = _nickname_groups()


@lru_cache(maxsize=4096)
def name_score(record_name: str, profile_name: str) -> int:
    """How alike two names of a person are, 0 to 100; 100 where there is no evidence against.

    Accents, case, order, titles and middle names make little difference; initials, nicknames, and spellings
    that sound the same score 85 or more. A different given name beside the same surname stays below 75, however
    few letters differ: Maria is not Mario. Blank on either side, and names in scripts that cannot be compared
    (Latin and Chinese), are no evidence.

    >>> name_score("Smith, J.", "John Smith"), name_score("Bob Müller", "Robert Mueller") >= 90
    (89, True)
    """
    if record_name == profile_name:
        return 100
    ours, theirs = _comparable(name_tokens(record_name), name_tokens(profile_name))
    if not ours or not theirs or sorted(ours) == sorted(theirs):
        return 100
    if "".join(ours) in ("".join(theirs), "".join(reversed(theirs))) or "".join(theirs) == "".join(reversed(ours)):
        return 98
    return round(_aligned(_merged(ours, theirs), _merged(theirs, ours)))


def _comparable(ours: list[str], theirs: list[str]) -> tuple[list[str], list[str]]:
    """The words in a script that both names use: Latin where both have it, none where only one has."""
    our_latin, their_latin = [list(filter(str.isascii, words)) for words in (ours, theirs)]
    if our_latin and their_latin:
        return our_latin, their_latin
    return ([], []) if our_latin or their_latin else (ours, theirs)


def _merged(words: list[str], others: Iterable[str]) -> list[str]:
    """Neighbours put together where the other name has them as one word: Jean Pierre → Jeanpierre."""
    whole = set(others)
    for size in (3, 2):
        for start in range(len(words) - size + 1):
            if (joined := "".join(words[start : start + size])) in whole:
                return [*words[:start], joined, *words[start + size :]]
    return words


def _aligned(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """The best score over every way to pair the shorter name's words with the longer one's."""
    short, long = sorted((_bounded(ours), _bounded(theirs)), key=len)
    return max(_paired(short, long, places) for places in permutations(range(len(long)), len(short)))


def _bounded(words: Sequence[str]) -> Sequence[str]:
    """Very long names by their first two and last three words: pairings grow with the factorial."""
    return words if len(words) <= _MOST_TOKENS else [*words[:2], *words[-3:]]


def _paired(short: Sequence[str], long: Sequence[str], places: Sequence[int]) -> float:
    """One pairing: half the mean, half the worst pair, so that one different name cannot hide behind another.

    A pair of middle names may differ at the price of a cap; words without a partner cost little.
    """
    ends = (len(short) - 1, len(long) - 1)
    outer: list[float] = []
    middle: list[float] = []
    for i, j in enumerate(places):
        both_last = i > 0 and (i, j) == ends
        inner = 0 < i < ends[0] and 0 < j < ends[1]
        (middle if inner else outer).append(_word_score(short[i], long[j], surname=both_last))
    score = (sum(outer) / len(outer) + min(outer)) / 2
    if middle and min(middle) < _INITIAL:
        score = min(score, _INITIAL)
    partial = 0.9 if len(short) == 1 < len(long) else 1.0
    return max(0.0, score * partial - 2 * min(3, len(long) - len(short)))


@lru_cache(maxsize=4096)
def _word_score(a: str, b: str, *, surname: bool) -> float:
    if a == b:
        return 100.0
    if _GROUPS.get(a, frozenset()) & _GROUPS.get(b, frozenset()):
        return _NICKNAME
    if _sound(a) == _sound(b):
        return _SOUNDALIKE
    if _swapped(a, b):
        return _SWAPPED
    if _is_initial(a, b) or _is_initial(b, a):
        return _INITIAL
    likeness = float(fuzz.ratio(a, b))
    return likeness if surname and likeness >= _SURNAME_TYPO else likeness * _DIFFERENT


def _is_initial(a: str, b: str) -> bool:
    """``j`` of ``john``; a Chinese character is a name of its own."""
    return len(a) == 1 and a.islower() and b.startswith(a)


def _swapped(a: str, b: str) -> bool:
    """Two letters exchanged within a word (Micheal): same ends, so that Christian stays apart from Christina."""
    return len(a) >= 5 and sorted(a) == sorted(b) and (a[0], a[-1]) == (b[0], b[-1])


def _sound(word: str) -> str:
    """A rough key for spellings of one name: Philipp and Filip, Juergen and Jurgen, Marc and Mark, Sara and Sarah."""
    for spelling, sound in (("ae", "a"), ("oe", "o"), ("ue", "u"), ("ph", "f"), ("ck", "k"), ("c", "k"), ("y", "i")):
        word = word.replace(spelling, sound)
    return re.sub(r"(.)\1+", r"\1", word[:1] + word[1:].replace("h", ""))
