"""The table of policies, row by row, and the two promises it stands for."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config.settings import Policy
from connector.mapping.policies import reason_to_write
from connector.mapping.values import same
from connector.models import FieldInfo, FieldType, Value, Written, is_blank

TITLE = FieldInfo("Title", "Title", "text")
OURS = "our own value, unchanged since"
TABLE: dict[Policy, tuple[str | None, ...]] = {
    # policy     blank, never ours  blank, was ours  ours, unchanged  a person's value
    "fill": ("was blank", None, None, None),
    "refresh": ("was blank", None, OURS, None),
    "overwrite": ("was blank", "was blank", "overwrite", "overwrite"),
    "suggest": ("suggested", "suggested", "suggested", "suggested"),
}
SITUATIONS: tuple[tuple[Value, dict[str, Written]], ...] = (
    (None, {}),
    (None, {"Title": Written("VP")}),
    ("VP", {"Title": Written("VP")}),
    ("Typed", {"Title": Written("VP")}),
)
VALUES = st.one_of(st.none(), st.text(max_size=5), st.sampled_from(["VP", "vp ", " ", "5", "5.0"]))


@pytest.mark.parametrize(("policy", "place"), [(policy, place) for policy in TABLE for place in range(4)])
def test_every_policy_in_every_situation(policy: Policy, place: int) -> None:
    current, last = SITUATIONS[place]
    assert reason_to_write(policy, current, TITLE, last) == TABLE[policy][place]


@pytest.mark.parametrize("policy", [policy for policy in TABLE if policy not in ("overwrite", "suggest")])
def test_a_value_that_was_always_a_persons_is_never_replaced(policy: Policy) -> None:
    assert reason_to_write(policy, "Typed", TITLE, {}) is None


@pytest.mark.parametrize("blank", ["", "  ", "\n", None])
def test_white_space_is_blank_and_a_blank_that_we_wrote_makes_nothing_ours(blank: Value) -> None:
    assert reason_to_write("fill", blank, TITLE, {}) == "was blank"
    assert reason_to_write("fill", blank, TITLE, {"Title": Written("VP")}) is None
    assert reason_to_write("fill", None, TITLE, {"Title": Written(blank)}) == "was blank"
    assert reason_to_write("refresh", "Typed", TITLE, {"Title": Written(blank)}) is None


@pytest.mark.parametrize(
    ("type", "current", "last"),
    [
        ("phone", "(415) 555-0100", "+1 415 555 0100"),
        ("integer", "364", 364),
        ("datetime", "2026-11-23T08:00:00.000+0000", "2026-11-23T08:00:00Z"),
        ("text", "  vice President", "Vice President"),
    ],
)
def test_our_value_in_the_crms_spelling_is_still_ours(type: FieldType, current: Value, last: Value) -> None:
    info = FieldInfo("Field", "Field", type)
    assert reason_to_write("refresh", current, info, {"Field": Written(last)}) == OURS


def test_false_and_zero_are_values() -> None:
    for value in (False, 0):
        assert reason_to_write("fill", value, FieldInfo("F", "F", "other"), {}) is None


@given(VALUES, VALUES, st.booleans())
def test_fill_never_lets_a_value_be_replaced(current: Value, last: Value, known: bool) -> None:
    reason = reason_to_write("fill", current, TITLE, {"Title": Written(last)} if known else {})
    assert reason is None or is_blank(current)


@given(VALUES, VALUES, st.booleans())
def test_refresh_replaces_only_what_we_wrote_ourselves(current: Value, last: Value, known: bool) -> None:
    ours = {"Title": Written(last)} if known else {}
    reason = reason_to_write("refresh", current, TITLE, ours)
    if reason is not None and not is_blank(current):
        assert known
        assert same(current, last, TITLE)
    if reason is not None and is_blank(current):
        assert not known or is_blank(last)


@given(st.sampled_from(get_args(Policy)), VALUES, VALUES)
def test_another_fields_history_decides_nothing(policy: Policy, current: Value, other: Value) -> None:
    assert reason_to_write(policy, current, TITLE, {"Phone": Written(other)}) == reason_to_write(
        policy, current, TITLE, {}
    )
