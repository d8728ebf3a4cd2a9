"""Signals by hand: of people and companies by whatever names them; whom Lusha knows by no id yet is searched for, all
in one request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from connector.engine import questions, restricted
from connector.engine.asking import YOUNG, Asker, Reply, ask
from connector.engine.finding import Buying, keep_found
from connector.engine.payer import Payer, Unseen
from connector.engine.paying import BATCH
from connector.errors import ConfigError, RequestRefused
from connector.lusha.answered import signals_answer
from connector.lusha.calls import Call
from connector.lusha.filters import ALL_SIGNALS
from connector.lusha.identifying import given
from connector.mapping.identity import spellings
from connector.models import Answer, Entity, Identity, ItemError, Signals, SignalsAnswer
from connector.store import people

_STAND_IN = "1"
"""The id of one who is still to be searched for, in a request that is only checked."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which signals: their types, from which day on, so many of each."""

    entity: Entity
    types: tuple[str, ...]
    since: date | None = None
    most: int | None = None


def signals(asker: Asker, identities: Sequence[Identity], wanted: Wanted) -> Reply[SignalsAnswer]:
    """One Signals for each identity, in the order asked; each is asked for once, and who is suppressed not at all.

    ConfigError: none, or more than a request holds. RequestRefused: what Lusha would not take, found before anything
    is paid for where possible.
    """
    if not 1 <= len(identities) <= BATCH:
        raise ConfigError(
            f"signals are told of 1 to {BATCH} at once, not of {len(identities)}", hint="ask in several commands"
        )
    barred = restricted.barred(asker.payer, identities)
    told = {one: _none("COMPLIANCE_RESTRICTED", restricted.BARRED) for one in barred}
    open_ones = [one for one in dict.fromkeys(identities) if one not in barred]
    reply = Reply(SignalsAnswer((), 0))
    if open_ones:
        ids = _ids(asker.payer, open_ones)
        way = _by_search if asker.lusha.previews else _unseen
        reply, found = way(asker, open_ones, ids, wanted)
        told |= found
    answer = reply.answer
    items = tuple(told[one] for one in identities)
    return Reply(SignalsAnswer(items, answer.charged, answer.start, answer.end), reply.saved)


_Told = tuple[Reply[SignalsAnswer], dict[Identity, Signals]]


def _unseen(asker: Asker, ones: Sequence[Identity], ids: Mapping[Identity, str], wanted: Wanted) -> _Told:
    """Without previews: by id where all are known, else by what names them."""
    if len(ids) == len(ones):
        return _by_id(asker, ids, wanted)
    lusha = cast(Unseen, asker.lusha)
    call = lusha.signals_of_call(wanted.entity, ones, wanted.types, since=wanted.since, most=wanted.most)
    reply = _asked(asker, call, ones, wanted)
    return reply, dict(zip(ones, reply.answer.items, strict=True))


def _by_search(asker: Asker, ones: Sequence[Identity], ids: Mapping[Identity, str], wanted: Wanted) -> _Told:
    """By id; those who are known by none are searched for first, once the cost of both is agreed to."""
    unknown = [one for one in ones if one not in ids]
    missed = frozenset[Identity]() if asker.anew else _missed(asker.payer, unknown)
    told = {one: _none("NOT_FOUND", "no match when last asked") for one in missed}
    if unknown := [one for one in unknown if one not in missed]:
        _check(asker, ones, ids, wanted)
        fee = asker.prices.search(wanted.entity, len(unknown))
        asker.confirm(fee + _worst(asker, len(ids) + len(unknown), wanted))
        asker = asker.agreed()
        told |= _searched(asker, unknown, wanted.entity)
        ids = {one: id for one, id in _ids(asker.payer, ones).items() if one not in told}
    if not ids:
        return Reply(SignalsAnswer((), 0)), told
    reply, found = _by_id(asker, ids, wanted)
    return reply, told | found


def _by_id(asker: Asker, ids: Mapping[Identity, str], wanted: Wanted) -> _Told:
    different = {id: one for one, id in ids.items()}
    call = asker.lusha.signals_call(wanted.entity, list(different), wanted.types, since=wanted.since, most=wanted.most)
    reply = _asked(asker, call, list(different.values()), wanted)
    by_id = dict(zip(different, reply.answer.items, strict=True))
    return reply, {one: by_id[id] for one, id in ids.items()}


def _asked(asker: Asker, call: Call[SignalsAnswer], ones: Sequence[Identity], wanted: Wanted) -> Reply[SignalsAnswer]:
    """The answer to a request about these, in their order; whom Lusha may not process is remembered."""
    try:
        reply = asker.reply(call, signals_answer, action="signals", worst=lambda: _worst(asker, len(ones), wanted))
    except RequestRefused as refused:
        restricted.bar(asker.payer, restricted.meant(ones, refused))
        return Reply(SignalsAnswer((_none("COMPLIANCE_RESTRICTED", refused.message),), 0))
    for one, item in zip(ones, reply.answer.items, strict=True):
        if item.error == "COMPLIANCE_RESTRICTED":
            restricted.bar(asker.payer, one)
    return reply


def _searched(asker: Asker, unknown: Sequence[Identity], entity: Entity) -> dict[Identity, Signals]:
    """Search for all of them in one request and save who they are; those who have no answer, and why."""
    payer = asker.payer

    def kept(answer: Answer, entry: int) -> None:
        keep_found(payer, unknown, answer, entry)
        misses = [one for one, item in zip(unknown, answer.items, strict=True) if item.error == "NOT_FOUND"]
        none = dict.fromkeys(spelling for one in misses for spelling in spellings(one))
        people.save_identities(payer.store, key=payer.purpose.key, entity=entity, known=none, now=payer.now())

    try:
        answer = ask(payer, questions.search(Buying(payer.lusha, asker.prices, entity), unknown), kept)
        answer = restricted.screened(payer, answer)
    except RequestRefused as refused:
        one = restricted.meant(unknown, refused)
        restricted.bar(payer, one)
        return {one: _none("COMPLIANCE_RESTRICTED", refused.message)}
    told = {}
    for one, item in zip(unknown, answer.items, strict=True):
        if item.error == "COMPLIANCE_RESTRICTED":
            restricted.bar(payer, one)
        if item.error:
            told[one] = _none(item.error, item.message)
    return told | {one: _none("COMPLIANCE_RESTRICTED", restricted.BARRED) for one in restricted.barred(payer, unknown)}


def _check(asker: Asker, ones: Sequence[Identity], ids: Mapping[Identity, str], wanted: Wanted) -> None:
    """What Lusha would refuse of the whole question is refused before the search for a part of it is paid for."""
    for place, one in enumerate(ones, start=1):
        given(wanted.entity, one, place)
    stand_ins = list(dict.fromkeys(ids.get(one, _STAND_IN) for one in ones))
    asker.lusha.signals_call(wanted.entity, stand_ins, wanted.types, since=wanted.since, most=wanted.most)


def _worst(asker: Asker, count: int, wanted: Wanted) -> int:
    types = set(wanted.types)
    if ALL_SIGNALS in types:
        types |= set(asker.lusha.signal_types(wanted.entity))
    return asker.prices.signals(wanted.entity, count, max(1, len(types - {ALL_SIGNALS})))


def _ids(payer: Payer, ones: Sequence[Identity]) -> dict[Identity, str]:
    """The Lusha ids of those who have one or are known by one."""
    known = _known(payer, ones)
    named = {one: one.id or next((k.lusha_id for s in spellings(one) if (k := known.get(s))), None) for one in ones}
    return {one: id for one, id in named.items() if id}


def _missed(payer: Payer, ones: Sequence[Identity]) -> frozenset[Identity]:
    """Those for whom Lusha had no match when they were asked for within the last day."""
    since, known = payer.now() - YOUNG, _known(payer, ones)
    return frozenset(
        one for one in ones if any((k := known.get(s)) and not k.lusha_id and k.at > since for s in spellings(one))
    )


def _known(payer: Payer, ones: Sequence[Identity]) -> Mapping[str, people.Known]:
    if not ones:
        return {}
    every = [spelling for one in ones for spelling in spellings(one)]
    return people.identities(payer.store, key=payer.purpose.key, entity=ones[0].entity, spellings=every)


def _none(error: ItemError, message: str) -> Signals:
    return Signals(None, error=error, message=message)
