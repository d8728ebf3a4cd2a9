"""What one record would get: applied once it is nothing, and never more than the policies and the job allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.config.settings import FieldRule, MappingSettings, Match, Policy, Select
from connector.lusha.attributes import own_view
from connector.mapping.compile import CompiledMapping, compile_mapping
from connector.mapping.diff import Diff, Note, diff
from connector.mapping.values import same, untouched
from connector.mapping.worth import Situation, may_be_given, wanted
from connector.models import Change, Edit, FieldInfo, Option, Profile, Record, Value, Written, is_blank
from tests.engine.house import CONTACT, FIELDS, STAMPS, person, row

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SITUATION = Situation(moved=False, first=False, phones=True, answered=NOW)
SCHEMA = {**CONTACT, "Country": FieldInfo("Country", "Country", "text", length=40)}
RULES = {
    **FIELDS,
    "Seniority": FieldRule("job_title.seniority"),
    "Country": FieldRule("location.country"),
}
PLACEHOLDERS = ("", "  ", "Unknown", "N/A", "[not provided]", "-", "null", "test", "Test", None)


def compiled(
    fields: dict[str, FieldRule] | None = None,
    *,
    match: Match | None = None,
    stamps: dict[str, str] | None = None,
    land: FieldInfo = SCHEMA["Country"],
) -> CompiledMapping:
    file = Path("contact.yaml")
    stamp = dict(STAMPS) if stamps is None else stamps
    setting = MappingSettings(
        "contact.yaml", file, "fake", "Contact", "person", ({"email": "Email"},), Select(), match or Match(),
        fields or RULES, stamp,
    )  # fmt: skip
    return compile_mapping(setting, {**SCHEMA, "Country": land}, opted_out=["OptedOut"], do_not_call=["DoNotCall"])


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


def test_what_is_cut_is_told() -> None:
    rule = FieldRule("job_title.title", "newer", on_too_long="cut")
    long = profile(job_title={"title": "Head of Engines and of Everything that Turns"}, update_date="2026-11-01")
    edits = {"Title": Edit(datetime(2026, 1, 1, tzinfo=UTC))}
    words = "cut to the field's 40 characters"
    for before, situation in ((None, SITUATION), ("Typed", replace(SITUATION, edits=edits))):
        found = diff(compiled({"Title": rule}), record(Title=before), long, {}, situation)
        assert found.notes == (Note("Title", words),)
        assert found.changes[0].after == "Head of Engines and of Everything that"
        assert found.changes[0].reason.endswith(f", {words}")
    short = diff(compiled({"Title": rule}), record(), profile(), {}, SITUATION)
    assert (short.changes[0].reason, short.notes) == ("was blank", ())


def test_the_options_of_a_list_are_written_and_that_others_were_left_out_is_told() -> None:
    several = FieldInfo(
        "Country", "Tags", "multipicklist", options=(Option("a", "A"), Option("b", "B")), restricted=True
    )
    rules = {"Country": FieldRule("job_title.departments")}
    words = "without the words that are no options of it"
    for told, after, left in ((["B", "Z", "A"], "b;a", True), (["A"], "a", False)):
        found = diff(compiled(rules, land=several), record(), profile(job_title={"departments": told}), {}, SITUATION)
        assert found.changes[0].after == after
        assert found.notes == ((Note("Country", words),) if left else ())
        assert found.changes[0].reason == ("was blank" + f", {words}" * left)


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


@pytest.mark.parametrize("policy", get_args(Policy))
@pytest.mark.parametrize("current", [None, "Typed", "VP"])
@pytest.mark.parametrize("nothing", PLACEHOLDERS)
def test_what_says_nothing_replaces_nothing(policy: Policy, current: Value, nothing: Any) -> None:
    mapping = compiled(with_policy(policy, "Title", "Country"), stamps={})
    told = profile(job_title={"title": nothing}, location={"country": nothing}, update_date="2026-11-01")
    now = record(Title=current, Country=current, Email="x", Phone="x", MobilePhone="x")
    edits = {name: Edit(NOW - timedelta(days=99)) for name in RULES}
    for last in ({}, {"Title": Written("VP"), "Country": Written("VP")}):
        found = diff(mapping, now, told, last, replace(SITUATION, edits=edits))
        assert found == Diff()


@pytest.mark.parametrize("policy", get_args(Policy))
def test_what_is_equal_after_normalisation_replaces_nothing(policy: Policy) -> None:
    fields = with_policy(policy)
    del fields["Seniority"]
    now = record(
        Title=" head of  ENGINES", Email="ADA1@Acme.example", Phone="1 (555) 010-0001", MobilePhone="+1-555-011-0001",
        Country="united states",
    )  # fmt: skip
    situation = replace(SITUATION, edits=dict.fromkeys(fields, Edit(NOW - timedelta(days=99))))
    found = diff(compiled(fields), now, profile(update_date="2026-11-01"), {}, situation)
    assert found == Diff()


CALLABLE = {"number": "+15550100002", "type": "direct", "do_not_call": False, "update_date": "2026-11-01"}
BARRED = {"number": "+15550100001", "type": "mobile", "do_not_call": True, "update_date": "2026-11-01"}
BAR_NOTE = Note("Phone", "the number is marked do not call")


ONE_COUNTRY = {"Country": FieldRule("location.country", "overwrite", (("country", None),))}


@pytest.mark.parametrize("typed", ["USA", "us", "U.S.", "United States", "  the united states of america"])
def test_a_country_in_another_spelling_is_no_change(typed: str) -> None:
    assert mapped(diff(compiled(ONE_COUNTRY), record(Country=typed), profile(), {}, SITUATION)) == {}
    assert mapped(diff(compiled(ONE_COUNTRY), record(Country="Mexico"), profile(), {}, SITUATION)) == {
        "Country": "United States"
    }


def test_a_country_that_somebody_respelled_is_theirs() -> None:
    """No change while Lusha says the same, and not ours to refresh once it says otherwise."""
    rules = {"Country": replace(ONE_COUNTRY["Country"], policy="refresh")}
    last = {"Country": Written("United States")}
    moved = profile(location={"country": "Canada", "country_iso2": "CA"})
    assert mapped(diff(compiled(rules), record(Country="USA"), moved, last, SITUATION)) == {}
    assert mapped(diff(compiled(rules), record(Country="United States"), moved, last, SITUATION)) == {
        "Country": "Canada"
    }


def test_a_picklist_of_countries_takes_its_own_option_without_being_told() -> None:
    options = (Option("USA", "U.S.A."), Option("CAN", "Canada"))
    land = FieldInfo("Country", "Country", "picklist", options=options, restricted=True)
    found = diff(compiled({"Country": FieldRule("location.country")}, land=land), record(), profile(), {}, SITUATION)
    assert mapped(found) == {"Country": "USA"}


def test_a_national_number_is_read_by_the_records_country_where_lusha_tells_none() -> None:
    rules = {"Country": FieldRule("location.country"), "Phone": FieldRule("phones[0].number")}
    told = profile(phones=[{"number": "020 7946 0123", "type": "work"}], location=None)
    found = diff(compiled(rules), record(Country="United Kingdom", Phone=None), told, {}, SITUATION)
    assert mapped(found) == {"Phone": "+442079460123"}
    land = FieldInfo("Country", "Country", "picklist", options=(Option("c17", "United Kingdom"),), restricted=True)
    found = diff(compiled(rules, land=land), record(Country="c17", Phone=None), told, {}, SITUATION)
    assert mapped(found) == {"Phone": "+442079460123"}
    assert diff(compiled(rules), record(Phone=None), told, {}, SITUATION).notes == (
        Note("Phone", "no country to read a national number by"),
    )


def test_a_number_in_a_text_field_is_compared_as_a_number() -> None:
    rules = {"Title": FieldRule("phones[0].number", "overwrite", (("phone", None),))}
    told = profile(phones=[{"number": "+15550109999", "type": "work"}])
    for typed in ("+1 (555) 010-9999", "(555) 010-9999", "001 555 010 9999"):
        assert mapped(diff(compiled(rules), record(Title=typed), told, {}, SITUATION)) == {}


def numbers(source: str, *phones: dict[str, Any], policy: Policy = "fill", current: Value = None) -> Diff:
    mapping = compiled({"Phone": FieldRule(source, policy)}, stamps={})
    situation = replace(SITUATION, edits={"Phone": Edit(NOW - timedelta(days=99))})
    last = {} if policy != "refresh" else {"Phone": Written(current)}
    return diff(mapping, record(Phone=current), profile(phones=list(phones)), last, situation)


@pytest.mark.parametrize("policy", get_args(Policy))
def test_a_number_that_is_not_to_be_called_is_used_under_no_policy(policy: Policy) -> None:
    current = None if policy == "fill" else "+15550109999"
    found = numbers("phones[0].number", BARRED, CALLABLE, policy=policy, current=current)
    assert found == Diff(notes=(BAR_NOTE,))


@pytest.mark.parametrize(
    ("source", "phones", "after"),
    [
        ("phones[0].number", [CALLABLE, BARRED], "+15550100002"),
        ("phones[].number", [BARRED, CALLABLE], "+15550100002"),
        ("phones[].number", [BARRED], None),
        ("phones[?type=='mobile'] | [0].number", [CALLABLE, BARRED], None),
        ("phones[?!do_not_call] | [0].number", [{**CALLABLE, "number": "+1 (555) 010-0001"}, BARRED], None),
        ("phones[?!do_not_call] | [0].number", [{**CALLABLE, "number": "555-010-0001"}, BARRED], None),
        ("join('; ', phones[].number)", [CALLABLE, BARRED], None),
        ("to_string(phones[0].number)", [BARRED], None),
        ("phones[0].number || social.linkedin", [BARRED], None),
    ],
)
def test_a_barred_number_is_found_by_its_value(source: str, phones: list[dict[str, Any]], after: str | None) -> None:
    found = numbers(source, *phones)
    assert [change.after for change in found.changes] == ([after] if after else [])
    assert found.notes == (() if after else (BAR_NOTE,))


def test_no_phone_at_all_is_no_barred_one() -> None:
    assert numbers("phones[0].number") == Diff()


def test_a_stamp_holds_no_barred_number_either() -> None:
    mapping = compiled({"Title": RULES["Title"]}, stamps={"Lusha_Id": "phones[0].number"})
    found = diff(mapping, record(), profile(phones=[BARRED]), {}, SITUATION)
    assert [change.field for change in found.changes] == ["Title"]
    assert found.notes == (Note("Lusha_Id", "the number is marked do not call"),)


TAKEN_BACK = {name: Written("VP", tombstone=True) for name in (*RULES, *STAMPS)}


@pytest.mark.parametrize("policy", [policy for policy in get_args(Policy) if policy != "suggest"])
@pytest.mark.parametrize("current", [None, "VP", "Typed"])
def test_what_undo_took_back_is_not_written_nor_bought_again(policy: Policy, current: Value) -> None:
    mapping, now = compiled(with_policy(policy)), record(Title=current, Email=current)
    edits = dict.fromkeys(RULES, Edit(NOW - timedelta(days=9999)))
    situation = replace(SITUATION, first=True, edits=edits)
    assert diff(mapping, now, profile(update_date="2026-11-01"), TAKEN_BACK, situation) == Diff()
    assert wanted(mapping, now, TAKEN_BACK, SITUATION) == frozenset()
    assert not any(may_be_given(mapping, name, now, TAKEN_BACK, SITUATION) for name in RULES)


def test_what_undo_took_back_may_still_be_proposed() -> None:
    by_policy = diff(compiled(with_policy("suggest", "Title")), record(), profile(), TAKEN_BACK, SITUATION)
    assert [change.field for change in by_policy.suggestions] == ["Title"]
    moved = diff(compiled(), record(), profile(), TAKEN_BACK, replace(SITUATION, moved=True))
    assert {change.field for change in moved.suggestions} == {"Title", "Email", "Phone"}
    assert moved.changes == ()


def test_a_stamp_that_was_taken_back_stays_so_beside_others() -> None:
    last = {"Lusha_Id": Written("1001", tombstone=True)}
    fields = {"Title": RULES["Title"]}
    found = diff(compiled(fields), record(), profile(), last, SITUATION)
    assert [change.field for change in found.changes] == ["Title", "Enriched"]
    stamped = record(Title="Typed", Enriched="2026-01-01T00:00:00Z")
    assert diff(compiled(fields), stamped, profile(), last, replace(SITUATION, first=True)) == Diff()


def title_from(told: dict[str, Any], edits: dict[str, Edit] | None, **more: Any) -> Diff:
    mapping = compiled({"Title": FieldRule("job_title.title", "newer")}, stamps={})
    now = more.pop("now", record(Title="Typed"))
    return diff(mapping, now, profile(**told), more.pop("last", {}), replace(SITUATION, edits=edits, **more))


def edited(day: str) -> dict[str, Edit]:
    return {"Title": Edit(datetime.fromisoformat(day).replace(tzinfo=UTC))}


DATED = {"update_date": "2026-05-02"}


def test_newer_asks_for_the_edit_before_it_replaces_a_persons_value() -> None:
    assert title_from(DATED, None) == Diff(asks=frozenset({"Title"}))
    reason = "Lusha's is of 2026-05-02, the CRM's of 2025-11-30, by a person"
    found = title_from(DATED, edited("2025-11-30T17:00:00"))
    assert found == Diff((Change("Title", "Typed", "Head of Engines", reason, "job_title.title", "newer"),))


@pytest.mark.parametrize(
    ("told", "edits"),
    [
        (DATED, edited("2026-05-02T00:00:00")),
        (DATED, edited("2026-05-02T09:00:00")),
        (DATED, edited("2026-11-01T09:00:00")),
        (DATED, {}),
        (DATED, {"Phone": Edit(NOW - timedelta(days=999))}),
        ({}, edited("2020-01-01T00:00:00")),
        ({"update_date": "May 2026"}, edited("2020-01-01T00:00:00")),
        ({"update_date": "2031-01-01"}, edited("2026-11-23T07:00:00")),
    ],
)
def test_newer_leaves_a_persons_value_unless_lushas_is_of_a_later_day(
    told: dict[str, Any], edits: dict[str, Edit]
) -> None:
    assert title_from(told, edits) == Diff()


@pytest.mark.parametrize(
    "told",
    [{}, {"update_date": "soon"}, {**DATED, "job_title": {"title": "TYPED "}}, {**DATED, "job_title": {"title": "-"}}],
)
def test_newer_asks_only_where_the_answer_could_matter(told: dict[str, Any]) -> None:
    assert title_from(told, None) == Diff()


def test_newer_needs_no_edit_for_what_refresh_writes() -> None:
    blank = title_from(DATED, None, now=record())
    assert [change.reason for change in blank.changes] == ["was blank"]
    ours = title_from(DATED, None, last={"Title": Written("Typed")})
    assert [change.reason for change in ours.changes] == ["our own value, unchanged since"]
    assert title_from(DATED, {}, now=record(), last={"Title": Written("VP")}) == Diff()


def test_newer_after_a_job_change_goes_to_the_review_list_without_asking() -> None:
    found = title_from(DATED, None, moved=True)
    assert [change.field for change in found.suggestions] == ["Title"]
    assert found.asks == frozenset()


def test_the_day_of_a_number_is_that_of_its_entry() -> None:
    mapping = compiled({"Phone": FieldRule("phones[0].number", "newer")}, stamps={})
    told = profile(phones=[CALLABLE], update_date="2020-01-01")
    edits = {"Phone": Edit(datetime(2026, 10, 31, tzinfo=UTC))}
    found = diff(mapping, record(Phone="+15550109999"), told, {}, replace(SITUATION, edits=edits))
    assert [change.reason for change in found.changes] == [
        "Lusha's is of 2026-11-01, the CRM's of 2026-10-31, by a person"
    ]


def test_newer_wants_the_day_where_it_comes_for_nothing() -> None:
    fields = {"Title": FieldRule("job_title.title", "newer")}
    assert wanted(compiled(fields), record(Title="Typed"), {}, SITUATION) == {"preview", "profile"}
    assert wanted(compiled(with_policy("newer", "Phone")), record(Title="x", Email="x", MobilePhone="x", Country="x",
        Seniority="Manager", Phone="x"), {}, SITUATION) == {"phones", "profile"}  # fmt: skip


POLICIES: st.SearchStrategy[Policy] = st.sampled_from(get_args(Policy))
TEXTS = st.one_of(
    st.sampled_from(PLACEHOLDERS), st.sampled_from(["VP", "vp ", "Head of Engines"]), st.text(max_size=12)
)
NUMBERS = st.sampled_from(
    [None, "", "Unknown", "+1 415 555 0100", "(415) 555-0100", "4155550100", "+44 7700 900123", "07700 900123", "12"]
)
MAILS = st.sampled_from([None, "", "n/a", "ada1@acme.example", "ADA1@ACME.example", "no address"])
DAYS = st.sampled_from([None, "2025-11-30", "2026-05-02", "2026-05-03", "soon"])
MOMENTS = st.sampled_from([datetime(2025, 11, 30, 12, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC), NOW])
KINDS = st.sampled_from(["mobile", "direct", "work", "private", "unknown"])


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    attributes: dict[str, Any] = {
        "job_title": {"title": draw(TEXTS), "seniority": draw(st.sampled_from(["Manager", "manager", "Chief", None]))},
        "emails": [
            {"email": draw(MAILS), "type": draw(KINDS), "update_date": draw(DAYS)}
            for _ in range(draw(st.integers(0, 2)))
        ],
        "phones": [
            {
                "number": draw(NUMBERS),
                "type": draw(KINDS),
                "do_not_call": draw(st.booleans()),
                "update_date": draw(DAYS),
            }
            for _ in range(draw(st.integers(0, 3)))
        ],
        "location": {"country": draw(TEXTS), "country_iso2": draw(st.sampled_from(["US", "GB", None]))},
        "company": {"name": "Globex"},
        "update_date": draw(DAYS),
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
    kept = draw(st.sets(st.sampled_from([*sorted(values), *STAMPS])))
    last = {
        name: Written(draw(st.sampled_from([values.get(name), "VP", "+14155550100"])), tombstone=draw(st.booleans()))
        for name in sorted(kept)
    }
    fields = {name: replace(rule, policy=draw(POLICIES)) for name, rule in RULES.items()}
    fields["Phone"] = replace(
        fields["Phone"], source=draw(st.sampled_from([RULES["Phone"].source, "phones[0].number"]))
    )
    edits = draw(st.none() | st.dictionaries(st.sampled_from(sorted(RULES)), st.builds(Edit, MOMENTS)))
    match = Match(on_job_change=draw(st.sampled_from(["suggest", "update", "skip"])))
    situation = Situation(draw(st.booleans()), draw(st.booleans()), draw(st.booleans()), NOW, edits)
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
        assert policy in ("overwrite", "newer") or is_blank(change.before) or change.field in last
        assert policy != "fill" or is_blank(change.before)
        assert situation.phones or change.field not in ("Phone", "MobilePhone")
    fields = [change for change in found.changes if not change.stamp]
    assert situation.first or fields or not found.changes
    assert len({change.field for change in found.changes}) == len(found.changes)
    _assert_own(mapping, answer, fields, situation)


@settings(max_examples=300, deadline=None)
@given(cases())
def test_a_persons_value_is_replaced_by_overwrite_alone_or_by_newer_of_a_later_day(
    case: tuple[CompiledMapping, Record, Profile, dict[str, Written], Situation],
) -> None:
    mapping, before, answer, last, situation = case
    found = diff(mapping, before, answer, last, situation)
    assert situation.edits is None or not found.asks
    assert not found.asks & {change.field for change in (*found.changes, *found.suggestions)}
    for change in found.changes:
        assert change.field not in last or not last[change.field].tombstone
        if change.stamp or is_blank(change.before):
            continue
        ours = last.get(change.field, Written(None)).value
        if is_blank(ours) or not untouched(change.before, ours, SCHEMA[change.field]):
            assert change.policy in ("overwrite", "newer")
            if change.policy == "newer":
                assert situation.edits is not None
                edit = situation.edits[change.field].at
                assert change.reason.endswith(f"the CRM's of {edit:%Y-%m-%d}, by a person")
                assert f"{edit:%Y-%m-%d}" < change.reason.split()[3].rstrip(",")


@settings(max_examples=300, deadline=None)
@given(cases())
def test_no_number_is_written_or_proposed_that_is_not_to_be_called(
    case: tuple[CompiledMapping, Record, Profile, dict[str, Written], Situation],
) -> None:
    mapping, before, answer, last, situation = case
    found = diff(mapping, before, answer, last, situation)
    region, phone = answer.attributes["location"]["country_iso2"], FieldInfo("Phone", "Phone", "phone")
    barred = [entry["number"] for entry in answer.attributes["phones"] if entry["do_not_call"]]
    for change in (*found.changes, *found.suggestions):
        if change.field in ("Phone", "MobilePhone"):
            assert not any(same(change.after, number, phone, region=region) for number in barred)


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
