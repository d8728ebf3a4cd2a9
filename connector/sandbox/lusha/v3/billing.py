"""The frame of V3's answers: an id of the request, the results, and what they cost."""

from __future__ import annotations

from typing import Any
from uuid import uuid4


def billed(results: list[dict[str, Any]], cost: int, returned: int) -> dict[str, Any]:
    """``{requestId, results, billing}``."""
    return {"requestId": str(uuid4()), "results": results, "billing": billing(cost, returned)}


def billing(cost: int, returned: int) -> dict[str, int]:
    """``billing``: credits charged and results that are no error."""
    return {"creditsCharged": cost, "resultsReturned": returned}


def hits(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The results that are no error."""
    return [result for result in results if "error" not in result]
