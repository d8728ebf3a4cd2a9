"""Which records a pass reads: all that the CRM's filter finds at first, later what changed or what the time brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.config.settings import Budget, FieldRule, Guards, Select
from connector.crm.base import Query
from connector.engine.select import select
from connector.models import Record, Rejection, Update
from tests.engine.house import FIELDS, House, counts, person, row, with_kinds

TITLE = Select(None, ("Title",), timedelta(days=90), timedelta(days=30))


def house(folder: Path, size: int = 3, *, known: int | None = None, **more: Any) -> House:
    """So many contacts, of whom Lusha knows the first ``known``."""
    people = [person(n) for n in range(1, (size if known is None else known) + 1)]
    return House(folder, rows=[row(n) for n in range(1, size + 1)], people=people, **{"select": TITLE, **more})


def asked(org: House) -> list[Query]:
    """Every query from now on."""
    queries: list[Query] = []
    read = org.crm.read

    def noted(query: Query) -> Iterator[Sequence[Record]]:
        queries.append(query)
        return read(query)

    org.crm.read = noted  # type: ignore[method-assign]
    return queries


def due(org: House, **options: Any) -> list[str]:
    """Who is due now, as a forecast sees it."""
    return sorted(item.record.id for page in select(org.context(**options), settle=False) for item in page)


def test_a_second_pass_reads_what_changed_since_the_first(tmp_path: Path) -> None:
    org = house(tmp_path)
    assert counts(org.sync(), "read", "written") == (3, 3)
    queries = asked(org)
    assert counts(org.later(days=1).sync(), "read", "due") == (0, 0)
    org.crm.add("Contact", row(4))
    org.crm.edit("Contact", "c00001", Title=None)
    assert counts(org.later(hours=1).sync(), "read", "due") == (2, 1)
    assert all(query.since is not None for query in queries)


def test_what_is_edited_while_a_run_goes_on_is_met_by_the_next(tmp_path: Path) -> None:
    org = house(tmp_path, known=2)
    org.crm.edit("Contact", "c00003", FirstName=None)  # nobody can tell who this is
    org.crm.before_update(lambda updates: org.crm.edit("Contact", "c00003", Email="ada1@acme.example"))
    assert counts(org.sync(), "due", "no_identity") == (3, 1)
    assert counts(org.later(days=1).sync(), "read", "due", "no_identity") == (1, 1, 0)


def test_records_that_are_gone_are_asked_for_once(tmp_path: Path) -> None:
    org = house(tmp_path, size=4, select=replace(TITLE, where=lambda row: row["Company"] == "Acme"))
    org.sync()
    org.crm.delete("Contact", "c00001")
    org.crm.delete("Contact", "c00002", merged_into="c00003")
    org.crm.edit("Contact", "c00004", Company="Elsewhere")
    queries = asked(org)
    org.later(days=95).sync()
    org.later(hours=1).sync()
    asked_for = [query.ids for query in queries if query.ids]
    assert asked_for == [("c00001", "c00002", "c00003", "c00004")]


def test_records_whose_time_came_and_that_are_not_due_are_asked_for_once(tmp_path: Path) -> None:
    org = house(tmp_path, size=5, stamps={})
    org.sync()
    org.undo(1, records=["c00001"])  # nothing of it may be filled again
    for field in FIELDS:
        org.crm.edit("Contact", "c00002", **{field: "typed"})
    org.crm.edit("Contact", "c00003", OptedOut=True)
    org.crm.edit("Contact", "c00004", DoNotCall=True)
    org.later(days=1).sync()
    org.later(days=95).sync()
    org.later(minutes=1).sync()
    queries = asked(org)
    org.later(minutes=1).sync()
    assert [query.ids for query in queries if query.ids] == []


def test_of_a_record_that_is_named_and_not_due_the_run_says_why(tmp_path: Path) -> None:
    org = house(tmp_path, size=7, known=3)
    org.crm.edit("Contact", "c00004", OptedOut=True)
    org.crm.edit("Contact", "c00005", Title="CEO")
    phones = replace(org.settings, select=replace(TITLE, incomplete=("Title", "Phone")))
    org.sync(records=("c00001", "c00002", "c00007"))
    org.undo(1, records=["c00002"])
    org.settings = phones
    org.crm.edit("Contact", "c00006", Title="CEO", DoNotCall=True)
    named = tuple(f"c0000{n}" for n in range(1, 8))
    org.crm.edit("Contact", "c00005", Phone="+15550100999")
    notes = org.later(days=1).sync(records=named).notes
    assert notes == {
        "c00001, which was named, is not due: no field of select.incomplete is blank, and it is fresh until"
        " 2027-02-21 08:00 UTC": 1,
        "c00002, which was named, is not due: it rests after an attempt until 2026-12-23 08:00 UTC": 1,
        "c00004, which was named, is not due: it opted out": 1,
        "c00005, which was named, is not due: no field of select.incomplete is blank, and it is not stale": 1,
        "c00006, which was named, is not due: no field that it lacks may be filled: do not call, or cleared or undone"
        " after us": 1,
        "c00007, which was named, is not due: it rests after an attempt until 2026-12-23 08:00 UTC": 1,
    }


def test_a_record_outside_where_is_met_again_when_somebody_lets_it_in(tmp_path: Path) -> None:
    org = house(tmp_path, select=replace(TITLE, where=lambda row: row["Company"] == "Acme"), known=0)
    org.sync()
    org.crm.edit("Contact", "c00001", Company="Elsewhere")
    assert counts(org.later(days=31).sync(), "due") == (2,)
    org.crm.edit("Contact", "c00001", Company="Acme")
    assert counts(org.later(days=1).sync(), "due") == (1,)


UNTOLD = with_kinds(allowed={"": ("Manager",)}, untold=frozenset({"0121"}))
SENIORITY = FieldRule("job_title.seniority")


def test_a_schema_that_is_not_told_whole_for_a_while_has_nothing_read_again(tmp_path: Path) -> None:
    changed = with_kinds(allowed={"": ("Manager",), "0121": ()})
    org = house(tmp_path, fields={**FIELDS, "Seniority": SENIORITY}, schema=with_kinds())
    assert counts(org.sync(), "read") == (3,)
    queries = asked(org)
    for schema in (UNTOLD, with_kinds(), UNTOLD, changed, UNTOLD, changed):
        org.crm._schema["Contact"] = schema
        org.later(hours=1).sync()
    assert [query.since is None for query in queries] == [False, False, False, True, False, False]


def test_another_change_has_everything_read_though_the_schema_is_not_told_whole(tmp_path: Path) -> None:
    org = house(tmp_path, fields={"Title": FIELDS["Title"], "Seniority": SENIORITY}, schema=UNTOLD)
    queries = asked(org)
    org.sync()
    org.later(hours=1).sync()
    org.settings = replace(org.settings, fields={**org.settings.fields, "Phone": FIELDS["Phone"]})
    org.later(hours=1).sync()
    assert [query.since is None for query in queries] == [True, False, True]


@pytest.mark.parametrize("minutes", [0, 14])
def test_what_an_index_shows_late_is_met_by_the_next(tmp_path: Path, minutes: int) -> None:
    org = house(tmp_path, known=2)
    late = org.now - timedelta(minutes=minutes)
    org.sync()
    org.crm.now = lambda: late
    org.crm.add("Contact", row(9))
    org.crm.now = lambda: org.now
    assert counts(org.later(days=1).sync(), "due") == (1,)


@pytest.mark.parametrize("behind", [timedelta(hours=3), timedelta(hours=-3)])
def test_a_clock_that_is_wrong_hides_no_edit(tmp_path: Path, behind: timedelta) -> None:
    org = house(tmp_path, known=2)
    org.crm.now, org.crm.behind = lambda: org.now - behind, behind
    org.sync()
    org.later(seconds=1)
    org.crm.add("Contact", row(9))
    assert counts(org.later(days=1).sync(), "due") == (1,)


def test_a_clock_that_is_set_right_during_a_run_hides_no_edit(tmp_path: Path) -> None:
    org, fast = house(tmp_path, known=2), timedelta(hours=3)
    org.crm.now = lambda: org.now - fast

    def set_right(_updates: Sequence[Update]) -> None:
        org.now -= fast
        org.crm.now = lambda: org.now

    org.crm.before_update(set_right)
    org.sync()
    org.later(seconds=1)
    org.crm.add("Contact", row(9))
    assert counts(org.later(days=1).sync(), "due") == (1,)


@contextmanager
def unfinished(org: House, why: str) -> Iterator[dict[str, Any]]:
    """Something that lets a run end before it got to everything; gives the options of that run."""
    if why == "limit":
        yield {"limit": 1}
    elif why == "named":
        org.sync(records=("c00001",))
        yield {}
    elif why == "budget":
        org.lusha_settings = replace(org.lusha_settings, budget=Budget(per_run=0))
        yield {}
        org.lusha_settings = replace(org.lusha_settings, budget=Budget())
    elif why == "guard":
        org.guards = Guards(0.0, 1)
        org.crm.edit("Contact", "c00002", Title="Old")
        org.settings = replace(org.settings, fields={**FIELDS, "Title": FieldRule("job_title.title", "overwrite")})
        yield {}
        org.guards = Guards(1.0)
    elif why == "interrupted":
        org.interrupted = True
        yield {}
        org.interrupted = False


@pytest.mark.parametrize("why", ["limit", "named", "budget", "guard", "interrupted"])
def test_a_run_that_did_not_get_to_everything_moves_no_watermark(tmp_path: Path, why: str) -> None:
    org = house(tmp_path, select=replace(TITLE, incomplete=("Title", "Phone")))
    with unfinished(org, why) as options:
        assert why == "named" or org.sync(**options).exit_code == {"limit": 0, "budget": 4, "guard": 5}.get(why, 130)
    queries = asked(org)
    org.later(days=1).sync()
    assert queries[0].since is None
    assert {org.row(n)["Title"] for n in (1, 2, 3)} == {"Head of Engines"}


def test_a_limit_that_was_not_reached_is_no_obstacle(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync(limit=10)
    assert counts(org.later(days=1).sync(), "read") == (0,)


def test_what_was_bought_and_never_applied_is_due_still(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.plan_and_buy()
    assert counts(org.later(days=1).sync(), "due", "written") == (3, 3)


def test_the_time_alone_makes_a_record_due_again(tmp_path: Path) -> None:
    org = house(tmp_path, known=0)
    assert counts(org.sync(), "no_match") == (3,)
    assert counts(org.later(days=5).sync(), "read") == (0,)
    org.later(days=26)
    assert due(org) == due(org, whole=True) == ["c00001", "c00002", "c00003"]


def test_what_is_stale_is_read_though_nobody_touched_it(tmp_path: Path) -> None:
    for stamps in ({"Lusha_Id": "id", "Enriched": "enriched_at"}, {}):
        folder = tmp_path / str(len(stamps))
        folder.mkdir()
        org = house(folder, stamps=stamps)
        org.sync()
        for days in (5, 84):
            assert counts(org.later(days=days).sync(), "due") == (0,)
        org.later(days=2)
        assert due(org) == ["c00001", "c00002", "c00003"]


def test_a_conflict_is_looked_at_by_the_next_run(tmp_path: Path) -> None:
    org = house(tmp_path, 1, fields={"Title": FIELDS["Title"]})
    fetch = org.crm.fetch

    def edited(*arguments: Any) -> Any:
        org.crm.edit("Contact", "c00001", Title="Typed")
        return fetch(*arguments)

    org.crm.fetch = edited  # type: ignore[method-assign, assignment]
    assert counts(org.sync(), "conflicts") == (1,)
    org.crm.fetch = fetch  # type: ignore[method-assign]
    assert counts(org.later(days=1).sync(), "read", "due") == (1, 0)


def test_what_the_crm_refused_is_read_on_demand(tmp_path: Path) -> None:
    org = house(tmp_path, 1)
    org.crm.reject["c00001"] = Rejection("RULE", "not like this")
    org.sync(max_rejected_share=1.0)
    org.crm.reject.clear()
    assert counts(org.later(days=1).sync(), "read") == (0,)
    assert counts(org.sync(retry_parked=True), "due", "written") == (1, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"select": replace(TITLE, incomplete=("Title", "Seniority"))},
        {"select": replace(TITLE, retry_after=timedelta(days=7))},
        {"fields": {**FIELDS, "Company": FieldRule("company.name")}},
        {"identify": ({"email": "Email"},)},
    ],
)
def test_a_changed_mapping_reads_everything_once(tmp_path: Path, change: dict[str, Any]) -> None:
    org = house(tmp_path)
    org.sync()
    org.settings = replace(org.settings, **change)
    queries = asked(org)
    org.later(days=1).sync()
    org.later(days=1).sync()
    assert [query.since is None for query in queries] == [True, False]


def test_everything_is_read_once_a_week_and_on_demand(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    queries = asked(org)
    for days, options in ((6, {}), (0, {"whole": True}), (6, {}), (1, {})):
        org.later(days=days).sync(**options)
    assert [query.since is None for query in queries if query.ids is None] == [False, True, False, True]


def test_a_clock_that_was_put_back_is_not_believed(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    queries = asked(org)
    org.later(days=-3).sync()
    assert queries[0].since is None


def test_what_another_state_file_enriched_is_met_when_its_rest_is_over(tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    rows = [row(1, Lusha_Id="1001", Enriched="2026-11-20T08:00:00Z")]
    org = House(folder, rows=rows, people=[person(1)], select=TITLE)
    assert counts(org.sync(), "read", "due") == (1, 0)
    assert counts(org.later(days=6).sync(), "read") == (0,)
    assert counts(org.later(days=22).sync(), "due", "written") == (1, 1)


def test_what_becomes_incomplete_while_it_rests_is_met_when_its_rest_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.engine.reading.WHOLE_PASS", timedelta.max)
    org = house(tmp_path, 1, select=replace(TITLE, incomplete=("Title", "Phone")))
    org.crm.edit("Contact", "c00001", Phone="+15550109999")  # a person's: complete, once the rest is filled
    org.sync()
    org.crm.edit("Contact", "c00001", Phone=None)
    assert counts(org.later(days=1).sync(), "read", "due") == (1, 0)
    assert counts(org.later(days=30).sync(), "read", "due", "written") == (1, 1, 1)


def test_a_record_is_read_once_though_it_changed_and_its_time_has_come(tmp_path: Path) -> None:
    org = house(tmp_path, known=0)
    org.sync()
    for _ in range(4):
        org.later(days=6).sync()
    org.later(days=7).crm.edit("Contact", "c00001", Email="ada1@acme.example")
    assert counts(org.sync(), "read", "due") == (3, 3)


STEPS = st.one_of(
    st.tuples(st.just("later"), st.sampled_from([0, 1, 6, 29, 31, 89])),
    st.tuples(st.just("sync"), st.sampled_from([None, None, 1])),
    st.tuples(st.just("edit"), st.sampled_from(["Title", "Phone", "Email", "OptedOut", "DoNotCall", "Enriched"])),
    st.tuples(st.just("clear"), st.sampled_from(["Title", "Phone", "FirstName", "Enriched"])),
    st.tuples(st.just("undo"), st.just(0)),
    st.tuples(st.just("refuse"), st.booleans()),
)
EDITS = {"OptedOut": True, "DoNotCall": True, "Enriched": "2026-11-30T08:00:00Z", "Email": "ada9@acme.example"}


def step(org: House, kind: str, what: Any, at: int) -> None:
    id = f"c{at:05}"
    if kind == "later":
        org.later(days=what)
    elif kind == "sync":
        org.sync(limit=what, max_rejected_share=1.0)
    elif kind == "edit":
        org.crm.edit("Contact", id, **{what: EDITS.get(what, "Typed")})
    elif kind == "clear":
        org.crm.edit("Contact", id, **{what: None})
    elif kind == "undo":
        for number in [r["id"] for r in org.store.rows("SELECT id FROM runs WHERE mapping = 'contact.yaml'")][:1]:
            org.undo(number)
    elif what:
        org.crm.reject[id] = Rejection("RULE", "not like this")
    else:
        org.crm.reject.clear()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(st.tuples(STEPS, st.integers(1, 4)), min_size=1, max_size=14), stamped=st.booleans())
def test_nobody_who_is_due_is_ever_missed(steps: list[tuple[tuple[str, Any], int]], stamped: bool) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("connector.engine.reading.WHOLE_PASS", timedelta.max)  # the net under it is not what is tried
        stamps = {"Lusha_Id": "id", "Enriched": "enriched_at"} if stamped else {"Lusha_Id": "id"}
        select_by = Select(None, ("Title", "Phone"), timedelta(days=90), timedelta(days=30))
        org = house(Path(folder), 4, known=3, stamps=stamps, select=select_by)
        org.store.db.execute("PRAGMA synchronous = OFF")
        for (kind, what), at in steps:
            step(org, kind, what, at)
            assert due(org) == due(org, whole=True), (kind, what)
        org.store.close()
