"""Countries by their codes and by every name that people write: ISO 3166-1 through pycountry, and what it lacks.

Stands below the rooms that read countries: ``lusha`` for an answer without a code, ``mapping`` for phones and
addresses. All pure. What is no country's code or name is None, never a guess.

The names are ISO's, its translations into the languages of ``LANGUAGES``
(https://salsa.debian.org/iso-codes-team/iso-codes, which pycountry carries) and those of the tables below.
"""

from __future__ import annotations

import gettext
from functools import lru_cache
from typing import Any

from connector.naming import collapse, normal_name

LANGUAGES = (
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "pt_BR",
    "nl",
    "sv",
    "da",
    "nb_NO",
    "fi",
    "pl",
    "cs",
    "tr",
    "he",
    "ja",
    "zh_CN",
)
"""Languages in which a country's or state's name is understood beside English; ISO codes as pycountry spells them."""

_ENGLISH = {
    "BN": "Brunei", "CC": "Cocos Islands", "CD": "Democratic Republic of the Congo", "CG": "Republic of the Congo",
    "CV": "Cape Verde", "CZ": "Czech Republic", "FK": "Falkland Islands", "FM": "Micronesia", "MF": "Saint Martin",
    "MO": "Macau", "PS": "Palestine", "RU": "Russia", "SH": "Saint Helena", "SX": "Sint Maarten", "TR": "Turkey",
    "VA": "Vatican City", "VG": "British Virgin Islands", "VI": "U.S. Virgin Islands", "XK": "Kosovo",
}  # fmt: skip
"""English names as Lusha and most CRMs write them, where ISO's are others."""

_ALSO = {
    "u s": "US", "u s a": "US", "america": "US", "united states of america": "US", "uk": "GB", "u k": "GB",
    "great britain": "GB", "uae": "AE", "u a e": "AE", "emirates": "AE", "holland": "NL", "korea": "KR",
    "republic of korea": "KR", "ivory coast": "CI", "hong kong sar": "HK", "macau sar": "MO", "macedonia": "MK",
    "swaziland": "SZ", "burma": "MM", "cabo verde": "CV", "czechia": "CZ", "vatican": "VA", "congo kinshasa": "CD",
    "congo brazzaville": "CG", "dr congo": "CD", "east timor": "TL", "suisse": "CH", "svizzera": "CH",
}  # fmt: skip
"""Names that people write and ISO 3166 does not list, in their normal form."""

_PARTS = {"england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB"}
"""Parts of a country that are written for it."""

_KOSOVO = "XKX"
"""ISO leaves the code to its users, who all take this one (and XK, which is in ``_ENGLISH``)."""


@lru_cache(maxsize=4096)
def country_code(text: str | None) -> str | None:
    """The ISO 3166 two-letter code of a code or a country's name, in any case; None if it is neither.

    >>> country_code("Germany"), country_code("u.s."), country_code("DEU"), country_code("Türkei"), country_code("Mars")
    ('DE', 'US', 'DE', 'TR', None)
    """
    key = _key(text or "")
    return (_english().get(key) or _foreign().get(key)) if key else None


def is_part(text: str) -> bool:
    """Whether a country's name is that of a part of it: England is read as the United Kingdom, which is more.

    >>> is_part("Scotland"), is_part("UK")
    (True, False)
    """
    return _key(text) in _PARTS


@lru_cache(maxsize=512)
def country_name(code: str) -> str:
    """The English name of a two-letter code; raises KeyError where it is none.

    >>> country_name("KR"), country_name("DE"), country_name("BO")
    ('South Korea', 'Germany', 'Bolivia')
    """
    if code in _ENGLISH:
        return _ENGLISH[code]
    found = _iso().countries.get(alpha_2=code)
    if found is None:
        raise KeyError(code)
    return str(getattr(found, "common_name", found.name))


def country_names() -> list[str]:
    """The English name of every country, Kosovo's too."""
    return [country_name(code) for code in [*(one.alpha_2 for one in _iso().countries), "XK"]]


def country_alpha_3(code: str) -> str:
    """The three-letter code of a two-letter code; raises KeyError where it is none.

    >>> country_alpha_3("GB"), country_alpha_3("XK")
    ('GBR', 'XKX')
    """
    found = _iso().countries.get(alpha_2=code)
    if found is None and code != "XK":
        raise KeyError(code)
    return str(found.alpha_3) if found else _KOSOVO


def _key(text: str) -> str:
    """What spellings of one name share: no case, accents and punctuation, no leading "the"."""
    words = normal_name(collapse(text).replace("&", " and ")).removeprefix("the ")
    return "saint " + words.removeprefix("st ") if words.startswith("st ") else words


@lru_cache(maxsize=1)
def _english() -> dict[str, str]:
    """Two-letter codes by the keys of codes and English names: enough for what Lusha and most CRMs write."""
    index: dict[str, str] = {}
    countries = _iso().countries
    for found in countries:
        index |= {found.alpha_2.lower(): found.alpha_2, found.alpha_3.lower(): found.alpha_2}
    names = [*_ENGLISH.items()]
    for attribute in ("name", "common_name", "official_name"):
        names += [(one.alpha_2, getattr(one, attribute)) for one in countries if hasattr(one, attribute)]
    for code, name in [*names, ("XK", "XK"), ("XK", _KOSOVO)]:
        index.setdefault(_key(name), code)
    return index | _ALSO | _PARTS


@lru_cache(maxsize=1)
def _foreign() -> dict[str, str]:
    """The same by names in other languages, where they are none in English; the first language has the word."""
    index: dict[str, str] = {}
    for language in LANGUAGES:
        translated = gettext.translation("iso3166-1", _iso().LOCALES_DIR, languages=[language]).gettext
        for one in _iso().countries:
            index.setdefault(_key(translated(getattr(one, "common_name", one.name))), one.alpha_2)
    return index


def _iso() -> Any:
    """ISO's tables, imported with the first country: not every command meets one."""
    import pycountry

    return pycountry
