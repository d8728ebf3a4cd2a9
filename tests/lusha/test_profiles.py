"""V3 results as profiles, their union, and their form in storage. All people are invented."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.lusha.attributes import CATALOGUE, REVEALS
from connector.lusha.prices import PriceList
from connector.lusha.profiles import from_json, merge, to_json
from connector.lusha.v3.profiles import company_preview, contact_preview, enriched_company, enriched_contact, listed
from connector.models import Price, Profile
from tests.lusha.test_attributes import leaves
from tests.lusha.test_cleaning import json_values

PREVIEW: dict[str, Any] = {
    "clientReferenceId": "1",
    "id": "1000000001",
    "firstName": "Zoë",
    "lastName": "Example",
    "jobTitle": {"title": "CTO", "departments": ["Engineering & Technical"], "seniority": "C-Suite"},
    "company": {
        "id": "2000000001",
        "name": "Acme Example",
        "domain": "www.acme.example.com",
        "industry": "Unknown",
    },
    "location": {"country": "Germany", "state": "", "city": "Berlin"},
    "socialLinks": {"linkedin": "https://www.linkedin.com/in/zoe-example-0001"},
    "has": ["firstName", "jobTitle", "emails", "phones"],
    "canReveal": [{"field": "emails", "credits": 1}, {"field": "phones", "credits": 0}],
}
ENRICHED: dict[str, Any] = {
    "id": "1000000001",
    "firstName": "Zoë",
    "lastName": "Example",
    "fullName": "Zoë Q. Example",
    "jobTitle": {"title": "CTO", "departments": [], "seniority": "C-Suite"},
    "company": {"id": "2000000001", "name": "Acme Example", "domain": "www.acme.example.com"},
    "location": {
        "country": "Germany",
        "countryIso2": "DE",
        "continent": "Europe",
        "coordinates": [13.4, 52.5],
        "isEuContact": True,
    },
    "tags": [{"id": "7", "name": "Customer", "color": "#FF5733"}],
    "emails": [
        {
            "email": "zoe@acme.example.com",
            "type": "work",
            "confidence": None,
            "updateDate": "2026-04-23",
        },
        {"email": "N/A", "type": "private"},
        {"email": "zoe@example.net", "type": "unknown"},
    ],
    "phones": [
        {"number": "+49 (30) 23125-101", "type": "mobile", "doNotCall": True},
        {"number": "+49 30 23125 102", "type": "direct", "doNotCall": False},
        {"number": ""},
    ],
    "socialLinks": {"linkedin": None, "xUrl": "https://x.com/zoe_example_0001"},
    "previousEmployment": [
        {
            "company": {"name": "Former", "domain": "www.former.example.org"},
            "jobTitle": {"title": "Engineer"},
        },
        {"company": {"name": "Older"}},
    ],
    "updateDate": "2026-04-23",
}


def test_contact_preview() -> None:
    profile = contact_preview(PREVIEW)
    assert profile.id == "1000000001"
    assert profile.attributes == {
        "id": "1000000001",
        "first_name": "Zoë",
        "last_name": "Example",
        "full_name": "Zoë Example",
        "job_title": {
            "title": "CTO",
            "seniority": "C-Suite",
            "departments": ["Engineering & Technical"],
        },
        "company": {"id": "2000000001", "name": "Acme Example", "domain": "acme.example.com"},
        "location": {"country": "Germany", "country_iso2": "DE", "city": "Berlin"},
        "social": {"linkedin": "https://www.linkedin.com/in/zoe-example-0001"},
    }
    assert profile.offers == {"emails": 1, "phones": 0}
    assert profile.revealed == frozenset()
    assert profile.raw is PREVIEW


@pytest.mark.parametrize(
    ("changes", "offers"),
    [
        ({"canReveal": []}, {}),
        ({"canReveal": [{"field": "emails"}]}, {"emails": 2}),
        ({"canReveal": [{"field": "emails", "credits": -1}, {"field": ["emails"]}, "emails"]}, {"emails": 2}),
        ({"canReveal": [{"field": "signals", "credits": 1}]}, {}),
        ({"canReveal": None}, {"emails": 2, "phones": 5}),
        ({"canReveal": None, "has": ["firstName"]}, {}),
    ],
)
def test_offers_are_what_lusha_names(changes: dict[str, Any], offers: dict[str, int]) -> None:
    prices = PriceList({"revealEmail": Price(2)})
    assert contact_preview(PREVIEW | changes, prices).offers == offers


def test_enriched_contact() -> None:
    profile = enriched_contact(ENRICHED, ["emails"])
    assert profile.revealed == {"emails", "phones", "profile"}, "what came is held, whether asked for or not"
    assert profile.offers is None
    assert profile.attributes["full_name"] == "Zoë Q. Example"
    assert profile.attributes["job_title"] == {"title": "CTO", "seniority": "C-Suite"}
    assert profile.attributes["emails"] == [
        {"email": "zoe@acme.example.com", "type": "work", "update_date": "2026-04-23"},
        {"email": "zoe@example.net", "type": "unknown"},
    ]
    assert profile.attributes["phones"] == [
        {"number": "+49 (30) 23125-101", "type": "mobile", "do_not_call": True},
        {"number": "+49 30 23125 102", "type": "direct", "do_not_call": False},
    ]
    assert profile.attributes["location"] == {
        "country": "Germany",
        "country_iso2": "DE",
        "continent": "Europe",
        "is_eu": True,
    }
    assert profile.attributes["social"] == {"x": "https://x.com/zoe_example_0001"}
    assert profile.attributes["previous_job"] == {
        "company": {"name": "Former", "domain": "former.example.org"},
        "job_title": {"title": "Engineer"},
    }
    assert profile.attributes["tags"] == ["Customer"]
    assert profile.attributes["update_date"] == "2026-04-23"


def test_asked_but_empty_is_known_as_revealed() -> None:
    profile = enriched_contact({"id": "1", "emails": [], "phones": []}, ["emails", "phones"])
    assert profile.revealed == {"emails", "phones", "profile"}
    assert profile.attributes == {"id": "1"}


COMPANY: dict[str, Any] = {
    "id": "2000000001",
    "name": "Acme Example",
    "alternativeName": "acme",
    "domain": "www.acme.example.com",
    "alternativeDomains": ["www.acme.example.org", "N/A"],
    "emailDomain": "acme.example.com",
    "description": "Makes things.",
    "companyType": "Private Company",
    "yearFounded": 2016.0,
    "employeeCount": {"exact": 364, "min": 201, "max": 500},
    "revenueRange": {"min": 10000000, "max": 50000000},
    "industry": "Manufacturing",
    "subIndustry": "Machinery",
    "specialities": ["gears"],
    "sicCodes": [{"code": 3566, "description": "Gears"}],
    "naicsCodes": [{"code": 333612}],
    "location": {"city": "Boston", "state": "Massachusetts", "stateCode": "MA", "country": "United States"},
    "additionalLocations": [{"country": "Israel", "zipCode": "6100000"}, {}],
    "socialLinks": {"linkedin": "https://www.linkedin.com/company/acme-example-0001", "x": None},
    "linkedinFollowers": 64339,
    "funding": {
        "rounds": [
            {
                "currency": "USD",
                "roundAmount": 205000000,
                "roundType": "Private Equity Round",
                "roundDate": "Nov 10, 2021",
            }
        ],
        "totalRounds": 1,
        "totalRoundsAmount": 205000000,
        "currency": "USD",
        "isIpo": False,
        "lastRoundType": "Private Equity Round",
        "lastRoundAmount": 205000000,
        "lastRoundDate": "Nov 10, 2021",
    },
    "intent": {
        "detectedTopics": [
            {"topicName": "CRM", "metadata": {"topicScore": 85, "topicTrend": "+24"}},
            {"topicName": ""},
        ],
        "topicCount": 1,
    },
    "technologies": ["amazon"],
    "businessModel": ["B2B"],
    "keywords": ["gears"],
    "competitors": [{"id": 2497917, "name": "Rival", "domain": "www.rival.example.org"}],
    "employeesByDepartment": [{"department": "Sales", "count": 72}],
    "employeesByLocation": [
        {"country": "United States", "state": "Colorado", "count": 54},
        {"country": "United States", "state": None, "count": 162},
        {"state": "Nowhere", "count": 1},
    ],
    "employeesBySeniority": [{"seniority": "Manager", "count": "39"}, {"count": 1}],
    "estimatedAnnualItSpend": {"value": 460000, "currency": "EUR", "valueUsd": 500000},
    "monthlyWebsiteTraffic": {"visits": 128450, "momChangePercent": -4.3, "month": "2026-06"},
    "phones": [{"number": "+1 555 010 0100"}],
    "emails": [{"email": "hello@acme.example.com"}],
    "logoUrl": "https://www.acme.example.com/logo.png",
}


def test_enriched_company() -> None:
    profile = enriched_company(COMPANY, ["intent"])
    assert profile.revealed == {"company"} | REVEALS["company"]
    told = profile.attributes
    assert told["domain"] == "acme.example.com"
    assert told["website"] == "https://www.acme.example.com"
    assert told["alternative_domains"] == ["acme.example.org"]
    assert told["founded_year"] == 2016
    assert told["revenue"] == {"min": 10000000, "max": 50000000}
    assert told["location"]["country_iso2"] == "US"
    assert told["location"]["state_code"] == "MA"
    assert told["additional_locations"] == [{"country": "Israel", "country_iso2": "IL", "zip_code": "6100000"}]
    assert told["social"] == {"linkedin": "https://www.linkedin.com/company/acme-example-0001"}
    assert told["phone"] == "+1 555 010 0100"
    assert told["email"] == "hello@acme.example.com"
    assert told["funding"]["rounds"] == [
        {"type": "Private Equity Round", "amount": 205000000, "currency": "USD", "date": "2021-11-10"}
    ]
    assert told["funding"]["last_round_date"] == "2021-11-10"
    assert told["funding"]["is_ipo"] is False
    assert told["intent"] == {"topics": [{"name": "CRM", "score": 85, "trend": 24}]}
    assert told["competitors"] == [{"id": "2497917", "name": "Rival", "domain": "rival.example.org"}]
    assert told["naics_codes"] == [{"code": 333612}]
    assert told["employees_by_location"] == [
        {"country": "United States", "state": "Colorado", "count": 54},
        {"country": "United States", "count": 162},
    ]
    assert told["employees_by_seniority"] == [{"seniority": "Manager", "count": 39}]
    assert told["it_spend"] == {"value": 460000, "currency": "EUR", "value_usd": 500000}
    assert told["website_traffic"] == {"visits": 128450, "mom_change_percent": -4.3, "month": "2026-06"}


def test_extras_that_lusha_has_no_figure_for_are_known_as_revealed() -> None:
    item = {"id": "1", "estimatedAnnualItSpend": None, "monthlyWebsiteTraffic": None}
    profile = enriched_company(item, ["estimatedAnnualItSpend", "monthlyWebsiteTraffic"])
    assert profile.revealed == {"company", "estimatedAnnualItSpend", "monthlyWebsiteTraffic"}
    assert profile.attributes == {"id": "1"}


def test_company_phone_and_email_in_the_spelling_of_the_schema() -> None:
    told = enriched_company({"id": "1", "phone": "+1 555 010 0100", "email": "hello@example.com"}, []).attributes
    assert (told["phone"], told["email"]) == ("+1 555 010 0100", "hello@example.com")


def test_company_preview_offers_the_base_and_what_can_be_revealed() -> None:
    item = {"id": "1", "canReveal": [{"field": "competitors", "credits": 1}, {"field": "intent", "credits": 0}]}
    assert company_preview(item).offers == {"company": 1, "competitors": 1, "intent": 0}
    assert company_preview(item, PriceList({"reveal_company": Price(3)})).offers == {
        "company": 3, "competitors": 1, "intent": 0,
    }  # fmt: skip


def test_a_lean_result_tells_nothing_of_what_can_be_had() -> None:
    assert listed("person", {"id": "1", "firstName": "Zoë"}, PriceList()).offers is None
    assert listed("company", {"id": "1", "name": "Acme Example", "has": None}, PriceList()).offers is None
    assert listed("company", {"id": "1", "has": ["competitors"]}, PriceList()).offers == {
        "company": 1,
        "competitors": 1,
    }
    assert listed("person", {"id": "1", "canReveal": []}, PriceList()).offers == {}


def test_profiles_hold_catalogued_attributes_only() -> None:
    assert set(leaves(enriched_contact(ENRICHED, []).attributes)) <= set(CATALOGUE["person"])
    assert set(leaves(enriched_company(COMPANY, []).attributes)) <= set(CATALOGUE["company"])


@settings(max_examples=150)
@given(st.sampled_from(["person", "company"]), st.data())
def test_values_of_the_wrong_kind_are_absent_and_break_nothing(entity: str, data: st.DataObject) -> None:
    item = copy.deepcopy({"person": PREVIEW | ENRICHED, "company": COMPANY | {"has": [], "canReveal": []}}[entity])
    for name in data.draw(st.lists(st.sampled_from(sorted(set(item) - {"id"})), max_size=4)):
        item[name] = data.draw(json_values)
    preview, enriched = (
        (contact_preview, enriched_contact) if entity == "person" else (company_preview, enriched_company)
    )
    assert preview(item).attributes == enriched(item, []).attributes


# --- the union of two profiles


def profile(attributes: dict[str, Any], *revealed: str, offers: dict[str, int] | None = None) -> Profile:
    return Profile("person", "1", attributes, frozenset(revealed), offers)


def test_merge_with_nothing() -> None:
    new = contact_preview(PREVIEW)
    assert merge(None, new) is new


def test_merge_keeps_what_was_paid_for_under_a_newer_preview() -> None:
    bought = enriched_contact(ENRICHED, ["emails", "phones"])
    preview = contact_preview(PREVIEW | {"jobTitle": {"title": "CEO"}})
    both = merge(bought, preview)
    assert both.revealed == {"emails", "phones", "profile"}
    assert both.offers == {"emails": 1, "phones": 0}
    assert both.attributes["emails"] == bought.attributes["emails"]
    assert both.attributes["job_title"] == {"title": "CEO"}
    assert both.attributes["location"] == {
        "country": "Germany",
        "country_iso2": "DE",
        "continent": "Europe",
        "is_eu": True,
        "city": "Berlin",
    }
    assert both.attributes["social"] == {
        "linkedin": "https://www.linkedin.com/in/zoe-example-0001",
        "x": "https://x.com/zoe_example_0001",
    }
    assert both.raw == {**ENRICHED, **preview.raw}


def test_merge_drops_offers_that_were_taken() -> None:
    both = merge(contact_preview(PREVIEW), enriched_contact({"id": "1000000001"}, ["emails"]))
    assert both.offers == {"phones": 0}


def test_merge_never_mixes_two_employers() -> None:
    old = profile(
        {
            "company": {"id": "1", "name": "Old", "domain": "old.example.com"},
            "job_title": {"title": "CTO"},
            "previous_job": {"company": {"name": "Older"}},
            "emails": [{"email": "a@old.example.com"}],
        },
        "emails",
    )
    both = merge(old, profile({"company": {"id": "2", "name": "New"}}))
    assert both.attributes == {
        "company": {"id": "2", "name": "New"},
        "emails": [{"email": "a@old.example.com"}],
    }


def test_merge_takes_a_reworded_industry_for_the_same_employer() -> None:
    old = profile({"company": {"id": "1", "industry": "Software"}, "job_title": {"title": "CTO"}})
    both = merge(old, profile({"company": {"id": "1", "industry": "Technology"}}))
    assert both.attributes == {"company": {"id": "1", "industry": "Technology"}, "job_title": {"title": "CTO"}}


def test_merge_believes_a_newer_paid_answer_that_is_empty() -> None:
    old = profile({"phones": [{"number": "+1 555 010 0100"}]}, "phones")
    assert merge(old, profile({"id": "1"}, "phones")).attributes == {"id": "1"}


def test_merge_refuses_two_entities() -> None:
    with pytest.raises(ValueError, match="a person and a company have no union"):
        merge(profile({}), Profile("company", "1", {}))


texts = st.sampled_from(["a", "b", "c"])
people = st.builds(
    lambda attributes, revealed, offers: Profile(
        "person", "1", {k: v for k, v in attributes.items() if k in revealed or k not in ("emails", "phones")},
        revealed, offers,
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "first_name": texts,
            "job_title": st.dictionaries(st.sampled_from(["title", "seniority"]), texts, min_size=1),
            "company": st.dictionaries(st.sampled_from(["id", "name", "domain"]), texts, min_size=1),
            "location": st.dictionaries(st.sampled_from(["country", "city"]), texts, min_size=1),
            "social": st.dictionaries(st.sampled_from(["linkedin", "x"]), texts, min_size=1),
            "emails": st.lists(st.builds(lambda e: {"email": e}, texts), min_size=1, max_size=2),
            "phones": st.lists(st.builds(lambda n: {"number": n}, texts), min_size=1, max_size=2),
        },
    ),
    st.frozensets(st.sampled_from(["emails", "phones", "profile"])),
    st.none() | st.dictionaries(st.sampled_from(["emails", "phones"]), st.integers(0, 5)),
)  # fmt: skip


@settings(max_examples=150)
@given(people, people)
def test_merge_loses_nothing_paid_and_prefers_the_newer(old: Profile, new: Profile) -> None:
    both = merge(old, new)
    assert both.revealed == old.revealed | new.revealed
    for datum in ("emails", "phones"):
        source = new if datum in new.revealed else old
        assert both.attributes.get(datum) == source.attributes.get(datum)
    for name, value in new.attributes.items():
        if isinstance(value, dict):
            assert value.items() <= both.attributes[name].items()
        else:
            assert both.attributes[name] == value
    before, after = old.attributes.get("company", {}), new.attributes.get("company", {})
    if any(before[key] != after[key] for key in before.keys() & after.keys()):
        assert both.attributes["company"] == after


@settings(max_examples=50)
@given(people)
def test_merge_with_itself_changes_nothing(one: Profile) -> None:
    assert merge(one, one) == one or one.offers is None


@settings(max_examples=80)
@given(people, st.dictionaries(st.text(max_size=4), json_values, max_size=3))
def test_json_there_and_back(one: Profile, raw: dict[str, Any]) -> None:
    stored = Profile(one.entity, one.id, one.attributes, one.revealed, one.offers, raw)
    back = from_json(to_json(stored))
    assert back == stored
    assert back.raw == raw
    assert to_json(back) == to_json(stored)


def test_a_number_of_any_length_is_kept_whole() -> None:
    one = Profile("company", "7", {"revenue": 2**64, "employees": -(2**63)}, frozenset(), raw={"b": 10**40, "a": "é"})
    assert from_json(to_json(one)) == one
    assert '"raw":{"a":"é","b":10000000000000000000000000000000000000000}' in to_json(one)


def test_a_number_that_is_none_is_kept_as_null() -> None:
    assert json.loads(to_json(Profile("person", "7", {"score": float("nan")}, frozenset())), parse_constant=float)[
        "attributes"
    ] == {"score": None}
