"""Paid answers, known spellings, and those who must never be asked for again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from connector.store import people
from connector.store.db import open_store
from connector.store.packing import packed
from connector.store.people import Known, SavedProfile

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_a_profile_comes_back_with_the_age_of_each_datum(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    revealed = {"emails": NOW - timedelta(days=3), "phones": NOW}
    saved = SavedProfile("7", packed('{"name":"Ünï"}'), NOW, revealed, {"emails": 3})
    people.save_profiles(store, key="k", entity="person", profiles=[saved])
    assert people.profiles(store, key="k", entity="person", ids=["7", "8"]) == {"7": saved}
    assert people.profiles(store, key="other", entity="person", ids=["7"]) == {}
    assert people.profiles(store, key="k", entity="company", ids=["7"]) == {}


def test_retention_drops_what_nothing_refreshed(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    for id, age in (("old", 91), ("edge", 90), ("young", 1)):
        saved = SavedProfile(id, packed("{}"), NOW - timedelta(days=age), {})
        people.save_profiles(store, key="k", entity="person", profiles=[saved])
    assert people.purge_profiles(store, before=NOW - timedelta(days=90)) == 1
    assert set(people.profiles(store, key="k", entity="person", ids=["old", "edge", "young"])) == {"edge", "young"}


def test_a_spelling_leads_to_the_newest_answer_and_a_miss_is_remembered(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    who = {"key": "k", "entity": "person"}
    people.save_identities(store, **who, known=dict.fromkeys(["email:a@acme.example"], None), now=NOW)  # type: ignore[arg-type]
    asked = ["email:a@acme.example", "id:7"]
    found = people.identities(store, **who, spellings=asked)  # type: ignore[arg-type]
    assert found == {"email:a@acme.example": Known(None, NOW)}
    later = NOW + timedelta(days=1)
    people.save_identities(store, **who, known=dict.fromkeys(asked, "7"), now=later)  # type: ignore[arg-type]
    found = people.identities(store, **who, spellings=asked)  # type: ignore[arg-type]
    assert found == dict.fromkeys(asked, Known("7", later))
    assert people.identities(store, key="other", entity="person", spellings=asked) == {}


def test_thousands_of_spellings_are_looked_up(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    every = [f"email:{n}@acme.example" for n in range(1_203)]
    with store.transaction():
        people.save_identities(store, key="k", entity="person", known=dict.fromkeys(every, "7"), now=NOW)
    assert set(people.identities(store, key="k", entity="person", spellings=[*every, *every])) == set(every)


def test_suppression_is_for_good_whatever_the_key_and_names_nobody(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    spellings = ["email:ada@acme.example", "name@company:ada byron|acme", "id:7"]
    people.suppress(store, entity="person", spellings=spellings, reason="compliance", now=NOW)
    people.suppress(store, entity="person", spellings=spellings[:1], reason="forget", now=NOW)
    assert people.suppressed(store, entity="person", spellings=[*spellings, "id:8"]) == set(spellings)
    assert people.suppressed(store, entity="company", spellings=spellings) == frozenset()
    assert [row["reason"] for row in store.rows("SELECT DISTINCT reason FROM suppressions")] == ["compliance"]
    store.close()
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert not any(word in written for word in (b"ada", b"byron", b"acme", b"Ada"))
