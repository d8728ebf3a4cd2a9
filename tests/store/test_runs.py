"""Runs as rows: begun, ended, buried, listed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from connector.store import runs
from connector.store.db import Store, open_store
from connector.store.runs import RunRow

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def begin(store: Store, org: str = "acme") -> int:
    return runs.begin(store, invocation="i", org=org, mapping="m.yaml", now=NOW)


def test_a_run_is_running_until_it_is_ended_and_keeps_its_report(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    number = begin(store)
    started = RunRow(number, "acme", "m.yaml", "running", "2026-11-23T08:00:00Z", None, {}, None)
    assert runs.found(store, number) == started
    report = {"read": 3, "notes": {"Título: zu lang": 1}}
    runs.end(store, number, status="stopped", report=report, error="no room", now=NOW + timedelta(minutes=1))
    ended = RunRow(
        number, "acme", "m.yaml", "stopped", "2026-11-23T08:00:00Z", "2026-11-23T08:01:00Z", report, "no room"
    )
    assert runs.found(store, number) == ended
    assert runs.found(store, number + 1) is None


def test_the_latest_come_first_of_all_orgs_or_of_one(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    numbers = [begin(store, org) for org in ("acme", "beta", "acme")]
    assert [row.id for row in runs.listed(store)] == numbers[::-1]
    assert [row.id for row in runs.listed(store, org="acme")] == [numbers[2], numbers[0]]
    assert [row.id for row in runs.listed(store, limit=1)] == [numbers[2]]


def test_a_run_without_an_end_is_a_dead_one_of_its_org(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    done, dead, other, own = begin(store), begin(store), begin(store, "beta"), begin(store)
    runs.end(store, done, status="done", report={}, error=None, now=NOW)
    assert [row.id for row in runs.dead(store, org="acme", but=own)] == [dead]
    assert [row.id for row in runs.dead(store, org="beta", but=own)] == [other]
