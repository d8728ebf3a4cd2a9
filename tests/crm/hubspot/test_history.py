"""When properties last changed: what their versions tell, and what stands where they tell nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.crm.hubspot.history import edits_of, last_change
from connector.errors import VendorUnreachable
from connector.models import Edit

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
MODIFIED = datetime(2026, 7, 1, 9, tzinfo=UTC)


def version(value: str | None, hours: int = 0, source: str = "CRM_UI") -> dict[str, Any]:
    at = (MONDAY + timedelta(hours=hours)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"value": value, "timestamp": at, "sourceType": source, "sourceId": "x"}


def after(hours: int) -> datetime:
    return MONDAY + timedelta(hours=hours)


def entry(versions: Any = None, **properties: str | None) -> dict[str, Any]:
    told = {"id": "1", "properties": {"lastmodifieddate": "2026-07-01T09:00:00Z", **properties}}
    return told if versions is None else {**told, "propertiesWithHistory": {"jobtitle": versions}}


@pytest.mark.parametrize(
    ("source", "by"),
    [
        ("API", "machine"),
        ("AUTOMATION_PLATFORM", "machine"),
        ("CALCULATED", "machine"),
        ("DATA_ENRICHMENT", "machine"),
        ("INTEGRATION", "machine"),
        ("WORKFLOWS", "machine"),
        ("MERGE_CONTACTS", "machine"),
        ("MERGE_OBJECTS", "machine"),
        ("CRM_UI", "person"),
        ("CRM_UI_BULK_ACTION", "person"),
        ("CONTACTS_WEB", "person"),
        ("MOBILE_IOS", "person"),
        ("FORM", "person"),
        ("IMPORT", "person"),
        ("GMAIL_INTEGRATION", "person"),
        ("MEETINGS", "person"),
        ("SALES", "person"),
        ("SOMETHING_NEW", "person"),
        ("None", "person"),
    ],
)
def test_who_stands_behind_a_source(source: str, by: str) -> None:
    edit = last_change([version("CTO", source=source)])
    assert edit is not None
    assert edit.by == by


@pytest.mark.parametrize(
    ("versions", "edit"),
    [
        ([version("B", 2), version("A", 1)], Edit(after(2))),
        ([version("B", 3, "API"), version("B", 2), version("A", 1, "API")], Edit(after(2))),
        ([version("A", 3), version("A", 2), version("A", 1, "IMPORT")], Edit(after(1))),
        ([version("", 2), version("A", 1)], Edit(after(2))),
        ([version(None, 3, "API"), version("", 2), version("A", 1)], Edit(after(2))),
        ([version("A", 3), version("", 2), version("A", 1)], Edit(after(3))),
        ([version("B", 1, "API"), version("A", 1)], Edit(after(1), "machine")),  # of one moment: as they came
    ],
)
def test_the_last_version_that_changed_the_value_is_the_edit(versions: list[Any], edit: Edit) -> None:
    assert last_change(versions) == edit


@given(
    st.lists(st.tuples(st.sampled_from(["A", "B", ""]), st.sampled_from(["API", "CRM_UI"])), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_the_order_they_come_in_does_not_matter(drawn: list[tuple[str, str]], random: Any) -> None:
    oldest_first = [version(value, hour, source) for hour, (value, source) in enumerate(drawn)]
    shuffled = oldest_first.copy()
    random.shuffle(shuffled)
    edit = last_change(shuffled)
    changes = [hour for hour in range(1, len(drawn)) if drawn[hour][0] != drawn[hour - 1][0]]
    last = max(changes, default=0)
    assert edit == Edit(after(last), "machine" if drawn[last][1] == "API" else "person")


@pytest.mark.parametrize("stamp", ["2026-06-01T09:00:00.000Z", "1780304400000"])
def test_times_in_both_spellings(stamp: str) -> None:
    assert last_change([{"value": "A", "timestamp": stamp, "sourceType": "CRM_UI"}]) == Edit(MONDAY)


@pytest.mark.parametrize("stamp", [None, "yesterday", ""])
def test_a_version_without_a_time_leaves_everything_open(stamp: str | None) -> None:
    versions = [{"value": "B", "timestamp": stamp, "sourceType": "CRM_UI"}, version("A")]
    assert last_change(versions) is None
    assert edits_of("contacts", entry(versions, jobtitle="B"), ["jobtitle"]) == {"jobtitle": Edit(MODIFIED)}


@pytest.mark.parametrize(
    ("told", "edits"),
    [
        (entry(jobtitle="CTO"), {"jobtitle": Edit(MODIFIED)}),  # no history at all
        (entry([], jobtitle="CTO"), {"jobtitle": Edit(MODIFIED)}),
        (entry("odd", jobtitle="CTO"), {"jobtitle": Edit(MODIFIED)}),
        (entry(["odd"], jobtitle="CTO"), {"jobtitle": Edit(MODIFIED)}),
        (entry([version("CTO", 1)], jobtitle="CTO"), {"jobtitle": Edit(after(1))}),
        (entry([version("", 2), version("A", 1)], jobtitle=None), {"jobtitle": Edit(after(2))}),
        (entry(jobtitle=None), {}),
        (entry([], jobtitle=""), {}),
        (entry([version("", 1)], jobtitle=None), {}),
        (entry([version(None, 2), version("", 1)], jobtitle=None), {}),
    ],
)
def test_the_records_own_modification_stands_where_there_is_no_history(told: Any, edits: dict[str, Edit]) -> None:
    assert edits_of("contacts", told, ["jobtitle"]) == edits


def test_companies_keep_their_modification_under_another_name() -> None:
    told = {"id": "7", "properties": {"hs_lastmodifieddate": "2026-07-01T09:00:00Z", "name": "Acme"}}
    assert edits_of("companies", told, ["name"]) == {"name": Edit(MODIFIED)}


def test_a_record_that_tells_no_time_at_all_is_no_answer() -> None:
    with pytest.raises(VendorUnreachable, match="does not tell when contacts 1 was modified"):
        edits_of("contacts", {"id": "1", "properties": {"jobtitle": "CTO"}}, ["jobtitle"])
