"""Answers in storage: what is read back is what was told, Lusha's own words included."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from connector.lusha import answered
from connector.models import Answer, Found, Item, Lookalikes, Profile, Signal, Signals, SignalsAnswer

RAW: dict[str, Any] = {"id": "7", "name": "Zoë"}
ADA = Profile("person", "7", {"full_name": "Ada"}, frozenset({"phones", "emails"}), {"phones": 5}, RAW)
PROMOTION = Signal("promotion", "2026-01-02", MappingProxyType({"titles": ["CTO"]}), RAW)


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        (
            SignalsAnswer(
                (
                    Signals("7", (PROMOTION,), "Acme", raw=RAW),
                    Signals(None, error="NOT_FOUND", message="nobody"),
                ),
                2,
                "2026-01-01",
                None,
            ),
            answered.signals_answer,
        ),
        (Lookalikes((ADA,), "session", True, None), answered.lookalikes),
        (Found((ADA, ADA), 1, 25, 300, 1, "search"), answered.found),
        (Answer((Item(ADA), Item(error="NO_ANSWER", message="left out")), 6, True, (ADA,)), answered.answer),
    ],
)
def test_there_and_back(answer: Any, read: Any) -> None:
    again = read(answered.to_json(answer))
    assert again == answer
    assert [getattr(one, "raw", None) for one in getattr(again, "profiles", ())] == [
        one.raw for one in getattr(answer, "profiles", ())
    ]
    if isinstance(answer, SignalsAnswer):
        assert again.items[0].raw == again.items[0].signals[0].raw == RAW
