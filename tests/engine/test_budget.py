"""The purse: no limit is exceeded, whoever spends, in whatever order, in however many processes."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.config.settings import Budget
from connector.engine.budget import Reservation, Room, covered, reserve, room
from connector.engine.context import Context
from connector.errors import BudgetExhausted, RequestRefused, VendorUnreachable
from connector.models import Account, Answer
from connector.store import balances, ledger
from connector.store.ledger import Purpose
from tests.engine.house import House, counts, person, row

LIMITS = st.one_of(st.none(), st.integers(0, 40))
BUDGETS = st.builds(Budget, LIMITS, LIMITS, LIMITS, LIMITS)


def book(context: Context, wanted: int = 1, each: int = 6) -> Reservation:
    return reserve(context, action="enrich", wanted=wanted, costs=lambda n: n * each, request=lambda n: {"items": n})


def spender(house: House, org: str, invocation: str, budget: Budget) -> Context:
    """A run of some org in some invocation, on the same key and state file."""
    context = house.context(invocation=invocation)
    context.org = replace(context.org, name=org, budget=budget)
    context.purpose = Purpose(context.purpose.key, invocation, context.purpose.run, org, "contact.yaml")
    return context


@given(st.integers(0, 60), st.integers(0, 20), st.lists(st.integers(0, 9), min_size=20, max_size=20))
def test_covered_is_the_largest_prefix_that_fits(credits: int, wanted: int, each: list[int]) -> None:
    def costs(items: int) -> int:
        return sum(each[:items])

    items = covered(credits, wanted, costs)
    assert 0 <= items <= wanted
    assert items == 0 or costs(items) <= credits
    assert items == wanted or costs(items + 1) > credits
    assert covered(None, wanted, costs) == wanted


def test_a_request_is_cut_to_what_fits_down_to_one_item(tmp_path: Path) -> None:
    context = House(tmp_path, budget=Budget(per_run=15)).context()
    assert book(context, 5).items == 2
    with pytest.raises(BudgetExhausted) as caught:
        book(context, 5)
    assert caught.value.message == "lusha.budget.per_run: 15 leaves 3 credits, the next enrich needs 6"
    assert caught.value.hint == "change that limit, or run again when there is room; everything bought so far is saved"
    assert book(context, 5, each=3) == Reservation(2, 1, 3)
    assert room(context) == Room(0, "lusha.budget.per_run: 15")


@pytest.mark.parametrize(
    ("budget", "org_budget", "credits", "name"),
    [
        (Budget(), Budget(), 100, "the balance of the Lusha account"),
        (Budget(keep=30), Budget(), 70, "keep: 30 of a balance of 100"),
        (Budget(keep=30), Budget(keep=80), 20, "keep: 80 of a balance of 100"),
        (Budget(per_run=50), Budget(), 50, "lusha.budget.per_run: 50"),
        (Budget(per_day=40, per_run=50), Budget(), 40, "lusha.budget.per_day: 40"),
        (Budget(per_day=40, per_month=7), Budget(), 7, "lusha.budget.per_month: 7"),
        (Budget(per_day=40), Budget(per_day=3), 3, "orgs.acme.budget.per_day: 3"),
        (Budget(per_day=0), Budget(per_day=3), 0, "lusha.budget.per_day: 0"),
    ],
)
def test_the_tightest_limit_is_named(
    tmp_path: Path, budget: Budget, org_budget: Budget, credits: int, name: str
) -> None:
    context = House(tmp_path, budget=budget, org_budget=org_budget, remaining=100).context()
    assert room(context) == Room(credits, name)


def test_without_a_limit_and_a_balance_nothing_limits(tmp_path: Path) -> None:
    context = House(tmp_path).context()
    asked = balances.mark(context.store, context.purpose.key)
    balances.save_account(context.store, context.purpose.key, Account(None), asked=asked, now=context.now())
    assert room(context) == Room(None)
    assert book(context, 1_000).items == 1_000


def test_a_day_and_a_month_are_renewed_and_a_run_is_one_invocation(tmp_path: Path) -> None:
    house = House(tmp_path, budget=Budget(per_run=6, per_day=12, per_month=18))
    first = house.context(invocation="a")
    book(first)
    same = house.context(invocation="a")
    with pytest.raises(BudgetExhausted, match="per_run"):
        book(same)
    book(house.context(invocation="b"))
    with pytest.raises(BudgetExhausted, match="per_day"):
        book(house.context(invocation="c"))
    house.later(days=1)
    book(house.context(invocation="d"))
    house.later(days=1)
    with pytest.raises(BudgetExhausted, match="per_month"):
        book(house.context(invocation="e"))
    house.later(days=30)
    book(house.context(invocation="f"))


@st.composite
def scripts(draw: st.DrawFn) -> list[tuple[str, int, int, int]]:
    """What several spenders do, in order: (what, who, how much, hours that pass)."""
    what = st.sampled_from(["reserve", "reserve", "settle", "doubt", "resolve"])
    step = st.tuples(what, st.integers(0, 3), st.integers(0, 9), st.sampled_from([0, 0, 1, 30]))
    return draw(st.lists(step, max_size=30))


@settings(max_examples=40, deadline=None)
@given(BUDGETS, st.tuples(BUDGETS, BUDGETS), st.integers(0, 60), scripts())
def test_no_order_of_spending_exceeds_a_limit(
    shared: Budget, own: tuple[Budget, Budget], remaining: int, script: Sequence[tuple[str, int, int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), budget=shared, remaining=remaining)
        who = [("acme", "i1"), ("acme", "i2"), ("beta", "i1"), ("beta", "i3")]
        spenders = [spender(house, org, invocation, own[org == "beta"]) for org, invocation in who]
        open_: list[tuple[Context, Reservation]] = []
        keep = [[b.keep or 0 for b in (shared, own[org == "beta"])] for org in ("acme", "beta")]
        for what, number, amount, hours in script:
            house.later(hours=hours)
            if what == "reserve":
                with suppress(BudgetExhausted):
                    open_.append((spenders[number], book(spenders[number], wanted=3, each=amount)))
            elif open_ and what == "doubt":
                ledger.doubt(house.store, open_[-1][1].entry)
            elif open_:
                context, reservation = open_.pop(number % len(open_))
                charged = min(amount, reservation.worst)
                ledger.settle(house.store, reservation.entry, charged=charged, now=house.now)
            for context in spenders:
                _assert_within(context, shared, own[context.org.name == "beta"])
            spent = ledger.booked(house.store, key=spenders[0].purpose.key)
            assert spent <= max(0, remaining - min(max(keeps) for keeps in keep))
        house.store.close()


def _assert_within(context: Context, shared: Budget, own: Budget) -> None:
    store, purpose, now = context.store, context.purpose, context.now()
    for budget, org in ((shared, None), (own, context.org.name)):
        day, month = ledger.start_of_day(now), ledger.start_of_month(now)
        for limit, scope in (
            (budget.per_run, {"invocation": purpose.invocation}),
            (budget.per_day, {"since": day}),
            (budget.per_month, {"since": month}),
        ):
            if limit is not None:
                assert ledger.booked(store, key=purpose.key, org=org, **scope) <= limit


def _hammer(folder: str, number: int) -> int:
    """Book as much as there is, in small pieces; returns how much this process got."""
    house = House(Path(folder), budget=Budget(per_day=97))
    context, got = house.context(invocation=f"process-{number}"), 0
    try:
        while True:
            got += book(context, wanted=2, each=3).worst
    except BudgetExhausted:
        return got


def test_parallel_processes_never_book_more_than_there_is(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        got = pool.starmap(_hammer, [(str(tmp_path), number) for number in range(4)])
    house = House(tmp_path)
    booked = ledger.booked(house.store, key=house.lusha_settings.api_key.fingerprint())
    assert booked == sum(got) == 96  # three more would be 99


def test_a_reservation_of_yesterday_does_not_weigh_on_today(tmp_path: Path) -> None:
    house = House(tmp_path, budget=Budget(per_day=6))
    context = house.context()
    first = book(context)
    house.now += timedelta(days=1)
    ledger.settle(house.store, first.entry, charged=6, now=house.now)
    assert room(context).credits == 6


def test_what_lusha_refused_is_not_booked_when_it_refuses_everything(tmp_path: Path) -> None:
    numbers = range(1, 9)
    house = House(tmp_path, rows=[row(n) for n in numbers], people=[person(n) for n in numbers])
    house.lusha.search = _refuse  # type: ignore[method-assign, assignment]
    assert isinstance(house.sync().error, VendorUnreachable)
    assert ledger.booked(house.store, key=house.lusha_settings.api_key.fingerprint()) == 0
    assert house.store.rows("SELECT id FROM ledger WHERE state <> 'settled'") == []


def test_records_that_were_asked_in_a_way_that_lusha_refuses_are_not_put_off(tmp_path: Path) -> None:
    numbers = range(1, 9)
    house = House(tmp_path, rows=[row(n) for n in numbers], people=[person(n) for n in numbers])
    refuses, house.lusha.search = house.lusha.search, _refuse  # type: ignore[method-assign, assignment]
    house.sync()
    house.lusha.search = refuses  # type: ignore[method-assign]
    assert counts(house.sync(), "due", "written") == (8, 8)


def _refuse(*arguments: object) -> Answer:
    raise RequestRefused("Lusha: answered 400", code="400")
