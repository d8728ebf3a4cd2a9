"""Where the credits went: what was charged, what limits leave, how long it lasts, and what others spent.

Asks Lusha for nothing but the account, which is free; the rest is read from the state file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from connector.config.settings import Budget, OrgSettings
from connector.engine.account import Told, ask_account, last_told
from connector.engine.payer import Limits, Now
from connector.errors import ConnectorError
from connector.models import Account
from connector.store import balances, ledger, spending
from connector.store.db import Store, stamp
from connector.store.spending import Word

RUNS_SHOWN = 10
_DAY = timedelta(days=1)


def credits(
    store: Store, orgs: Iterable[OrgSettings], ask: Callable[[OrgSettings], Account], *, days: int, now: Now
) -> tuple[list[dict[str, Any]], list[ConnectorError]]:
    """An overview of each Lusha key that the orgs use, and what Lusha refused; a refused key has one all the same."""
    by_key: dict[str, list[OrgSettings]] = {}
    for org in orgs:
        by_key.setdefault(org.lusha.api_key.fingerprint(), []).append(org)
    keys, errors = [], []
    for key, users in by_key.items():
        try:
            told = ask_account(store, key, partial(ask, users[0]), now)
        except ConnectorError as error:
            errors.append(error)
            told = last_told(store, key, error)
        keys.append(overview(store, users, told, days=days, now=now()))
    return keys, errors


def overview(store: Store, orgs: Sequence[OrgSettings], told: Told, *, days: int, now: datetime) -> dict[str, Any]:
    """One Lusha key, named by the orgs that use it; the shape is described in ``docs/json.md``, "credits"."""
    key, since = orgs[0].lusha.api_key.fingerprint(), now - days * _DAY
    today, month = ledger.start_of_day(now), ledger.start_of_month(now)
    balance, by_mapping = balances.balance(store, key), spending.by_mapping(store, key, since=since)
    pace = charged_per_day(store, key, days=days, now=now)
    keep = max((budget.keep or 0 for org in orgs for budget in (org.lusha.budget, org.budget)), default=0)
    return {
        "orgs": [org.name for org in orgs],
        "account": {
            "remaining": told.account.remaining,
            "total": told.account.total,
            "used": told.account.used,
            "told_at": stamp(told.at) if told.at else None,
            "age_seconds": int((now - told.at).total_seconds()) if told.at else None,
            "silence": told.silence.message if told.silence else None,
        },
        "balance": balance,
        **spending.open_credits(store, key),
        "charged": {
            "today": spending.charged(store, key, since=today),
            "month": spending.charged(store, key, since=month),
            "days": spending.charged(store, key, since=since),
        },
        "by_org": _by_org(by_mapping),
        "by_mapping": by_mapping,
        "by_run": spending.by_run(store, key, since=since, limit=RUNS_SHOWN),
        "by_datum": spending.by_datum(store, key, since=since),
        "limits": limits_left(store, key, orgs, balance, now),
        "drift": {
            "today": drift(store, key, spending.words(store, key, since=today)),
            "days": drift(store, key, spending.words(store, key, since=since)),
        },
        "per_day": None if pace is None else round(pace, 1),
        "days_left": days_left(balance, keep, pace),
    }


def drift(store: Store, key: str, words: Sequence[Word]) -> dict[str, Any] | None:
    """What the account fell by beyond what we booked: others spent it; below 0, we booked too much.

    Counted since the last top-up, where there was one. None without two words to compare.
    """
    top_ups = [later for earlier, later in pairwise(words) if _topped_up(earlier, later)]
    first = top_ups[-1] if top_ups else next(iter(words), None)
    if first is None or first == words[-1]:
        return None
    last, fell = words[-1], first.remaining - words[-1].remaining
    booked, uncertain = spending.booked_between(store, key, first, last)
    return {
        "since": stamp(first.at),
        "until": stamp(last.at),
        "fell": fell,
        "booked": booked,
        "drift": fell - booked,
        "uncertain": uncertain,
        "after_top_up": bool(top_ups),
    }


def _topped_up(earlier: Word, later: Word) -> bool:
    """Whether credits came, or the plan changed, in between: the fall of the balance says nothing then."""
    both = earlier.total is not None and later.total is not None
    return later.remaining > earlier.remaining or (both and later.total != earlier.total)


def charged_per_day(store: Store, key: str, *, days: int, now: datetime) -> float | None:
    """The pace of the last ``days``, or of the time since the first charge where that is less; None without one."""
    first = spending.first_charge(store, key)
    charged = spending.charged(store, key, since=now - days * _DAY)
    if first is None or charged == 0:
        return None
    return charged / min(days, max(1.0, (now - first) / _DAY))


def days_left(balance: int | None, keep: int, pace: float | None) -> float | None:
    """How long the balance above ``keep`` lasts at this pace; None where one of them is not known."""
    if balance is None or not pace:
        return None
    return round(max(0, balance - keep) / pace, 1)


def _by_org(by_mapping: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    names = dict.fromkeys(row["org"] for row in by_mapping)
    return [{"org": name, "charged": sum(row["charged"] for row in by_mapping if row["org"] == name)} for name in names]


def limits_left(
    store: Store, key: str, orgs: Sequence[OrgSettings], balance: int | None, now: datetime
) -> list[dict[str, Any]]:
    """Each limit but ``per_run``, ``{limit, value, used, left}``: what is booked against it (open bookings at their
    worst) and what is left; ``left`` None where the balance is not known. ``orgs``: those that use the key."""
    told = []
    for limits in budgets(orgs):
        budget = limits.budget
        for option, value, since in (
            ("per_day", budget.per_day, ledger.start_of_day(now)),
            ("per_month", budget.per_month, ledger.start_of_month(now)),
        ):
            if value is not None:
                used = ledger.booked(store, key=key, org=limits.org, since=since)
                told.append(_limit(f"{limits.name}.{option}", value, used, value - used))
        if budget.keep is not None:
            left = None if balance is None else balance - budget.keep
            told.append(_limit(f"{limits.name}.keep", budget.keep, None, left))
    return told


def _limit(name: str, value: int, used: int | None, left: int | None) -> dict[str, Any]:
    return {"limit": name, "value": value, "used": used, "left": None if left is None else max(0, left)}


def budgets(orgs: Sequence[OrgSettings]) -> list[Limits]:
    """Every budget of a key; one that its orgs share stands there once."""
    shared = list(dict.fromkeys(org.lusha.budget for org in orgs))
    names = ["lusha.budget"] if len(shared) == 1 else [_sharers(budget, orgs) for budget in shared]
    own = [Limits(f"orgs.{org.name}.budget", org.budget, org.name) for org in orgs]
    return [*(Limits(name, budget) for name, budget in zip(names, shared, strict=True)), *own]


def _sharers(budget: Budget, orgs: Sequence[OrgSettings]) -> str:
    return f"lusha.budget ({', '.join(org.name for org in orgs if org.lusha.budget == budget)})"
