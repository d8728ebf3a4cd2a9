"""What clients of one state file share."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from connector.config.settings import LushaSettings, OrgSettings
from connector.pacing import Rate, Turns
from connector.redact import Secret
from connector.runtime.clients import Clients
from connector.runtime.outside import Outside

ORG = OrgSettings("beta", "ours", {}, (), LushaSettings(Secret("key")))
RATES = [Rate(1, 10.0)]


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[Turns | None]:
    """The turns that a CRM is handed as it connects, once for each time."""
    given: list[Turns | None] = []

    def connect(connection: Any, *, turns: Turns | None, **outside: Any) -> Any:
        given.append(turns)
        return SimpleNamespace(close=lambda: None)

    monkeypatch.setattr("connector.runtime.clients._adapter", lambda name: SimpleNamespace(load=lambda: connect))
    return given


def test_a_crm_shares_its_rates_with_everybody_on_the_same_state_file(
    tmp_path: Path, handed: list[Turns | None]
) -> None:
    outside = Outside(wall=lambda: 1_800_000_000.0)
    mine, theirs = (Clients(tmp_path / "state.db", outside) for _ in range(2))
    with mine.crm(ORG), theirs.crm(ORG):
        first, second = handed
        assert first is not None and second is not None
        assert first.take("app", RATES) == 0.0
        assert second.take("app", RATES) == 10.0
    mine.close()
    theirs.close()


def test_without_sharing_no_file_is_made(tmp_path: Path, handed: list[Turns | None]) -> None:
    with Clients(tmp_path / "state.db", Outside(), shared=False).crm(ORG):
        assert handed == [None]
    assert list(tmp_path.iterdir()) == []
