"""In which currency an amount of Lusha's is, and whether a record that keeps its amounts in one may be given it. Pure.

Amounts are not converted: by which rate of which day, only the org knows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from connector.models import FieldInfo, Value, is_blank

DOLLARS = "USD"
_IN_DOLLARS = frozenset({"revenue", "revenue.min", "revenue.max", "it_spend.value_usd"})
_CURRENCY_OF = {"it_spend": "it_spend", "it_spend.value": "it_spend"} | dict.fromkeys(
    ("funding", "funding.total_amount", "funding.last_round_amount"), "funding"
)
"""Where Lusha names the currency of an amount: beside it."""


def amount_problem(
    info: FieldInfo, roots: Collection[str], attributes: Mapping[str, Any], values: Mapping[str, Value]
) -> str | None:
    """Why an amount may not be written into this field of a record; None if it may, or if it is no amount.

    ``roots``: the attributes that it is read from. ``values``: of the record.
    """
    held = _held(info, values)
    told = set(_told(roots, attributes)) if held else set()
    if not told or told == {held}:
        return None
    named = sorted(filter(None, told))
    return f"an amount in {named[0]}, and the record's are in {held}" if named else "the amount's currency is not told"


def never_takes(info: FieldInfo, roots: Collection[str], values: Mapping[str, Value]) -> bool:
    """Whether it is known beforehand that no such amount will do: Lusha tells them in US dollars always."""
    held = _held(info, values)
    return bool(held and roots and _IN_DOLLARS.issuperset(roots)) and held != DOLLARS


def _held(info: FieldInfo, values: Mapping[str, Value]) -> str | None:
    held = values.get(info.currency) if info.currency else None
    return None if is_blank(held) else str(held).strip().upper()


def _told(roots: Collection[str], attributes: Mapping[str, Any]) -> Iterator[str | None]:
    """The currencies that the amounts read may be in; None where Lusha does not name one."""
    for root in roots:
        if root in _IN_DOLLARS:
            yield DOLLARS
        elif root in _CURRENCY_OF:
            yield (attributes.get(_CURRENCY_OF[root]) or {}).get("currency")
        elif root == "funding.rounds":
            yield from (one.get("currency") for one in (attributes.get("funding") or {}).get("rounds") or ())
