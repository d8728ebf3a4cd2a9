"""One record explained: what people read, what machines read, and what spreadsheets open without harm."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import RenderableType

from connector.models import Value
from connector.render import explain, sheet
from connector.store.explain import Bill, History, Told, Tombstone
from connector.store.records import RecordState, Tried
from connector.store.suggestions import Listed
from tests.render.test_text import shown

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SEARCH = Bill("search", 3, "2026-11-23T08:00:00Z", 0.04)
PHONES = Bill("phones", 3, "2026-11-23T08:00:00Z", 5.0)
TITLE = Told(
    id=1, run=3, kind="sync", writer=None, writer_kind=None, at="2026-11-23T08:00:05Z", org="acme", object="Contact",
    record="c1", field="Title", before=None, after="Head of Engines", kept=True, reason="was blank", policy="fill",
    attribute="job_title.title", state="written", outcome=None, lusha_id="1001", stamp=False, reverses=None,
    reverses_run=None, undone_by=None, paid=SEARCH,
)  # fmt: skip
PHONE = replace(TITLE, id=2, field="Phone", after="+15550100001", attribute="phones[0].number", paid=PHONES)
UNDONE = replace(PHONE, state="undone", undone_by=9)
MOBILE = replace(PHONE, id=3, field="Mobile", state="rejected", outcome="TOO_LONG: 255", run=3, writer=7)
STAMP = replace(TITLE, id=4, field="Lusha_Id", after="1001", reason="stamp", stamp=True, paid=None)
BACK = replace(
    UNDONE, id=5, run=9, kind="undo", before="+15550100001", after=None, state="written", reason="undo of run 3",
    reverses=2, reverses_run=3, undone_by=None, paid=None,
)  # fmt: skip
TRIED = Tried("f", frozenset(), "matched", NOW, NOW)
STATE = RecordState("c1", "1001", "f", "matched", None, NOW)
LISTED = Listed(
    8, "value", 3, "acme", "Contact", "c1", "Seniority", "Manager", "Director", "suggested",
    "job_title.seniority", "1001", "open", "2026-11-23T08:00:05Z",
)  # fmt: skip


def history(*changes: Told, **more: Any) -> History:
    return History(**{"org": "acme", "object": "Contact", "record": "c1", "state": STATE,
                      "tried": {"contact.yaml": TRIED}, "changes": changes,
                      "suggestions": (), "tombstones": (), **more})  # fmt: skip


def read(view: RenderableType, width: int = 110) -> list[str]:
    return shown(view, width)


def test_a_history_tells_who_wrote_what_when_why_from_what_and_for_how_much() -> None:
    found = history(TITLE, UNDONE, MOBILE, STAMP, BACK, suggestions=(LISTED,), tombstones=(Tombstone("Phone", 9, "t"),))
    assert read(explain.history_view(found)) == [
        "acme Contact c1: matched, Lusha id 1001, last enriched 2026-11-23 08:00",
        "when              run         field     before → after             state     why",
        "2026-11-23 08:00  3           Title     (blank) → Head of Engines  written   was blank",
        "2026-11-23 08:00  3           Phone     (blank) → +15550100001     undone    was blank; undone by run 9",
        "2026-11-23 08:00  7 (plan 3)  Mobile    (blank) → +15550100001     rejected  was blank; TOO_LONG: 255",
        "2026-11-23 08:00  3           Lusha_Id  (blank) → 1001             written   stamp",
        "2026-11-23 08:00  9           Phone     +15550100001 → (blank)     written   undo of run 3",
        "",
        "Where the values came from:",
        "fields         Lusha id  datum   bought by            credits",
        "Title          1001      search  run 3 on 2026-11-23     0.04",
        "Phone, Mobile  1001      phones  run 3 on 2026-11-23        5",
        "",
        "Proposed, and not written by itself:",
        "when              run  field      now → proposed      state      why",
        "2026-11-23 08:00  3    Seniority  Manager → Director  in review  suggested",
        "",
        "Phone: undone by run 9: not written again",
    ]


def test_long_names_and_values_stay_on_110_columns() -> None:
    long = replace(
        MOBILE, run=123_456, writer=123_457, field="A_Field_With_A_Very_Long_Name_That_Somebody_Gave_It__c",
        before="x" * 300, after="words " * 60, outcome="FIELD_CUSTOM_VALIDATION_EXCEPTION: " + "no way " * 20,
    )  # fmt: skip
    lines = read(explain.history_view(history(long, suggestions=(replace(LISTED, proposed="y" * 300),))))
    assert max(map(len, lines)) <= 110
    assert sum(line.count("x") for line in lines) >= 300
    assert "123457 (plan 123456)" in "".join(lines)


def test_a_record_that_nobody_touched_is_told_in_a_sentence() -> None:
    found = history(state=None)
    assert read(explain.history_view(found))[0] == "acme Contact c1: lusha-sync never touched this record."


@pytest.mark.parametrize(
    ("outcome", "words"), [("no_match", "Lusha has no match for it"), ("review", "lusha-sync review")]
)
def test_a_record_that_was_only_looked_at_says_how_that_ended(outcome: Any, words: str) -> None:
    state = replace(STATE, outcome=outcome, lusha_id=None, last_enriched=None)
    first, second = read(explain.history_view(history(state=state)))
    assert words in first
    assert first.endswith("last looked at 2026-11-23 08:00")
    assert second == "Nothing was ever planned or written here."


def test_what_retention_blanked_is_said_to_be_gone() -> None:
    gone = replace(TITLE, kept=False, before=None, after=None)
    assert "not kept any more" in read(explain.history_view(history(gone)))[2]
    [cells] = list(csv.DictReader(io.StringIO("".join(sheet.lines([gone])))))
    assert (cells["before"], cells["after"]) == ("not kept any more", "not kept any more")


def test_a_cost_that_nobody_knows_is_not_made_up() -> None:
    lines = read(
        explain.history_view(history(replace(TITLE, paid=None), replace(PHONE, paid=replace(PHONES, credits=None))))
    )
    assert [line.split()[-2:] for line in lines[-2:]] == [["not", "known"]] * 2
    assert "no booking is known" in lines[-2]


def test_a_booking_by_hand_is_said_to_be_one() -> None:
    lines = read(explain.history_view(history(replace(PHONE, paid=replace(PHONES, run=0)))))
    assert "hand on 2026-11-23" in lines[-1]


def test_a_match_in_doubt_names_whom_it_is_about() -> None:
    doubt = replace(
        LISTED, kind="match", field="", proposed="1002", current=None, reason="the names agree to 20 of 100"
    )
    assert read(explain.history_view(history(suggestions=(doubt,))))[-1] == (
        "2026-11-23 08:00  3    (is it this one?)  Lusha id 1002   in review  the names agree to 20 of 100"
    )


def test_what_a_stranger_typed_into_a_form_moves_no_cursor_and_is_no_markup() -> None:
    nasty = replace(TITLE, after="\x1b[2Jnew\nline [bold]x[/bold]\u202e", outcome="\x1b]0;t\x07")
    text = "".join(read(explain.history_view(history(nasty))))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert "[bold]x[/bold]" in text


def test_one_run_shows_each_record_that_was_asked_for() -> None:
    document = {"run": 3, "kind": "sync", "about": None, "org": "acme", "mapping": "m/contact.yaml", "status": "done"}
    lines = read(explain.records_view(document, ["c1", "c2"], [TITLE]))
    assert lines[:3] == ["run 3 (sync): acme contact, done", "", "Contact c1"]
    assert lines[-2:] == ["record c2", "run 3 changed nothing of it"]


def test_a_document_holds_values_only_where_they_are_asked_for() -> None:
    moved = "Lusha knows this person at another company (Kestrel (UK) Ltd)"
    listed = replace(LISTED, reason=moved)
    found = history(TITLE, replace(MOBILE, outcome="BAD: call +1 555 010 9999"), suggestions=(listed,))
    without, with_values = (explain.history_document(found, values=values) for values in (False, True))
    for value in ("Head of Engines", "+15550100001", "Manager", "Director", "555 010 9999", "Kestrel"):
        assert value not in repr(without)
    assert "reason" not in without["suggestions"][0]
    assert with_values["suggestions"][0]["reason"] == moved
    assert with_values["suggestions"][0]["reason"] == moved
    change = with_values["changes"][0]
    assert (change["before"], change["after"], change["kept"]) == (None, "Head of Engines", True)
    assert with_values["suggestions"][0]["proposed"] == "Director"
    assert without["changes"][0] == {
        "run": 3, "kind": "sync", "written_by": 3, "at": "2026-11-23T08:00:05Z", "field": "Title", "state": "written",
        "outcome": None, "reason": "was blank", "policy": "fill", "attribute": "job_title.title", "stamp": False,
        "lusha_id": "1001", "takes_back": None, "undone_by": None,
        "paid": {"datum": "search", "run": 3, "at": "2026-11-23T08:00:00Z", "credits": 0.04},
    }  # fmt: skip


def test_the_records_of_a_run_are_grouped_and_those_named_are_there() -> None:
    other = replace(TITLE, record="c2")
    documents = explain.records_document(["c3"], [TITLE, other, PHONE], values=False)
    assert [(one["record"], [change["field"] for change in one["changes"]]) for one in documents] == [
        ("c3", []),
        ("c1", ["Title", "Phone"]),
        ("c2", ["Title"]),
    ]


def test_a_sheet_has_a_header_and_a_line_for_each_change() -> None:
    lines = list(sheet.lines([TITLE, replace(MOBILE, before=True, after=5, paid=None)]))
    assert lines[0] == (
        "run,written_by,at,org,object,record,field,before,after,state,outcome,reason,policy,attribute,lusha_id,credits\n"
    )
    assert lines[1:] == [
        "3,3,2026-11-23T08:00:05Z,acme,Contact,c1,Title,,Head of Engines,written,,was blank,fill,job_title.title,"
        "1001,0.04\n",
        "3,7,2026-11-23T08:00:05Z,acme,Contact,c1,Mobile,true,5,rejected,TOO_LONG: 255,was blank,fill,"
        "phones[0].number,1001,\n",
    ]


def test_a_sheet_is_written_as_the_changes_come() -> None:
    def changes() -> Any:
        yield TITLE
        raise AssertionError("read ahead")

    lines = sheet.lines(changes())
    assert (next(lines)[:4], next(lines)[:4]) == ("run,", "3,3,")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("+", "'+"),
        ("+15550100001", "+15550100001"),
        ("+1 (555) 010-0001", "+1 (555) 010-0001"),
        ("+1 555 010 0001 ext. 7", "'+1 555 010 0001 ext. 7"),
        ("VP = boss", "VP = boss"),
        (-5, "-5"),
        (False, "false"),
        (None, ""),
    ],
)
def test_no_cell_is_a_formula_and_a_phone_number_stays_one(value: Value, cell: str) -> None:
    assert sheet.safe(value) == cell


@given(st.text())
def test_whatever_the_text_is_a_cell_begins_like_no_formula_and_loses_nothing(text: str) -> None:
    cell = sheet.safe(text)
    assert cell in (text, f"'{text}")
    assert not cell.startswith(("=", "-", "@", "\t", "\r"))
    assert not cell.startswith("+") or not any(char.isalpha() for char in cell)
