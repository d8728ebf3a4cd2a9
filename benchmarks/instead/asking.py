"""People asked of Lusha by ``search-and-enrich``: one at a time, or many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx


class Lusha:
    """Asks one account."""

    def __init__(self, address: str, key: str = "sandbox-lusha-key") -> None:
        self._client = httpx.Client(base_url=address, headers={"api_key": key}, timeout=30)

    def person(self, linkedin: str) -> dict[str, Any] | None:
        """What Lusha tells of somebody; None when nobody is found."""
        return self.people([linkedin])[0]

    def people(self, linkedins: Sequence[str]) -> list[dict[str, Any] | None]:
        """The same of up to 100, in their order."""
        items = [{"clientReferenceId": str(n), "linkedinUrl": url} for n, url in enumerate(linkedins)]
        body = {"contacts": items, "reveal": ["emails", "phones"]}
        answer = self._client.post("/v3/contacts/search-and-enrich", json=body)
        answer.raise_for_status()
        return [None if result.get("error") else result for result in answer.json()["results"]]


def number(person: dict[str, Any], *, mobile: bool) -> str | None:
    """The first phone of a kind."""
    return next((one["number"] for one in person["phones"] if (one["type"] == "mobile") is mobile), None)
