"""Lusha's usage endpoint takes five requests a minute: when it refuses, the last known balance serves."""

from __future__ import annotations

from connector.errors import QuotaExhausted
from tests.cassettes.stage import Stage, counted

USAGE = "/v3/account/usage"
ATTEMPTS = 5


def test_last_known_balance(stage: Stage) -> None:
    first = counted(stage.sync("beta", "company", limit=3))
    assert first["credits"] == {"reserved": 4, "charged": 4, "balance": 9996}

    stage.later(minutes=1)
    stage.arrange(lambda sandbox: sandbox.lusha.fail_next(429, times=ATTEMPTS, path=USAGE))
    second = counted(stage.sync("beta", "company", limit=3))
    assert second["credits"] == {"reserved": 4, "charged": 4, "balance": 9992}
    assert second["written"] == 3


def test_no_balance_known_yet(stage: Stage) -> None:
    stage.arrange(lambda sandbox: sandbox.lusha.fail_next(429, times=ATTEMPTS, path=USAGE))
    report = stage.sync("beta", "company", limit=3)
    assert report.exit_code == QuotaExhausted.exit_code
    assert [error.message for error in report.errors] == [
        "Lusha: GET /v3/account/usage answered 429: Too many requests. Please wait before making another request."
    ]
