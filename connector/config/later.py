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
_TRANSFORMS = {
    "country": "use picklist",
    "state": "use picklist",
    "date": "leave it out, dates are fitted to the CRM field's type",
    "title_case": "leave it out",
}
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


def later_in_mapping(document: Document) -> Iterator[Problem]:
    """Every part of a mapping file that is not supported yet."""
    for place, step in transform_steps(document):
        name = next(iter(step), None) if isinstance(step, dict) else step
        if isinstance(name, str) and name in _TRANSFORMS:
            yield document.problem(place, f"the transform {name} is not supported yet; {_TRANSFORMS[name]}")


def transform_steps(document: Document) -> Iterator[tuple[Place, Any]]:
    """Every transform of every field with its place: a name, or a map of one name to its argument."""
    for place, steps in document.find("fields", "*", "as"):
        if isinstance(steps, list):
            yield from (((*place, number), step) for number, step in enumerate(steps))
        else:
            yield place, steps


def _sign_in(document: Document, place: Place, crm: str, connection: dict[str, Any]) -> Iterator[Problem]:
    """Keys of sign-in methods to come; with ``auth`` naming such a method, that one word is refused instead."""
    if connection.get("auth") in ("jwt", "password"):
        return
    for key in connection:
        if key in _OTHER_SIGN_IN.get(crm, ()):
            yield document.problem(
                (*place, key), f"signing in with {key} is not supported yet; use client_id and client_secret"
            )
