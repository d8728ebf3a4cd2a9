"""The account's usage, whatever categories it is told in."""

from __future__ import annotations

from typing import Any

import pytest

from connector.lusha.calls import Undocumented
from connector.lusha.v2.account import account
from connector.models import Account


def test_the_call_is_free_and_does_not_wait_for_the_next_minute() -> None:
    call = account()
    assert (call.name, call.paid, call.patient, call.query, call.body) == (
        "GET /account/usage",
        False,
        False,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"bulkCredits": {"used": 150, "total": 1000, "remaining": 850}}, Account(850, 1000, 150)),
        (
            {
                "emails": {"used": 1, "total": 10, "remaining": 9},
                "phones": {"used": 2.5, "total": 20, "remaining": 17.5},
            },
            Account(26, 30, 3),
        ),
        ({"unified": {"remaining": 0}}, Account(0, None, None)),
        ({"unified": {"remaining": 7}, "renews": "2026-12-01"}, Account(7, None, None)),
    ],
)
def test_categories_are_summed(usage: dict[str, Any], expected: Account) -> None:
    assert account().read({"usage": usage}) == expected


@pytest.mark.parametrize("payload", [None, [], {}, {"usage": None}, {"usage": {}}, {"usage": {"bulk": {"used": "?"}}}])
def test_an_answer_without_credits(payload: Any) -> None:
    with pytest.raises(Undocumented):
        account().read(payload)
