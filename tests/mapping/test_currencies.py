"""Amounts of money in orgs that keep each record's in a currency of its own."""

from __future__ import annotations

from typing import Any

import pytest

from connector.mapping.currencies import amount_problem, never_takes
from connector.mapping.paths import compile_path
from connector.models import FieldInfo, Value

AMOUNT = FieldInfo("Amount", "Amount", "number", currency="Currency")
EUROS, DOLLARS = {"Currency": "EUR"}, {"Currency": "USD"}
FOREIGN = "an amount in USD, and the record's are in EUR"
ROUNDS = [{"amount": 5, "currency": "USD"}, {"amount": 6, "currency": "EUR"}]


@pytest.mark.parametrize(
    ("source", "attributes", "values", "problem"),
    [
        ("revenue.min", {}, DOLLARS, None),
        ("revenue.max || revenue.min", {}, EUROS, FOREIGN),
        ("it_spend.value_usd", {"it_spend": {"currency": "EUR"}}, EUROS, FOREIGN),
        ("it_spend.value", {"it_spend": {"currency": "EUR"}}, EUROS, None),
        ("it_spend.value", {"it_spend": {}}, EUROS, "the amount's currency is not told"),
        ("funding.total_amount", {"funding": {"currency": "USD"}}, DOLLARS, None),
        ("funding.rounds[0].amount", {"funding": {"rounds": ROUNDS[:1]}}, DOLLARS, None),
        ("funding.rounds[0].amount", {"funding": {"rounds": ROUNDS}}, DOLLARS,
         "an amount in EUR, and the record's are in USD"),
        ("employee_count.exact", {}, EUROS, None),
        ("revenue.min", {}, {"Currency": None}, None),
        ("revenue.min", {}, {"Currency": "usd "}, None),
    ],
)  # fmt: skip
def test_only_an_amount_in_the_records_currency_is_written(
    source: str, attributes: dict[str, Any], values: dict[str, Value], problem: str | None
) -> None:
    roots = compile_path(source).roots
    assert amount_problem(AMOUNT, roots, attributes, values) == problem
    assert amount_problem(FieldInfo("Amount", "Amount", "number"), roots, attributes, values) is None


@pytest.mark.parametrize(
    ("source", "values", "never"),
    [
        ("revenue.min", EUROS, True), ("revenue.min", DOLLARS, False), ("revenue.min", {}, False),
        ("it_spend.value", EUROS, False), ("revenue.min || employee_count.exact", EUROS, False),
    ],
)  # fmt: skip
def test_what_will_never_do_is_known_beforehand(source: str, values: dict[str, Value], never: bool) -> None:
    assert never_takes(AMOUNT, compile_path(source).roots, values) is never
