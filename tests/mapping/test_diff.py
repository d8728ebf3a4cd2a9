"""What one record would get: applied once it is nothing, and never more than the policies and the job allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.config.settings import FieldRule, MappingSettings, Match, Policy, Select
from connector.lusha.attributes import own_view
from connector.mapping.compile import CompiledMapping, compile_mapping
from connector.mapping.diff import Diff, Note, Situation, diff, wanted
from connector.models import Change, FieldInfo, Profile, Record, Value, Written, is_blank
from tests.engine.house import CONTACT, FIELDS, STAMPS, person, row

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SITUATION = Situation(moved=False, first=False, phones=True, answered=NOW)
SCHEMA = {**CONTACT, "Country": FieldInfo("Country", "Country", "text", length=40)}
RULES = {
    **FIELDS,
    "Seniority": FieldRule("job_title.seniority"),
    "Country": FieldRule("location.country"),
}
PLACEHOLDERS = ("", "  ", "Unknown", "N/A", "[not provided]", "-", "null", None)


def compiled(
    fields: dict[str, FieldRule] | None = None, *, match: Match | None = None, stamps: dict[str, str] | None = None
) -> CompiledMapping:
    file = Path("contact.yaml")
    stamp = dict(STAMPS) if stamps is None else stamps
    setting = MappingSettings(
        "contact.yaml", file, "fake", "Contact", "person", ({"email": "Email"},), Select(), match or Match(),
        fields or RULES, stamp,
    )  # fmt: skip
    return compile_mapping(setting, SCHEMA, opted_out=["OptedOut"], do_not_call=["DoNotCall"])


def with_policy(policy: Policy, *names: str) -> dict[str, FieldRule]:
    return {name: replace(rule, policy=policy) if name in (names or RULES) else rule for name, rule in RULES.items()}


def profile(**more: Any) -> Profile:
    attributes = {**person().attributes, **more}
    return Profile("person", "1001", {name: value for name, value in attributes.items() if value is not None})


def record(**values: Value) -> Record:
    return Record("c00001", {**row(), "Country": None, **values})


def mapped(found: Diff) -> dict[str, Value]:
    return {change.field: change.after for change in found.changes if not change.stamp}


def test_each_change_says_what_was_why_and_from_where() -> None:
    found = diff(compiled(), record(Phone="+1 555 010 7777"), profile(), {}, SITUATION)
    assert found.changes == (
        Change("Title", None, "Head of Engines", "was blank", "job_title.title", "refresh"),
        Change("Email", None, "ada1@acme.example", "was blank", "emails[?type=='work'] | [0].email", "fill"),
        Change(
            "MobilePhone", None, "+15550110001", "was blank",
            "phones[?type=='mobile' && !do_not_call] | [0].number", "fill",
        ),
        Change("Country", None, "United States", "was blank", "location.country", "fill"),
        Change("Lusha_Id", None, "1001", "stamp", "id", "stamp", stamp=True),
        Change("Enriched", None, "2026-11-23T08:00:00Z", "stamp", "enriched_at", "stamp", stamp=True),
    )  # fmt: skip
    assert found.notes == (Note("Seniority", "'Director' is not an option of Seniority"),)
    assert found.suggestions == ()


def test_nothing_new_is_no_change_and_no_stamp() -> None:
    full = {
        "Title": "Head  of engines",
        "Email": "ADA1@acme.example",
        "Phone": "1 (555) 010-0001",
        "MobilePhone": "+1-555-011-0001",
        "Country": "x",
        "Lusha_Id": "1001",
        "Enriched": "2026-01-01T00:00:00.000+0000",
    }
    fields = {**with_policy("overwrite", "Title", "Email", "Phone", "MobilePhone")}
    del fields["Seniority"]
    assert diff(compiled(fields), record(**full), profile(), {}, SITUATION) == Diff()


def test_the_first_match_is_stamped_even_where_no_field_changes() -> None:
    fields = {"Title": RULES["Title"]}
    found = diff(compiled(fields), record(Title="Typed"), profile(), {}, replace(SITUATION, first=True))
    assert [(change.field, change.stamp) for change in found.changes] == [("Lusha_Id", True), ("Enriched", True)]


def test_how_the_attempt_ended_can_be_stamped() -> None:
    schema_stamps = {"Lusha_Id": "outcome"}
    found = diff(compiled(stamps=schema_stamps), record(), profile(), {}, SITUATION)
    assert found.changes[-1] == Change("Lusha_Id", None, "matched", "stamp", "outcome", "stamp", stamp=True)


def test_a_do_not_call_record_keeps_its_phones() -> None:
    quiet = replace(SITUATION, phones=False)
    found = diff(compiled(with_policy("overwrite")), record(), profile(), {}, quiet)
    assert set(mapped(found)) == {"Title", "Email", "Country"}
    assert "phones" not in wanted(compiled(), record(), {}, quiet)


def test_a_do_not_call_number_is_never_written() -> None:
    numbers = [{"number": "+15550100001", "type": "mobile", "do_not_call": True}]
    assert "Phone" not in mapped(diff(compiled(), record(), profile(phones=numbers), {}, SITUATION))


def test_a_suggestion_is_never_a_change() -> None:
    found = diff(compiled(with_policy("suggest")), record(Title="Typed"), profile(), {}, SITUATION)
    assert found.changes == ()
    assert [(s.field, s.before, s.after, s.reason) for s in found.suggestions if s.field == "Title"] == [
        ("Title", "Typed", "Head of Engines", "suggested")
    ]


@pytest.mark.parametrize(
    ("choice", "written", "suggested"),
    [
        ("suggest", {"MobilePhone", "Country"}, {"Title", "Email", "Phone"}),
        ("update", {"Title", "Email", "Phone", "MobilePhone", "Country"}, set()),
        ("skip", set(), set()),
    ],
)
def test_what_a_job_change_writes(choice: Any, written: set[str], suggested: set[str]) -> None:
    fields = {name: rule for name, rule in RULES.items() if name != "Seniority"}
    mapping = compiled(fields, match=Match(on_job_change=choice))
    found = diff(mapping, record(), profile(), {}, replace(SITUATION, moved=True))
    assert set(mapped(found)) == written
    assert {change.field for change in found.suggestions} == suggested
    words = "Lusha knows this person at another company (Acme)"
    assert {change.reason for change in found.suggestions} <= {words}


def test_after_a_job_change_nothing_is_bought_for_the_review_list() -> None:
    away = replace(SITUATION, moved=True)
    assert wanted(compiled({"Email": RULES["Email"]}), record(), {}, away) == frozenset()
    assert wanted(compiled(), record(), {}, away) == {"phones", "preview"}
    assert wanted(compiled(match=Match(on_job_change="skip")), record(), {}, away) == frozenset()
    assert "emails" in wanted(compiled(match=Match(on_job_change="update")), record(), {}, away)


def test_only_what_a_field_could_be_given_is_wanted() -> None:
    full = record(Title="x", Email="e@acme.example", Phone="1", MobilePhone="2", Seniority="Manager", Country="x")
    assert wanted(compiled(), full, {}, SITUATION) == frozenset()
    assert wanted(compiled(), replace(full, values={**full.values, "Email": " "}), {}, SITUATION) == {"emails"}
    assert wanted(compiled(), full, {"Title": Written("x")}, SITUATION) == {"preview"}
    assert wanted(compiled(with_policy("overwrite", "Phone")), full, {}, SITUATION) == {"phones"}
    assert wanted(compiled(with_policy("suggest", "Email")), full, {}, SITUATION) == {"emails"}


POLICIES: st.SearchStrategy[Policy] = st.sampled_from(("fill", "refresh", "overwrite", "suggest"))
TEXTS = st.one_of(
    st.sampled_from(PLACEHOLDERS), st.sampled_from(["VP", "vp ", "Head of Engines"]), st.text(max_size=12)
)
NUMBERS = st.sampled_from(
    [None, "", "Unknown", "+1 415 555 0100", "(415) 555-0100", "4155550100", "+44 7700 900123", "07700 900123", "12"]
)
MAILS = st.sampled_from([None, "", "n/a", "ada1@acme.example", "ADA1@ACME.example", "no address"])
KINDS = st.sampled_from(["mobile", "direct", "work", "private", "unknown"])


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    attributes: dict[str, Any] = {
        "job_title": {"title": draw(TEXTS), "seniority": draw(st.sampled_from(["Manager", "manager", "Chief", None]))},
        "emails": [{"email": draw(MAILS), "type": draw(KINDS)} for _ in range(draw(st.integers(0, 2)))],
        "phones": [
            {"number": draw(NUMBERS), "type": draw(KINDS), "do_not_call": draw(st.booleans())}
            for _ in range(draw(st.integers(0, 3)))
        ],
        "location": {"country": draw(TEXTS), "country_iso2": draw(st.sampled_from(["US", "GB", None]))},
        "company": {"name": "Globex"},
    }
    return Profile("person", "1001", attributes)


@st.composite
def cases(draw: st.DrawFn) -> tuple[CompiledMapping, Record, Profile, dict[str, Written], Situation]:
    values: dict[str, Value] = {
        "Title": draw(TEXTS),
        "Email": draw(MAILS),
        "Phone": draw(NUMBERS),
        "MobilePhone": draw(NUMBERS),
        "Seniority": draw(st.sampled_from([None, "", "Manager", "Typed"])),
        "Country": draw(TEXTS),
    }
    kept = draw(st.sets(st.sampled_from(sorted(values))))
    last = {name: Written(draw(st.sampled_from([values[name], "VP", "+14155550100"]))) for name in sorted(kept)}
    fields = {name: replace(rule, policy=draw(POLICIES)) for name, rule in RULES.items()}
    match = Match(on_job_change=draw(st.sampled_from(["suggest", "update", "skip"])))
    situation = Situation(draw(st.booleans()), draw(st.booleans()), draw(st.booleans()), NOW)
    return compiled(fields, match=match), record(**values), draw(profiles()), last, situation


@settings(max_examples=200, deadline=None)
@given(cases())
def test_what_was_applied_is_not_found_again(
    case: tuple[CompiledMapping, Record, Profile, dict[str, Written], Situation],
) -> None:
    mapping, before, answer, last, situation = case
    found = diff(mapping, before, answer, last, situation)
    written = {change.field: change.after for change in found.changes}
    after = Record(before.id, {**before.values, **written})
    ours = {name: Written(value) for name, value in written.items()}
    again = diff(mapping, after, answer, {**last, **ours}, replace(situation, first=False))
    assert again.changes == ()


@settings(max_examples=200, deadline=None)
@given(cases())
def test_a_diff_keeps_its_promises(
    case: tuple[CompiledMapping, Record, Profile, dict[str, Written], Situation],
) -> None:
    mapping, before, answer, last, situation = case
    found = diff(mapping, before, answer, last, situation)
    rules = mapping.settings.fields
    for change in (*found.changes, *found.suggestions):
        assert change.before == before.values.get(change.field)
        assert not is_blank(change.after)
        assert change.after not in PLACEHOLDERS
    for change in found.changes:
        if change.stamp:
            continue
        policy = rules[change.field].policy
        assert policy != "suggest"
        assert policy == "overwrite" or is_blank(change.before) or change.field in last
        assert policy != "fill" or is_blank(change.before)
        assert situation.phones or change.field not in ("Phone", "MobilePhone")
    fields = [change for change in found.changes if not change.stamp]
    assert situation.first or bool(fields) == bool(found.changes)
    assert len({change.field for change in found.changes}) == len(found.changes)
    _assert_own(mapping, answer, fields, situation)


def _assert_own(mapping: CompiledMapping, answer: Profile, changes: list[Change], situation: Situation) -> None:
    """After a job change ``suggest`` writes only what stays true, and ``skip`` nothing."""
    choice = mapping.settings.match.on_job_change
    if not situation.moved or choice == "update":
        return
    own = own_view(answer.attributes)
    paths = {field.name: field.path for field in mapping.fields}
    for change in changes:
        assert choice == "suggest"
        assert paths[change.field].search(own) == paths[change.field].search(answer.attributes)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_everything_that_a_change_came_from_had_been_wanted(
    case: tuple[CompiledMapping, Record, Profile, dict[str, Written], Situation],
) -> None:
    mapping, before, answer, last, situation = case
    needed = wanted(mapping, before, last, situation)
    data = {field.name: field.data for field in mapping.fields}
    for change in diff(mapping, before, answer, last, situation).changes:
        assert change.stamp or data[change.field] <= needed
