"""The review list: values and doubtful matches that a person decides on; nothing of it is written before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from connector.config.settings import FieldRule
from connector.engine.review import accept_matches, reject
from connector.models import Identity
from connector.store import suggestions
from tests.engine.house import FIELDS, House, counts, person, row

SUGGESTED = {**FIELDS, "Title": FieldRule("job_title.title", "suggest")}
SCOPE: dict[str, Any] = {"org": "acme", "object": "Contact"}


def house(folder: Path, size: int = 2, **more: Any) -> House:
    rows = [row(n, Title="Typed") for n in range(1, size + 1)]
    return House(folder, rows=rows, people=[person(n) for n in range(1, size + 1)], **{"fields": SUGGESTED, **more})


def stranger(folder: Path) -> House:
    """Lusha answers the record's e-mail with somebody of another name."""
    other = person(first_name="Grace", last_name="Hopper", full_name="Grace Hopper")
    return House(folder, rows=[row(Email="ada1@acme.example")], people=[other])


def test_a_value_is_listed_with_what_it_would_replace_and_nothing_is_written(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    found = suggestions.listed(org.store)
    assert [(one.record, one.field, one.current, one.proposed, one.kind) for one in found] == [
        (f"c0000{n}", "Title", "Typed", "Head of Engines", "value") for n in (1, 2)
    ]
    assert [org.row(n)["Title"] for n in (1, 2)] == ["Typed", "Typed"]


def test_an_accepted_value_is_written_once_and_can_be_undone(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    [first, _] = suggestions.listed(org.store)
    ended = org.accept([first])
    assert (ended.exit_code, counts(ended, "due", "written", "fields_written")) == (0, (1, 1, 1))
    assert [org.row(n)["Title"] for n in (1, 2)] == ["Head of Engines", "Typed"]
    assert [one.record for one in suggestions.listed(org.store)] == ["c00002"]
    assert counts(org.later(days=91).sync(), "suggested") == (1,)
    org.undo(ended.report["run"])
    assert org.row(1)["Title"] == "Typed"


def test_a_field_that_moved_since_it_was_proposed_is_left_and_stays_on_the_list(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    org.crm.edit("Contact", "c00001", Title="Typed since")
    ended = org.accept(suggestions.listed(org.store))
    assert (ended.exit_code, counts(ended, "written", "conflicts")) == (3, (1, 1))
    assert org.row(1)["Title"] == "Typed since"
    assert [one.record for one in suggestions.listed(org.store)] == ["c00001"]


def test_what_stands_there_already_leaves_the_list(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    org.crm.edit("Contact", "c00001", Title="head of engines")
    org.accept(suggestions.listed(org.store))
    assert org.row(1)["Title"] == "head of engines"
    assert suggestions.listed(org.store) == []


def test_a_rejected_value_is_not_proposed_again_and_another_one_is(tmp_path: Path) -> None:
    org = house(tmp_path, 1)
    org.sync()
    reject(org.store, suggestions.listed(org.store))
    assert counts(org.later(days=91).sync(), "suggested") == (0,)
    assert suggestions.listed(org.store) == []
    org.lusha.known["person"]["1001"] = person(job_title={"title": "VP Engines"})
    assert counts(org.later(days=91).sync(), "suggested") == (1,)
    assert [one.proposed for one in suggestions.listed(org.store)] == ["VP Engines"]


def test_what_is_proposed_no_longer_leaves_the_list(tmp_path: Path) -> None:
    org = house(tmp_path, 1)
    org.sync()
    org.crm.edit("Contact", "c00001", Title="Head of Engines")
    org.later(days=91).sync()
    assert suggestions.listed(org.store) == []


def test_consent_withdrawn_since_is_honoured_here_too(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    org.crm.edit("Contact", "c00001", OptedOut=True)
    org.accept(suggestions.listed(org.store))
    assert [org.row(n)["Title"] for n in (1, 2)] == ["Typed", "Head of Engines"]


def test_a_match_in_doubt_is_listed_with_the_reason(tmp_path: Path) -> None:
    org = stranger(tmp_path)
    ended = org.sync()
    [one] = suggestions.listed(org.store)
    assert (one.kind, one.record, one.proposed, one.lusha_id) == ("match", "c00001", "1001", "1001")
    assert "names agree to" in one.reason
    assert list(ended.notes) == ["an answer may be about somebody else: see lusha-sync review"]
    assert counts(org.sync(), "due") == (0,)


def test_an_accepted_match_is_used_by_the_next_run(tmp_path: Path) -> None:
    org = stranger(tmp_path)
    org.sync()
    accept_matches(org.store, suggestions.listed(org.store))
    assert counts(org.sync(), "due", "matched", "written") == (1, 1, 1)
    assert org.row()["Title"] == "Head of Engines"
    assert suggestions.listed(org.store) == []


def test_a_rejected_match_is_never_used_and_never_asked_about_again(tmp_path: Path) -> None:
    org = stranger(tmp_path)
    org.sync()
    reject(org.store, suggestions.listed(org.store))
    ended = org.later(days=31).sync()
    assert counts(ended, "due", "no_match", "written") == (1, 1, 0)
    assert suggestions.listed(org.store) == []
    assert ended.notes == {}


def test_the_list_is_narrowed(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    [one, two] = suggestions.listed(org.store)
    assert suggestions.listed(org.store, ids=[two.id]) == [two]
    assert suggestions.listed(org.store, records=["c00001"], fields=["Title"], orgs=["acme"]) == [one]
    assert suggestions.listed(org.store, fields=["Phone"]) == suggestions.listed(org.store, orgs=["beta"]) == []
    assert suggestions.listed(org.store, limit=1) == [one]


def test_another_mapping_of_the_object_leaves_the_list_alone(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    org.settings = replace(org.settings, name="phones.yaml", fields={"Phone": FIELDS["Phone"]})
    org.later(days=91).sync()
    assert [one.field for one in suggestions.listed(org.store)] == ["Title", "Title"]


def test_a_record_that_has_become_somebody_else_since_is_left_alone(tmp_path: Path) -> None:
    org = house(tmp_path)
    org.sync()
    org.crm.edit("Contact", "c00001", FirstName="Grace", LastName="Hopper")
    ended = org.accept(suggestions.listed(org.store))
    assert counts(ended, "written", "conflicts") == (1, 1)
    assert [org.row(n)["Title"] for n in (1, 2)] == ["Typed", "Head of Engines"]


def test_an_accepted_match_is_searched_for_no_second_time_and_does_not_rest(tmp_path: Path) -> None:
    org = stranger(tmp_path)
    org.sync()
    searches = len(org.lusha.searches)
    accept_matches(org.store, suggestions.listed(org.store))
    assert counts(org.later(days=5).sync(), "due", "written") == (1, 1)
    assert len(org.lusha.searches) == searches


def test_an_interrupted_accept_takes_what_it_wrote_off_the_list(tmp_path: Path) -> None:
    org = house(tmp_path, 25)
    org.sync()
    org.crm.before_update(lambda updates: setattr(org, "interrupted", True))
    ended = org.accept(suggestions.listed(org.store))
    assert (ended.exit_code, counts(ended, "due", "left", "written")) == (130, (25, 15, 10))
    assert len(suggestions.listed(org.store)) == 15


def moved_on(folder: Path, **more: Any) -> House:
    """Somebody found by name and company, whom Lusha knows elsewhere by now; the record has no e-mail."""
    gone = person(company={"id": "9", "name": "Globex", "domain": "globex.example"})
    also = Identity("person", first_name="Adab", last_name="Byronb", company_name="Acme")
    return House(folder, rows=[row()], people=[replace(gone, also=(also,))], **more)


def test_after_a_job_change_nothing_is_bought_for_the_review_list_however_old_the_profile(tmp_path: Path) -> None:
    org = moved_on(tmp_path)
    org.sync()
    assert {one.field for one in suggestions.listed(org.store)} == {"Title", "Phone"}
    reject(org.store, suggestions.listed(org.store))
    bought = list(org.lusha.enriches)
    for kept in (True, False):
        if not kept:  # as retention leaves it
            org.store.db.execute("DELETE FROM profiles")
        ended = org.later(days=100).sync()
        assert (org.lusha.enriches, ended.report["credits"]["charged"]) == (bought, 1)
        assert (org.row()["Email"], suggestions.listed(org.store)) == (None, [])


def test_a_proposal_that_waits_is_not_bought_again_and_stays_on_the_list(tmp_path: Path) -> None:
    org = moved_on(tmp_path)
    org.sync()
    bought = list(org.lusha.enriches)
    org.store.db.execute("DELETE FROM profiles")
    org.later(days=100).sync()
    assert org.lusha.enriches == bought
    assert {one.field for one in suggestions.listed(org.store)} == {"Title", "Phone"}


def test_who_came_back_is_looked_at_before_an_e_mail_is_bought_again(tmp_path: Path) -> None:
    org = moved_on(tmp_path)
    org.sync()
    org.store.db.execute("DELETE FROM profiles")
    org.lusha.known["person"]["1001"] = person()
    org.later(days=100).sync()
    assert org.row()["Email"] == "ada1@acme.example"
