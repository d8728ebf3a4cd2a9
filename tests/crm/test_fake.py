"""The in-memory CRM keeps the same contract as the real ones, and its switches do what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from connector.crm.base import Crm, Query
from connector.errors import AccessDenied, QuotaExhausted, VendorUnreachable
from connector.models import Edit, FieldInfo, Option, Record, Rejection, Update, Value
from tests.crm.conditional import ConditionalContract
from tests.crm.contract import CrmContract, Names
from tests.crm.edits import EditsContract
from tests.crm.fakes import FakeCrm

NAMES = Names("Contact", "Title", "Phone", "Seniority__c", "Stamp__c", option="Director")
SCHEMA = {
    "Contact": {
        "Id": FieldInfo("Id", "Id", "other", writable=False),
        "Title": FieldInfo("Title", "Title", "text", length=128),
        "Phone": FieldInfo("Phone", "Phone", "phone", length=40),
        "Seniority__c": FieldInfo(
            "Seniority__c", "Seniority", "picklist", options=(Option("Director", "Director"),), restricted=True
        ),
        "Stamp__c": FieldInfo("Stamp__c", "Stamp", "datetime"),
    }
}


class FakeBench:
    """The fake with its own switches."""

    names = NAMES
    more_than_a_page = 450
    bad_where = "Title is odd"
    unknown_paths = ()  # related paths are plain keys here

    def __init__(self, *, conditional: bool = False) -> None:
        self.fake = FakeCrm({"Contact": []}, SCHEMA, conditional=conditional)
        self.fake.now = self.time
        self.crm: Crm = self.fake
        self.conditional = conditional
        self._time = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def time(self) -> datetime:
        return self._time

    def wait(self, seconds: float) -> None:
        self._time += timedelta(seconds=seconds)

    def edit(self, id: str, values: Mapping[str, Value]) -> None:
        self.fake.edit("Contact", id, **values)

    def seed(self, rows: Sequence[Mapping[str, Value]]) -> Sequence[str]:
        ids = [f"{number:05}" for number in range(len(rows))]
        for id, row in zip(ids, rows, strict=True):
            self.fake.add("Contact", {"Id": id, **row})
        return ids

    def held(self, id: str) -> Mapping[str, Any]:
        return self.fake.row("Contact", id)

    def received(self) -> Sequence[tuple[str, frozenset[str]]]:
        return [(update.id, frozenset(update.values)) for update in self.fake.updates]

    def where(self, text: str) -> object:
        return lambda row: row.get("Title") == text

    def unknown_id(self) -> str:
        return "99999"

    def delete(self, id: str) -> None:
        self.fake.delete("Contact", id)

    def merge(self, id: str, into: str) -> str:
        self.fake.delete("Contact", id, merged_into=into)
        return into

    def lose_next_answer(self) -> None:
        self.fake.lose_answer_next()

    def exhaust(self) -> None:
        self.fake.fail_next(QuotaExhausted("the day's calls are used up"), times=100)

    def wrong_key(self) -> Crm:
        denied = FakeCrm({"Contact": []}, SCHEMA)
        denied.fail_next(AccessDenied("no such key", hint="check the key"))
        return denied

    def nobody_home(self) -> Crm:
        return _Nobody({"Contact": []}, SCHEMA)


class _Nobody(FakeCrm):
    """Nothing is sent, so nothing is counted."""

    def _call(self, *, writes: bool) -> None:
        raise VendorUnreachable("nobody listens")


class TestFakeKeepsTheContract(CrmContract, EditsContract):
    @pytest.fixture
    def bench(self) -> FakeBench:
        return FakeBench()


class TestConditionalFakeKeepsTheContract(CrmContract, EditsContract, ConditionalContract):
    @pytest.fixture
    def bench(self) -> FakeBench:
        return FakeBench(conditional=True)


@pytest.fixture
def crm() -> FakeCrm:
    return FakeCrm({"Contact": [{"Id": "1", "Title": "CTO", "Account.Website": "a.example"}, {"Id": "2"}]})


def test_no_suite_hides_a_test_of_another() -> None:
    suites = (CrmContract, EditsContract, ConditionalContract)
    times = Counter(name for suite in suites for name in vars(suite) if name.startswith("test_"))
    assert [name for name, count in times.items() if count > 1] == []


def test_rows_without_a_schema_are_text_and_related_paths_are_plain_keys(crm: FakeCrm) -> None:
    assert {name: info.type for name, info in crm.schema("Contact").items()} == {"Id": "text", "Title": "text"}
    (page,) = crm.read(Query("Contact", ("Title", "Account.Website")))
    assert page[0] == Record("1", {"Title": "CTO", "Account.Website": "a.example"}, "v000001")
    assert page[1].values == {"Title": None, "Account.Website": None}


def test_a_persons_edit_moves_the_version_and_is_not_logged(crm: FakeCrm) -> None:
    before = crm.fetch("Contact", ["1"], ["Title"])["1"]
    crm.edit("Contact", "1", Title="CEO")
    after = crm.fetch("Contact", ["1"], ["Title"])["1"]
    assert (after.values["Title"], after.version != before.version) == ("CEO", True)
    assert crm.updates == []


def test_the_hook_runs_once_before_anything_is_written(crm: FakeCrm) -> None:
    seen: list[Any] = []
    crm.before_update(lambda updates: seen.append((len(updates), crm.row("Contact", "1")["Title"])))
    crm.update("Contact", [Update("1", {"Title": "CEO"})])
    crm.update("Contact", [Update("1", {"Title": "CFO"})])
    assert seen == [(1, "CTO")]


def test_armed_rejections_refuse_a_record_or_a_field(crm: FakeCrm) -> None:
    crm.reject = {"1": Rejection("RULE", "no titles on Fridays"), "2": Rejection("BAD", "not this", "Title")}
    whole, part = crm.update("Contact", [Update("1", {"Title": "A"}), Update("2", {"Title": "B"})])
    assert whole.rejections == (Rejection("RULE", "no titles on Fridays"),)
    assert part.rejections == (Rejection("BAD", "not this", "Title"),)
    assert not whole.written
    assert not part.written


def test_armed_faults_are_raised_as_often_as_armed(crm: FakeCrm) -> None:
    crm.fail_next(QuotaExhausted("tomorrow"), times=2)
    for _ in range(2):
        with pytest.raises(QuotaExhausted, match="tomorrow"):
            crm.fetch("Contact", ["1"], ["Title"])
    assert crm.fetch("Contact", ["1"], ["Title"])["1"].values == {"Title": "CTO"}
    assert crm.calls.read == 3


def test_threads_may_share_it(crm: FakeCrm) -> None:
    def write() -> None:
        for number in range(50):
            crm.update("Contact", [Update("1", {"Title": f"T{number}"})])

    threads = [Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (crm.calls.write, len(crm.updates)) == (200, 200)


def test_stamps_stay_behind_when_an_armed_rejection_takes_all_else() -> None:
    crm = FakeCrm({"Contact": [{"Id": "1", "Title": "CTO", "Stamp": None}]})
    crm.reject = {"1": Rejection("BUSY", "later", "Title", transient=True)}
    version = crm.fetch("Contact", ["1"], ["Title"])["1"].version
    (result,) = crm.update("Contact", [Update("1", {"Title": "A", "Stamp": "x"}, frozenset({"Stamp"}))])
    assert (result.written, result.rejections) == (frozenset(), (Rejection("BUSY", "later", "Title", transient=True),))
    assert crm.fetch("Contact", ["1"], ["Title"])["1"].version == version


def test_who_edited_and_when_is_told_by_the_clock_given() -> None:
    crm = FakeCrm({"Contact": [{"Id": "1", "Title": "CTO", "Phone": None}]})
    seeded = crm.now()
    crm.now = lambda: seeded + timedelta(days=1)
    crm.update("Contact", [Update("1", {"Phone": "+15550100", "Title": "CTO"})])
    assert crm.last_edits("Contact", ["1", "2"], ["Title", "Phone"]) == {
        "1": {"Title": Edit(seeded, "person"), "Phone": Edit(seeded + timedelta(days=1), "machine")}
    }


def test_without_the_switch_nothing_is_compared() -> None:
    crm = FakeCrm({"Contact": [{"Id": "1", "Title": "CTO"}]})
    seen = crm.fetch("Contact", ["1"], ["Title"])["1"]
    assert seen.modified is None
    crm.edit("Contact", "1", Title="CFO")
    (result,) = crm.update("Contact", [Update("1", {"Title": "CEO"}, seen=crm.now(), strict=True)])
    assert (result.written, result.again) == ({"Title"}, None)


def test_each_touch_is_a_second_of_the_record() -> None:
    crm = FakeCrm({"Contact": [{"Id": "1", "Title": "CTO"}]}, conditional=True)
    first = crm.fetch("Contact", ["1"], ["Title"])["1"].modified
    crm.edit("Contact", "1", Title="CFO")
    second = crm.fetch("Contact", ["1"], ["Title"])["1"].modified
    assert first is not None
    assert second is not None
    assert second - first == timedelta(seconds=1)
