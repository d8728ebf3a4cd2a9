"""An entry of an answer as a record: told apart from what a plain reading of each property would tell by nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connector.crm.hubspot.rows import named_company, record

FIELDS = ("email", "hs_object_id", "phone", "jobtitle")
VALUES = st.none() | st.sampled_from(["", " ", "0", "jane@acme.example"]) | st.integers() | st.booleans()
ENTRIES = st.fixed_dictionaries(
    {"id": st.sampled_from(["7", 7])},
    optional={"properties": st.none() | st.dictionaries(st.sampled_from([*FIELDS, "associatedcompanyid"]), VALUES)},
)


def plain(entry: Any, name: str) -> str | None:
    value = (entry.get("properties") or {}).get(name)
    return str(value) if value is not None and value != "" else None


@given(ENTRIES)
def test_every_field_is_a_text_or_none(entry: Any) -> None:
    found = record("contacts", entry, FIELDS, {"companies.domain": "acme.example"})
    own = {name: entry["id"] if name == "hs_object_id" else plain(entry, name) for name in FIELDS}
    assert (found.id, found.values) == ("7", {**own, "companies.domain": "acme.example"})
    assert named_company(entry) == plain(entry, "associatedcompanyid")


def test_the_version_is_the_last_modification_by_its_name_for_the_object() -> None:
    entry = {"id": "7", "properties": {"lastmodifieddate": "a", "hs_lastmodifieddate": "b"}}
    assert record("contacts", entry, []).version == "a"
    assert record("companies", entry, []).version == "b"
