"""A mapping that is called otherwise goes on from where it was."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.store import attempts, cursors, names, records
from connector.store.attempts import Attempt, Rest
from connector.store.cursors import Cursor
from connector.store.db import Store, open_store
from connector.store.records import Tried

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SCOPE = {"org": "acme", "object": "Contact"}
CURSOR = Cursor("mark", NOW, NOW)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "state.db")


def save(store: Store, mapping: str, *ids: str, days: int = 0) -> None:
    ended = [Attempt(id, "matched", "f", frozenset({"Title"})) for id in ids]
    now = NOW + timedelta(days=days)
    attempts.save(store, **SCOPE, mapping=mapping, attempts=ended, now=now, rest=Rest())


def tried(store: Store, mapping: str, id: str = "c1") -> Tried | None:
    found = records.known(store, **SCOPE, mapping=mapping, ids=[id])
    return found[id].tried


def take_over(store: Store, mapping: str, current: Collection[str]) -> None:
    names.take_over(store, **SCOPE, mapping=mapping, current=current)


def test_a_new_name_takes_over_rows_and_cursor_of_the_one_that_left(store: Store) -> None:
    save(store, "old.yaml", "c1")
    cursors.save(store, **SCOPE, mapping="old.yaml", cursor=CURSOR)
    assert names.kept_as(store, **SCOPE, mapping="new.yaml", current={"new.yaml"}) == "old.yaml"
    take_over(store, "new.yaml", {"new.yaml"})
    assert tried(store, "new.yaml") == tried(store, "old.yaml")
    assert tried(store, "new.yaml") is not None
    assert cursors.found(store, **SCOPE, mapping="new.yaml") == CURSOR


def test_a_mapping_beside_one_that_stays_begins_with_nothing(store: Store) -> None:
    save(store, "old.yaml", "c1")
    take_over(store, "new.yaml", {"old.yaml", "new.yaml"})
    assert tried(store, "new.yaml") is None


@pytest.mark.parametrize("ran", ["rows", "cursor"])
def test_a_mapping_that_ran_takes_over_nothing(store: Store, ran: str) -> None:
    save(store, "old.yaml", "c1")
    if ran == "rows":
        save(store, "new.yaml", "c2")
    else:
        cursors.save(store, **SCOPE, mapping="new.yaml", cursor=CURSOR)
    take_over(store, "new.yaml", {"new.yaml"})
    assert tried(store, "new.yaml") is None


def test_two_mappings_that_take_the_place_of_one_both_go_on_from_there(store: Store) -> None:
    save(store, "old.yaml", "c1")
    for name in ("left.yaml", "right.yaml"):
        take_over(store, name, {"left.yaml", "right.yaml"})
    assert tried(store, "left.yaml") == tried(store, "right.yaml") == tried(store, "old.yaml")


def test_of_several_that_left_the_one_that_was_tried_last_is_taken_over(store: Store) -> None:
    save(store, "older.yaml", "c1")
    save(store, "old.yaml", "c1", days=1)
    save(store, "oldest.yaml", "c1", days=-1)
    assert names.kept_as(store, **SCOPE, mapping="new.yaml", current={"new.yaml"}) == "old.yaml"


@pytest.mark.parametrize("folder", ["./", "mappings/", "/etc/sync/"])
def test_mappings_that_move_together_each_go_on_from_their_own_file(store: Store, folder: str) -> None:
    save(store, "phones.yaml", "c1")
    save(store, "titles.yaml", "c2", days=1)
    moved = {f"{folder}phones.yaml", f"{folder}titles.yaml"}
    found = {name: names.kept_as(store, **SCOPE, mapping=name, current=moved) for name in moved}
    assert found == {f"{folder}phones.yaml": "phones.yaml", f"{folder}titles.yaml": "titles.yaml"}


def test_what_is_of_other_orgs_and_objects_is_not_taken_over(store: Store) -> None:
    for place in ({"org": "beta", "object": "Contact"}, {"org": "acme", "object": "Lead"}):
        ended = [Attempt("c1", "matched", "f", frozenset())]
        attempts.save(store, **place, mapping="old.yaml", attempts=ended, now=NOW, rest=Rest())
    assert names.kept_as(store, **SCOPE, mapping="new.yaml", current={"new.yaml"}) == "new.yaml"


def test_the_new_name_alone_tells_whom_a_record_is_about(store: Store) -> None:
    """Or whoever it was matched with under a name that is gone would be forgotten with the next one."""
    found = Attempt("c1", "matched", "f", frozenset({"Title"}), "7")
    attempts.save(store, **SCOPE, mapping="old.yaml", attempts=[found], now=NOW, rest=Rest())
    take_over(store, "new.yaml", {"new.yaml"})
    whom = {name: one.lusha_id for name, one in records.whole(store, **SCOPE, id="c1")[1].items()}
    assert whom == {"new.yaml": "7", "old.yaml": None}
