"""V2's persons and companies: shapes of the document's examples, each datum charged once for both generations."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.lusha.api import WORLD, Api, account, company_with, ids, json_of, person_where, pick, restricted

LONG_AGO = "2020-01-01"
EMPTY_DATA = {"code": 3, "name": "EMPTY_DATA", "message": "Could not find requested data"}
NOT_UNIFIED = "Your pricing version does not support requesting individual datapoints [revealEmails, revealPhones]"
FULL_NAME = (
    "The request failed due to invalid syntax that was provided. Please make sure to send a full name field "
    "that contains a valid first & last name"
)


def bulk(api: Api, *items: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    contacts = [{"contactId": str(nth)} | item for nth, item in enumerate(items)]
    return api.ok("/v2/person", {"contacts": contacts} | ({"metadata": metadata} if metadata else {}))


def owned(api: Api) -> dict[Any, int]:
    return dict(api.account.purchases)


# --- one person -------------------------------------------------------------------------------------------


def test_one_person_is_told_in_the_shape_of_the_documents_example(api: Api) -> None:
    person = pick()
    profile, employer = person.profile, WORLD.companies[person.profile["company"]["id"]].profile
    contact = api.got("/v2/person", personId=profile["id"])["contact"]
    assert (contact["error"], contact["isCreditCharged"]) == (None, True)
    data = contact["data"]
    assert data["personId"] == int(profile["id"])
    assert data["companyId"] == int(employer["id"])
    assert data["jobTitle"] == {"seniority": "", **profile["jobTitle"]}
    assert data["emailAddresses"][0] == {
        "address": profile["emails"][0]["email"],
        "type": "work",
        "emailConfidence": profile["emails"][0]["confidence"],
        "updateDate": profile["emails"][0]["updateDate"],
    }
    kinds = {"mobile": "Mobile", "direct": "Direct"}
    assert [(phone["number"], phone["phoneType"]) for phone in data["phoneNumbers"]] == [
        (phone["number"], kinds[phone["type"]]) for phone in profile["phones"]
    ]
    location = profile["location"]
    assert data["location"]["countryIso2"] == location["countryIso2"]
    assert data["location"]["isEuContact"] == location["isEuContact"]
    assert data["location"]["rawLocation"].startswith(f"{location['city']}, ")
    assert "country_iso2" not in data["location"]
    assert data["socialLinks"] == profile["socialLinks"]
    assert data["previousJob"] == {"company": {}, "jobTitle": {}}
    company = data["company"]
    assert company["fqdn"] == f"www.{employer['emailDomain']}"
    assert company["companySize"] == [employer["employeeCount"]["min"], employer["employeeCount"]["max"]]
    assert company["industry"] == {"mainIndustry": employer["industry"], "subIndustry": employer["subIndustry"]}
    assert company["technologies"] == [{"name": name} for name in employer["technologies"]]
    assert api.account.used == 6


def test_one_person_is_found_by_every_documented_identifier(api: Api) -> None:
    profile = pick().profile
    name = {"firstName": profile["firstName"].upper(), "lastName": profile["lastName"]}
    for query in (
        {"personId": profile["id"]},
        {"email": profile["emails"][0]["email"].upper()},
        {"linkedinUrl": profile["socialLinks"]["linkedin"]},
        name | {"companyName": profile["company"]["name"]},
        name | {"companyDomain": profile["company"]["domain"]},
    ):
        assert api.got("/v2/person", **query)["contact"]["data"]["personId"] == int(profile["id"])
    assert api.account.used == 6


def test_not_found_is_404_and_restricted_is_451(api: Api) -> None:
    missing = api.get("/v2/person", email="nobody@example.com")
    assert (missing.status_code, missing.json()) == (404, {"statusCode": 404, "message": "Resource not found"})
    hidden = api.get("/v2/person", personId=restricted().profile["id"])
    assert hidden.status_code == 451
    assert hidden.json()["message"] == "We are unable to process this contact request due to our GDPR regulations"
    assert api.account.used == 0


@pytest.mark.parametrize(
    "query",
    [
        {"firstName": "Jane", "companyName": "a"},
        {"lastName": "Doe", "companyName": "a"},
        {"firstName": "Jane", "lastName": "1", "companyName": "a"},
        {"firstName": "", "lastName": "Doe", "email": "a@example.com"},
    ],
)
def test_half_a_name_is_412(api: Api, query: dict[str, str]) -> None:
    answer = api.get("/v2/person", **query)
    assert (answer.status_code, answer.json()) == (412, {"statusCode": 412, "message": FULL_NAME})


@pytest.mark.parametrize(
    ("query", "shown", "cost"),
    [
        ({}, {"emailAddresses", "phoneNumbers"}, 6),
        ({"revealEmails": "true"}, {"emailAddresses"}, 1),
        ({"revealPhones": "true"}, {"phoneNumbers"}, 5),
        ({"revealEmails": "false"}, {"phoneNumbers"}, 5),
        ({"revealPhones": "false"}, {"emailAddresses"}, 1),
        ({"revealEmails": "true", "revealPhones": "true"}, {"emailAddresses", "phoneNumbers"}, 6),
        ({"revealEmails": "true", "revealPhones": "false"}, {"emailAddresses"}, 1),
        ({"revealEmails": "false", "revealPhones": "false"}, set(), 0),
    ],
)
def test_each_datum_is_revealed_and_charged_as_asked(
    api: Api, query: dict[str, str], shown: set[str], cost: int
) -> None:
    contact = api.got("/v2/person", personId=pick().profile["id"], **query)["contact"]
    assert {"emailAddresses", "phoneNumbers"} & set(contact["data"]) == shown
    assert (api.account.used, contact["isCreditCharged"]) == (cost, cost > 0)


def test_only_unified_credits_can_ask_for_one_datum() -> None:
    api = Api(account(unified=False))
    id = pick().profile["id"]
    for refused in (
        api.get("/v2/person", personId=id, revealEmails="true"),
        api.post("/v2/person", {"contacts": [{"contactId": "1", "personId": id}], "metadata": {"revealPhones": False}}),
    ):
        assert (refused.status_code, refused.json()) == (403, {"statusCode": 403, "message": NOT_UNIFIED})
    found = api.ok("/prospecting/contact/search", {"filters": {}})
    body = {"requestId": found["requestId"], "contactIds": [found["contacts"][0]["contactId"]], "revealEmails": True}
    assert api.post("/prospecting/contact/enrich", body).json()["message"] == NOT_UNIFIED
    assert api.account.used == 0
    assert set(api.got("/v2/person", personId=id)["contact"]["data"]) >= {"emailAddresses", "phoneNumbers"}


def test_signals_are_present_when_asked_for_even_without_any(api: Api) -> None:
    profile = person_where(lambda person: person.profile["previousEmployment"] and person.profile["emails"]).profile
    asked = {"signals": ["companyChange", "promotion"], "signalsStartDate": LONG_AGO, "revealEmails": "true"}
    data = api.got("/v2/person", personId=profile["id"], **asked)["contact"]["data"]
    (change,) = data["signals"]["companyChange"]
    assert change["previousCompanyName"] == profile["previousEmployment"][0]["company"]["name"]
    assert data["previousJob"] == profile["previousEmployment"][0]
    assert data["jobStartDate"] == change["signalDate"]
    assert api.account.used == 2
    asked["signals"] = ["promotion"]
    contact = api.got("/v2/person", personId=profile["id"], **asked)["contact"]
    assert (contact["data"]["signals"], contact["isCreditCharged"]) == ({}, False)


# --- many people ------------------------------------------------------------------------------------------


def test_many_people_are_keyed_by_our_ids_and_their_employers_by_lushas(api: Api) -> None:
    person = pick()
    profile, employer = person.profile, WORLD.companies[person.profile["company"]["id"]].profile
    answer = bulk(
        api,
        {"fullName": profile["fullName"], "companies": [{"domain": profile["company"]["domain"], "isCurrent": True}]},
        {"email": "nobody@example.com"},
        {"personId": restricted().profile["id"]},
    )
    first, missing, hidden = (answer["contacts"][key] for key in ("0", "1", "2"))
    assert (first["error"], first["isCreditCharged"]) == (None, True)
    assert missing == {"error": EMPTY_DATA, "isCreditCharged": False}
    assert (hidden["error"]["name"], hidden["isCreditCharged"]) == ("COMPLIANCE_RESTRICTED", False)
    assert "data" not in hidden
    data = first["data"]
    emails = profile["emails"]
    assert data["emails"] == [email["email"] for email in emails]
    assert data["emailAddresses"][0] == {
        "email": emails[0]["email"],
        "emailType": "work",
        "updateDate": emails[0]["updateDate"],
        "emailConfidence": emails[0]["confidence"],
    }
    assert data["phones"] == [phone["number"] for phone in profile["phones"]]
    assert data["location"]["country_iso2"] == profile["location"]["countryIso2"]
    assert data["location"]["is_eu_contact"] == profile["location"]["isEuContact"]
    assert "countryIso2" not in data["location"]
    assert answer["companies"][str(data["companyId"])]["name"] == employer["name"]
    assert set(answer["companies"]) == {employer["id"]}


def test_a_person_is_found_at_any_of_the_companies_named(api: Api) -> None:
    profile = person_where(lambda person: person.profile["previousEmployment"] and person.profile["emails"]).profile
    former = profile["previousEmployment"][0]["company"]
    answer = bulk(
        api,
        {
            "fullName": f"{profile['firstName']} {profile['lastName']}",
            "companies": [{"name": "Nobody", "isCurrent": True}, {"domain": former["domain"], "isCurrent": False}],
        },
    )
    assert answer["contacts"]["0"]["data"]["personId"] == int(profile["id"])


def test_somebody_named_twice_is_charged_the_first_time_alone(api: Api) -> None:
    profile = pick().profile
    answer = bulk(api, {"personId": profile["id"]}, {"email": profile["emails"][0]["email"]})
    assert [answer["contacts"][key]["isCreditCharged"] for key in "01"] == [True, False]
    assert answer["contacts"]["0"]["data"] == answer["contacts"]["1"]["data"]
    assert api.account.used == 6
    assert owned(api) == {(profile["id"], "emails"): 1, (profile["id"], "phones"): 1}


def test_both_generations_share_what_the_account_owns(api: Api) -> None:
    id = pick().profile["id"]
    api.ok("contacts/enrich", {"ids": [id], "reveal": ["phones"]})
    assert api.account.used == 5
    assert bulk(api, {"personId": id})["contacts"]["0"]["isCreditCharged"] is True
    assert api.account.used == 6
    assert bulk(api, {"personId": id})["contacts"]["0"]["isCreditCharged"] is False
    assert api.ok("contacts/enrich", {"ids": [id]})["billing"]["creditsCharged"] == 0
    assert api.got("/v2/person", personId=id)["contact"]["isCreditCharged"] is False


def test_what_is_filtered_by_or_has_no_contact_detail_is_empty(api: Api) -> None:
    silent = person_where(lambda person: person.profile["emails"] and not person.profile["phones"]).profile["id"]
    assert bulk(api, {"personId": silent}, filterBy="phoneNumbers")["contacts"]["0"]["error"] == EMPTY_DATA
    assert bulk(api, {"personId": silent}, filterBy="emailAddresses")["contacts"]["0"]["error"] is None
    bare = person_where(lambda person: not person.profile["emails"] and not person.profile["phones"]).profile["id"]
    assert bulk(api, {"personId": bare})["contacts"]["0"]["error"] == EMPTY_DATA
    partial = bulk(api, {"personId": bare}, partialProfile=True)["contacts"]["0"]
    assert (partial["error"], partial["isCreditCharged"], partial["data"]["emails"]) == (None, False, [])


@pytest.mark.parametrize("name", ["Jane", "", " ", "Jane -", "1 2"])
def test_a_full_name_that_is_none_refuses_the_whole_request(api: Api, name: str) -> None:
    items = [{"contactId": "1", "personId": ids(1)[0]}, {"contactId": "2", "email": "a@example.com", "fullName": name}]
    answer = api.post("/v2/person", {"contacts": items})
    assert (answer.status_code, answer.json()) == (412, {"statusCode": 412, "message": FULL_NAME})
    assert api.account.used == 0


def test_an_employer_that_lusha_has_no_profile_of_is_told_by_name(api: Api) -> None:
    profile = person_where(lambda one: "id" not in one.profile["company"] and one.profile["emails"]).profile
    answer = bulk(api, {"personId": profile["id"]})
    id = answer["contacts"]["0"]["data"]["companyId"]
    assert answer["companies"] == {str(id): {"name": profile["company"]["name"], "fqdn": ""}}
    assert api.get("/v2/company", companyId=str(id)).status_code == 404


def test_a_request_that_the_balance_does_not_cover_does_nothing() -> None:
    api = Api(account(credits=5))
    assert api.get("/v2/person", personId=pick().profile["id"]).status_code == 402
    body = {"contacts": [{"contactId": "1", "personId": pick().profile["id"]}]}
    assert api.post("/v2/person", body).status_code == 402
    assert (api.account.used, api.account.revealed) == (0, set())


def test_signals_of_many_are_charged_for_each_who_has_some(api: Api) -> None:
    moved = person_where(lambda person: person.profile["previousEmployment"] and person.profile["emails"]).profile["id"]
    api.ok("contacts/enrich", {"ids": [moved]})
    before = api.account.used
    asked = {"signals": ["companyChange"], "signalsStartDate": LONG_AGO}
    contact = bulk(api, {"personId": moved}, **asked)["contacts"]["0"]
    assert contact["isCreditCharged"] is True
    assert contact["data"]["signals"]["companyChange"]
    assert api.account.used == before + 1


# --- companies --------------------------------------------------------------------------------------------


def test_one_company_by_every_identifier_for_one_credit(api: Api) -> None:
    profile = WORLD.companies[company_with("intent")].profile
    for query in (
        {"companyId": profile["id"]},
        {"domain": f"https://{profile['emailDomain']}/"},
        {"company": profile["name"].upper()},
    ):
        answer = api.got("/v2/company", **query)
        assert answer["data"]["id"] == int(profile["id"])
    data = answer["data"]
    low, high, exact = (profile["employeeCount"][key] for key in ("min", "max", "exact"))
    assert data["employees"] == f"{low} - {high}"
    assert data["companySize"] == {"min": low, "max": high, "employeesInLinkedin": exact}
    assert data["social"] == {"linkedin": {"url": profile["socialLinks"]["linkedin"]}}
    assert (data["mainIndustry"], data["subIndustry"]) == (profile["industry"], profile["subIndustry"])
    assert data["intent"] == profile["intent"]
    assert data["industryPrimaryGroupDetails"]["sicCodes"][0]["sic"] == profile["sicCodes"][0]["code"]
    assert answer["meta"] == {}
    assert owned(api) == {(profile["id"], "company"): 1}
    assert api.ok("companies/enrich", {"ids": [profile["id"]]})["billing"]["creditsCharged"] == 0
    assert api.get("/v2/company", company="Nobody").status_code == 404


def test_many_companies_are_keyed_by_our_ids_and_unknown_ones_left_out(api: Api) -> None:
    one, two = [company.profile for company in WORLD.companies.values()][:2]
    items = [
        {"id": "a", "companyId": one["id"]},
        {"id": "b", "name": "Nobody"},
        {"id": "c", "fqdn": two["domain"]},
        {"id": "d", "name": one["name"]},
    ]
    answer = api.ok("/v2/company", {"companies": items})
    assert {key: company["lushaCompanyId"] for key, company in answer.items()} == {
        "a": one["id"], "c": two["id"], "d": one["id"],
    }  # fmt: skip
    assert answer["a"]["companySize"] == [one["employeeCount"]["min"], one["employeeCount"]["max"]]
    assert answer["a"]["linkedin"] == one["socialLinks"]["linkedin"]
    assert answer["a"]["city"] == one["location"]["city"]
    assert answer["a"]["fqdn"] == f"www.{one['emailDomain']}"
    assert api.account.used == 2
    api.ok("/v2/company", {"companies": items})
    assert api.account.used == 2


def test_what_lusha_lacks_of_a_company_is_absent(api: Api) -> None:
    lacking = next(id for id, company in WORLD.companies.items() if "revenueRange" not in company.profile)
    answer = api.ok("/v2/company", {"companies": [{"id": "1", "companyId": lacking}]})
    assert "revenueRange" not in answer["1"]


def test_signals_of_companies_stand_among_their_fields(api: Api) -> None:
    items = [{"id": id, "companyId": id} for id in WORLD.companies]
    body: dict[str, Any] = {"companies": items, "signals": ["peopleNews"], "signalsStartDate": LONG_AGO}
    answer = api.ok("/v2/company", body)
    with_news = [company for company in answer.values() if "peopleNews" in company]
    assert with_news
    assert api.account.used == len(items) + len(with_news)
    event = with_news[0]["peopleNews"][0]["eventType"]
    body["signalsFilters"] = {"include": {"newsEventTypes": [event.upper(), "Nothing Lusha knows"]}}
    fewer = [company for company in api.ok("/v2/company", body).values() if "peopleNews" in company]
    assert {news["eventType"] for company in fewer for news in company["peopleNews"]} == {event}
    single = api.got("/v2/company", companyId=with_news[0]["lushaCompanyId"], signals="allSignals",
                     signalsStartDate=LONG_AGO)  # fmt: skip
    assert "peopleNews" in single["data"]


def test_a_company_that_the_balance_does_not_cover_is_402() -> None:
    api = Api(account(credits=0))
    assert api.get("/v2/company", companyId=next(iter(WORLD.companies))).status_code == 402


# --- usage and the log ------------------------------------------------------------------------------------


def test_usage_tells_the_balance(api: Api) -> None:
    api.got("/v2/person", personId=pick().profile["id"])
    assert api.got("/account/usage") == {"usage": {"bulkCredits": {"used": 6, "total": 10_000, "remaining": 9_994}}}


def test_queries_and_bodies_are_written_down(api: Api) -> None:
    query = {"personId": pick().profile["id"], "signals": ["promotion", "companyChange"], "revealEmails": "true"}
    api.got("/v2/person", **query)
    assert api.account.requests == [("/v2/person", query)]


def test_faults_and_limits_hold_for_v2_as_well(api: Api) -> None:
    api.account.fail_next(503, path="/v2/person")
    query = {"personId": pick().profile["id"]}
    assert api.get("/v2/person", **query).status_code == 503
    assert api.account.used == 0
    api.account.fail_next(499, path="/v2/person", after_charge=True)
    assert api.get("/v2/person", **query).status_code == 499
    assert api.account.used == 6
    told = api.get("/v2/person", **query)
    assert json_of(told)["contact"]["isCreditCharged"] is False
    assert told.headers["x-daily-usage"] == "2"
