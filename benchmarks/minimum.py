"""The fewest calls that the vendors' documents allow for a pass, and the least time that their rates allow for calls.

Batch sizes and rates are the vendors' own: docs/salesforce.md, docs/hubspot.md and docs/lusha.md name their sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any


def fewest(crm: str, report: Mapping[str, Any], *, looked_up: int) -> dict[str, int]:
    """Calls by vendor for what a run did; ``looked_up``: values of unique fields that it was to write."""
    read, sought, bought, written = report["read"], report["due"], report["matched"], report["written"]
    lusha = ceil(sought / 100) + ceil(bought / 100)
    if crm == "salesforce":
        return {"lusha": lusha, crm: ceil(read / 2000) + ceil(written / 2000) + ceil(written / 200)}
    return {"lusha": lusha, crm: ceil(read / 200) + 2 * ceil(written / 100) + ceil(looked_up / 100)}


def allowed(fewest_calls: int) -> int:
    """The target: the fewest, plus at most 1 % and 10 calls."""
    return fewest_calls + 10 + fewest_calls // 100


@dataclass(frozen=True, slots=True)
class Lane:
    """Calls that share one limit: so many ``requests`` in any ``window`` seconds."""

    calls: int
    requests: int
    window: float

    @property
    def seconds(self) -> float:
        """Calls ÷ rate: what the target is a multiple of."""
        return self.calls * self.window / self.requests

    @property
    def least(self) -> float:
        """The seconds between the first call and the last, at the least.

        A window rolls: it may be filled at once, then its places come free again a window's length after each was
        taken. So each further ``requests`` calls take one more window, and the last of them need not wait for its end.
        """
        return max(0, self.calls - 1) // self.requests * self.window


def lanes(calls: Mapping[str, Mapping[str, int]]) -> dict[str, Lane]:
    """The calls of a pass (by vendor and path) by the limit that they share.

    HubSpot takes 190 calls in 10 s of an app, and 5 searches a second of an account: two limits, since a search is
    exempt from the first (docs/hubspot.md, "Limits"). Lusha takes 25 a second at each endpoint; what a plan allows in
    a minute or a day is not counted here. Salesforce has no rate, only a quota for the day.
    """
    search = sum(n for path, n in calls["hubspot"].items() if path.endswith("/search"))
    found = {
        "hubspot": Lane(sum(calls["hubspot"].values()) - search, 190, 10.0),
        "hubspot search": Lane(search, 5, 1.0),
        **{f"lusha {path.rpartition('/')[2]}": Lane(n, 25, 1.0) for path, n in calls["lusha"].items()},
    }
    return {name: lane for name, lane in found.items() if lane.calls}
