"""Lookalikes are asked for with seeds: checked, and sorted by kind. Both generations do it alike. All pure.

They differ in the name of a list of ids, and in whether these are texts or numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from connector.lusha.identifying import COMPLETE, NAMES, Ways, given
from connector.lusha.refusing import refusal, refused
from connector.models import Entity, Identity

FEWEST_SEEDS = 5
"""Fewest seeds of a first request; one that goes on with a session may have fewer."""

MOST_SEEDS = 100
"""Most seeds of one kind."""

MOST_LOOKALIKES = 100

_WAYS: Mapping[Entity, Ways] = MappingProxyType(
    {"person": COMPLETE["person"], "company": (frozenset({"domain"}), frozenset({"linkedin_url"}))}
)
_KINDS: Mapping[str, str] = MappingProxyType({"linkedin_url": "linkedinUrls", "email": "emails", "domain": "domains"})
"""Lists of seeds that are one text, by what they are given by; names stand in ``contacts``."""


@dataclass(frozen=True, slots=True)
class Ids:
    """How a generation takes ids: in a list of this name, each read with its place in the request."""

    name: str
    read: Callable[[str, int], Any]


def lookalike_body(
    entity: Entity,
    seeds: Sequence[Identity],
    *,
    exclude: Sequence[Identity],
    limit: int,
    session: str | None,
    ids: Ids,
) -> dict[str, Any]:
    """The body of a request for lookalikes.

    RequestRefused with code "400": a limit out of range, too few or too many seeds, a blank session, or an identity
    that Lusha would refuse; its place is counted through the seeds and on through ``exclude``.
    """
    _check(seeds, limit, session)
    body = {"seeds": _batch(entity, seeds, 0, ids), "limit": limit}
    if exclude:
        body["exclude"] = _batch(entity, exclude, len(seeds), ids)
    if session is not None:
        body["dedupeSessionId"] = session
    return body


def _check(seeds: Sequence[Identity], limit: int, session: str | None) -> None:
    if not 1 <= limit <= MOST_LOOKALIKES:
        raise refusal(f"1 to {MOST_LOOKALIKES} lookalikes can be asked for, not {limit}")
    if session is not None and not session.strip():
        raise refusal("the session to go on with is blank")
    fewest = FEWEST_SEEDS if session is None else 1
    if (different := len(set(seeds))) < fewest:
        raise refusal(f"lookalikes need {fewest} different seeds or more, not {different}")


def _batch(entity: Entity, identities: Sequence[Identity], before: int, ids: Ids) -> dict[str, list[Any]]:
    """Identities by kind, each once; ``before``: the items of the request that stand before them."""
    batch: dict[str, list[Any]] = {}
    for place, identity in enumerate(identities, start=before + 1):
        kind, seed = _seed(entity, identity, place, ids)
        if seed not in batch.setdefault(kind, []):
            batch[kind].append(seed)
    if full := next((kind for kind, found in batch.items() if len(found) > MOST_SEEDS), None):
        raise refusal(f"lookalikes take {MOST_SEEDS} {full}, not {len(batch[full])}")
    return batch


def _seed(entity: Entity, identity: Identity, place: int, ids: Ids) -> tuple[str, Any]:
    if entity == identity.entity == "company" and not (identity.domain or identity.linkedin_url):
        raise refused(place, "has neither a domain nor a LinkedIn URL; lookalikes of companies go by these")
    fields = given(entity, identity, place, _WAYS[entity])
    if len(fields) > 1:
        return "contacts", {NAMES[name]: value for name, value in fields.items()}
    ((name, value),) = fields.items()
    return (ids.name, ids.read(value, place)) if name == "id" else (_KINDS[name], value)
