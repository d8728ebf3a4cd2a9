"""One Lusha key: what its account tells, against the budgets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from connector.config.settings import Budget, LushaSettings, OrgSettings
from connector.doctor.finding import Finding
from connector.doctor.keys import check_key
from connector.errors import ConnectorError
from connector.lusha.errors import NotOnPlan, TooManyRequests
from connector.models import Account, Price
from connector.redact import Secret
from connector.runtime import Outside
from connector.store.checkup import seen

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PRICES = {"revealEmail": Price(2), "revealPhone": Price(7)}


class Clients:
    """Lusha, whose account is this, or that says this instead."""

    def __init__(self, told: Account | ConnectorError) -> None:
        self._told = told

    @contextmanager
    def lusha(self, settings: LushaSettings) -> Iterator[Clients]:
        yield self

    def generation(self, version: str) -> Clients:
        return self

    def account(self) -> Account:
        if isinstance(self._told, ConnectorError):
            raise self._told
        return self._told

    def ahead(self) -> timedelta:
        return timedelta(0)


def found(
    told: Account | ConnectorError, *, shared: Budget, own: Budget | None = None, name: str = ""
) -> list[Finding]:
    lusha = LushaSettings(Secret("k"), budget=shared)
    org = OrgSettings("acme", "salesforce", {}, (), lusha, budget=own or Budget())
    with seen(Path("/nowhere/state.db")) as sight:
        return list(check_key([org], name, cast(Any, Clients(told)), sight.store, Outside(now=lambda: NOW)))


def of(check: str, findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(one.level, one.what, one.mend) for one in findings if one.check == check]


def test_a_budget_that_the_balance_covers() -> None:
    findings = found(Account(900, 1000, prices=PRICES), shared=Budget(per_run=500, per_day=700, keep=100))
    assert {one.level for one in findings} == {"pass"}
    assert of("balance", findings) == [("pass", "900 of 1,000 credits are left", "")]
    assert of("budgets", findings) == [
        ("pass", "lusha.budget.per_run 500, lusha.budget.per_day 700 (700 left), lusha.budget.keep 100 (800 left)", "")
    ]
    assert of("prices", findings) == [
        ("pass", "an e-mail costs 2, a phone 7, a company 1, a search for 25 1 (as the account tells)", "")
    ]


def test_prices_that_nobody_tells_are_lushas_list() -> None:
    [(_, what, _)] = of("prices", found(Account(900), shared=Budget(per_run=5)))
    assert what.endswith("a phone 5, a company 1, a search for 25 1 (by Lusha's list, since the account tells none)")


@pytest.mark.parametrize(
    ("balance", "shared", "own", "what", "mend"),
    [
        (80, Budget(per_run=50, keep=100), None, "lusha.budget.keep: 100 leaves nothing to spend now",
         "lower it, or buy credits: until then no run buys anything"),
        (900, Budget(per_run=50), Budget(per_day=0), "orgs.acme.budget.per_day: 0 leaves nothing to spend now",
         "it begins anew at midnight UTC; or raise it"),
        (900, Budget(per_run=50, per_month=0), None, "lusha.budget.per_month: 0 leaves nothing to spend now",
         "it begins anew on the first of the month, UTC; or raise it"),
        (300, Budget(per_run=250, keep=100), None,
         "lusha.budget.per_run: 250 is more than the 200 credits that may be spent",
         "lower it, or buy credits: the balance ends the run before this limit does"),
        (900, Budget(per_day=50), None, "no per_run limits what one run may spend",
         "set lusha.budget.per_run to what one night may cost"),
    ],
)  # fmt: skip
def test_a_budget_that_means_something_else(
    balance: int, shared: Budget, own: Budget | None, what: str, mend: str
) -> None:
    assert of("budgets", found(Account(balance), shared=shared, own=own)) == [("warn", what, mend)]


def test_no_credit_left_fails_as_a_quota() -> None:
    findings = found(Account(0, 1000), shared=Budget(per_run=5))
    [failed] = [one for one in findings if one.level == "fail"]
    assert failed.failure is not None and failed.failure.exit_code == 4
    assert (failed.what, failed.mend) == (
        "no credit of 1,000 is left",
        "buy credits, or wait for the plan to renew them; until then a run stops at its first purchase",
    )


def test_a_balance_that_is_not_told() -> None:
    findings = found(Account(None), shared=Budget(per_run=5))
    assert of("balance", findings) == [
        ("warn", "Lusha does not tell how many credits are left", "look at dashboard.lusha.com")
    ]
    assert [level for level, *_ in of("budgets", findings)] == ["pass"]


@pytest.mark.parametrize("silence", [TooManyRequests("five times a minute", hint="wait"), NotOnPlan("no", hint="wait")])
def test_an_account_that_may_not_be_asked_now_is_no_failure(silence: ConnectorError) -> None:
    findings = found(silence, shared=Budget())
    assert {one.level for one in findings} == {"warn"}
    assert of("lusha key", findings) == [("warn", f"the account is not told: {silence.message}", "wait")]
    assert of("balance", findings) == [("warn", "skipped: Lusha does not tell the account", "wait")]
    assert sum(one.skipped for one in findings) == 5


def test_the_day_that_is_used_up() -> None:
    windows = {"daily": {"remaining": 0, "limit": 500}, "hourly": {"remaining": 10, "limit": 20}, "minute": None}
    findings = found(Account(9, raw={"rateLimits": windows}), shared=Budget(per_run=5))
    assert of("requests", findings) == [
        ("warn", "requests left: 10 of 20 (hourly), 0 of 500 (daily)", "run again when the daily window ends")
    ]


def test_of_several_keys_each_sentence_names_its_own() -> None:
    findings = found(Account(9), shared=Budget(per_run=5), name="key of acme: ")
    assert all(one.what.startswith("key of acme: ") for one in findings)
    skipped = found(TooManyRequests("no"), shared=Budget(), name="key of acme: ")
    assert {one.what for one in skipped if one.skipped} == {"skipped: key of acme: Lusha does not tell the account"}
