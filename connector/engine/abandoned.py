"""Bookings that nobody comes back for: of a killed question by hand, of an org that is gone, of a mapping that is gone.

While a booking of a key is open, no figure of that key's balance is certain, for nobody's run; so none stays open for
ever. The caller holds its org's lease.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from connector.engine.context import Context
from connector.engine.payer import Payer
from connector.engine.paying import BY_BALANCE, resolve, resolve_by_balance
from connector.errors import OrgHeld, Stopped
from connector.store import ledger
from connector.store.lease import held, hold_key
from connector.store.ledger import Doubt

FORGOTTEN = timedelta(hours=48)
"""An org that runs at all comes back for its own bookings within this time."""


def resolve_abandoned(context: Context) -> None:
    """Settle what questions by hand left open, and what is older than ``FORGOTTEN`` and has no other run to do it."""
    _questions_by_hand(context)
    _mappings_that_are_gone(context)
    _orgs_that_are_gone(context)


def _questions_by_hand(context: Context) -> None:
    """Not while somebody asks by hand: whoever holds the key looks after them."""
    if not ledger.doubts_by_hand(context.store, key=context.purpose.key):
        return
    with suppress(OrgHeld), hold_key(context.store, context.purpose.key):
        resolve_questions_by_hand(context)


def resolve_questions_by_hand(payer: Payer) -> None:
    """Settle what earlier questions by hand left open, by the balance where that tells, else at their worst: whoever
    wants the answer asks again. The caller holds the key."""
    doubts = ledger.doubts_by_hand(payer.store, key=payer.purpose.key)
    with payer.store.transaction():
        for doubt in doubts:  # so that one question for the balance tells of all
            ledger.doubt(payer.store, doubt.id)
    for doubt in doubts:
        _resolve_by_hand(payer, doubt)


def _resolve_by_hand(payer: Payer, doubt: Doubt) -> None:
    if not BY_BALANCE.items() <= doubt.request.items():
        resolve(payer, doubt.id, doubt.worst, again=0)
        return
    try:
        resolve_by_balance(payer, doubt.id)
    except Stopped as silence:  # no reason to end what is not about it: it stays in doubt
        payer.note(f"a question by hand stays booked at its worst for now: {silence.message}")


def _mappings_that_are_gone(context: Context) -> None:
    """Purchases for an entity that no mapping of this org is about any more: nobody will ask for them again."""
    entities = {settings.entity for settings in context.org.mappings}
    _at_worst(
        context,
        [
            doubt
            for doubt in _forgotten(context, context.org.name)
            if doubt.request.get("entity") and doubt.request["entity"] not in entities
        ],
    )


def _orgs_that_are_gone(context: Context) -> None:
    """Bookings of orgs that left the config, or have another name now: that nobody runs, at least."""
    ours = context.org.name
    for org in ledger.orgs_in_doubt(context.store, key=context.purpose.key):
        if org != ours and (doubts := _forgotten(context, org)) and not held(context.store, org, besides=ours):
            _at_worst(context, doubts)


def _forgotten(context: Context, org: str) -> list[Doubt]:
    before = context.now() - FORGOTTEN
    return ledger.doubts(context.store, key=context.purpose.key, org=org, before=before)


def _at_worst(context: Context, doubts: list[Doubt]) -> None:
    with context.store.transaction():
        for doubt in doubts:
            resolve(context, doubt.id, doubt.worst, again=0)
            context.note("nobody came back for a request whose answer got lost: it is booked at its worst")
