"""A row of JSON as a record: told apart from walking each path from the row down by nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connector.crm.salesforce.rows import record

PATHS = ("Title", "title", "Account", "Account.Website", "account.name", "Account.Owner.Name", "Title.Name")
SCALARS = st.none() | st.sampled_from(["", "x", 0, 7, 1.5, True, False])
NAMES = st.sampled_from(["Title", "TITLE", "Account", "ACCOUNT", "Owner", "Name", "Website", "Id"])
ROWS: Any = st.recursive(SCALARS | st.just([1]), lambda inner: st.dictionaries(NAMES, inner, max_size=5), max_leaves=12)


def walked(row: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(row, dict):
            return None
        spelled = part if part in row else next((name for name in row if name.lower() == part.lower()), part)
        row = row.get(spelled)
    return row if isinstance(row, str | int | float | bool) else None


@given(st.dictionaries(NAMES, ROWS))
def test_every_path_leads_where_walking_it_does(row: dict[str, Any]) -> None:
    found = record(row, PATHS, "003")
    assert found.values == {path: walked(row, path) for path in PATHS}
    assert all(type(found.values[path]) is type(walked(row, path)) for path in PATHS)


def test_the_version_moves_with_every_change() -> None:
    assert record({"SystemModstamp": "2026-11-22T03:04:05.000+0000"}, [], "003").version is not None
    assert record({}, [], "003").version is None
