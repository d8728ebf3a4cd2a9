"""Lusha V2's usage of the account: credits without prices. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from connector.lusha.calls import Call, Undocumented, document
from connector.lusha.cleaning import mappings, number
from connector.models import Account

USAGE_PATH = "/account/usage"


def account() -> Call[Account]:
    """Used, total and remaining credits (``GET /account/usage``): free, five times a minute, no parameters.

    ``{"usage": {category: {used, total, remaining}}}`` is summed over its categories: plans differ in how many they
    have and in their names, while budgets count credits, whatever they are meant for. V2 tells no prices. Undocumented:
    an answer that tells nothing about credits. https://docs.lusha.com/apis/openapi (getAccountUsageStats)
    """
    return Call("GET", USAGE_PATH, _account, patient=False)


def _account(payload: Any) -> Account:
    usage = document(payload).get("usage")
    categories = mappings(list(usage.values())) if isinstance(usage, dict) else []
    remaining, total, used = (_sum(entry.get(name) for entry in categories) for name in ("remaining", "total", "used"))
    if (remaining, total, used) == (None, None, None):
        raise Undocumented("no credits in the answer")
    return Account(remaining, total, used, raw=payload)


def _sum(values: Iterable[Any]) -> int | None:
    """In whole credits, rounded down; None where no category tells any."""
    numbers = [found for value in values if (found := number(value)) is not None]
    return math.floor(sum(numbers)) if numbers else None
