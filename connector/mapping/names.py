"""What a name in a CRM says: nothing at all, or a person's given and family names, without titles.

Stands below ``conform``, ``identity`` and ``similarity``; ``connector.naming`` has the spelling to compare names in.
"""

from __future__ import annotations

import re
from functools import lru_cache

from connector.mapping.words import (
    HONORIFICS,
    IDENTITY_PLACEHOLDERS,
    NAME_SUFFIXES,
    PLACEHOLDERS,
    PLACEHOLDERS_AS_SPELLED,
)
from connector.naming import collapse, normal_name

_KEPT = 2048
"""Texts kept with what they say: each value of an answer is looked at before and after its transforms."""
_BRACKETED = re.compile(r"\[[^\]]*\]")


@lru_cache(maxsize=_KEPT)
def is_placeholder(text: str) -> bool:
    """Whether a provider's text stands for "no data": blank, without a letter or digit, or a word like Unknown.

    >>> [is_placeholder(text) for text in ("Unknown", " - ", "[Not provided]", "na", "NA", "X")]
    [True, True, True, True, False, False]
    """
    bare = _bare_text(text)
    return bare in PLACEHOLDERS_AS_SPELLED or _stands_for_nothing(bare, PLACEHOLDERS)


@lru_cache(maxsize=_KEPT)
def is_identity_placeholder(text: str) -> bool:
    """Whether a CRM's text in an identifying field says nothing: as ``is_placeholder``, and ``x``, ``first name``."""
    return _stands_for_nothing(_bare_text(text), IDENTITY_PLACEHOLDERS)


def _stands_for_nothing(bare: str, words: frozenset[str]) -> bool:
    folded = bare.casefold()
    return folded in words or not any(map(str.isalnum, folded))


def _bare_text(text: str) -> str:
    return collapse(text).strip("[](){}<>\"' ")


def name_tokens(text: str) -> list[str]:
    """The words of a person's name, normalised, given names first, without titles, degrees and placeholders.

    >>> name_tokens("Smith, Dr. John A."), name_tokens("John Smith, PhD"), name_tokens("Jane [not provided]")
    (['john', 'a', 'smith'], ['john', 'smith'], ['jane'])
    """
    if is_placeholder(text):
        return []
    surname, _, given = _BRACKETED.sub(" ", text).partition(",")
    words = _bare(normal_name(given).split()) + _bare(normal_name(surname).split())
    return [word for word in words if word not in PLACEHOLDERS & IDENTITY_PLACEHOLDERS]


def _bare(words: list[str]) -> list[str]:
    while words and words[0] in HONORIFICS:
        words = words[1:]
    while words and words[-1] in NAME_SUFFIXES:
        words = words[:-1]
    return words


def split_full_name(text: str) -> tuple[str, str] | None:
    """First and last name of a full name, split at the last space, in their own spelling.

    "Last, First" is turned round; titles and degrees are dropped. None for a single word, which a Chinese or
    Japanese name without a space is: where the surname ends cannot be told.

    >>> split_full_name("Dr. Mary Ann Smith Jr."), split_full_name("Smith, Jane"), split_full_name("王伟")
    (('Mary Ann', 'Smith'), ('Jane', 'Smith'), None)
    """
    before, _, after = collapse(text).partition(",")
    words = _without_titles(after.split()) + _without_titles(before.split())
    return (" ".join(words[:-1]), words[-1]) if len(words) > 1 else None


def _without_titles(words: list[str]) -> list[str]:
    while words and normal_name(words[0]) in HONORIFICS:
        words = words[1:]
    while words and normal_name(words[-1]).replace(" ", "") in NAME_SUFFIXES:
        words = words[:-1]
    return words
