"""A plan that was bought and saved: applied exactly, later, by another process; what moved meanwhile is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connector.config.settings import FieldRule, Guards, Select
from connector.errors import GuardRefused
from connector.models import Rejection
from connector.store import explain, journal, plans, records, tallies
from tests.engine.house import FIELDS, House, counts, person, row

SCOPE = {"org": "acme", "object": "Contact"}
OVERWRITE = {**FIELDS, "Title": FieldRule("job_title.title", "overwrite")}


def house(folder: Path, size: int = 3, **more: object) -> House:
    rows = [row(n) for n in range(1, size + 1)]
    return House(folder, rows=rows, people=[person(n) for n in range(1, size + 1)], **more)  # type: ignore[arg-type]


def number(ended: object) -> int:
    return int(ended.report["run"])  # type: ignore[attr-defined]


def test_a_plan_is_bought_and_saved_and_writes_nothing(tmp_path: Path) -> None:
    org = house(tmp_path)
    ended = org.plan_and_buy()
    assert counts(ended, "due", "matched", "changed", "written", "status") == (3, 3, 3, 0, "done")
    assert ended.report["credits"]["charged"] == org.lusha.charged_total > 0
    assert org.crm.updates == []
    assert {entry.state for entry in journal.of_run(org.store, number(ended))} == {"planned"}


def test_a_plan_applied_writes_what_a_sync_would_have_and_buys_nothing(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    org, other = house(tmp_path), house(tmp_path / "other")
    other.sync()
    plan = number(org.plan_and_buy())
    spent, calls = org.lusha.charged_total, org.lusha.calls
    ended = org.apply(plan)
    assert counts(ended, "due", "matched", "written", "left", "status") == (3, 3, 3, 0, "done")
    assert (org.lusha.charged_total, org.lusha.calls) == (spent, calls)
    mapped = [{name: org.row(n)[name] for name in (*FIELDS, "Lusha_Id")} for n in (1, 2, 3)]
    assert mapped == [{name: other.row(n)[name] for name in (*FIELDS, "Lusha_Id")} for n in (1, 2, 3)]
    assert {entry.state for entry in journal.of_run(org.store, plan)} == {"written"}
    assert counts(org.sync(), "due", "written") == (0, 0)
    assert org.lusha.charged_total == spent


def test_what_is_remembered_of_a_record_is_the_same_as_after_a_sync(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    org, other = house(tmp_path), house(tmp_path / "other")
    other.sync()
    org.apply(number(org.plan_and_buy()))
    [ours, theirs] = [
        records.known(one.store, **SCOPE, mapping="contact.yaml", ids=["c00001"])["c00001"] for one in (org, other)
    ]
    assert ours.tried is not None
    assert theirs.tried is not None
    moment = ours.tried.last_attempt
    assert replace(ours, tried=replace(theirs.tried, last_attempt=moment)) == replace(theirs, tried=ours.tried)
    assert org.store.rows("SELECT * FROM plans") == other.store.rows("SELECT * FROM plans") == []


def test_fields_that_people_changed_since_are_left_and_the_rest_is_written(tmp_path: Path) -> None:
    org = house(tmp_path)
    plan = number(org.plan_and_buy())
    org.crm.edit("Contact", "c00001", Title="Typed since")
    org.crm.delete("Contact", "c00002")
    ended = org.apply(plan)
    assert (ended.exit_code, counts(ended, "written", "conflicts", "rejected")) == (3, (2, 1, 1))
    assert (org.row(1)["Title"], org.row(1)["Phone"]) == ("Typed since", "+15550100001")


def test_a_record_that_has_become_somebody_else_is_left_alone(tmp_path: Path) -> None:
    org = house(tmp_path)
    plan = number(org.plan_and_buy())
    org.crm.edit("Contact", "c00001", FirstName="Grace", LastName="Hopper")
    org.crm.edit("Contact", "c00002", LastName="BYRONC ")  # another spelling of the same
    ended = org.apply(plan)
    assert counts(ended, "written", "conflicts") == (2, 1)
    assert org.row(1)["Phone"] is None
    found = {e.outcome for e in journal.of_run(org.store, plan) if e.record == "c00001"}
    assert found == {"the record's identity changed in the CRM meanwhile"}


def test_consent_withdrawn_since_is_honoured(tmp_path: Path) -> None:
    org = house(tmp_path)
    plan = number(org.plan_and_buy())
    org.crm.edit("Contact", "c00001", OptedOut=True)
    org.crm.edit("Contact", "c00002", DoNotCall=True)
    ended = org.apply(plan)
    assert counts(ended, "written", "conflicts") == (2, 2)
    assert (org.row(1)["Title"], org.row(1)["Email"]) == (None, None)
    assert (org.row(2)["Title"], org.row(2)["Phone"], org.row(2)["MobilePhone"]) == ("Head of Engines", None, None)


def test_a_plan_is_written_once(tmp_path: Path) -> None:
    org = house(tmp_path)
    plan = number(org.plan_and_buy())
    org.apply(plan)
    again = org.apply(plan)
    assert counts(again, "due", "written") == (0, 0)
    assert len(org.crm.updates) == 3


def test_a_sync_after_a_plan_writes_its_changes_from_what_was_paid_and_takes_its_place(tmp_path: Path) -> None:
    org = house(tmp_path)
    plan = number(org.plan_and_buy())
    spent = org.lusha.charged_total
    assert counts(org.sync(), "due", "written") == (3, 3)
    assert org.lusha.charged_total == spent
    assert {(e.state, e.outcome) for e in journal.of_run(org.store, plan)} == {("dropped", "overtaken by run 2")}
    assert tallies.open_records(org.store, plan) == 0
    assert counts(org.apply(plan), "written") == (0,)


def test_a_second_plan_takes_the_place_of_the_first_and_pays_nothing(tmp_path: Path) -> None:
    org = house(tmp_path)
    first = number(org.plan_and_buy())
    spent = org.lusha.charged_total
    second = number(org.plan_and_buy())
    assert org.lusha.charged_total == spent
    assert (tallies.open_records(org.store, first), tallies.open_records(org.store, second)) == (0, 3)
    assert counts(org.apply(second), "written") == (3,)


def test_a_refused_plan_is_judged_as_a_whole_before_the_first_write(tmp_path: Path) -> None:
    rows = [row(n, Title="Old" if n > 15 else None) for n in range(1, 31)]
    people = [person(n) for n in range(1, 31)]
    org = House(tmp_path, rows=rows, people=people, fields=OVERWRITE, guards=Guards(0.3, 20))
    plan = number(org.plan_and_buy())
    ended = org.apply(plan)
    assert (ended.exit_code, ended.report["status"], org.crm.updates) == (5, "refused", [])
    assert isinstance(ended.error, GuardRefused)
    assert "would replace 15 values in 30 records read (50.0%, limit 30.0%)" in ended.error.message
    assert str(ended.error.hint).endswith(f"lusha-sync apply {plan} --max-replaced-share 0.50")
    assert counts(org.apply(plan, max_replaced_share=0.5), "written", "status") == (30, "done")


def test_a_refused_sync_goes_on_by_apply(tmp_path: Path) -> None:
    rows = [row(n, Title="Old" if n > 20 else None) for n in range(1, 41)]
    org = House(tmp_path, rows=rows, people=[person(n) for n in range(1, 41)], fields=OVERWRITE, guards=Guards(0.3, 20))
    refused = org.sync()
    assert (refused.exit_code, refused.report["written"]) == (5, 30)
    spent = org.lusha.charged_total
    assert org.apply(number(refused)).exit_code == 5
    ended = org.apply(number(refused), max_replaced_share=0.5)
    assert counts(ended, "written", "status") == (10, "done")
    assert org.lusha.charged_total == spent


def test_an_interrupted_apply_goes_on_where_it_stopped(tmp_path: Path) -> None:
    org = house(tmp_path, 25)
    plan = number(org.plan_and_buy())
    org.crm.before_update(lambda updates: setattr(org, "interrupted", True))
    first = org.apply(plan)
    assert (first.exit_code, counts(first, "written")) == (130, (10,))
    org.interrupted = False
    assert counts(org.apply(plan), "written", "left") == (15, 0)
    assert len(org.crm.updates) == 25


def test_a_refused_record_of_a_plan_is_parked(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.crm.reject["c00001"] = Rejection("RULE", "not like this")
    org.apply(number(org.plan_and_buy()))
    assert counts(org.sync(), "due") == (0,)
    assert counts(org.sync(retry_parked=True), "due", "rejected") == (1, 1)


def test_old_plans_are_dropped_with_their_values(tmp_path: Path) -> None:
    org = house(tmp_path)
    plan = number(org.plan_and_buy())
    journal.blank_old_values(org.store, before=org.later(days=401).now)
    assert {entry.state for entry in journal.of_run(org.store, plan)} == {"dropped"}
    assert counts(org.apply(plan), "written") == (0,)


@pytest.mark.parametrize("size", [1, 500, 501, 1203])
def test_large_plans_come_in_pages_and_each_record_once(tmp_path: Path, size: int) -> None:
    org = house(tmp_path, size, remaining=100_000)
    org.store.db.execute("PRAGMA synchronous = OFF")
    plan = number(org.plan_and_buy())
    pages = list(journal.planned(org.store, plan))
    assert [id for page in pages for id in page] == sorted(f"c{n:05}" for n in range(1, size + 1))
    assert all(len(plans.found(org.store, plan, list(page))) == len(page) for page in pages)


def test_plans_of_two_mappings_of_one_object_live_beside_each_other(tmp_path: Path) -> None:
    org = house(tmp_path)
    whole = org.settings
    by_name = {
        "titles.yaml": replace(whole, fields={"Title": FIELDS["Title"]}),
        "phones.yaml": replace(whole, fields={"Phone": FIELDS["Phone"]}),
    }

    def of(name: str) -> House:
        org.settings, org.mapping_name = by_name[name], name
        return org

    titles, phones = [number(of(name).plan_and_buy()) for name in by_name]
    assert (tallies.open_records(org.store, titles), tallies.open_records(org.store, phones)) == (3, 3)
    org.settings, org.mapping_name = replace(whole, fields={"Title": FIELDS["Title"]}), "contact.yaml"
    assert counts(org.apply(titles), "written", "conflicts") == (3, 0)
    org.settings, org.mapping_name = (
        replace(whole, name="phones.yaml", fields={"Phone": FIELDS["Phone"]}),
        "phones.yaml",
    )
    assert counts(org.apply(phones), "written", "conflicts") == (3, 0)
    assert {(org.row(n)["Title"], org.row(n)["Phone"]) for n in (1,)} == {("Head of Engines", "+15550100001")}


def test_what_a_stopped_apply_did_not_get_to_is_left(tmp_path: Path) -> None:
    org = house(tmp_path, 25)
    plan = number(org.plan_and_buy())
    org.crm.before_update(lambda updates: setattr(org, "interrupted", True))
    assert counts(org.apply(plan), "due", "matched", "left") == (25, 10, 15)


def test_the_plan_of_a_run_that_died_is_judged_all_the_same(tmp_path: Path) -> None:
    rows = [row(n, Title="Old") for n in range(1, 31)]
    org = House(tmp_path, rows=rows, people=[person(n) for n in range(1, 31)], fields=OVERWRITE, guards=Guards(0.3, 20))
    plan = number(org.plan_and_buy())
    for report in ("{}", '{"read": 0}'):
        org.store.db.execute("UPDATE runs SET report = ?, status = 'interrupted' WHERE id = ?", [report, plan])
        ended = org.apply(plan)
        assert (ended.exit_code, org.crm.updates) == (5, [])


def test_the_hint_of_a_refused_sync_lets_the_whole_of_its_plan_through(tmp_path: Path) -> None:
    rows = [row(n, Title="Old" if n > 20 else None) for n in range(1, 61)]
    org = House(tmp_path, rows=rows, people=[person(n) for n in range(1, 61)], fields=OVERWRITE, guards=Guards(0.3, 20))
    refused = org.sync()
    assert refused.error is not None
    share = float(str(refused.error.hint).rpartition(" ")[2])
    assert org.apply(number(refused), max_replaced_share=share).exit_code == 0


def test_an_identifying_field_of_the_plan_itself_may_tell_of_somebody_else(tmp_path: Path) -> None:
    fields = {**FIELDS, "Email": FieldRule("emails[?type=='work'] | [0].email", "overwrite")}
    identify = [{"first_name": "FirstName", "last_name": "LastName", "company_name": "Company"}, {"email": "Email"}]
    rows = [row(n, Email=f"old{n}@acme.example") for n in (1, 2)]
    org = House(tmp_path, rows=rows, people=[person(1), person(2)], fields=fields, identify=identify)
    plan = number(org.plan_and_buy())
    org.crm.edit("Contact", "c00001", Email="grace@navy.example")
    org.crm.edit("Contact", "c00002", Email="ada2@acme.example")  # what we were about to write
    ended = org.apply(plan)
    assert (org.row(1)["Phone"], org.row(2)["Phone"]) == (None, "+15550100002")
    assert counts(ended, "written", "conflicts") == (1, 1)


def test_what_an_apply_left_is_told_of_the_apply_too(tmp_path: Path) -> None:
    org = house(tmp_path)
    plan = number(org.plan_and_buy())
    org.crm.edit("Contact", "c00001", Title="Typed since")
    org.crm.delete("Contact", "c00002")
    ended = org.apply(plan)
    assert counts(ended, "conflicts", "rejected", "written") == (1, 1, 2)
    told = list(explain.of_run(org.store, number(ended)))
    assert {one.written_by for one in told} == {number(ended)}
    assert {one.record for one in told if one.state == "rejected"} == {"c00002"}
    assert {(one.record, one.field) for one in told if one.state == "conflict"} == {("c00001", "Title")}
    assert {one.id for one in told} == {one.id for one in explain.of_run(org.store, plan)}
    groups = journal.groups_of_run(org.store, number(ended))
    assert {group.why for group in groups} >= {"changed in the CRM meanwhile", "the record is deleted"}


def test_a_plan_applied_in_two_goes_tells_each_its_own(tmp_path: Path) -> None:
    org = house(tmp_path, 15)
    plan = number(org.plan_and_buy())
    org.crm.before_update(lambda updates: setattr(org, "interrupted", True))
    first = number(org.apply(plan))
    org.interrupted = False
    second = number(org.apply(plan))
    one, two = ({told.record for told in explain.of_run(org.store, number)} for number in (first, second))
    assert (len(one), len(two), one & two) == (10, 5, set())


def test_a_refused_apply_tells_how_many_records_wait(tmp_path: Path) -> None:
    org = house(tmp_path, fields=OVERWRITE, guards=Guards(max_replaced_share=0.0, min_records=1))
    for n in (1, 2, 3):
        org.crm.edit("Contact", f"c{n:05}", Title="Typed")
    ended = org.apply(number(org.plan_and_buy()))
    assert isinstance(ended.error, GuardRefused)
    assert counts(ended, "due", "changed", "matched", "left", "written") == (3, 3, 0, 3, 0)


def test_who_planned_a_plan_anew_is_known_to_the_last(tmp_path: Path) -> None:
    org = house(tmp_path)
    first, second, third = (number(org.plan_and_buy()) for _ in range(3))
    assert [journal.overtaken_by(org.store, run) for run in (first, second, third)] == [third, third, None]


def test_a_field_that_left_the_mapping_is_not_written_any_more(tmp_path: Path) -> None:
    org = house(tmp_path, 2)
    org.crm.edit("Contact", "c00002", Title="Typed", Phone="+15550109999", MobilePhone="+15550109998")
    org.crm.edit("Contact", "c00002", Phone=None)
    plan = number(org.plan_and_buy())
    kept = {name: rule for name, rule in FIELDS.items() if name == "Title"}
    select = Select(None, ("Title",), timedelta(days=90), timedelta(days=30))
    org.settings = replace(org.settings, fields=kept, select=select)
    ended = org.apply(plan)
    assert counts(ended, "due", "written", "fields_written", "left") == (2, 1, 3, 0)
    assert [org.row()[name] for name in ("Title", "Email", "Phone")] == ["Head of Engines", None, None]
    assert (org.row(2)["Phone"], org.row(2)["Lusha_Id"]) == (None, None)
    told = {(one.field, one.outcome) for one in explain.of_run(org.store, number(ended)) if one.state == "dropped"}
    assert ("Phone", "the mapping does not name this field any more") in told
