"""Parts of the format that this release reads and refuses: one table, each entry with what to use instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connector.config.document import Document
from connector.config.problems import Problem
from connector.config.settings import Place

_CONFIG: tuple[tuple[Place, str, str], ...] = (
    (("orgs", "*", "connection", "auth"), "jwt", "use client_credentials"),
    (("orgs", "*", "connection", "auth"), "password", "use client_credentials"),
)
_OTHER_SIGN_IN = {
    "salesforce": frozenset({"username", "private_key_file", "sandbox", "audience", "password", "security_token"}),
}


def later_in_config(document: Document) -> Iterator[Problem]:
    """Every part of a configuration file that is not supported yet."""
    for pattern, refused, advice in _CONFIG:
        for place, value in document.find(*pattern):
            if value == refused:
                yield document.problem(place, f"{value} is not supported yet; {advice}")
    for place, org in document.find("orgs", "*"):
        if isinstance(org, dict) and isinstance(org.get("connection"), dict):
            yield from _sign_in(document, (*place, "connection"), str(org.get("crm")), org["connection"])


def _sign_in(document: Document, place: Place, crm: str, connection: dict[str, Any]) -> Iterator[Problem]:
    """Keys of sign-in methods to come; with ``auth`` naming such a method, that one word is refused instead."""
    if connection.get("auth") in ("jwt", "password"):
        return
    for key in connection:
        if key in _OTHER_SIGN_IN.get(crm, ()):
            yield document.problem(
                (*place, key), f"signing in with {key} is not supported yet; use client_id and client_secret"
            )
