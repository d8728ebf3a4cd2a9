"""The write path: the guard's arithmetic, what moved meanwhile, and answers that got lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connector.config.settings import FieldRule, Guards, Select
from connector.errors import GuardRefused, InDoubt, NotDone, QuotaExhausted
from connector.models import Again, Dependency, FieldInfo, Option, Rejection, Update, WriteResult
from connector.store import journal, records, written
from tests.engine.house import CONTACT, FIELDS, House, counts, person, row

OVERWRITE = {**FIELDS, "Title": FieldRule("job_title.title", "overwrite")}
SCOPE = {"org": "acme", "object": "Contact"}


def house(folder: Path, replaced: int, filled: int, **more: Any) -> House:
    """So many records whose title would be replaced, then so many whose title is blank."""
    total = replaced + filled
    rows = [row(n, Title="Old" if n <= replaced else None) for n in range(1, total + 1)]
    return House(folder, rows=rows, people=[person(n) for n in range(1, total + 1)], **{"fields": OVERWRITE, **more})


def states(house: House, run: int) -> dict[str, str]:
    return {entry.change.field: entry.state for entry in journal.of_run(house.store, run)}


@pytest.mark.parametrize(
    ("replaced", "filled", "limit", "refused"),
    [(6, 14, 0.3, False), (7, 13, 0.3, True), (0, 25, 0.0, False), (1, 24, 0.0, True), (19, 0, 0.0, False)],
)
def test_the_guard_counts_replacements_against_records_read(
    tmp_path: Path, replaced: int, filled: int, limit: float, refused: bool
) -> None:
    ended = (org := house(tmp_path, replaced, filled, guards=Guards(limit, 20))).sync()
    assert (ended.exit_code, ended.report["status"]) == ((5, "refused") if refused else (0, "done"))
    assert isinstance(ended.error, GuardRefused) == refused
    assert bool(org.crm.updates) != refused


def test_an_option_lifts_or_tightens_the_guard_for_one_run(tmp_path: Path) -> None:
    org = house(tmp_path, 10, 10, guards=Guards(0.3, 20))
    assert org.sync(max_replaced_share=0.49).exit_code == 5
    assert counts(org.sync(max_replaced_share=0.5), "written") == (20,)
    assert org.sync(max_replaced_share=0.0).exit_code == 0


def test_the_share_that_the_hint_names_lifts_the_guard(tmp_path: Path) -> None:
    org = house(tmp_path, 10, 20, guards=Guards(0.3, 20))
    error = org.sync().error
    assert error is not None
    assert error.hint is not None
    assert error.hint.startswith("look at it with 'show 1', then: lusha-sync apply 1 --max-replaced-share ")
    share = float(error.hint.rpartition(" ")[2])
    assert org.sync(max_replaced_share=share).exit_code == 0


def test_a_guard_lifted_to_the_whole_lets_everything_pass(tmp_path: Path) -> None:
    fields = {**OVERWRITE, "Email": FieldRule("emails[?type=='work'] | [0].email", "overwrite")}
    rows = [row(n, Title="Old", Email=f"old{n}@acme.example") for n in range(1, 26)]
    org = House(tmp_path, rows=rows, people=[person(n) for n in range(1, 26)], fields=fields, guards=Guards(0.3, 20),
                identify=[{"first_name": "FirstName", "last_name": "LastName", "company_name": "Company"}])  # fmt: skip
    assert org.sync(max_replaced_share=1.0).exit_code == 0


def test_a_guard_that_trips_later_keeps_what_was_written_before(tmp_path: Path) -> None:
    rows = [row(n, Title="Old" if n > 20 else None) for n in range(1, 41)]
    org = House(tmp_path, rows=rows, people=[person(n) for n in range(1, 41)], fields=OVERWRITE, guards=Guards(0.3, 20))
    ended = org.sync()
    assert (ended.exit_code, ended.report["written"]) == (5, 30)
    assert org.row(30)["Title"] == "Head of Engines"
    assert org.row(31)["Title"] == "Old"


def test_children_of_one_parent_stand_together_in_a_request(tmp_path: Path) -> None:
    rows = [row(n, Parent=parent) for n, parent in enumerate(["B", "A", None, "B", "A"], start=1)]
    org = House(tmp_path, rows=rows, people=[person(n) for n in range(1, 6)])
    org.sync()
    assert [update.id[-1] for update in org.crm.updates] == ["2", "5", "1", "4", "3"]


def test_stamps_are_not_counted_as_replacements(tmp_path: Path) -> None:
    rows = [row(n, Lusha_Id=str(1000 + n), Enriched="2020-01-01T00:00:00Z") for n in range(1, 26)]
    org = House(tmp_path, rows=rows, people=[person(n) for n in range(1, 26)], guards=Guards(0.0, 20))
    assert counts(org.sync(), "written", "stamps_written") == (25, 25)


def edit_at_fetch(org: House, **values: object) -> None:
    """A person edits the record after it was read and before it is written."""
    fetch = org.crm.fetch

    def edited(*arguments: Any) -> Any:
        org.crm.edit("Contact", "c00001", **values)  # type: ignore[arg-type]
        return fetch(*arguments)

    org.crm.fetch = edited  # type: ignore[method-assign, assignment]


def test_a_field_that_moved_is_left_and_told(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 1)
    edit_at_fetch(org, Title="Typed")
    ended = org.sync()
    assert counts(ended, "conflicts", "written", "fields_written") == (1, 1, 5)
    found = {e.change.field: (e.state, e.outcome) for e in journal.of_run(org.store, ended.report["run"])}
    assert found["Title"] == ("conflict", "changed in the CRM meanwhile")
    assert found["Phone"] == ("written", None)
    assert "Title" not in written.last_written(org.store, **SCOPE, ids=["c00001"])["c00001"]


@pytest.mark.parametrize("first", [True, False])
def test_where_the_crm_refuses_everything_else_stamps_go_alone_only_with_the_first_match(
    tmp_path: Path, first: bool
) -> None:
    org = House(tmp_path, rows=[row()], people=[person()], fields={"Title": OVERWRITE["Title"]})
    if not first:
        assert org.sync().exit_code == 0
        org.later(days=91).crm.edit("Contact", "c00001", Title="Old")
    before = dict(org.row())
    org.crm.reject["c00001"] = Rejection("REFUSED", "not this title", "Title")
    assert counts(org.sync(), "rejected", "stamps_written") == (1, 2 if first else 0)
    assert (org.row() != before) == first


def test_stamps_alone_are_not_written_when_everything_they_vouch_for_moved(tmp_path: Path) -> None:
    org = House(tmp_path, rows=[row()], people=[person()], fields={"Title": FIELDS["Title"]})
    edit_at_fetch(org, Title="Typed")
    ended = org.sync()
    assert counts(ended, "conflicts", "written") == (1, 0)
    assert org.crm.updates == []
    assert states(org, ended.report["run"]) == dict.fromkeys(("Title", "Lusha_Id", "Enriched"), "conflict")


def test_a_record_in_conflict_alone_is_tried_by_the_next_run(tmp_path: Path) -> None:
    select = Select(None, ("Title",))
    org = House(tmp_path, rows=[row()], people=[person()], fields={"Title": FIELDS["Title"]}, select=select)
    edit_at_fetch(org, Title="Typed")
    org.sync()
    del org.crm.fetch
    org.crm.edit("Contact", "c00001", Title=None)
    assert counts(org.sync(), "due", "written") == (1, 1)


def test_what_somebody_else_wrote_the_same_is_not_written_and_not_ours(tmp_path: Path) -> None:
    org = House(tmp_path, rows=[row()], people=[person()], fields={"Title": FIELDS["Title"]}, stamps={})
    edit_at_fetch(org, Title="head of engines")
    ended = org.sync()
    assert counts(ended, "conflicts", "rejected", "written") == (0, 0, 0)
    assert (org.crm.updates, ended.exit_code) == ([], 0)
    assert states(org, ended.report["run"]) == {"Title": "dropped"}
    assert written.last_written(org.store, **SCOPE, ids=["c00001"]) == {}


def test_a_record_deleted_meanwhile_is_told_and_forgotten(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 2)
    fetch = org.crm.fetch

    def gone(*arguments: Any) -> Any:
        org.crm.delete("Contact", "c00001")
        return fetch(*arguments)

    org.crm.fetch = gone  # type: ignore[method-assign, assignment]
    ended = org.sync()
    assert counts(ended, "written", "rejected") == (1, 1)
    assert set(records.known(org.store, **SCOPE, mapping="contact.yaml", ids=["c00001", "c00002"])) == {"c00002"}


def test_a_refused_field_is_told_and_the_rest_of_the_record_is_ours(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 1)
    org.crm.reject["c00001"] = Rejection("BAD", "not like this", "Title")
    ended = org.sync()
    assert counts(ended, "written", "rejected", "fields_written") == (1, 1, 5)
    assert ended.notes == {"Title of Contact refused: BAD: not like this": 1}
    found = {e.change.field: (e.state, e.outcome) for e in journal.of_run(org.store, ended.report["run"])}
    assert found["Title"] == ("rejected", "BAD: not like this")
    assert written.last_written(org.store, **SCOPE, ids=["c00001"])["c00001"].keys() == found.keys() - {"Title"}


def answer_lost(org: House, *, done: Sequence[str] = (), then: dict[str, Any] | None = None) -> None:
    """The first write reaches only these records, its answer is lost, and meanwhile a person types ``then``."""
    update, calls = org.crm.update, []

    def lost(object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        calls.append(object)
        if len(calls) > 1:
            return update(object, updates)
        update(object, [one for one in updates if one.id in done])
        org.crm.edit("Contact", "c00001", **(then or {}))
        raise InDoubt("the connection ended without an answer")

    org.crm.update = lost  # type: ignore[method-assign]


def test_only_what_did_not_land_is_sent_once_more(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 3)
    answer_lost(org, done=["c00002"])
    ended = org.sync()
    assert counts(ended, "written", "fields_written", "conflicts") == (3, 18, 0)
    assert [update.id for update in org.crm.updates] == ["c00002", "c00001", "c00003"]
    assert set(states(org, ended.report["run"]).values()) == {"written"}


def test_what_a_person_typed_while_the_answer_was_lost_stays(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 2)
    answer_lost(org, then={"Title": "Typed just now"})
    ended = org.sync()
    assert org.row(1)["Title"] == "Typed just now"
    assert org.row(1)["Phone"] == "+15550100001"
    assert counts(ended, "conflicts", "written") == (1, 2)


def test_what_a_person_typed_over_a_write_that_landed_stays(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 1)
    answer_lost(org, done=["c00001"], then={"Title": "Typed just now"})
    org.sync()
    assert org.row(1)["Title"] == "Typed just now"


def test_a_record_overtaken_as_a_whole_while_the_answer_was_lost_is_in_conflict_and_not_refused(tmp_path: Path) -> None:
    org = House(tmp_path, rows=[row()], people=[person()], fields={"Title": FIELDS["Title"]})
    answer_lost(org, then={"Title": "Typed just now"})
    ended = org.sync()
    assert counts(ended, "conflicts", "rejected", "written") == (1, 0, 0)
    assert records.known(org.store, **SCOPE, mapping="contact.yaml", ids=["c00001"])["c00001"].outcome == "conflict"


def test_a_record_that_was_deleted_while_the_answer_was_lost_is_gone(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 1)
    update = org.crm.update

    def lost(object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        org.crm.delete("Contact", "c00001")
        org.crm.update = update  # type: ignore[method-assign]
        raise InDoubt("the connection ended without an answer")

    org.crm.update = lost  # type: ignore[method-assign]
    ended = org.sync()
    assert counts(ended, "written", "rejected") == (0, 1)
    assert set(states(org, ended.report["run"]).values()) == {"rejected"}


def test_an_answer_lost_twice_ends_the_run_and_the_next_one_finds_the_truth(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 1)
    update = org.crm.update

    def lost(object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        raise InDoubt("the connection ended without an answer")

    org.crm.update = lost  # type: ignore[method-assign]
    first = org.sync()
    assert (first.exit_code, first.report["status"]) == (8, "failed")
    assert set(states(org, first.report["run"]).values()) == {"intended"}
    org.crm.update = update  # type: ignore[method-assign]
    spent = org.lusha.charged_total
    assert counts(org.sync(), "written") == (1,)
    assert org.lusha.charged_total == spent
    assert set(states(org, first.report["run"]).values()) == {"dropped"}


def test_batches_are_as_large_as_the_crm_takes(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 25)
    sizes: list[int] = []
    update = org.crm.update

    def counted(object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        sizes.append(len(updates))
        return update(object, updates)

    org.crm.update = counted  # type: ignore[method-assign]
    org.sync()
    assert sizes == [10, 10, 5]


def test_a_run_that_is_interrupted_finishes_the_batch_and_the_next_one_goes_on(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 25)
    org.crm.before_update(lambda updates: setattr(org, "interrupted", True))
    first = org.sync()
    assert (first.exit_code, first.report["status"], first.report["written"]) == (130, "interrupted", 10)
    org.interrupted = False
    spent = org.lusha.charged_total
    assert counts(org.sync(), "written") == (15,)
    assert org.lusha.charged_total == spent


def test_what_would_go_again_waits_for_the_next_run_where_somebody_interrupts(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 3)
    update = org.crm.update

    def one_only(object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        org.interrupted = True
        full = WriteResult("", rejections=(Rejection("NOT_SENT", "full", transient=True),), again=Again())
        return [*update(object, updates[:1]), *(replace(full, id=one.id) for one in updates[1:])]

    org.crm.update = one_only  # type: ignore[method-assign]
    first = org.sync()
    assert (first.exit_code, first.report["status"], first.report["written"]) == (130, "interrupted", 1)
    org.crm.update, org.interrupted = update, False  # type: ignore[method-assign]
    spent = org.lusha.charged_total
    assert counts(org.sync(), "written") == (2,)
    assert org.lusha.charged_total == spent


def test_a_write_that_had_to_wait_is_looked_at_again_before_it_is_sent(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 2)
    update, waits = org.crm.update, [NotDone(QuotaExhausted("slower")), NotDone(QuotaExhausted("slower"))]

    def slow(object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        if waits:
            org.crm.edit("Contact", "c00001", Title="Typed while we waited")
            raise waits.pop()
        return update(object, updates)

    org.crm.update = slow  # type: ignore[method-assign]
    ended = org.sync()
    assert counts(ended, "written", "conflicts", "status") == (2, 1, "done")
    assert (org.row(1)["Title"], org.row(1)["Phone"]) == ("Typed while we waited", "+15550100001")


def test_a_crm_that_keeps_us_waiting_ends_the_run_in_its_own_words_and_nothing_is_in_doubt(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 2)
    org.crm.update = lambda object, updates: raised(NotDone(QuotaExhausted("the rate is used up")))  # type: ignore[method-assign, assignment]
    ended = org.sync()
    assert (ended.exit_code, ended.report["status"]) == (4, "stopped")
    assert str(ended.error) == "the rate is used up"
    assert set(states(org, ended.report["run"]).values()) == {"planned"}


def raised(error: Exception) -> Any:
    raise error


def test_a_locked_row_is_looked_at_again_and_waited_for(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 3)
    update, tries = org.crm.update, []
    lock = Rejection("UNABLE_TO_LOCK_ROW", "locked", transient=True)

    def locked(object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        tries.append([one.id for one in updates])
        done = update(object, [one for one in updates if one.id != "c00002"])
        if len(tries) == 1:
            org.crm.edit("Contact", "c00002", Title="Typed while it was locked")
        if len(tries) > 2:
            return update(object, updates)
        mine = WriteResult("c00002", rejections=(lock,), again=Again(wait=True))
        return [next((r for r in done if r.id == one.id), mine) for one in updates]

    org.crm.update = locked  # type: ignore[method-assign]
    ended = org.sync()
    assert tries == [["c00001", "c00002", "c00003"], ["c00002"], ["c00002"]]
    assert counts(ended, "written", "conflicts", "rejected") == (3, 1, 0)
    assert org.row(2)["Title"] == "Typed while it was locked"


def test_a_row_that_stays_locked_is_left_to_the_next_run_with_the_crms_words(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 1)
    lock = Rejection("UNABLE_TO_LOCK_ROW", "locked", transient=True)
    update = org.crm.update
    org.crm.update = lambda object, updates: [  # type: ignore[method-assign]
        WriteResult(one.id, rejections=(lock,), again=Again(wait=True)) for one in updates
    ]
    ended = org.sync()
    assert counts(ended, "written", "rejected", "conflicts") == (0, 1, 0)
    assert ended.notes == {"Contact refused: UNABLE_TO_LOCK_ROW: locked": 1}
    org.crm.update = update  # type: ignore[method-assign]
    assert counts(org.sync(), "due", "written") == (1, 1)


def test_what_was_refused_for_good_is_told_once_though_the_rest_is_tried_again(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 1)
    update, tries = org.crm.update, []
    bad = Rejection("STRING_TOO_LONG", "too long", "Title")

    def once(object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        tries.append(set(updates[0].values))
        if len(tries) == 1:
            return [WriteResult("c00001", rejections=(bad,), again=Again())]
        return update(object, updates)

    org.crm.update = once  # type: ignore[method-assign]
    ended = org.sync()
    assert "Title" in tries[0]
    assert "Title" not in tries[1]
    assert counts(ended, "written", "rejected") == (1, 1)
    assert states(org, 1)["Title"] == "rejected"
    assert states(org, 1)["Phone"] == "written"


def test_what_a_person_types_while_a_field_is_refused_stays(tmp_path: Path) -> None:
    org = house(tmp_path, 0, 3)
    org.crm.reject["c00001"] = Rejection("STRING_TOO_LONG", "too long", "Phone")
    org.crm.before_update(lambda updates: org.crm.edit("Contact", "c00001", Title="Typed just now"))
    ended = org.sync()
    assert org.row(1)["Title"] == "Typed just now"
    assert counts(ended, "written", "rejected", "conflicts") == (3, 1, 1)
    assert org.slept == []


class Spoilt:
    """A CRM that refuses a whole request for one bad record in it, and names nobody."""

    def __init__(self, org: House, bad: set[str]) -> None:
        self.org, self.bad, self.sent = org, bad, []
        self.update = org.crm.update
        org.crm.update = self  # type: ignore[method-assign, assignment]

    def __call__(self, object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        self.sent.append([one.id for one in updates])
        if not any(one.id in self.bad for one in updates):
            return self.update(object, updates)
        self.org.crm.edit("Contact", "c00009", Title="Typed just now")
        if len(updates) == 1:
            return [WriteResult(updates[0].id, rejections=(Rejection("ODD", "not like this"),))]
        why = (Rejection("ODD", "one of them", transient=True),)
        half = len(updates) // 2
        return [WriteResult(one.id, rejections=why, again=Again(part=n >= half)) for n, one in enumerate(updates)]


def test_a_request_that_one_record_spoils_is_divided_and_everything_looked_at_before_it_goes_again(
    tmp_path: Path,
) -> None:
    org = house(tmp_path, 0, 10)
    crm = Spoilt(org, {"c00003"})
    ended = org.sync()
    assert counts(ended, "written", "rejected", "conflicts") == (9, 1, 1)
    assert ended.notes == {"Contact refused: ODD: not like this": 1}
    assert org.row(9)["Title"] == "Typed just now"
    assert [len(ids) for ids in crm.sent] == [10, 5, 2, 3, 1, 2, 5]
    assert org.slept == []


def test_a_batch_is_not_divided_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.engine.apply.MOST_DIVISIONS", 2)
    org = house(tmp_path, 0, 10)
    crm = Spoilt(org, {f"c{n:05}" for n in range(1, 10)})
    ended = org.sync(max_rejected_share=1.0)
    assert len(crm.sent) == 7
    assert ended.exit_code == 3
    crm.bad.clear()
    assert counts(org.sync(), "rejected", "left") == (0, 0)
    assert org.row(7)["Phone"] == "+15550100007"


def places(tmp_path: Path, **held: Any) -> House:
    """An org whose state depends on its country, and one record of New York."""
    words = {"Country": ("United States", "Canada"), "State": ("New York", "Ontario")}
    goes_with = Dependency("Country", {"United States": ("New York",), "Canada": ("Ontario",)})
    schema = {
        name: FieldInfo(name, name, "picklist", options=tuple(Option(one, one) for one in options), restricted=True,
                        depends=(goes_with,) if name == "State" else ())
        for name, options in words.items()
    }  # fmt: skip
    located = person(location={"country": "United States", "state": "New York"})
    fields = {"Country": FieldRule("location.country"), "State": FieldRule("location.state")}
    select = Select(None, ("State",))
    return House(tmp_path, rows=[row(**{"Country": None, "State": None, **held})], people=[located],
                 fields=fields, schema={**CONTACT, **schema}, select=select)  # fmt: skip


def test_a_state_goes_with_the_country_that_is_planned_with_it(tmp_path: Path) -> None:
    org = places(tmp_path)
    org.sync()
    assert (org.row()["Country"], org.row()["State"]) == ("United States", "New York")


def test_a_state_that_does_not_go_with_the_records_country_is_not_written(tmp_path: Path) -> None:
    org = places(tmp_path, Country="Canada")
    ended = org.sync()
    assert org.row()["State"] is None
    assert any("'New York' does not go with 'Canada' of Country" in note for note in ended.notes)


def test_a_country_that_somebody_typed_meanwhile_keeps_the_state_out(tmp_path: Path) -> None:
    org = places(tmp_path)
    edit_at_fetch(org, Country="Canada")
    run = org.sync().report["run"]
    assert (org.row()["Country"], org.row()["State"]) == ("Canada", None)
    told = {entry.change.field: entry.outcome for entry in journal.of_run(org.store, run)}
    assert told["State"] == "'New York' does not go with 'Canada' of Country"


@pytest.mark.parametrize(
    ("meanwhile", "written", "why"),
    [
        ({"OptedOut": True}, set(), "the record opted out meanwhile"),
        (
            {"DoNotCall": True},
            {"Title", "Email", "Lusha_Id", "Enriched"},
            "the record was marked do not call meanwhile",
        ),
    ],
)
def test_consent_taken_back_between_plan_and_write_is_heard(
    tmp_path: Path, meanwhile: dict[str, Any], written: set[str], why: str
) -> None:
    fields = {**FIELDS, "Number": FieldRule("phones[?!do_not_call] | [0].number")}
    schema = {**CONTACT, "Number": FieldInfo("Number", "A phone in a field of text", "text")}
    org = House(tmp_path, rows=[row(1, Number=None)], people=[person(1)], fields=fields, schema=schema)
    plan = org.plan_and_buy().report["run"]
    org.crm.edit("Contact", "c00001", **meanwhile)
    org.apply(plan)
    assert {name for update in org.crm.updates for name in update.values} == written
    left = {entry.change.field: entry for entry in journal.of_run(org.store, plan) if entry.state != "written"}
    assert {"Phone", "MobilePhone", "Number"} <= left.keys()
    assert {entry.outcome for entry in left.values()} == {why}
