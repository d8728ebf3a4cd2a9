"""Requests of Lusha's API V3, built and checked apart from sending. All pure.

One malformed item refuses a whole V3 request (https://docs.lusha.com/apis/openapi), so items are checked here:
one that Lusha would refuse raises RequestRefused as if Lusha had, before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from connector.errors import RequestRefused
from connector.lusha.attributes import BASE, REVEALS
from connector.models import Entity, Identity

USAGE_PATH = "/v3/account/usage"
MOST_ITEMS = 100
"""Most items in one request."""

_PLURAL: Mapping[Entity, str] = MappingProxyType({"person": "contacts", "company": "companies"})
_NAMES: Mapping[Entity, Mapping[str, str]] = MappingProxyType(
    {
        "person": {
            "id": "id",
            "linkedin_url": "linkedinUrl",
            "email": "email",
            "first_name": "firstName",
            "last_name": "lastName",
            "company_domain": "companyDomain",
            "company_name": "companyName",
        },
        "company": {"id": "id", "domain": "domain", "name": "name"},
    }
)
_COMPLETE: Mapping[Entity, tuple[frozenset[str], ...]] = MappingProxyType(
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


def search_path(entity: Entity) -> str:
    """Where identities are looked up."""
    return f"/v3/{_PLURAL[entity]}/search"


def enrich_path(entity: Entity) -> str:
    """Where data are bought."""
    return f"/v3/{_PLURAL[entity]}/enrich"


def search_body(
    entity: Entity, identities: Sequence[Identity], references: Sequence[str]
) -> tuple[str, dict[str, Any]]:
    """Path and body of a search: each item carries its reference and exactly the fields of its identity.

    1 to 100 identities, one reference for each, no two alike (else ValueError). RequestRefused with code "400":
    an identity that Lusha would refuse; its place is named, its content is not.
    """
    _check_count(len(identities))
    if len(references) != len(identities) or len(set(references)) != len(references):
        raise ValueError("a search needs one reference for each identity, no two alike")
    items = [
        {"clientReferenceId": reference, **_item(entity, identity, place)}
        for place, (identity, reference) in enumerate(zip(identities, references, strict=True), start=1)
    ]
    return search_path(entity), {_PLURAL[entity]: items}


def enrich_body(entity: Entity, ids: Sequence[str], reveal: Collection[str]) -> tuple[str, dict[str, Any]]:
    """Path and body of a purchase: each id once, ``reveal`` sorted.

    ``reveal`` holds data of the catalogue; those that come with any answer (preview, profile, company) are not
    sent. For people something must be left to reveal (else ValueError): Lusha takes a missing list for "all of
    it, at full price", and an empty one is best taken the same way. The waterfall to other providers, on by
    default and without a documented price, is always declined.
    """
    _check_count(len(ids))
    if blank := next((place for place, id in enumerate(ids, start=1) if not id.strip()), None):
        raise RequestRefused(f"Lusha: item {blank} of the request has a blank id; nothing was sent", code="400")
    asked = set(reveal) - {"preview", BASE[entity]}
    if unknown := asked - REVEALS[entity]:
        raise ValueError(f"no {entity} datum can be revealed as {', '.join(sorted(unknown))}")
    if entity == "person" and not asked:
        raise ValueError("a person's enrich request must name what to reveal")
    body: dict[str, Any] = {"ids": list(dict.fromkeys(ids))}
    if asked:
        body["reveal"] = sorted(asked)
    if entity == "person":
        body["waterfallEnabled"] = False
    return enrich_path(entity), body


def _check_count(count: int) -> None:
    if not 1 <= count <= MOST_ITEMS:
        raise ValueError(f"a request holds 1 to {MOST_ITEMS} items, not {count}")


def _item(entity: Entity, identity: Identity, place: int) -> dict[str, str]:
    given = {name: value for name in Identity.__slots__ if name != "entity" and (value := getattr(identity, name))}
    if problem := _problem(entity, identity.entity, given):
        raise RequestRefused(f"Lusha: item {place} of the request {problem}; nothing was sent", code="400")
    return {_NAMES[entity][name]: value for name, value in given.items()}


def _problem(entity: Entity, claimed: Entity, given: Mapping[str, str]) -> str | None:
    """What Lusha would refuse in an item, None if nothing."""
    if claimed != entity:
        return f"is a {claimed}, not a {entity}"
    if frozenset(given) not in _COMPLETE[entity]:
        return "has no complete identifier" if not given else f"mixes identifiers: {', '.join(given)}"
    if any(not value.strip() for value in given.values()):
        return "has a blank identifier"
    if "email" in given and not (len(given["email"]) <= 254 and _EMAIL.fullmatch(given["email"])):
        return "has an e-mail address that is not valid"
    for name in ("domain", "company_domain", "linkedin_url"):
        if name in given and (_SPACE.search(given[name]) or "." not in given[name]):
            return f"has a {name} that is not valid"
    return None
