"""The promises on random worlds: whatever the records, the people, the budget and the policies are."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.config.settings import Budget, FieldRule, Match, Policy
from connector.crm.base import Query
from connector.engine.forecast import forecast
from connector.models import is_blank
from connector.store import ledger
from tests.engine.house import FIELDS, House, counts, person, row

OURS_OR_BLANK: st.SearchStrategy[Policy] = st.sampled_from(("fill", "refresh"))
ANY: st.SearchStrategy[Policy] = st.sampled_from(("fill", "refresh", "overwrite", "suggest"))
NUMBERS = st.integers(1, 6)


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Records about a few people: some twice, some nameless, some full, some spelled otherwise."""
    found = []
    for place in range(1, draw(st.integers(1, 14)) + 1):
        number = draw(NUMBERS)
        named = {name: row(number)[name] for name in ("FirstName", "LastName")}
        values: dict[str, Any] = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "Title": st.sampled_from(["Typed", " ", "Head of Engines"]),
                    "Email": st.sampled_from([f"ada{number}@acme.example", "info@acme.example", "typed@acme.example"]),
                    "Phone": st.sampled_from(["+1 555 010 7777", f"1 (555) 010-{number:04}"]),
                    "MobilePhone": st.just("+1 555 011 7777"),
                    "Lusha_Id": st.just(str(1000 + number)),
                    "LastName": st.sampled_from([None, named["LastName"].upper()]),
                    "Company": st.sampled_from([None, "Globex", "ACME Inc."]),
                    "OptedOut": st.booleans(),
                    "DoNotCall": st.booleans(),
                },
            )
        )
        found.append({**row(place), **named, **values})
    return found


@st.composite
def people(draw: st.DrawFn) -> list[Any]:
    """Some of these people, some of them without phones or e-mails, some at another company by now."""
    known = []
    for number in sorted(draw(st.sets(NUMBERS))):
        less: dict[str, Any] = draw(st.sampled_from([{}, {}, {"phones": []}, {"emails": []}, {"job_title": {}}]))
        away: dict[str, Any] = (
            {"company": {"id": "9", "name": "Globex", "domain": "globex.example"}} if draw(st.booleans()) else {}
        )
        known.append(person(number, **less, **away))
    return known


@st.composite
def houses(draw: st.DrawFn, policies: st.SearchStrategy[Policy] = ANY, *, limits: bool = True) -> dict[str, Any]:
    """What a House is made of."""
    limit = st.one_of(st.none(), st.integers(0, 40)) if limits else st.none()
    fields: dict[str, FieldRule] = {name: replace(rule, policy=draw(policies)) for name, rule in FIELDS.items()}
    return {
        "rows": draw(rows()),
        "people": draw(people()),
        "fields": fields,
        "match": Match(on_job_change=draw(st.sampled_from(("suggest", "update", "skip")))),
        "budget": Budget(per_run=draw(limit), keep=draw(limit)),
        "org_budget": Budget(per_day=draw(limit)),
        "remaining": draw(st.sampled_from([10_000, 30])) if limits else 10_000,
    }


def opened(folder: str, made: dict[str, Any]) -> House:
    """A House on disk that may lose its last words to a power cut: thousands of runs would wait for the disk."""
    house = House(Path(folder), **made)
    house.store.db.execute("PRAGMA synchronous = OFF")
    return house


def _sold_once(house: House) -> None:
    assert set(house.lusha.purchases.values()) <= {1}
    assert set(house.lusha.asked.values()) <= {1}


@settings(max_examples=25, deadline=None)
@given(houses())
def test_a_run_stays_within_its_budget_and_its_counts_add_up(made: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = opened(folder, made)
        remaining = house.lusha.remaining
        ended = house.sync()
        report, charged = ended.report, house.lusha.charged_total
        assert ended.exit_code in (0, 4)
        assert report["credits"]["charged"] == charged
        for limit in (made["budget"].per_run, made["org_budget"].per_day):
            assert limit is None or charged <= limit
        assert charged <= max(0, remaining - (made["budget"].keep or 0))
        due, matched, missed, nameless, left = counts(ended, "due", "matched", "no_match", "no_identity", "left")
        assert due == matched + missed + nameless + left
        assert left == 0 or ended.exit_code == 4
        assert report["changed"] + report["unchanged"] == matched
        assert report["credits"]["balance"] == house.lusha.remaining
        _sold_once(house)
        house.store.close()


@settings(max_examples=25, deadline=None)
@given(houses(limits=False))
def test_a_second_run_writes_nothing_and_spends_nothing(made: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = opened(folder, made)
        first = house.sync()
        assert first.exit_code == 0
        spent, written, before = house.lusha.charged_total, len(house.crm.updates), _table(house)
        second = house.sync()
        assert counts(second, "written", "fields_written", "changed") == (0, 0, 0)
        assert (house.lusha.charged_total, len(house.crm.updates)) == (spent, written)
        assert _table(house) == before
        assert second.report["calls"]["lusha"] == 0
        house.store.close()


@settings(max_examples=25, deadline=None)
@given(houses(OURS_OR_BLANK), st.integers(1, 3), st.integers(0, 120))
def test_every_written_field_was_blank_or_ours_and_has_its_journal_row(
    made: dict[str, Any], runs: int, days: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = opened(folder, made)
        ours: dict[tuple[str, str], Any] = {}
        for _ in range(runs):
            before, sent = _table(house), len(house.crm.updates)
            house.sync()
            for update in house.crm.updates[sent:]:
                for field, value in update.values.items():
                    old = before[update.id][field]
                    stamp = field in ("Lusha_Id", "Enriched")
                    assert stamp or is_blank(old) or ours.get((update.id, field)) == old
                    assert not is_blank(value)
                    assert value != old
                    ours[update.id, field] = value
            house.later(days=days)
        journalled = Counter(
            (r["record"], r["field"]) for r in house.store.rows("SELECT * FROM journal WHERE state = 'written'")
        )
        assert journalled == Counter((update.id, field) for update in house.crm.updates for field in update.values)
        house.store.close()


@settings(max_examples=25, deadline=None)
@given(houses(limits=False), st.lists(people(), min_size=2, max_size=2))
def test_the_forecasts_worst_case_is_never_exceeded(made: dict[str, Any], later: list[list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = opened(folder, made)
        for days, known in zip((0, 31, 91), (made["people"], *later), strict=True):
            house.later(days=days).lusha.known["person"] = {one.id: one for one in known}
            told = forecast(house.context())
            ended = house.sync()
            assert told["due"] == ended.report["due"]
            assert ended.report["credits"]["charged"] <= told["credits"]["worst_case"]
        house.store.close()


@settings(max_examples=20, deadline=None)
@given(houses(OURS_OR_BLANK, limits=False), st.integers(1, 15))
def test_small_budgets_lose_nothing_of_what_one_large_budget_finds_and_buy_nothing_twice(
    made: dict[str, Any], per_run: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        whole, slow = opened(folder, made), opened(other, {**made, "budget": Budget(per_run=per_run + 6)})
        whole.sync()
        for _ in range(40):
            if slow.sync().exit_code == 0:
                break
        for id, done in _table(whole).items():
            found = slow.row(int(id[1:]))
            assert all(found[name] == done[name] for name in FIELDS if not is_blank(done[name]))
        assert slow.lusha.purchases.keys() >= whole.lusha.purchases.keys()
        booked = ledger.booked(slow.store, key=slow.lusha_settings.api_key.fingerprint())
        assert booked == slow.lusha.charged_total
        _sold_once(slow)
        whole.store.close()
        slow.store.close()


def _table(house: House) -> dict[str, dict[str, Any]]:
    ids = [record.id for page in house.crm.read(Query("Contact", ())) for record in page]
    return {id: house.crm.row("Contact", id) for id in ids}
