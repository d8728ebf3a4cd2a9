"""Names of people and companies in one spelling, for comparing and for keys; never written anywhere.

Stands below ``values``, ``identity`` and ``similarity``.
"""

from __future__ import annotations

import re
import unicodedata

from connector.mapping.words import (
    HONORIFICS,
    IDENTITY_PLACEHOLDERS,
    LEGAL_MARKS,
    LEGAL_SUFFIXES,
    NAME_SUFFIXES,
    PLACEHOLDERS,
)

_ACCENTS = re.compile("[\u0300-\u036f]")
_APOSTROPHES = re.compile("['`´ʹʼ‘’]")
# Letters that Unicode does not take apart into a base and an accent.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_BRACKETED = re.compile(r"\[[^\]]*\]")


def collapse(text: str) -> str:
    """The text composed (NFC), trimmed, and each run of white space one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_placeholder(text: str) -> bool:
    """Whether a provider's text stands for "no data": blank, without a letter or digit, or a word like Unknown.

    >>> [is_placeholder(text) for text in ("Unknown", " - ", "[Not provided]", "NA", "X")]
    [True, True, True, False, False]
    """
    return _stands_for_nothing(text, PLACEHOLDERS)


def is_identity_placeholder(text: str) -> bool:
    """Whether a CRM's text in an identifying field says nothing: as ``is_placeholder``, and ``x``, ``first name``."""
    return _stands_for_nothing(text, IDENTITY_PLACEHOLDERS)


def _stands_for_nothing(text: str, words: frozenset[str]) -> bool:
    bare = collapse(text).casefold().strip("[](){}<>\"' ")
    return bare in words or not any(letter.isalnum() for letter in bare)


def normal_name(text: str) -> str:
    """A name without case, accents and punctuation; scripts other than Latin are kept.

    Apostrophes vanish (O'Brien is OBrien), other punctuation becomes a space.

    >>> normal_name("  Zoë  O'Brien-Łukasz "), normal_name("王伟")
    ('zoe obrien lukasz', '王伟')
    """
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    plain = _APOSTROPHES.sub("", _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))).translate(_LETTERS)
    kept = "".join(letter if unicodedata.category(letter)[0] in "LNM" else " " for letter in plain)
    return collapse(kept)


def normal_company(text: str) -> str:
    """A company's name as ``normal_name``, with & spelled out and legal forms dropped from its end.

    A name that is nothing but a legal form stays as it is.

    >>> normal_company("Müller & Söhne GmbH & Co. KG"), normal_company("Acme, S.A.S."), normal_company("Limited")
    ('muller and sohne', 'acme', 'limited')
    """
    for mark in LEGAL_MARKS:
        text = text.replace(mark, " ")
    words = normal_name(text.replace("&", " and ")).split()
    while len(words) > 1 and (cut := _legal_tail(words)):
        words = words[:-cut]
    return " ".join(words)


def _legal_tail(words: list[str]) -> int:
    """How many words at the end are one legal form (``s a s`` is three), or an ``and`` left hanging; 0 = none."""
    if words[-1] in LEGAL_SUFFIXES or words[-1] == "and":
        return 1
    for size in range(min(4, len(words) - 1), 1, -1):
        tail = words[-size:]
        if all(len(word) == 1 for word in tail) and "".join(tail) in LEGAL_SUFFIXES:
            return size
    return 0


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
