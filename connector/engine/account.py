"""Lusha's word on an account: asked for free, kept in the state file, and remembered for when Lusha is silent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from connector.engine.payer import Now
from connector.errors import ConnectorError, QuotaExhausted, RequestRefused, VendorUnreachable
from connector.lusha.errors import AccountInactive, NotOnPlan
from connector.models import Account
from connector.store import balances
from connector.store.db import Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """The account as last told, and when (None: never); ``silence`` is why it is not told anew; ``moved``: the credits
    by which its word corrected what was booked by estimate."""

    account: Account
    at: datetime | None
    silence: ConnectorError | None = None
    moved: int = 0


def ask_account(store: Store, key: str, ask: Callable[[], Account], now: Now) -> Told:
    """Ask for the account, correct estimates by what it says (also those of a run that died), and keep the answer.

    Where Lusha does not answer (it may be asked five times a minute), its last word counts. Raises what is no
    silence, such as a refused key.
    """
    asked = balances.mark(store, key)
    try:
        account = ask()
    except (QuotaExhausted, VendorUnreachable, RequestRefused, NotOnPlan, AccountInactive) as silence:
        _log.info("%s; going on with what is known of the account", silence.message)
        return last_told(store, key, silence)
    at = now()
    with store.transaction():
        moved = balances.true_up(store, key=key, told=account, asked=asked)
        balances.save_account(store, key, account, asked=asked, now=at)
    return Told(account, at, moved=moved)


def last_told(store: Store, key: str, silence: ConnectorError) -> Told:
    """What the state file remembers of the account, and why there is nothing newer."""
    account, at = balances.saved_account(store, key) or (Account(None), None)
    return Told(account, at, silence)
