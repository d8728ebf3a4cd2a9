"""Lusha asked by hand with one key of a configuration: what ``lusha-sync lusha`` does, and Python code may do too."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import fields
from datetime import timedelta

from connector.config.settings import Config, LushaSettings, OrgSettings
from connector.engine.abandoned import resolve_questions_by_hand
from connector.engine.asking import Confirm
from connector.engine.inquiries import Inquiries
from connector.engine.payer import Limits, Till
from connector.errors import ConfigError, ConnectorError
from connector.lusha.prices import PriceList
from connector.runtime.accounts import Accounts
from connector.runtime.clients import Clients
from connector.runtime.outside import Outside
from connector.store.db import Store
from connector.store.lease import hold_key
from connector.store.ledger import Purpose

_YOUNG = timedelta(minutes=1)
"""The account may be asked five times a minute: one question after the other takes its word from the one before."""


@contextmanager
def inquiries(
    config: Config, store: Store, clients: Clients, outside: Outside, *, org: str | None, confirm: Confirm, pays: bool
) -> Iterator[Inquiries]:
    """Ask with the key of ``org``, or with the one that all orgs share; ``pays``: more than what is free.

    ConfigError: no such org, or no org named where they have several keys or use the one differently. OrgHeld:
    another such command spends with this key.
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
            resolve_questions_by_hand(till)
        asked = Inquiries(
            till,
            lusha,
            prices,
            settings.lusha.api_version,
            config.state.keep_profiles,
            confirm,
            correct=lambda: accounts.true_up(settings, purpose.invocation),
        )
        try:
            yield asked
        except ConnectorError:
            asked.settle()
            raise
        asked.settle()


def _org(config: Config, name: str | None) -> OrgSettings:
    if name is not None:
        if name not in config.orgs:
            raise ConfigError(f"no org '{name}' in {config.file.name}", hint=f"orgs: {', '.join(config.orgs)}")
        return config.orgs[name]
    orgs = list(config.orgs.values())
    keys = {org.lusha.api_key.fingerprint() for org in orgs}
    if len(keys) > 1:
        raise ConfigError(
            f"the orgs of {config.file.name} use {len(keys)} Lusha keys",
            hint=f"say whose key to use: --org {' or --org '.join(config.orgs)}",
        )
    if different := _different([org.lusha for org in orgs]):
        raise ConfigError(
            f"the orgs of {config.file.name} share a Lusha key and differ in {', '.join(different)}",
            hint=f"say whose settings to use: --org {' or --org '.join(config.orgs)}",
        )
    return orgs[0]


def _different(settings: list[LushaSettings]) -> list[str]:
    names = [field.name for field in fields(LushaSettings)]
    return [
        f"lusha.{name}" for name in names if any(getattr(one, name) != getattr(settings[0], name) for one in settings)
    ]
