"""V3 beyond search and enrich: both in one, prospecting, catalogues, signals and lookalikes, to the credit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.signals import company_events, contact_events
from tests.sandbox.lusha.api import NOW, WORLD, Api, account, company_where, ids, person_where, pick, restricted

LONG_AGO = "2020-01-01"
PAGES = {"page": 0, "size": 100}


def all_people() -> list[str]:
    return [id for id, person in WORLD.people.items() if not person.restricted]


def changed() -> list[str]:
    return [id for id in all_people() if WORLD.people[id].profile["previousEmployment"]]


# --- search by signals ------------------------------------------------------------------------------------


def test_signals_narrow_a_search_and_cost_one_more_for_each_that_has_some(api: Api) -> None:
    moved, promoted = changed()[0], next(id for id in all_people() if kinds(id) == ["promotion"])
    quiet = next(id for id in all_people() if not kinds(id))
    body = {
        "contacts": [{"id": id, "clientReferenceId": id} for id in (moved, promoted, quiet)],
        "signals": {"types": ["companyChange"], "startDate": LONG_AGO},
    }
    answer = api.ok("contacts/search", body)
    first, second, third = answer["results"]
    assert (first["id"], first["signalTypes"]) == (moved, ["companyChange"])
    assert second == {"clientReferenceId": promoted, "error": {"code": "NOT_FOUND", "message": "Contact not found"}}
    assert third["error"]["code"] == "NOT_FOUND"
    assert answer["billing"] == {"creditsCharged": 2, "resultsReturned": 1}
    body["signals"]["types"] = ["allSignals"]
    assert api.ok("contacts/search", body)["billing"] == {"creditsCharged": 3, "resultsReturned": 2}


def kinds(id: str) -> list[str]:
    return [event.type for event in contact_events(WORLD.people[id].profile)]


def test_a_search_asks_for_signals_of_half_a_year_unless_it_says_since_when(api: Api) -> None:
    old = next(id for id in changed() if WORLD.people[id].profile["updateDate"] < "2026-04-01")
    body: dict[str, Any] = {"contacts": [{"id": old}], "signals": {"types": ["allSignals"]}}
    assert "error" in api.ok("contacts/search", body)["results"][0]
    body["signals"]["startDate"] = LONG_AGO
    assert api.ok("contacts/search", body)["results"][0]["id"] == old


# --- search and enrich ------------------------------------------------------------------------------------


def test_search_and_enrich_of_people_pays_for_the_search_and_each_new_datum(api: Api) -> None:
    person = pick()
    body: dict[str, Any] = {
        "contacts": [{"clientReferenceId": "r", "email": person.emails[0]}, {"id": "1", "clientReferenceId": "s"}],
        "reveal": ["emails"],
    }
    answer = api.ok("contacts/search-and-enrich", body)
    found, missing = answer["results"]
    assert found["clientReferenceId"] == "r"
    assert found["emails"] == person.profile["emails"]
    assert "phones" not in found
    assert missing == {"clientReferenceId": "s", "error": {"code": "NOT_FOUND", "message": "Contact not found"}}
    assert answer["billing"] == {"creditsCharged": 2, "resultsReturned": 1}
    del body["reveal"]
    assert api.ok("contacts/search-and-enrich", body)["billing"]["creditsCharged"] == 1 + 5
    assert api.ok("contacts/search-and-enrich", body)["billing"]["creditsCharged"] == 1
    assert api.account.purchases == {(person.profile["id"], "emails"): 1, (person.profile["id"], "phones"): 1}


def test_search_and_enrich_of_companies_pays_for_the_companies_alone(api: Api) -> None:
    id = next(iter(WORLD.companies))
    body = {"companies": [{"clientReferenceId": "r", "id": id}, {"name": "Nobody"}]}
    answer = api.ok("companies/search-and-enrich", body)
    assert answer["results"][0]["specialities"]
    assert answer["results"][0]["clientReferenceId"] == "r"
    assert answer["results"][1]["error"]["code"] == "NOT_FOUND"
    assert answer["billing"] == {"creditsCharged": 1, "resultsReturned": 1}
    assert api.ok("companies/search-and-enrich", body)["billing"]["creditsCharged"] == 0


def test_search_and_enrich_that_the_balance_does_not_cover_does_nothing() -> None:
    api = Api(account(credits=6))
    body = {"contacts": [{"id": pick().profile["id"]}]}
    assert api.post("contacts/search-and-enrich", body).status_code == 402
    assert (api.account.used, api.account.revealed) == (0, set())


def test_restricted_people_are_an_error_of_their_item(api: Api) -> None:
    answer = api.ok("contacts/search-and-enrich", {"contacts": [{"id": restricted().profile["id"]}]})
    assert answer["results"][0]["error"]["code"] == "COMPLIANCE_RESTRICTED"
    assert answer["billing"] == {"creditsCharged": 0, "resultsReturned": 0}


# --- prospecting ------------------------------------------------------------------------------------------


def prospects(api: Api, kind: str = "contacts", **filters: Any) -> list[str]:
    """Ids of everybody whom the filters leave."""
    found: list[str] = []
    for page in range(10):
        body = {"pagination": {"page": page, "size": 100}, "filters": filters}
        answer = api.ok(f"{kind}/prospecting", body)
        found += [result["id"] for result in answer["results"]]
        if len(found) == answer["pagination"]["total"]:
            return found
    raise AssertionError("more than ten pages")


def people(api: Api, **include: Any) -> list[str]:
    return prospects(api, contacts={"include": include})


def firms(api: Api, **include: Any) -> list[str]:
    return prospects(api, "companies", companies={"include": include})


def test_a_page_costs_one_credit_for_each_started_lot_of_25(api: Api) -> None:
    def page(page: int, size: int) -> dict[str, Any]:
        return api.ok("contacts/prospecting", {"pagination": {"page": page, "size": size}, "filters": {}})

    total = len(all_people())
    first = page(0, 26)
    assert first["pagination"] == {"page": 0, "size": 26, "total": total}
    assert first["billing"] == {"creditsCharged": 2, "resultsReturned": 26}
    assert set(first["results"][0]) >= {"id", "firstName", "has", "canReveal"}
    assert "emails" not in first["results"][0]
    shown = [result["id"] for one in (first, page(1, 26)) for result in one["results"]]
    assert shown == all_people()[:52]
    assert page(1000, 100)["billing"] == {"creditsCharged": 0, "resultsReturned": 0}
    assert api.account.used == 4


def test_nobody_restricted_is_found(api: Api) -> None:
    assert restricted().profile["id"] not in prospects(api)


def test_people_are_found_by_their_own_attributes(api: Api) -> None:
    known = {id: WORLD.people[id].profile for id in all_people()}

    def those(test: Any) -> list[str]:
        return [id for id, profile in known.items() if test(profile)]

    assert people(api, departments=["Sales", "legal"]) == those(
        lambda p: {"Sales", "Legal"} & set(p["jobTitle"]["departments"])
    )
    assert people(api, seniorityIds=[9]) == those(lambda p: p["jobTitle"].get("seniority") == "C-Suite")
    assert people(api, countries=["US", "Germany"]) == those(lambda p: p["location"]["countryIso2"] in ("US", "DE"))
    assert people(api, locations=[{"country": "united states", "city": "Boston"}]) == those(
        lambda p: p["location"]["city"] == "Boston"
    )
    assert people(api, locations=[{"countryGrouping": "na"}, {"continent": "Oceania"}]) == those(
        lambda p: p["location"]["continent"] in ("North America", "Oceania")
    )
    assert people(api, jobTitles=["sales manager"]) == those(lambda p: p["jobTitle"]["title"] == "Sales Manager")
    assert people(api, jobTitles=["manager"]) == those(lambda p: "Manager" in p["jobTitle"]["title"])
    assert people(api, jobTitlesExactMatch=["manager"]) == []
    assert people(api, existingDataPoints=["mobile_phone"]) == those(
        lambda p: any(phone["type"] == "mobile" for phone in p["phones"])
    )
    both = people(api, existingDataPoints=["work_email", "phone"], existingDataPointsCondition="and")
    assert both == those(lambda p: p["phones"] and any(email["type"] == "work" for email in p["emails"]))
    one = known[all_people()[7]]
    assert one["id"] in people(api, names=[one["fullName"].upper()])
    assert one["id"] in people(api, searchText=f"{one['lastName']} {one['company']['name']}")
    assert people(api, ids=[one["id"]]) == people(api, linkedinUrls=[one["socialLinks"]["linkedin"]]) == [one["id"]]
    assert people(api, signals={"types": ["companyChange"]}) == changed()
    assert people(api, jobTitles=["manager"], score={"minScore": 76}) == those(
        lambda p: "Manager" in p["jobTitle"]["title"] and any(email["confidence"] == "A+" for email in p["emails"])
    )
    assert people(api, skills=["Python"]) == []


def test_people_are_found_by_their_employer_and_left_out_by_exclusions(api: Api) -> None:
    firm = company_where(lambda company: "technologies" in company.profile).profile
    staff = [id for id in all_people() if WORLD.people[id].profile["company"].get("id") == firm["id"]]
    assert staff
    assert prospects(api, companies={"include": {"domains": [firm["domain"]]}}) == staff
    assert prospects(api, companies={"include": {"names": [firm["name"]]}}) == staff
    without = prospects(api, companies={"exclude": {"ids": [firm["id"]]}})
    assert without == [id for id in all_people() if id not in staff]
    assert prospects(api, contacts={"include": {"ids": staff}, "exclude": {"ids": staff[:1]}}) == staff[1:]
    assert prospects(api, contacts={"exclude": {"skills": ["Python"]}}) == all_people()
    former = WORLD.people[changed()[0]].profile["previousEmployment"][0]["company"]
    assert changed()[0] in prospects(api, companies={"include": {"previousCompanyDomains": [former["domain"]]}})


def test_who_must_not_be_called_is_left_out_on_demand(api: Api) -> None:
    body = {"pagination": PAGES, "filters": {}, "options": {"excludeDnc": True}}
    total = api.ok("contacts/prospecting", body)["pagination"]["total"]
    silent = [
        id
        for id in all_people()
        if (phones := WORLD.people[id].profile["phones"]) and all(phone["doNotCall"] for phone in phones)
    ]
    assert silent
    assert total == len(all_people()) - len(silent)


def test_companies_are_found_by_every_attribute_that_the_world_has(api: Api) -> None:
    known = {id: company.profile for id, company in WORLD.companies.items()}

    def those(test: Any) -> list[str]:
        return [id for id, profile in known.items() if test(profile)]

    one = known[next(iter(known))]
    assert one["id"] in firms(api, names=[one["name"].lower()])
    assert firms(api, domains=[f"https://www.{one['emailDomain']}/"]) == firms(api, ids=[one["id"]]) == [one["id"]]
    assert firms(api, sizes=[{"min": 51, "max": 500}, {"min": 5001}]) == those(
        lambda p: 51 <= p["employeeCount"]["exact"] <= 500 or p["employeeCount"]["exact"] >= 5001
    )
    assert firms(api, revenues=[{"min": 2_000_000_000}]) == those(
        lambda p: p.get("revenueRange", {"max": 0})["max"] >= 2_000_000_000
    )
    assert firms(api, locations=[{"country": "United States"}]) == those(
        lambda p: p["location"]["country"] == "United States"
    )
    assert firms(api, mainIndustriesIds=[8]) == those(lambda p: p["industry"] == "Construction")
    assert firms(api, subIndustriesIds=[108]) == firms(api, mainIndustriesIds=[8])
    assert firms(api, technologies=["React", "SAP"]) == those(lambda p: {"react", "sap"} & set(p["technologies"]))
    assert firms(api, technologies=["React", "SAP"], technologiesCondition="and") == those(
        lambda p: {"react", "sap"} <= set(p["technologies"])
    )
    assert firms(api, searchText=f"{one['industry']} {one['location']['city']}") == those(
        lambda p: (p["industry"], p["location"]["city"]) == (one["industry"], one["location"]["city"])
    )
    assert firms(api, intentTopics=["crm"]) == those(lambda p: "intent" in p)
    assert firms(api, sicCodes=["15"]) == firms(api, naicsCodes=["236220"]) == firms(api, mainIndustriesIds=[8])
    assert firms(api, foundedYear=[{"min": 2000}]) == those(lambda p: p.get("yearFounded", 0) >= 2000)
    assert firms(api, companyType=["Non Profit"]) == those(lambda p: p["companyType"] == "Nonprofit")
    assert firms(api, headquarterZipcodes=[{"zipcode": one["location"]["zipCode"]}]) == [one["id"]]
    assert prospects(api, "companies", companies={"include": {}, "exclude": {"sizes": [{"min": 1}]}}) == []


def test_industries_by_name_narrow_people_and_are_refused_for_companies(api: Api) -> None:
    builders = prospects(api, companies={"include": {"industriesLabels": ["construction"]}})
    assert builders == prospects(api, companies={"include": {"mainIndustriesIds": [8]}}) != []
    body = {"pagination": PAGES, "filters": {"companies": {"include": {"industriesLabels": ["Construction"]}}}}
    assert api.errors("companies/prospecting", body) == [
        "filters.companies.include.property industriesLabels should not exist"
    ]


def test_a_funded_company_is_found_by_its_round_and_staff_narrow_companies(api: Api) -> None:
    funded = {"funding": {"rounds": [{"coverage": "last_round", "round": "series_a"}], "isIpo": False,
                          "ranges": [{"min": 1}], "date": {"date": "2021-11-10"}, "investors": ["any"]}}  # fmt: skip
    found = prospects(api, companies={"include": funded})
    employers = {WORLD.people[id].profile["company"]["id"] for id in found}
    assert employers
    assert all("funding" in WORLD.companies[id].profile for id in employers)
    funded["funding"]["names"] = [{"name": "angel"}]
    assert prospects(api, companies={"include": funded}) == []
    chiefs = {WORLD.people[id].profile["company"].get("id") for id in people(api, seniorityIds=[9])}
    led = prospects(api, "companies", companies={"include": {}}, contacts={"include": {"seniorityIds": [9]}})
    assert led == [id for id in WORLD.companies if id in chiefs]


def test_signals_that_were_filtered_on_are_shown_and_cost_theirs(api: Api) -> None:
    body = {
        "pagination": {"page": 0, "size": 10},
        "filters": {"companies": {"include": {"signals": {"types": ["surgeInHiring"]}}}},
    }
    answer = api.ok("companies/prospecting", body)
    assert answer["results"]
    assert all(result["signalTypes"] == ["surgeInHiring"] for result in answer["results"])
    assert answer["billing"]["creditsCharged"] == 1 + len(answer["results"])


def test_signals_are_narrowed_by_department_place_and_category(api: Api) -> None:
    def found(**wanted: Any) -> set[str]:
        return set(firms(api, signals=wanted))

    departments, places = found(types=["surgeInHiringByDepartment"]), found(types=["surgeInHiringByLocation"])
    sales = found(types=["surgeInHiringByDepartment"], filterByDepartment=[{"department": "finance"}])
    german = found(types=["surgeInHiringByLocation"], filterByLocation=[{"country": "Germany"}])
    topics = found(types=["linkedinActivityIntent"], filterByIntentCategory=["Technology"])
    assert set() < sales < departments
    assert german == {id for id in places if WORLD.companies[id].profile["location"]["country"] == "Germany"} != places
    assert set() < topics < found(types=["linkedinActivityIntent"])
    assert found(types=["riskNews"], startDate="2026-10-16") == set()


def test_a_table_is_not_found_wherever_it_is_named(api: Api) -> None:
    for path, body in [
        ("contacts/prospecting", {"pagination": PAGES, "filters": {}}),
        ("companies/prospecting", {"pagination": PAGES, "filters": {"companies": {"include": {}}}}),
        ("contacts/signals", {"ids": ["1"], "signalTypes": ["promotion"]}),
        ("companies/signals", {"ids": ["1"], "signalTypes": ["riskNews"]}),
        ("contacts/lookalike", {"seeds": {"ids": ids(5)}}),
        ("companies/lookalike", {"seeds": {"domains": ["a.test"] * 5}}),
    ]:
        answer = api.post(path, body | {"tableId": "482910"})
        assert (answer.status_code, answer.json()["message"]) == (404, "TABLE_NOT_FOUND: Table not found")
    assert api.account.used == 0


# --- catalogues -------------------------------------------------------------------------------------------


def test_catalogues_list_what_the_filters_take(api: Api) -> None:
    assert "Sales" in api.got("contacts/prospecting/filters/departments")["values"]
    assert {"id": 9, "name": "c-suite"} in api.got("contacts/prospecting/filters/seniority")["values"]
    assert {"name": "Germany", "code": "DE"} in api.got("contacts/prospecting/filters/countries")["values"]
    (boston,) = api.got("contacts/prospecting/filters/locations", query="bost")["values"]
    assert boston == {"continent": "North America", "country": "United States", "city": "Boston",
                      "state": "Massachusetts", "countryGrouping": "na"}  # fmt: skip
    assert people(api, locations=[boston]) == people(api, locations=[{"city": "Boston"}])
    assert api.got("companies/prospecting/filters/technologies", query="REACT")["values"] == [{"name": "react"}]
    industries = api.got("companies/prospecting/filters/industriesLabels")["values"]
    assert industries[7]["sub_industries"] == [{"value": "Building Construction", "id": 108}]
    names = api.got("companies/prospecting/filters/names", query="kestrel")["values"]
    assert all("Kestrel" in one["name"] for one in names)
    assert api.got("contacts/prospecting/filters/departments", query="sal")["values"] == ["Sales"]
    assert api.got("companies/prospecting/filters")["availableFilters"][0] == {
        "filterType": "names", "requiresQuery": True,
    }  # fmt: skip
    assert "Partnership" in api.got("companies/signals/filters/newsEventTypes")["values"]


def test_a_query_is_written_down_as_a_body_is(api: Api) -> None:
    path = "/v3/contacts/prospecting/filters/locations"
    api.got(path, query="bost")
    api.got("account/usage")
    assert api.account.requests == [(path, {"query": "bost"}), ("/v3/account/usage", None)]


# --- signals ----------------------------------------------------------------------------------------------


def test_signals_of_people_cost_one_for_each_who_has_some(api: Api) -> None:
    moved, quiet = changed()[0], next(id for id in all_people() if not kinds(id))
    hidden = restricted().profile["id"]
    body = {"ids": [moved, quiet, hidden, "1", moved], "signalTypes": ["allSignals"], "startDate": LONG_AGO}
    answer = api.ok("contacts/signals", body)
    first, second = answer["results"]
    profile = WORLD.people[moved].profile
    assert first == {
        "id": moved,
        "promotion": [],
        "companyChange": [
            {
                "id": moved,
                "signalDate": profile["updateDate"][:8] + "01",
                "previousCompany": profile["previousEmployment"][0]["company"]["name"],
                "newCompany": profile["company"]["name"],
            }
        ],
    }
    assert second == {"id": quiet, "promotion": [], "companyChange": []}
    assert (answer["startDate"], answer["endDate"]) == (LONG_AGO, "2026-11-02")
    assert answer["billing"] == {"creditsCharged": 1, "resultsReturned": 2}
    assert api.ok("contacts/signals", body)["billing"]["creditsCharged"] == 1  # signals are not owned


def test_signals_of_companies_are_of_the_types_asked_for_and_no_more_than_asked(api: Api) -> None:
    everything = api.ok(
        "companies/signals", {"ids": [*WORLD.companies], "signalTypes": ["allSignals"], "startDate": LONG_AGO}
    )
    types = {name for result in everything["results"] for name in result} - {"id", "companyName", "domain"}
    assert types == set(api.got("companies/signals/types")["signalTypes"]) - {"allSignals"}
    body = {"ids": [*WORLD.companies], "signalTypes": ["riskNews"], "startDate": LONG_AGO}
    answer = api.ok("companies/signals", body)
    with_news = [result for result in answer["results"] if "riskNews" in result]
    assert 0 < len(with_news) < len(WORLD.companies)
    assert answer["billing"]["creditsCharged"] == len(with_news)
    assert all(set(result) <= {"id", "companyName", "domain", "riskNews"} for result in answer["results"])


def test_linkedin_activity_is_of_the_last_90_days_and_of_the_category_asked_for() -> None:
    late = Api(account(clock=lambda: NOW + timedelta(days=200)))
    body: dict[str, Any] = {
        "ids": [*WORLD.companies], "signalTypes": ["linkedinActivityIntent"], "startDate": LONG_AGO,
    }  # fmt: skip
    assert late.ok("companies/signals", body)["billing"]["creditsCharged"] == 0
    now = Api(account())
    found = now.ok("companies/signals", body)["billing"]["creditsCharged"]
    body["filters"] = {"include": {"intentCategories": ["technology"]}}
    assert 0 < now.ok("companies/signals", body)["billing"]["creditsCharged"] < found


def test_signals_may_be_priced_by_type_as_the_documents_examples_reckon() -> None:
    api = Api(account())
    api.account.signals_by_type = True
    id = next(id for id, one in WORLD.companies.items() if len({e.type for e in company_events(one.profile)}) > 2)
    count = len({event.type for event in company_events(WORLD.companies[id].profile)})
    body = {"ids": [id], "signalTypes": ["allSignals"], "startDate": LONG_AGO}
    assert api.ok("companies/signals", body)["billing"]["creditsCharged"] == count


def test_signals_that_the_balance_does_not_cover_are_402() -> None:
    api = Api(account(credits=0))
    body = {"ids": changed()[:1], "signalTypes": ["allSignals"], "startDate": LONG_AGO}
    assert api.post("contacts/signals", body).status_code == 402


# --- lookalikes -------------------------------------------------------------------------------------------


def test_lookalikes_are_alike_charged_each_and_never_repeated_in_a_session(api: Api) -> None:
    seeds = [id for id in all_people() if "Sales" in WORLD.people[id].profile["jobTitle"]["departments"]][:5]
    body: dict[str, Any] = {"seeds": {"ids": seeds}, "limit": 10, "exclude": None}
    first = api.ok("contacts/lookalike", body)
    assert first["meta"] == {"returned": 10, "hasMore": True}
    assert first["billing"] == {"creditsCharged": 10, "resultsReturned": 10}
    assert "Sales" in first["results"][0]["jobTitle"]["departments"]
    shown = [result["id"] for result in first["results"]]
    more = body | {"dedupeSessionId": first["dedupeSessionId"], "exclude": {"ids": [shown[0]]}}
    second = api.ok("contacts/lookalike", more)
    assert second["dedupeSessionId"] == first["dedupeSessionId"]
    again = [result["id"] for result in second["results"]]
    assert not {*shown, *seeds} & set(again)
    assert [result["id"] for result in api.ok("contacts/lookalike", body)["results"]] == shown
    hidden = api.ok("contacts/lookalike", body | {"exclude": {"contactIds": [int(shown[0])]}})
    assert shown[0] not in [result["id"] for result in hidden["results"]]
    assert api.account.used == 40


def test_a_session_runs_out_of_lookalikes(api: Api) -> None:
    domains = [company.profile["domain"] for company in WORLD.companies.values()]
    body: dict[str, Any] = {"seeds": {"domains": domains[:5]}, "limit": 100}
    answer, seen = api.ok("companies/lookalike", body), list[str]()
    seen += [result["id"] for result in answer["results"]]
    while answer["meta"]["hasMore"]:
        answer = api.ok("companies/lookalike", body | {"dedupeSessionId": answer["dedupeSessionId"]})
        seen += [result["id"] for result in answer["results"]]
    assert len(seen) == len(set(seen)) > 30
    last = api.ok("companies/lookalike", body | {"dedupeSessionId": answer["dedupeSessionId"]})
    assert last["meta"] == {"returned": 0, "hasMore": False}
    assert last["billing"] == {"creditsCharged": 0, "resultsReturned": 0}


def test_seeds_that_nobody_knows_resemble_nobody(api: Api) -> None:
    answer = api.ok("companies/lookalike", {"seeds": {"domains": [f"{n}.invalid" for n in range(5)]}})
    assert answer["meta"] == {"returned": 0, "hasMore": False}


@pytest.mark.parametrize("kind", ["contacts", "companies"])
def test_a_session_ends_after_30_days_without_use(kind: str) -> None:
    moment = [NOW]
    api = Api(account(clock=lambda: moment[0]))
    seeds = {"ids": ids(5)} if kind == "contacts" else {"domains": ["a.test"] * 5}
    session = api.ok(f"{kind}/lookalike", {"seeds": seeds})["dedupeSessionId"]
    body = {"seeds": seeds, "dedupeSessionId": session}
    for _ in range(3):
        moment[0] += timedelta(days=29)
        assert api.post(f"{kind}/lookalike", body).status_code == 200
    moment[0] += timedelta(days=31)
    answer = api.post(f"{kind}/lookalike", body)
    assert answer.status_code == 410
    assert set(answer.json()) == ({"code", "message"} if kind == "contacts" else {"statusCode", "errors", "message"})


def test_a_session_belongs_to_its_kind_and_to_both_generations(api: Api) -> None:
    seeds = {"ids": ids(5)}
    session = api.ok("contacts/lookalike", {"seeds": seeds})["dedupeSessionId"]
    companies = {"seeds": {"domains": ["a.test"] * 5}, "dedupeSessionId": session}
    assert api.post("companies/lookalike", companies).status_code == 410
    old = {"seeds": {"contactIds": [int(id) for id in ids(5)]}, "dedupeSessionId": session}
    assert api.post("/v3/lookalike/contacts", old).status_code == 200


def test_lookalikes_that_the_balance_does_not_cover_are_402_and_not_marked_as_shown() -> None:
    api = Api(account(credits=0))
    body = {"seeds": {"ids": ids(5)}}
    assert api.post("contacts/lookalike", body).status_code == 402
    api.account.total = 100
    assert api.ok("contacts/lookalike", body)["meta"]["returned"] == 25


# --- faults -----------------------------------------------------------------------------------------------


def test_every_operation_meets_the_faults_of_its_path(api: Api) -> None:
    path = "/v3/contacts/prospecting/filters/departments"
    api.account.fail_next(503, path=path)
    assert api.get(path).status_code == 503
    assert api.get(path).status_code == 200
    body = {"seeds": {"ids": ids(5)}}
    api.account.fail_next(500, after_charge=True, path="/v3/contacts/lookalike")
    assert api.post("contacts/lookalike", body).status_code == 500
    assert api.account.used == 25


def test_time_comes_from_the_accounts_clock() -> None:
    made: LushaAccount = account(clock=lambda: datetime(2027, 8, 1, tzinfo=NOW.tzinfo))
    answer = Api(made).ok("contacts/signals", {"ids": changed(), "signalTypes": ["allSignals"]})
    assert (answer["endDate"], answer["billing"]["creditsCharged"]) == ("2027-08-01", 0)
    assert person_where(lambda person: person.profile["previousEmployment"])
