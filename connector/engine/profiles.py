"""Paid answers in and out of the state file, and who is already known by some spelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from connector.engine.buying import Held, brought
from connector.engine.context import Context
from connector.engine.payer import Payer
from connector.engine.select import Due
from connector.lusha.profiles import from_json, merge, to_json
from connector.mapping.identity import profile_spellings, spellings
from connector.models import Entity, Identity, Profile
from connector.store import people
from connector.store.people import Known, SavedProfile
from connector.store.shares import SEARCH

Found = tuple[Due, str | None, Held | None]
"""A due record, the Lusha id it is known by, and the profile that is saved under it."""


def look_up(
    context: Context, page: Sequence[Due], accepted: Mapping[str, str] = MappingProxyType({})
) -> tuple[list[Due], list[Found]]:
    """(records for which Lusha had no match lately, all others with what is known of them).

    ``accepted``: the Lusha ids that a person vouched for, by record id.
    """
    key, entity = context.purpose.key, context.entity
    every = [spelling for due in page for spelling in due.spellings]
    known = people.identities(context.store, key=key, entity=entity, spellings=every)
    ids = {due.record.id: accepted.get(due.record.id) or _lusha_id(due, known) for due in page}
    saved = people.profiles(context.store, key=key, entity=entity, ids=[id for id in ids.values() if id])
    since = context.now() - context.mapping.settings.select.retry_after
    misses, found = [], []
    for due in page:
        id = ids[due.record.id]
        asked = known.get(spellings(due.identities[0])[0])
        if id is None and asked is not None and asked.at > since:
            misses.append(due)
        else:
            found.append((due, id, _held(saved[id]) if id and id in saved else None))
    return misses, found


def saved(payer: Payer, entity: Entity, asked: Mapping[str, Identity]) -> dict[str, Held]:
    """The profiles that the state file holds at this moment of those who are asked for, by the spelling of each."""
    key = payer.purpose.key
    known = people.identities(payer.store, key=key, entity=entity, spellings=asked)
    ids = {
        spelling: id
        for spelling, identity in asked.items()
        if (id := identity.id or (known[spelling].lusha_id if spelling in known else None))
    }
    rows = people.profiles(payer.store, key=key, entity=entity, ids=ids.values())
    return {spelling: _held(rows[id]) for spelling, id in ids.items() if id in rows}


@dataclass(frozen=True, slots=True)
class Came:
    """With which booking an answer came, and which of its data that one brought. ``whole``: its preview too, since
    none was at hand that is young enough."""

    entry: int
    data: frozenset[str]
    whole: bool = False

    def over(self, older: Mapping[str, int]) -> dict[str, int]:
        """The booking that last brought each datum, now that this answer came."""
        kept = {datum: entry for datum, entry in older.items() if not (self.whole and datum == SEARCH)}
        return {**kept, **dict.fromkeys(sorted(self.data), self.entry)}


def found(entry: int) -> Came:
    """A preview came."""
    return Came(entry, frozenset({SEARCH}))


def bought(entry: int, profile: Profile, offered: Mapping[str, int] | None) -> Came:
    """Data came; ``offered``: Lusha's prices for them, None where no young preview told any."""
    return Came(entry, brought(profile, offered), whole=offered is None)


def keep(payer: Payer, profile: Profile, came: Came) -> Held:
    """Save an answer, united with what the state file holds of the same profile at this moment.

    Call it inside the transaction that settles the answer: another record, or another org with the same key, may
    have bought more of it since it was looked up.
    """
    now = payer.now()
    rows = people.profiles(payer.store, key=payer.purpose.key, entity=profile.entity, ids=[profile.id])
    old = _held(rows[profile.id]) if profile.id in rows else None
    revealed_at = {**(old.revealed_at if old else {}), **dict.fromkeys(profile.revealed, now)}
    entries = came.over(old.bought if old else {})
    held = Held(merge(old.profile if old else None, profile), now, revealed_at, entries)
    saved = SavedProfile(profile.id, to_json(held.profile), now, revealed_at, entries)
    people.save_profiles(payer.store, key=payer.purpose.key, entity=profile.entity, profiles=[saved])
    return held


def remember_identity(context: Context, due: Due, profile: Profile) -> None:
    """The right-person check has passed: every spelling of the record and of the answer leads to this profile."""
    every = dict.fromkeys((*due.spellings, *profile_spellings(profile)))
    people.save_identities(
        context.store,
        key=context.purpose.key,
        entity=context.entity,
        spellings=list(every),
        lusha_id=profile.id,
        now=context.now(),
    )


def _lusha_id(due: Due, known: Mapping[str, Known]) -> str | None:
    """By the id that the record bears, by what its spellings lead to, or by whom it was matched with: spellings are
    not kept for ever, and whoever was found is not searched for again while the record is the same."""
    own = next((identity.id for identity in due.identities if identity.id), None)
    spelled = next((known[s].lusha_id for s in due.spellings if s in known and known[s].lusha_id), None)
    return own or spelled or _matched(due)


def _matched(due: Due) -> str | None:
    for known in due.matches:
        answered = known.last_enriched and known.outcome not in ("review", "restricted", "no_match")
        if answered and known.lusha_id and due.fingerprint in known.fingerprint.split():
            return known.lusha_id
    return None


def _held(saved: SavedProfile) -> Held:
    return Held(from_json(saved.body), saved.seen_at, saved.revealed_at, saved.bought)
