"""The sandbox's Lusha API: prices, refusals and limits as documented."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from httpx import Response

from connector.sandbox.lusha.limits import Limits, Plan
from tests.sandbox.lusha.api import WORLD, Api, account, company_with, ids, pick

# --- search -----------------------------------------------------------------------------------------------


def test_a_preview_shows_no_personal_data_and_names_the_price_of_more(api: Api) -> None:
    person = pick()
    body = {"contacts": [{"clientReferenceId": "r1", "email": person.emails[0]}]}
    answer = api.ok("contacts/search", body)
    (preview,) = answer["results"]
    assert preview["clientReferenceId"] == "r1"
    assert preview["canReveal"] == [{"field": "emails", "credits": 1}, {"field": "phones", "credits": 5}]
    assert preview["has"] == [
        "firstName", "lastName", "jobTitle", "location", "socialLinks", "emails", "phones",
    ]  # fmt: skip
    assert set(preview) == {
        "clientReferenceId", "id", "firstName", "lastName", "jobTitle", "company", "location",
        "socialLinks", "has", "canReveal",
    }  # fmt: skip
    assert set(preview["location"]) <= {"country", "state", "city"}
    assert person.emails[0] not in json.dumps(preview)
    assert answer["billing"] == {"creditsCharged": 1, "resultsReturned": 1}


def test_everybody_is_found_by_every_documented_identifier_in_any_spelling(api: Api) -> None:
    person = pick()
    profile = person.profile
    named = {"firstName": profile["firstName"].upper(), "lastName": profile["lastName"]}
    slug = profile["socialLinks"]["linkedin"].rpartition("/")[2]
    items = [
        {"id": profile["id"]},
        {"linkedinUrl": f"http://uk.linkedin.com/in/{slug.upper()}/?trk=x"},
        {"email": person.emails[0].upper()},
        {"email": person.emails[-1]},
        named | {"companyName": f"{profile['company']['name'].upper()}, Inc."},
        named | {"companyDomain": f"https://www.{profile['company']['domain'].removeprefix('www.')}/"},
    ]
    results = api.ok("contacts/search", {"contacts": items})["results"]
    assert [result.get("id") for result in results] == [profile["id"]] * len(items)


def test_one_credit_pays_for_25_results_and_nothing_found_costs_nothing(api: Api) -> None:
    def charged(count: int) -> int:
        items = [{"id": id} for id in ids(count)]
        return int(api.ok("contacts/search", {"contacts": items})["billing"]["creditsCharged"])

    assert [charged(count) for count in (1, 25, 26, 50, 51, 100)] == [1, 1, 2, 2, 3, 4]
    answer = api.ok("contacts/search", {"contacts": [{"id": "1"}, {"id": "2"}]})
    assert answer["billing"] == {"creditsCharged": 0, "resultsReturned": 0}
    assert answer["results"] == [{"error": {"code": "NOT_FOUND", "message": "Contact not found"}}] * 2


def test_restricted_people_are_an_error_of_their_item_alone(api: Api) -> None:
    hidden = next(person for person in WORLD.people.values() if person.restricted)
    items = [{"id": hidden.profile["id"], "clientReferenceId": "a"}, {"id": pick().profile["id"]}]
    first, second = api.ok("contacts/search", {"contacts": items})["results"]
    assert first == {
        "clientReferenceId": "a",
        "error": {
            "code": "COMPLIANCE_RESTRICTED",
            "message": "Contact cannot be shown due to compliance restrictions",
        },
    }
    assert second["id"] == pick().profile["id"]
    (enriched,) = api.ok("contacts/enrich", {"ids": [hidden.profile["id"]]})["results"]
    assert enriched["error"]["code"] == "COMPLIANCE_RESTRICTED"
    assert "emails" not in enriched


def test_an_item_asked_twice_is_answered_twice(api: Api) -> None:
    id = pick().profile["id"]
    answer = api.ok("contacts/search", {"contacts": [{"id": id}, {"id": id}]})
    assert [result["id"] for result in answer["results"]] == [id, id]
    assert answer["billing"] == {"creditsCharged": 1, "resultsReturned": 2}
    assert api.account.found[id] == 2


def test_companies_are_found_by_id_domain_and_name(api: Api) -> None:
    profile = next(iter(WORLD.companies.values())).profile
    items = [
        {"id": profile["id"]},
        {"domain": f"http://www.{profile['alternativeDomains'][0].upper()}/en"},
        {"name": f"{profile['name']} GmbH"},
        {"name": "Nobody's Firm"},
    ]
    results = api.ok("companies/search", {"companies": items})["results"]
    assert [result.get("id") for result in results] == [profile["id"]] * 3 + [None]
    assert results[3]["error"] == {"code": "NOT_FOUND", "message": "Company not found"}
    assert "zipCode" not in results[0]["location"]
    assert {offer["credits"] for offer in results[0]["canReveal"]} == {1}


# --- enrich -----------------------------------------------------------------------------------------------


def test_each_datum_is_paid_once_and_free_ever_after(api: Api) -> None:
    id = pick().profile["id"]

    def charged(**body: Any) -> int:
        return int(api.ok("contacts/enrich", {"ids": [id], **body})["billing"]["creditsCharged"])

    assert charged(reveal=["emails"]) == 1
    assert charged(reveal=["emails", "phones"]) == 5
    assert charged() == 0
    (preview,) = api.ok("contacts/search", {"contacts": [{"id": id}]})["results"]
    assert {offer["field"]: offer["credits"] for offer in preview["canReveal"]} == {"emails": 0, "phones": 0}
    assert api.account.purchases == {(id, "emails"): 1, (id, "phones"): 1}
    assert api.account.asked == {(id, "emails"): 3, (id, "phones"): 2}


@pytest.mark.parametrize("body", [{}, {"reveal": []}])
def test_reveal_left_out_or_empty_means_both_at_full_price(api: Api, body: dict[str, Any]) -> None:
    answer = api.ok("contacts/enrich", {"ids": [pick().profile["id"]], **body})
    assert answer["billing"]["creditsCharged"] == 6
    assert answer["results"][0]["emails"]
    assert answer["results"][0]["phones"]


def test_what_was_not_asked_for_is_absent_and_what_does_not_exist_is_free(api: Api) -> None:
    person = pick(phones=False)
    body = {"ids": [person.profile["id"]], "reveal": ["phones"], "waterfallEnabled": False}
    answer = api.ok("contacts/enrich", body)
    (result,) = answer["results"]
    assert "emails" not in result
    assert result["phones"] == []
    assert answer["billing"] == {"creditsCharged": 0, "resultsReturned": 1}


def test_an_id_twice_in_one_request_is_charged_once_and_an_unknown_one_not_at_all(api: Api) -> None:
    id = pick().profile["id"]
    answer = api.ok("contacts/enrich", {"ids": [id, "1", id], "reveal": ["emails"]})
    assert [result["id"] for result in answer["results"]] == [id, "1", id]
    assert answer["results"][1]["error"] == {"code": "NOT_FOUND", "message": "Contact not found"}
    assert answer["billing"] == {"creditsCharged": 1, "resultsReturned": 2}


def test_a_company_costs_one_and_each_extra_with_a_value_one_more(api: Api) -> None:
    id = company_with("estimatedAnnualItSpend")

    def enrich(*reveal: str) -> dict[str, Any]:
        return api.ok("companies/enrich", {"ids": [id], "reveal": list(reveal)})

    base = enrich()
    assert base["billing"] == {"creditsCharged": 1, "resultsReturned": 1}
    assert "estimatedAnnualItSpend" not in base["results"][0]
    extra = enrich("estimatedAnnualItSpend", "employeesByLocation")
    assert extra["billing"]["creditsCharged"] == 2
    assert extra["results"][0]["estimatedAnnualItSpend"]["currency"] == "USD"
    assert enrich("estimatedAnnualItSpend")["billing"]["creditsCharged"] == 0


def test_an_extra_without_a_value_is_null_or_absent_and_free(api: Api) -> None:
    id = next(i for i, c in WORLD.companies.items() if not {"intent", "monthlyWebsiteTraffic"} & set(c.profile))
    answer = api.ok("companies/enrich", {"ids": [id], "reveal": ["intent", "monthlyWebsiteTraffic"]})
    assert answer["billing"]["creditsCharged"] == 1
    assert answer["results"][0]["monthlyWebsiteTraffic"] is None
    assert "intent" not in answer["results"][0]


# --- refusals ---------------------------------------------------------------------------------------------

GOOD = {"email": "jane.doe@example.com"}
NEEDS_ONE = (
    "contacts.0 must have an identifier: id, linkedinUrl, email, or firstName + lastName + companyName or companyDomain"
)


@pytest.mark.parametrize(
    ("path", "body", "errors"),
    [
        ("contacts/search", {}, ["contacts must be an array"]),
        ("contacts/search", [], ["the body must be a JSON object"]),
        ("contacts/search", {"contacts": []}, ["contacts must contain at least 1 elements"]),
        (
            "contacts/search",
            {"contacts": [GOOD] * 101},
            ["contacts must contain no more than 100 elements"],
        ),
        ("contacts/search", {"contacts": ["x"]}, ["contacts.0 must be an object"]),
        ("contacts/search", {"contacts": [{}]}, [NEEDS_ONE]),
        ("contacts/search", {"contacts": [{"firstName": "Jane", "lastName": "Doe"}]}, [NEEDS_ONE]),
        ("contacts/search", {"contacts": [{"linkedinUrl": " "}]}, [NEEDS_ONE]),
        (
            "contacts/search",
            {"contacts": [GOOD, {"email": "jane.doe@"}]},
            ["contacts.1.email must be an email"],
        ),
        (
            "contacts/search",
            {"contacts": [{"email": "a@b"}, {"email": "ä@example.com"}]},
            ["contacts.0.email must be an email", "contacts.1.email must be an email"],
        ),
        ("contacts/search", {"contacts": [{"id": 12}]}, ["contacts.0.id must be a string", NEEDS_ONE]),
        (
            "contacts/search",
            {"contacts": [GOOD | {"phone": "1"}], "limit": 1},
            ["property limit should not exist", "contacts.0.property phone should not exist"],
        ),
        (
            "contacts/search",
            {"contacts": [GOOD], "options": {"partial": True}},
            ["options.property partial should not exist"],
        ),
        ("contacts/search", {"contacts": [GOOD], "options": 1}, ["options must be an object"]),
        (
            "contacts/search",
            {"contacts": [GOOD], "options": {"includePartialProfiles": "no"}},
            ["options.includePartialProfiles must be a boolean value"],
        ),
        (
            "contacts/search",
            {"contacts": [GOOD], "signals": {"types": ["promotion", "surgeInHiring"], "since": "2026-01-01"}},
            [
                "signals.property since should not exist",
                "each value in signals.types must be one of the following values: allSignals, promotion, companyChange",
            ],
        ),
        (
            "contacts/search",
            {"contacts": [GOOD], "signals": {"startDate": "2026-13-01", "maxResultsPerSignal": 0}},
            [
                "signals.types must be an array",
                "signals.startDate must be a valid ISO 8601 date string",
                "signals.maxResultsPerSignal must not be less than 1",
            ],
        ),
        (
            "companies/search",
            {"companies": [{"email": "a@example.com"}]},
            [
                "companies.0.property email should not exist",
                "companies.0 must have an identifier: id, name or domain",
            ],
        ),
        ("contacts/enrich", {"ids": "1"}, ["ids must be an array"]),
        ("contacts/enrich", {"ids": [1, ""]}, [f"ids.{n} must be a non-empty string" for n in (0, 1)]),
        (
            "contacts/enrich",
            {"ids": ["1"], "reveal": ["emails", "fax"]},
            ["each value in reveal must be one of the following values: emails, phones"],
        ),
        ("contacts/enrich", {"ids": ["1"], "reveal": "emails"}, ["reveal must be an array"]),
        (
            "contacts/enrich",
            {"ids": ["1"], "waterfallEnabled": 0},
            ["waterfallEnabled must be a boolean value"],
        ),
        ("contacts/enrich", {"ids": ["1"], "tableId": 4}, ["tableId must be a string"]),
        (
            "companies/enrich",
            {"ids": ["1"], "waterfallEnabled": False},
            ["property waterfallEnabled should not exist"],
        ),
    ],
)
def test_one_bad_item_refuses_the_whole_request(api: Api, path: str, body: Any, errors: list[str]) -> None:
    answer = api.post(path, body)
    assert answer.status_code == 400
    assert answer.json() == {"statusCode": 400, "message": "Validation failed", "errors": errors}
    assert api.account.used == 0


def test_a_body_that_is_no_json_is_refused(api: Api) -> None:
    answer = api.http.post("/v3/contacts/search", content=b"{")
    assert answer.json()["errors"] == ["the body must be a JSON object"]


def test_half_a_character_is_echoed(api: Api) -> None:
    def sent(body: str, status: int) -> Any:
        answer = api.http.post("/v3/contacts/search", content=body.encode())
        assert answer.status_code == status
        return answer.json()

    results = sent(r'{"contacts": [{"id": "1", "clientReferenceId": "\ud800"}]}', 200)["results"]
    assert results[0]["clientReferenceId"] == "\ud800"
    errors = sent(r'{"contacts": [{"id": "1"}], "\ud800": 1}', 400)["errors"]
    assert errors == ["property \ud800 should not exist"]


def test_a_table_that_does_not_exist_is_not_found(api: Api) -> None:
    answer = api.post("contacts/enrich", {"ids": ids(1), "tableId": "482910"})
    assert answer.status_code == 404
    assert answer.json() == {"statusCode": 404, "message": "TABLE_NOT_FOUND: Table not found"}


@pytest.mark.parametrize("headers", [{"api_key": "wrong"}, {"api_key": ""}])
def test_a_wrong_key_is_401_and_told_nothing(api: Api, headers: dict[str, str]) -> None:
    answer = api.http.post("/v3/contacts/search", json={"contacts": [{"id": ids(1)[0]}]}, headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {"statusCode": 401, "message": "Invalid API key"}
    assert "x-rate-limit-daily" not in answer.headers


@pytest.mark.parametrize("path", ["/v3/nothing", "/v3/contacts/search", "/"])
def test_unknown_paths_and_methods_are_404_in_lushas_shape(api: Api, path: str) -> None:
    answer = api.http.get(path)
    assert (answer.status_code, answer.json()) == (404, {"statusCode": 404, "message": "Resource not found"})


def test_credits_that_do_not_cover_the_request_are_402_and_nothing_happens() -> None:
    api = Api(account(credits=6))
    callable_people = [id for id, p in WORLD.people.items() if p.profile["phones"] and not p.restricted]
    wanted = callable_people[:2]
    answer = api.post("contacts/enrich", {"ids": wanted, "reveal": ["phones"]})
    assert answer.status_code == 402
    assert answer.json() == {"statusCode": 402, "message": "Insufficient credits for this operation"}
    assert (api.account.used, api.account.revealed) == (0, set())
    assert api.ok("contacts/enrich", {"ids": wanted[:1], "reveal": ["phones"]})["billing"]["creditsCharged"] == 5
    assert api.post("contacts/search", {"contacts": [{"id": id} for id in ids(26)]}).status_code == 402
    assert api.ok("contacts/search", {"contacts": [{"id": id} for id in ids(25)]})["billing"]["creditsCharged"] == 1
    assert api.account.remaining == 0


def test_an_inactive_account_is_403() -> None:
    api = Api(account())
    api.account.active = False
    answer = api.post("contacts/enrich", {"ids": ids(1)})
    assert answer.status_code == 403
    assert answer.json()["message"].startswith("Your account is not active.")


# --- limits -----------------------------------------------------------------------------------------------


def limited(plan: Plan) -> Api:
    api = Api(account())
    api.account.limits = Limits(plan)
    return api


def search(api: Api) -> Response:
    return api.post("contacts/search", {"contacts": [{"id": "1"}]})


def test_every_answer_tells_the_plans_windows() -> None:
    api = limited(Plan(per_minute=100, per_hour=200, per_day=300))
    search(api)
    told = search(api).headers
    assert {name: told[name] for name in told if name.startswith("x-")} == {
        "x-rate-limit-daily": "300", "x-daily-requests-left": "298", "x-daily-usage": "2",
        "x-rate-limit-hourly": "200", "x-hourly-requests-left": "198", "x-hourly-usage": "2",
        "x-rate-limit-minute": "100", "x-minute-requests-left": "98", "x-minute-usage": "2",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan(per_minute=2), r"Too many requests\. Please wait before making another request\."),
        (
            Plan(per_hour=2),
            r"Hourly API rate limit exceeded\. Limit: 2 calls per hour\. Reset in [1-9]\d* seconds",
        ),
        (Plan(per_day=2), r"Daily API quota limit exceeded\. Limit 2 calls per day"),
        (Plan(trial=2), r"You've reached your trial limit, please contact support for upgrade"),
    ],
)
def test_a_used_up_window_is_429_in_its_own_words(plan: Plan, words: str) -> None:
    api = limited(plan)
    assert [search(api).status_code for _ in range(2)] == [200, 200]
    answer = search(api)
    assert answer.status_code == 429
    assert answer.json()["statusCode"] == 429
    assert re.fullmatch(words, answer.json()["message"])


def test_25_a_second_hold_for_each_endpoint_alone() -> None:
    api = limited(Plan())
    statuses = [search(api).status_code for _ in range(30)]
    assert statuses[:25] == [200] * 25
    assert 429 in statuses[25:]
    assert api.post("companies/search", {"companies": [{"id": "1"}]}).status_code == 200


def test_usage_takes_five_a_minute_and_leaves_the_other_windows_alone() -> None:
    api = limited(Plan())
    statuses = [api.http.get("/v3/account/usage").status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert [api.http.get("/account/usage").status_code for _ in range(6)] == [200] * 5 + [429]
    assert search(api).headers["x-daily-usage"] == "1"


def test_usage_tells_balance_limits_plan_and_prices(api: Api) -> None:
    api.ok("contacts/enrich", {"ids": [pick().profile["id"]]})
    told = api.http.get("/v3/account/usage").json()
    assert told["credits"] == {"total": 10_000, "used": 6, "remaining": 9_994}
    assert told["rateLimits"]["daily"] == {
        "limit": 100_000, "used": 1, "remaining": 99_999, "resetsAt": "2026-11-03T00:00:00.000Z",
    }  # fmt: skip
    assert told["rateLimits"]["hourly"]["resetsAt"] == "2026-11-02T10:00:00.000Z"
    assert told["rateLimits"]["minute"]["resetsAt"] == "2026-11-02T09:31:00.000Z"
    assert told["pricing"] == {
        "revealEmail": {"credits": 1, "perQuantity": 1},
        "revealPhone": {"credits": 5, "perQuantity": 1},
        "reveal_company": {"credits": 1, "perQuantity": 1},
        "api_search": {"credits": 1, "perQuantity": 25},
        "showSignalsContact": {"credits": 1, "perQuantity": 1},
        "showSignalsCompany": {"credits": 1, "perQuantity": 1},
        "lookalikeContact": {"credits": 1, "perQuantity": 1},
        "lookalikeCompany": {"credits": 1, "perQuantity": 1},
    }


# --- faults and counters ----------------------------------------------------------------------------------


def test_an_armed_failure_is_met_once_by_its_path_and_charges_nothing(api: Api) -> None:
    api.account.fail_next(451, path="/v3/contacts/enrich")
    body = {"ids": ids(1), "reveal": ["emails"]}
    assert search(api).status_code == 200
    answer = api.post("contacts/enrich", body)
    assert answer.status_code == 451
    assert answer.json()["message"] == ("We are unable to process this contact request due to our GDPR regulations")
    assert api.account.purchases == {}
    assert api.post("contacts/enrich", body).status_code == 200


def test_a_failure_after_the_charge_has_charged(api: Api) -> None:
    id = pick().profile["id"]
    api.account.fail_next(502, times=2, after_charge=True, body="<html>Bad gateway</html>")
    for _ in range(2):
        answer = api.post("contacts/enrich", {"ids": [id]})
        assert (answer.status_code, answer.text) == (502, "<html>Bad gateway</html>")
        assert answer.headers["content-type"].startswith("text/html")
    assert api.account.used == 6
    assert api.ok("contacts/enrich", {"ids": [id]})["billing"]["creditsCharged"] == 0
    assert api.account.stats()["charged_more_than_once"] == []


def test_a_truncated_answer_is_charged_and_unreadable(api: Api) -> None:
    api.account.drop_next(how="truncate")
    answer = api.post("contacts/enrich", {"ids": [pick().profile["id"]]})
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json()
    assert api.account.used == 6


def test_stats_need_no_key_and_show_every_purchase(api: Api) -> None:
    id = pick().profile["id"]
    for _ in range(2):
        api.ok("contacts/enrich", {"ids": [id], "reveal": ["phones"]})
    search(api)
    told = api.http.get("/_sandbox/stats", headers={"api_key": ""}).json()
    assert told == {
        "requests": {"/v3/contacts/enrich": 2, "/v3/contacts/search": 1},
        "credits_charged": 5,
        "usage": {"total": 10_000, "used": 5, "remaining": 9_995},
        "purchases": [{"id": id, "datum": "phones", "charged": 1, "asked": 2}],
        "charged_more_than_once": [],
        "found": {},
    }
    assert api.account.requests[0] == ("/v3/contacts/enrich", {"ids": [id], "reveal": ["phones"]})
