"""The way of one record, end to end in memory: what is bought, what is written, and what a second run does."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path

from connector.config.settings import Budget, FieldRule, Guards, LushaSettings, Match, Select
from connector.engine import profiles
from connector.engine.buying import cost
from connector.engine.desk import Desk
from connector.engine.run import run
from connector.engine.select import select
from connector.errors import BudgetExhausted, GuardRefused, InDoubt, RequestRefused, Stopped
from connector.lusha.prices import PriceList
from connector.models import Answer, Entity, FieldInfo, Identity, Price, Rejection
from connector.redact import Secret
from tests.engine.house import CONTACT, FIELDS, House, counts, person, row
from tests.lusha.fakes import Known


def test_a_blank_record_is_found_bought_and_filled(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()])
    ended = house.sync()
    assert ended.exit_code == 0
    assert counts(ended, "read", "due", "matched", "written", "fields_written", "stamps_written") == (1, 1, 1, 1, 6, 2)
    contact = house.row()
    assert contact["Title"] == "Head of Engines"
    assert contact["Email"] == "ada1@acme.example"
    assert contact["Phone"] == "+15550100001"
    assert contact["MobilePhone"] == "+15550110001"
    assert contact["Lusha_Id"] == "1001"
    assert contact["Enriched"] == "2026-11-23T08:00:01Z"
    assert ended.report["credits"]["charged"] == house.lusha.charged_total == 1 + 1 + 5


def test_a_second_run_right_after_writes_nothing_and_spends_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(n) for n in range(1, 8)] + [row(50)], people=[person(n) for n in range(1, 8)])
    first = house.sync()
    spent, writes = house.lusha.charged_total, len(house.crm.updates)
    second = house.sync()
    assert counts(first, "due", "matched", "no_match") == (8, 7, 1)
    assert counts(second, "due", "written", "fields_written") == (0, 0, 0)
    assert (house.lusha.charged_total, len(house.crm.updates)) == (spent, writes)
    assert second.report["calls"]["lusha"] == second.report["calls"]["crm_write"] == 0


def test_a_lost_state_file_buys_nothing_again(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(MobilePhone="+44 7700 900001")], people=[person(phones=[])])
    house.sync()
    assert house.row()["Phone"] is None  # still incomplete: only the stamp tells that we were here
    (tmp_path / "other").mkdir()
    again = House(tmp_path / "other", people=[person(phones=[])])
    again.crm = house.crm
    ended = again.later(days=1).sync()
    assert counts(ended, "due", "written") == (0, 0)
    assert again.lusha.calls == 1  # the account alone


def test_the_reveal_list_holds_only_what_a_field_could_use(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(Phone="+1 555 010 9999", MobilePhone="+1 555 011 9999")], people=[person()])
    house.sync()
    assert house.lusha.enriches == [(("1001",), frozenset({"emails"}))]
    assert house.row()["Phone"] == "+1 555 010 9999"


def test_a_preview_alone_serves_a_mapping_that_needs_only_the_title(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()], fields={"Title": FIELDS["Title"]})
    ended = house.sync()
    assert house.lusha.enriches == []
    assert counts(ended, "written") == (1,)


def test_one_person_in_three_records_is_bought_once(tmp_path: Path) -> None:
    rows = [
        row(1),  # by name and company
        row(2, FirstName="Adab", LastName="BYRONB", Email="ada1@acme.example"),
        row(3, FirstName=None, LastName=None, Email="ADA1@acme.example"),
    ]
    house = House(tmp_path, rows=rows, people=[person(1)])
    assert counts(house.sync(), "due", "matched", "written") == (3, 3, 3)
    assert set(house.lusha.purchases.values()) == set(house.lusha.asked.values()) == {1}
    assert len(house.lusha.searches[0]) == 2  # two spellings of three records


def test_a_human_value_stays_and_our_own_is_refreshed(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1), row(2)], people=[person(1), person(2)])
    house.sync()
    house.crm.edit("Contact", "c00001", Title="Chief of Everything")
    for number in (1, 2):
        house.lusha.known["person"][str(1000 + number)] = person(number, job_title={"title": "VP Engines"})
    ended = house.later(days=91).sync()
    assert counts(ended, "due", "matched") == (2, 2)
    assert house.row(1)["Title"] == "Chief of Everything"
    assert house.row(2)["Title"] == "VP Engines"


def test_what_a_person_typed_in_another_spelling_is_not_written_again(tmp_path: Path) -> None:
    """Even where everything may be overwritten."""
    schema = {**CONTACT, "Land": FieldInfo("Land", "Land", "text"), "Site": FieldInfo("Site", "Site", "text")}
    fields = {
        "Title": FieldRule("job_title.title", "overwrite", (("title_case", None),)),
        "Phone": FieldRule("phones[0].number", "overwrite"),
        "Land": FieldRule("location.country", "overwrite", (("country", None),)),
        "Site": FieldRule("company.domain", "overwrite", (("domain", None),)),
    }
    typed = {"Title": None, "Phone": "(555) 010-0001 ", "Land": "USA", "Site": "http://www.acme.example/about"}
    house = House(tmp_path, rows=[row(**typed)], people=[person()], fields=fields, schema=schema, stamps={})
    assert counts(house.sync(), "due", "matched", "written", "fields_written") == (1, 1, 1, 1)
    house.crm.edit("Contact", "c00001", Title="HEAD OF ENGINES")
    assert counts(house.later(days=91).sync(), "due", "matched", "changed", "written") == (1, 1, 0, 0)
    assert {name: house.row()[name] for name in typed} == {**typed, "Title": "HEAD OF ENGINES"}


def test_a_value_that_somebody_cleared_after_us_is_not_filled_again(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()])
    house.sync()
    house.crm.edit("Contact", "c00001", Phone=None, Title=None)
    ended = house.later(days=31).sync()
    assert counts(ended, "due", "changed") == (0, 0)
    assert (house.row()["Phone"], house.row()["Title"]) == (None, None)
    stale = house.later(days=91).sync()
    assert counts(stale, "due", "matched", "changed") == (1, 1, 0)
    assert (house.row()["Phone"], house.row()["Title"]) == (None, None)


def test_an_edit_between_read_and_write_is_a_conflict_and_survives(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()])
    fetch = house.crm.fetch

    def edited(*arguments: object) -> object:
        house.crm.edit("Contact", "c00001", Title="Typed just now")
        return fetch(*arguments)  # type: ignore[arg-type]

    house.crm.fetch = edited  # type: ignore[method-assign, assignment]
    ended = house.sync()
    assert house.row()["Title"] == "Typed just now"
    assert house.row()["Phone"] == "+15550100001"
    assert counts(ended, "conflicts", "written") == (1, 1)
    assert ended.exit_code == 3


def test_one_bad_record_stops_only_itself(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(n) for n in (1, 2, 3)], people=[person(n) for n in (1, 2, 3)])
    house.crm.reject["c00002"] = Rejection("VALIDATION", "Phone must have country code")
    ended = house.sync()
    assert counts(ended, "written", "rejected") == (2, 1)
    assert ended.exit_code == 3
    assert ended.notes == {"Contact refused: VALIDATION: Phone must have country code": 1}
    again = house.sync()
    assert counts(again, "due", "rejected") == (0, 0)


def test_a_value_that_does_not_fit_is_reported_and_the_rest_lands(tmp_path: Path) -> None:
    long = person(job_title={"title": "x" * 60, "seniority": "Grand Vizier"})
    fields = {**FIELDS, "Seniority": FieldRule("job_title.seniority")}
    ended = (house := House(tmp_path, rows=[row()], people=[long], fields=fields)).sync()
    assert ended.notes == {
        "Title: 60 characters, the field takes 40": 1,
        "Seniority: 'Grand Vizier' is not an option of Seniority": 1,
    }
    assert house.row()["Phone"] == "+15550100001"


def test_opted_out_records_are_never_sent_and_do_not_call_keeps_phones_out(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1, OptedOut=True), row(2, DoNotCall=True)], people=[person(1), person(2)])
    ended = house.sync()
    assert counts(ended, "suppressed", "due") == (1, 1)
    assert house.lusha.enriches == [(("1002",), frozenset({"emails"}))]
    assert house.row(2)["Phone"] is None


def test_records_without_identity_are_counted_and_never_sent(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1, FirstName=None, Email="info@acme.example")], people=[person(1)])
    ended = house.sync()
    assert counts(ended, "due", "no_identity", "left") == (1, 1, 0)
    assert house.lusha.searches == []
    house.crm.edit("Contact", "c00001", Email="ada1@acme.example")
    assert counts(house.sync(), "due", "matched") == (1, 1)


def test_no_match_is_remembered_until_the_identity_changes_or_time_passes(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1)], people=[])
    assert counts(house.sync(), "no_match") == (1,)
    assert counts(house.later(days=1).sync(), "due") == (0,)
    house.crm.edit("Contact", "c00001", Email="ada1@acme.example")
    assert counts(house.later(days=1).sync(), "due", "no_match") == (1, 1)
    assert counts(house.later(days=31).sync(), "due", "no_match") == (1, 1)
    assert len(house.lusha.searches) == 3


def test_an_added_field_makes_records_due_again(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person(phones=[])], fields={k: FIELDS[k] for k in ("Title", "Phone")})
    house.sync()
    house.settings = house.settings.__class__(
        **{name: getattr(house.settings, name) for name in house.settings.__slots__} | {"fields": FIELDS}
    )
    ended = house.sync()
    assert counts(ended, "due", "written") == (1, 1)
    assert house.row()["Email"] == "ada1@acme.example"


def test_a_job_change_goes_to_the_review_list_and_only_the_own_data_are_bought(tmp_path: Path) -> None:
    gone = person(company={"id": "9", "name": "Globex", "domain": "globex.example"})
    house = House(tmp_path, rows=[row(Email="ada1@acme.example")], people=[gone])
    ended = house.sync()
    contact = house.row()
    assert contact["Title"] is None
    assert contact["MobilePhone"] == "+15550110001"
    assert contact["Phone"] is None
    assert ended.report["suggested"] == 2
    assert house.lusha.enriches == [(("1001",), frozenset({"phones"}))]


def test_on_job_change_update_writes_by_policy_and_skip_writes_nothing(tmp_path: Path) -> None:
    gone = person(company={"id": "9", "name": "Globex", "domain": "globex.example"})
    for choice, title in (("update", "Head of Engines"), ("skip", None)):
        (folder := tmp_path / choice).mkdir()
        house = House(folder, rows=[row(Email="ada1@acme.example")], people=[gone], match=Match(on_job_change=choice))
        house.sync()
        assert house.row()["Title"] == title


def test_an_answer_about_somebody_else_is_not_used(tmp_path: Path) -> None:
    other = person(first_name="Grace", last_name="Hopper", full_name="Grace Hopper")
    house = House(tmp_path, rows=[row(Email="ada1@acme.example")], people=[other])
    ended = house.sync()
    assert counts(ended, "matched", "no_match", "written") == (0, 1, 0)
    assert house.lusha.enriches == []


def test_a_budget_stops_the_run_and_the_next_one_goes_on_without_paying_twice(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        rows=[row(n) for n in range(1, 11)],
        people=[person(n) for n in range(1, 11)],
        budget=Budget(per_run=15),
    )
    first = house.sync()
    assert first.report["status"] == "stopped"
    assert first.exit_code == 4
    assert isinstance(first.error, BudgetExhausted)
    assert house.lusha.charged_total <= 15
    assert 1 <= first.report["written"] < 10
    assert first.report["left"] == 10 - first.report["written"]
    for _ in range(10):
        if house.sync().report["status"] == "done":
            break
    assert all(house.row(n)["Phone"] for n in range(1, 11))
    assert set(house.lusha.purchases.values()) == {1}


def test_the_message_names_the_limit_and_what_is_missing(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()], org_budget=Budget(per_day=0))
    ended = house.sync()
    assert ended.error is not None
    assert ended.error.message == "orgs.acme.budget.per_day: 0 leaves 0 credits, the next search needs 1"


def test_keep_leaves_a_balance_untouched(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(n) for n in range(1, 6)], people=[person(n) for n in range(1, 6)],
                  budget=Budget(keep=80), remaining=100)  # fmt: skip
    ended = house.sync()
    assert ended.exit_code == 4
    assert 80 <= house.lusha.remaining < 100


def test_a_search_is_cut_to_what_the_budget_covers_with_its_reveals(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(n) for n in range(1, 31)], people=[person(n) for n in range(1, 31)],
                  budget=Budget(per_run=14))  # fmt: skip
    house.sync()
    assert len(house.lusha.searches[0]) == 2  # 1 for the search, 2 × 6 at worst


def test_a_lost_search_answer_is_asked_once_more(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()])
    house.lusha.lose_answer_next()
    ended = house.sync()
    assert counts(ended, "matched", "written") == (1, 1)
    assert ended.report["credits"]["charged"] == house.lusha.charged_total == 2 + 6


def test_a_lost_enrich_answer_costs_nothing_the_second_time(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(Lusha_Id="1001")], people=[person()])
    house.lusha.lose_answer_next()
    ended = house.sync()
    assert counts(ended, "written") == (1,)
    assert set(house.lusha.purchases.values()) == {1}
    assert ended.report["credits"]["charged"] == house.lusha.charged_total == 6


def test_answers_that_stay_lost_leave_the_records_for_the_next_run(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(Lusha_Id="1001")], people=[person()])
    context = house.context()
    house.lusha.fail_next(InDoubt("cut"), times=3)
    ended = run(context)
    assert isinstance(ended.error, Stopped)
    assert (ended.exit_code, ended.report["left"]) == (4, 1)
    assert counts(house.sync(), "written") == (1,)


def refuse(house: House, last_name: str, *, code: str) -> None:
    """Lusha refuses every search in which this name stands."""
    search = house.lusha.search

    def picky(entity: Entity, identities: Sequence[Identity]) -> Answer:
        if any(identity.last_name == last_name for identity in identities):
            raise RequestRefused(f"Lusha: answered {code}", code=code)
        return search(entity, identities)

    house.lusha.search = picky  # type: ignore[method-assign]


def test_a_refused_item_is_found_by_halving_and_the_others_are_enriched(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(n) for n in range(1, 6)], people=[person(n) for n in range(1, 6)])
    refuse(house, "Byrond", code="451")
    ended = house.sync()
    assert counts(ended, "matched", "no_match") == (4, 1)
    assert counts(house.later(days=100).sync(), "suppressed") == (1,)


def test_a_guard_refuses_before_the_first_write_and_keeps_what_was_bought(tmp_path: Path) -> None:
    fields = {**FIELDS, "Title": FieldRule("job_title.title", "overwrite")}
    house = House(tmp_path, rows=[row(n, Title="Old") for n in range(1, 31)], people=[person(n) for n in range(1, 31)],
                  fields=fields, guards=Guards(0.3, 20))  # fmt: skip
    ended = house.sync()
    assert ended.exit_code == 5
    assert isinstance(ended.error, GuardRefused)
    assert ended.error.message == (
        "run 1 would replace 10 values in 30 records read (33.3%, limit 30.0%); nothing more was written"
    )
    assert house.crm.updates == []
    spent = house.lusha.charged_total
    lifted = house.sync(max_replaced_share=1.0)
    assert counts(lifted, "written") == (30,)
    assert house.lusha.charged_total == spent


def test_small_batches_wait_for_enough_records_before_the_guard_judges(tmp_path: Path) -> None:
    fields = {**FIELDS, "Title": FieldRule("job_title.title", "overwrite")}
    house = House(tmp_path, rows=[row(n, Title="Old") for n in range(1, 6)], people=[person(n) for n in range(1, 6)],
                  fields=fields, guards=Guards(0.3, 20))  # fmt: skip
    assert counts(house.sync(), "written") == (5,)


def test_a_lost_write_answer_is_resolved_by_rereading(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()])
    house.crm.lose_answer_next()
    ended = house.sync()
    assert counts(ended, "written", "fields_written") == (1, 6)
    assert len(house.crm.updates) == 1


def test_limit_counts_due_records(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(n) for n in range(1, 31)], people=[person(n) for n in range(1, 31)])
    assert counts(house.sync(limit=4), "due", "written") == (4, 4)


def test_only_the_named_record_is_looked_at(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(n) for n in range(1, 5)], people=[person(n) for n in range(1, 5)])
    assert counts(house.sync(records=("c00003",)), "read", "written") == (1, 1)
    assert house.row(3)["Title"] == "Head of Engines"


def test_staleness_is_seen_by_the_state_alone_where_nothing_is_stamped(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()], stamps={})
    house.sync()
    house.lusha.known["person"]["1001"] = person(job_title={"title": "VP Engines"})
    assert counts(house.later(days=89).sync(), "due") == (0,)
    assert counts(house.later(days=2).sync(), "due", "written") == (1, 1)
    assert house.row()["Title"] == "VP Engines"


def test_a_stale_record_costs_a_search_and_reveals_nothing_again(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()])
    house.sync()
    ended = house.later(days=91).sync()
    assert counts(ended, "due", "matched", "unchanged") == (1, 1, 1)
    assert len(house.lusha.enriches) == 1
    assert ended.report["credits"]["charged"] == 1


def test_a_company_mapping_buys_the_base_once(tmp_path: Path) -> None:
    acme = Known({"id": "7", "name": "Acme", "domain": "acme.example", "industry": "Engines", "founded_year": 1843})
    schema = {
        **CONTACT,
        "Founded": FieldInfo("Founded", "Founded", "integer"),
        "Website": FieldInfo("Website", "W", "url"),
    }
    house = House(
        tmp_path, rows=[{**row(), "Founded": None, "Website": "https://www.acme.example/"}], people=[acme],
        entity="company", schema=schema, identify=[{"domain": "Website"}],
        fields={"Founded": FieldRule("founded_year")}, select=Select(None, ("Founded",), timedelta(days=90)),
    )  # fmt: skip
    ended = house.sync()
    assert house.row()["Founded"] == 1843
    assert ended.report["credits"]["charged"] == 2
    assert counts(house.sync(), "due") == (0,)


def test_a_stamp_that_does_not_fit_is_reported_and_ends_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(), row(2)], people=[person(), person(2)], stamps={"Seniority": "outcome"})
    ended = house.sync()
    assert (ended.exit_code, *counts(ended, "matched", "written")) == (0, 2, 2)
    assert ended.notes == {"Seniority: 'matched' is not an option of Seniority": 2}


def test_a_time_of_enrichment_never_goes_back(tmp_path: Path) -> None:
    """A saved answer serves a record that was stamped after it was given."""
    house = House(tmp_path, rows=[row(1)], people=[person()])
    house.sync()
    house.crm.add("Contact", row(2, FirstName="Adab", LastName="Byronb", Enriched="2026-11-24T08:00:00Z"))
    ended = house.later(days=40).sync()
    assert counts(ended, "due", "matched", "written") == (1, 1, 1)
    assert house.row(2)["Enriched"] == "2026-11-24T08:00:00Z"


def test_the_stamp_tells_when_lusha_answered_not_when_a_saved_answer_was_used(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1)], people=[person()])
    house.sync()
    house.crm.add("Contact", row(2, FirstName="Adab", LastName="Byronb"))
    house.later(days=80).sync()
    assert house.row(2)["Enriched"] == house.row(1)["Enriched"] == "2026-11-23T08:00:01Z"
    assert counts(house.later(days=11).sync(), "due") == (2,)


def test_a_stamp_that_somebody_cleared_does_not_hide_a_stale_record(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()])
    house.sync()
    house.crm.edit("Contact", "c00001", Enriched=None, Email="ada1@acme.example")
    house.lusha.known["person"]["1001"] = person(job_title={"title": "VP Engines"})
    assert counts(house.later(days=91).sync(), "read", "due", "written") == (1, 1, 1)
    assert house.row()["Title"] == "VP Engines"


def test_what_another_record_bought_meanwhile_stays_bought(tmp_path: Path) -> None:
    """The same person twice: one record buys phones while the other waits with what was known before."""
    mail = {"Email": "ada1@acme.example"}
    house = House(tmp_path, rows=[row(1, **mail, Phone="1", MobilePhone="2")], people=[person()])
    house.sync()
    house.crm.add("Contact", row(2, **mail, FirstName=None, LastName=None, Title="VP"))
    house.later(days=91).sync()
    saved = house.store.rows("SELECT revealed FROM saved_profiles WHERE lusha_id = '1001'")
    assert "phones" in saved[0]["revealed"]
    assert set(house.lusha.purchases.values()) == {1}


def test_one_refused_record_is_put_off_also_when_the_budget_ends(tmp_path: Path) -> None:
    numbers = range(1, 9)
    house = House(
        tmp_path, rows=[row(n) for n in numbers], people=[person(n) for n in numbers], budget=Budget(per_run=20)
    )
    refuse(house, "Byronb", code="400")
    first = house.sync()
    assert first.exit_code == 4
    assert first.notes["Lusha: answered 400"] == 1
    assert counts(first, "no_match") == (1,)


def test_when_lusha_refuses_everything_the_run_ends_after_a_few_calls(tmp_path: Path) -> None:
    numbers = range(1, 301)
    house = House(tmp_path, rows=[row(n) for n in numbers])
    asked: list[int] = []

    def refuses(entity, identities):  # type: ignore[no-untyped-def]
        asked.append(len(identities))
        raise RequestRefused("Lusha: answered 400", code="400")

    house.lusha.search = refuses  # type: ignore[method-assign, assignment]
    ended = house.sync()
    assert (ended.exit_code, ended.report["no_match"], ended.report["credits"]["charged"]) == (8, 0, 0)
    assert len(asked) < 30


def test_a_law_holds_with_another_key_too(tmp_path: Path) -> None:
    known = person()
    house = House(tmp_path, rows=[row()], people=[Known(known.attributes, error="COMPLIANCE_RESTRICTED")])
    house.sync()
    house.lusha_settings = LushaSettings(Secret("another key"))
    ended = house.later(days=100).sync()
    assert counts(ended, "suppressed", "due") == (1, 0)
    assert len(house.lusha.searches) == 1


def test_a_stamped_id_that_lusha_no_longer_knows_does_not_hide_the_email(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(Lusha_Id="999", Email="ada1@acme.example", Title="VP")], people=[person()])
    assert counts(house.sync(), "matched", "written") == (1, 1)
    assert house.row()["Phone"] == "+15550100001"


def test_what_another_process_bought_while_a_reveal_waited_is_not_bought_again(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()])
    context, other = house.context(), house.context()
    pages = list(select(context))
    desk = Desk(context)
    desk.take(pages[0])
    desk.search()
    assert list(desk.wants.places) == ["id:1001"]
    bought = house.lusha.enrich("person", ["1001"], {"emails", "phones"}).items[0].profile
    assert bought is not None
    profiles.keep(other, "person", [(bought, profiles.bought(1, bought, None))])
    asked = len(house.lusha.enriches)
    desk.reveal()
    assert len(house.lusha.enriches) == asked
    assert [item.due.record.id for item in desk.ready()] == ["c00001"]


def test_what_another_process_saved_while_a_purchase_was_under_way_stays(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row()], people=[person()], fields={name: FIELDS[name] for name in ("Title", "Email")})
    context, other = house.context(), house.context()
    desk, buy = Desk(context), house.lusha.enrich
    desk.take(next(select(context)))
    desk.search()
    phones = buy("person", ["1001"], {"phones"}).items[0].profile
    assert phones is not None

    def meanwhile(entity: Entity, ids: Sequence[str], reveal: Collection[str]) -> Answer:
        profiles.keep(other, "person", [(phones, profiles.bought(1, phones, None))])
        return buy(entity, ids, reveal)

    house.lusha.enrich = meanwhile  # type: ignore[method-assign]
    desk.reveal()
    list(desk.settle())
    asked = {"me": Identity("person", id="1001")}
    assert profiles.saved(other, "person", asked)["me"].profile.revealed == {"profile", "emails", "phones"}


def test_a_price_that_rose_since_the_offer_is_reserved(tmp_path: Path) -> None:
    assert cost(PriceList({"revealPhone": Price(9)}), "person", {"phones"}, {"phones": 5}) == 9
    assert cost(PriceList({"revealPhone": Price(9)}), "person", {"phones"}, {"phones": 0}) == 0
    assert cost(PriceList(), "person", {"phones"}, {"phones": 7}) == 7


def test_where_every_purchase_is_refused_the_run_fails_and_the_records_stay_due(tmp_path: Path) -> None:
    people = [person(n) for n in range(1, 8)]
    house = House(tmp_path, rows=[row(n) for n in range(1, 8)], people=people)
    context = house.context()

    def refuse(*asked: object) -> Answer:
        raise RequestRefused("Lusha: POST /v3/contacts/enrich answered 400: no", code="400")

    buy, house.lusha.enrich = house.lusha.enrich, refuse  # type: ignore[method-assign]
    ended = run(context)
    assert (ended.exit_code, ended.report["no_match"]) == (8, 0)
    house.lusha.enrich = buy  # type: ignore[method-assign]
    assert counts(house.sync(), "due", "matched", "written") == (7, 7, 7)


def test_who_is_known_and_cannot_be_bought_gets_what_the_preview_tells(tmp_path: Path) -> None:
    house = House(tmp_path, rows=[row(1), row(2)], people=[person(1), person(2)])
    context, buy = house.context(), house.lusha.enrich

    def refuse(entity: Entity, ids: Sequence[str], reveal: Collection[str]) -> Answer:
        if "1001" in ids:
            raise RequestRefused("Lusha: POST /v3/contacts/enrich answered 400: no", code="400")
        return buy(entity, ids, reveal)

    house.lusha.enrich = refuse  # type: ignore[method-assign]
    ended = run(context)
    assert counts(ended, "matched", "no_match", "written") == (2, 0, 2)
    assert (house.row(1)["Title"], house.row(1)["Phone"]) == ("Head of Engines", None)
    assert house.row(2)["Phone"] == "+15550100002"
    assert counts(house.sync(), "due") == (0,)
