"""Whom nobody may ask Lusha for: looked at before a question by hand, and remembered when an answer says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TypeVar

from connector.engine.payer import Payer
from connector.errors import RequestRefused
from connector.mapping.identity import profile_spellings, says_who, spellings
from connector.models import Answer, Entity, Found, Identity, Item, Lookalikes, Profile
from connector.store import people

A = TypeVar("A")

BARRED = "Lusha may not process this person (GDPR), or they were forgotten"
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


def barred_ids(payer: Payer, profiles: Collection[Profile]) -> frozenset[str]:
    """The ids of answers about people who are suppressed, however they were asked for: by their id, an e-mail address
    or their page. A name at a company alone says too little of an answer; two people may share it."""
    found: set[str] = set()
    for entity in {profile.entity for profile in profiles}:
        if people.anybody_suppressed(payer.store, entity=entity):
            some = [profile for profile in profiles if profile.entity == entity]
            found |= _barred_of(payer, entity, some)
    return frozenset(found)


def _barred_of(payer: Payer, entity: Entity, profiles: Collection[Profile]) -> set[str]:
    marks = {profile.id: set(filter(says_who, profile_spellings(profile))) for profile in profiles}
    suppressed = people.suppressed(payer.store, entity=entity, spellings=set().union(*marks.values()))
    return {id for id, own in marks.items() if own & suppressed}


def barred_in(payer: Payer, answer: Answer) -> frozenset[str]:
    """The ids of those in an answer who are suppressed."""
    return barred_ids(payer, [*(item.profile for item in answer.items if item.profile), *answer.extra])


def screened(payer: Payer, answer: Answer) -> Answer:
    """The answer, without what it tells of people who are suppressed: none of it is saved or shown."""
    if not (out := barred_in(payer, answer)):
        return answer
    refused = Item(error="COMPLIANCE_RESTRICTED", message=BARRED)
    return replace(
        answer,
        items=tuple(refused if item.profile and item.profile.id in out else item for item in answer.items),
        extra=tuple(profile for profile in answer.extra if profile.id not in out),
    )


def without_barred(payer: Payer, answer: A) -> A:
    """A list of people or companies, less those who are suppressed; any other answer as it is."""
    if isinstance(answer, Found | Lookalikes):
        out = barred_ids(payer, answer.profiles)
        return replace(answer, profiles=tuple(one for one in answer.profiles if one.id not in out)) if out else answer
    return answer


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
