"""What a run asks of the state file for a record does not depend on how many records the file knows."""

from __future__ import annotations

from pathlib import Path

from tests.engine.house import House, person, row

NEW = 20


def steps(folder: Path, known: int) -> int:
    """The steps of SQLite's machine for a run over ``NEW`` records, an undo of it and a pass over nothing, where the
    state file knows so many others."""
    folder.mkdir()
    house = House(folder, rows=map(row, range(1, known + 1)), people=map(person, range(1, known + NEW + 1)))
    house.store.db.execute("PRAGMA synchronous = OFF")
    house.sync()
    house.later(hours=2)
    for number in range(known + 1, known + NEW + 1):
        house.crm.add("Contact", row(number))
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    house.store.db.set_progress_handler(count, 20)
    ended = house.sync()
    assert ended.report["written"] == NEW
    house.undo(ended.report["run"])
    house.later(hours=1).sync()
    house.store.db.set_progress_handler(None, 0)
    return counted[0]


def test_a_record_costs_the_same_among_few_and_among_many(tmp_path: Path) -> None:
    few, many = steps(tmp_path / "few", 20), steps(tmp_path / "many", 300)
    assert many < 1.25 * few, (few, many)
