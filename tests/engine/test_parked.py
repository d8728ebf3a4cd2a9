"""A record that the CRM refused waits until something changed: itself, its mapping, the schema, or a person's word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connector.config.settings import FieldRule
from connector.models import FieldInfo, Rejection
from connector.store import journal
from tests.engine.house import CONTACT, FIELDS, House, counts, person, row, with_kinds

RULE = Rejection("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Phone must have country code")


def parked(folder: Path, size: int = 1, **more: Any) -> House:
    """Every record is refused whole, at the first run."""
    org = House(
        folder, rows=[row(n) for n in range(1, size + 1)], people=[person(n) for n in range(1, size + 1)], **more
    )
    for n in range(1, size + 1):
        org.crm.reject[f"c{n:05}"] = RULE
    org.sync(max_rejected_share=1.0)
    return org


def test_the_crms_words_are_kept_and_counted_by_cause(tmp_path: Path) -> None:
    org = parked(tmp_path, 14)
    groups = journal.groups_of_run(org.store, 1)
    assert {(group.state, group.why) for group in groups} == {("rejected", f"{RULE.code}: {RULE.message}")}
    assert org.store.rows("SELECT DISTINCT reason FROM records")[0][0] == f"{RULE.code}: {RULE.message}"


@pytest.mark.parametrize("days", [0, 1, 29])
def test_while_nothing_changes_it_is_not_tried_again(tmp_path: Path, days: int) -> None:
    org = parked(tmp_path)
    org.crm.reject.clear()
    assert counts(org.later(days=days).sync(), "due", "written") == (0, 0)


def test_it_is_tried_again_on_demand_from_what_was_paid(tmp_path: Path) -> None:
    org = parked(tmp_path)
    spent = org.lusha.charged_total
    assert counts(org.sync(retry_parked=True), "due", "rejected") == (1, 1)
    org.crm.reject.clear()
    assert counts(org.sync(retry_parked=True), "due", "written") == (1, 1)
    assert org.lusha.charged_total == spent


def test_it_is_tried_again_when_somebody_edited_the_record(tmp_path: Path) -> None:
    org = parked(tmp_path)
    org.crm.reject.clear()
    org.crm.edit("Contact", "c00001", Seniority="Manager")
    assert counts(org.sync(), "due", "written") == (1, 1)


def test_a_second_refusal_parks_it_again(tmp_path: Path) -> None:
    org = parked(tmp_path)
    org.crm.edit("Contact", "c00001", Seniority="Manager")
    assert counts(org.sync(), "due", "rejected") == (1, 1)
    assert counts(org.sync(), "due") == (0,)


def test_it_is_tried_again_when_the_mapping_changed(tmp_path: Path) -> None:
    org = parked(tmp_path)
    org.crm.reject.clear()
    rule = FieldRule(FIELDS["Phone"].source, "fill", (("phone", None),))
    org.settings = replace(org.settings, fields={**FIELDS, "Phone": rule})
    assert counts(org.sync(), "due", "written") == (1, 1)


def test_it_is_tried_again_when_the_schema_changed(tmp_path: Path) -> None:
    org = parked(tmp_path)
    org.crm.reject.clear()
    longer = {**CONTACT, "Title": FieldInfo("Title", "Title", "text", length=255)}
    org.crm._schema["Contact"] = longer
    assert counts(org.sync(), "due", "written") == (1, 1)


SENIOR = {**FIELDS, "Seniority": FieldRule("job_title.seniority")}


UNTOLD = with_kinds(allowed={"": ("Manager",)}, untold=frozenset({"0121"}))


def test_an_outage_of_the_schema_lets_no_refused_record_be_tried(tmp_path: Path) -> None:
    org = parked(tmp_path, fields=SENIOR, schema=with_kinds())
    for schema in (UNTOLD, with_kinds(), UNTOLD):
        org.crm._schema["Contact"] = schema
        assert counts(org.sync(), "due") == (0,)
    org.crm.edit("Contact", "c00001", Company="Acme Ltd")
    assert counts(org.sync(), "due", "rejected") == (1, 1)  # while it is not told: once the record moved
    assert counts(org.sync(), "due") == (0,)
    org.crm._schema["Contact"] = with_kinds()
    assert counts(org.sync(), "due") == (1,)  # refused under half a schema: once more under the whole
    assert counts(org.sync(), "due") == (0,)
    org.crm._schema["Contact"] = UNTOLD
    assert counts(org.sync(), "due") == (0,)


def test_a_change_of_a_kind_that_an_outage_hid_lets_it_be_tried(tmp_path: Path) -> None:
    org = parked(tmp_path, fields=SENIOR, schema=with_kinds())
    for schema, due in ((UNTOLD, 0), (with_kinds(allowed={"": ("Manager",), "0121": ()}), 1)):
        org.crm._schema["Contact"] = schema
        assert counts(org.sync(), "due") == (due,)


def test_it_is_tried_again_after_its_rest(tmp_path: Path) -> None:
    org = parked(tmp_path)
    org.crm.reject.clear()
    assert counts(org.later(days=31).sync(), "due", "written") == (1, 1)


def test_a_busy_record_is_tried_by_the_very_next_run(tmp_path: Path) -> None:
    org = House(tmp_path, rows=[row()], people=[person()])
    org.crm.reject["c00001"] = Rejection("UNABLE_TO_LOCK_ROW", "locked", transient=True)
    assert counts(org.sync(), "rejected") == (1,)
    org.crm.reject.clear()
    assert counts(org.sync(), "due", "written") == (1, 1)


def test_two_mappings_of_one_object_that_are_both_refused_both_wait(tmp_path: Path) -> None:
    org = parked(tmp_path)
    first, second = org.settings, replace(org.settings, name="other.yaml", fields={"Title": FIELDS["Title"]})
    org.settings = second
    org.sync(retry_parked=True)
    for settings in (first, second, first, second):
        org.settings = settings
        assert counts(org.sync(), "due") == (0,)


@pytest.mark.parametrize("field", ["Phone", "Email"])  # one of ``incomplete``, and one that makes nobody due
def test_a_single_refused_field_is_tried_again_on_demand_from_what_was_paid(tmp_path: Path, field: str) -> None:
    org = House(tmp_path, rows=[row(n) for n in (1, 2)], people=[person(n) for n in (1, 2)])
    org.crm.reject["c00001"] = replace(RULE, field=field)
    assert counts(org.sync(), "written", "rejected") == (2, 1)
    asked = len(org.lusha.searches), len(org.lusha.enriches)
    assert counts(org.sync(), "due") == (0,)
    assert counts(org.sync(retry_parked=True), "due", "written", "rejected") == (1, 0, 1)
    org.crm.reject.clear()
    assert counts(org.sync(retry_parked=True), "due", "written", "fields_written") == (1, 1, 1)
    assert org.row()[field] is not None
    assert (len(org.lusha.searches), len(org.lusha.enriches)) == asked
    assert counts(org.sync(retry_parked=True), "due") == (0,)


def test_a_refused_field_that_a_person_filled_meanwhile_is_theirs(tmp_path: Path) -> None:
    org = House(tmp_path, rows=[row()], people=[person()])
    org.crm.reject["c00001"] = replace(RULE, field="Email")
    org.sync()
    org.crm.edit("Contact", "c00001", Email="typed@acme.example")
    org.crm.reject.clear()
    assert counts(org.sync(retry_parked=True), "written") == (0,)
    assert org.row()["Email"] == "typed@acme.example"


def test_retry_parked_revives_no_field_that_undo_took_back(tmp_path: Path) -> None:
    org = House(tmp_path, rows=[row()], people=[person()])
    org.crm.reject["c00001"] = replace(RULE, field="Email")
    org.sync()
    org.crm.reject.clear()
    org.sync(retry_parked=True)
    org.undo(2)
    assert counts(org.sync(retry_parked=True), "due") == (0,)
