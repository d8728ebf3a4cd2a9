"""Titles and names that were typed in capitals, or without any: ``VP OF SALES`` as ``VP of Sales``.

Stands below ``spelling``. A text that has both small and capital letters is as somebody meant it, and is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ACRONYMS = frozenset(
    {
        "ai", "api", "apac", "avp", "aws", "b2b", "b2c", "bi", "cao", "cco", "cdo", "ceo", "cfo", "chro", "cia",
        "cio", "ciso", "cmo", "coo", "cpo", "cro", "crm", "cso", "cto", "cx", "dach", "emea", "erp", "esg", "eu",
        "evp", "gm", "gtm", "hr", "hris", "ict", "iot", "ir", "it", "kpi", "latam", "llc", "llp", "mba", "md", "ml",
        "oem", "pmo", "pr", "qa", "r&d", "rn", "roi", "sap", "seo", "sql", "svp", "uae", "ui", "uk", "us", "usa",
        "ux", "vp",
    }
)  # fmt: skip
_OWN_SPELLING = {"saas": "SaaS", "phd": "PhD", "devops": "DevOps", "gmbh": "GmbH", "linkedin": "LinkedIn"}
_SMALL = frozenset(
    {
        "and", "an", "as", "at", "but", "by", "for", "from", "in", "of", "on", "or", "per", "the", "to", "und",
        "via", "vs", "with", "für",
    }
)  # fmt: skip
_PARTICLES = frozenset(
    {
        "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "du", "ter", "zu", "zum", "zur",
        "af", "av", "bin", "ibn",
    }
)  # fmt: skip
"""Small within a name, and before another of them: "van der Berg", but "Van Damme"."""
_NO_ACRONYMS = frozenset(
    {
        "mr", "mrs", "ms", "dr", "jr", "sr", "st", "mt", "ft", "ltd", "mgr", "dept", "nr", "ng",
    }
)  # fmt: skip
"""Words without a vowel that are not written in capitals."""

_WORD = re.compile(r"[^\W_]+(?:[&'’][^\W_]+)*")
_ROMAN = re.compile(r"(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})")
_VOWEL = re.compile(r"[aeiouyà-öø-ÿ]")
_PREFIXED = re.compile(r"(mc|[odl]['’])([^\W\d_]{2,}(?:['’]s)?)")


def title_case(text: str) -> str:
    """A text without small letters, or without capitals, in the case of a title; any other text as it is.

    Acronyms (VP, CEO, IT; in a text of capitals any word without a vowel), Roman numerals behind a word, McDonald,
    O'Brien and van der Berg are known. Acronyms that are not known become words: NASA is Nasa.

    >>> [title_case(text) for text in ("VP OF SALES", "sean o'brien-mcdonald iii", "VAN DER BERG", "eBay")]
    ['VP of Sales', "Sean O'Brien-McDonald III", 'van der Berg', 'eBay']
    """
    if text not in (text.upper(), text.lower()):
        return text
    words = [found[0].lower() for found in _WORD.finditer(text)]
    spelled = (_spelled(words, nth, shouted=text == text.upper()) for nth in range(len(words)))
    return _WORD.sub(lambda found: next(spelled), text)


def _spelled(words: Sequence[str], nth: int, *, shouted: bool) -> str:
    word = words[nth]
    if word in _OWN_SPELLING:
        return _OWN_SPELLING[word]
    if word in _ACRONYMS or (nth and _ROMAN.fullmatch(word)) or (shouted and _is_acronym(word)):
        return word.upper()
    if _is_small(words, nth):
        return word
    if name := _PREFIXED.fullmatch(word):
        return name[1].capitalize() + name[2].capitalize()
    return _capital(word[0]) + word[1:]


def _capital(letter: str) -> str:
    """A capital letter; one that has none of its own (ß) stays small."""
    return capital if len(capital := letter.title()) == 1 else letter


def _is_acronym(word: str) -> bool:
    """Whether it has consonants alone: HSBC."""
    return word.isascii() and word.isalpha() and len(word) > 1 and not _VOWEL.search(word) and word not in _NO_ACRONYMS


def _is_small(words: Sequence[str], nth: int) -> bool:
    if nth:
        return words[nth] in _SMALL | _PARTICLES or (words[nth] == "la" and words[nth - 1] == "de")
    return len(words) > 1 and words[0] in _PARTICLES and words[1] in _PARTICLES | {"la"}
