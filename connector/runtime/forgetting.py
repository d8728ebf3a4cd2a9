"""``forget``: who is meant by what was named, in the words of the configuration; nothing of any vendor is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from connector.config.settings import Config
from connector.engine.forget import Forgotten, forget
from connector.errors import ConfigError
from connector.mapping.identity import identify, spellings
from connector.runtime.naming import full_id
from connector.runtime.runner import address_of
from connector.store import forgetting
from connector.store.db import Store
from connector.store.forgetting import At, Place, Subject
from connector.store.lease import hold_still

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class Named:
    """Who is to be forgotten. ``org`` and ``object`` say where the records are, if their ids do not."""

    emails: Sequence[str] = ()
    lusha_ids: Sequence[str] = ()
    records: Sequence[str] = ()
    org: str | None = None
    object: str | None = None


def forget_named(
    config: Config, store: Store, named: Named, *, confirm: Callable[[Forgotten], None], now: Callable[[], datetime]
) -> Forgotten:
    """Erase whoever is named and never ask for them again.

    ``confirm`` is called with what would be erased, and may raise; meanwhile runs may go on. ConfigError: something
    named is nobody, or a record of two orgs. OrgHeld: a run, or a question by hand, goes on.
    """
    subject = _subject(config, store, named)
    persons = len(named.emails) + len(named.lusha_ids) + len(named.records)
    with _stillness(config, store):
        would = _tried(store, subject, persons, now())
    confirm(would)
    with _stillness(config, store):
        with store.transaction():
            done = forget(store, subject, persons=persons, now=now())
        store.scrub()
    return done


class _Trial(Exception):
    """Ends a transaction that must leave nothing."""


def _tried(store: Store, subject: Subject, persons: int, now: datetime) -> Forgotten:
    """What would be erased: by erasing it, and taking that back."""
    would = Forgotten()
    try:
        with store.transaction():
            would = forget(store, subject, persons=persons, now=now)
            raise _Trial
    except _Trial:
        return would


def _stillness(config: Config, store: Store) -> AbstractContextManager[None]:
    orgs = config.orgs.values()
    tenants = [(org.name, org.crm, address_of(org)) for org in orgs]
    return hold_still(store, tenants=tenants, keys=[org.lusha.api_key.fingerprint() for org in orgs])


def _subject(config: Config, store: Store, named: Named) -> Subject:
    if not (named.emails or named.lusha_ids or named.records):
        raise ConfigError("nobody is named", hint="--email E, --lusha-id ID or --record ID; each may be repeated")
    marks = [
        *_marks("email", "an e-mail address of one person", named.emails),
        *_marks("id", "a Lusha id", named.lusha_ids),
    ]
    companies = _places(config, "company") - _places(config, "person")
    records = {_record(config, store, named, id, companies) for id in named.records}
    ids = [mark.removeprefix("id:") for mark in marks if mark.startswith("id:")]
    return Subject(frozenset(ids), frozenset(marks), frozenset(records), frozenset(companies))


def _marks(key: str, what: str, words: Sequence[str]) -> list[str]:
    """Their spellings; what was typed is not repeated, it may name somebody."""
    found: list[str] = []
    for number, word in zip(count(1), words, strict=False):
        identities = identify("person", [{key: "typed"}], {"typed": word})
        if not identities:
            raise ConfigError(f"number {number} of --{_OPTIONS[key]} is not {what}; nobody was forgotten")
        found += spellings(identities[0])
    return found


_OPTIONS = {"email": "email", "id": "lusha-id"}


def _places(config: Config, entity: str) -> set[Place]:
    orgs = config.orgs.values()
    return {(org.name, mapping.object) for org in orgs for mapping in org.mappings if mapping.entity == entity}


def _record(config: Config, store: Store, named: Named, id: str, companies: set[Place]) -> At:
    """The one place where a record of this id is, or can be."""
    known = [at for at in forgetting.places_of(store, id) if at[:2] not in companies]
    at = [at for at in known if _is_there(at[:2], named)]
    people = [place for place in _places(config, "person") if _is_there(place, named)]
    at = at or [(*place, full_id(config.orgs[place[0]], id)) for place in people]
    if len(at) == 1:
        return at[0]
    if not at:
        raise ConfigError("there is no such org, or no object of people in it; nobody was forgotten",
                          hint=f"orgs: {', '.join(config.orgs)}")  # fmt: skip
    places = ", ".join(sorted(f"--org {org} --object {object}" for org, object, _ in at))
    raise ConfigError(
        f"a record of that id may be in {len(at)} places; nobody was forgotten", hint=f"say where: {places}"
    )


def _is_there(place: Place, named: Named) -> bool:
    return named.org in (None, place[0]) and named.object in (None, place[1])
