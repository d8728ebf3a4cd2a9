"""Search bodies: the shape that HubSpot takes, and its limits on filters."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.crm.hubspot.search import (
    SearchPlan,
    epoch_ms,
    plan_search,
    selections,
    where_groups,
)
from connector.errors import ConfigError

LEAD = {"propertyName": "lifecyclestage", "operator": "IN", "values": ["lead"]}
STALE = ("stamp", datetime(2026, 11, 1, tzinfo=UTC))
SINCE = ("lastmodifieddate", datetime(2026, 11, 20, tzinfo=UTC))


def test_a_page_is_a_query_of_its_own() -> None:
    names = ["jobtitle", "lastmodifieddate"]
    plan = plan_search(where_groups([LEAD]), selections(["jobtitle"], STALE), names)
    keyset = {"propertyName": "hs_object_id", "operator": "GT", "value": "4711"}
    assert plan.page(after="4711") == {
        "filterGroups": [
            {"filters": [LEAD, {"propertyName": "jobtitle", "operator": "NOT_HAS_PROPERTY"}, keyset]},
            {"filters": [LEAD, {"propertyName": "stamp", "operator": "LT", "value": "1793491200000"}, keyset]},
        ],
        "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        "properties": ["jobtitle", "lastmodifieddate"],
        "limit": 200,
    }


def test_ids_take_the_place_of_the_page_filter() -> None:
    [body] = plan_search(where_groups(None), (), ["phone"], ["7", "9"]).lots(["7", "9"])
    assert body["filterGroups"] == [
        {"filters": [{"propertyName": "hs_object_id", "operator": "IN", "values": ["7", "9"]}]}
    ]


def test_any_of_several_lists() -> None:
    other = {"propertyName": "country", "operator": "EQ", "value": "Norway"}
    assert where_groups([[LEAD], [other]]) == ((LEAD,), (other,))
    plan = plan_search(where_groups([[LEAD], [other]]), selections(["phone", "jobtitle"], None), [])
    assert [group[0] for group in plan.groups] == [LEAD, LEAD, other, other]


@pytest.mark.parametrize("where", ["lifecyclestage = lead", 5, [LEAD, [LEAD]], [{"propertyName": "x"}], ["x"], {}])
def test_other_shapes_are_refused(where: object) -> None:
    with pytest.raises(ConfigError, match=r"select\.where: expected a list of filters such as"):
        where_groups(where)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("lead", "lead"), (" x ", " x "), ("", ""), ("007", "007"), ("2026-11-01", "2026-11-01"), (True, "true"),
        (False, "false"), (5, "5"), (-3, "-3"), (5.0, "5"), (2.5, "2.5"), (1e21, "1000000000000000000000"),
        (date(2026, 11, 1), "2026-11-01"), (datetime(2026, 11, 1, tzinfo=UTC), "2026-11-01T00:00:00+00:00"),
    ],
)  # fmt: skip
def test_what_people_write_in_yaml_travels_as_text(written: object, sent: str) -> None:
    between = {"propertyName": "a", "operator": "BETWEEN", "value": written, "highValue": written}
    among = {"propertyName": "a", "operator": "IN", "values": [written, "other"]}
    assert where_groups([between, among]) == (
        ({**between, "value": sent, "highValue": sent}, {**among, "values": [sent, "other"]}),
    )


@pytest.mark.parametrize(
    ("operand", "got"),
    [
        ({"value": None}, "None"),
        ({"value": ["a"]}, r"\['a'\]"),
        ({"values": "lead"}, "'lead'"),
        ({"values": ["a", {}]}, r"\{\}"),
        ({"highValue": {}}, r"\{\}"),
    ],
)
def test_what_cannot_be_an_operand_is_refused(operand: dict[str, Any], got: str) -> None:
    with pytest.raises(ConfigError, match=rf"^select\.where: .* of a: expected .*, but got: {got}$"):
        where_groups([{"propertyName": "a", "operator": "EQ", **operand}])


@pytest.mark.parametrize("where", [None, [], [[]]])
def test_no_filters(where: object) -> None:
    assert where_groups(where) == ((),)


def test_a_selection_too_large_is_left_out_whole() -> None:
    six = selections(["a", "b", "c", "d", "e", "f"], None)
    assert plan_search(where_groups([LEAD]), six, ["a"]) == SearchPlan(((LEAD,),), ("a",))


def test_what_is_incomplete_must_have_changed_since_and_what_is_stale_need_not() -> None:
    changed = {"propertyName": "lastmodifieddate", "operator": "GTE", "value": "1795132800000"}
    blank = ({"propertyName": "jobtitle", "operator": "NOT_HAS_PROPERTY"},)
    stale = ({"propertyName": "stamp", "operator": "LT", "value": "1793491200000"},)
    narrow, wide = selections(["jobtitle"], STALE, SINCE)
    assert narrow == ((*blank, changed), stale)
    assert wide == ((changed,), stale)


def test_where_a_selection_is_too_large_the_change_alone_selects() -> None:
    many = selections(["a", "b", "c", "d", "e", "f"], STALE, SINCE)
    assert plan_search(where_groups([LEAD]), many, ["a"]).groups == tuple((LEAD, *group) for group in many[1])


def test_properties_too_many_for_a_body_are_left_to_a_batch_read() -> None:
    names = [f"a_rather_long_property_name_{number}" for number in range(100)]
    plan = plan_search(where_groups([LEAD]), selections(["phone"], None), names)
    assert (plan.whole, plan.properties) == (False, ("hs_object_id",))
    assert len(plan.groups[0]) == 2


def test_ids_go_a_hundred_at_a_time_or_as_many_as_a_body_holds() -> None:
    ids = [str(10**14 + number) for number in range(250)]
    plan = plan_search(where_groups(None), (), ["phone"], ids)
    assert [len(one) for one in lots(plan, ids)] == [100, 100, 50]
    crowded = plan_search(where_groups([[LEAD], [LEAD], [LEAD]]), (), ["phone"], ids)
    chunks = lots(crowded, ids)
    assert [one for chunk in chunks for one in chunk] == ids
    assert all(len(json.dumps(body)) <= 3_000 for body in crowded.lots(ids))
    assert len(chunks) < 10


def lots(plan: SearchPlan, ids: list[str]) -> list[list[str]]:
    return [body["filterGroups"][0]["filters"][-1]["values"] for body in plan.lots(ids)]


def test_a_where_too_large_is_refused_with_the_limits() -> None:
    with pytest.raises(ConfigError) as caught:
        plan_search(where_groups([LEAD] * 6), (), [])
    assert caught.value.message == (
        "select.where is larger than HubSpot's search takes: at most 5 groups of 5 filters, "
        "18 filters in all (one of each group being ours) and 3,000 characters"
    )
    with pytest.raises(ConfigError, match="3,000 characters"):
        plan_search(where_groups([{**LEAD, "values": ["lead" * 10] * 100}]), (), [])


def test_times_are_milliseconds_utc() -> None:
    moment = datetime(2026, 11, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    assert epoch_ms(moment) == epoch_ms(datetime(2026, 11, 1)) == "1793491200000"


@settings(max_examples=150, deadline=None)
@given(
    where=st.lists(st.lists(st.just(LEAD), max_size=7), max_size=7),
    blank=st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8),
    stale=st.sampled_from([None, STALE]),
    since=st.sampled_from([None, SINCE]),
    names=st.integers(0, 120),
    ids=st.integers(0, 250),
)
def test_the_limits_hold(where: list[Any], blank: list[str], stale: Any, since: Any, names: int, ids: int) -> None:
    chosen = selections(blank, stale, since)
    wanted = [str(10**12 + number) for number in range(ids)]
    try:
        plan = plan_search(where_groups(where), chosen, [f"property_{n}" for n in range(names)], wanted)
    except ConfigError:
        sizes = [len(group) + 1 for group in where]
        assert len(sizes) > 5 or max(sizes) > 6 or sum(sizes) > 18
        return
    for body in [plan.page(after="9" * 20), *plan.lots(wanted)]:
        sizes = [len(group["filters"]) for group in body["filterGroups"]]
        assert 1 <= len(sizes) <= 5
        assert max(sizes) <= 6
        assert sum(sizes) <= 18
        assert len(json.dumps(body)) <= 3_000
    assert [one for chunk in lots(plan, wanted) for one in chunk] == wanted
    # All of a selection or none of it: a part of it would lose records.
    assert len(plan.groups) in {(len(where) or 1) * len(selection) for selection in (*chosen, ("none",))}
