"""Requests of Lusha's API V3, built and checked apart from sending. All pure.

One malformed item refuses a whole V3 request (https://docs.lusha.com/apis/openapi), so items are checked here:
one that Lusha would refuse raises RequestRefused as if Lusha had, before anything is sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from connector.lusha.attributes import BASE, REVEALS
from connector.lusha.identifying import check_count, check_ids, check_references, given
from connector.models import Entity, Identity

USAGE_PATH = "/v3/account/usage"
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


def path_of(entity: Entity, action: str) -> str:
    """Where Lusha does this with people or companies: ``/v3/contacts/signals``."""
    return f"/v3/{_PLURAL[entity]}/{action}"


def search_path(entity: Entity) -> str:
    """Where identities are looked up."""
    return path_of(entity, "search")


def enrich_path(entity: Entity) -> str:
    """Where data are bought."""
    return path_of(entity, "enrich")


def search_and_enrich_path(entity: Entity) -> str:
    """Where identities are looked up and data bought at once."""
    return path_of(entity, "search-and-enrich")


def search_body(
    entity: Entity, identities: Sequence[Identity], references: Sequence[str]
) -> tuple[str, dict[str, Any]]:
    """Path and body of a search: each item carries its reference and exactly the fields of its identity.

    1 to 100 identities, one reference for each, no two alike (else ValueError). RequestRefused with code "400":
    an identity that Lusha would refuse; its place is named, its content is not.
    """
    check_count(len(identities))
    check_references(identities, references)
    items = [
        {"clientReferenceId": reference, **item(entity, identity, place)}
        for place, (identity, reference) in enumerate(zip(identities, references, strict=True), start=1)
    ]
    return search_path(entity), {_PLURAL[entity]: items}


def search_and_enrich_body(
    entity: Entity, identities: Sequence[Identity], references: Sequence[str], reveal: Collection[str]
) -> tuple[str, dict[str, Any]]:
    """Path and body of a search and purchase in one: the items of ``search_body``, the ``reveal`` of ``enrich_body``.

    Companies come with the base enrich alone: for them ``reveal`` names no more than ``company`` (else ValueError).
    """
    asked = _asked(entity, reveal)
    if entity == "company" and asked:
        raise ValueError(f"search-and-enrich reveals nothing of a company by itself, so not {', '.join(asked)}")
    _, body = search_body(entity, identities, references)
    return search_and_enrich_path(entity), {**body, "reveal": asked} if asked else body


def enrich_body(entity: Entity, ids: Sequence[str], reveal: Collection[str]) -> tuple[str, dict[str, Any]]:
    """Path and body of a purchase: each id once, ``reveal`` sorted.

    ``reveal`` holds data of the catalogue; those that come with any answer (preview, profile, company) are not
    sent. For people something must be left to reveal (else ValueError): Lusha takes a missing list for "all of
    it, at full price", and an empty one is best taken the same way. The waterfall to other providers, on by
    default and without a documented price, is always declined.
    """
    check_count(len(ids))
    check_ids(ids)
    asked = _asked(entity, reveal)
    body: dict[str, Any] = {"ids": list(dict.fromkeys(ids))}
    if asked:
        body["reveal"] = asked
    if entity == "person":
        body["waterfallEnabled"] = False
    return enrich_path(entity), body


def item(entity: Entity, identity: Identity, place: int) -> dict[str, str]:
    """The identity by Lusha's names. RequestRefused with code "400": Lusha would refuse it."""
    return {_NAMES[entity][name]: value for name, value in given(entity, identity, place).items()}


def _asked(entity: Entity, reveal: Collection[str]) -> list[str]:
    """What goes into ``reveal``: sorted, without the data that come with any answer."""
    asked = set(reveal) - {"preview", BASE[entity]}
    if strange := asked - REVEALS[entity]:
        raise ValueError(f"no {entity} datum can be revealed as {', '.join(sorted(strange))}")
    if entity == "person" and not asked:
        raise ValueError("a person's enrich request must name what to reveal")
    return sorted(asked)
