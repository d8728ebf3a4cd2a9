"""Whole credits divided over data: what a request was charged, told apart by what was bought. Pure."""

from __future__ import annotations

from collections.abc import Mapping

SEARCH = "search"
"""The fee of a search, as a datum of its own."""
OTHER = "other"
"""Where credits go that no datum explains."""


def share(data: Mapping[str, int] | None, brought: Mapping[str, int] | None, datum: str) -> float | None:
    """The credits of one datum of one profile: what the datum was charged, over the profiles that it came for.

    None where a booking does not tell what was bought, or for whom. What came free with other data cost 0.

    >>> share({"phones": 10, "search": 1}, {"phones": 2, "search": 25}, "search")
    0.04
    """
    if data is None or not brought or not brought.get(datum):
        return None
    return data.get(datum, 0) / brought[datum]


def split(charged: int, weights: Mapping[str, int], *, otherwise: str = OTHER) -> dict[str, int]:
    """``charged`` divided in proportion to ``weights``; the parts are whole, none is below 0, and they add up to it.

    Largest remainder: each datum gets its share rounded down, and what is left goes, one credit each, to those who
    lost most; of equals, to the first by name. Data that get nothing are left out; without any weight all of it is
    ``otherwise``.
    """
    weights = {datum: weight for datum, weight in sorted(weights.items()) if weight > 0}
    total = sum(weights.values())
    if total == 0:
        return {otherwise: charged} if charged else {}
    parts = {datum: charged * weight // total for datum, weight in weights.items()}
    by_loss = sorted(weights, key=lambda datum: -(charged * weights[datum] % total))
    for datum in by_loss[: charged - sum(parts.values())]:
        parts[datum] += 1
    return {datum: credits for datum, credits in parts.items() if credits}
