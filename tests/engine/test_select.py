"""Who is due: the verdict as a table, and what is read to find them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.config.settings import FieldRule, MappingSettings, Match, Select
from connector.engine.select import select
from connector.engine.verdict import Verdict, judge, last_enriched
from connector.mapping.compile import CompiledMapping, compile_mapping
from connector.mapping.identity import fingerprint
from connector.models import Record
from connector.store.records import Outcome, RecordState, Tried
from tests.engine.house import CONTACT, FIELDS, IDENTIFY, STAMPS, START, House, counts, person, row


def compiled(*, stamps: dict[str, str] | None = None, stale_after: timedelta | None = timedelta(days=90)) -> Any:
    chosen = Select(None, ("Title", "Phone"), stale_after, timedelta(days=30))
    stamp = STAMPS if stamps is None else stamps
    setting = MappingSettings(
        "contact.yaml", Path("contact.yaml"), "fake", "Contact", "person", IDENTIFY, chosen, Match(), FIELDS, stamp
    )
    return compile_mapping(setting, CONTACT, opted_out=["OptedOut"], do_not_call=["DoNotCall"])


MAPPING: CompiledMapping = compiled()
FULL = {"Title": "VP", "Phone": "+15550100001"}


def record(**values: Any) -> Record:
    return Record("c00001", row(1, **values))


def mark(item: Record) -> str:
    return fingerprint("person", IDENTIFY, item.values)


def state(
    *, tried: float | None = None, enriched: float | None = None, outcome: Outcome = "no_match", **more: Any
) -> RecordState:
    """A record's state; ``tried`` and ``enriched`` in days ago."""
    fields, fingerprint = more.get("fields", frozenset(FIELDS)), more.get("fingerprint", mark(record()))
    own = Tried(fingerprint, fields, outcome, ago(tried), ago(enriched))
    return RecordState("c00001", None, fingerprint, outcome, None, ago(enriched), own)


def beside(days: float, own: RecordState | None = None) -> RecordState:
    """The same where another mapping enriched the record so many days ago, after this one if it did."""
    return replace(own or state(), tried=own and own.tried, outcome="matched", last_enriched=ago(days))


def ago(days: float | None) -> datetime | None:
    return None if days is None else START - timedelta(days=days)


def stamped(days: float) -> str:
    return (START - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


TABLE: list[tuple[str, Record, RecordState | None, Verdict]] = [
    ("incomplete, never seen", record(), None, "due"),
    ("white space is incomplete", record(Title="  ", Phone="1"), None, "due"),
    ("complete, never enriched", record(**FULL), None, "complete"),
    ("incomplete, tried yesterday", record(), state(tried=1), "back_off"),
    ("incomplete, tried 30 days ago", record(), state(tried=30), "due"),
    ("incomplete, tried a second less ago", record(), state(tried=30 - 1 / 86400), "back_off"),
    ("matched without all we need", record(), state(tried=1, enriched=1, outcome="matched"), "back_off"),
    ("state lost, stamped yesterday", record(Enriched=stamped(1)), None, "back_off"),
    ("state lost, stamped 31 days ago", record(Enriched=stamped(31)), None, "due"),
    ("stamp older than the state", record(Enriched=stamped(40)), state(tried=2, enriched=2), "back_off"),
    ("state older than the stamp", record(Enriched=stamped(2)), state(tried=40, enriched=40), "back_off"),
    ("identity changed", record(Email="ada1@acme.example"), state(tried=1), "due"),
    ("identity unknown to the state", record(Email="a@acme.example"), state(tried=1, fingerprint=""), "back_off"),
    ("a field was added", record(), state(tried=1, fields=frozenset({"Title"})), "due"),
    ("a field was taken away", record(), state(tried=1, fields=frozenset({*FIELDS, "Old"})), "back_off"),
    ("complete, a field was added", record(**FULL), state(tried=1, fields=frozenset()), "complete"),
    ("stale by state alone", record(**FULL), state(tried=91, enriched=91, outcome="matched"), "due"),
    ("stale by stamp alone", record(**FULL, Enriched=stamped(91)), None, "due"),
    ("not yet stale", record(**FULL), state(tried=90, enriched=90, outcome="matched"), "complete"),
    ("the later of both is young", record(**FULL, Enriched=stamped(400)), state(tried=9, enriched=9), "complete"),
    ("stale, and failed since", record(**FULL), state(tried=3, enriched=95), "back_off"),
    ("stale, and failed long since", record(**FULL), state(tried=31, enriched=95), "due"),
    ("stale, failed since, renamed", record(**FULL, Email="a@acme.example"), state(tried=3, enriched=95), "due"),
    ("in conflict, which is no attempt", record(), state(outcome="conflict"), "due"),
    ("incomplete, another mapping's turn was today", record(Enriched=stamped(0)), beside(0), "due"),
    ("the same, tried yesterday", record(Enriched=stamped(0)), beside(0, state(tried=1)), "back_off"),
    ("the same, tried long since", record(Enriched=stamped(0)), beside(0, state(tried=31, enriched=31)), "due"),
    ("another's, and a later stamp of nobody's", record(Enriched=stamped(2)), beside(9), "back_off"),
    ("stale, another's stamp is young", record(**FULL, Enriched=stamped(1)), beside(1, state(enriched=91)), "due"),
    (
        "stale, a young stamp of nobody's",
        record(**FULL, Enriched=stamped(1)),
        beside(5, state(enriched=91)),
        "complete",
    ),
    ("fresh, another's stamp is old", record(**FULL, Enriched=stamped(95)), beside(95, state(enriched=9)), "complete"),
    ("only another enriched it, lately", record(**FULL, Enriched=stamped(9)), beside(9), "complete"),
    ("only another enriched it, long ago", record(**FULL, Enriched=stamped(91)), beside(91), "due"),
    ("opted out", record(OptedOut=True), None, "opted_out"),
    ("opted out in a CRM of texts", record(OptedOut="true"), None, "opted_out"),
    ("opted out says no", record(OptedOut="false"), None, "due"),
    ("do not call is about phones alone", record(DoNotCall=True), None, "due"),
]


@pytest.mark.parametrize(("item", "known", "verdict"), [case[1:] for case in TABLE], ids=[case[0] for case in TABLE])
def test_whether_a_record_is_due(item: Record, known: RecordState | None, verdict: Verdict) -> None:
    assert judge(MAPPING, item, known, lambda: mark(item), START) == verdict


def never() -> str:
    raise AssertionError("nothing hangs on who it is")


@pytest.mark.parametrize(
    ("item", "known"),
    [
        (record(), None),
        (record(**FULL), state(tried=1)),
        (record(), state(tried=31)),
        (record(), state(tried=1, fingerprint="")),
        (record(Enriched=stamped(1)), None),
        (record(**FULL), state(tried=91, enriched=91, outcome="matched")),
        (record(OptedOut=True), state(tried=1)),
    ],
)
def test_who_a_record_is_is_asked_only_where_the_verdict_hangs_on_it(item: Record, known: RecordState | None) -> None:
    assert judge(MAPPING, item, known, never, START) == judge(MAPPING, item, known, lambda: mark(item), START)


def test_without_stale_after_nothing_is_stale() -> None:
    item = record(**FULL, Enriched=stamped(1_000))
    assert judge(compiled(stale_after=None), item, state(enriched=1_000), lambda: mark(item), START) == "complete"


@pytest.mark.parametrize(
    "spelled",
    ["2026-11-23T08:00:00Z", "2026-11-23T08:00:00.000+0000", "2026-11-23T09:00:00+01:00", "2026-11-23T08:00:00",
     "1795420800000", 1795420800000],
)  # fmt: skip
def test_a_stamp_is_read_in_every_crms_spelling(spelled: Any) -> None:
    assert last_enriched(MAPPING, record(Enriched=spelled), None) == START


def test_a_date_alone_is_its_midnight() -> None:
    assert last_enriched(MAPPING, record(Enriched="2026-11-23"), None) == datetime(2026, 11, 23, tzinfo=UTC)


@settings(max_examples=200)
@given(st.one_of(st.text(max_size=30), st.from_regex(r"\d{1,25}", fullmatch=True), st.integers(), st.booleans()))
def test_whatever_a_person_typed_into_the_stamp_the_run_goes_on(typed: Any) -> None:
    moment = last_enriched(MAPPING, record(Enriched=typed), None)
    assert moment is None or moment.tzinfo is not None


@pytest.mark.parametrize("typed", ["²", "99999999999999999999", "9999999999999999"])
def test_digits_that_are_no_time_are_no_stamp(typed: str) -> None:
    assert last_enriched(MAPPING, record(Enriched=typed), None) is None


def test_a_page_holds_due_records_alone_and_the_counts_say_the_rest(tmp_path: Path) -> None:
    rows = [row(1), row(2, **FULL, MobilePhone="1"), row(3, OptedOut=True), row(4, LastName=None)]
    house = House(tmp_path, rows=rows)
    context = house.context()
    [page] = list(select(context))
    assert [due.record.id for due in page] == ["c00001"]
    assert (context.counts.read, context.counts.due) == (3, 2)
    assert (context.counts.suppressed, context.counts.no_identity) == (1, 1)
    assert page[0].spellings == ("name@company:adab byronb|acme",)
    assert page[0].first


def test_a_forecast_leaves_records_without_identity_as_they_were(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1, LastName=None)])
    list(select(house.context(), settle=False))
    assert house.store.rows("SELECT * FROM records") == []
    list(select(house.context()))
    assert [r["reason"] for r in house.store.rows("SELECT reason FROM records")] == ["no identity"]


def test_a_limit_ends_the_reading_and_counts_records_without_identity(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1, LastName=None), *(row(n) for n in range(2, 500))])
    context = house.context(limit=3)
    assert [due.record.id for page in select(context) for due in page] == ["c00002", "c00003"]
    assert (context.counts.read, context.counts.due) == (200, 3)


def test_nothing_is_read_where_nothing_can_be_due(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1)], select=Select(None, ("Seniority",)))
    assert counts(house.sync(), "read", "due") == (0, 0)


def test_a_named_record_outside_where_is_not_looked_at(tmp_path: Path) -> None:
    only = Select(lambda item: item["LastName"] == "Byronb", ("Title",), None)
    house = House(tmp_path, rows=[row(1), row(2)], people=[person(1), person(2)], select=only)
    assert counts(house.sync(records=("c00001", "c00002")), "read", "written") == (1, 1)


def test_two_mappings_of_one_object_do_not_make_each_others_records_due_again(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person(phones=[], emails=[])])
    one, other = {"Title": FIELDS["Title"], "Phone": FIELDS["Phone"]}, {"MobilePhone": FIELDS["MobilePhone"]}
    due = []
    for fields in (one, other, one, other):
        slots = {name: getattr(house.settings, name) for name in house.settings.__slots__}
        house.settings = house.settings.__class__(**{**slots, "fields": fields})
        due.append(house.sync().report["due"])
    assert due[2:] == [0, 0]


def test_a_name_of_two_placeholders_is_no_identity(tmp_path: Path) -> None:
    rows = [row(1, FirstName="[not provided]"), row(2, LastName="-"), row(3, FirstName="王", LastName="伟")]
    house = House(tmp_path, rows=rows)
    assert counts(house.sync(), "due", "no_identity", "no_match") == (3, 2, 1)


def test_the_reading_rule_is_the_mappings_own(tmp_path: Path) -> None:
    fields = {**FIELDS, "Company": FieldRule("company.name")}
    house = House(tmp_path, rows=[row(1, Company=None, Email="ada1@acme.example")], people=[person()], fields=fields)
    house.sync()
    assert house.row()["Company"] == "Acme"


FILL = {name: replace(rule, policy="fill") for name, rule in FIELDS.items()}


def test_a_stale_record_that_can_be_given_nothing_costs_nothing_until_a_field_opens(tmp_path: Path) -> None:
    org = House(tmp_path, rows=[row()], people=[person()], fields=FILL, match=Match(on_job_change="update"))
    org.sync()
    spent, asked = org.lusha.charged_total, len(org.lusha.searches)
    assert counts(org.later(days=91).sync(), "due", "matched") == (0, 0)
    assert (org.lusha.charged_total, len(org.lusha.searches)) == (spent, asked)
    org.settings = replace(org.settings, fields={**FILL, "Title": FIELDS["Title"]})
    assert counts(org.sync(), "due", "matched") == (1, 1)


def test_a_stale_person_is_looked_up_to_tell_a_job_change_but_not_for_what_undo_took_back(tmp_path: Path) -> None:
    org = House(tmp_path, rows=[row()], people=[person()], fields=FILL)
    org.sync()
    assert counts(org.later(days=91).sync(), "due", "matched") == (1, 1)
    org.undo(1)
    assert counts(org.later(days=91).sync(), "due") == (0,)
