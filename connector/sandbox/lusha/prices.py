"""What Lusha charges: credits for one datum of one person or company, and for one unit of each other action."""

from __future__ import annotations

from collections.abc import Mapping

REVEALS: Mapping[str, tuple[str, ...]] = {
    "contacts": ("emails", "phones"),
    "companies": (
        "employeesByDepartment", "employeesByLocation", "employeesBySeniority", "competitors", "intent",
        "estimatedAnnualItSpend", "monthlyWebsiteTraffic",
    ),
}  # fmt: skip
"""Data that V3's ``reveal`` names."""

PRICES: Mapping[str, int] = {"emails": 1, "phones": 5, "company": 1} | dict.fromkeys(REVEALS["companies"], 1)
"""Credits for one datum that an account owns from then on."""

SEARCH_LOT = 25
"""One credit pays for this many search or prospecting results."""
SIGNAL = 1
"""Credits for the signals of one person or company."""
LOOKALIKE = 1
"""Credits for one lookalike; the document names the action and no price."""

ACTIONS: Mapping[str, tuple[int, int]] = {
    "revealEmail": (PRICES["emails"], 1),
    "revealPhone": (PRICES["phones"], 1),
    "reveal_company": (PRICES["company"], 1),
    "api_search": (1, SEARCH_LOT),
    "showSignalsContact": (SIGNAL, 1),
    "showSignalsCompany": (SIGNAL, 1),
    "lookalikeContact": (LOOKALIKE, 1),
    "lookalikeCompany": (LOOKALIKE, 1),
}
"""``pricing`` of V3's usage answer: credits for this many; the names stand in the billing notes of the operations."""


def lots(results: int) -> int:
    """Credits for this many search results: one for each started lot."""
    return -(-results // SEARCH_LOT)
