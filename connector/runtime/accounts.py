"""Lusha's word on each key's account: asked once an invocation, remembered, and set against the ledger at the end."""

from __future__ import annotations

import logging
from datetime import timedelta

from connector.config.settings import LushaSettings, OrgSettings
from connector.engine.account import ask_account
from connector.engine.payer import Now, Provider
from connector.errors import ConnectorError
from connector.lusha.prices import PriceList
from connector.runtime.clients import Clients
from connector.store import balances
from connector.store.db import Store

_log = logging.getLogger(__name__)


class Accounts:
    """The accounts of one invocation, by key."""

    def __init__(self, store: Store, clients: Clients, now: Now) -> None:
        self._store, self._clients, self._now = store, clients, now
        self._prices: dict[str, PriceList] = {}

    def prices(
        self, settings: LushaSettings, lusha: Provider, *, keep: int | None = None, young: timedelta = timedelta(0)
    ) -> PriceList:
        """Prices of one key's account; its balance is remembered. A word younger than ``young`` is not asked for anew.

        Where the account does not answer (it may be asked five times a minute), its last word counts, and the balance
        less what was booked since; without one the list prices. ``keep``: a balance that must stay: then the error
        is raised, since how much is there is not known.
        """
        key = settings.api_key.fingerprint()
        saved = balances.saved_account(self._store, key)
        # a word from the future, after the clock was put back, is not young
        if key not in self._prices and saved and timedelta(0) <= self._now() - saved[1] < young:
            self._prices[key] = PriceList(saved[0].prices)
        if key not in self._prices:
            told = ask_account(self._store, key, lusha.account, self._now)
            if told.silence and told.at is None and keep:
                raise told.silence
            self._prices[key] = PriceList(told.account.prices)
        return self._prices[key]

    def true_up(self, org: OrgSettings, invocation: str) -> int:
        """Correct what this invocation booked by estimate (V2) by the balance; returns the credits moved.

        Nothing moves where the account does not answer, or the state file stays busy: what was done is reported all
        the same, and the next word of Lusha's corrects it.
        """
        key = org.lusha.api_key.fingerprint()
        if not balances.estimates(self._store, key=key, invocation=invocation):
            return 0
        try:
            with self._clients.lusha(org.lusha) as client:
                return ask_account(self._store, key, client.generation(org.lusha.api_version).account, self._now).moved
        except ConnectorError as silence:
            _log.info("%s; what was charged stays an estimate", silence.message)
            return 0
