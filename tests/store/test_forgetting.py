"""The bytes themselves: what was forgotten is in no file, though it was before; and what it costs to be sure."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from connector.engine.forget import forget
from connector.errors import OrgHeld, Stopped
from connector.lusha.profiles import to_json
from connector.models import Change, Profile
from connector.store import journal, people, plans, runs, suggestions
from connector.store.db import Store, open_store
from connector.store.forgetting import Subject
from connector.store.journal import Draft
from connector.store.lease import hold_key, hold_lease, hold_still
from connector.store.packing import packed
from connector.store.people import SavedProfile
from connector.store.plans import Basis
from connector.store.suggestions import Suggestion

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OLD = NOW - timedelta(days=100)
KEY = {"key": "k", "entity": "person"}


def body(number: int, filling: int = 10) -> bytes:
    """A saved profile of an invented person."""
    attributes = {
        "full_name": f"Ada{number:05} Byron{number:05}",
        "emails": [{"email": f"ada{number:05}@acme.example", "type": "work"}],
        "phones": [{"number": f"+1555010{number:05}", "type": "direct"}],
        "previous_job": {"title": "x" * filling},
    }
    return packed(to_json(Profile("person", str(number), attributes)))


def words(number: int) -> tuple[bytes, ...]:
    return (f"ada{number:05}@acme".encode(), f"Byron{number:05}".encode(), f"+1555010{number:05}".encode())


def filled(path: Path, many: int) -> Store:
    """A state file in which people came and changed for a while, so that rows were moved between pages."""
    store, chance = open_store(path), Random(7)
    runs.begin(store, invocation="i", org="acme", mapping="m", now=NOW)
    everybody = list(range(many))
    chance.shuffle(everybody)
    for start in range(0, many, 50):
        with store.transaction():
            for number in everybody[start : start + 50]:
                _known(store, number, chance.randint(1, 1_500))
                _known(store, chance.choice(everybody[: start + 50]), chance.randint(1, 3_000))
    return store


def _known(store: Store, number: int, filling: int) -> None:
    _profile(store, number, filling)
    spellings = [f"email:ada{number:05}@acme.example", f"name@company:ada{number:05} byron{number:05}|acme"]
    people.save_identities(store, **KEY, known=dict.fromkeys(spellings, str(number)), now=NOW)  # type: ignore[arg-type]
    change = Change("Phone", None, f"+1555010{number:05}", "was blank", "phones", "fill")
    drafts = [Draft(f"c{number}", change, str(number))]
    journal.plan(store, run=1, org="acme", object="Contact", drafts=drafts, now=NOW)


def _profile(store: Store, number: int, filling: int = 10) -> None:
    people.save_profiles(store, **KEY, profiles=[SavedProfile(str(number), body(number, filling), NOW, {})])  # type: ignore[arg-type]


def held_in(folder: Path, number: int) -> set[str]:
    """The files in which anything of a person stands."""
    return {file.name for file in folder.iterdir() if any(word in file.read_bytes() for word in words(number))}


def test_the_bytes_are_in_no_file_any_more(tmp_path: Path) -> None:
    store = filled(tmp_path / "state.db", 300)
    gone = range(0, 300, 3)
    assert all(
        "state.db-wal" in held_in(tmp_path, number) or "state.db" in held_in(tmp_path, number) for number in gone
    )
    subject = Subject(frozenset(map(str, gone)), frozenset(f"id:{number}" for number in gone))
    with store.transaction():
        told = forget(store, subject, persons=100, now=NOW)
    store.scrub()
    assert (told.profiles, told.identities) == (100, 200)
    assert [number for number in gone if held_in(tmp_path, number)] == []
    assert {path.name: path.stat().st_size for path in tmp_path.iterdir()}["state.db-wal"] == 0
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert [number for number in (1, 2, 298, 299) if held_in(tmp_path, number) != {"state.db"}] == []


def test_what_an_older_version_deleted_without_overwriting_it_goes_too(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    store.db.execute("PRAGMA secure_delete = OFF")
    for number in range(20):
        spelling = f"email:ada{number:05}@acme.example"
        people.save_identities(store, **KEY, known=dict.fromkeys([spelling], str(number)), now=NOW)  # type: ignore[arg-type]
    store.db.execute("DELETE FROM identities WHERE lusha_id <> '7'")
    assert any(held_in(tmp_path, number) for number in range(6))
    store.scrub()
    assert [number for number in range(20) if held_in(tmp_path, number)] == [7]


def test_a_file_is_scrubbed_again_where_another_process_was_reading(tmp_path: Path) -> None:
    store = filled(tmp_path / "state.db", 10)
    store.db.execute("PRAGMA busy_timeout = 50")
    reader = open_store(tmp_path / "state.db")
    reader.db.execute("BEGIN")
    reader.rows("SELECT * FROM profiles")
    with store.transaction():
        forget(store, Subject(frozenset("3"), frozenset({"id:3"})), persons=1, now=NOW)
    with pytest.raises(Stopped, match="another process reads it"):
        store.scrub()
    reader.db.execute("COMMIT")
    store.scrub()
    assert held_in(tmp_path, 3) == set()


def test_what_is_deleted_is_overwritten_in_every_connection(tmp_path: Path) -> None:
    for _ in range(2):
        store = open_store(tmp_path / "state.db")
        assert store.rows("PRAGMA secure_delete")[0][0] == 1
        store.close()


def test_while_a_run_or_a_question_goes_on_nobody_holds_still(tmp_path: Path) -> None:
    store, other = open_store(tmp_path / "state.db"), open_store(tmp_path / "state.db")
    lease = {"org": "acme", "crm": "salesforce", "address": "https://acme.example", "now": NOW}
    tenants = [("acme", "salesforce", "https://acme.example"), ("beta", "hubspot", "beta.example")]
    for tenant in (None, "00D1"):  # one that has told its id, and one that has not
        with (
            hold_lease(other, tenant=tenant, **lease),  # type: ignore[arg-type]
            pytest.raises(OrgHeld, match="another run holds acme"),
            hold_still(store, tenants=tenants, keys=["k"]),
        ):
            pass
    with hold_key(other, "k"), pytest.raises(OrgHeld, match="another lusha command"), _still(store, tenants):
        pass
    with hold_lease(other, tenant="00D1", **lease), pytest.raises(OrgHeld), hold_still(store, tenants=[], keys=[]):  # type: ignore[arg-type]
        pass  # the org left the config, and its run goes on
    with _still(store, tenants):
        with pytest.raises(OrgHeld), hold_lease(other, tenant="00D1", **lease):  # type: ignore[arg-type]
            pass
        with pytest.raises(OrgHeld), hold_key(other, "k"):
            pass
    with hold_lease(other, tenant="00D1", **lease), hold_key(other, "k"):  # type: ignore[arg-type]
        pass


def _still(store: Store, tenants: list[tuple[str, str, str]]):  # type: ignore[no-untyped-def]
    return hold_still(store, tenants=tenants, keys=["k"])


def test_two_names_of_one_tenant_do_not_lock_each_other_out(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    for org in ("acme", "acme-old"):
        with hold_lease(store, org=org, crm="hubspot", tenant="7", address="a", now=NOW):
            pass
    tenants = [
        ("acme", "hubspot", "a"),
        ("acme-old", "hubspot", "a"),
        ("new", "hubspot", "a"),
        ("newer", "hubspot", "a"),
    ]
    with hold_still(store, tenants=tenants, keys=["k", "k"]):
        pass


def test_spellings_go_once_nothing_uses_them_and_their_profile_is_gone(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    for spelling, id, at in (
        ("email:old@acme.example", "1", OLD),
        ("email:kept@acme.example", "2", OLD),  # its profile is still saved
        ("email:used@acme.example", "1", NOW),
        ("email:miss@acme.example", None, OLD),
        ("email:young-miss@acme.example", None, NOW - timedelta(days=20)),
    ):
        people.save_identities(store, **KEY, known=dict.fromkeys([spelling], id), now=at)  # type: ignore[arg-type]
    people.save_profiles(store, **KEY, profiles=[SavedProfile("2", body(2), NOW, {})])  # type: ignore[arg-type]
    assert people.purge_identities(store, before=NOW - timedelta(days=90), misses=NOW - timedelta(days=30)) == 2
    left = {row["spelling"] for row in store.rows("SELECT spelling FROM identities")}
    assert left == {"email:kept@acme.example", "email:used@acme.example", "email:young-miss@acme.example"}


def test_a_miss_is_remembered_as_long_as_a_record_rests_after_it(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    people.save_identities(store, **KEY, known=dict.fromkeys(["email:a@acme.example"], None), now=OLD)  # type: ignore[arg-type]
    assert people.purge_identities(store, before=NOW - timedelta(days=1), misses=NOW - timedelta(days=101)) == 0
    assert people.purge_identities(store, before=NOW - timedelta(days=101), misses=NOW - timedelta(days=1)) == 0
    assert people.purge_identities(store, before=NOW - timedelta(days=1), misses=NOW - timedelta(days=1)) == 1


def test_old_decisions_and_plans_go_and_what_waits_or_was_turned_down_stays(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    run = runs.begin(store, invocation="i", org="acme", mapping="m", now=OLD)
    scope = {"org": "acme", "object": "Contact"}
    for state in ("open", "settled", "accepted", "rejected"):
        change = Change("Title", "Old", "New", "changed job", "job_title.title", "suggest")
        suggestions.suggest(store, run=run, **scope, suggestions=[Suggestion(state, change, "1")], now=OLD)
    for number, state in enumerate(("open", "settled", "accepted", "rejected"), start=1):
        suggestions.decide(store, [number], state)
    assert suggestions.purge(store, before=NOW - timedelta(days=30)) == 2
    assert {row["record"] for row in store.rows("SELECT record FROM suggestions")} == {"open", "rejected"}
    identity = {"Email": "a@acme.example"}
    bases = [Basis(record, "1", True, "f", frozenset(), identity, OLD, "m") for record in ("done", "waiting")]
    plans.save(store, run=run, **scope, bases=bases)
    change = Change("Title", None, "New", "was blank", "job_title.title", "fill")
    journal.plan(store, run=run, **scope, drafts=[Draft("waiting", change, "1")], now=OLD)
    assert plans.purge(store, before=NOW - timedelta(days=30)) == 1
    assert set(plans.found(store, run, ["done", "waiting"])) == {"waiting"}
