"""Requests under way side by side: the same outcome as one after the other, and no promise less."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Barrier, BrokenBarrierError, current_thread, main_thread
from typing import Any

import pytest

from connector.config.settings import Budget, FieldRule, Guards
from connector.errors import InDoubt, QuotaExhausted, VendorUnreachable
from connector.models import Answer, Rejection, Update, WriteResult
from connector.store import ledger, suggestions
from tests.engine.house import FIELDS, House, counts, person, row

MANY = 260
WORKERS = 6


def crowd(folder: Path, *, workers: int = WORKERS, many: int = MANY, **more: Any) -> House:
    """Everybody due, everybody known; reading takes many pages, asking several requests, writing many batches."""
    folder.mkdir()
    house = House(folder, rows=map(row, range(1, many + 1)), people=map(person, range(1, many + 1)), **more)
    house.store.db.execute("PRAGMA synchronous = OFF")
    house.crm._page = 40
    house.workers = workers
    return house


def watched(house: House, name: str, before: Callable[[], None]) -> None:
    """Do something before each call of a vendor."""
    subject = house.lusha if hasattr(house.lusha, name) else house.crm
    whole = getattr(subject, name)

    def call(*arguments: Any, **options: Any) -> Any:
        before()
        return whole(*arguments, **options)

    setattr(subject, name, call)


def test_the_outcome_is_that_of_one_after_the_other(tmp_path: Path) -> None:
    one, many = crowd(tmp_path / "one", workers=1), crowd(tmp_path / "many")
    first, second = one.sync(), many.sync()
    figures = ("read", "due", "matched", "written", "fields_written", "unchanged", "conflicts", "rejected", "left")
    assert counts(first, *figures) == counts(second, *figures)
    assert first.report["credits"] == second.report["credits"]
    assert one.crm._tables == many.crm._tables
    assert many.lusha.purchases == one.lusha.purchases
    asked = (len(house.lusha.searches) + len(house.lusha.enriches) for house in (one, many))
    assert len(set(asked)) == 1  # and no call more
    again = many.later(hours=1).sync()
    assert counts(again, "due", "written") == (0, 0)


def test_no_call_is_made_inside_a_transaction_and_none_on_the_main_thread(tmp_path: Path) -> None:
    house = crowd(tmp_path / "a")
    threads = set()

    def look() -> None:
        threads.add(current_thread())
        assert not house.store.db.in_transaction or current_thread() is not main_thread()

    for name in ("search", "enrich", "fetch", "update"):
        watched(house, name, look)
    house.crm.lose_answer_next()  # what landed of a write is looked at, and the rest sent again
    assert counts(house.sync(), "written") == (MANY,)
    assert main_thread() not in threads


@pytest.mark.parametrize("name", ["search", "enrich", "update"])
def test_calls_of_a_kind_are_under_way_together(tmp_path: Path, name: str) -> None:
    lifted = Guards(max_replaced_share=1.0, max_rejected_share=1.0)  # else the first records go alone
    house = crowd(tmp_path / "a", guards=lifted)
    met, pair = [], Barrier(2)

    def meet() -> None:
        """Waits for another one, until two have met once."""
        try:
            if not met:
                pair.wait(timeout=5)
                met.append(True)
        except BrokenBarrierError:
            return

    watched(house, name, meet)
    assert counts(house.sync(), "written") == (MANY,)
    assert met


def test_a_budget_is_not_exceeded_at_any_moment_and_used_up_all_the_same(tmp_path: Path) -> None:
    limit = 700  # a search of 4 credits and reveals of 11 each
    house = crowd(tmp_path / "a", budget=Budget(per_run=limit))
    one = crowd(tmp_path / "one", workers=1, budget=Budget(per_run=limit))
    key, booked = house.lusha_settings.api_key.fingerprint(), []
    settle = ledger.settle

    def look(*arguments: Any, **options: Any) -> None:
        booked.append(ledger.booked(house.store, key=key))
        settle(*arguments, **options)

    ledger.settle = look  # type: ignore[assignment]
    try:
        ended, alone = house.sync(), one.sync()
    finally:
        ledger.settle = settle
    assert ended.exit_code == alone.exit_code == 4
    assert max(booked) <= limit and house.lusha.charged_total <= limit
    assert counts(ended, "matched") == counts(alone, "matched")


def test_who_is_asked_for_already_is_not_asked_for_again(tmp_path: Path) -> None:
    rows = [row(n) for n in range(1, 101)] + [{**row(n), "Id": f"d{n:05}"} for n in range(1, 101)]
    (tmp_path / "a").mkdir()
    house = House(tmp_path / "a", rows=rows, people=map(person, range(1, 101)))
    house.crm._page, house.workers = 20, WORKERS
    assert counts(house.sync(), "matched", "written") == (200, 200)
    assert max(house.lusha.purchases.values()) == 1
    assert sum(map(len, house.lusha.searches)) == 100


def test_what_was_sent_before_a_budget_ended_is_taken_in(tmp_path: Path) -> None:
    house = crowd(tmp_path / "a")
    left = [1]

    def ends() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise QuotaExhausted("Lusha: the daily limit is used up")

    watched(house, "enrich", ends)
    ended = house.sync()
    assert (ended.exit_code, ended.report["matched"], ended.report["written"]) == (4, 100, 100)
    assert house.store.rows("SELECT 1 FROM ledger WHERE state <> 'settled'") == []


def test_a_crm_that_fails_loses_nothing_that_was_bought(tmp_path: Path) -> None:
    house = crowd(tmp_path / "a")
    wrote = [0]

    def fails() -> None:
        wrote[0] += 1
        if wrote[0] == 12:
            raise VendorUnreachable("the CRM does not answer")

    watched(house, "update", fails)
    ended = house.sync()
    assert ended.exit_code == 8 and 0 < ended.report["written"] < MANY
    assert house.store.rows("SELECT 1 FROM ledger WHERE state <> 'settled'") == []
    assert house.store.rows("SELECT 1 FROM journal WHERE state = 'intended'") == []
    charged = house.lusha.charged_total
    house.crm.update = type(house.crm).update.__get__(house.crm)  # type: ignore[method-assign]
    again = house.sync()
    assert again.exit_code == 0 and ended.report["written"] + again.report["written"] == MANY
    assert max(house.lusha.purchases.values()) == 1 and house.lusha.charged_total >= charged


def test_several_lost_answers_are_each_settled(tmp_path: Path) -> None:
    house = crowd(tmp_path / "a")
    lost = [2]
    enrich = house.lusha.enrich

    def loses(*asked: Any) -> Answer:
        answer = enrich(*asked)
        lost[0] -= 1
        if lost[0] >= 0:
            raise InDoubt("the answer was cut off")
        return answer

    house.lusha.enrich = loses  # type: ignore[method-assign]
    ended = house.sync()
    assert (ended.exit_code, ended.report["written"]) == (0, MANY)
    assert ended.report["credits"]["charged"] == house.lusha.charged_total
    assert max(house.lusha.purchases.values()) == 1


def test_an_interrupt_lets_what_is_under_way_come_to_its_end(tmp_path: Path) -> None:
    house = crowd(tmp_path / "a")

    def interrupt() -> None:
        house.interrupted = True

    watched(house, "update", interrupt)
    ended = house.sync()
    assert ended.exit_code == 130 and 0 < ended.report["written"] < MANY
    assert house.store.rows("SELECT 1 FROM ledger WHERE state <> 'settled'") == []
    assert house.store.rows("SELECT 1 FROM journal WHERE state = 'intended'") == []


def test_what_lands_after_an_interrupt_leaves_the_review_list(tmp_path: Path) -> None:
    house = crowd(tmp_path / "a", many=80, fields={**FIELDS, "Title": FieldRule("job_title.title", "suggest")})
    for number in range(1, 81):
        house.crm.edit("Contact", f"c{number:05}", Title="Typed")
    house.sync()
    pair = Barrier(2)

    def interrupt() -> None:
        """A person asks while two writes are under way."""
        if not house.interrupted:
            pair.wait(timeout=10)
            house.interrupted = True

    watched(house, "update", interrupt)
    ended = house.accept(suggestions.listed(house.store))
    left = {one.record for one in suggestions.listed(house.store)}
    assert ended.exit_code == 130 and 20 <= ended.report["written"] < 80
    assert left == {f"c{number:05}" for number in range(1, 81) if house.row(number)["Title"] == "Typed"}
    assert counts(ended, "matched", "left") == (80 - len(left), len(left))


def test_the_first_records_are_written_alone_until_the_crm_has_answered(tmp_path: Path) -> None:
    house = crowd(tmp_path / "a", guards=Guards(max_replaced_share=1.0, max_rejected_share=0.1))
    house.crm.reject = {f"c{n:05}": Rejection("BAD", "not like this") for n in range(1, MANY + 1)}
    sent: list[int] = []
    update = house.crm.update

    def counted(object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        sent.append(len(updates))
        return update(object, updates)

    house.crm.update = counted  # type: ignore[method-assign]
    ended = house.sync()
    assert ended.exit_code == 5 and sum(sent) == 50


@pytest.mark.parametrize("workers", [1, WORKERS])
def test_an_interrupt_of_the_last_batch_is_told_too(tmp_path: Path, workers: int) -> None:
    house = crowd(tmp_path / "a", workers=workers, many=5)

    def interrupt() -> None:
        house.interrupted = True

    watched(house, "update", interrupt)
    ended = house.sync()
    assert (ended.exit_code, ended.report["written"], ended.report["left"]) == (130, 5, 0)
