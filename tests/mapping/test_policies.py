"""The table of policies, row by row, and the two promises it stands for."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config.settings import Policy
from connector.mapping import policies
from connector.mapping.policies import IF_LATER, reason_to_write, taken_back
from connector.mapping.values import untouched
from connector.models import FieldInfo, FieldType, Value, Written, is_blank

TITLE = FieldInfo("Title", "Title", "text")
OURS = "our own value, unchanged since"
TABLE: dict[Policy, tuple[str | None, ...]] = {
    # policy     blank, never ours  blank, was ours  ours, unchanged  a person's value
    "fill": ("was blank", None, None, None),
    "refresh": ("was blank", None, OURS, None),
    "newer": ("was blank", None, OURS, IF_LATER),
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


@pytest.mark.parametrize("policy", ["fill", "refresh"])
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
        ("text", "  Vice  President", "Vice President"),
        ("email", "Jane@Acme.example", "jane@acme.example"),
    ],
)
def test_our_value_in_the_crms_spelling_is_still_ours(type: FieldType, current: Value, last: Value) -> None:
    info = FieldInfo("Field", "Field", type)
    assert reason_to_write("refresh", current, info, {"Field": Written(last)}) == OURS


@pytest.mark.parametrize("policy", ["refresh", "newer"])
def test_a_corrected_letter_makes_our_value_a_persons(policy: Policy) -> None:
    ours = {"Title": Written("head of sales")}
    assert reason_to_write(policy, "head of sales", TITLE, ours) == OURS
    assert reason_to_write(policy, "Head of Sales", TITLE, ours) == (IF_LATER if policy == "newer" else None)


@pytest.mark.parametrize("policy", get_args(Policy))
@pytest.mark.parametrize("current", [None, "", "VP", "Typed"])
def test_what_undo_took_back_is_proposed_at_most(policy: Policy, current: Value) -> None:
    last = {"Title": Written("VP", tombstone=True)}
    assert taken_back("Title", last)
    assert not taken_back("Phone", last)
    assert reason_to_write(policy, current, TITLE, last) == ("suggested" if policy == "suggest" else None)


def test_the_table_of_the_module_says_the_same() -> None:
    rows = {line.split()[0]: line.split()[1:] for line in (policies.__doc__ or "").splitlines() if line[:4] == "    "}
    words: dict[str | None, str] = {None: "leave", "suggested": "propose", IF_LATER: "if later"}
    for policy, reasons in TABLE.items():
        told = " ".join(words.get(reason, "write") for reason in reasons)
        assert " ".join(rows[policy]) == f"{told} {'propose' if policy == 'suggest' else 'leave'}"
    assert set(get_args(Policy)) == set(TABLE)


def test_false_and_zero_are_values() -> None:
    for value in (False, 0):
        assert reason_to_write("fill", value, FieldInfo("F", "F", "other"), {}) is None


@given(VALUES, VALUES, st.booleans())
def test_fill_never_lets_a_value_be_replaced(current: Value, last: Value, known: bool) -> None:
    reason = reason_to_write("fill", current, TITLE, {"Title": Written(last)} if known else {})
    assert reason is None or is_blank(current)


@given(st.sampled_from(get_args(Policy)), VALUES, VALUES, st.booleans())
def test_only_overwrite_replaces_a_persons_value_without_asking(
    policy: Policy, current: Value, last: Value, known: bool
) -> None:
    reason = reason_to_write(policy, current, TITLE, {"Title": Written(last)} if known else {})
    ours = known and not is_blank(last) and untouched(current, last, TITLE)
    if reason not in (None, "suggested") and not is_blank(current) and not ours:
        assert reason == (IF_LATER if policy == "newer" else "overwrite")


@given(VALUES, VALUES, st.booleans())
def test_refresh_replaces_only_what_we_wrote_ourselves(current: Value, last: Value, known: bool) -> None:
    ours = {"Title": Written(last)} if known else {}
    reason = reason_to_write("refresh", current, TITLE, ours)
    if reason is not None and not is_blank(current):
        assert known
        assert untouched(current, last, TITLE)
    if reason is not None and is_blank(current):
        assert not known or is_blank(last)


@given(st.sampled_from(get_args(Policy)), VALUES, VALUES)
def test_another_fields_history_decides_nothing(policy: Policy, current: Value, other: Value) -> None:
    assert reason_to_write(policy, current, TITLE, {"Phone": Written(other)}) == reason_to_write(
        policy, current, TITLE, {}
    )
