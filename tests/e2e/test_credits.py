"""``credits`` after real runs: the same figures as the runs' own reports and as the account; and what others spent."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox import Sandbox
from tests.e2e.house import Said, configured, said_here

PRICES = {"emails": 1, "phones": 5, "company": 1}


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(contacts=60, companies=15, limits=False) as sandbox:
        yield sandbox


def credits(config: str, *words: str) -> tuple[Said, dict[str, Any]]:
    said = said_here("credits", "--json", "--config", config, *words)
    [key] = said.document["keys"]
    return said, key


def edit(config: str, old: str, new: str) -> None:
    path = Path(config)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_credits_tells_what_the_runs_reported_and_the_account_says(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(config, "per_run: 2000", "per_day: 3000\n    per_run: 2000")
    runs = said_here("sync", "--json", "-q", "--config", config).document["runs"]
    said, key = credits(config, "-q")
    assert (said.code, said.err) == (0, "")
    assert key["orgs"] == ["acme", "beta"]
    assert box.lusha.used == sum(run["credits"]["charged"] for run in runs) > 0
    assert key["charged"] == dict.fromkeys(("today", "month", "days"), box.lusha.used)
    assert (key["balance"], key["account"]["remaining"]) == (box.lusha.remaining, box.lusha.remaining)
    assert (key["account"]["total"], key["account"]["used"]) == (box.lusha.total, box.lusha.used)
    assert (key["reserved"], key["doubtful"]) == (0, 0)
    charged = {(run["org"], run["mapping"]): run["credits"]["charged"] for run in runs}
    assert {(row["org"], row["mapping"]): row["charged"] for row in key["by_mapping"]} == charged
    assert {row["run"]: row["charged"] for row in key["by_run"]} == {
        run["run"]: run["credits"]["charged"] for run in runs
    }
    assert sum(row["charged"] for row in key["by_org"]) == box.lusha.used
    assert key["by_datum"] == _bought(box)
    limits = {limit["limit"]: (limit["used"], limit["left"]) for limit in key["limits"]}
    assert limits["lusha.budget.per_day"] == (box.lusha.used, 3000 - box.lusha.used)
    assert limits["lusha.budget.keep"] == (None, box.lusha.remaining - 100)
    assert key["drift"]["today"]["drift"] == 0
    assert key["days_left"] == round((box.lusha.remaining - 100) / box.lusha.used, 1)
    assert not any("enrich" in path or "search" in path for path, _ in box.lusha.requests[-1:])


def _bought(box: Sandbox) -> dict[str, int]:
    """What the account was charged, by datum; what no datum explains is the search."""
    parts = Counter[str]()
    for (_, datum), times in box.lusha.purchases.items():
        parts[datum] += PRICES[datum] * times
    return {**parts, "search": box.lusha.used - sum(parts.values())}


def test_what_somebody_else_spends_on_the_account_is_drift(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    said_here("sync", "beta", "-q", "--config", config)
    ours = box.lusha.used
    box.lusha.charge(7)
    _, key = credits(config)
    assert [key["drift"][period]["drift"] for period in ("today", "days")] == [7, 7]
    assert (key["drift"]["today"]["fell"], key["drift"]["today"]["booked"]) == (ours + 7, ours)
    assert "others spent 7 credits on this account" in said_here("credits", "--config", config).out


def test_a_wrong_key_is_refused_and_what_is_known_is_shown(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(config, "sandbox-lusha-key", "another-key")
    said, key = credits(config)
    assert said.code == 7
    assert said.document["error"]["exit"] == 7
    assert key["balance"] is None
    assert "another-key" not in said.out + said.err


def test_while_lusha_is_down_its_last_word_counts(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    said_here("sync", "acme", "-q", "--config", config)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{sock.getsockname()[1]}"
    edit(config, box.lusha_url, closed)
    said, key = credits(config)
    assert said.code == 0, said.err
    assert "error" not in said.document
    assert key["account"]["remaining"] == box.lusha.total  # told before the first purchase
    assert key["balance"] == box.lusha.remaining
    assert "Lusha" in key["account"]["silence"]
    assert "no new word of Lusha's" in said_here("credits", "--config", config).out


def test_before_the_first_run_there_is_nothing_but_the_balance(box: Sandbox, tmp_path: Path) -> None:
    said, key = credits(configured(box, tmp_path), "--days", "7")
    assert (said.code, said.document["days"]) == (0, 7)
    assert (key["balance"], key["charged"]["days"], key["by_run"], key["by_datum"]) == (10_000, 0, [], {})
    assert (key["drift"]["days"], key["per_day"], key["days_left"]) == (None, None, None)


def test_each_key_is_asked_once_and_told_apart(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    text = Path(config).read_text(encoding="utf-8")
    own = "  beta:\n    lusha:\n      api_key: key-of-beta\n      base_url: " + box.lusha_url + "\n"
    Path(config).write_text(text.replace("  beta:\n", own), encoding="utf-8")
    said = said_here("credits", "--json", "--config", config)
    assert said.code == 7  # the sandbox knows one key
    assert [(key["orgs"], key["balance"]) for key in said.document["keys"]] == [(["acme"], 10_000), (["beta"], None)]
    assert sum(times for path, times in box.lusha.calls.items() if "usage" in path) <= 2
