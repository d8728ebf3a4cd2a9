"""What stands beside a found e-mail or number: its day, and whether it may be called."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connector.mapping.conform import Unfit
from connector.mapping.entries import DO_NOT_CALL, day_of, permitted
from connector.mapping.paths import compile_path

MAILS = [
    {"email": "Jane@Acme.example", "type": "work", "update_date": "2026-05-02"},
    {"email": "jane@home.example", "type": "private", "update_date": "2025-01-31"},
]
PHONES = [
    {"number": "+44 20 7946 0123", "type": "work", "do_not_call": False, "update_date": "2026-03-01"},
    {"number": "020 7946 0123", "type": "direct", "do_not_call": False, "update_date": "2026-04-01"},
    {"number": "+1 555 010 0001", "type": "mobile", "do_not_call": True},
]
TOLD = {
    "emails": MAILS,
    "phones": PHONES,
    "job_title": {"title": "CTO"},
    "location": {"country_iso2": "GB"},
    "update_date": "2024-06-01",
}


@pytest.mark.parametrize(
    ("source", "day"),
    [
        ("emails[?type=='work'] | [0].email", "2026-05-02"),
        ("emails[-1].email", "2025-01-31"),
        ("emails[].email", "2025-01-31"),
        ("phones[0].number", "2026-04-01"),
        ("phones[1].number", "2026-04-01"),
        ("job_title.title", "2024-06-01"),
        ("emails[0].type", "2024-06-01"),
        ("job_title.title || emails[0].email", "2024-06-01"),
        ("social.linkedin || emails[0].email", "2026-05-02"),
    ],
)
def test_the_day_of_a_value(source: str, day: str) -> None:
    assert day_of(compile_path(source), TOLD) == datetime.fromisoformat(day).replace(tzinfo=UTC)


def test_without_a_day_of_its_own_the_profiles_counts_or_none() -> None:
    path = compile_path("emails[].email")
    undated = {**TOLD, "emails": [{"email": "jane@acme.example"}, MAILS[1]]}
    assert day_of(path, undated) == datetime(2024, 6, 1, tzinfo=UTC)
    del undated["update_date"]
    assert day_of(path, undated) is None
    assert day_of(compile_path("emails[1].email"), undated) == datetime(2025, 1, 31, tzinfo=UTC)
    assert day_of(path, {}) is None
    assert day_of(path, {"emails": [{"email": "j@acme.example", "update_date": "2026-05"}]}) is None


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("phones[0].number", "+44 20 7946 0123"),
        ("phones[].number", ["+44 20 7946 0123", "020 7946 0123"]),
        ("phones[?type=='fax'].number", []),
        ("phones[9].number", None),
        ("phones[2].type", "mobile"),
        ("length(phones)", 3),
    ],
)
def test_what_may_be_used(source: str, found: Any) -> None:
    assert permitted(compile_path(source), TOLD) == found


@pytest.mark.parametrize("source", ["phones[2].number", "phones[?do_not_call].number", "join(', ', phones[].number)"])
def test_what_may_not(source: str) -> None:
    with pytest.raises(Unfit, match=DO_NOT_CALL):
        permitted(compile_path(source), TOLD)


def test_one_entry_of_a_number_bars_it_in_every_spelling() -> None:
    twice = {**TOLD, "phones": [*PHONES[:2], {"number": "(020) 7946-0123", "do_not_call": True}]}
    for source in ("phones[0].number", "phones[1].number", "phones[2].number"):
        with pytest.raises(Unfit, match=DO_NOT_CALL):
            permitted(compile_path(source), twice)
