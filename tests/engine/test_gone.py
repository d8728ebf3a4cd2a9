"""Records that turn out to be gone: what the journal says of them, and what of our knowledge follows a merge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector.errors import QuotaExhausted
from connector.models import Change, Written
from connector.store import journal, records, written
from connector.store.journal import Draft
from tests.engine.house import House, counts, person, row

SCOPE = {"org": "acme", "object": "Contact"}


def house(folder: Path, *numbers: int, **blank: Any) -> House:
    return House(folder, rows=[row(n, **blank) for n in numbers], people=[person(n) for n in numbers])


def outcomes(org: House, run: int) -> set[tuple[str, str | None]]:
    return {(entry.state, entry.outcome) for entry in journal.of_run(org.store, run) if entry.record == "c00001"}


FATES = {
    "merged into c00002": lambda crm: crm.delete("Contact", "c00001", merged_into="c00002"),
    "converted to account a1": lambda crm: crm.convert("Contact", "c00001", ("Account", "a1")),
    "the record is deleted": lambda crm: crm.delete("Contact", "c00001"),
}


@pytest.mark.parametrize("when", ["before the re-read", "before the write"])
@pytest.mark.parametrize("words", FATES)
def test_the_journal_says_what_became_of_a_record(tmp_path: Path, words: str, when: str) -> None:
    org = house(tmp_path, 1, 2)
    org.crm._tables["Account"] = {"a1": {"Id": "a1"}}
    plan = org.plan_and_buy().report["run"]
    if when == "before the re-read":
        FATES[words](org.crm)
    else:
        org.crm.before_update(lambda _updates: FATES[words](org.crm))
    assert counts(org.apply(plan), "written", "rejected") == (1, 1)
    assert outcomes(org, plan) == {("rejected", words)}


def test_it_is_asked_once_a_batch_and_only_when_something_is_gone(tmp_path: Path) -> None:
    org = house(tmp_path, 1, 2, 3, 4)
    asked: list[Any] = []
    successors = org.crm.successors

    def counted(object: str, ids: Any) -> Any:
        asked.append(list(ids))
        return successors(object, ids)

    org.crm.successors = counted  # type: ignore[method-assign]
    plan = org.plan_and_buy().report["run"]
    org.crm.delete("Contact", "c00001", merged_into="c00003")
    org.crm.delete("Contact", "c00002")
    org.apply(plan)
    assert asked == [["c00001", "c00002"]]


def test_what_landed_is_settled_though_nobody_tells_what_became_of_the_others(tmp_path: Path) -> None:
    org = house(tmp_path, 1, 2)
    plan = org.plan_and_buy().report["run"]

    def gone(_updates: Any) -> None:
        org.crm.delete("Contact", "c00001", merged_into="c00002")
        org.crm.successors = no_calls_left  # type: ignore[method-assign]

    def no_calls_left(object: str, ids: Any) -> Any:
        raise QuotaExhausted("no calls left")

    org.crm.before_update(gone)
    assert counts(org.apply(plan), "written", "rejected") == (1, 1)
    assert outcomes(org, plan) == {("rejected", "the record is deleted")}


def test_what_we_wrote_and_took_back_follows_a_merge_where_the_master_has_nothing_of_ours(tmp_path: Path) -> None:
    org = House(tmp_path, rows=[row(1), row(2)], people=[person(1)])
    plan = org.plan_and_buy().report["run"]

    def wrote(record: str, field: str, value: str | None, *, tombstone: bool = False) -> None:
        draft = Draft(record, Change(field, None, value, "was blank", "a", "fill"))
        [entry] = journal.plan(org.store, run=plan, **SCOPE, drafts=[draft], now=org.now)
        journal.mark(org.store, [(entry.id, "written", None)])
        put = written.Put(record, field, entry.id, tombstone=tombstone)
        written.save(org.store, **SCOPE, puts=[put], now=org.now)

    wrote("c00001", "Title", "Theirs")
    wrote("c00001", "Phone", None, tombstone=True)
    wrote("c00001", "MobilePhone", "+15550110001")
    wrote("c00002", "Title", "Own")
    org.crm.delete("Contact", "c00001", merged_into="c00002")
    org.apply(plan)
    ours = written.last_written(org.store, **SCOPE, ids=["c00002"])["c00002"]
    assert ours == {
        "Title": Written("Own"),
        "Phone": Written(None, tombstone=True),
        "MobilePhone": Written("+15550110001"),
    }


def test_a_field_that_was_taken_back_before_a_merge_is_not_written_after_it(tmp_path: Path) -> None:
    org = house(tmp_path, 1)
    org.undo(org.sync().report["run"], fields=["Phone"])
    org.crm.add("Contact", {**org.row(1), "Id": "c00002", "Email": None, "Enriched": None})  # as people merge
    org.crm.delete("Contact", "c00001", merged_into="c00002")
    ended = org.later(days=40).sync(records=("c00001",))
    assert counts(ended, "read", "matched") == (1, 0)
    assert org.row(2)["Phone"] is None


def test_a_record_that_a_merge_made_is_known_for_both(tmp_path: Path) -> None:
    org = House(tmp_path, rows=[row(1), row(2)], people=[person(1), person(2)])
    run = org.sync().report["run"]
    org.undo(run, fields=["Phone"], records=["c00002"])
    org.crm.merge("Contact", "c00001", "c00002", into="c00009")
    org.crm.edit("Contact", "c00009", Phone=None, Enriched=None)
    assert counts(org.later(days=40).sync(), "read", "due") == (1, 0)  # nothing that it lacks may be filled
    ours = written.last_written(org.store, **SCOPE, ids=["c00009"])["c00009"]
    assert (ours["Title"], ours["Phone"].tombstone) == (Written(org.row(9)["Title"]), True)


def test_a_record_that_a_merge_made_rests_as_long_as_those_that_it_was_made_of(tmp_path: Path) -> None:
    org = House(tmp_path, rows=[row(1), row(2)], people=[])
    assert counts(org.sync(), "due", "no_match") == (2, 2)
    org.crm.merge("Contact", "c00001", "c00002", into="c00009")
    assert counts(org.sync(), "read", "due") == (1, 0)
    assert list(records.known(org.store, **SCOPE, mapping="contact.yaml", ids=["c00001", "c00002", "c00009"])) == [
        "c00009"
    ]
    org.crm.edit("Contact", "c00009", Email="somebody.else@example.com")
    assert counts(org.sync(), "due", "no_match") == (1, 1)


def test_a_named_record_that_was_merged_is_read_in_its_masters_place(tmp_path: Path) -> None:
    org = house(tmp_path, 1, 2, 3)
    org.crm.delete("Contact", "c00001", merged_into="c00002")
    ended = org.sync(records=("c00001", "c00009"))
    assert counts(ended, "read", "written") == (1, 1)
    assert set(ended.notes) == {
        "c00001, which was named, was merged into c00002: that one is read",
        "a record named is no Contact there, or select.where leaves it out",
    }
    assert org.row(2)["Title"] == "Head of Engines"


def test_a_named_record_and_the_one_it_was_merged_into_are_read_once(tmp_path: Path) -> None:
    org = house(tmp_path, 1, 2)
    org.crm.delete("Contact", "c00001", merged_into="c00002")
    assert counts(org.sync(records=("c00001", "c00002")), "read", "written") == (1, 1)


def test_a_named_record_that_was_converted_is_told_with_the_id_of_what_it_became(tmp_path: Path) -> None:
    org = house(tmp_path, 1, 2)
    org.crm._tables["Account"] = {"123456789": {"Id": "123456789"}}
    org.crm.convert("Contact", "c00001", ("Account", "123456789"))
    ended = org.sync(records=("c00001",))
    assert counts(ended, "read") == (0,)
    assert list(ended.notes) == ["c00001, which was named, was converted to account 123456789"]
