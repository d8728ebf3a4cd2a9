"""``forget``: nothing of a person stays, nobody asks for them again, and everybody else is as before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.engine.finding import find
from connector.engine.forget import Forgotten, forget, traced
from connector.engine.payer import Limits, Till
from connector.engine.restricted import BARRED
from connector.engine.run import run_accepted, run_plan, run_saved, run_undo
from connector.engine.undo import BLANKED
from connector.errors import ConfigError
from connector.lusha.prices import PriceList
from connector.models import Change, Identity
from connector.store import answers, attempts, journal, ledger, people, records, runs, suggestions
from connector.store.db import Store
from connector.store.forgetting import At, Subject
from connector.store.ledger import Purpose
from connector.store.packing import unpacked
from tests.engine.house import House, counts, person, row
from tests.engine.test_recover import Killed, killed

CONTACT = ("acme", "Contact")
SCOPE: dict[str, Any] = {"org": "acme", "object": "Contact"}
SKIPPED = frozenset({"sqlite_sequence", "_sqlite_migrations"})


def named(*marks: str, records: tuple[At, ...] = (), companies: tuple[tuple[str, str], ...] = ()) -> Subject:
    ids = frozenset(mark.removeprefix("id:") for mark in marks if mark.startswith("id:"))
    return Subject(ids, frozenset(marks), frozenset(records), frozenset(companies))


def forgotten(house: House, *marks: str, records: tuple[At, ...] = ()) -> Forgotten:
    with house.store.transaction():
        return forget(house.store, named(*marks, records=records), persons=1, now=house.now)


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, what is packed in it unpacked."""
    tables = {row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")} - SKIPPED
    rows = {name: store.rows(f"SELECT * FROM {name}") for name in sorted(tables)}
    return {name: [tuple(map(_plain, line)) for line in lines] for name, lines in rows.items()}


def _plain(value: Any) -> Any:
    return unpacked(value) if isinstance(value, bytes) else value


def found_in(store: Store, *words: str) -> set[str]:
    """The tables in which one of the words stands, whatever its case."""
    return {
        name
        for name, lines in contents(store).items()
        if any(word.lower() in _texts(line) for word in words for line in lines)
    }


def _texts(line: tuple[Any, ...]) -> str:
    """The texts of a row in small letters: a number of ours may look like an id of theirs."""
    return json.dumps([value for value in line if isinstance(value, str)], ensure_ascii=False).lower()


def values_of(number: int) -> tuple[str, ...]:
    """What says who a person of the house is."""
    known = person(number).attributes
    phones = [phone["number"] for phone in known["phones"]]
    return (f"ada{number}@acme.example", known["first_name"] + '"', known["last_name"] + '"', *phones)


def attributes(house: House) -> dict[str, Any]:
    """What Lusha knows of the first person."""
    known: dict[str, Any] = house.lusha.known["person"]["1001"].attributes  # type: ignore[assignment]
    return known


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Two people, synced."""
    house = House(tmp_path, rows=[row(1), row(2)], people=[person(1), person(2)])
    assert counts(house.sync(), "matched", "written") == (2, 2)
    return house


def test_all_that_an_e_mail_leads_to_is_erased_and_everybody_else_is_as_before(house: House) -> None:
    assert {"profiles", "identities", "changes"} <= found_in(house.store, *values_of(1))
    others = {"profiles", "identities", "changes"}
    before = found_in(house.store, *values_of(2))
    told = forgotten(house, "email:ada1@acme.example")
    assert (told.profiles, told.records, told.changes, told.answers) == (1, 1, 6, 0)
    assert found_in(house.store, *values_of(1), "1001", "ada1") == set()
    assert found_in(house.store, *values_of(2)) == before >= others


@pytest.mark.parametrize("mark", ["email:ada1@acme.example", "id:1001", "record"])
def test_whatever_names_a_person_erases_the_same(tmp_path: Path, mark: str) -> None:
    house = House(tmp_path, rows=[row(1), row(2)], people=[person(1), person(2)])
    house.sync()
    at = (*CONTACT, "c00001")
    told = forgotten(house, records=(at,)) if mark == "record" else forgotten(house, mark)
    assert (told.profiles, told.records, told.changes) == (1, 1, 6)
    assert found_in(house.store, *values_of(1)) == set()


def test_the_record_that_a_merge_made_of_one_who_was_forgotten_is_left_alone(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1), row(2)], people=[person(1), person(2)])
    forgotten(house, records=((*CONTACT, "c00002"),))
    house.crm.merge("Contact", "c00001", "c00002", into="c00009")
    assert counts(house.sync(), "read", "due", "suppressed") == (1, 0, 1)


@pytest.mark.parametrize("id", ["1001", "2001"])
def test_a_record_that_two_mappings_matched_with_two_ids_goes_with_either(house: House, id: str) -> None:
    """They identify it otherwise; whichever tried it last, it is about both."""
    found = attempts.Attempt("c00001", "matched", "g", frozenset({"Title"}), "2001")
    attempts.save(house.store, **SCOPE, mapping="other.yaml", attempts=[found], now=house.now, rest=attempts.Rest())
    assert forgotten(house, f"id:{id}").records == 1
    assert found_in(house.store, "c00001") <= {"touches"}
    house.crm.edit("Contact", "c00001", Email="other@beta.example", Title=None, Lusha_Id=None, Enriched=None)
    assert counts(house.sync(), "suppressed", "due") == (1, 0)


def test_a_record_named_leads_to_everybody_that_a_mapping_matched_it_with(house: House) -> None:
    found = attempts.Attempt("c00001", "matched", "g", frozenset({"Title"}), "2001")
    attempts.save(house.store, **SCOPE, mapping="other.yaml", attempts=[found], now=house.now, rest=attempts.Rest())
    assert traced(house.store, named(records=((*CONTACT, "c00001"),)), persons=1).ids == {"1001", "2001"}


def test_to_forget_twice_changes_nothing_more(house: House) -> None:
    forgotten(house, "id:1001")
    after = contents(house.store)
    assert forgotten(house, "id:1001") == Forgotten()
    assert contents(house.store) == after


def test_who_was_never_known_is_suppressed_all_the_same(house: House) -> None:
    told = forgotten(house, "email:new@beta.example", records=((*CONTACT, "c00009"),))
    assert told == Forgotten(suppressed=2)
    assert not told.known
    house.crm.add("Contact", row(9))
    house.crm.add("Contact", row(8, Email="New@Beta.example"))
    assert counts(house.sync(), "suppressed", "due", "written") == (2, 0, 0)


def test_a_later_run_neither_asks_nor_writes_though_the_e_mail_changed(house: House) -> None:
    forgotten(house, "email:ada1@acme.example")
    blank = {"Title": None, "Lusha_Id": None, "Enriched": None, "Email": "other@beta.example", "FirstName": "Someone"}
    house.crm.edit("Contact", "c00001", **blank)
    calls = len(house.lusha.searches) + len(house.lusha.enriches)
    ended = house.sync()
    assert counts(ended, "suppressed", "due", "written") == (1, 0, 0)
    assert len(house.lusha.searches) + len(house.lusha.enriches) == calls


def test_a_new_record_of_theirs_is_found_out_by_the_answer_which_is_not_kept(house: House) -> None:
    """By a spelling that was not known, Lusha finds them: the search is paid for, and nothing is bought or kept."""
    forgotten(house, "id:1001")
    house.crm.add("Contact", row(1, Id="c00007", Company="Beta"))
    attributes(house)["company"] = {"name": "Beta"}
    spent = house.lusha.remaining
    ended = house.sync()
    assert counts(ended, "due", "no_match", "written") == (1, 1, 0)
    assert spent - house.lusha.remaining <= 1
    assert found_in(house.store, *values_of(1), "1001") == set()
    assert counts(house.later(days=40).sync(), "due") == (0,)


def test_an_answer_about_a_suppressed_person_bars_nobody_else(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(2, Email="ada1@beta.example")], people=[person(1)])
    attributes(house)["emails"].append({"email": "ada1@beta.example", "type": "work"})
    forgotten(house, "id:1001")
    assert counts(house.sync(), "due", "no_match", "suppressed") == (1, 1, 0)
    assert counts(house.later(days=40).sync(), "due") == (1,)


def test_who_shares_a_name_at_a_company_is_not_erased(tmp_path: Path) -> None:
    twin = person(1, id="5001", emails=[{"email": "other@acme.example", "type": "work"}], phones=[])
    house = House(
        tmp_path,
        rows=[row(1, Email="ada1@acme.example"), row(1, Id="c00002", Email="other@acme.example")],
        people=[person(1), twin],
    )
    house.sync()
    forgotten(house, "id:1001")
    assert set(
        people.profiles(house.store, key=house.context().purpose.key, entity="person", ids=["1001", "5001"])
    ) == {"5001"}
    assert set(records.known(house.store, **SCOPE, mapping="contact.yaml", ids=["c00001", "c00002"])) == {"c00002"}


def test_one_person_in_two_records_is_erased_from_both(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1), row(1, Id="c00002", Company="Acme Inc")], people=[person(1)])
    house.sync()
    told = forgotten(house, records=((*CONTACT, "c00002"),))
    assert told.records == 2
    assert found_in(house.store, *values_of(1)) == set()


def test_an_answer_in_doubt_makes_nobody_of_the_record_and_names_nobody_afterwards(tmp_path: Path) -> None:
    """The record may be somebody else's: it keeps its rest, and is not suppressed."""
    odd = person(1, full_name="Quite Different", first_name="Quite", last_name="Different")
    house = House(tmp_path, rows=[row(1, Email="ada1@acme.example")], people=[odd])
    house.sync()
    [state] = records.known(house.store, **SCOPE, mapping="contact.yaml", ids=["c00001"]).values()
    assert (state.outcome, state.lusha_id) == ("review", "1001")
    told = forgotten(house, "id:1001")
    assert (told.records, told.suggestions) == (0, 1)
    [state] = records.known(house.store, **SCOPE, mapping="contact.yaml", ids=["c00001"]).values()
    assert (state.outcome, state.lusha_id, state.reason) == ("review", None, None)
    assert found_in(house.store, "1001", "Different") == set()


def test_a_company_of_the_same_id_is_left_alone(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1)], people=[person(1)])
    house.sync()
    other = {"org": "acme", "object": "Account"}
    attempt = attempts.Attempt("a1", "matched", "f", frozenset({"Name"}), "1001")
    attempts.save(house.store, **other, mapping="account.yaml", attempts=[attempt], now=house.now, rest=attempts.Rest())  # type: ignore[arg-type]
    subject = named("id:1001", companies=(("acme", "Account"),))
    with house.store.transaction():
        assert forget(house.store, subject, persons=1, now=house.now).records == 1
    assert set(records.known(house.store, **other, mapping="account.yaml", ids=["a1"])) == {"a1"}


def test_an_address_that_was_replaced_in_somebody_elses_record_goes_too_and_the_record_stays(house: House) -> None:
    change = Change("Email", "ada1@acme.example", "ada2@acme.example", "was wrong", "emails", "overwrite")
    with house.store.transaction():
        drafts = [journal.Draft("c00002", change, "1002")]
        [entry] = journal.plan(house.store, run=1, **SCOPE, drafts=drafts, now=house.now)
        journal.mark(house.store, [(entry.id, "written", None)])
    told = forgotten(house, "id:1001")
    assert told.changes == 7
    assert found_in(house.store, *values_of(1)) == set()
    assert set(records.known(house.store, **SCOPE, mapping="contact.yaml", ids=["c00001", "c00002"])) == {"c00002"}


def test_where_spellings_are_long_gone_the_journal_still_tells_whose_an_address_is(house: House) -> None:
    house.store.db.execute("DELETE FROM identities")
    house.store.db.execute("DELETE FROM profiles")
    told = forgotten(house, "email:ada1@acme.example")
    assert (told.records, told.changes) == (1, 6)
    assert found_in(house.store, *values_of(1), "1001") == set()


def test_words_that_lead_to_a_crowd_forget_nobody(house: House) -> None:
    for number in range(12):
        key = f"key {number}"
        people.save_identities(
            house.store, key=key, entity="person", known=dict.fromkeys(["email:x@acme.example"], str(number)),
            now=house.now,
        )  # fmt: skip
    with pytest.raises(ConfigError, match="leads to 12 different people at Lusha; nobody was forgotten"):
        traced(house.store, named("email:x@acme.example"), persons=1)


def test_the_undo_of_an_old_run_says_that_values_are_not_kept(house: House) -> None:
    forgotten(house, "id:1001")
    row_of = runs.found(house.store, 1)
    assert row_of is not None
    ended = run_undo(house.context(), row_of, (), ())
    assert (ended.notes[BLANKED], ended.report["written"]) == (6, 1)
    assert house.row(1)["Title"] == "Head of Engines"
    assert house.row(2)["Title"] is None


def test_a_saved_plan_loses_their_changes_alone(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1), row(2)], people=[person(1), person(2)])
    plan = run_plan(house.context()).report["run"]
    house.store.db.execute("UPDATE runs SET kind = 'plan'")
    told = forgotten(house, "id:1001")
    assert told.changes == 6
    found = {entry.record: (entry.state, entry.outcome) for entry in journal.of_run(house.store, plan)}
    assert found == {"c00001": ("dropped", "forgotten"), "c00002": ("planned", None)}
    row_of = runs.found(house.store, plan)
    assert row_of is not None
    ended = run_saved(house.context(), row_of)
    assert counts(ended, "written", "conflicts") == (1, 0)
    assert house.row(1)["Title"] is None


@pytest.mark.parametrize("done", [False, True])
def test_a_write_in_doubt_is_never_repeated_nor_told_to_have_been_needless(tmp_path: Path, done: bool) -> None:
    house = House(tmp_path, rows=[row(1), row(2)], people=[person(1), person(2)])
    killed(house, "crm", "update", done=done)
    forgotten(house, "id:1001")
    title = house.row(1)["Title"]
    ended = house.sync()
    assert counts(ended, "suppressed", "conflicts", "rejected")[1:] == (0, 0)
    found = {(e.record, e.state, e.outcome) for e in journal.of_run(house.store, 1) if e.record == "c00001"}
    assert found == {("c00001", "unresolved", "forgotten while in doubt")}
    assert house.row(1)["Title"] == title == ("Head of Engines" if done else None)
    assert house.row(2)["Title"] == "Head of Engines"
    assert found_in(house.store, *values_of(1)) == set()


@pytest.mark.parametrize("who", [(1,), (1, 2)])
@pytest.mark.parametrize("done", [False, True])
def test_an_open_booking_loses_the_id_and_is_settled_no_lower_than_its_charge(
    tmp_path: Path, done: bool, who: tuple[int, ...]
) -> None:
    house = House(tmp_path, rows=[row(1), row(2)], people=[person(1), person(2)])
    started = house.lusha.remaining
    killed(house, "lusha", "enrich", done=done)
    key = house.lusha_settings.api_key.fingerprint()
    worst = {doubt.id: doubt.worst for doubt in ledger.doubts(house.store, key=key, org="acme")}
    for number in who:
        forgotten(house, f"id:{1000 + number}")
    assert found_in(house.store, "1001") == set()
    left = [doubt.request["ids"] for doubt in ledger.doubts(house.store, key=key, org="acme")]
    assert left == [["1002"] if len(who) == 1 else []]
    assert {doubt.id: doubt.worst for doubt in ledger.doubts(house.store, key=key, org="acme")} == worst
    house.sync()
    assert ledger.doubts(house.store, key=key, org="acme") == []
    assert ledger.booked(house.store, key=key) >= started - house.lusha.remaining
    assert house.row(1)["Title"] is None
    assert found_in(house.store, *values_of(1)) == set()


def test_requests_that_differed_stay_apart(house: House) -> None:
    purpose = Purpose("k", "i", 1, "acme", "contact.yaml")
    for ids in (["1001", "1002"], ["1002"], ["1003", "1002"]):
        ledger.reserve(
            house.store, purpose, action="enrich", items=1, worst=5,
            request={"entity": "person", "ids": ids, "reveal": ["phones"]}, now=house.now,
        )  # fmt: skip
    forgotten(house, "id:1001")
    forgotten(house, "id:1003")
    requests = [doubt.request for doubt in ledger.doubts(house.store, key="k", org="acme")]
    assert [request["ids"] for request in requests] == [["1002"]] * 3
    assert all(requests[a] != requests[b] for a, b in ((0, 1), (0, 2), (1, 2)))


def test_answers_by_hand_that_mention_them_go_and_others_stay(house: House) -> None:
    told = {
        "id": '{"items":[{"id":"1001","signals":[]}]}',
        "mail": '{"profiles":[{"attributes":{"emails":[{"email":"ADA1@acme.example"}]}}]}',
        "name": '{"profiles":[{"attributes":{"first_name":"Adab","last_name":"Byronb"}}]}',
        "phone": '{"raw":{"number":"+15550100001"}}',
        "other": '{"profiles":[{"id":"1002","attributes":{"full_name":"Adac Byronc"}}]}',
        "longer": '{"items":[{"id":"10011"},{"email":"nada1@acme.example"}]}',
    }
    for question, body in told.items():
        answers.save(house.store, key="k", action="signals", question=question, body=body, now=house.now)
    assert forgotten(house, "email:ada1@acme.example").answers == 4
    left = {line["question"] for line in house.store.rows("SELECT question FROM answers")}
    assert left == {"other", "longer"}


def _till(house: House) -> Till:
    key = house.lusha_settings.api_key.fingerprint()
    purpose = Purpose(key, "by hand", 0, "", "lusha")
    limits = (Limits("lusha.budget", house.lusha_settings.budget),)
    return Till(house.store, purpose, lambda: house.now, lambda seconds: None, house.lusha, limits)


@pytest.mark.parametrize("generation", ["v3", "v2"])
def test_by_hand_nobody_gets_at_them_by_a_spelling_that_was_not_known(tmp_path: Path, generation: str) -> None:
    house = House(tmp_path, people=[person(1)], generation=generation)
    house.context()
    forgotten(house, "email:ada1@acme.example", "id:1001")
    till = _till(house)
    nowhere = Identity("person", first_name="Adab", last_name="Byronb", company_name="Acme")
    for _ in range(2):
        found = find(till, PriceList(), nowhere, {"phones"}, since=None, confirm=lambda credits: None)
        assert (found.profile, found.error, found.message) == (None, "COMPLIANCE_RESTRICTED", BARRED)
    assert found_in(house.store, *values_of(1), "1001") == set()
    assert sum(house.lusha.purchases.values()) <= 1


def test_the_review_list_names_them_no_more(house: House) -> None:
    change = Change("Title", "Old", "Head of Engines", "changed job", "job_title.title", "suggest")
    for record, id in (("c00001", "1001"), ("c00002", "1002")):
        suggestions.suggest(
            house.store, run=1, **SCOPE, suggestions=[suggestions.Suggestion(record, change, id)], now=house.now
        )
    assert forgotten(house, "id:1001").suggestions == 1
    assert [one.record for one in suggestions.listed(house.store)] == ["c00002"]


def test_a_value_that_was_accepted_from_a_list_read_before_is_not_written(house: House) -> None:
    for record, id in (("c00001", "1001"), ("c00002", "1002")):
        title = house.crm.row("Contact", record)["Title"]
        change = Change("Title", title, "New", "changed job", "job_title.title", "suggest")
        suggestions.suggest(
            house.store, run=1, **SCOPE, suggestions=[suggestions.Suggestion(record, change, id)], now=house.now
        )
    listed = suggestions.listed(house.store)
    forgotten(house, "id:1001")
    ended = run_accepted(house.context(), "contact.yaml", listed)
    assert counts(ended, "due", "written") == (1, 1)
    assert (house.row(1)["Title"], house.row(2)["Title"]) == ("Head of Engines", "New")


def test_a_match_that_a_person_accepted_is_their_record(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1)], people=[person(1)])
    matches = [suggestions.Match("c00001", "1001", "names agree to 60 of 100")]
    suggestions.doubt(house.store, run=1, **SCOPE, matches=matches, now=house.now)
    suggestions.decide(house.store, [1], "accepted")
    forgotten(house, "id:1001")
    assert counts(house.sync(), "suppressed", "due") == (1, 0)


def test_a_killed_forget_leaves_everything(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(house.store)

    def dies(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(people, "suppress", dies)
        with pytest.raises(Killed):
            forgotten(house, "id:1001")
    assert contents(house.store) == before


NUMBERS = st.integers(1, 5)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    records_of=st.lists(NUMBERS, min_size=1, max_size=6),
    known=st.sets(NUMBERS, min_size=1),
    mail=st.sets(NUMBERS),
    out=NUMBERS,
    by=st.sampled_from(["email", "id", "record"]),
    after=st.sampled_from(["sync", "plan", "killed"]),
)
def test_of_any_house_anybody_is_forgotten_and_everybody_else_is_as_before(
    records_of: list[int], known: set[int], mail: set[int], out: int, by: str, after: str
) -> None:
    with TemporaryDirectory() as folder:
        rows = [
            row(number, Id=f"c{place:05}", Email=f"ada{number}@acme.example" if number in mail else None)
            for place, number in enumerate(records_of)
        ]
        house = House(Path(folder), rows=rows, people=[person(number) for number in sorted(known)])
        _live(house, after)
        theirs = [f"c{place:05}" for place, number in enumerate(records_of) if number == out]
        others = {
            (number, found)
            for number in range(1, 6)
            if number != out
            for found in found_in(house.store, *values_of(number))
        }
        if by == "record":
            forgotten(house, records=tuple((*CONTACT, id) for id in theirs) or ((*CONTACT, "none"),))
        else:
            forgotten(house, f"email:ada{out}@acme.example" if by == "email" else f"id:{1000 + out}")
        if theirs and (out in known or by != "record"):
            assert out not in known or found_in(house.store, *values_of(out), f'"{1000 + out}"') == set()
        assert others == {
            (number, found)
            for number in range(1, 6)
            if number != out
            for found in found_in(house.store, *values_of(number))
        }
        _never_again(house, out, theirs, by, known=out in known, mailed=out in mail)


def _live(house: House, how: str) -> None:
    if how == "killed":
        with _dying(house):
            house.sync()
    elif how == "plan":
        run_plan(house.context())
    else:
        house.sync()


@contextmanager
def _dying(house: House) -> Iterator[None]:
    whole = house.crm.update

    def dies(*arguments: Any) -> Any:
        whole(*arguments)
        raise Killed

    house.crm.update = dies  # type: ignore[method-assign]
    try:
        yield
    except Killed:
        pass
    finally:
        house.crm.update = whole  # type: ignore[method-assign]


def _never_again(house: House, out: int, theirs: list[str], by: str, *, known: bool, mailed: bool) -> None:
    """A year later everybody is due; nothing is bought of the forgotten person, and nothing written."""
    if not known or (by == "email" and not theirs):
        return
    house.later(days=365)
    before = {id: house.crm.row("Contact", id) for id in theirs}
    house.lusha.asked.clear()
    house.sync()
    house.sync()
    assert str(1000 + out) not in {id for id, _ in house.lusha.asked}
    assert {id: house.crm.row("Contact", id) for id in theirs} == before
    assert found_in(house.store, *values_of(out)) == set()
