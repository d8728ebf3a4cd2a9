"""What frozen values tell of themselves."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector import models
from connector.models import Change, Price, Profile, Value, is_blank


@pytest.mark.parametrize("value", [None, "", " ", "\t\n", "\u00a0", [], {}])
def test_null_empty_and_white_space_are_blank(value: object) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", [0, 0.0, False, "0", "x", [None], {"a": None}, "None"])
def test_zero_and_false_are_values(value: object) -> None:
    assert not is_blank(value)


@pytest.mark.parametrize(
    ("before", "stamp", "replaces"),
    [("Old", False, True), (None, False, False), (" ", False, False), ("1", True, False)],
)
def test_what_a_guard_counts(before: Value, stamp: bool, replaces: bool) -> None:
    assert Change("Title", before, "New", "why", "job_title.title", "refresh", stamp=stamp).replaces == replaces


@pytest.mark.parametrize(("items", "credits"), [(0, 0), (1, 1), (25, 1), (26, 2), (100, 4)])
def test_a_started_lot_is_paid_whole(items: int, credits: int) -> None:
    assert Price(1, per=25).of(items) == credits


@given(st.integers(0, 20), st.integers(1, 50), st.integers(0, 500))
def test_a_price_covers_every_item_and_no_lot_too_many(credits: int, per: int, items: int) -> None:
    total = Price(credits, per).of(items)
    assert total * per >= credits * items
    assert total * per < credits * (items + per) or credits == 0


def test_profiles_are_compared_by_what_they_say_and_not_by_how_the_vendor_said_it() -> None:
    assert Profile("person", "7", {"a": 1}, raw={"x": 1}) == Profile("person", "7", {"a": 1}, raw={})


def test_every_value_is_frozen_and_slotted() -> None:
    kinds = [kind for kind in vars(models).values() if isinstance(kind, type) and is_dataclass(kind)]
    assert len(kinds) >= 12
    for kind in kinds:
        assert set(kind.__slots__) == {field.name for field in fields(kind)}  # type: ignore[attr-defined]
    with pytest.raises(FrozenInstanceError):
        Price(1).credits = 2  # type: ignore[misc]
