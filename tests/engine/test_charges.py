"""What a charge was for: each booking tells it in whole credits, also after lost answers."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from connector.engine.buying import weights
from connector.lusha.prices import PriceList
from connector.models import Item, Profile
from connector.store import spending
from tests.engine.house import START, House, person, row

EVERYTHING = frozenset({"emails", "phones"})


def answer(*came: str, revealed: frozenset[str] = EVERYTHING, entity: str = "person") -> Item:
    return Item(Profile(entity, "7", {name: ["x"] for name in came}, revealed | {"profile"}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("items", "offers", "weighs"),
    [
        ([answer("emails", "phones")], [None], {"emails": 1, "phones": 5}),
        ([answer("emails", "phones")], [{"emails": 2, "phones": 8}], {"emails": 2, "phones": 8}),
        ([answer("emails", "phones")], [{"emails": 0, "phones": 5}], {"phones": 5}),
        ([answer("emails")], [{"emails": 1, "phones": 5}], {"emails": 1}),  # asked for, and came empty
        ([answer("emails"), answer("phones"), answer("emails")], [None] * 3, {"emails": 2, "phones": 5}),
        ([Item(error="NOT_FOUND"), answer("emails")], [None, None], {"emails": 1}),
        ([answer(revealed=frozenset({"company"}), entity="company")], [None], {"company": 1}),
        ([answer()], [None], {}),
        ([], [], {}),
    ],
)
def test_data_weigh_what_they_cost_where_they_came(
    items: list[Item], offers: list[dict[str, int] | None], weighs: dict[str, int]
) -> None:
    assert {datum: weight for datum, weight in weights(PriceList(), items, offers).items() if weight} == weighs


def bought(house: House) -> dict[str, int]:
    """What the fake Lusha charged, by datum; the rest is the search."""
    parts = Counter[str]()
    for (_, datum), times in house.lusha.purchases.items():
        parts[datum] += house.lusha.prices.of(datum) * times
    paid = {datum: credits for datum, credits in parts.items() if credits}
    return {**paid, "search": house.lusha.charged_total - sum(parts.values())}


def told(house: House) -> dict[str, int]:
    rows = house.store.rows("SELECT charged, data FROM ledger WHERE state = 'settled' AND data IS NOT NULL")
    assert all(sum(json.loads(row["data"]).values()) == row["charged"] for row in rows)
    return spending.by_datum(house.store, house.lusha_settings.api_key.fingerprint(), since=START)


@pytest.mark.parametrize("lost", [0, 1])
def test_a_run_tells_what_every_credit_was_for(tmp_path: Path, lost: int) -> None:
    numbers = range(1, 30)
    house = House(tmp_path, rows=[row(n) for n in numbers], people=[person(n) for n in numbers])
    house.sync(limit=5)
    house.lusha.lose_answer_next(lost)
    house.sync()
    assert house.lusha.charged_total > 100
    assert told(house) == bought(house)
