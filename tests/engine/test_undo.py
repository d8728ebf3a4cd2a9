"""Undo: the fields that still hold our value go back, later runs leave them alone, and an undo can be undone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connector.config.settings import FieldRule, Guards, Match
from connector.models import Dependency, FieldInfo, Option, Rejection
from connector.store import journal, written
from tests.engine.house import CONTACT, FIELDS, House, counts, person, row

SCOPE: dict[str, Any] = {"org": "acme", "object": "Contact"}
OVERWRITE = {name: FieldRule(rule.source, "overwrite") for name, rule in FIELDS.items()}
WHOLE = (*FIELDS, "Lusha_Id", "Enriched")


def house(folder: Path, size: int = 2, **more: Any) -> House:
    rows = [row(n, Title="Typed" if n % 2 else None) for n in range(1, size + 1)]
    return House(folder, rows=rows, people=[person(n) for n in range(1, size + 1)], **more)


def table(org: House, size: int = 2) -> list[dict[str, Any]]:
    return [{name: org.row(n)[name] for name in WHOLE} for n in range(1, size + 1)]


def states(org: House, run: int) -> dict[tuple[str, str], str]:
    return {(entry.record, entry.change.field): entry.state for entry in journal.of_run(org.store, run)}


@pytest.mark.parametrize("fields", [FIELDS, OVERWRITE])
def test_everything_is_as_before_stamps_included(tmp_path: Path, fields: dict[str, FieldRule]) -> None:
    org = house(tmp_path, 25, fields=fields)
    before = table(org, 25)
    org.sync()
    assert table(org, 25) != before
    ended = org.undo(1)
    assert (ended.exit_code, counts(ended, "written", "conflicts", "status")) == (0, (25, 0, "done"))
    assert table(org, 25) == before
    assert set(states(org, 1).values()) == {"undone"}


def test_a_value_that_goes_with_no_controller_is_given_back_all_the_same(tmp_path: Path) -> None:
    goes_with = Dependency("Company", {"Acme": ("Director",)})
    levels = FieldInfo("Seniority", "Seniority", "picklist", options=(Option("Director", "Director"),),
                       depends=(goes_with,))  # fmt: skip
    org = House(
        tmp_path, rows=[row(1, Seniority="Boss")], people=[person(1)], schema={**CONTACT, "Seniority": levels},
        fields={**FIELDS, "Seniority": FieldRule("job_title.seniority", "overwrite")},
    )  # fmt: skip
    org.sync()
    assert org.row(1)["Seniority"] == "Director"
    assert counts(org.undo(1), "written", "conflicts") == (1, 0)
    assert org.row(1)["Seniority"] == "Boss"


@pytest.mark.parametrize("days", [0, 31, 91, 200])
@pytest.mark.parametrize("policy", ["fill", "refresh", "newer", "overwrite"])
def test_a_following_sync_writes_none_of_them(tmp_path: Path, policy: Any, days: int) -> None:
    fields = {name: FieldRule(rule.source, policy) for name, rule in FIELDS.items()}
    org = house(tmp_path, fields=fields)
    before = table(org)
    org.sync()
    org.undo(1)
    sent = len(org.crm.updates)
    assert counts(org.later(days=days).sync(), "written") == (0,)
    assert (table(org), len(org.crm.updates)) == (before, sent)


def test_what_people_changed_since_stays_and_is_told(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    org.crm.edit("Contact", "c00001", Phone="+1 555 010 7777")
    org.crm.edit("Contact", "c00002", Title=None)
    ended = org.undo(1)
    assert (ended.exit_code, counts(ended, "written", "conflicts")) == (3, (2, 1))
    assert (org.row(1)["Phone"], org.row(1)["Email"], org.row(2)["Title"]) == ("+1 555 010 7777", None, None)
    found = {(e.record, e.change.field): (e.state, e.outcome) for e in journal.of_run(org.store, ended.report["run"])}
    assert found["c00001", "Phone"] == ("conflict", "changed since: the value is not ours any more")
    assert found["c00002", "Title"] == ("dropped", "the CRM holds it already")
    assert states(org, 1)["c00001", "Phone"] == "written"


def test_our_value_in_the_crms_own_spelling_is_restored_and_a_persons_correction_of_case_is_not(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    org.crm.edit("Contact", "c00001", Phone="(555) 010-0001", Enriched="2026-11-23T08:00:01.000+0000")
    org.crm.edit("Contact", "c00002", Title="HEAD OF ENGINES")
    org.undo(1)
    assert (org.row(1)["Phone"], org.row(1)["Enriched"]) == (None, None)
    assert org.row(2)["Title"] == "HEAD OF ENGINES"


def test_an_undo_can_be_undone_and_the_tombstones_are_lifted(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    after = table(org)
    undo = org.undo(1).report["run"]
    assert written.last_written(org.store, **SCOPE, ids=["c00001"])["c00001"]["Phone"].tombstone
    redo = org.undo(undo)
    assert (redo.exit_code, table(org)) == (0, after)
    assert not written.last_written(org.store, **SCOPE, ids=["c00001"])["c00001"]["Phone"].tombstone
    assert (set(states(org, 1).values()), set(states(org, undo).values())) == ({"written"}, {"undone"})
    org.lusha.known["person"]["1002"] = person(2, job_title={"title": "VP Engines"})
    org.later(days=91).sync()
    assert org.row(2)["Title"] == "VP Engines"  # ours again, and refreshed


def test_there_and_back_three_times(tmp_path: Path) -> None:
    org = house(tmp_path)
    before = table(org)
    org.sync()
    after, run = table(org), 1
    for place in range(6):
        run = org.undo(run).report["run"]
        assert table(org) == (after if place % 2 else before)
    assert counts(org.sync(), "written") == (0,)
    assert org.undo(1).report["written"] == 2
    assert table(org) == before


def test_undo_is_narrowed_to_records_and_fields(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    org.undo(1, records=["c00002"], fields=["Title", "Email"])
    assert (org.row(2)["Title"], org.row(2)["Email"], org.row(2)["Phone"]) == (None, None, "+15550100002")
    assert org.row(1)["Email"] == "ada1@acme.example"
    org.undo(1)
    assert [org.row(n)["Phone"] for n in (1, 2)] == [None, None]


def test_after_other_runs_each_field_goes_back_to_what_the_run_found(tmp_path: Path) -> None:
    org = house(tmp_path)
    before = table(org)
    org.sync()
    first = table(org)
    org.lusha.known["person"]["1002"] = person(2, job_title={"title": "VP Engines"})
    second = org.later(days=91).sync().report["run"]
    ended = org.undo(1)
    assert org.row(2)["Title"] == "VP Engines"  # run 2's value, not run 1's
    assert ended.exit_code == 3
    assert org.row(2)["Phone"] is None
    org.undo(second)
    assert org.row(2)["Title"] == first[1]["Title"]
    org.undo(1)
    assert table(org) == before


def test_undo_of_a_plan_takes_back_what_was_applied_of_it(tmp_path: Path) -> None:
    org = house(tmp_path)
    before = table(org)
    plan = org.plan_and_buy().report["run"]
    applied = org.apply(plan).report["run"]
    org.undo(plan)
    assert table(org) == before
    assert counts(org.undo(applied), "due", "written") == (0, 0)


def test_undo_of_the_apply_itself(tmp_path: Path) -> None:
    org = house(tmp_path)
    before = table(org)
    applied = org.apply(org.plan_and_buy().report["run"]).report["run"]
    assert org.undo(applied).report["written"] == 2
    assert table(org) == before


def test_undo_is_exempt_from_the_guards(tmp_path: Path) -> None:
    org = house(tmp_path, 60, guards=Guards(0.0, 1))
    org.sync()
    assert org.undo(1).exit_code == 0


def test_deleted_records_and_refused_values_stop_no_other(tmp_path: Path) -> None:
    org = house(tmp_path, 3, fields=OVERWRITE)
    org.sync()
    org.crm.delete("Contact", "c00001")
    org.crm.reject["c00003"] = Rejection("RULE", "a title is needed", "Title")
    ended = org.undo(1)
    assert counts(ended, "written", "rejected") == (2, 2)
    assert org.row(3)["Title"] == "Head of Engines"
    assert org.row(3)["Phone"] is None
    assert states(org, 1)["c00003", "Title"] == "written"  # it can still be undone
    org.crm.reject.clear()
    org.undo(1)
    assert org.row(3)["Title"] == "Typed"


def test_values_that_are_not_kept_any_more_are_told(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    journal.blank_old_values(org.store, before=org.later(days=401).now)
    ended = org.undo(1)
    assert (ended.exit_code, ended.report["written"]) == (3, 0)
    assert any("keep_changes" in note for note in ended.notes)


def test_nothing_left_to_undo_is_said(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    org.undo(1)
    ended = org.undo(1)
    assert ended.exit_code == 0
    assert list(ended.notes) == ["nothing of that run is left to undo"]


def test_undo_writes_no_stamp_and_no_attempt_of_its_own(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    known = [tuple(row) for row in org.store.rows("SELECT * FROM records")]
    org.undo(1)
    assert [tuple(row) for row in org.store.rows("SELECT * FROM records")] == known


def test_a_job_change_after_an_undo_still_proposes(tmp_path: Path) -> None:
    org = house(tmp_path, match=Match(on_job_change="suggest"))
    org.sync()
    org.undo(1)
    org.crm.edit("Contact", "c00002", Email="ada2@acme.example")
    org.lusha.known["person"]["1002"] = person(2, company={"id": "9", "name": "Globex", "domain": "globex.example"})
    ended = org.later(days=91).sync()
    assert counts(ended, "written") == (0,)


def test_what_a_stopped_undo_did_not_get_to_is_left_and_the_next_one_goes_on(tmp_path: Path) -> None:
    org = house(tmp_path, 25)
    before = table(org, 25)
    org.sync()
    org.crm.before_update(lambda updates: setattr(org, "interrupted", True))
    first = org.undo(1)
    assert (first.exit_code, counts(first, "due", "matched", "left", "written")) == (130, (25, 10, 15, 10))
    org.interrupted = False
    assert counts(org.undo(1), "due", "left", "written") == (15, 0, 15)
    assert table(org, 25) == before


def test_what_a_person_had_cleared_before_the_undo_stays_clear_too(tmp_path: Path) -> None:
    org = house(tmp_path, fields=OVERWRITE)
    org.sync()
    org.crm.edit("Contact", "c00002", Phone=None)
    org.undo(1)
    assert org.row(2)["Phone"] is None
    assert counts(org.later(days=91).sync(), "written") == (0,)
    assert states(org, 1)["c00002", "Phone"] == "undone"


def test_an_undo_leaves_other_fields_of_a_waiting_plan_alone(tmp_path: Path) -> None:
    org = house(tmp_path, fields={"Title": FIELDS["Title"]})
    org.sync()
    org.settings = replace(org.settings, fields={**FIELDS})
    plan = org.plan_and_buy().report["run"]
    org.undo(1, fields=["Title"])
    assert counts(org.apply(plan), "written") == (2,)
    assert (org.row(2)["Title"], org.row(2)["Phone"]) == (None, "+15550100002")
