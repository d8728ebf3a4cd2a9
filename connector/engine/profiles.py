"""Paid answers in and out of the state file, and who is already known by some spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from connector.engine.buying import Held, brought
from connector.engine.cases import Want
from connector.engine.context import Context
from connector.engine.payer import Payer
from connector.engine.restricted import barred_in
from connector.engine.select import Due
from connector.lusha.profiles import from_json, merge, to_json
from connector.mapping.identity import spellings
from connector.models import Answer, Entity, Identity, Profile
from connector.store import people
from connector.store.packing import packed, unpacked
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
    return {spelling: _held(row) for spelling, row in _rows(payer, entity, asked).items()}


def bought_meanwhile(
    payer: Payer, entity: Entity, wants: Mapping[str, Want], since: datetime | None
) -> dict[str, Held]:
    """Those of whom the state file holds all that is wanted, young enough: somebody else has bought it."""
    rows = _rows(payer, entity, {spelling: want.identity for spelling, want in wants.items()})
    return {key: _held(row) for key, row in rows.items() if row.holds(wants[key].reveal, since)}


def _rows(payer: Payer, entity: Entity, asked: Mapping[str, Identity]) -> dict[str, SavedProfile]:
    key, spelled = payer.purpose.key, [spelling for spelling, identity in asked.items() if identity.id is None]
    known = people.identities(payer.store, key=key, entity=entity, spellings=spelled)
    ids = {
        spelling: id
        for spelling, identity in asked.items()
        if (id := identity.id or (known[spelling].lusha_id if spelling in known else None))
    }
    rows = people.profiles(payer.store, key=key, entity=entity, ids=ids.values())
    return {spelling: rows[id] for spelling, id in ids.items() if id in rows}


class Came(NamedTuple):
    """With which booking an answer came, and which of its data that one brought. ``whole``: its preview too, since
    none was at hand that is young enough."""

    entry: int
    data: frozenset[str]
    whole: bool = False

    def over(self, older: Mapping[str, int]) -> dict[str, int]:
        """The booking that last brought each datum, now that this answer came."""
        kept = {datum: entry for datum, entry in older.items() if not (self.whole and datum == SEARCH)}
        return {**kept, **dict.fromkeys(self.data, self.entry)}


def found(entry: int) -> Came:
    """A preview came."""
    return Came(entry, frozenset({SEARCH}))


def bought(entry: int, profile: Profile, offered: Mapping[str, int] | None) -> Came:
    """Data came; ``offered``: Lusha's prices for them, None where no young preview told any."""
    return Came(entry, brought(profile, offered), whole=offered is None)


def keep(
    payer: Payer,
    entity: Entity,
    answers: Sequence[tuple[Profile, Came]],
    at_hand: Iterable[Held] = (),
) -> list[Held]:
    """Save answers, each united with what the state file holds of the same profile at this moment; in their order.

    Call it inside the transaction that settles them: another record, or another org with the same key, may have bought
    more of a profile since it was looked up. ``at_hand``: profiles that need not be read where they are still as the
    file has them.
    """
    ids, now, key = dict.fromkeys(profile.id for profile, _ in answers), payer.now(), payer.purpose.key
    rows = people.profiles(payer.store, key=key, entity=entity, ids=ids)
    known = {one.profile.id: one for one in at_hand}
    held = {id: _held(row, known.get(id)) for id, row in rows.items()}
    kept = []
    for profile, came in answers:
        held[profile.id] = _united(held.get(profile.id), profile, came, now)
        kept.append(held[profile.id])
    people.save_profiles(payer.store, key=key, entity=entity, profiles=[_saved(held[id]) for id in ids])
    return kept


def keep_answer(
    payer: Payer,
    entity: Entity,
    asked: Mapping[str, Want],
    answer: Answer,
    entry: int,
    came: Callable[[Want, Profile, int], Came],
) -> dict[str, Held]:
    """Save the profiles of an answer, but those of people who are suppressed; what is held of each now, by who was
    asked for.

    ``entry``: the answer's booking. ``came``: by which booking the profile of who was asked for came; all those came by
    this one of whom nobody can tell whom they answer.
    """
    out = barred_in(payer, answer)
    items = zip(asked, answer.items, strict=True)
    told = {key: item.profile for key, item in items if item.profile and item.profile.id not in out}
    at_hand = [want.held for want in asked.values() if want.held]
    extra = [one for one in answer.extra if one.id not in out]  # whoever is known by it later need not buy it again
    held = keep(
        payer,
        entity,
        [
            *((profile, came(asked[key], profile, entry)) for key, profile in told.items()),
            *((one, bought(entry, one, None)) for one in extra),
        ],
        at_hand,
    )
    return dict(zip(told, held, strict=False))


def _united(old: Held | None, profile: Profile, came: Came, now: datetime) -> Held:
    revealed_at = {**(old.revealed_at if old else {}), **dict.fromkeys(profile.revealed, now)}
    entries = came.over(old.bought if old else {})
    whole = merge(old.profile if old else None, profile)
    return Held(whole, now, revealed_at, entries, packed(to_json(whole)))


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


def _saved(held: Held) -> SavedProfile:
    return SavedProfile(held.profile.id, held.body, held.seen_at, held.revealed_at, held.bought)


def _held(row: SavedProfile, at_hand: Held | None = None) -> Held:
    same = at_hand if at_hand and at_hand.body == row.body else None
    profile = same.profile if same else from_json(unpacked(row.body))
    return Held(profile, row.seen_at, row.revealed_at, row.bought, row.body)
