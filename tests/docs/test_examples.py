"""The worked examples of ``docs/mapping.md``, reckoned by the code that writes into CRMs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from connector.config.settings import FieldRule, MappingSettings, Match, Policy, Select
from connector.mapping.compile import compile_mapping
from connector.mapping.conform import Unfit
from connector.mapping.diff import diff
from connector.mapping.entries import permitted
from connector.mapping.paths import compile_path
from connector.mapping.worth import Situation
from connector.models import Change, Edit, FieldInfo, Profile, Record, Written
from tests.docs.blocks import ROOT, blocks

PAGE = ROOT / "docs" / "mapping.md"
TEXT = PAGE.read_text("utf-8")
PROFILE = next(yaml.safe_load(block.text) for block in blocks(PAGE) if block.profile == "person")
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
FIELDS = {
    "Title": FieldInfo("Title", "Title", "text", length=80),
    "MobilePhone": FieldInfo("MobilePhone", "Mobile", "phone"),
    "Email": FieldInfo("Email", "E-mail", "email"),
}


def rows(head: str) -> Iterator[list[str]]:
    """The rows of the table with this head, cells as they read."""
    table = TEXT.split(f"\n{head}\n")[1].partition("\n\n")[0]
    for line in table.splitlines()[1:]:
        yield [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def bare(cell: str) -> str | None:
    return cell.strip("`") or None


@pytest.mark.parametrize(("source", "finds"), list(rows("| `from` | finds |")))
def test_an_expression_finds_what_the_page_says(source: str, finds: str) -> None:
    try:
        found = permitted(compile_path(source.strip("`")), PROFILE)
    except Unfit as unfit:
        assert finds == f"nothing: {unfit.reason}"
    else:
        assert finds == ("nothing" if not found else f"`{found if isinstance(found, str) else _listed(found)}`")


def _listed(items: list[str]) -> str:
    return "[" + ", ".join(f'"{item}"' if item.startswith("+") else item for item in items) + "]"


POLICIES = list(rows("| policy | we last wrote | the CRM holds | edited on | the field afterwards |"))


@pytest.mark.parametrize(("policy", "ours", "held", "edited", "after"), POLICIES)
def test_a_policy_does_what_the_page_says(policy: Any, ours: str, held: str, edited: str, after: str) -> None:
    changes, suggestions = _outcome({"Title": FieldRule("job_title.title", policy.strip("`"))}, ours, held, edited)
    written = changes["Title"].after if "Title" in changes else bare(held)
    proposed = f"; `{suggestions['Title'].after}` is on the review list" if suggestions else ""
    cleared = ": somebody cleared it" if bare(ours) and written is None else ""
    assert after == (f"`{written}`" if written else f"blank{cleared}") + proposed


def test_every_policy_has_an_example() -> None:
    assert {bare(policy) for policy, *_ in POLICIES} == set(get_args(Policy))


@pytest.mark.parametrize(
    ("choice", "job", "own"), list(rows(next(line for line in TEXT.splitlines() if "`on_job_change` |" in line)))
)
def test_a_job_change_does_what_the_page_says(choice: Any, job: str, own: str) -> None:
    rules = {"Title": FieldRule("job_title.title"), "MobilePhone": FieldRule("phones[0].number")}
    changes, suggestions = _outcome(rules, "", "", "", match=Match(on_job_change=choice.strip("`")), moved=True)
    for name, words in (("Title", job), ("MobilePhone", own)):
        assert (name in changes, name in suggestions) == (words == "written by policy", words == "review list")


def _outcome(
    rules: dict[str, FieldRule], ours: str, held: str, edited: str, *, match: Match | None = None, moved: bool = False
) -> tuple[dict[str, Change], dict[str, Change]]:
    """The changes and the suggestions for a record whose title is told, by field."""
    settings = MappingSettings(
        "m.yaml",
        Path("m.yaml"),
        "fake",
        "Contact",
        "person",
        ({"email": "Email"},),
        Select(),
        match or Match(),
        rules,
        {},
    )
    callable_ = [{"number": "+15550100009", "type": "mobile", "do_not_call": False}]
    told = Profile("person", "1", {**PROFILE, "phones": callable_, "update_date": "2026-05-02"})
    edits = {"Title": Edit(datetime.fromisoformat(edited).replace(tzinfo=UTC))} if edited else {}
    situation = Situation(moved=moved, first=False, phones=True, answered=NOW, edits=edits)
    last = {"Title": Written(bare(ours))} if ours else {}
    found = diff(compile_mapping(settings, FIELDS), Record("1", {"Title": bare(held)}), told, last, situation)
    return {one.field: one for one in found.changes}, {one.field: one for one in found.suggestions}
