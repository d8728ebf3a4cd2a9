"""People and companies by hand: found, revealed, and saved as profiles, so that nothing of them is bought twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from connector.engine import profiles, questions, restricted
from connector.engine.asking import Confirm, as_sold, ask
from connector.engine.buying import Held, cost
from connector.engine.payer import Payer, Prices, Provider
from connector.engine.profiles import Came
from connector.errors import ConfigError, RequestRefused
from connector.lusha.attributes import BASE, REVEALS, tellers
from connector.mapping.identity import profile_spellings, spellings
from connector.models import Answer, Entity, Identity, Item, ItemError, Profile
from connector.store import people


@dataclass(frozen=True, slots=True)
class Finding:
    """Who was found, or why nobody was. ``saved``: everything was in the state file already, bought before."""

    profile: Profile | None
    error: ItemError | None = None
    message: str = ""
    saved: bool = False


@dataclass(frozen=True, slots=True)
class Buying:
    """Of whom is bought, at which prices, and what."""

    lusha: Provider
    prices: Prices
    entity: Entity


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody whose data are wanted, and what is saved of them."""

    identity: Identity
    held: Held | None = None

    def offers(self, since: datetime | None) -> Mapping[str, int] | None:
        """Lusha's own prices, where they are known and young enough."""
        return self.held.offers(since) if self.held else None


def checked(entity: Entity, reveal: Collection[str], generation: str) -> frozenset[str]:
    """The data to reveal; ConfigError where nothing is called so, or this API generation never tells it."""
    known, data = REVEALS[entity] | ({BASE[entity]} if entity == "company" else set()), frozenset(reveal)
    if unknown := sorted(data - known):
        raise ConfigError(
            f"nothing of a {entity} that can be revealed is called {', '.join(unknown)}",
            hint=f"there is: {', '.join(sorted(known))}",
        )
    if never := sorted(datum for datum in data if generation not in tellers(entity, datum)):
        others = sorted({other for datum in never for other in tellers(entity, datum)})
        raise ConfigError(
            f"Lusha's API {generation.upper()} never tells {', '.join(never)} of a {entity}",
            hint=f"API {' and '.join(others).upper()} tells it: lusha.api_version in the config",
        )
    return data


def find(
    payer: Payer,
    prices: Prices,
    identity: Identity,
    reveal: Collection[str],
    *,
    since: datetime | None,
    confirm: Confirm,
) -> Finding:
    """One person or company, with the data of ``reveal``; what is saved and younger than ``since`` is not bought.

    Raises what ``pay`` raises, and RequestRefused where Lusha takes the request for malformed.
    """
    if restricted.barred(payer, [identity]):
        return Finding(None, "COMPLIANCE_RESTRICTED", restricted.BARRED)
    buying, held = Buying(payer.lusha, prices, identity.entity), saved(payer, identity)
    wish, missing = Wish(identity, held), lacking(payer, held, reveal, since)
    if held and held.fresh(since) and not missing:
        return Finding(held.profile, saved=True)
    confirm(_worst(buying, wish, missing, since))
    try:
        item = _look(payer, buying, wish, frozenset(reveal), since, confirm)
    except RequestRefused as refused:
        restricted.meant([identity], refused)
        item = Item(error="COMPLIANCE_RESTRICTED", message=refused.message)
    if item.error == "COMPLIANCE_RESTRICTED":
        restricted.bar(payer, identity, held.profile.id if held else None)
    return Finding(item.profile, item.error, item.message)


def saved(payer: Payer, identity: Identity) -> Held | None:
    """What the state file holds of somebody, by whatever spelling of the identity."""
    held = profiles.saved(payer, identity.entity, dict.fromkeys(("asked", *spellings(identity)), identity))
    return next(iter(held.values()), None)


def lacking(payer: Payer, held: Held | None, reveal: Collection[str], since: datetime | None) -> frozenset[str]:
    """The data that must be bought: those not held, less what Lusha does not offer."""
    missing = frozenset(datum for datum in reveal if held is None or not held.has(datum, since))
    offers = held.offers(since) if held and payer.lusha.previews else None
    return missing if offers is None else missing & frozenset(offers)


def by_id(profile: Profile) -> Identity:
    """A profile by Lusha's own id."""
    return Identity(profile.entity, id=profile.id)


def buy(
    payer: Payer, buying: Buying, wishes: Sequence[Wish], missing: frozenset[str], since: datetime | None,
    confirm: Confirm,
) -> Answer:  # fmt: skip
    """Buy the same data of each, and save them."""
    identities, offers = [wish.identity for wish in wishes], [wish.offers(since) for wish in wishes]

    def bought(data: frozenset[str]) -> Answer:
        question = questions.purchase(buying, wishes, data, since)
        kept = partial(keep_bought, payer, identities, offers)
        return restricted.screened(payer, ask(payer, question, kept))

    def worst(data: frozenset[str]) -> int:
        return sum(cost(buying.prices, buying.entity, data, wish.offers(since)) for wish in wishes)

    return as_sold(payer, buying.entity, missing, bought, worst=worst, confirm=confirm)


def buy_by_id(
    payer: Payer,
    prices: Prices,
    entity: Entity,
    ids: Sequence[str],
    reveal: frozenset[str],
    *,
    since: datetime | None,
    confirm: Confirm,
) -> tuple[Answer, bool]:
    """The data of different Lusha ids, and whether all of it was saved already; only what is not held is bought."""
    buying = Buying(payer.lusha, prices, entity)
    asked = {id: Identity(entity, id=id) for id in ids}
    barred = restricted.barred(payer, asked.values())
    items = {id: Item(error="COMPLIANCE_RESTRICTED", message=restricted.BARRED)
             for id, one in asked.items() if one in barred}  # fmt: skip
    wishes = {id: Wish(one, saved(payer, one)) for id, one in asked.items() if id not in items}
    groups: dict[frozenset[str], list[str]] = defaultdict(list)
    for id, wish in wishes.items():
        groups[lacking(payer, wish.held, reveal, since)].append(id)
    items |= {id: Item(held.profile) for id in groups.pop(frozenset(), ()) if (held := wishes[id].held)}
    confirm(sum(cost(prices, entity, data, wishes[id].offers(since)) for data, some in groups.items() for id in some))
    charged = 0
    for data, some in groups.items():
        try:
            answer = buy(payer, buying, [wishes[id] for id in some], data, since, confirm)
        except RequestRefused as refused:
            one = restricted.meant([asked[id] for id in some], refused)
            answer = Answer((Item(error="COMPLIANCE_RESTRICTED", message=refused.message),), 0)
            restricted.bar(payer, one)
        charged += answer.charged or 0
        for id, item in zip(some, answer.items, strict=True):
            items[id] = _told(payer, asked[id], item)
    return Answer(tuple(items[id] for id in ids), charged), not groups


def keep_found(payer: Payer, identities: Sequence[Identity], answer: Answer, entry: int) -> None:
    """Save who was found by a search, and that both the question's and the answer's spellings lead there; nobody
    suppressed."""
    answer = restricted.screened(payer, answer)
    told = [
        (item.profile, profiles.found(entry), spellings(identity))
        for identity, item in zip(identities, answer.items, strict=True)
        if item.profile is not None
    ]
    _keep(payer, identities[0].entity, told)


def keep_bought(
    payer: Payer,
    identities: Sequence[Identity],
    offers: Sequence[Mapping[str, int] | None],
    answer: Answer,
    entry: int,
) -> None:
    """The same of whose data were bought, at these prices; also of those of whom nobody can tell whom they answer."""
    answer = restricted.screened(payer, answer)
    told = [
        (profile, profiles.bought(entry, profile, offered), spellings(identity))
        for identity, item, offered in zip(identities, answer.items, offers, strict=True)
        if (profile := item.profile) is not None
    ]
    _keep(payer, identities[0].entity, [*told, *((one, profiles.bought(entry, one, None), ()) for one in answer.extra)])


def _keep(payer: Payer, entity: Entity, answers: Sequence[tuple[Profile, Came, Sequence[str]]]) -> None:
    """Save profiles, each with the spellings that it was asked for by: those of the answer lead to it too."""
    profiles.keep(payer, entity, [(profile, came) for profile, came, _ in answers])
    known = {mark: profile.id for profile, _, asked in answers for mark in (*asked, *profile_spellings(profile))}
    people.save_identities(payer.store, key=payer.purpose.key, entity=entity, known=known, now=payer.now())


def _worst(buying: Buying, wish: Wish, missing: frozenset[str], since: datetime | None) -> int:
    """The most that finding one and revealing these data can cost."""
    lusha, prices, entity = buying.lusha, buying.prices, buying.entity
    data = lusha.purchase(entity, missing)
    young = wish.held is not None and wish.held.fresh(since)
    fee = prices.search(entity, 1) if lusha.previews and not young else 0
    return fee + (cost(prices, entity, data, wish.offers(since)) if data else 0)


def _look(
    payer: Payer, buying: Buying, wish: Wish, reveal: frozenset[str], since: datetime | None, confirm: Confirm
) -> Item:
    """Search and enrich in two steps where there are previews, so that only what exists is asked for."""
    held = wish.held
    if payer.lusha.previews:
        if held is None or not held.fresh(since):
            answer = ask(payer, questions.search(buying, [wish.identity]), partial(keep_found, payer, [wish.identity]))
            [item] = restricted.screened(payer, answer).items
            if (found := item.profile) is None:
                return item
            held = saved(payer, by_id(found))
            assert held is not None
        wish = Wish(by_id(held.profile), held)
    missing = lacking(payer, held, reveal, since)
    if payer.lusha.previews and held is not None and not missing:
        return Item(held.profile)
    [item] = buy(payer, buying, [wish], missing, since, confirm).items
    return _told(payer, wish.identity, item)


def _told(payer: Payer, identity: Identity, item: Item) -> Item:
    """An item with all that is held of its profile; whom Lusha may not process is remembered."""
    if item.error == "COMPLIANCE_RESTRICTED":
        restricted.bar(payer, identity)
    held = saved(payer, by_id(item.profile)) if item.profile else None
    return Item(held.profile) if held else item
