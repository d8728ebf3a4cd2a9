"""The fewest calls that the vendors' documents allow for a pass, and the least time that their rates allow for calls.

Batch sizes and rates are the vendors' own: docs/salesforce.md, docs/hubspot.md and docs/lusha.md name their sources.
"""

from __future__ import annotations

from collections.abc import Mapping
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


def least_seconds(calls: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """By vendor, how long these calls take at the rate that it allows: HubSpot 190 in 10 s, its search 5/s; Lusha 25/s
    at each endpoint. Salesforce has no rate, only a quota for the day."""
    search = sum(n for path, n in calls["hubspot"].items() if path.endswith("/search"))
    others = sum(calls["hubspot"].values()) - search
    return {
        "hubspot": others / 19,
        "hubspot search": search / 5,
        "lusha": max((n / 25 for n in calls["lusha"].values()), default=0.0),
    }
