"""What people read, word for word, on 120 columns without colours."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console, RenderableType

from connector.errors import ConfigError, GuardRefused
from connector.render import text
from connector.store.runs import RunRow

REPORT: dict[str, Any] = {
    "run": 12, "org": "acme", "mapping": "mappings/salesforce/contact.yaml", "status": "done", "read": 12_345,
    "due": 1_234, "matched": 1_000, "no_match": 200, "suppressed": 0, "no_identity": 34, "left": 0, "changed": 993,
    "written": 990, "fields_written": 3_456, "stamps_written": 1_980, "unchanged": 7, "conflicts": 0, "rejected": 3,
    "suggested": 0, "credits": {"reserved": 7_000, "charged": 6_789, "balance": 1},
}  # fmt: skip
FORECAST: dict[str, Any] = {
    "org": "acme", "mapping": "mappings/salesforce/contact.yaml", "read": 12_345, "due": 1_234, "suppressed": 2,
    "no_identity": 3, "searches": 1_200, "known": 10, "blank": {"Title": 34, "Phone": 0, "Email": 5},
    "credits": {"search": 48, "reveal": 7_200, "worst_case": 7_248, "budget": None},
}  # fmt: skip


def shown(view: RenderableType, width: int = 120) -> list[str]:
    """The lines as a terminal without colours shows them, less trailing spaces."""
    out = io.StringIO()
    Console(file=out, width=width).print(view, highlight=False)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_a_summary_has_a_row_for_each_run_and_thousands_apart() -> None:
    second = {**REPORT, "org": "beta", "mapping": "company.yaml", "status": "stopped", "no_identity": 0, "left": 34}
    assert shown(text.sync_summary([REPORT, second], {})) == [
        "org   mapping    read    due  matched  no match  written  fields  left  problems  credits  status",
        "acme  contact  12,345  1,234    1,000       200      990   3,456     0         3    6,789  done",
        "beta  company  12,345  1,234    1,000       200      990   3,456    34         3    6,789  stopped",
        "acme contact: 34 records with nothing to identify them by",
        "acme contact: 3 records refused by the CRM, at least in part, or deleted: lusha-sync show 12",
        "beta company: 3 records refused by the CRM, at least in part, or deleted: lusha-sync show 12",
    ]


def test_what_needs_attention_is_said_in_sentences() -> None:
    report = {**REPORT, "no_identity": 2, "suppressed": 3, "suggested": 4, "conflicts": 5}
    assert shown(text.sync_summary([report], {}))[2:] == [
        "acme contact: 2 records with nothing to identify them by",
        "acme contact: 3 records kept out by consent or law",
        "acme contact: 4 values on the review list (lusha-sync review)",
        "acme contact: 5 records changed in the CRM meanwhile, left alone",
        "acme contact: 3 records refused by the CRM, at least in part, or deleted: lusha-sync show 12",
    ]


def test_numbers_in_sentences_have_their_thousands_apart_too() -> None:
    report = {**REPORT, "no_identity": 1_034, "suppressed": 1_035, "suggested": 1_036, "conflicts": 1_037}
    lines = "\n".join(shown(text.sync_summary([report], {"LOCKED: try later": 1_038})))
    assert [number for number in ("1,034", "1,035", "1,036", "1,037", "1,038") if number not in lines] == []


def test_blank_fields_have_their_thousands_apart_too() -> None:
    lines = shown(text.plan_summary([{**FORECAST, "blank": {"Title": 1_234}}]))
    assert "acme contact  blank: Title 1,234" in lines


def test_notes_are_grouped_most_frequent_first_and_long_ones_stay_whole() -> None:
    long = "FIELD_CUSTOM_VALIDATION_EXCEPTION: " + " ".join(f"word{n}" for n in range(40))
    quiet = {**REPORT, "no_identity": 0, "rejected": 0}
    lines = shown(text.sync_summary([quiet], {"b: [second]": 7, "a: first": 7, long: 12}))[2:]
    assert lines[0].startswith("    12 × FIELD_CUSTOM_VALIDATION_EXCEPTION: word0 ")
    assert lines[-2:] == ["     7 × a: first", "     7 × b: [second]"]
    assert " ".join(lines[:-2]).split() == f"12 × {long}".split()


def test_names_with_brackets_are_shown_as_they_are() -> None:
    report = {**REPORT, "mapping": "mappings/contact[new].yaml"}
    assert "contact[new]" in shown(text.sync_summary([report], {}))[1]
    assert "contact[new]" in shown(text.plan_summary([{**FORECAST, "mapping": "contact[new].yaml"}]))[1]


def test_a_plan_says_who_is_due_and_what_it_costs_at_worst() -> None:
    assert shown(text.plan_summary([FORECAST])) == [
        "org   mapping    read    due  no identity  suppressed  known  to search  credits at worst  budget left",
        "acme  contact  12,345  1,234            3           2     10      1,200             7,248     no limit",
        "acme contact  blank: Title 34, Email 5",
        "Nothing was bought or written. Next: lusha-sync sync",
    ]


def test_a_plan_that_the_budget_does_not_cover_says_so() -> None:
    words = "  the budget does not cover the worst case: the run will stop there and can be resumed"
    for budget, told in ((7_247, True), (7_248, False)):
        lines = shown(text.plan_summary([{**FORECAST, "credits": {**FORECAST["credits"], "budget": budget}}]))
        assert (words in lines) == told
        assert f"{budget:,}" in lines[1]


def test_the_list_of_runs_shows_also_those_that_never_ended() -> None:
    rows = [
        RunRow(13, "acme", "mappings/contact.yaml", "running", "2026-11-23T08:00:00Z", None, {}, None),
        RunRow(12, "acme", "mappings/contact.yaml", "done", "2026-11-23T07:00:00Z", "x", REPORT, None, "apply", 7),
        RunRow(11, "acme", "mappings/contact.yaml", "done", "2026-11-23T06:00:00Z", "x", REPORT, None, "review", 7),
    ]
    assert shown(text.run_list(rows)) == [
        "run  kind     started               org   mapping  status     due  written  fields  credits",
        "13   sync     2026-11-23T08:00:00Z  acme  contact  running      0        0       0        0",
        "12   apply 7  2026-11-23T07:00:00Z  acme  contact  done     1,234      990   3,456    6,789",
        "11   review   2026-11-23T06:00:00Z  acme  contact  done     1,234      990   3,456    6,789",
    ]


def test_one_run_shows_its_changes_by_cause_and_why_it_ended() -> None:
    changes = [
        {"field": "Phone", "state": "rejected", "why": "BAD: [x] not like this", "changes": 1_200},
        {"field": "Title", "state": "rejected", "why": "BAD: [x] not like this", "changes": 7},
        {"field": "Title", "state": "written", "why": "was blank", "changes": 3},
    ]
    document = {**REPORT, "kind": "undo", "about": 7, "status": "failed", "changes": changes,
                "suggestions": 1_202, "suggested": {"Email": 2, "Title": 1_200}, "error": "no [way]",
                "notes": {"n: m": 1}}  # fmt: skip
    assert shown(text.run_detail(document)) == [
        "run 12 (undo 7): acme contact, failed",
        "state     changes  why                     fields",
        "rejected    1,207  BAD: [x] not like this  Phone 1,200, Title 7",
        "written         3  was blank               Title 3",
        "1,202 values put on the review list: Email 2, Title 1,200",
        "no [way]",
        "     1 × n: m",
    ]


def test_the_status_of_an_org_that_never_ran_and_of_one_that_did() -> None:
    never = {"org": "beta", "crm": "hubspot", "last_run": None, "status": None, "records": 0, "matched": 0,
             "no_match": 0, "credits_today": 0, "credits_month": 0, "balance": None}  # fmt: skip
    ran = {**never, "org": "acme", "last_run": "2026-11-23T08:00:00Z", "status": "done", "records": 1_234,
           "balance": 98_765}  # fmt: skip
    lines = shown(text.status_table([ran, never]), 160)
    assert lines[1].split() == [
        "acme", "hubspot", "2026-11-23T08:00:00Z", "done", "1,234", "0", "0", "0", "0", "98,765",
    ]  # fmt: skip
    assert lines[2].split() == ["beta", "hubspot", "never", "0", "0", "0", "0", "0", "unknown"]


def test_fill_rates_name_their_mapping_once() -> None:
    fields = {"Title": {"before": 0.405, "after": 0.905}, "Phone": {"before": 0.25, "after": 0.25}}
    lines = shown(text.fill_table([{"org": "acme", "mapping": "mappings/contact.yaml", "fields": fields}]))
    assert lines[:3] == [
        "org   mapping  field  before  after  gain",
        "acme  contact  Title     40%    90%  +50%",
        "               Phone     25%    25%",
    ]


def test_a_problem_says_what_and_what_to_do() -> None:
    assert shown(text.problem(GuardRefused("run 1 would [replace] all", hint="look [at] it"))) == [
        "error: run 1 would [replace] all",
        "  → look [at] it",
    ]
    assert shown(text.problem(ConfigError("config.yaml", problems=["a:1: x", "a:2: y"]))) == [
        "error: config.yaml",
        "a:1: x",
        "a:2: y",
    ]


def test_no_column_is_cut_on_120_columns() -> None:
    large = {**REPORT, "org": "north-america", "mapping": "mappings/opportunity-contact.yaml",
             "status": "interrupted"}  # fmt: skip
    lines = shown(text.sync_summary([large], {}))
    assert "…" not in "".join(lines)
    assert max(map(len, lines)) <= 120


def test_a_bought_plan_says_how_to_write_it() -> None:
    lines = shown(text.bought_plans([{**REPORT, "written": 0}, {**REPORT, "run": 13, "changed": 1}], {}))
    assert lines[-3:] == [
        "acme contact  plan 12: changes for 993 records. Next: lusha-sync apply 12",
        "acme contact  plan 13: changes for 1 record. Next: lusha-sync apply 13",
        "Nothing was written to the CRM.",
    ]
    assert shown(text.bought_plans([{**REPORT, "changed": 0}], {}))[-2:] == [
        "No changes to write.",
        "Nothing was written to the CRM.",
    ]


def test_an_undo_says_what_it_restored_and_left_and_how_to_take_it_back() -> None:
    whole = {**REPORT, "conflicts": 0, "rejected": 0, "written": 1, "fields_written": 1}
    assert shown(text.undo_summary([whole], {})) == [
        "acme contact: 1 field of 1 record restored",
        "To take that back: lusha-sync undo 12",
    ]
    part = {**REPORT, "conflicts": 1_000, "rejected": 3}
    assert shown(text.undo_summary([part], {"nothing": 2})) == [
        "acme contact: 3,456 fields of 990 records restored, 1,003 records left in part: show 12 says why",
        "To take that back: lusha-sync undo 12",
        "     2 × nothing",
    ]
    assert shown(text.undo_summary([{**whole, "written": 0, "fields_written": 0}], {})) == [
        "acme contact: 0 fields of 0 records restored"
    ]
