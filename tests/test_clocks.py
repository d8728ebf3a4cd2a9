"""Two clocks compared by a header that names whole seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.clocks import Skew

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def date(moment: datetime) -> str:
    return format_datetime(moment.replace(microsecond=0), usegmt=True)


@given(
    skew=st.floats(-5_000, 5_000),
    moments=st.lists(st.tuples(st.floats(0, 100), st.floats(0, 3), st.floats(0, 3)), min_size=1, max_size=8),
)
def test_what_is_said_to_be_sure_is_true(skew: float, moments: list[tuple[float, float, float]]) -> None:
    found = Skew()
    for at, there, back in sorted(moments):
        theirs = NOON + seconds(at)
        ours = theirs + seconds(skew)
        found.note(date(theirs), ours - seconds(there), ours + seconds(back))
    assert found.ahead is not None
    assert seconds(0) <= found.ahead <= seconds(skew) or seconds(skew) <= found.ahead <= seconds(0)
    least = min(there + back for _, there, back in moments)
    assert abs(abs(seconds(skew)) - abs(found.ahead)) <= seconds(least + 1.001)


def test_clocks_that_agree_are_not_told_apart_by_the_second_that_is_cut_off() -> None:
    skew = Skew()
    skew.note(date(NOON), NOON + seconds(0.9), NOON + seconds(0.95))
    assert skew.ahead == seconds(0)


@pytest.mark.parametrize("told", [None, "", "yesterday", "Fri, 99 Nov 2026 12:00:00 GMT"])
def test_an_answer_without_a_date_says_nothing(told: str | None) -> None:
    skew = Skew()
    skew.note(told, NOON, NOON)
    assert skew.ahead is None


def test_a_clock_that_was_set_meanwhile_is_judged_anew() -> None:
    skew = Skew()
    skew.note(date(NOON), NOON + seconds(100), NOON + seconds(100))
    skew.note(date(NOON), NOON - seconds(100), NOON - seconds(100))
    assert skew.ahead == seconds(-100)
