"""``newer`` and ``guard: strict`` on an org: who changed a field when decides, and edits right before a write win."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.config.settings import FieldRule, Guards, Select
from connector.models import Update
from connector.store import journal
from tests.engine.house import FIELDS, House, counts, person, row

NEWER = {
    "Title": FieldRule("job_title.title", "newer"),
    "MobilePhone": FieldRule("phones[?type=='mobile'] | [0].number", "newer"),
}
NUMBER = "+15550110001"
TYPED = "+15550117777"


def mobile(day: str | None) -> list[dict[str, Any]]:
    entry = {"number": NUMBER, "type": "mobile", "do_not_call": False}
    return [{**entry, "update_date": day} if day else entry]


def house(folder: Path, day: str | None, *, edited: datetime, **more: Any) -> House:
    """A person typed the mobile number on ``edited``; Lusha's is of ``day``."""
    org = House(folder, rows=[row(Phone="+15550100001", Title=None)], people=[person(phones=mobile(day))],
                fields=NEWER, select=Select(None, ("Title",)), **more)  # fmt: skip
    org.crm.now = lambda: edited
    org.crm.edit("Contact", "c00001", MobilePhone=TYPED)
    return org


@pytest.mark.parametrize(
    ("day", "edited", "wins"),
    [("2026-05-02", datetime(2025, 11, 30, tzinfo=UTC), True),
     ("2025-11-30", datetime(2026, 5, 2, tzinfo=UTC), False),
     ("2026-05-02", datetime(2026, 5, 2, 8, tzinfo=UTC), False),
     (None, datetime(2025, 11, 30, tzinfo=UTC), False)],
)  # fmt: skip
def test_the_later_of_lushas_date_and_the_last_edit_wins(
    tmp_path: Path, day: str | None, edited: datetime, wins: bool
) -> None:
    org = house(tmp_path, day, edited=edited)
    ended = org.sync()
    assert org.row()["MobilePhone"] == (NUMBER if wins else TYPED)
    assert org.row()["Title"] == "Head of Engines"
    if wins:
        [told] = [e for e in journal.of_run(org.store, ended.report["run"]) if e.change.field == "MobilePhone"]
        assert told.change.reason == "Lusha's is of 2026-05-02, the CRM's of 2025-11-30, by a person"


def test_edits_are_asked_for_a_batch_at_once_and_only_where_they_decide(tmp_path: Path) -> None:
    rows = [row(n, MobilePhone=TYPED if n < 4 else None) for n in range(1, 8)]
    people = [person(n, phones=mobile("2026-05-02")) for n in range(1, 8)]
    org = House(tmp_path, rows=rows, people=people, fields=NEWER, select=Select(None, ("Title",)),
                guards=Guards(max_replaced_share=1.0, max_same_share=1.0))  # fmt: skip
    asked: list[tuple[Sequence[str], Sequence[str]]] = []
    last_edits = org.crm.last_edits

    def counted(object: str, ids: Sequence[str], fields: Sequence[str]) -> Any:
        asked.append((ids, fields))
        return last_edits(object, ids, fields)

    org.crm.last_edits = counted  # type: ignore[method-assign]
    org.sync()
    assert asked == [(["c00001", "c00002", "c00003"], ["MobilePhone"])]


def test_an_edit_after_the_plan_was_made_survives_newer_too(tmp_path: Path) -> None:
    org = house(tmp_path, "2026-05-02", edited=datetime(2025, 11, 30, tzinfo=UTC))
    plan = org.plan_and_buy().report["run"]
    org.crm.edit("Contact", "c00001", MobilePhone="+15550118888")
    org.apply(plan)
    assert org.row()["MobilePhone"] == "+15550118888"


def strict(folder: Path, **more: Any) -> House:
    """An org whose CRM writes on condition, and a mapping that asks for it on the title."""
    fields = {**FIELDS, "Title": replace(FIELDS["Title"], strict=True)}
    org = House(folder, rows=[row(n) for n in (1, 2)], people=[person(n) for n in (1, 2)], fields=fields, **more)
    org.crm.conditional = True
    return org


def meddle(org: House, times: int, **values: Any) -> None:
    """A person edits the first contact right before our write arrives, so many times."""

    def edit(updates: Sequence[Update]) -> None:
        org.crm.edit("Contact", "c00001", **values)
        nonlocal times
        times -= 1
        if times:
            org.crm.before_update(edit)

    org.crm.before_update(edit)


def test_an_edit_between_the_reread_and_a_strict_write_survives(tmp_path: Path) -> None:
    org = strict(tmp_path)
    meddle(org, 1, Title="Typed just now")
    ended = org.sync()
    assert org.row(1)["Title"] == "Typed just now"
    assert (org.row(1)["Phone"], org.row(2)["Title"]) == ("+15550100001", "Head of Engines")
    assert (ended.exit_code, counts(ended, "written", "conflicts")) == (3, (2, 1))
    assert len(org.slept) == 1


def test_an_edit_of_another_field_only_delays_a_strict_write(tmp_path: Path) -> None:
    org = strict(tmp_path)
    meddle(org, 1, Seniority="Manager")
    ended = org.sync()
    assert (org.row(1)["Title"], org.row(1)["Seniority"]) == ("Head of Engines", "Manager")
    assert counts(ended, "written", "conflicts", "left") == (2, 0, 0)


def test_a_record_that_people_keep_editing_is_left_for_the_next_run(tmp_path: Path) -> None:
    org = strict(tmp_path)
    meddle(org, 7, Seniority="Manager")
    ended = org.sync()
    assert (org.row(1)["Title"], org.row(2)["Title"]) == (None, "Head of Engines")
    assert counts(ended, "written", "conflicts") == (1, 1)
    assert counts(org.sync(), "due", "written") == (1, 1)


def test_undo_of_a_strict_field_is_strict(tmp_path: Path) -> None:
    org = strict(tmp_path)
    org.sync()
    meddle(org, 1, Title="Typed just now")
    org.undo(1)
    assert (org.row(1)["Title"], org.row(2)["Title"]) == ("Typed just now", None)


def conditional_updates(org: House) -> list[Update]:
    """An org whose CRM is asked to write on condition: the updates as they are sent from now on."""
    org.crm.conditional = True
    sent: list[Update] = []
    update = org.crm.update

    def noted(object: str, updates: Sequence[Update]) -> Any:
        sent.extend(updates)
        return update(object, updates)

    org.crm.update = noted  # type: ignore[method-assign]
    return sent


def test_a_record_that_nobody_modified_since_our_own_write_is_known(tmp_path: Path) -> None:
    org = House(tmp_path, rows=[row(n) for n in (1, 2)], people=[person(n) for n in (1, 2)])
    sent = conditional_updates(org)
    org.sync()
    ours = org.now.replace(microsecond=900_000)  # we remember it to the second
    modified = {"c00001": ours, "c00002": ours + timedelta(minutes=1)}
    org.crm._modified = lambda object, id: modified[id]  # type: ignore[method-assign]
    sent.clear()
    org.later(minutes=2).undo(1)
    assert {update.id: update.ours for update in sent} == {"c00001": True, "c00002": False}
    assert all(update.seen is not None for update in sent)
