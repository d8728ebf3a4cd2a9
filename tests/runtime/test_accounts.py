"""The account of a key: when its saved word serves, and that correcting estimates never costs a report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from connector.config.settings import LushaSettings, OrgSettings
from connector.errors import Stopped
from connector.models import Account
from connector.redact import Secret
from connector.runtime.accounts import Accounts
from connector.runtime.clients import Clients
from connector.store import balances, ledger
from connector.store.db import Store, open_store
from connector.store.ledger import Purpose
from tests.lusha.fakes import FakeLushaV2

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SETTINGS = LushaSettings(Secret("key"), api_version="v2")
ORG = OrgSettings("acme", "fake", {}, (), SETTINGS)
KEY = SETTINGS.api_key.fingerprint()


class OneClient:
    """Clients of one Lusha in memory."""

    def __init__(self, lusha: FakeLushaV2) -> None:
        self._lusha = lusha

    @contextmanager
    def lusha(self, settings: LushaSettings) -> Iterator[OneClient]:
        yield self

    def generation(self, version: str) -> FakeLushaV2:
        return self._lusha


def accounts(store: Store, lusha: FakeLushaV2) -> Accounts:
    return Accounts(store, cast(Clients, OneClient(lusha)), lambda: NOW)


def word(store: Store, account: Account, now: datetime = NOW) -> None:
    balances.save_account(store, KEY, account, asked=balances.mark(store, KEY), now=now)


@pytest.mark.parametrize(("age", "asked"), [(0, 0), (59, 0), (60, 1), (-1, 1), (-86_400, 1)])
def test_a_young_word_serves_and_one_from_the_future_is_not_young(tmp_path: Path, age: int, asked: int) -> None:
    store, lusha = open_store(tmp_path / "state.db"), FakeLushaV2()
    word(store, Account(100), NOW - timedelta(seconds=age))
    accounts(store, lusha).prices(SETTINGS, cast(Any, lusha), young=timedelta(minutes=1))
    assert lusha.calls == asked


def estimated(store: Store) -> None:
    purpose = Purpose(KEY, "i1", 1, "acme", "m.yaml")
    entry = ledger.reserve(store, purpose, action="person", items=1, worst=6, request={}, now=NOW)
    ledger.settle(store, entry, charged=1, now=NOW, estimated=True)


def test_estimates_are_corrected_and_the_word_is_kept(tmp_path: Path) -> None:
    store, lusha = open_store(tmp_path / "state.db"), FakeLushaV2(remaining=100)
    word(store, lusha.account())
    estimated(store)
    lusha.remaining -= 5
    assert accounts(store, lusha).true_up(ORG, "i1") == 4
    assert (ledger.booked(store, key=KEY), balances.certain_balance(store, KEY)) == (5, 95)


def test_what_a_dead_run_estimated_is_corrected_by_the_next_word(tmp_path: Path) -> None:
    store, lusha = open_store(tmp_path / "state.db"), FakeLushaV2(remaining=100)
    word(store, lusha.account())
    estimated(store)  # and nobody asked afterwards
    lusha.remaining -= 5
    accounts(store, lusha).prices(SETTINGS, cast(Any, lusha))
    assert (ledger.booked(store, key=KEY), balances.certain_balance(store, KEY)) == (5, 95)


def test_a_top_up_meanwhile_erases_nothing(tmp_path: Path) -> None:
    store, lusha = open_store(tmp_path / "state.db"), FakeLushaV2(remaining=100)
    word(store, lusha.account())
    estimated(store)
    lusha.remaining, lusha.total = lusha.remaining + 10_000, lusha.total + 10_000
    assert accounts(store, lusha).true_up(ORG, "i1") == 0
    assert ledger.booked(store, key=KEY) == 1


def test_a_busy_state_file_leaves_the_estimates_and_loses_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, lusha = open_store(tmp_path / "state.db"), FakeLushaV2(remaining=100)
    word(store, lusha.account())
    estimated(store)
    asked = accounts(store, lusha)

    def busy() -> Any:
        raise Stopped("another process keeps it busy")

    monkeypatch.setattr(store, "transaction", busy)
    assert asked.true_up(ORG, "i1") == 0
    assert ledger.booked(store, key=KEY) == 1
