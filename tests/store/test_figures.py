"""Figures that triggers keep are what counting the rows would tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.store import attempts, records
from connector.store.attempts import Attempt, Rest
from connector.store.db import open_store

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
IDS = st.lists(st.sampled_from("123456"), min_size=1, max_size=4, unique=True)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["save", "notice", "gone", "follow"]),
        st.sampled_from(["acme", "beta"]),
        IDS,
        st.sampled_from(["matched", "no_match", "rejected"]),
    ),
    max_size=12,
)


@settings(max_examples=50, deadline=None)
@given(steps=STEPS)
def test_outcomes_are_those_of_the_records(tmp_path_factory: Any, steps: list[Any]) -> None:
    store = open_store(tmp_path_factory.mktemp("state") / "state.db")
    for what, org, ids, outcome in steps:
        place: dict[str, Any] = {"org": org, "object": "Contact"}
        ended = [Attempt(id, outcome, "f", frozenset(), "7", answered=NOW) for id in ids]
        if what == "save":
            attempts.save(store, **place, mapping="m", attempts=ended, now=NOW, rest=Rest())
        elif what == "notice":
            seen = dict.fromkeys(ids, NOW)
            attempts.notice(store, **place, mapping="m", answered=seen, fields=frozenset(), rest=Rest())
        elif what == "gone":
            records.forget_gone(store, **place, ids=ids)
        else:
            records.follow(store, **place, merged=dict.fromkeys(ids[1:], ids[0]))
        sql = "SELECT outcome, count(*) AS n FROM known_records WHERE org = ? GROUP BY outcome"
        for one in ("acme", "beta"):
            assert records.counted(store, org=one) == {row["outcome"]: row["n"] for row in store.rows(sql, one)}
    store.close()
