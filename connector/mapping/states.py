"""States, provinces and regions by code and name, within their country: ISO 3166-2 through pycountry.

Stands below ``spelling``. "WA" is Washington, Western Australia or four others: without a country it is none of them.
Names are ISO's own (local) ones, their translations as in ``connector.countries``, and English ones that both lack.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from connector.countries import LANGUAGES
from connector.naming import normal_name

_ENGLISH = {
    "BE-BRU": "Brussels", "BE-VLG": "Flanders", "BE-WAL": "Wallonia", "ES-CT": "Catalonia", "ES-MD": "Madrid",
    "ES-PV": "Basque Country", "ES-VC": "Valencia", "ES-AN": "Andalusia", "ES-IB": "Balearic Islands",
    "ES-CN": "Canary Islands", "ES-NC": "Navarre", "ES-AS": "Asturias", "ES-MC": "Murcia", "ES-AR": "Aragon",
    "ES-CL": "Castile and León", "ES-CM": "Castile-La Mancha", "FR-BRE": "Brittany", "FR-NOR": "Normandy",
    "FR-20R": "Corsica", "IT-21": "Piedmont", "IT-25": "Lombardy", "IT-52": "Tuscany", "IT-75": "Apulia",
    "IT-82": "Sicily", "IT-88": "Sardinia", "IT-62": "Lazio", "NL-NB": "North Brabant", "NL-NH": "North Holland",
    "NL-ZH": "South Holland", "CZ-10": "Prague",
}  # fmt: skip
"""English names that ISO's English list leaves in the local language."""

_ALSO = {
    "ES-MD": ("Community of Madrid",), "ES-VC": ("Valencian Community", "Comunidad Valenciana"),
    "ES-MC": ("Region of Murcia",), "BE-BRU": ("Brussels Capital Region",), "BE-VLG": ("Flemish Region",),
    "BE-WAL": ("Walloon Region",), "US-DC": ("Washington DC", "Washington D.C."), "CH-GE": ("Geneva",),
    "DE-NW": ("North Rhine-Westphalia", "NRW"), "DE-MV": ("Mecklenburg-Western Pomerania",), "AT-9": ("Vienna",),
}  # fmt: skip
"""Other names that people write."""

_CODE = re.compile(r"(?:[a-z]{2}-)?[a-z0-9]{1,3}", re.IGNORECASE | re.ASCII)
_APART = re.compile(r"[\[\]();/]| GB-[A-Z]+")
"""What stands between two names of one state in ISO's list."""
_LISTED = re.compile(r",| y | and ")
"""What tells a list (``San Andrés, Providencia y Santa Catalina``) from a name with its kind behind a comma."""


@dataclass(frozen=True, slots=True)
class State:
    """A division of a country, of whatever level: the country's two letters, its own code within it, its name."""

    country: str
    code: str
    name: str


def find_state(text: str, country: str | None = None) -> State | None:
    """The one state that a code or name means: within ``country`` (two letters), or in all the world if none is known.

    None where there is no such state, or several: never a guess. Within a country the upper level goes first
    (the Spanish community of Madrid, not the province).

    >>> find_state("California", "US"), find_state("wa", "AU").name, find_state("WA"), find_state("California", "DE")
    (State(country='US', code='CA', name='California'), 'Western Australia', None, None)
    """
    key = normal_name(text.removeprefix(f"{country}-"))
    if country is not None:
        return _states_of(country).get(key)
    found = {state for code in _countries() if (state := _states_of(code).get(key))}
    return found.pop() if len(found) == 1 else None


def is_code_somewhere(text: str) -> bool:
    """Whether some country has a state of this code.

    >>> is_code_somewhere("WA"), is_code_somewhere("QQQ")
    (True, False)
    """
    return is_state_code(text) and any(find_state(text, country) for country in _countries())


def is_state_code(text: str) -> bool:
    """Whether a text has the form of a code, not of a name: up to three letters or digits, or with its country's.

    >>> is_state_code("NSW"), is_state_code("us-ca"), is_state_code("Bavaria")
    (True, True, False)
    """
    return _CODE.fullmatch(text) is not None


@lru_cache(maxsize=1)
def _countries() -> tuple[str, ...]:
    import pycountry

    return tuple(sorted({one.country_code for one in pycountry.subdivisions}))


@lru_cache(maxsize=256)
def _states_of(country: str) -> dict[str, State]:
    """A country's states by the normal form of every code and name that means one of them alone."""
    import pycountry

    listed: Sequence[Any] = pycountry.subdivisions.get(country_code=country) or ()  # type: ignore[no-untyped-call]
    upper = _by_name(one for one in listed if one.parent_code is None)
    lower = _by_name(one for one in listed if one.parent_code is not None)
    codes = {normal_name(one.code.partition("-")[2]): _state(one.code, one.name) for one in listed}
    return {key: state for key, state in (lower | upper).items() if state} | codes


def _by_name(listed: Iterable[Any]) -> dict[str, State | None]:
    """States of one level under all of their names; a name of two of them stands for neither."""
    index: dict[str, State | None] = {}
    for one in listed:
        state = _state(one.code, one.name)
        for key in {normal_name(name) for name in _names(one.code, one.name)}:
            index[key] = state if index.get(key, state) == state else None
    return index


def _state(code: str, name: str) -> State:
    country, _, own = code.partition("-")
    return State(country, own, _ENGLISH.get(code) or next(_spellings(_translate("en", name))))


def _names(code: str, name: str) -> Iterator[str]:
    yield _state(code, name).name
    yield from _ALSO.get(code, ())
    for language in ("", "en", *LANGUAGES):
        yield from _spellings(_translate(language, name))


def _spellings(name: str) -> Iterator[str]:
    """The readings of ``Madrid, Comunidad de`` and ``Catalunya [Cataluña]``, the one to write first."""
    for part in filter(None, (part.strip() for part in _APART.split(name))):
        main, comma, kind = part.partition(", ")
        if comma and not _LISTED.search(kind):
            yield f"{kind} {main}"
        yield part


def _translate(language: str, name: str) -> str:
    return _translation(language).gettext(name) if language else name


@lru_cache(maxsize=32)
def _translation(language: str) -> gettext.NullTranslations:
    import pycountry

    return gettext.translation("iso3166-2", pycountry.LOCALES_DIR, languages=[language], fallback=True)
