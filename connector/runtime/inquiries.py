"""Lusha asked by hand with one key of a configuration: what ``lusha-sync lusha`` does, and Python code may do too."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from connector.config.settings import Config, OrgSettings
from connector.engine.asking import Confirm, Finding, by_id, find, spend, worst_of_finding
from connector.engine.payer import Limits, Till
from connector.engine.paying import A, Again, resolve
from connector.errors import ConfigError
from connector.lusha.prices import PriceList
from connector.lusha.v2.client import LushaV2
from connector.lusha.v3.client import LushaV3
from connector.models import Account, Entity, FilterType, Found, Identity, Lookalikes, SignalsAnswer
from connector.runtime.accounts import Accounts
from connector.runtime.clients import Clients
from connector.runtime.outside import Outside
from connector.store import balances, ledger
from connector.store.db import Store
from connector.store.lease import hold_key
from connector.store.ledger import Purpose

ALL_SIGNALS = "allSignals"
_YOUNG = timedelta(minutes=1)
"""The account may be asked five times a minute: one question after the other takes its word from the one before."""


@dataclass(frozen=True, slots=True)
class Inquiries:
    """Questions to Lusha, booked in the ledger and within the budgets of the key (and of the org, if one is named).

    Every paid one calls ``confirm`` with its worst cost before anything is spent.
    """

    till: Till
    lusha: LushaV3 | LushaV2
    prices: PriceList
    since: datetime
    confirm: Confirm

    @property
    def charged(self) -> int:
        """Credits booked so far."""
        return ledger.booked(self.till.store, key=self.till.purpose.key, invocation=self.till.purpose.invocation)

    @property
    def balance(self) -> int | None:
        """Lusha's last word on the balance, less what was booked since."""
        return balances.balance(self.till.store, self.till.purpose.key)

    def account(self) -> Account:
        """Credits, plan, limits and prices; free."""
        return self.lusha.account()

    def find(self, identity: Identity, reveal: Collection[str], *, anew: bool = False) -> Finding:
        """One person or company; what is saved is not bought again, unless ``anew``."""
        since = self.till.now() if anew else self.since
        return find(self.till, self.prices, identity, reveal, since=since, confirm=self.confirm)

    def signals(
        self,
        entity: Entity,
        identities: Sequence[Identity],
        types: Sequence[str],
        *,
        since: date | None = None,
        most: int | None = None,
    ) -> SignalsAnswer:
        """Signals of people or companies; V3 looks up those that are not named by id first."""
        lusha, count = self.lusha, len(types)
        if ALL_SIGNALS in types:
            count = len(lusha.signal_types(entity)) - 1
        worst = self.prices.signals(entity, len(identities), max(count, 1))
        unknown = [identity for identity in identities if identity.id is None]
        if isinstance(lusha, LushaV2):
            self.confirm(worst)
            if unknown:
                return self._spend(
                    "signals", worst, lambda: lusha.signals_of(entity, identities, types, since=since, most=most)
                )
            ids = [identity.id or "" for identity in identities]
            return self._spend("signals", worst, lambda: lusha.signals(entity, ids, types, since=since, most=most))
        self.confirm(worst + sum(worst_of_finding(self.till, self.prices, entity, ()) for _ in unknown))
        ids = [self._id_of(identity) for identity in identities]
        return self._spend("signals", worst, lambda: lusha.signals(entity, ids, types, since=since, most=most))

    def lookalikes(
        self,
        entity: Entity,
        seeds: Sequence[Identity],
        *,
        exclude: Sequence[Identity] = (),
        limit: int = 25,
        session: str | None = None,
    ) -> Lookalikes:
        """People or companies like the seeds."""
        worst, lusha = self.prices.lookalikes(entity, limit), self.lusha
        self.confirm(worst)
        return self._spend(
            "lookalikes",
            worst,
            lambda: lusha.lookalikes(entity, seeds, exclude=exclude, limit=limit, session=session),
        )

    def prospect(
        self, entity: Entity, filters: Mapping[str, Any], *, page: int = 0, size: int = 25, without_dnc: bool = False
    ) -> Found:
        """One page of people or companies that match."""
        lusha, signals = self.lusha, _asks_for_signals(filters)
        worst = self.prices.prospecting(entity, size, signals=signals)
        self.confirm(worst)
        return self._spend(
            "prospecting",
            worst,
            lambda: lusha.prospecting(entity, filters, page=page, size=size, without_do_not_call=without_dnc),
        )

    def filters(self, entity: Entity) -> tuple[FilterType, ...]:
        """The filters of prospecting; free."""
        return self.lusha.filters(entity)

    def filter_values(self, entity: Entity, name: str, query: str | None = None) -> tuple[Any, ...]:
        """The values of one of them; free."""
        return self.lusha.filter_values(entity, name, query)

    def signal_types(self, entity: Entity) -> tuple[str, ...]:
        """The types of signals; free."""
        return self.lusha.signal_types(entity)

    def _id_of(self, identity: Identity) -> str:
        if identity.id is not None:
            return identity.id
        found = find(self.till, self.prices, identity, (), since=self.since, confirm=lambda _: None)
        if found.profile is None:
            raise ConfigError(f"Lusha has no match for one that was named: {found.message or found.error}")
        return by_id(found.profile).id or ""

    def _spend(self, what: str, worst: int, call: Callable[[], A]) -> A:
        again: Again = "fee" if self.lusha.previews else "balance"
        return spend(self.till, action=what, worst=worst, call=call, again=again, data=what, keep=lambda answer: None)


@contextmanager
def inquiries(
    config: Config, store: Store, clients: Clients, outside: Outside, *, org: str | None, confirm: Confirm, pays: bool
) -> Iterator[Inquiries]:
    """Ask with the key of ``org``, or with the one that all orgs share; ``pays``: more than what is free.

    ConfigError: no such org, or several keys and no org named. OrgHeld: another such command spends with this key.
    """
    settings = _org(config, org)
    key = settings.lusha.api_key.fingerprint()
    limits = [Limits("lusha.budget", settings.lusha.budget)]
    if org is not None:
        limits.append(Limits(f"orgs.{org}.budget", settings.budget, org))
    with clients.lusha(settings.lusha) as client, hold_key(store, key) if pays else nullcontext():
        lusha = client.generation(settings.lusha.api_version)
        accounts = Accounts(store, clients, outside.now)
        purpose = Purpose(key, uuid.uuid4().hex, 0, org or "", "lusha")
        till = Till(store, purpose, outside.now, outside.sleep, lusha, tuple(limits))
        keep = max(entry.budget.keep or 0 for entry in limits)
        prices = accounts.prices(settings.lusha, lusha, keep=keep, young=_YOUNG) if pays else PriceList()
        if pays:
            _bury_doubts(till)
        yield Inquiries(till, lusha, prices, outside.now() - config.state.keep_profiles, confirm)
        if pays:
            accounts.true_up(settings, purpose.invocation)


def _org(config: Config, name: str | None) -> OrgSettings:
    if name is not None:
        if name not in config.orgs:
            raise ConfigError(f"no org '{name}' in {config.file.name}", hint=f"orgs: {', '.join(config.orgs)}")
        return config.orgs[name]
    by_key = {org.lusha.api_key.fingerprint(): org for org in config.orgs.values()}
    if len(by_key) > 1:
        raise ConfigError(
            f"the orgs of {config.file.name} use {len(by_key)} Lusha keys",
            hint=f"say whose key to use: --org {' or --org '.join(config.orgs)}",
        )
    return next(iter(by_key.values()))


def _bury_doubts(till: Till) -> None:
    """What an earlier question by hand left open stays booked at its worst: whoever wants the answer asks again."""
    with till.store.transaction():
        for doubt in ledger.doubts_by_hand(till.store, key=till.purpose.key):
            resolve(till, doubt.id, doubt.worst, again=0)


def _asks_for_signals(filters: Mapping[str, Any]) -> bool:
    """Whether signals are part of a filter: they are paid for with each result."""
    return any(
        name in ("signals", "signal") or (isinstance(value, Mapping) and _asks_for_signals(value))
        for name, value in filters.items()
    )
