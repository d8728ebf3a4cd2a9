"""V2 beyond persons and companies: prospecting, catalogues, signals and lookalikes, to the credit."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.sandbox.lusha.api import WORLD, Api, account, ids, person_where, pick, restricted

LONG_AGO = "2020-01-01"


def all_people() -> list[str]:
    return [id for id, person in WORLD.people.items() if not person.restricted]


def search(api: Api, kind: str = "contact", size: int = 50, **filters: Any) -> dict[str, Any]:
    return api.ok(f"/prospecting/{kind}/search", {"filters": filters, "pages": {"page": 0, "size": size}})


def v3_total(api: Api, **filters: Any) -> int:
    body = {"pagination": {"page": 0, "size": 10}, "filters": filters}
    return int(api.ok("contacts/prospecting", body)["pagination"]["total"])


# --- prospecting: people ----------------------------------------------------------------------------------


def test_a_search_is_free_and_shows_no_personal_data(api: Api) -> None:
    answer = api.ok("/prospecting/contact/search", {"filters": {}})
    assert (answer["currentPage"], answer["pageLength"], answer["totalResults"]) == (0, 20, len(all_people()))
    first = answer["contacts"][0]
    profile = WORLD.people[all_people()[0]].profile
    assert (first["name"], first["jobTitle"]) == (profile["fullName"], profile["jobTitle"]["title"])
    assert first["hasEmails"] == bool(profile["emails"])
    assert first["hasMobilePhone"] == any(phone["type"] == "mobile" for phone in profile["phones"])
    assert first["isShown"] is False
    assert not {"emailAddresses", "phoneNumbers", "signalTypes"} & set(first)
    assert api.account.used == 0


def test_ids_are_fresh_for_each_search(api: Api) -> None:
    one, two = search(api), search(api)
    assert one["requestId"] != two["requestId"]
    assert not {c["contactId"] for c in one["contacts"]} & {c["contactId"] for c in two["contacts"]}


def test_an_enrichment_charges_each_datum_once(api: Api) -> None:
    person = pick()
    slug = person.profile["socialLinks"]["linkedin"]
    found = search(api, contacts={"include": {"linkedinUrls": [slug]}})
    (shown,) = found["contacts"]
    body: dict[str, Any] = {"requestId": found["requestId"], "contactIds": [shown["contactId"], str(uuid4())]}
    answer = api.ok("/prospecting/contact/enrich", body | {"revealEmails": True})
    assert answer["requestId"] == found["requestId"]
    first, unknown = answer["contacts"]
    assert (first["id"], first["isSuccess"]) == (shown["contactId"], True)
    assert unknown == {"id": body["contactIds"][1], "isSuccess": False}
    data = first["data"]
    assert [email["email"] for email in data["emailAddresses"]] == [one["email"] for one in person.profile["emails"]]
    assert "phoneNumbers" not in data
    assert data["departments"] == person.profile["jobTitle"]["departments"]
    assert api.account.used == 1
    assert api.ok("/prospecting/contact/enrich", body)["contacts"][0]["data"]["phoneNumbers"]
    assert api.account.used == 6
    api.ok("/prospecting/contact/enrich", body)
    assert api.account.used == 6
    assert search(api, contacts={"include": {"linkedinUrls": [slug]}})["contacts"][0]["isShown"] is True


def test_an_enrichment_needs_the_search_it_came_from(api: Api) -> None:
    one, two = search(api), search(api)
    companies = search(api, "company")
    foreign = {"requestId": one["requestId"], "contactIds": [two["contacts"][0]["contactId"]]}
    assert api.ok("/prospecting/contact/enrich", foreign)["contacts"][0]["isSuccess"] is False
    for id in (str(uuid4()), companies["requestId"]):
        body = {"requestId": id, "contactIds": ["1"]}
        assert api.errors("/prospecting/contact/enrich", body) == ["requestId is not that of a prospecting search"]
    assert api.account.used == 0


@pytest.mark.parametrize(
    ("v2", "v3"),
    [
        ({"departments": ["Sales"]}, {"departments": ["Sales"]}),
        ({"seniority": [9, 10]}, {"seniorityIds": [9, 10]}),
        ({"existing_data_points": ["mobile_phone"]}, {"existingDataPoints": ["mobile_phone"]}),
        ({"locations": [{"country_grouping": "emea"}]}, {"locations": [{"countryGrouping": "emea"}]}),
        ({"jobTitles": ["manager"]}, {"jobTitles": ["manager"]}),
        ({"searchText": "boston"}, {"searchText": "boston"}),
        ({"signal": {"names": ["companyChange"]}}, {"signals": {"types": ["companyChange"]}}),
        ({"signals": {"names": ["promotion"]}}, {"signals": {"types": ["promotion"]}}),
    ],
)
def test_filters_leave_the_same_people_in_both_generations(api: Api, v2: dict[str, Any], v3: dict[str, Any]) -> None:
    total = search(api, contacts={"include": v2})["totalResults"]
    assert 0 < total < len(all_people())
    assert total == v3_total(api, contacts={"include": v3})
    left = search(api, contacts={"exclude": v2})["totalResults"]
    assert left == len(all_people()) - total


def test_filters_on_the_employer(api: Api) -> None:
    firm = next(iter(WORLD.companies.values())).profile
    staff = [id for id in all_people() if WORLD.people[id].profile["company"].get("id") == firm["id"]]
    found = search(api, companies={"include": {"domains": [firm["emailDomain"]]}})
    assert [one["name"] for one in found["contacts"]] == [WORLD.people[id].profile["fullName"] for id in staff]
    assert {one["companyId"] for one in found["contacts"]} == {int(firm["id"])}


def test_signals_that_were_filtered_on_are_shown_and_charged(api: Api) -> None:
    found = search(api, contacts={"include": {"signal": {"names": ["allSignals"]}}})
    assert all(one["signalTypes"] for one in found["contacts"])
    assert api.account.used == found["pageLength"] > 0


def test_v2_knows_nothing_of_v3s_own_signal(api: Api) -> None:
    found = search(api, "company", companies={"include": {"signal": {"names": ["allSignals"]}}})
    types = {type for one in found["companies"] for type in one["signalTypes"]}
    assert types <= {*api.got("/api/signals/filters/company")["signals"]}
    assert "riskNews" in types


def test_who_must_not_be_called_is_left_out_and_hidden_on_a_plan_that_may(api: Api) -> None:
    body = {"filters": {}, "excludeDnc": True, "pages": {"size": 50}}
    mixed = person_where(
        lambda person: {phone["doNotCall"] for phone in person.profile["phones"]} == {True, False}
    ).profile
    slug = mixed["socialLinks"]["linkedin"]
    found = api.ok(
        "/prospecting/contact/search", body | {"filters": {"contacts": {"include": {"linkedinUrls": [slug]}}}}
    )
    enrich = {"requestId": found["requestId"], "contactIds": [found["contacts"][0]["contactId"]]}
    data = api.ok("/prospecting/contact/enrich", enrich)["contacts"][0]["data"]
    assert [phone["doNotCall"] for phone in data["phoneNumbers"]] == [False]
    assert api.ok("/prospecting/contact/search", body)["totalResults"] < len(all_people())
    api.account.dnc_filter = False
    refused = api.post("/prospecting/contact/search", body)
    assert refused.status_code == 403
    assert refused.json()["message"].startswith("Exclude DNC is not supported on your current plan.")


def test_enrichments_that_the_balance_does_not_cover_are_402() -> None:
    api = Api(account(credits=0))
    found = search(api)
    body = {"requestId": found["requestId"], "contactIds": [one["contactId"] for one in found["contacts"]]}
    assert api.post("/prospecting/contact/enrich", body).status_code == 402
    firms = search(api, "company")
    body = {"requestId": firms["requestId"], "companiesIds": [firms["companies"][0]["id"]]}
    assert api.post("/prospecting/company/enrich", body).status_code == 402


# --- prospecting: companies -------------------------------------------------------------------------------


def test_companies_are_found_for_nothing_and_enriched_for_one_credit_each(api: Api) -> None:
    found = search(api, "company", companies={"include": {"mainIndustriesIds": [8]}})
    expected = [id for id, company in WORLD.companies.items() if company.profile["industry"] == "Construction"]
    assert [one["id"] for one in found["companies"]] == expected
    assert api.account.used == 0
    body = {"requestId": found["requestId"], "companiesIds": [expected[0], "1", expected[0]]}
    answer = api.ok("/prospecting/company/enrich", body)
    (company,) = answer["companies"]
    profile = WORLD.companies[expected[0]].profile
    assert company["id"] == int(expected[0])
    assert company["companySize"]["employees_in_linkedin"] == profile["employeeCount"]["exact"]
    assert company["domains"]["homepage"] == profile["emailDomain"]
    assert company["industryTags"] == [profile["industry"], profile["subIndustry"]]
    assert api.account.used == 1
    assert api.errors("/prospecting/company/enrich", body | {"requestId": str(uuid4())}) == [
        "requestId is not that of a prospecting search"
    ]


def test_filters_on_companies(api: Api) -> None:
    known = {id: company.profile for id, company in WORLD.companies.items()}

    def found(**include: Any) -> list[str]:
        answer = search(api, "company", companies={"include": include})
        return [one["id"] for one in answer["companies"]]

    def those(test: Any) -> list[str]:
        return [id for id, profile in known.items() if test(profile)][:50]

    german = those(lambda p: p["location"]["country"] == "Germany")
    assert found(companyLocations=[{"country": "Germany"}]) == found(locations=[{"country": "Germany"}]) == german
    assert found(employeesInLinkedIn={"min": 1000}) == those(lambda p: p["employeeCount"]["exact"] >= 1000)
    react = those(lambda p: "react" in p["technologies"])
    assert found(technologies=[{"name": "React"}]) == found(technologies=["react"]) == react
    assert found(sizes=[{"min": 1, "max": 10}]) == those(lambda p: p["employeeCount"]["exact"] <= 10)
    assert found(names=[known[german[0]]["name"]]) == [german[0]]
    assert found(excludePartialCompanies=True) == [*known][:50]
    assert found(sizes=[], employeesInLinkedIn={}) == [*known][:50]


# --- catalogues -------------------------------------------------------------------------------------------


def test_catalogues(api: Api) -> None:
    assert "Sales" in api.got("/prospecting/filters/contacts/departments")
    assert {"id": 10, "name": "founder"} in api.got("/prospecting/filters/contacts/seniority")
    assert {"min": 1, "max": 10} in api.got("/prospecting/filters/companies/sizes")
    assert "CRM" in api.got("/prospecting/filters/companies/intent_topics")
    places = api.http.post("/prospecting/filters/contacts/locations", json={"text": "bost"}).json()
    assert places[0]["country_grouping"] == "na"
    names = api.http.post("/prospecting/filters/companies/names", json={"text": "kestrel"}).json()
    assert WORLD.companies[str(names[0]["companyId"])].profile["name"] == names[0]["name"]
    assert api.post("/prospecting/filters/contacts/departments", {}).status_code == 404
    assert api.get("/prospecting/filters/companies/names").status_code == 404


def test_signal_options(api: Api) -> None:
    contact = api.got("/api/signals/filters/contact")
    assert contact == {"signals": ["allSignals", "promotion", "companyChange"], "objectType": "contact"}
    company = api.got("/api/signals/filters/company")
    assert "linkedinActivityIntent" not in company["signals"]
    assert len(company["filterOptions"]["newsEventTypes"]) == 26
    assert len(company["filterOptions"]["hiringByDepartments"]) == 16


# --- signals ----------------------------------------------------------------------------------------------


def test_signals_of_people_by_id(api: Api) -> None:
    moved = person_where(lambda person: "domain" in person.profile["company"] and person.profile["previousEmployment"])
    profile = moved.profile
    body = {
        "contactIds": [int(profile["id"]), 1, int(restricted().profile["id"])],
        "signals": ["allSignals"],
        "startDate": LONG_AGO,
    }
    answer = api.ok("/api/signals/contacts", body)
    assert set(answer["contacts"]) == {profile["id"]}
    entry = answer["contacts"][profile["id"]]
    (change,) = entry["companyChange"]
    assert change["personId"] == profile["id"]
    assert change["currentCompanyId"] == int(profile["company"]["id"])
    assert change["currentTitle"] == profile["jobTitle"]["title"]
    assert change["previousCompanyName"] == profile["previousEmployment"][0]["company"]["name"]
    assert entry["promotion"] == []
    assert (answer["startDate"], answer["endDate"], answer["creditCharged"]) == (LONG_AGO, "2026-11-02", 1)
    assert api.account.used == 1


def test_signals_of_people_by_search_are_keyed_by_our_ids(api: Api) -> None:
    profile = pick().profile
    items = [
        {"id": "a", "social_link": profile["socialLinks"]["linkedin"]},
        {"id": "b", "email": profile["emails"][0]["email"]},
        {"id": "c", "full_name": f"{profile['firstName']} {profile['lastName']}",
         "companies": [{"name": "Nobody", "domain": profile["company"]["domain"]}]},
        {"id": profile["id"]},
        {"id": "d", "email": "nobody@example.com"},
    ]  # fmt: skip
    answer = api.ok("/api/signals/contacts/search", {"contacts": items, "signals": ["promotion"]})
    assert set(answer["contacts"]) == {"a", "b", "c", profile["id"]}
    assert {entry["personId"] for entry in answer["contacts"].values()} == {profile["id"]}


def test_signals_of_companies_by_id_and_by_search(api: Api) -> None:
    firms = [*WORLD.companies]
    body: dict[str, Any] = {
        "companyIds": [*map(int, firms), 1], "signals": ["surgeInHiringByDepartment"], "startDate": LONG_AGO,
    }  # fmt: skip
    answer = api.ok("/api/signals/companies", body)
    surging = {id: entry for id, entry in answer["companies"].items() if "surgeInHiringByDepartment" in entry}
    assert answer["creditCharged"] == len(surging) > 0
    one = next(iter(surging))
    department = surging[one]["surgeInHiringByDepartment"][0]["department"]
    body["filters"] = {"include": {"hiringByDepartments": [department.lower()]}}
    fewer = api.ok("/api/signals/companies", body)
    assert 0 < fewer["creditCharged"] < answer["creditCharged"]
    items = [{"id": "a", "domain": WORLD.companies[one].profile["domain"]}, {"id": "b", "name": "Nobody"}, {"id": one}]
    found = api.ok(
        "/api/signals/companies/search",
        {"companies": items, "signals": ["allSignals"], "startDate": LONG_AGO, "maxResultsPerSignal": 1},
    )
    assert set(found["companies"]) == {"a", one}
    assert found["companies"]["a"] == found["companies"][one]
    assert found["companies"]["a"]["companyId"] == one


def test_signals_of_hiring_at_places(api: Api) -> None:
    body: dict[str, Any] = {
        "companyIds": [*map(int, WORLD.companies)], "signals": ["surgeInHiringByLocation"], "startDate": LONG_AGO,
        "filters": {"include": {"hiringByLocations": [{"country": "united states"}]}},
    }  # fmt: skip
    answer = api.ok("/api/signals/companies", body)
    countries = {
        event["country"] for entry in answer["companies"].values() for event in entry.get("surgeInHiringByLocation", ())
    }
    assert countries == {"United States"}


def test_signals_that_the_balance_does_not_cover_are_402() -> None:
    api = Api(account(credits=0))
    body = {"companyIds": [*map(int, WORLD.companies)], "signals": ["allSignals"], "startDate": LONG_AGO}
    assert api.post("/api/signals/companies", body).status_code == 402


# --- lookalikes -------------------------------------------------------------------------------------------


def test_lookalikes_in_v2s_shape(api: Api) -> None:
    body: dict[str, Any] = {"seeds": {"contactIds": [int(id) for id in ids(5)]}, "limit": 3}
    first = api.ok("/v3/lookalike/contacts", body)
    assert (first["meta"], first["creditsCharged"]) == ({"returned": 3, "hasMore": True}, 3)
    one = first["results"][0]
    profile = WORLD.people[one["contactId"]].profile
    assert one["jobTitle"]["title"] == profile["jobTitle"]["title"]
    assert one["company"]["name"] == profile["company"]["name"]
    second = api.ok("/v3/lookalike/contacts", body | {"dedupeSessionId": first["dedupeSessionId"]})
    shown = [result["contactId"] for answer in (first, second) for result in answer["results"]]
    assert len(set(shown)) == 6
    assert api.account.used == 6


def test_company_lookalikes_in_v2s_shape(api: Api) -> None:
    domains = [company.profile["domain"] for company in WORLD.companies.values()]
    answer = api.ok("/v3/lookalike/companies", {"seeds": {"domains": domains[:5]}, "limit": 2})
    one = answer["results"][0]
    assert one["domain"] not in domains[:5]
    profile = next(company.profile for company in WORLD.companies.values() if company.profile["name"] == one["name"])
    assert (one["employeeCount"], one["industry"]) == (profile["employeeCount"]["exact"], profile["industry"])
    assert one["linkedinUrl"] == profile["socialLinks"]["linkedin"]
    assert answer["creditsCharged"] == api.account.used == 2
