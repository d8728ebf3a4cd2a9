"""What Lusha takes as an item of a request: complete, unmixed and well formed, checked before anything is sent.

One malformed item refuses a whole request (https://docs.lusha.com/apis/openapi), so one that Lusha would refuse
raises RequestRefused as if Lusha had: its place is named, its content is not. ``v2`` and ``v3`` build their items
from what ``given`` lets through. All pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from connector.lusha.batches import MOST_ITEMS
from connector.lusha.refusing import refusal, refused
from connector.models import Entity, Identity

Ways = tuple[frozenset[str], ...]
"""Complete ways of identifying: the fields that an item has, exactly."""

COMPLETE: Mapping[Entity, Ways] = MappingProxyType(
    {
        "person": (
            frozenset({"id"}),
            frozenset({"linkedin_url"}),
            frozenset({"email"}),
            frozenset({"first_name", "last_name", "company_domain"}),
            frozenset({"first_name", "last_name", "company_name"}),
        ),
        "company": (frozenset({"id"}), frozenset({"domain"}), frozenset({"name"})),
    }
)
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "linkedin_url": "linkedinUrl",
        "email": "email",
        "first_name": "firstName",
        "last_name": "lastName",
        "company_domain": "companyDomain",
        "company_name": "companyName",
    }
)
"""Lusha's names for what a person is identified by, but for the id, where each generation has its own."""

_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})*\.(?:[A-Za-z]{{2,}}|xn--[A-Za-z0-9-]+)")
_SPACE = re.compile(r"\s")


def check_count(count: int) -> None:
    """RequestRefused with code "400": more items than a request holds. ValueError: nothing to ask for at all."""
    if count < 1:
        raise ValueError("a request needs an item to ask for")
    if count > MOST_ITEMS:
        raise refusal(f"a request holds {MOST_ITEMS} items at most, not {count}")


def check_references(identities: Sequence[Identity], references: Sequence[str]) -> None:
    """RequestRefused with code "400": two references are alike. ValueError: not one for each identity."""
    if len(references) != len(identities):
        raise ValueError("a search needs one reference for each identity")
    first: dict[str, int] = {}
    for place, reference in enumerate(references, start=1):
        if first.setdefault(reference, place) != place:
            raise refused(place, f"has the same reference as item {first[reference]}")


def check_ids(ids: Sequence[str]) -> None:
    """RequestRefused with code "400": an id is blank."""
    if blank := next((place for place, id in enumerate(ids, start=1) if not id.strip()), None):
        raise refused(blank, "has a blank id")


def given(entity: Entity, identity: Identity, place: int, ways: Ways | None = None) -> dict[str, str]:
    """The fields that an identity has, by our names, in the order of Identity.

    ``ways``: the complete ways of identifying, where they are not those of a search. RequestRefused with code
    "400": an identity that Lusha would refuse.
    """
    fields = {name: value for name, value in zip(identity._fields, identity, strict=True) if value and name != "entity"}
    if problem := _problem(entity, identity.entity, fields, COMPLETE[entity] if ways is None else ways):
        raise refused(place, problem)
    return fields


def _problem(entity: Entity, claimed: Entity, fields: Mapping[str, str], ways: Ways) -> str | None:
    """What Lusha would refuse in an item, None if nothing."""
    if claimed != entity:
        return f"is a {claimed}, not a {entity}"
    if frozenset(fields) not in ways:
        return "has no complete identifier" if not fields else f"mixes identifiers: {', '.join(fields)}"
    if any(not value.strip() for value in fields.values()):
        return "has a blank identifier"
    if "email" in fields and not (len(fields["email"]) <= 254 and _EMAIL.fullmatch(fields["email"])):
        return "has an e-mail address that is not valid"
    for name in ("domain", "company_domain", "linkedin_url"):
        if name in fields and (_SPACE.search(fields[name]) or "." not in fields[name]):
            return f"has a {name} that is not valid"
    return None
