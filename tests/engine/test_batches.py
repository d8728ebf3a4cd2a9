"""How many statements the state file is given: as many for a batch of records as for a few."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connector.store.db import Store
from tests.engine.house import House, person, row

FEW, MANY = 60, 95
"""Both are one page, one request of each kind, and two batches of writes: the first ends with the canaries."""


class Counted:
    """A connection that counts the statements that it is given, for however many rows each."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.statements = 0

    def execute(self, *words: Any) -> Any:
        self.statements += 1
        return self._connection.execute(*words)

    def executemany(self, *words: Any) -> Any:
        self.statements += 1
        return self._connection.executemany(*words)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def statements(store: Store, step: Callable[[], object]) -> int:
    """Those that a step of a run takes."""
    connection = store.db
    counted = Counted(connection)
    store.db = counted  # type: ignore[assignment]
    try:
        step()
    finally:
        store.db = connection
    return counted.statements


def house(folder: Path, records: int, *, known: bool = True) -> House:
    folder.mkdir()
    people = [person(number) for number in range(1, records + 1)] if known else []
    org = House(folder, rows=[row(number) for number in range(1, records + 1)], people=people)
    org.crm.write_batch = 100
    return org


def told(tmp_path: Path, records: int, *, known: bool) -> list[int]:
    """Of a first pass, of the next one, and of what takes the first one back."""
    org = house(tmp_path / str(records), records, known=known)
    ran: list[int] = []
    first = statements(org.store, lambda: ran.append(org.sync().report["run"]))
    assert org.crm.row("Contact", f"c{records:05}")["Title"] == ("Head of Engines" if known else None)
    return [first, statements(org.store, org.sync), statements(org.store, lambda: org.undo(ran[0]))]


@pytest.mark.parametrize("known", [True, False])
def test_a_batch_takes_as_many_statements_as_a_few_records(tmp_path: Path, known: bool) -> None:
    assert told(tmp_path, FEW, known=known) == told(tmp_path, MANY, known=known)


def test_a_saved_plan_takes_as_many_statements_as_a_few_records(tmp_path: Path) -> None:
    both = []
    for records in (FEW, MANY):
        org = house(tmp_path / str(records), records)
        plan = org.plan_and_buy().report["run"]
        both.append(statements(org.store, lambda org=org, plan=plan: org.apply(plan)))  # type: ignore[misc]
    assert both[0] == both[1]
