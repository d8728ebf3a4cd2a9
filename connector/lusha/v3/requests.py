"""Requests of Lusha's API V3, built and checked apart from sending. All pure.

One malformed item refuses a whole V3 request (https://docs.lusha.com/apis/openapi), so items are checked here:
one that Lusha would refuse raises RequestRefused as if Lusha had, before anything is sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from connector.lusha.calls import PLURAL
from connector.lusha.identifying import NAMES, check_count, check_ids, check_references, given
from connector.lusha.revealing import asked
from connector.models import Entity, Identity

USAGE_PATH = "/v3/account/usage"
_NAMES: Mapping[Entity, Mapping[str, str]] = MappingProxyType(
    {
        "person": {"id": "id", **NAMES},
        "company": {"id": "id", "domain": "domain", "name": "name"},
    }
)


def path_of(entity: Entity, action: str) -> str:
    """Where Lusha does this with people or companies: ``/v3/contacts/signals``."""
    return f"/v3/{PLURAL[entity]}/{action}"


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

    1 to 100 identities, one reference for each, no two alike. RequestRefused with code "400": too many, references that
    are alike, or an identity that Lusha would refuse; its place is named, its content is not. ValueError: no
    identities, or not one reference for each.
    """
    check_count(len(identities))
    check_references(identities, references)
    items = [
        {"clientReferenceId": reference, **item(entity, identity, place)}
        for place, (identity, reference) in enumerate(zip(identities, references, strict=True), start=1)
    ]
    return search_path(entity), {PLURAL[entity]: items}


def search_and_enrich_body(
    entity: Entity, identities: Sequence[Identity], references: Sequence[str], reveal: Collection[str]
) -> tuple[str, dict[str, Any]]:
    """Path and body of a search and purchase in one: the items of ``search_body``, the ``reveal`` of ``enrich_body``.

    Companies come with the base enrich alone: for them ``reveal`` names no more than ``company`` (else ValueError).
    """
    data = sorted(asked(entity, reveal))
    if entity == "company" and data:
        raise ValueError(f"search-and-enrich reveals nothing of a company by itself, so not {', '.join(data)}")
    _, body = search_body(entity, identities, references)
    return search_and_enrich_path(entity), {**body, "reveal": data} if data else body


def enrich_body(entity: Entity, ids: Sequence[str], reveal: Collection[str]) -> tuple[str, dict[str, Any]]:
    """Path and body of a purchase: each id once, ``reveal`` sorted.

    ``reveal`` holds data of the catalogue; those that come with any answer (preview, profile, company) are not
    sent. For people something must be left to reveal (else ValueError): Lusha takes a missing list for "all of
    it, at full price", and an empty one is best taken the same way. The waterfall to other providers, on by
    default and without a documented price, is always declined.
    """
    check_count(len(ids))
    check_ids(ids)
    data = sorted(asked(entity, reveal))
    body: dict[str, Any] = {"ids": list(dict.fromkeys(ids))}
    if data:
        body["reveal"] = data
    if entity == "person":
        body["waterfallEnabled"] = False
    return enrich_path(entity), body


def item(entity: Entity, identity: Identity, place: int) -> dict[str, str]:
    """The identity by Lusha's names. RequestRefused with code "400": Lusha would refuse it."""
    return {_NAMES[entity][name]: value for name, value in given(entity, identity, place).items()}
