"""The state file that ``benchmarks.statefile`` makes is what a run leaves."""

from __future__ import annotations

from pathlib import Path

from benchmarks import statefile
from connector.store import explain, people, records, runs
from connector.store.db import open_store


def test_every_record_has_its_history_its_profile_and_its_rest(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    statefile.fill(store, 150)
    assert records.counted(store, org="beta") == {"matched": 150}
    told = explain.history(store, org="beta", object="contacts", record="88000000150")
    assert [change.state for change in told.changes] == ["written"] * 9
    assert [change.paid is not None for change in told.changes] == [True] * 7 + [False] * 2
    assert told.tried[statefile.MAPPING].next_due is not None
    assert told.state is not None and told.state.lusha_id is not None
    key = store.rows("SELECT key FROM books")[0]["key"]
    assert len(people.profiles(store, key=key, entity="person", ids=[told.state.lusha_id])) == 1
    assert runs.listed(store)[0].status == "done"
    assert 1_000 < sum(statefile.tables(tmp_path / "state.db", 1).values()) < 150 * 3_000
