"""What goes with time, and that nobody is paid for twice because it went."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from connector.models import Rejection, Update, WriteResult
from connector.store import attempts, journal, people
from tests.engine.house import House, counts, person, row

DAYS = timedelta(days=1)


def tidied(house: House, *, keep: int = 90, retry_after: int = 30) -> House:
    """The retention that every start of a command carries out."""
    with house.store.transaction():
        people.purge_profiles(house.store, before=house.now - keep * DAYS)
        people.purge_identities(house.store, before=house.now - keep * DAYS, misses=house.now - retry_after * DAYS)
    return house


def spelled(house: House) -> list[str]:
    return [line["spelling"] for line in house.store.rows("SELECT spelling FROM identities ORDER BY spelling")]


def test_no_spelling_outlives_its_profile_and_its_use(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1)], people=[person(1)])
    house.sync()
    assert "email:ada1@acme.example" in spelled(house)
    assert spelled(tidied(house.later(days=90))) != []
    assert spelled(tidied(house.later(days=2))) == []


def test_whoever_was_found_is_not_searched_for_again_though_the_spelling_is_gone(tmp_path: Path) -> None:
    """Without a field for Lusha's id, the state file itself remembers whom the record was matched with."""
    direct = [{"number": "+15550100001", "type": "direct", "do_not_call": False}]
    house = House(tmp_path, rows=[row(1)], people=[person(1, phones=direct)], stamps={})
    house.sync()
    searches, spent = len(house.lusha.searches), house.lusha.remaining
    tidied(house.later(days=92))
    assert counts(house.sync(), "due", "matched") == (1, 1)
    assert len(house.lusha.searches) == searches
    assert house.lusha.remaining == spent  # Lusha charges nothing for what was revealed


def test_a_miss_of_another_mapping_hides_nobody_who_was_found(tmp_path: Path) -> None:
    """It identifies the record otherwise: that Lusha knows nobody by that says nothing of who was found by this."""
    direct = [{"number": "+15550100001", "type": "direct", "do_not_call": False}]
    house = House(tmp_path, rows=[row(1)], people=[person(1, phones=direct)], stamps={})
    house.sync()
    scope = {"org": "acme", "object": "Contact", "mapping": "other.yaml"}
    missed = attempts.Attempt("c00001", "no_match", "another mark", frozenset({"Title"}))
    attempts.save(house.store, **scope, attempts=[missed], now=house.now, rest=attempts.Rest())
    searches, spent = len(house.lusha.searches), house.lusha.remaining
    tidied(house.later(days=92))
    assert counts(house.sync(), "due", "matched") == (1, 1)
    assert (len(house.lusha.searches), house.lusha.remaining) == (searches, spent)


def test_a_record_that_is_somebody_else_by_now_is_searched_for(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1)], people=[person(1), person(2)], stamps={})
    house.sync()
    house.crm.edit("Contact", "c00001", Email="ada2@acme.example", FirstName="Adac", LastName="Byronc")
    searches = len(house.lusha.searches)
    tidied(house.later(days=92))
    house.sync()
    assert len(house.lusha.searches) == searches + 1
    assert "1001" not in {id for ids, _ in house.lusha.enriches[1:] for id in ids}


def test_a_miss_is_not_paid_for_again_while_its_record_rests(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1)])
    house.sync()
    house.crm.add("Contact", row(1, Id="c00002"))
    tidied(house.later(days=20), keep=1)
    assert counts(house.sync(), "no_match") == (1,)
    assert len(house.lusha.searches) == 1
    tidied(house.later(days=40), keep=1)
    assert spelled(house) == []


def test_a_refusal_that_repeats_a_name_names_nobody_and_says_what_is_wrong(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1, Email="ada1@acme.example")], people=[person(1)])
    told = "Adab Byronb (adab BYRONB, +15550110001) has no option Manager"

    def refuses(object: str, updates: Any) -> list[WriteResult]:
        return [_refused(update, told) for update in updates]

    house.crm.update = refuses  # type: ignore[method-assign]
    ended = house.sync()
    notes, outcomes = (
        " ".join(ended.notes),
        {entry.outcome for entry in journal.of_run(house.store, ended.report["run"])},
    )
    assert "BAD: *** *** (*** ***, ***) has no option Manager" in notes
    assert outcomes == {"BAD: *** *** (*** ***, ***) has no option Manager"}


def _refused(update: Update, told: str) -> WriteResult:
    return WriteResult(update.id, rejections=(Rejection("BAD", told),))
