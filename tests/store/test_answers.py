"""Answers to questions by hand: the newest of one question, while it is young, and retention."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from connector.store import answers
from connector.store.db import open_store

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_newest_young_answer_of_the_same_question_and_key(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    for hours, question, body in ((0, "q", "1"), (1, "q", "2"), (2, "other", "3")):
        answers.save(store, key="k", action="signals", question=question, body=body, now=NOW + hours * HOUR)
    assert answers.latest(store, key="k", question="q", since=NOW) == "2"
    assert answers.latest(store, key="k", question="q", since=NOW + HOUR) == "2"
    assert answers.latest(store, key="k", question="q", since=NOW + 2 * HOUR) is None
    assert answers.latest(store, key="another", question="q", since=NOW) is None


def test_old_answers_go(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    for hours in (0, 1, 2):
        answers.save(store, key="k", action="signals", question="q", body=str(hours), now=NOW + hours * HOUR)
    assert answers.purge(store, before=NOW + HOUR) == 1
    assert [row["body"] for row in store.rows("SELECT body FROM answers ORDER BY id")] == ["1", "2"]
