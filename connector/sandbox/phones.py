"""Telephone numbers from ranges that regulators keep for fiction, and the ten ways in which people write them.

Ranges: North America 555-01xx, Ofcom 7700 900xxx and 20 7946 0xxx, Bundesnetzagentur 30 23125 xxx, Arcep 1 99 00 and
6 39 98, PTS 8 465 004 xx and 70 174 06 xx, ComReg 20 91x xxxx, ACMA 2 5550 xxxx and 491 570 xxx.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Number:
    """Country code, groups of the national number, and the prefix dialled before it at home (``"0"`` or none)."""

    country: str
    groups: tuple[str, ...]
    trunk: str = "0"

    @property
    def e164(self) -> str:
        """``+14155550123``, the spelling Lusha answers with."""
        return f"+{self.country}{''.join(self.groups)}"


_AREAS = (
    "206", "212", "213", "312", "339", "415", "416", "425", "512", "514", "617", "628", "646", "650", "737", "773",
    "781", "832", "857", "872",
)  # fmt: skip


def _north_america(rng: Random, mobile: bool) -> Number:
    return Number("1", (rng.choice(_AREAS), "555", f"01{rng.randrange(100):02d}"), trunk="")


def _britain(rng: Random, mobile: bool) -> Number:
    if mobile:
        return Number("44", ("7700", f"900{rng.randrange(1000):03d}"))
    return Number("44", ("20", "7946", f"0{rng.randrange(1000):03d}"))


def _germany(rng: Random, mobile: bool) -> Number:
    if mobile:
        return Number("49", ("176", f"040690{rng.randrange(100):02d}"))
    return Number("49", ("30", "23125", f"{rng.randrange(1000):03d}"))


def _france(rng: Random, mobile: bool) -> Number:
    pairs = (f"{rng.randrange(100):02d}", f"{rng.randrange(100):02d}")
    return Number("33", ("6", "39", "98", *pairs) if mobile else ("1", "99", "00", *pairs))


def _sweden(rng: Random, mobile: bool) -> Number:
    if mobile:
        return Number("46", ("70", "174", "06", f"{rng.randrange(5, 100):02d}"))
    return Number("46", ("8", "465", "004", f"{rng.randrange(100):02d}"))


def _ireland(rng: Random, mobile: bool) -> Number:
    return Number("353", ("20", f"91{rng.randrange(10)}", f"{rng.randrange(10_000):04d}"))


def _australia(rng: Random, mobile: bool) -> Number:
    if mobile:
        return Number("61", ("491", "570", rng.choice(("006", "110", "156", "157", "158", "159", "313", "737"))))
    return Number("61", ("2", "5550", f"{rng.randrange(10_000):04d}"))


_REGIONS: dict[str, Callable[[Random, bool], Number]] = {
    "US": _north_america,
    "GB": _britain,
    "DE": _germany,
    "FR": _france,
    "SE": _sweden,
    "IE": _ireland,
    "AU": _australia,
}


def draw(rng: Random, region: str, *, mobile: bool) -> Number:
    """A number of the region (a key such as ``US`` or ``DE``)."""
    return _REGIONS[region](rng, mobile)


def _digits(number: Number) -> str:
    return "".join(number.groups)


INTERNATIONAL: tuple[Callable[[Number], str], ...] = (
    lambda n: n.e164,
    lambda n: f"+{n.country} {' '.join(n.groups)}",
    lambda n: f"+{n.country}-{'-'.join(n.groups)}",
    lambda n: f"+{n.country} ({n.trunk or n.groups[0]}) {'-'.join(n.groups if n.trunk else n.groups[1:])}",
    lambda n: f"+{n.country}.{'.'.join(n.groups)}",
    lambda n: f"+{n.country} {'‑'.join(n.groups)}",  # non-breaking hyphens, as pasted from a web page
)
"""Spellings that begin with a plus sign."""

NATIONAL: tuple[Callable[[Number], str], ...] = (
    lambda n: f"({n.trunk}{n.groups[0]}) {'-'.join(n.groups[1:])}",
    lambda n: f"{n.trunk}{'.'.join(n.groups)}",
    lambda n: f"{n.trunk}{_digits(n)}",
    lambda n: f"00{n.country} {' '.join(n.groups)}",
)
"""Spellings without one: national, or with the international prefix dialled."""

SPELLINGS = INTERNATIONAL + NATIONAL
