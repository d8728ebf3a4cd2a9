"""Names of people and companies in one spelling, for comparing and for keys; never written anywhere.

Stands below the rooms that compare names: ``mapping`` a record with an answer, ``lusha`` an answer with what was asked.
All pure.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LEGAL_SUFFIXES = frozenset(
    {
        "inc", "incorporated", "llc", "llp", "lp", "pllc", "ltd", "limited", "plc", "corp", "corporation", "co",
        "company", "pc", "gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "ug", "ev", "eg", "se", "sa", "sas", "sasu", "sarl",
        "eurl", "sl", "slu", "spa", "srl", "sro", "bv", "nv", "vof", "bvba", "oy", "oyj", "ab", "as", "asa", "aps",
        "kk", "gk", "pty", "pte", "pvt", "private", "bhd", "sdn", "zrt", "kft", "doo", "ood", "eood", "ad",
        "ltda", "cv", "sab", "ooo", "oao", "zao", "pao", "spzoo", "spolka", "oü", "ou", "uab", "sia", "ehf", "hf",
        "holding", "holdings",
    }
)  # fmt: skip
"""Legal forms at the end of a company's name; dotted ones (S.A.S.) are met without their dots."""

LEGAL_MARKS = ("株式会社", "有限会社", "合同会社", "(株)", "(株)", "股份有限公司", "有限责任公司", "有限公司")
"""Legal forms written without a space before or after a company's name."""

_KEPT = 8192
"""Normal forms kept: a record's names are compared several times on its way."""
_ACCENTS = re.compile("[\u0300-\u036f]")
_APOSTROPHES = re.compile("['`´ʹʼ‘’]")
# Letters that Unicode does not take apart into a base and an accent.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)

_ASCII = {place: letter.lower() if letter.isalnum() else None if letter in "'`" else " "
          for place, letter in enumerate(map(chr, range(128)))}  # fmt: skip
"""The same for the letters that need no table of accents."""


def collapse(text: str) -> str:
    """The text composed (NFC), trimmed, and each run of white space one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=_KEPT)
def normal_name(text: str) -> str:
    """A name without case, accents and punctuation; scripts other than Latin are kept.

    Apostrophes vanish (O'Brien is OBrien), other punctuation becomes a space.

    >>> normal_name("  Zoë  O'Brien-Łukasz "), normal_name("王伟")
    ('zoe obrien lukasz', '王伟')
    """
    return " ".join(text.translate(_ASCII).split()) if text.isascii() else _without_marks(text)


def _without_marks(text: str) -> str:
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    plain = _APOSTROPHES.sub("", _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))).translate(_LETTERS)
    kept = "".join(letter if unicodedata.category(letter)[0] in "LNM" else " " for letter in plain)
    return collapse(kept)


@lru_cache(maxsize=_KEPT)
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
