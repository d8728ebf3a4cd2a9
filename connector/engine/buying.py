"""What to ask Lusha for next about one record: nothing, a search, or an enrich with the smallest reveal. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

from connector.engine.payer import Prices
from connector.engine.select import Due
from connector.lusha.attributes import BASE, DATUM_ROOTS, REVEALS
from connector.mapping.companies import company_verdict
from connector.mapping.compile import CompiledMapping
from connector.mapping.doubts import company_doubt, person_doubt
from connector.mapping.worth import Situation, wanted
from connector.models import Entity, Item, Profile
from connector.store.shares import SEARCH

_HAD_IT = ("matched", "rejected", "unsent", "conflict")
"""Outcomes of a record whose last answer was held to be the right person's."""
_PAID: Mapping[Entity, frozenset[str]] = {
    "person": REVEALS["person"],
    "company": REVEALS["company"] | {BASE["company"]},
}


class Held(NamedTuple):
    """A saved profile, when its preview was last seen, when each of its data was bought, and by which booking.

    ``body``: the profile as the state file holds it.
    """

    profile: Profile
    seen_at: datetime
    revealed_at: Mapping[str, datetime]
    bought: Mapping[str, int] = MappingProxyType({})
    body: bytes = b""

    def fresh(self, since: datetime | None) -> bool:
        """Whether the preview is young enough."""
        return since is None or self.seen_at >= since

    def offers(self, since: datetime | None) -> Mapping[str, int] | None:
        """What Lusha offers and at which price, while that is young enough to hold."""
        return self.profile.offers if self.fresh(since) else None

    def has(self, datum: str, since: datetime | None) -> bool:
        """Whether a paid datum was bought, and is young enough."""
        bought = self.revealed_at.get(datum)
        return bought is not None and (since is None or bought >= since)


class Step(NamedTuple):
    """The next step for one record; ``reveal`` is what is missing, for ``buy``."""

    kind: Literal["search", "buy", "ready"]
    reveal: frozenset[str] = frozenset()


def next_step(
    held: Held | None,
    needed: frozenset[str],
    since: datetime | None,
    *,
    known: bool,
    entity: Entity,
    previews: bool = True,
) -> Step:
    """Known id and something to reveal → buy; else, unless what is known is young, search.

    ``needed``: data that some mapped field could be given. Data that Lusha does not offer, or that we hold
    young enough, are not bought. Data that come free with any purchase are had only when something already paid
    for (0 credits) brings them. Without ``previews`` there is no search: who is not known is bought at once.
    """
    if not known and previews:
        return Step("search")
    offers = held.offers(since) if held else None
    missing = {datum for datum in needed & paid_data(entity) if held is None or not held.has(datum, since)}
    if offers is not None and previews:
        missing &= set(offers)
    if previews and not missing and held and offers and BASE[entity] in needed and not held.has(BASE[entity], since):
        missing = set(sorted(datum for datum, credits in offers.items() if credits == 0)[:1])
    if missing:
        return Step("buy", frozenset(missing))
    if held and held.fresh(since):
        return Step("ready")
    return Step("search" if previews else "buy")


def cost(prices: Prices, entity: Entity, reveal: Collection[str], offers: Mapping[str, int] | None) -> int:
    """Worst-case credits to reveal these data of one profile: the higher of Lusha's offer and its price list.

    What it offers for nothing is free; an offer may be older than the price.
    """
    if offers is None:
        return prices.enrich(entity, reveal)
    return sum(max(offers[datum], prices.of(datum)) for datum in {*reveal, BASE[entity]} if offers.get(datum))


def weights(prices: Prices, items: Sequence[Item], offers: Sequence[Mapping[str, int] | None]) -> Mapping[str, int]:
    """What each datum of an enrich answer weighs in its charge: its price, for every item that it came for and was
    not offered for nothing. ``offers`` belong to the items, one by one; None where Lusha's are not known."""
    total = Counter[str]()
    for item, offered in zip(items, offers, strict=True):
        for datum in brought(item.profile, offered):
            total[datum] += (offered or {}).get(datum) or prices.of(datum)
    return total


def counted(items: Sequence[Item], offers: Sequence[Mapping[str, int] | None]) -> Mapping[str, int]:
    """For how many profiles each datum of an enrich answer came: over them what it was charged divides."""
    ids = defaultdict[str, set[str]](set)
    for item, offered in zip(items, offers, strict=True):
        for datum in brought(item.profile, offered):
            ids[datum].add(item.profile.id if item.profile else "")
    return {datum: len(some) for datum, some in sorted(ids.items())}


def previewed(items: Sequence[Item]) -> Mapping[str, int]:
    """The same of a search answer."""
    found = {item.profile.id for item in items if item.profile}
    return {SEARCH: len(found)} if found else {}


def brought(profile: Profile | None, offered: Mapping[str, int] | None) -> frozenset[str]:
    """The data of a profile that the booking of its answer brought. What was offered for nothing is an earlier
    booking's, or somebody else's: the account had it already."""
    if profile is None:
        return frozenset()
    told = {datum for datum in profile.revealed if DATUM_ROOTS.get(datum) in profile.attributes}  # one may come empty
    told.add(BASE[profile.entity])
    return frozenset(told if offered is None else (datum for datum in told if offered.get(datum) != 0))


def paid_data(entity: Entity) -> frozenset[str]:
    """What costs credits beyond the search: the reveals, and for companies the base enrich."""
    return _PAID[entity]


def doubt_about(mapping: CompiledMapping, due: Due, profile: Profile) -> str | None:
    """Why this answer may be about somebody else, in words; None when nothing speaks against it."""
    settings, values, before = mapping.settings, due.record.values, _had_it(due, profile)
    if profile.entity == "company":
        return None if before else company_doubt(settings.identify, due.identities, values, profile)
    least = settings.match.min_name
    return person_doubt(settings.identify, due.identities, values, profile, least=least, before=before)


def _had_it(due: Due, profile: Profile) -> bool:
    """Whether this record, by what it tells of itself now, was matched with this profile before."""
    return any(
        known.lusha_id == profile.id
        and known.outcome in _HAD_IT
        and (not known.fingerprint or due.fingerprint in known.fingerprint.split())
        for known in due.matches
    )


def believed_moved(mapping: CompiledMapping, due: Due, held: Held | None) -> bool:
    """Whether Lusha knows the person at another company, as far as that is known before it is asked.

    Profiles are not kept for ever: without one the review list tells it, since no other policy than ``suggest`` puts a
    field there but for a job change. Who came back meanwhile is looked up once (by id, for the search fee) before more
    is bought.
    """
    if held is not None:
        return moved(due, held.profile)
    asked_for = {field.name for field in mapping.fields if field.rule.policy == "suggest"}
    return bool(due.proposed & mapping.field_names - asked_for)


def moved(due: Due, profile: Profile) -> bool:
    """Whether Lusha knows the person at another company than the record names."""
    if profile.entity == "company":
        return False
    return company_verdict(due.employer, profile.attributes.get("company") or {}) == "changed"


def needed_data(mapping: CompiledMapping, due: Due, *, moved: bool, now: datetime) -> frozenset[str]:
    """The data worth paying for, for this record as it stands."""
    situation = Situation(moved, due.first, due.phones, now, proposed=due.proposed)
    return wanted(mapping, due.record, due.last, situation)
