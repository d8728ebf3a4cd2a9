"""How long a fault is waited out. Whose turn it is: ``test_turns``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.pacing import backoff


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 1.0), (2, 2.0), (6, 32.0), (7, 60.0), (50, 60.0)])
def test_a_fault_is_waited_out_twice_as_long_each_time_up_to_a_minute(attempt: int, seconds: float) -> None:
    assert backoff(attempt, jitter=lambda: 0.0) == seconds
    assert backoff(attempt, jitter=lambda: 1.0) == seconds * 0.75


@given(st.integers(1, 200), st.floats(0.1, 10), st.floats(1, 300))
def test_the_wait_stays_between_three_quarters_and_its_cap(attempt: int, base: float, cap: float) -> None:
    whole = min(cap, base * 2.0 ** (attempt - 1))
    assert whole * 0.75 <= backoff(attempt, base=base, cap=cap) <= whole
