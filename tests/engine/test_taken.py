"""Values that another record holds are left out before the records are re-read, so that nothing stands between a
re-read and its write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connector.store import journal, records
from tests.engine.house import CONTACT, House, person, row

UNIQUE = {**CONTACT, "Email": replace(CONTACT["Email"], unique=True)}
HELD = "ada1@acme.example"


def house(folder: Path, **more: Any) -> House:
    """Of two records that lack everything the first one's e-mail stands in a third, which is nobody's to enrich."""
    holder = row(9, Email=HELD, FirstName=None, LastName=None, Company=None, OptedOut=True)
    return House(folder, rows=[row(1, **more), row(2), holder], people=[person(1), person(2)], schema=UNIQUE)


def outcomes(org: House) -> dict[tuple[str, str], str]:
    return {(entry.record, entry.change.field): entry.state for entry in journal.of_run(org.store, 1)}


def test_the_rest_of_the_record_is_written_and_the_field_is_refused_with_the_holder(tmp_path: Path) -> None:
    org = house(tmp_path)
    ended = org.sync()
    assert (ended.exit_code, ended.report["written"], ended.report["rejected"]) == (3, 2, 1)
    assert (org.row(1)["Email"], org.row(1)["Title"]) == (None, "Head of Engines")
    assert org.row(2)["Email"] == "ada2@acme.example"
    [told] = [entry for entry in journal.of_run(org.store, 1) if entry.state == "rejected"]
    assert (told.change.field, told.outcome) == ("Email", "DUPLICATE_VALUE: record c00009 already holds this value")
    assert outcomes(org)["c00001", "Enriched"] == "written"
    assert all("Email" not in update.values for update in org.crm.updates if update.id == "c00001")


def test_a_record_of_which_nothing_else_was_to_be_written_is_refused_with_its_stamps(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.settings = replace(org.settings, fields={"Email": org.settings.fields["Email"]})
    org.settings = replace(org.settings, select=replace(org.settings.select, incomplete=("Email",)))
    assert org.sync().exit_code == 3
    assert {state for (record, _), state in outcomes(org).items() if record == "c00001"} == {"rejected"}
    assert [update.id for update in org.crm.updates] == ["c00002"]
    known = records.known(org.store, org="acme", object="Contact", mapping="contact.yaml", ids=["c00001"])
    assert known["c00001"].outcome == "rejected"


def test_what_somebody_edits_while_the_values_are_looked_up_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    org = house(tmp_path)
    look_up = org.crm.taken

    def meanwhile(*asked: Any) -> Any:
        org.crm.edit("Contact", "c00002", Title="Typed by hand")
        return look_up(*asked)

    monkeypatch.setattr(org.crm, "taken", meanwhile)
    org.sync()
    assert org.row(2)["Title"] == "Typed by hand"
    assert outcomes(org)["c00002", "Title"] == "conflict"
