"""Drafts of mappings: what is put to work, what is only proposed, what is left out, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.lusha.attributes import CATALOGUE
from connector.mapping.cautions import org_warnings
from connector.mapping.refusals import offline_problems, org_problems
from connector.models import FieldInfo, Option
from connector.setup.drafts import USUAL, Draft
from connector.setup.likeness import WEAK
from connector.setup.offers import OFFERS
from connector.setup.proposals import propose
from tests.setup.orgs import CONSENT, SHIPPED, drafted, own, schema_of, shipped

NOT_OFFERED = {
    "person": {
        "id", "company.id", "location.state_code", "location.raw", "emails[].type", "emails[].confidence",
        "emails[].update_date", "phones[].type", "phones[].do_not_call", "phones[].update_date",
        "previous_job.company.domain", "update_date",
    },
    "company": {
        "id", "alternative_domains", "location.state_code", "location.raw", "funding.rounds[].type",
        "funding.rounds[].amount", "funding.rounds[].currency", "funding.rounds[].date", "intent.topics[].score",
        "intent.topics[].trend", "competitors[].id", "competitors[].domain", "employees_by_department[].department",
        "employees_by_department[].count", "employees_by_location[].country", "employees_by_location[].state",
        "employees_by_location[].count", "employees_by_seniority[].seniority", "employees_by_seniority[].count",
        "it_spend.value", "it_spend.currency", "website_traffic.mom_change_percent", "website_traffic.month",
    },
}  # fmt: skip
"""Attributes that a field's name does not tell: details of entries in lists, and bookkeeping of Lusha's."""


def line(draft: Draft, field: str) -> tuple[str, str, int]:
    found = next(one for one in draft.lines if one.name == field)
    return found.rule.source, found.reason, found.score


@pytest.mark.parametrize("entity", ["person", "company"])
def test_every_attribute_is_offered_or_left_out_on_purpose(entity: str) -> None:
    offered = {offer.attribute for offer in OFFERS[entity]}  # type: ignore[index]
    table = CATALOGUE[entity].keys()  # type: ignore[index]
    extra = {path for path in table - offered if path.startswith("additional_locations[]")}
    assert offered <= table
    assert table - offered - extra == {path for path in NOT_OFFERED[entity] if path in table}


@pytest.mark.parametrize("name", SHIPPED)
def test_where_an_org_has_every_field_the_shipped_mapping_comes_out(name: str) -> None:
    mapping, draft = shipped(name), drafted(name)
    usual = {one.name: one.rule.source for one in draft.lines if one.reason == USUAL}
    assert usual == {field: rule.source for field, rule in mapping.fields.items()}
    assert draft.settings.identify == mapping.identify
    assert draft.settings.select == mapping.select
    assert draft.settings.stamp == mapping.stamp
    assert (draft.left, draft.missing) == ((), {})


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_drafted_is_neither_refused_nor_warned_about(name: str) -> None:
    judged(drafted(name), schema_of(shipped(name)))


def judged(draft: Draft, schema: dict[str, FieldInfo]) -> None:
    said = [*offline_problems(draft.settings), *org_problems(draft.settings, schema, consent=CONSENT)]
    assert said == []
    assert list(org_warnings(draft.settings, schema)) == []


def test_an_own_field_takes_the_place_of_one_that_is_not_there() -> None:
    draft = drafted("salesforce/contact", own("LinkedIn__c", "LinkedIn profile", "url"), without=("LinkedIn_URL__c",))
    assert line(draft, "LinkedIn__c") == ("social.linkedin", "name 'LinkedIn__c' says 'linkedin'; type url", 100)
    assert {"linkedin_url": "LinkedIn__c"} in draft.settings.identify


def test_what_is_blank_makes_due_under_its_new_name() -> None:
    draft = drafted("salesforce/contact", own("Cell__c", "Cell", "phone", 40), without=("MobilePhone", "Phone"))
    assert draft.settings.select.incomplete == ("Title", "Cell__c")
    assert [one.what for one in draft.left] == ["Phone (from phones[?type!='mobile' && !do_not_call] | [0].number)"]


def test_a_read_only_field_says_why_it_is_left_out() -> None:
    formula = FieldInfo("Title", "Title", "text", writable=False, why_read_only="this user may not edit it")
    draft = drafted("salesforce/contact", formula)
    assert "Title" not in draft.settings.fields
    [left] = draft.left
    assert left.what == "Title (from job_title.title)"
    assert left.why == "Contact field 'Title' is read-only: this user may not edit it"


def test_a_custom_field_is_mapped_by_its_name_or_label() -> None:
    draft = drafted(
        "salesforce/account",
        own("Tech__c", "Tech Stack", length=5_000),
        own("SubIndustry__c", "Sub-Industry"),
        own("Funding__c", "Total Funding", "number", None),
    )
    assert line(draft, "Tech__c")[:2] == ("technologies", "label 'Tech Stack' says 'tech stack'; type text")
    assert line(draft, "SubIndustry__c")[0] == "sub_industry"
    assert line(draft, "Funding__c")[0] == "funding.total_amount"


def test_what_is_doubtful_is_only_proposed() -> None:
    draft = drafted(
        "salesforce/contact",
        own("Private_Email__c", "Private E-mail", "email", 80),
        own("Employer__c", "Employer"),
        own("Assistant_Country_Code__c", "Assistant country code"),
    )
    weak = {one.name: one.reason for one in draft.weak}
    assert weak["Private_Email__c"].endswith("a private address needs a lawful basis of its own")
    assert weak["Employer__c"].endswith("a change of employer is for people to decide")
    assert "Assistant_Country_Code__c" in weak
    assert not weak.keys() & draft.settings.fields.keys()


def test_what_is_doubtful_twice_is_not_even_proposed() -> None:
    draft = drafted("salesforce/contact", own("Nick_First_Name__c", "Nick first name"))
    assert draft.weak == ()


def test_what_costs_credits_of_its_own_is_only_proposed() -> None:
    draft = drafted("hubspot/company", own("competitors", "Competitors", length=65_536))
    assert [one.name for one in draft.weak if one.rule.source == "competitors[*].name"] == ["competitors"]


def test_a_field_of_another_kind_is_not_taken() -> None:
    draft = drafted("salesforce/account", own("Founded__c", "Founded", "date", None), without=("YearStarted",))
    assert "Founded__c" not in {*draft.settings.fields, *(one.name for one in draft.weak)}


def test_a_picklist_gets_a_map_that_leaves_no_word_unprepared() -> None:
    levels = tuple(Option(word, word) for word in ("Director", "Manager", "Vice President", "Owner", "Non Manager"))
    level = own("Level__c", "Seniority level", "picklist", options=levels, restricted=True)
    draft = drafted("salesforce/contact", level, without=("Seniority__c",))
    found = next(one for one in draft.lines if one.name == "Level__c")
    ((name, table),) = found.rule.transforms
    assert name == "picklist"
    assert {word for word, ours in table.items() if ours is None} >= {"Founder", "Intern", "C-Suite"}
    assert "Director" not in table
    assert table["Non-Manager"] is None, "what is only like an option is for a person to say"
    assert found.options == {"Non-Manager": "Non Manager"}
    judged(draft, {**schema_of(shipped("salesforce/contact")), "Level__c": level})


def test_a_picklist_of_other_words_is_left_alone() -> None:
    options = tuple(Option(word, word) for word in ("Gold", "Silver"))
    level = own("Seniority_Level__c", "Seniority level", "picklist", options=options, restricted=True)
    draft = drafted("salesforce/contact", level, without=("Seniority__c",))
    assert "Seniority_Level__c" not in draft.settings.fields


def test_without_stamps_nothing_goes_stale_and_the_fields_are_named() -> None:
    draft = drafted("salesforce/contact", without=("Lusha_Id__c", "Lusha_Last_Enriched__c"))
    assert (draft.settings.stamp, draft.settings.select.stale_after) == ({}, None)
    assert {source: new.name for source, new in draft.missing.items()} == {
        "id": "Lusha_Id__c", "enriched_at": "Lusha_Last_Enriched__c"
    }  # fmt: skip
    assert all("id" not in row for row in draft.settings.identify)


def test_stamps_are_found_under_another_name() -> None:
    draft = drafted(
        "salesforce/contact",
        own("acme__LushaPersonId__c", "Lusha person id", length=80),
        without=("Lusha_Id__c",),
    )
    assert draft.stamps["acme__LushaPersonId__c"] == "id"
    assert draft.settings.identify[0] == {"id": "acme__LushaPersonId__c"}


def test_a_stamp_too_short_for_an_id_is_none() -> None:
    draft = drafted("salesforce/contact", own("Lusha_Id__c", "Lusha Id", length=18))
    assert "Lusha_Id__c" not in draft.stamps


def test_hubspot_contacts_get_a_property_for_the_level() -> None:
    draft = drafted("hubspot/contact", without=("lusha_seniority",))
    assert draft.missing["job_title.seniority"].name == "lusha_seniority"
    assert "Director" in draft.missing["job_title.seniority"].options


def test_a_condition_about_a_field_that_is_not_there_is_left_out() -> None:
    assert drafted("salesforce/contact", without=("IsEmailBounced",)).settings.select.where is None
    other = FieldInfo("Status", "Status", "picklist", options=(Option("New", "New"),))
    assert drafted("salesforce/lead", other).settings.select.where is None


NAMES = st.sampled_from([name for offers in OFFERS.values() for offer in offers for name in offer.names])
FIELDS = st.builds(
    lambda name, prefix, type, length, writable, never_blank: own(
        f"{prefix}{name}".title().replace(" ", "_") + "__c",
        f"{prefix}{name}",
        type,
        length if type in ("text", "phone", "email", "url") else None,
        writable=writable,
        never_blank=never_blank,
    ),
    NAMES,
    st.sampled_from(["", "", "Old ", "Work ", "Lusha "]),
    st.sampled_from(["text", "phone", "email", "url", "number", "integer", "boolean", "date", "datetime"]),
    st.sampled_from([4, 20, 80, 255, 32_000]),
    st.booleans(),
    st.booleans(),
)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(SHIPPED), st.lists(FIELDS, max_size=12), st.sets(st.integers(0, 40)))
def test_whatever_the_org_has_no_field_is_given_away_twice_and_nothing_is_warned_about(
    name: str, added: list[FieldInfo], dropped: set[int]
) -> None:
    mapping = shipped(name)
    schema = {key: info for place, (key, info) in enumerate(schema_of(mapping).items()) if place not in dropped}
    schema |= {info.name: replace(info) for info in added}
    draft = propose(mapping, schema, consent=CONSENT)
    names = [one.name for one in (*draft.lines, *draft.weak)] + list(draft.stamps)
    assert len(names) == len(set(names))
    sources = [one.rule.source for one in draft.lines]
    assert len(sources) == len(set(sources))
    assert all(one.score >= WEAK and one.reason for one in (*draft.lines, *draft.weak))
    assert set(draft.settings.select.incomplete) <= set(draft.settings.fields)
    judged(draft, schema)
