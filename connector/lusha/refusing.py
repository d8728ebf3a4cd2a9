"""What Lusha would say to a request that it would refuse, said before anything is sent: it names places and Lusha's own
words, never content. All pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from connector.errors import RequestRefused


def refusal(problem: str, code: str = "400") -> RequestRefused:
    """What Lusha would say to a request with this problem, had it been sent."""
    return RequestRefused(f"Lusha: {problem}; nothing was sent", code=code)


def refused(place: int, problem: str, code: str = "400") -> RequestRefused:
    """What Lusha would say to the item at this place, had it been sent."""
    return refusal(f"item {place} of the request {problem}", code)


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """The problem of a name that Lusha does not know, with the one that was probably meant.

    >>> unknown("signal type of people", "promotions", ["promotion", "companyChange"])
    "no signal type of people 'promotions' — did you mean 'promotion'?"
    """
    by_lower = {one.lower(): one for one in sorted(known)}
    near = get_close_matches(name.lower(), by_lower, n=1)
    return f"no {kind} '{name}'" + (f" — did you mean '{by_lower[near[0]]}'?" if near else "")
