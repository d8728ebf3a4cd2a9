"""The filters of prospecting: which are one value, and which types of signals they make us pay for."""

from __future__ import annotations

from typing import Any

import pytest

from connector.lusha.filters import SINGLE, signal_types
from connector.lusha.v2 import filtering
from connector.lusha.v3 import prospecting
from connector.models import Entity
from connector.sandbox.lusha.checker import Many, Shape
from connector.sandbox.lusha.v2.filter_rules import SEARCH
from connector.sandbox.lusha.v3.filter_rules import PROSPECTING

EVERY: dict[Entity, tuple[str, ...]] = {
    "person": ("allSignals", "promotion", "companyChange"),
    "company": ("allSignals", "riskNews", "peopleNews", "surgeInHiring"),
}


@pytest.mark.parametrize(
    ("filters", "types"),
    [
        ({"contacts": {"include": {"departments": ["Sales"]}}}, {}),
        ({"contacts": {"include": {"signals": {"types": ["promotion", "companyChange"]}}}}, {"person": 2}),
        ({"contacts": {"include": {"signals": {"types": ["promotion", "promotion"]}}}}, {"person": 1}),
        ({"contacts": {"include": {"signal": {"names": ["promotion"]}}}}, {"person": 1}),
        ({"contacts": {"include": {"signals": {"names": ["allSignals"]}}}}, {"person": 2}),
        ({"companies": {"include": {"signals": {"types": ["allSignals"]}}}}, {"company": 3}),
        ({"companies": {"include": {"signals": {"startDate": "2026-01-01"}}}}, {"company": 3}),
        ({"companies": {"include": {"signals": {"types": "riskNews"}}}}, {"company": 1}),
        ({"companies": {"exclude": {"signals": {"types": ["riskNews"]}},
                        "include": {"signals": {"types": ["peopleNews"]}}}}, {"company": 2}),
        ({"contacts": {"include": {"signals": {"types": ["promotion"]}}},
          "companies": {"include": {"signals": {"names": ["allSignals", "newOne"]}}}}, {"person": 1, "company": 4}),
        ({"contacts": [], "companies": {"include": 3}}, {}),
    ],
)  # fmt: skip
def test_every_type_that_a_filter_names_is_counted(filters: Any, types: dict[Entity, int]) -> None:
    assert signal_types(filters, lambda entity: EVERY[entity]) == types


@pytest.mark.parametrize("generation", [prospecting, filtering], ids=["v3", "v2"])
def test_single_filters_are_filters(generation: Any) -> None:
    every = {name for sides in generation.FILTERS.values() for names in sides.values() for name in names}
    assert every >= generation.SINGLE
    assert not (every - generation.SINGLE) & SINGLE


@pytest.mark.parametrize("rules", [PROSPECTING, SEARCH], ids=["v3", "v2"])
def test_single_filters_are_those_that_lusha_takes_one_value_of(rules: Any) -> None:
    for operation in rules.values():
        for subject in operation.fields["filters"].fields.values():
            criteria: Shape = subject.fields["include"]
            for name, rule in criteria.fields.items():
                assert isinstance(rule, Many) == (name not in SINGLE), name
