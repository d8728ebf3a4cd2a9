"""Lusha asked by hand: one person or company, signals, lookalikes, prospecting. Booked and settled as in a run.

What is saved already is not bought again, whom Lusha may not process is not asked for, and every answer about a
person or company is saved before it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from connector.engine import profiles
from connector.engine.buying import Held, cost, weights
from connector.engine.payer import Payer, Previewing, Prices
from connector.engine.paying import BY_BALANCE, A, Again, Question, pay
from connector.mapping.identity import profile_spellings, spellings
from connector.models import Answer, Entity, Identity, Item, ItemError, Profile
from connector.store import people
from connector.store.shares import SEARCH

Confirm = Callable[[int], None]
"""Called with the worst cost before anything is spent; raises to refuse."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Who was found, or why nobody was. ``saved``: everything was in the state file already, bought before."""

    profile: Profile | None
    error: ItemError | None = None
    message: str = ""
    saved: bool = False


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
    entity, barred = identity.entity, "Lusha may not process this person (GDPR), or it was asked to be forgotten"
    if people.suppressed(payer.store, entity=entity, spellings=spellings(identity)):
        return Finding(None, "COMPLIANCE_RESTRICTED", barred)
    held = profiles.saved(payer, entity, {"asked": identity} | dict.fromkeys(spellings(identity), identity))
    known = next(iter(held.values()), None)
    if known and known.fresh(since) and all(known.has(datum, since) for datum in reveal):
        return Finding(known.profile, saved=True)
    confirm(worst_of_finding(payer, prices, entity, reveal))
    item = _look(payer, prices, identity, known, frozenset(reveal), since)
    if item.error == "COMPLIANCE_RESTRICTED":
        with payer.store.transaction():
            people.suppress(
                payer.store, entity=entity, spellings=spellings(identity), reason="compliance", now=payer.now()
            )
    return Finding(item.profile, item.error, item.message)


def worst_of_finding(payer: Payer, prices: Prices, entity: Entity, reveal: Collection[str]) -> int:
    """The most that finding one and revealing these data can cost."""
    data = payer.lusha.purchase(entity, reveal)
    search = prices.search(entity, 1) if payer.lusha.previews else 0
    return search + (prices.enrich(entity, data) if data else 0)


def spend(
    payer: Payer, *, action: str, worst: int, call: Callable[[], A], again: Again, data: str, keep: Callable[[A], None]
) -> A:
    """One paid question of any kind; all it costs is booked as ``data``. ``keep`` saves the answer with its charge."""
    return _settled(
        payer,
        Question(
            action=action,
            items=1,
            costs=lambda _: worst,
            request=lambda _: BY_BALANCE if again == "balance" else {"items": 1},
            call=lambda _: call(),
            again=again,
            weights=lambda _: {data: 1},
        ),
        keep,
    )


def _look(
    payer: Payer, prices: Prices, identity: Identity, known: Held | None, reveal: frozenset[str], since: datetime | None
) -> Item:
    """Search and enrich in two steps where there are previews, so that only what exists is asked for."""
    if not payer.lusha.previews:
        return _bought(payer, prices, identity, payer.lusha.purchase(identity.entity, reveal), None)
    if known is None or not known.fresh(since):
        lusha = cast(Previewing, payer.lusha)
        answer = spend(
            payer,
            action="search",
            worst=prices.search(identity.entity, 1),
            call=lambda: lusha.search(identity.entity, [identity]),
            again="fee",
            data=SEARCH,
            keep=lambda answer: _keep(payer, identity, answer.items),
        )
        if answer.items[0].profile is None:
            return answer.items[0]
        [known] = profiles.saved(payer, identity.entity, {"found": by_id(answer.items[0].profile)}).values()
    offers = known.offers(since)
    missing = {datum for datum in reveal if not known.has(datum, since)}
    missing &= set(missing if offers is None else offers)
    if not missing:
        return Item(known.profile)
    return _bought(payer, prices, by_id(known.profile), frozenset(missing), offers)


def by_id(profile: Profile) -> Identity:
    """A profile by Lusha's own id."""
    return Identity(profile.entity, id=profile.id)


def _bought(
    payer: Payer, prices: Prices, identity: Identity, data: frozenset[str], offers: Mapping[str, int] | None
) -> Item:
    entity, lusha = identity.entity, payer.lusha
    question: Question[Answer] = Question(
        action=("enrich " if lusha.previews else "look up ") + "+".join(sorted(data)),
        items=1,
        costs=lambda _: cost(prices, entity, data, offers),
        request=lambda _: (
            {"entity": entity, "ids": [identity.id], "reveal": sorted(data)} if lusha.previews else BY_BALANCE
        ),
        call=lambda _: (
            lusha.enrich(entity, [identity.id or ""], data)
            if lusha.previews
            else lusha.look_up(entity, [identity], data)
        ),
        again="free" if lusha.previews else "balance",
        weights=lambda answer: weights(prices, answer.items, [offers]),
    )
    answer = _settled(payer, question, lambda answer: _keep(payer, identity, answer.items))
    found = answer.items[0].profile
    if found is None:
        return answer.items[0]
    [held] = profiles.saved(payer, entity, {"bought": by_id(found)}).values()
    return Item(held.profile)


def _settled(payer: Payer, question: Question[A], keep: Callable[[A], None]) -> A:
    payment = pay(payer, question)
    with payer.store.transaction():
        payment.settle(payer)
        if payment.answer is not None:
            keep(payment.answer)
    if payment.answer is None:
        assert payment.refused is not None
        raise payment.refused
    return payment.answer


def _keep(payer: Payer, identity: Identity, items: Sequence[Item]) -> None:
    """Save who was found, and that both the question's and the answer's spellings lead there."""
    for item in items:
        if item.profile is not None:
            profiles.keep(payer, item.profile)
            people.save_identities(
                payer.store,
                key=payer.purpose.key,
                entity=identity.entity,
                spellings=list(dict.fromkeys([*spellings(identity), *profile_spellings(item.profile)])),
                lusha_id=item.profile.id,
                now=payer.now(),
            )
