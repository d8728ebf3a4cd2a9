"""Search bodies: the shape that HubSpot takes, and its limits on filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from connector.crm.hubspot.search import (
    epoch_ms,
    ids_body,
    page_body,
    plan_groups,
    selection_filters,
    where_groups,
)
from connector.errors import ConfigError
from hypothesis import given, settings
from hypothesis import strategies as st

LEAD = {"propertyName": "lifecyclestage", "operator": "IN", "values": ["lead"]}
STALE = ("stamp", datetime(2026, 11, 1, tzinfo=UTC))


def test_a_page_is_a_query_of_its_own() -> None:
    groups = plan_groups(where_groups([LEAD]), selection_filters(["jobtitle"], STALE))
    keyset = {"propertyName": "hs_object_id", "operator": "GT", "value": "4711"}
    assert page_body(groups, ["jobtitle", "lastmodifieddate"], after="4711") == {
        "filterGroups": [
            {"filters": [LEAD, {"propertyName": "jobtitle", "operator": "NOT_HAS_PROPERTY"}, keyset]},
            {"filters": [LEAD, {"propertyName": "stamp", "operator": "LT", "value": "1793491200000"}, keyset]},
        ],
        "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        "properties": ["jobtitle", "lastmodifieddate"],
        "limit": 200,
    }


def test_ids_take_the_place_of_the_page_filter() -> None:
    body = ids_body(where_groups(None), ["phone"], ["7", "9"])
    assert body["filterGroups"] == [
        {"filters": [{"propertyName": "hs_object_id", "operator": "IN", "values": ["7", "9"]}]}
    ]


def test_any_of_several_lists() -> None:
    other = {"propertyName": "country", "operator": "EQ", "value": "Norway"}
    assert where_groups([[LEAD], [other]]) == ((LEAD,), (other,))
    groups = plan_groups(where_groups([[LEAD], [other]]), selection_filters(["phone", "jobtitle"], None))
    assert [group[0] for group in groups] == [LEAD, LEAD, other, other]


@pytest.mark.parametrize("where", ["lifecyclestage = lead", 5, [LEAD, [LEAD]], [{"propertyName": "x"}], ["x"], {}])
def test_other_shapes_are_refused(where: object) -> None:
    with pytest.raises(ConfigError, match=r"select\.where: expected a list of filters such as"):
        where_groups(where)


@pytest.mark.parametrize("where", [None, [], [[]]])
def test_no_filters(where: object) -> None:
    assert where_groups(where) == ((),)


def test_a_selection_too_large_is_left_out_whole() -> None:
    six = selection_filters(["a", "b", "c", "d", "e", "f"], None)
    assert plan_groups(where_groups([LEAD]), six) == ((LEAD,),)


def test_a_where_too_large_is_refused_with_the_limits() -> None:
    with pytest.raises(ConfigError) as caught:
        plan_groups(where_groups([LEAD] * 6), ())
    assert caught.value.message == (
        "select.where has more filters than HubSpot's search takes "
        "(at most 5 groups of 5 filters, 18 filters in all, one of each group being ours)"
    )


def test_times_are_milliseconds_utc() -> None:
    moment = datetime(2026, 11, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    assert epoch_ms(moment) == epoch_ms(datetime(2026, 11, 1)) == "1793491200000"


@settings(max_examples=150, deadline=None)
@given(
    where=st.lists(st.lists(st.just(LEAD), max_size=7), max_size=7),
    blank=st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8),
    stale=st.sampled_from([None, STALE]),
    by_ids=st.booleans(),
)
def test_the_limits_hold(where: list[Any], blank: list[str], stale: Any, by_ids: bool) -> None:
    selection = selection_filters(blank, stale)
    try:
        groups = plan_groups(where_groups(where), selection)
    except ConfigError:
        sizes = [len(group) + 1 for group in where]
        assert len(sizes) > 5 or max(sizes) > 6 or sum(sizes) > 18
        return
    body = ids_body(groups, [], ["1"]) if by_ids else page_body(groups, [])
    sizes = [len(group["filters"]) for group in body["filterGroups"]]
    assert 1 <= len(sizes) <= 5
    assert max(sizes) <= 6
    assert sum(sizes) <= 18
    # All of the selection or none of it: a part of it would lose records.
    assert len(groups) in (len(where) or 1, (len(where) or 1) * len(selection))
