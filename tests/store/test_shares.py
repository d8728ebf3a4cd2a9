"""A charge divided over data: whole credits, nothing lost, nothing invented, whatever the weights."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.store.shares import OTHER, split

WEIGHTS = st.dictionaries(st.sampled_from(["company", "emails", "intent", "phones", "search"]), st.integers(-3, 500))


@pytest.mark.parametrize(
    ("charged", "weights", "parts"),
    [
        (60, {"emails": 10, "phones": 50}, {"emails": 10, "phones": 50}),
        (30, {"emails": 10, "phones": 50}, {"emails": 5, "phones": 25}),
        (1, {"emails": 1, "phones": 5}, {"phones": 1}),
        (2, {"emails": 1, "phones": 1, "company": 1}, {"company": 1, "emails": 1}),
        (4, {"search": 1}, {"search": 4}),
        (7, {}, {OTHER: 7}),
        (7, {"profile": 0}, {OTHER: 7}),
        (0, {"emails": 1}, {}),
        (0, {}, {}),
    ],
)
def test_credits_go_where_the_weights_say(charged: int, weights: dict[str, int], parts: dict[str, int]) -> None:
    assert split(charged, weights) == parts


@given(st.integers(0, 10_000), WEIGHTS)
def test_the_parts_add_up_and_none_is_below_nothing(charged: int, weights: dict[str, int]) -> None:
    parts = split(charged, weights)
    assert sum(parts.values()) == charged
    assert all(credits > 0 for credits in parts.values())
    assert parts.keys() <= {datum for datum, weight in weights.items() if weight > 0} | {OTHER}


@given(st.integers(0, 10_000), WEIGHTS)
def test_no_part_is_a_whole_credit_away_from_its_share(charged: int, weights: dict[str, int]) -> None:
    held = {datum: weight for datum, weight in weights.items() if weight > 0}
    parts = split(charged, weights)
    for datum, weight in held.items():
        assert abs(parts.get(datum, 0) * sum(held.values()) - charged * weight) < sum(held.values())


@given(st.integers(0, 10_000), WEIGHTS)
def test_the_order_of_the_weights_does_not_count(charged: int, weights: dict[str, int]) -> None:
    assert split(charged, dict(reversed(weights.items()))) == split(charged, weights)


@given(WEIGHTS)
def test_what_is_split_once_stays_as_it_is(weights: dict[str, int]) -> None:
    parts = split(97, weights)
    assert split(97, parts) == parts
