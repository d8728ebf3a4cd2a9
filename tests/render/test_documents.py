"""What machines read: one document each, with what went wrong in it, and nobody named."""

from __future__ import annotations

from connector.errors import BudgetExhausted, ConfigError, ConnectorError
from connector.render.documents import failure, run_detail, with_error
from connector.store.journal import Group
from connector.store.runs import RunRow


def test_a_failure_tells_its_exit_code_its_words_and_what_to_do() -> None:
    assert failure(BudgetExhausted("no room", hint="raise it")) == {"exit": 4, "message": "no room", "hint": "raise it"}
    assert failure(ConnectorError("a bug")) == {"exit": 1, "message": "a bug", "hint": None}


def test_a_document_is_one_with_or_without_an_error() -> None:
    document = {"runs": [1]}
    assert with_error(document, None) == {"runs": [1]}
    told = with_error(document, ConfigError("wrong"))
    assert told == {"runs": [1], "error": {"exit": 2, "message": "wrong", "hint": None}}
    assert document == {"runs": [1]}


def test_a_run_groups_its_changes_and_shows_no_value() -> None:
    row = RunRow(12, "acme", "m.yaml", "done", "s", "e", {"read": 3, "notes": {"n": 1}, "status": "old"}, None)
    groups = [
        Group("Phone", "rejected", "BAD: not like this, call +1 555 010 9999", 1),
        Group("Phone", "rejected", "merged into 88000000001", 1),
        Group("Phone", "written", "was blank", 1),
        Group("Title", "written", "was blank", 2),
    ]
    document = run_detail(row, groups, {"Email": 1, "Title": 2})
    assert document == {
        "read": 3,
        "notes": {"n": 1},
        "run": 12,
        "kind": "sync",
        "about": None,
        "org": "acme",
        "mapping": "m.yaml",
        "status": "done",
        "started_at": "s",
        "ended_at": "e",
        "error": None,
        "changes": [
            {"field": "Phone", "state": "rejected", "why": "BAD: not like this, call ***", "changes": 1},
            {"field": "Phone", "state": "rejected", "why": "merged into 88000000001", "changes": 1},
            {"field": "Phone", "state": "written", "why": "was blank", "changes": 1},
            {"field": "Title", "state": "written", "why": "was blank", "changes": 2},
        ],
        "suggestions": 3,
        "suggested": {"Email": 1, "Title": 2},
    }


def test_a_run_that_died_has_a_document_too() -> None:
    row = RunRow(12, "acme", "m.yaml", "interrupted", "s", None, {}, "the process died")
    document = run_detail(row, [], {})
    assert (document["notes"], document["changes"], document["error"]) == ({}, [], "the process died")
