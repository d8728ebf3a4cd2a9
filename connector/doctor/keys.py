"""One Lusha key: whether it is accepted, what is left and what things cost, and whether the budgets let a run buy.

Asks for the account's usage once, which is free.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.config.settings import OrgSettings
from connector.doctor.clock import clock_finding
from connector.doctor.finding import Check, Finding
from connector.engine.spending import budgets, limits_left
from connector.errors import ConnectorError, Interrupted, QuotaExhausted
from connector.lusha.errors import NotOnPlan, TooManyRequests
from connector.lusha.limits import WINDOWS
from connector.lusha.prices import PriceList
from connector.models import Account
from connector.runtime.clients import Clients
from connector.runtime.outside import Outside
from connector.store.db import Store

_KEY, _BALANCE, _PRICES, _BUDGETS, _REQUESTS, _CLOCK = (
    Check(None, name) for name in ("lusha key", "balance", "prices", "budgets", "requests", "clock")
)
_STATE_FIRST = "mend the state file first"
_TOP_UP = "buy credits, or wait for the plan to renew them; until then a run stops at its first purchase"


def check_key(
    orgs: Sequence[OrgSettings], name: str, clients: Clients, store: Store | None, outside: Outside
) -> Iterator[Finding]:
    """``orgs``: those that use it. ``name`` stands before each sentence where there are several keys. ``store``: None
    where the state file cannot be read, so that nobody knows what was spent today."""
    for finding in _found(orgs, clients, store, outside):
        yield finding.about(name)


def _found(orgs: Sequence[OrgSettings], clients: Clients, store: Store | None, outside: Outside) -> Iterator[Finding]:
    settings = orgs[0].lusha
    try:
        with clients.lusha(settings) as lusha:
            account = lusha.generation(settings.api_version).account()
    except Interrupted:
        raise
    except (TooManyRequests, NotOnPlan) as silence:
        mend = silence.hint or "run doctor again in a minute"
        yield _KEY.warned(f"the account is not told: {silence.message}", mend)
    except ConnectorError as refused:
        mend = "mend the key or the connection first"
        yield _KEY.failed(refused)
    else:
        yield _KEY.passed(f"accepted by {settings.base_url} (API {settings.api_version})")
        yield from _account(account, orgs, store, outside)
        yield _requests(account.raw.get("rateLimits"))
        yield clock_finding(_CLOCK, "Lusha", lusha.ahead())
        return
    for check in (_BALANCE, _PRICES, _BUDGETS, _REQUESTS, _CLOCK):
        yield check.skipped("Lusha does not tell the account", mend)


def _account(account: Account, orgs: Sequence[OrgSettings], store: Store | None, outside: Outside) -> Iterator[Finding]:
    yield _balance(account)
    yield _prices(account)
    if store is None:
        yield _BUDGETS.skipped("the state file, which counts what was spent, cannot be read", _STATE_FIRST)
        return
    key = orgs[0].lusha.api_key.fingerprint()
    limits = limits_left(store, key, orgs, account.remaining, outside.now())
    findings = [*_used_up(limits), *_beyond(orgs, account.remaining)]
    yield from findings or [_summary(orgs, limits)]


def _balance(account: Account) -> Finding:
    left, total = account.remaining, account.total
    if left is None:
        return _BALANCE.warned("Lusha does not tell how many credits are left", "look at dashboard.lusha.com")
    of = f" of {total:,}" if total is not None else ""
    if left <= 0:
        return _BALANCE.failed(QuotaExhausted(f"no credit{of} is left"), _TOP_UP)
    return _BALANCE.passed(f"{left:,}{of} credits are left")


def _prices(account: Account) -> Finding:
    prices = PriceList(account.prices)
    told = ", ".join(
        [
            f"an e-mail costs {prices.of('emails')}",
            f"a phone {prices.of('phones')}",
            f"a company {prices.of('company')}",
            f"a search for 25 {prices.search('person', 25)}",
        ]
    )
    whose = "as the account tells" if account.prices else "by Lusha's list, since the account tells none"
    return _PRICES.passed(f"{told} ({whose})")


_AGAIN = {
    "keep": "lower it, or buy credits: until then no run buys anything",
    "per_day": "it begins anew at midnight UTC; or raise it",
    "per_month": "it begins anew on the first of the month, UTC; or raise it",
}


def _used_up(limits: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    for limit in limits:
        if limit["left"] == 0:
            name, option = limit["limit"], limit["limit"].rpartition(".")[2]
            yield _BUDGETS.warned(f"{name}: {limit['value']:,} leaves nothing to spend now", _AGAIN[option])


def _beyond(orgs: Sequence[OrgSettings], balance: int | None) -> Iterator[Finding]:
    """Limits of a run that the balance does not cover, and keys that nothing limits."""
    known = budgets(orgs)
    if not any(limits.budget.per_run for limits in known):
        what = "no per_run limits what one run may spend"
        yield _BUDGETS.warned(what, "set lusha.budget.per_run to what one night may cost")
    spendable = None if balance is None else balance - max((limits.budget.keep or 0 for limits in known), default=0)
    for limits in known:
        most = limits.budget.per_run
        if most and spendable is not None and 0 < spendable < most:
            what = f"{limits.name}.per_run: {most:,} is more than the {spendable:,} credits that may be spent"
            yield _BUDGETS.warned(what, "lower it, or buy credits: the balance ends the run before this limit does")


def _summary(orgs: Sequence[OrgSettings], limits: Sequence[Mapping[str, Any]]) -> Finding:
    told = [f"{one.name}.per_run {one.budget.per_run:,}" for one in budgets(orgs) if one.budget.per_run]
    told += [f"{one['limit']} {one['value']:,}" + ("" if one["left"] is None else f" ({one['left']:,} left)")
             for one in limits]  # fmt: skip
    return _BUDGETS.passed(", ".join(told))


def _requests(windows: object) -> Finding:
    """What is left of the plan's windows; a run waits for the short ones, and ends at the others."""
    tiers = windows if isinstance(windows, Mapping) else {}
    told = [(window.name, tier) for window in WINDOWS if isinstance(tier := tiers.get(window.name), Mapping)]
    numbers = [(name, tier.get("remaining"), tier.get("limit")) for name, tier in told]
    known = [(name, left, most) for name, left, most in numbers if isinstance(left, int) and isinstance(most, int)]
    if not known:
        return _REQUESTS.passed("the account tells no limits; a run heeds those that the answers tell")
    words = ", ".join(f"{left:,} of {most:,} ({name})" for name, left, most in known if most > 0)
    if spent := [name for name, left, most in known if most > 0 and left <= 0 and name in ("hourly", "daily")]:
        return _REQUESTS.warned(f"requests left: {words}", f"run again when the {spent[-1]} window ends")
    return _REQUESTS.passed(f"requests left: {words}")
