"""A process may die at any moment: what it left behind is resolved, nothing is lost, bought again or written twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from connector.errors import AccessDenied, ConnectorError, InDoubt, QuotaExhausted, VendorUnreachable
from connector.models import Rejection
from connector.store import journal, ledger, runs, written
from tests.engine.house import FIELDS, House, counts, person, row

SCOPE: dict[str, Any] = {"org": "acme", "object": "Contact"}
MAPPED = tuple(FIELDS)


class Killed(BaseException):
    """The process is gone: nothing after this line happens."""


def killed(house: House, vendor: str, method: str, *, done: bool) -> None:
    """A run that dies in the first call of a vendor's method: before the vendor did anything, or right after."""
    subject = getattr(house, vendor)
    whole = getattr(subject, method)

    def dies(*arguments: Any) -> Any:
        if done:
            whole(*arguments)
        raise Killed

    setattr(subject, method, dies)
    with pytest.raises(Killed):
        house.sync()
    setattr(subject, method, whole)


def states(house: House, run: int = 1) -> dict[tuple[str, str], str]:
    return {(entry.record, entry.change.field): entry.state for entry in journal.of_run(house.store, run)}


def booked(house: House) -> int:
    return ledger.booked(house.store, key=house.lusha_settings.api_key.fingerprint())


def open_bookings(house: House) -> int:
    return len(house.store.rows("SELECT id FROM ledger WHERE state <> 'settled'"))


def two(folder: Path, **more: Any) -> House:
    return House(folder, rows=[row(1), row(2)], people=[person(1), person(2)], **more)


def test_a_write_that_landed_is_found_and_is_ours(tmp_path: Path) -> None:
    house = two(tmp_path)
    killed(house, "crm", "update", done=True)
    assert set(states(house).values()) == {"intended"}
    ended = house.sync()
    assert counts(ended, "due", "written") == (0, 0)
    assert set(states(house).values()) == {"written"}
    assert written.last_written(house.store, **SCOPE, ids=["c00001"])["c00001"]["Title"].value == "Head of Engines"
    dead = runs.found(house.store, 1)
    assert dead is not None
    assert (dead.status, dead.error) == ("interrupted", "the process died")


def test_a_write_that_did_not_land_is_done_by_the_next_run_from_what_was_paid(tmp_path: Path) -> None:
    house = two(tmp_path)
    killed(house, "crm", "update", done=False)
    spent = house.lusha.charged_total
    ended = house.sync()
    assert counts(ended, "due", "written") == (2, 2)
    assert set(states(house).values()) == {"dropped"}
    assert house.lusha.charged_total == spent


def test_of_a_batch_that_landed_in_part_each_record_is_judged_by_itself(tmp_path: Path) -> None:
    house = two(tmp_path)
    house.crm.reject["c00002"] = Rejection("LOCKED", "try later")
    killed(house, "crm", "update", done=True)
    house.crm.reject.clear()
    assert counts(house.sync(), "due", "written") == (1, 1)
    found = states(house)
    assert {found["c00001", field] for field in MAPPED} == {"written"}
    assert {found["c00002", field] for field in MAPPED} == {"dropped"}


def test_what_is_missing_of_a_record_that_landed_was_cleared_since(tmp_path: Path) -> None:
    house = two(tmp_path)
    killed(house, "crm", "update", done=True)
    house.crm.edit("Contact", "c00001", Title=None)
    house.sync()
    found = states(house)
    assert (found["c00001", "Title"], found["c00001", "Phone"], found["c00002", "Title"]) == (
        "unresolved", "written", "written"
    )  # fmt: skip
    assert written.last_written(house.store, **SCOPE, ids=["c00001"])["c00001"]["Phone"].value == "+15550100001"


def test_a_field_that_a_person_changed_after_the_crash_hides_no_other(tmp_path: Path) -> None:
    house = two(tmp_path)
    killed(house, "crm", "update", done=True)
    house.crm.edit("Contact", "c00001", Title="Typed since")
    house.sync()
    assert house.row(1)["Title"] == "Typed since"
    assert states(house)["c00001", "Phone"] == "written"


def test_a_record_that_was_deleted_after_the_crash_is_no_trouble(tmp_path: Path) -> None:
    house = two(tmp_path)
    killed(house, "crm", "update", done=True)
    house.crm.delete("Contact", "c00001")
    assert house.sync().exit_code == 0
    assert states(house)["c00001", "Title"] == "dropped"
    assert states(house)["c00002", "Title"] == "written"


def test_what_another_mapping_of_the_same_object_wrote_is_found_too(tmp_path: Path) -> None:
    house = two(tmp_path)
    killed(house, "crm", "update", done=True)
    slots = {name: getattr(house.settings, name) for name in house.settings.__slots__}
    other = {"name": "other.yaml", "fields": {"Seniority": FIELDS["Title"]}, "stamp": {}}
    house.settings = house.settings.__class__(**{**slots, **other})
    house.sync()
    assert set(states(house).values()) == {"written"}


def test_plans_of_a_dead_run_are_dropped_and_made_anew(tmp_path: Path) -> None:
    house = two(tmp_path)
    killed(house, "crm", "fetch", done=False)
    assert set(states(house).values()) == {"planned"}
    assert counts(house.sync(), "written") == (2,)
    assert set(states(house).values()) == {"dropped"}
    assert set(house.lusha.purchases.values()) == {1}


@pytest.mark.parametrize("done", [False, True])
def test_a_search_in_flight_costs_at_most_its_fee_again(tmp_path: Path, done: bool) -> None:
    house = two(tmp_path)
    killed(house, "lusha", "search", done=done)
    assert (booked(house), open_bookings(house)) == (1, 1)
    assert counts(house.sync(), "written") == (2,)
    assert open_bookings(house) == 0
    assert house.lusha.charged_total == 1 + 12 + done
    assert booked(house) == 14


@pytest.mark.parametrize("done", [False, True])
def test_an_enrich_in_flight_is_paid_once_and_booked_once(tmp_path: Path, done: bool) -> None:
    house = two(tmp_path)
    killed(house, "lusha", "enrich", done=done)
    assert (booked(house), open_bookings(house)) == (13, 1)
    assert counts(house.sync(), "written") == (2,)
    assert set(house.lusha.purchases.values()) == {1}
    assert booked(house) == house.lusha.charged_total == 13
    assert open_bookings(house) == 0


def test_answers_that_stayed_lost_are_resolved_before_anything_else(tmp_path: Path) -> None:
    house = two(tmp_path)
    enrich = house.lusha.enrich

    def lost(*arguments: Any) -> Any:
        enrich(*arguments)
        raise InDoubt("cut")

    house.lusha.enrich = lost  # type: ignore[method-assign, assignment]
    first = house.sync()
    assert (first.exit_code, first.report["left"]) == (4, 2)
    house.lusha.enrich = enrich  # type: ignore[method-assign]
    assert counts(house.sync(), "written") == (2,)
    assert set(house.lusha.purchases.values()) == {1}
    assert open_bookings(house) == 0
    assert booked(house) >= house.lusha.charged_total


def test_asking_three_times_for_one_thing_is_booked_once_when_it_was_paid_once(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(Lusha_Id="1001")], people=[person()])
    house.lusha.lose_answer_next(2)
    assert counts(house.sync(), "written") == (1,)
    assert booked(house) == house.lusha.charged_total == 6


def test_without_room_a_doubt_stays_booked_and_waits(tmp_path: Path) -> None:
    house = two(tmp_path, remaining=20)
    killed(house, "lusha", "enrich", done=False)
    house.lusha.remaining = 13  # another tool spent the rest
    ended = house.sync()
    assert ended.exit_code == 4
    assert open_bookings(house) == 1
    house.lusha.remaining = 1_000
    assert counts(house.sync(), "written") == (2,)
    assert open_bookings(house) == 0


@pytest.mark.parametrize("error", [VendorUnreachable("refused"), AccessDenied("401"), QuotaExhausted("402")])
def test_a_vendor_that_did_nothing_while_a_doubt_was_resolved_is_not_booked(
    tmp_path: Path, error: ConnectorError
) -> None:
    house = two(tmp_path)
    killed(house, "lusha", "enrich", done=True)
    context_calls = house.lusha.enrich

    def refused(*arguments: Any) -> Any:
        house.lusha.enrich = context_calls  # type: ignore[method-assign]
        raise error

    house.lusha.enrich = refused  # type: ignore[method-assign, assignment]
    assert house.sync().exit_code == error.exit_code
    assert booked(house) == 13
    assert counts(house.sync(), "written") == (2,)
    assert booked(house) == house.lusha.charged_total == 13


def test_a_doubt_of_another_org_is_left_to_that_org(tmp_path: Path) -> None:
    house = two(tmp_path)
    killed(house, "lusha", "enrich", done=True)
    house.store.db.execute("UPDATE ledger SET org = 'beta' WHERE state = 'reserved'")
    house.sync()
    assert open_bookings(house) == 1


Point = tuple[str, int, bool]
WAYS = ("commit", "fetch", "update", "search", "enrich")


@contextmanager
def dying(house: House, way: str, number: int, *, done: bool) -> Iterator[None]:
    """Inside, the ``number``-th call (or commit) of this kind kills the process, before or after it took effect."""
    passed = Counter[str]()

    def count() -> bool:
        passed[way] += 1
        return passed[way] == number

    if way == "commit":
        with _dying_commits(house, count, done=done):
            yield
        return
    subject = house.crm if way in ("fetch", "update") else house.lusha
    whole = getattr(subject, way)

    def call(*arguments: Any) -> Any:
        last = count()
        if last and not done:
            raise Killed
        answer = whole(*arguments)
        if last:
            raise Killed
        return answer

    setattr(subject, way, call)
    try:
        yield
    finally:
        setattr(subject, way, whole)


@contextmanager
def _dying_commits(house: House, count: Callable[[], bool], *, done: bool) -> Iterator[None]:
    whole = house.store.transaction

    @contextmanager
    def transaction() -> Iterator[None]:
        if house.store.db.in_transaction:
            yield
            return
        last = count()
        with whole():
            yield
            if last and not done:
                raise Killed
        if last:
            raise Killed

    house.store.transaction = transaction  # type: ignore[method-assign]
    try:
        yield
    finally:
        house.store.transaction = whole  # type: ignore[method-assign]


def world(folder: Path) -> House:
    """A little of everything: found, unknown, one person twice, no identity, known by id."""
    rows = [*(row(n) for n in range(1, 13)), row(20, Email="ada1@acme.example"), row(21, LastName=None), row(30)]
    rows[3]["Lusha_Id"] = "1004"
    rows[-3] = {**rows[-3], "FirstName": None, "LastName": None}
    return House(folder, rows=rows, people=[person(n) for n in range(1, 13)])


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("way", WAYS)
def test_wherever_a_process_dies_the_next_one_finishes_the_work(tmp_path: Path, way: str, done: bool) -> None:
    (folder := tmp_path / "whole").mkdir()
    whole = world(folder)
    whole.sync()
    number = 0
    while True:
        number += 1
        (folder := tmp_path / str(number)).mkdir()
        house = world(folder)
        with dying(house, way, number, done=done):
            try:
                house.sync()
            except Killed:
                pass
            else:
                break
        house.sync()
        _assert_finished(house, whole, searches_in_flight=way in ("search", "commit"))
        house.store.close()
    assert number > 1, "the process never died"


def _assert_finished(house: House, whole: House, *, searches_in_flight: bool) -> None:
    ids = [str(r["Id"]) for r in house.store.rows("SELECT id AS Id FROM records")]
    for id in ids:
        ours, theirs = house.crm.row("Contact", id), whole.crm.row("Contact", id)
        assert {name: ours[name] for name in MAPPED} == {name: theirs[name] for name in MAPPED}
    assert set(house.lusha.purchases.values()) == {1}
    assert open_bookings(house) == 0
    assert booked(house) >= house.lusha.charged_total
    assert house.lusha.charged_total <= whole.lusha.charged_total + (1 if searches_in_flight else 0)
    sent = Counter((update.id, field) for update in house.crm.updates for field in update.values)
    assert set(sent.values()) == {1}
    written = {
        (r["record"], r["field"]) for r in house.store.rows("SELECT record, field FROM journal WHERE state = 'written'")
    }
    assert written == set(sent)
    assert house.store.rows("SELECT id FROM journal WHERE state IN ('planned', 'intended')") == []
    third = house.sync()
    assert counts(third, "due", "written") == (0, 0)
    assert third.report["credits"]["charged"] == 0


def test_a_write_that_was_never_sent_leaves_no_doubt_about_what_people_type_then(tmp_path: Path) -> None:
    house = two(tmp_path)
    update = house.crm.update

    def spent(*arguments: Any) -> Any:
        raise QuotaExhausted("the day's calls are used up")

    house.crm.update = spent  # type: ignore[method-assign]
    assert house.sync().exit_code == 4
    house.crm.update = update  # type: ignore[method-assign]
    house.crm.edit("Contact", "c00001", Title="Head of Engines")  # typed by a person, and the same by chance
    assert counts(house.sync(), "due", "written") == (2, 2)
    assert house.row(1)["Phone"] == "+15550100001"
    run_undo_of_everything = [house.undo(run) for run in (1, 2)]
    assert [ended.exit_code for ended in run_undo_of_everything] == [0, 0]
    assert (house.row(1)["Title"], house.row(1)["Phone"]) == ("Head of Engines", None)


def test_a_record_of_the_version_that_was_planned_was_certainly_not_written(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1, Title="Head of Engines"), row(2)], people=[person(1), person(2)])
    killed(house, "crm", "update", done=False)
    phone, title = (
        f"SELECT {{}} FROM journal JOIN changes USING (id) WHERE field = '{name}'" for name in ("Phone", "Title")
    )
    house.store.db.execute(
        f"UPDATE changes SET after = '\"Head of Engines\"', rule = ({title.format('rule')} LIMIT 1)"
        f" WHERE id = ({phone.format('id')} AND record = 'c00001')"
    )
    house.sync()  # the field holds what was to be written, and the record has not moved since it was read
    assert states(house)["c00001", "Title"] == "dropped"
    assert house.row(1)["Phone"] == "+15550100001"
