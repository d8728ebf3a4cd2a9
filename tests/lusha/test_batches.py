"""More things than one request holds: split, each asked once, answered in the order given."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.lusha.batches import in_batches
from connector.models import Answer, Item, Profile

THINGS = st.lists(st.integers(0, 60), max_size=200)


def item(thing: int) -> Item:
    return Item(Profile("person", str(thing), {"id": str(thing)}))


class Vendor:
    """Answers item by item, one credit each, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Sequence[int]] = []

    def __call__(self, things: Sequence[int]) -> Answer:
        self.asked.append(tuple(things))
        return Answer(tuple(item(thing) for thing in things), len(things))


@given(THINGS, st.integers(1, 25))
def test_one_item_for_each_thing_in_order_and_nothing_asked_twice(things: list[int], size: int) -> None:
    vendor = Vendor()
    answers = list(in_batches(things, vendor, size))
    assert [told for answer in answers for told in answer.items] == [item(thing) for thing in things]
    asked = [thing for batch in vendor.asked for thing in batch]
    assert sorted(asked) == sorted(set(things))
    assert all(0 < len(batch) <= size for batch in vendor.asked)
    assert all(len(batch) == size for batch in vendor.asked[:-1])
    assert sum(answer.charged or 0 for answer in answers) == len(set(things))


def test_the_next_request_waits_until_the_last_answer_was_taken() -> None:
    vendor = Vendor()
    answers = in_batches(list(range(250)), vendor)
    assert vendor.asked == []
    next(answers)
    assert [len(batch) for batch in vendor.asked] == [100]
    assert [len(answer.items) for answer in answers] == [100, 50]


def test_a_failure_leaves_the_answers_before_it_with_the_caller() -> None:
    paid: list[Answer] = []

    def ask(things: Sequence[int]) -> Answer:
        if things[0] >= 100:
            raise RuntimeError("out of credits")
        return Vendor()(things)

    with pytest.raises(RuntimeError):
        paid.extend(in_batches(list(range(250)), ask))
    assert [len(answer.items) for answer in paid] == [100]


def test_an_estimate_stays_one_and_what_else_came_is_handed_on() -> None:
    told = Answer((item(1),), 1, estimated=True, extra=(Profile("company", "9", {"id": "9"}),))
    assert list(in_batches([1], lambda things: told)) == [told]
