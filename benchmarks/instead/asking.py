"""One person asked of Lusha at a time, by ``search-and-enrich``: one call a record."""

from __future__ import annotations

from typing import Any

import httpx


class Lusha:
    """Asks one account."""

    def __init__(self, address: str, key: str = "sandbox-lusha-key") -> None:
        self._client = httpx.Client(base_url=address, headers={"api_key": key}, timeout=30)

    def person(self, linkedin: str) -> dict[str, Any] | None:
        """What Lusha tells of somebody; None when nobody is found."""
        body = {"contacts": [{"clientReferenceId": "1", "linkedinUrl": linkedin}], "reveal": ["emails", "phones"]}
        answer = self._client.post("/v3/contacts/search-and-enrich", json=body)
        answer.raise_for_status()
        result: dict[str, Any] = answer.json()["results"][0]
        return None if result.get("error") else result


def number(person: dict[str, Any], *, mobile: bool) -> str | None:
    """The first phone of a kind."""
    return next((one["number"] for one in person["phones"] if (one["type"] == "mobile") is mobile), None)
