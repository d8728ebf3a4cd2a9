"""What Lusha takes as an item of a request: complete, unmixed and well formed, checked before anything is sent.

One malformed item refuses a whole request (https://docs.lusha.com/apis/openapi), so one that Lusha would refuse
raises RequestRefused as if Lusha had: its place is named, its content is not. ``v2`` and ``v3`` build their items
from what ``given`` lets through. All pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from connector.lusha.refusing import refused
from connector.models import Entity, Identity

MOST_ITEMS = 100
"""Most items in one request."""

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
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})*\.(?:[A-Za-z]{{2,}}|xn--[A-Za-z0-9-]+)")
_SPACE = re.compile(r"\s")


def check_count(count: int) -> None:
    """ValueError unless a request can hold that many items."""
    if not 1 <= count <= MOST_ITEMS:
        raise ValueError(f"a request holds 1 to {MOST_ITEMS} items, not {count}")


def check_references(identities: Sequence[Identity], references: Sequence[str]) -> None:
    """ValueError unless there is one reference for each identity, no two alike."""
    if len(references) != len(identities) or len(set(references)) != len(references):
        raise ValueError("a search needs one reference for each identity, no two alike")


def check_ids(ids: Sequence[str]) -> None:
    """RequestRefused with code "400": an id is blank."""
    if blank := next((place for place, id in enumerate(ids, start=1) if not id.strip()), None):
        raise refused(blank, "has a blank id")


def given(entity: Entity, identity: Identity, place: int, ways: Ways | None = None) -> dict[str, str]:
    """The fields that an identity has, by our names, in the order of Identity.

    ``ways``: the complete ways of identifying, where they are not those of a search. RequestRefused with code
    "400": an identity that Lusha would refuse.
    """
    fields = {name: value for name in Identity.__slots__ if name != "entity" and (value := getattr(identity, name))}
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
