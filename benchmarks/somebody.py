"""One person of the measured world, made from a number: what the CRMs hold and Lusha tells of them.

Nobody is kept: a number is turned into a person, and what names a person is turned back into the number. A
million of them take no memory and no time to look up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

PER_FIRM = 20
_AREAS = ("206", "212", "312", "415", "512", "617", "650", "773", "832", "872")
_FIRST = ("Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana")
_TITLES = tuple(
    f"{rank} {trade}"
    for rank in ("Head of", "Director of", "Lead,", "Manager,", "Specialist,")
    for trade in ("Sales", "Finance", "Marketing", "Support", "Research", "Design", "Security", "Logistics")
)
_CONSONANTS, _VOWELS = "bcdfghjklmnpqrstvwxz", "aeiou"
_UPDATED = "2026-04-02"
_FIRST_ID = 7_000_000_000


@dataclass(frozen=True, slots=True)
class Somebody:
    """What the CRMs and Lusha tell of the person with a number (from 1)."""

    number: int
    first: str
    last: str
    title: str
    phone: str
    mobile: str

    @property
    def id(self) -> str:
        """At Lusha."""
        return str(_FIRST_ID + self.number)

    @property
    def email(self) -> str:
        return f"{self.first.lower()}.{self.number}@{self.domain}"

    @property
    def handle(self) -> str:
        """At LinkedIn."""
        return f"{self.first.lower()}-{self.number}"

    @property
    def linkedin(self) -> str:
        return f"https://www.linkedin.com/in/{self.handle}"

    @property
    def firm(self) -> int:
        return (self.number - 1) // PER_FIRM + 1

    @property
    def company(self) -> str:
        return firm_name(self.firm)

    @property
    def domain(self) -> str:
        return firm_domain(self.firm)

    def profile(self) -> dict[str, Any]:
        """Everything there is of somebody, in the shape of Lusha's API V3."""
        numbers = (("mobile", self.mobile), ("direct", self.phone))
        return {
            "id": self.id, "firstName": self.first, "lastName": self.last, "fullName": f"{self.first} {self.last}",
            "jobTitle": {"title": self.title, "departments": ["Other"], "seniority": "Director"},
            "location": {"country": "Ireland", "countryIso2": "IE", "city": "Dublin", "continent": "Europe"},
            "emails": [{"email": self.email, "type": "work", "confidence": "A", "updateDate": _UPDATED}],
            "phones": [{"number": n, "type": t, "doNotCall": False, "updateDate": _UPDATED} for t, n in numbers],
            "company": {"id": str(16_000_000 + self.firm), "name": self.company, "domain": self.domain},
            "socialLinks": {"linkedin": self.linkedin}, "previousEmployment": [], "updateDate": _UPDATED,
        }  # fmt: skip


def somebody(number: int, seed: int) -> Somebody:
    """The person with this number."""
    dice = (number * 2_654_435_761 + seed * 40_503) & 0xFFFF_FFFF  # Knuth's multiplicative hash: spread, and cheap
    dice ^= dice >> 15
    dice, first = divmod(dice, len(_FIRST))
    dice, title = divmod(dice, len(_TITLES))
    dice, area = divmod(dice, len(_AREAS))
    code, line = _AREAS[area], dice % 50  # 555-0100 to 555-0199 are kept for fiction
    return Somebody(
        number, _FIRST[first], _last_name(number), _TITLES[title], f"+1{code}55501{line:02d}",
        f"+1{code}55501{line + 50:02d}",
    )  # fmt: skip


def number_of_id(id: str) -> int | None:
    """The number in a Lusha id."""
    return int(id) - _FIRST_ID if id.isdecimal() else None


def number_in(handle: str) -> int | None:
    """The number at the end of a handle: ``ada-17``, ``ada.17``."""
    digits = handle.replace(".", "-").rpartition("-")[2]
    return int(digits) if digits.isdecimal() else None


def number_of_last_name(name: str) -> int | None:
    """The number that a last name spells, in any case."""
    number = 0
    for letter in reversed(name.lower()[::2]):
        if letter not in _CONSONANTS:
            return None
        number = number * len(_CONSONANTS) + _CONSONANTS.index(letter)
    return number or None


def _last_name(number: int) -> str:
    """Names that differ as names do: by letters."""
    letters = ""
    while number:
        number, place = divmod(number, len(_CONSONANTS))
        letters += _CONSONANTS[place] + _VOWELS[place % len(_VOWELS)]
    return letters.title()


@lru_cache(maxsize=64)  # colleagues stand side by side, and share the text
def firm_name(firm: int) -> str:
    """The name of a firm."""
    return f"Firm {firm} Holding"


@lru_cache(maxsize=64)
def firm_domain(firm: int) -> str:
    """Its domain."""
    return f"firm{firm}.example.com"
