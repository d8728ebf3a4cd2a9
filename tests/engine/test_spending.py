"""The overview of a key: pace, what is left, what the limits leave, and what others spent."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.config.settings import Budget, LushaSettings, OrgSettings
from connector.engine import spending
from connector.errors import AccessDenied, ConnectorError, VendorUnreachable
from connector.models import Account
from connector.redact import Secret
from connector.store import balances, ledger
from connector.store.db import Store, open_store
from connector.store.ledger import Purpose
from connector.store.spending import words

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ALWAYS = NOW - timedelta(days=900)
KEY = Secret("key").fingerprint()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "state.db")


def org(name: str = "acme", key: str = "key", budget: Budget | None = None, own: Budget | None = None) -> OrgSettings:
    return OrgSettings(name, "fake", {}, (), LushaSettings(Secret(key), budget=budget or Budget()), own or Budget())


def book(store: Store, charged: int, *, worst: int | None = None, now: datetime = NOW, org: str = "acme") -> int:
    purpose = Purpose(KEY, "i1", 1, org, "m.yaml")
    entry = ledger.reserve(store, purpose, action="enrich", items=1, worst=worst or charged, request={}, now=now)
    ledger.settle(store, entry, charged=charged, now=now, data={"emails": charged})
    return entry


def word(store: Store, remaining: int, total: int | None = None, *, now: datetime = NOW) -> None:
    balances.save_account(store, KEY, Account(remaining, total), asked=balances.mark(store, KEY), now=now)


def drift(store: Store) -> dict[str, Any] | None:
    return spending.drift(store, KEY, words(store, KEY, since=ALWAYS))


def look(store: Store, *orgs: OrgSettings, remaining: int | None = 100, days: int = 30) -> dict[str, Any]:
    [key], errors = spending.credits(
        store, orgs or (org(),), lambda _: Account(remaining, 500), days=days, now=lambda: NOW
    )
    assert errors == []
    return key


def test_what_the_account_fell_by_beyond_the_ledger_was_spent_by_others(store: Store) -> None:
    word(store, 100)
    book(store, 6)
    word(store, 100 - 6 - 7)
    assert drift(store) == {
        "since": "2026-11-23T08:00:00Z", "until": "2026-11-23T08:00:00Z", "fell": 13, "booked": 6, "drift": 7,
        "uncertain": 0, "after_top_up": False,
    }  # fmt: skip


def test_what_we_booked_beyond_the_fall_is_drift_below_nothing(store: Store) -> None:
    word(store, 100)
    book(store, 6)
    word(store, 98)
    told = drift(store)
    assert told and (told["fell"], told["booked"], told["drift"]) == (2, 6, -4)


def test_one_word_is_nothing_to_compare(store: Store) -> None:
    assert drift(store) is None
    word(store, 100)
    assert drift(store) is None


@pytest.mark.parametrize(("remaining", "total"), [(600, 1_000), (400, 1_000), (101, 500)])
def test_after_a_top_up_drift_is_counted_anew(store: Store, remaining: int, total: int) -> None:
    word(store, 500, 500, now=NOW - timedelta(days=3))
    book(store, 399, now=NOW - timedelta(days=2))
    word(store, 100, 500, now=NOW - timedelta(days=2))  # one credit is another's, before the top-up
    word(store, remaining, total, now=NOW - timedelta(days=1))
    alone = drift(store)
    assert alone is None  # nothing happened since
    book(store, 5)
    word(store, remaining - 8, total)
    told = drift(store)
    assert told and (told["since"], told["drift"], told["after_top_up"]) == ("2026-11-22T08:00:00Z", 3, True)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["we", "others", "word"]), st.integers(0, 30)), max_size=25))
def test_drift_is_exactly_what_others_spent(events: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "state.db")
        remaining, others = 1_000, 0
        word(store, remaining)
        for what, credits in [*events, ("word", 0)]:
            if what == "word":
                word(store, remaining)
                continue
            remaining -= credits
            if what == "we":
                book(store, credits, worst=credits + 3)
            else:
                others += credits
        told = drift(store)
        assert (told["drift"] if told else 0) == others
        store.close()


def test_the_pace_is_of_the_days_since_the_first_charge(store: Store) -> None:
    def pace(days: int) -> float | None:
        return spending.charged_per_day(store, KEY, days=days, now=NOW)

    assert pace(30) is None
    book(store, 30, now=NOW - timedelta(hours=1))
    assert pace(30) == 30  # not 720: a day is the least
    book(store, 70, now=NOW - timedelta(days=10))
    assert pace(30) == 10
    assert pace(5) == 6
    book(store, 1_000, now=NOW - timedelta(days=100))
    assert pace(20) == 5


@pytest.mark.parametrize(
    ("balance", "keep", "pace", "left"),
    [(100, 0, 10.0, 10), (100, 30, 10.0, 7), (20, 30, 10.0, 0), (100, 0, 3.0, 33.3), (None, 0, 10.0, None),
     (100, 0, None, None), (100, 0, 0.0, None)],
)  # fmt: skip
def test_the_days_left_are_of_what_is_above_keep(
    balance: int | None, keep: int, pace: float | None, left: float | None
) -> None:
    assert spending.days_left(balance, keep, pace) == left


def test_each_limit_tells_what_is_used_and_left(store: Store) -> None:
    shared, own = Budget(per_run=9, per_day=50, per_month=40, keep=30), Budget(per_day=3, keep=80)
    book(store, 5)
    book(store, 4, org="beta")
    book(store, 50, now=NOW - timedelta(days=2), org="beta")
    key = look(store, org(budget=shared, own=own), org("beta", budget=shared))
    assert [tuple(limit.values()) for limit in key["limits"]] == [
        ("lusha.budget.per_day", 50, 9, 41),
        ("lusha.budget.per_month", 40, 59, 0),
        ("lusha.budget.keep", 30, None, 70),
        ("orgs.acme.budget.per_day", 3, 5, 0),
        ("orgs.acme.budget.keep", 80, None, 20),
    ]


def test_orgs_of_one_key_with_budgets_of_their_own_name_each(store: Store) -> None:
    key = look(store, org(budget=Budget(per_day=5)), org("beta", budget=Budget(per_day=7)))
    assert [limit["limit"] for limit in key["limits"]] == [
        "lusha.budget (acme).per_day",
        "lusha.budget (beta).per_day",
    ]


def test_the_figures_of_a_key_add_up(store: Store) -> None:
    book(store, 5)
    book(store, 4, org="beta", now=NOW - timedelta(days=1))
    book(store, 50, now=NOW - timedelta(days=40))
    key = look(store, org(), org("beta"))
    assert key["charged"] == {"today": 5, "month": 9, "days": 9}
    assert key["by_org"] == [{"org": "acme", "charged": 5}, {"org": "beta", "charged": 4}]
    assert key["by_datum"] == {"emails": 9}
    assert (key["balance"], key["per_day"], key["days_left"]) == (100, 0.3, 333.3)
    assert key["account"] == {
        "remaining": 100, "total": 500, "used": None, "told_at": "2026-11-23T08:00:00Z", "age_seconds": 0,
        "silence": None,
    }  # fmt: skip


def silent(error: ConnectorError) -> Callable[[OrgSettings], Account]:
    def ask(_: OrgSettings) -> Account:
        raise error

    return ask


def test_where_lusha_is_silent_its_last_word_counts_less_what_was_booked_since(store: Store) -> None:
    word(store, 100, now=NOW - timedelta(hours=3))
    book(store, 6)
    [key], errors = spending.credits(
        store, [org()], silent(VendorUnreachable("Lusha is down")), days=30, now=lambda: NOW
    )
    assert errors == []
    assert (key["account"]["remaining"], key["account"]["age_seconds"], key["balance"]) == (100, 3 * 3600, 94)
    assert key["account"]["silence"] == "Lusha is down"


def test_a_refused_key_is_an_error_and_the_others_are_told(store: Store) -> None:
    asked = []

    def ask(user: OrgSettings) -> Account:
        asked.append(user.name)
        if user.name == "acme":
            raise AccessDenied("Lusha refuses the key")
        return Account(7)

    users = [org(), org("again"), org("beta", key="another")]
    keys, errors = spending.credits(store, users, ask, days=30, now=lambda: NOW)
    assert [error.exit_code for error in errors] == [7]
    assert asked == ["acme", "beta"]
    assert [(key["orgs"], key["account"]["remaining"]) for key in keys] == [(["acme", "again"], None), (["beta"], 7)]
