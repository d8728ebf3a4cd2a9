"""Whom nobody may ask Lusha for: looked at before a question by hand, and remembered when an answer says so."""

from __future__ import annotations

from collections.abc import Collection

from connector.engine.payer import Payer
from connector.errors import RequestRefused
from connector.mapping.identity import spellings
from connector.models import Identity
from connector.store import people

BARRED = "Lusha may not process this person (GDPR), or it was asked to be forgotten"
_LAW = "451"
"""Unavailable for legal reasons: how Lusha refuses a whole request for somebody in it."""


def barred(payer: Payer, identities: Collection[Identity]) -> frozenset[Identity]:
    """Those who are suppressed, by the spelling asked with or by the id that it is known to lead to."""
    marks: dict[Identity, set[str]] = {}
    for identity in identities:
        own = spellings(identity)
        known = people.identities(payer.store, key=payer.purpose.key, entity=identity.entity, spellings=own)
        marks[identity] = {*own, *(f"id:{found.lusha_id}" for found in known.values() if found.lusha_id)}
    suppressed: set[str] = set()
    for entity in {identity.entity for identity in identities}:
        every = {mark for identity, own in marks.items() if identity.entity == entity for mark in own}
        suppressed |= {f"{entity} {mark}" for mark in people.suppressed(payer.store, entity=entity, spellings=every)}
    return frozenset(i for i, own in marks.items() if any(f"{i.entity} {mark}" in suppressed for mark in own))


def bar(payer: Payer, identity: Identity, lusha_id: str | None = None) -> None:
    """Never ask for this one again."""
    every = [*spellings(identity), *([f"id:{lusha_id}"] if lusha_id else [])]
    with payer.store.transaction():
        people.suppress(payer.store, entity=identity.entity, spellings=every, reason="compliance", now=payer.now())


def meant(identities: Collection[Identity], refused: RequestRefused) -> Identity:
    """Whom Lusha means where it refused a whole request by law; the refusal itself where that cannot be told."""
    if refused.code != _LAW or len(identities) != 1:
        raise of_several(refused)
    return next(iter(identities))


def of_several(refused: RequestRefused) -> RequestRefused:
    """The refusal of a request about several; where it is by law, with what to do about it."""
    if refused.code == _LAW:
        refused.hint = "Lusha does not say who of them is meant: ask for each alone, and that one is remembered"
    return refused
