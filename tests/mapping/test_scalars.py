from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.scalars import plain_text, read_boolean, read_instant, read_number


@pytest.mark.parametrize(
    ("value", "text"),
    [(364.0, "364"), (0.1, "0.1"), (-2.50, "-2.5"), (1e22, "1" + "0" * 22), (1e-7, "0.0000001"), (7, "7"),
     (True, "true"), (False, "false"), ("07", "07")],
)  # fmt: skip
def test_plain_text(value: str | int | float | bool, text: str) -> None:
    assert plain_text(value) == text


@settings(max_examples=200, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e30, max_value=1e30))
def test_a_number_survives_its_text(value: float) -> None:
    assert float(plain_text(value)) == value
    number = read_number(plain_text(value))
    assert number is None or float(number) == value


@pytest.mark.parametrize(
    ("value", "number"),
    [("1,234.50", Decimal("1234.5")), (" 12 ", 12), ("-3", -3), ("+3", 3), (".5", Decimal("0.5")), ("1e3", 1000),
     (0.1, Decimal("0.1")), (1e300, None), ("1,23", None), ("1.234,5", None), ("51-200", None), ("1_000", None),
     ("$5", None), ("nan", None), (float("inf"), None), (float("nan"), None), (True, None), ("", None), ("١", None)],
)  # fmt: skip
def test_read_number(value: object, number: Decimal | int | None) -> None:
    assert read_number(value) == number


@pytest.mark.parametrize(
    ("value", "truth"),
    [(True, True), ("TRUE", True), ("Yes", True), (1, True), (1.0, True), ("0", False), ("no", False), ("maybe", None),
     (2, None), ("", None), (None, None)],
)  # fmt: skip
def test_read_boolean(value: object, truth: bool | None) -> None:
    assert read_boolean(value) is truth


NOON = datetime(2026, 4, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    ["2026-04-23T12:00:00Z", "2026-04-23T12:00:00.000+0000", "2026-04-23T14:00:00+02:00", "2026-04-23 12:00",
     "2026-04-23T12:00:00.999Z", "1776945600000", 1776945600000, 1776945600000.0],
)  # fmt: skip
def test_one_instant_in_every_spelling(value: object) -> None:
    assert read_instant(value) == NOON


@pytest.mark.parametrize("value", ["2026-04", "2026", 2026, "20260423", "2026-13-01", "soon", "", True, None, "9" * 16])
def test_what_is_no_instant(value: object) -> None:
    assert read_instant(value) is None


@pytest.mark.parametrize("text", [f"{'9' * 13:>70}", "2026-04-23T12:00:00." + "0" * 60 + "Z"])
def test_a_long_text_is_read_like_any_other(text: str) -> None:
    assert read_instant(text) in (NOON, datetime(2286, 11, 20, 17, 46, 39, tzinfo=UTC))


@pytest.mark.parametrize("value", [datetime(2026, 4, 23), ["true"], b"true", {}])
def test_what_is_no_scalar_is_neither_true_nor_a_time(value: object) -> None:
    assert (read_boolean(value), read_instant(value)) == (None, None)


def test_a_number_of_any_size_is_one_and_a_text_only_while_it_may_be_typed() -> None:
    assert read_number(10**64) == read_number(1e64) == 10**64
    assert read_number("1" * 65) is None
