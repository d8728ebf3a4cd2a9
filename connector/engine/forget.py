"""``forget``: everything that means a person is erased from the state file, and nobody asks for them again.

A person is followed from what is named (an e-mail address, a Lusha id, a record) through every spelling that says for
certain who somebody is: Lusha ids, e-mail addresses, LinkedIn pages. A name at a company is suppressed too, and leads
to nobody else: two people may share it. What stays is hashes, and that changes happened.

No run, and no question by hand, may go on meanwhile: it could hold a copy in memory and save it again. The caller
holds every lock (``store.lease.hold_still``), and one transaction around it all.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from connector.errors import ConfigError
from connector.lusha.profiles import from_json
from connector.mapping.addresses import normal_linkedin
from connector.mapping.identity import (
    identity_of,
    personal_email,
    profile_spellings,
    record_spelling,
    says_who,
    spellings,
)
from connector.models import Profile
from connector.naming import normal_name
from connector.store import erasing, forgetting, people
from connector.store.db import Store
from connector.store.forgetting import Loose, Subject

MOST_IDS = 10
"""So many Lusha ids may mean one who is named; more than that, and the words do not mean one person."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """So many rows were erased (changes: blanked), and so many marks suppressed that were not before."""

    profiles: int = 0
    identities: int = 0
    records: int = 0
    changes: int = 0
    suggestions: int = 0
    answers: int = 0
    suppressed: int = 0

    @property
    def known(self) -> bool:
        """Whether the state file held anything of them."""
        return any(getattr(self, field.name) for field in fields(self) if field.name != "suppressed")


def traced(store: Store, named: Subject, *, persons: int) -> Subject:
    """Everything that means whoever is named, so many ``persons`` in all.

    ConfigError: it leads to more people at Lusha than can be meant.
    """
    subject = replace(named, ids=named.ids | forgetting.ids_of_records(store, named))
    searched: set[str] = set()
    while True:
        known = subject
        subject = _one_step(store, subject, searched)
        if len(subject.ids) > MOST_IDS * persons:
            raise ConfigError(
                f"what was named leads to {len(subject.ids)} different people at Lusha; nobody was forgotten",
                hint="name each by their Lusha id: --lusha-id",
            )
        if subject == known:
            return subject


def _one_step(store: Store, subject: Subject, searched: set[str]) -> Subject:
    """One step on from what is known: ids to spellings and records, and spellings that say who it is to ids.

    ``searched``: the spellings that whole tables were searched for before; it grows.
    """
    bodies = forgetting.bodies_of_ids(store, subject)
    every = {
        *subject.spellings,
        *(f"id:{id}" for id in subject.ids),
        *forgetting.spellings_of_ids(store, subject),
        *(spelling for body in bodies for spelling in profile_spellings(from_json(body))),
    }
    certain = frozenset(filter(says_who, every)) - searched
    searched |= certain
    ids = {
        *subject.ids,
        *forgetting.ids_of_spellings(store, replace(subject, spellings=certain)),
        *_ids_by_profiles(store, certain),
        *_ids_by_values(store, subject, certain),
    }
    records = subject.records | forgetting.records_of_ids(store, subject)
    return replace(subject, ids=frozenset(ids), spellings=frozenset(every), records=records)


def _ids_by_profiles(store: Store, certain: Collection[str]) -> Iterator[str]:
    """Saved profiles with the same address or page under another id."""
    for body in forgetting.bodies_with(store, _needles(certain)):
        profile = from_json(body)
        if not set(profile_spellings(profile)).isdisjoint(certain):
            yield profile.id


def _ids_by_values(store: Store, subject: Subject, certain: frozenset[str]) -> Iterator[str]:
    """Whose an address or a page was when it was written, proposed, or asked with."""
    for text in forgetting.texts(store, subject, _needles(certain)):
        if text.ours and text.lusha_id and not certain.isdisjoint(_marks(json.loads(text.json))):
            yield text.lusha_id


def _needles(certain: Iterable[str]) -> set[str]:
    """What stands in every way of writing these addresses and pages, in small letters: the part before the ``@``, the
    last part of the page (but for one with other letters than English ones, which may be written in several ways)."""
    found = set()
    for spelling in certain:
        kind, _, rest = spelling.partition(":")
        if kind == "email":
            found.add(rest.partition("@")[0] + "@")
        elif kind == "linkedin":
            page = rest.rpartition("/")[2].lower()
            found.add("linkedin" if "%" in page else page)
    return found


def forget(store: Store, named: Subject, *, persons: int, now: datetime) -> Forgotten:
    """Erase and suppress whoever is named; call it inside a transaction, with every lock held.

    They are suppressed also where nothing was known of them.
    """
    subject = traced(store, named, persons=persons)
    loose, mentions = _loose(store, subject), _mentions(store, subject)
    profiles = forgetting.forget_profiles(store, subject)
    forgetting.forget_plans(store, subject)
    erasing.forget_written(store, subject, loose)
    forgetting.leave_out_of_bookings(store, subject)
    return Forgotten(
        profiles=profiles,
        identities=forgetting.forget_identities(store, subject),
        changes=erasing.blank_changes(store, subject, loose),
        suggestions=forgetting.forget_suggestions(store, subject, loose),
        records=forgetting.forget_records(store, subject),
        answers=forgetting.forget_answers(store, mentions),
        suppressed=_suppress(store, subject, now),
    )


def _suppress(store: Store, subject: Subject, now: datetime) -> int:
    marks = subject.spellings | {record_spelling(*at) for at in subject.records}
    new = marks - people.suppressed(store, entity="person", spellings=marks)
    people.suppress(store, entity="person", spellings=new, reason="forget", now=now)
    return len(new)


def _loose(store: Store, subject: Subject) -> Loose:
    """Values of theirs in rows that are about somebody else: an address that was replaced, say."""
    loose = Loose()
    places: dict[str, list[Any]] = {
        "changes": loose.changes,
        "suggestions": loose.suggestions,
        "last_written": loose.written,
    }
    certain = filter(says_who, subject.spellings)
    for text in forgetting.texts(store, subject, _needles(certain)):
        if text.key is not None and not subject.spellings.isdisjoint(_marks(json.loads(text.json))):
            places[text.table].append(text.key)
    return loose


def _mentions(store: Store, subject: Subject) -> list[int]:
    """Answers to questions by hand that mention them in any way; rather one too many, it can be asked again."""
    profiles = [from_json(body) for body in forgetting.bodies_of_ids(store, subject)]
    names, phones = set(_names(subject, profiles)), set(_phones(profiles))
    found = []
    for number, body in forgetting.answers(store):
        words = set(_words(json.loads(body)))
        told = {mark for word in words for mark in _marks(word)} | {normal_name(word) for word in words}
        if words & (subject.ids | phones) or told & (subject.spellings | names):
            found.append(number)
    return found


def _names(subject: Subject, profiles: Iterable[Profile]) -> Iterator[str]:
    for spelling in subject.spellings:
        kind, _, rest = spelling.partition(":")
        if kind.startswith("name@"):
            yield rest.partition("|")[0]
    for profile in profiles:
        if name := normal_name(str(profile.attributes.get("full_name") or "")):
            yield name


def _phones(profiles: Iterable[Profile]) -> Iterator[str]:
    for profile in profiles:
        yield from (str(phone["number"]) for phone in profile.attributes.get("phones") or () if phone.get("number"))


def _words(told: Any) -> Iterator[str]:
    """Every single value of a JSON document, and first and last names put together."""
    if isinstance(told, dict):
        for first, last in (("first_name", "last_name"), ("firstName", "lastName")):
            if told.get(first) and told.get(last):
                yield f"{told[first]} {told[last]}"
    if isinstance(told, dict | list):
        for part in told.values() if isinstance(told, dict) else told:
            yield from _words(part)
    elif told is not None:
        yield str(told)


def _marks(value: Any) -> Iterator[str]:
    """The spellings that a stored value is, or that its parts are."""
    for word in _words(value):
        if "@" in word and (address := personal_email(word)):
            yield f"email:{address}"
        elif normal_linkedin(word) and (identity := identity_of("person", word)):
            yield from spellings(identity)
