"""The sandbox's HubSpot portal over HTTP: list, batches, refusals, limits, faults and counters."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from connector.sandbox.hubspot import HubSpotPortal
from connector.sandbox.hubspot_schema import CONTACTS
from connector.sandbox.hubspot_tokens import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, TOKEN
from tests.sandbox.rows import hubspot_rows, still

OBJECTS = "/crm/v3/objects/contacts"
STAMP = "2026-11-20T09:30:00.000Z"


@pytest.fixture
def portal() -> HubSpotPortal:
    return HubSpotPortal(hubspot_rows(), clock=still, limits=False)


@pytest.fixture
def client(portal: HubSpotPortal) -> TestClient:
    return connect(portal)


def connect(portal: HubSpotPortal) -> TestClient:
    return TestClient(portal.app(), headers={"Authorization": f"Bearer {TOKEN}"})


def post(client: TestClient, path: str, body: dict[str, Any], status: int = 200) -> Any:
    answer = client.post(f"{OBJECTS}/{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def update(client: TestClient, *inputs: dict[str, Any], status: int = 200) -> Any:
    return post(client, "batch/update", {"inputs": list(inputs)}, status)


def one(id: str, trace: str | None = None, **properties: Any) -> dict[str, Any]:
    return {"id": id, "properties": properties} | ({"objectWriteTraceId": trace} if trace else {})


class TestList:
    def test_pages_go_by_number_and_answer_what_was_asked(self, client: TestClient) -> None:
        first = client.get(OBJECTS, params={"limit": 2, "properties": "jobtitle,nickname", "associations": "companies"})
        page = first.json()
        assert [row["id"] for row in page["results"]] == ["9", "10"]
        assert page["results"][0] == {
            "id": "9",
            "properties": {
                "createdate": "2026-01-05T10:00:00.000Z",
                "hs_object_id": "9",
                "jobtitle": "CTO",
                "lastmodifieddate": "2026-10-01T08:00:00.000Z",
            },
            "createdAt": "2026-01-05T10:00:00.000Z",
            "updatedAt": "2026-10-01T08:00:00.000Z",
            "archived": False,
            "associations": {
                "companies": {
                    "results": [
                        {"id": "7", "type": "contact_to_company"},
                        {"id": "7", "type": "contact_to_company_unlabeled"},
                    ]
                }
            },
        }
        assert page["results"][1]["properties"]["jobtitle"] is None
        second = client.get(page["paging"]["next"]["link"]).json()
        assert [row["id"] for row in second["results"]] == ["101"]
        assert "paging" not in second

    def test_archived_records_have_their_own_list(self, client: TestClient, portal: HubSpotPortal) -> None:
        portal.delete("contacts", "10")
        assert [row["id"] for row in client.get(OBJECTS).json()["results"]] == ["9", "101"]
        archived = client.get(OBJECTS, params={"archived": "true"}).json()["results"]
        assert [(row["id"], row["archived"]) for row in archived] == [("10", True)]

    @pytest.mark.parametrize(("query", "status"), [("limit=100", 200), ("limit=101", 400), ("after=x", 400)])
    def test_a_page_holds_at_most_100(self, client: TestClient, query: str, status: int) -> None:
        assert client.get(f"{OBJECTS}?{query}").status_code == status


class TestOneRecord:
    def test_it_is_read_by_id_or_by_a_unique_value(self, client: TestClient, portal: HubSpotPortal) -> None:
        asked = {"properties": "jobtitle", "propertiesWithHistory": "jobtitle", "associations": "companies"}
        ann = client.get(f"{OBJECTS}/9", params=asked).json()
        assert (ann["id"], ann["properties"]["jobtitle"]) == ("9", "CTO")
        assert [entry["value"] for entry in ann["propertiesWithHistory"]["jobtitle"]] == ["CTO"]
        assert [link["id"] for link in ann["associations"]["companies"]["results"]] == ["7", "7"]
        assert client.get(f"{OBJECTS}/ANN%40acme.example", params={"idProperty": "email"}).json()["id"] == "9"
        portal.delete("contacts", "10", merged_into="9")
        assert client.get(f"{OBJECTS}/10").json()["id"] == "9"

    def test_it_is_updated_alone(self, client: TestClient, portal: HubSpotPortal) -> None:
        answer = client.patch(f"{OBJECTS}/9", json={"properties": {"jobtitle": "Chief", "phone": ""}})
        assert (answer.status_code, answer.json()["properties"]["jobtitle"]) == (200, "Chief")
        by_email = {"idProperty": "email"}
        client.patch(f"{OBJECTS}/bob@example.org", params=by_email, json={"properties": {"jobtitle": "Aide"}})
        assert [portal.tables["contacts"].rows[id]["properties"]["jobtitle"] for id in ("9", "10")] == ["Chief", "Aide"]
        assert portal.tables["contacts"].tally.writes == {"9": 1, "10": 1}

    @pytest.mark.parametrize(
        ("id", "properties", "status", "category"),
        [
            ("404", {"jobtitle": "x"}, 404, "OBJECT_NOT_FOUND"),
            ("9", {"email": "x"}, 400, "VALIDATION_ERROR"),
            ("9", {"nickname": "x"}, 400, "VALIDATION_ERROR"),
            ("9", {"email": "bob@example.org"}, 409, "CONFLICT"),
            ("9", {"lastname": "Ruled out"}, 400, "VALIDATION_ERROR"),
            ("9", None, 400, "VALIDATION_ERROR"),
        ],
    )
    def test_a_refused_update_says_why(
        self, client: TestClient, portal: HubSpotPortal, id: str, properties: Any, status: int, category: str
    ) -> None:
        portal.rules.append(lambda _type, row: "no" if row.get("lastname") == "Ruled out" else None)
        answer = client.patch(f"{OBJECTS}/{id}", json={"properties": properties})
        assert (answer.status_code, answer.json()["category"]) == (status, category)
        assert not portal.tables["contacts"].tally.writes

    def test_what_leads_nowhere_is_named(self, client: TestClient, portal: HubSpotPortal) -> None:
        portal.delete("contacts", "10")
        for path in ("10", "404", "x", "x@example.org?idProperty=email"):
            answer = client.get(f"{OBJECTS}/{path}")
            assert (answer.status_code, answer.json()["context"]) == (404, {"id": [path.partition("?")[0]]})
        assert client.get(f"{OBJECTS}/Ann?idProperty=firstname").status_code == 400


class TestBatchRead:
    def test_unknown_ids_come_back_as_errors(self, client: TestClient, portal: HubSpotPortal) -> None:
        portal.delete("contacts", "101")
        answer = post(client, "batch/read", {"inputs": [{"id": id} for id in ("404", "10", "101", "9")]}, 207)
        assert [row["id"] for row in answer["results"]] == ["9", "10"]
        assert (answer["status"], answer["numErrors"]) == ("COMPLETE", 1)
        assert answer["errors"] == [
            {
                "status": "error",
                "category": "OBJECT_NOT_FOUND",
                "message": "Could not get some CONTACT objects, they may be deleted or not exist. "
                "Check that ids are valid.",
                "context": {"ids": ["404", "101"]},
            }
        ]

    def test_unique_values_can_be_looked_up(self, client: TestClient) -> None:
        inputs = [{"id": "ANN@acme.example"}, {"id": "free@example.org"}]
        answer = post(client, "batch/read", {"idProperty": "email", "inputs": inputs}, 207)
        assert [row["id"] for row in answer["results"]] == ["9"]
        assert answer["errors"][0]["context"] == {"ids": ["free@example.org"]}
        refused = post(client, "batch/read", {"idProperty": "phone", "inputs": inputs}, 400)
        assert refused["message"] == "Unable to perform read by non-unique property phone"

    def test_history_tells_who_wrote_what(self, client: TestClient, portal: HubSpotPortal) -> None:
        update(client, one("9", jobtitle="Chief"))
        portal.edit("contacts", "9", jobtitle="Boss")
        body = {"inputs": [{"id": "9"}], "propertiesWithHistory": ["jobtitle", "phone"]}
        history = post(client, "batch/read", body)["results"][0]["propertiesWithHistory"]
        assert history["phone"] == []
        assert [(e["value"], e["timestamp"], e["sourceType"]) for e in history["jobtitle"]] == [
            ("Boss", "2026-11-20T09:30:00.001Z", "CRM_UI"),
            ("Chief", STAMP, "INTEGRATION"),
            ("CTO", "2026-01-05T10:00:00.000Z", "CRM_UI"),
        ]

    @pytest.mark.parametrize(("number", "history", "status"), [(100, False, 200), (101, False, 400), (51, True, 400)])
    def test_a_batch_has_a_size(self, client: TestClient, number: int, history: bool, status: int) -> None:
        body: dict[str, Any] = {"inputs": [{"id": "9"}] * number}
        body |= {"propertiesWithHistory": ["phone"]} if history else {}
        post(client, "batch/read", body, status)

    def test_unknown_keys_are_refused(self, client: TestClient) -> None:
        refused = post(client, "batch/read", {"inputs": [], "property": []}, 400)
        assert refused["message"] == 'Invalid input JSON on line 1, column 1: unknown field "property"'


class TestBatchUpdate:
    def test_what_lands_keeps_its_white_space_and_blank_clears(self, client: TestClient, portal: HubSpotPortal) -> None:
        answer = update(client, one("9", jobtitle=""), one("10", jobtitle=" Chef ", email="BOB@example.net"))
        assert [row["id"] for row in answer["results"]] == ["10", "9"]
        assert answer["results"][0]["properties"] == {
            "createdate": "2026-01-05T10:00:00.000Z",
            "email": "bob@example.net",
            "hs_object_id": "10",
            "jobtitle": " Chef ",
            "lastmodifieddate": "2026-11-20T09:30:00.001Z",
        }
        ann = portal.live("contacts", "9")
        assert ann is not None
        assert "jobtitle" not in ann["properties"]
        assert portal.holder(CONTACTS, "email", "bob@example.org") is None

    @pytest.mark.parametrize(
        ("properties", "code", "message"),
        [
            ({"nickname": "x"}, "PROPERTY_DOESNT_EXIST", 'Property "nickname" does not exist'),
            ({"createdate": "1"}, "READ_ONLY_VALUE", '"createdate" is a read only property; its value cannot be set.'),
            ({"lusha_seniority": "Director"}, "INVALID_OPTION",
             "Director was not one of the allowed options: "
             "[c_suite, vice_president, director, manager, senior, entry]"),
            ({"hs_email_optout": "yes"}, "INVALID_OPTION", "yes was not one of the allowed options: [true, false]"),
            ({"email": "ann at acme"}, "INVALID_EMAIL", "Email address ann at acme is invalid"),
            ({"associatedcompanyid": "seven"}, "INVALID_INTEGER", "seven was not a valid number."),
            ({"lusha_last_enriched": "today"}, "INVALID_LONG", "today was not a valid long."),
        ],
    )  # fmt: skip
    def test_one_bad_value_refuses_the_whole_batch(
        self, client: TestClient, portal: HubSpotPortal, properties: dict[str, str], code: str, message: str
    ) -> None:
        refused = update(client, one("10", jobtitle="Chef"), one("9", **properties), status=400)
        (name,) = properties
        assert refused["errors"] == [{"message": message, "code": code, "context": {"propertyName": [name]}}]
        said = refused["message"].removeprefix("Property values were not valid: ")
        assert [(part["name"], part["error"]) for part in json.loads(said)] == [(name, code)]
        assert portal.tables["contacts"].tally.writes == {}

    def test_inputs_with_a_trace_may_be_answered_one_by_one(self, client: TestClient, portal: HubSpotPortal) -> None:
        portal.errors_by_input = True
        answer = update(client, one("9", "t1", email="x"), one("10", "t2", jobtitle="Chef"), status=207)
        assert [(row["id"], row["objectWriteTraceId"]) for row in answer["results"]] == [("10", "t2")]
        assert answer["errors"][0]["context"] == {"objectWriteTraceId": ["t1"]}
        update(client, one("9", email="x"), one("10", "t2", jobtitle="Cook"), status=400)

    def test_an_address_that_somebody_else_holds_is_a_conflict(self, client: TestClient, portal: HubSpotPortal) -> None:
        update(client, one("9", email="Ann@Acme.example"))
        refused = update(client, one("101", jobtitle="Chef"), one("10", email="ANN@acme.example"), status=409)
        assert (refused["category"], refused["message"]) == ("CONFLICT", "Contact already exists. Existing ID: 9")
        update(client, one("10", email="new@example.org"), one("101", email="New@example.org"), status=409)
        assert portal.tables["contacts"].tally.writes == {"9": 1}

    def test_ids_that_are_unknown_or_stand_twice(self, client: TestClient) -> None:
        answer = update(client, one("404", jobtitle="x"), one("9", jobtitle="x"), status=207)
        assert [row["id"] for row in answer["results"]] == ["9"]
        assert answer["errors"][0]["context"] == {"ids": ["404"]}
        refused = update(client, one("9", jobtitle="y"), one("9", phone="z"), status=400)
        assert refused["message"] == "Duplicate IDs found in batch input: [9]. IDs must be unique"
        assert refused["context"] == {"ids": ["9"]}

    def test_a_rule_of_the_portal_refuses_one_record(self, client: TestClient, portal: HubSpotPortal) -> None:
        portal.rules.append(lambda type, row: "Chefs are not allowed" if row.get("jobtitle") == "Chef" else None)
        answer = update(client, one("9", jobtitle="Cook"), one("10", jobtitle="Chef"), status=207)
        assert [row["id"] for row in answer["results"]] == ["9"]
        (error,) = answer["errors"]
        assert (error["message"], error["context"]) == ("Chefs are not allowed", {"ids": ["10"]})

    def test_a_batch_holds_100_inputs_of_texts_by_id(self, client: TestClient) -> None:
        update(client, *[one(str(n)) for n in range(101)], status=400)
        update(client, one("9", jobtitle=None), status=400)
        update(client, {**one("9", jobtitle="x"), "idProperty": "email"}, status=400)

    def test_a_record_may_move_between_read_and_write(self, client: TestClient, portal: HubSpotPortal) -> None:
        portal.before_write = lambda ids: portal.edit("contacts", ids[0], phone="by hand")
        update(client, one("9", jobtitle="Chief"))
        row = portal.live("contacts", "9")
        assert row is not None
        assert row["properties"]["phone"] == "by hand"


class TestSchemaAndLinks:
    def test_properties_tell_what_may_be_written(self, client: TestClient) -> None:
        answer = client.get("/crm/v3/properties/contacts").json()["results"]
        by_name = {spec["name"]: spec for spec in answer}
        assert by_name["email"]["hasUniqueValue"] is True
        assert by_name["hs_object_id"]["modificationMetadata"]["readOnlyValue"] is True
        assert by_name["lusha_seniority"]["hubspotDefined"] is False
        assert by_name["lusha_seniority"]["options"][1] == {
            "label": "Vice President", "value": "vice_president", "displayOrder": 1, "hidden": False,
        }  # fmt: skip
        industries = client.get("/crm/v3/properties/companies").json()["results"][3]["options"]
        assert {"label": "Computer Software", "value": "COMPUTER_SOFTWARE"}.items() <= industries[24].items()

    def test_a_property_can_be_asked_for_by_name(self, client: TestClient) -> None:
        named = client.get("/crm/v3/properties/contacts/jobtitle").json()
        assert named in client.get("/crm/v3/properties/contacts").json()["results"]
        missing = client.get("/crm/properties/2026-09/contacts/nope")
        assert (missing.status_code, missing.json()["category"]) == (404, "OBJECT_NOT_FOUND")

    @pytest.mark.parametrize("objects", ["/crm/v4/objects", "/crm/objects/2026-09"])
    def test_companies_of_one_contact(self, client: TestClient, objects: str) -> None:
        (link,) = client.get(f"{objects}/contacts/9/associations/companies").json()["results"]
        assert (link["toObjectId"], [kind["typeId"] for kind in link["associationTypes"]]) == (7, [1, 279])
        assert client.get(f"{objects}/contacts/101/associations/companies").json() == {"results": []}
        assert client.get(f"{objects}/contacts/404/associations/companies").status_code == 404

    def test_companies_of_contacts(self, client: TestClient) -> None:
        path = "/crm/v4/associations/contacts/companies/batch/read"
        answer = client.post(path, json={"inputs": [{"id": "9"}, {"id": "10"}]})
        assert answer.status_code == 207
        assert answer.json()["results"] == [
            {
                "from": {"id": "9"},
                "to": [
                    {
                        "toObjectId": 7,
                        "associationTypes": [
                            {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"},
                            {"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None},
                        ],
                    }
                ],
            }
        ]
        assert answer.json()["errors"][0]["message"] == "No company is associated with contact 10."

    def test_the_portal_tells_its_id_and_unknown_paths_are_refused(self, client: TestClient) -> None:
        assert client.get("/account-info/v3/details").json()["portalId"] == 8_800_001
        assert client.get("/crm/v3/nothing").status_code == 404
        unknown = client.get("/crm/v3/objects/people")
        assert (unknown.status_code, unknown.json()["message"]) == (400, "Unable to infer object type from: people")


class TestLimitsAndFaults:
    def test_a_wrong_token_is_refused(self, portal: HubSpotPortal) -> None:
        answer = TestClient(portal.app()).get(OBJECTS)
        assert answer.status_code == 401
        assert answer.json()["category"] == "INVALID_AUTHENTICATION"

    def test_ten_seconds_a_second_and_a_day_have_limits(self) -> None:
        portal = HubSpotPortal(hubspot_rows(), clock=still)
        portal.ten_secondly.requests = portal.secondly.requests = 1
        client = connect(portal)
        taken = client.get(OBJECTS)
        assert taken.headers["X-HubSpot-RateLimit-Max"] == "1"
        assert taken.headers["X-HubSpot-RateLimit-Remaining"] == "0"
        assert taken.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
        assert taken.headers["X-HubSpot-RateLimit-Daily-Remaining"] == "249999"
        refused = client.get(OBJECTS)
        assert refused.status_code == 429
        assert refused.json() == {
            "status": "error",
            "message": "You have reached your ten_secondly_rolling limit.",
            "errorType": "RATE_LIMIT",
            "policyName": "TEN_SECONDLY_ROLLING",
            "correlationId": "00000000-0000-0000-0000-000000000002",
        }
        answers = [client.post(f"{OBJECTS}/search", json={}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert answers[1].json()["policyName"] == "SECONDLY"
        assert not [name for answer in answers for name in answer.headers if "ratelimit" in name]
        portal.daily.requests = portal.daily.used
        assert client.get(OBJECTS).json()["policyName"] == "DAILY"

    def test_an_app_with_oauth_has_ten_seconds_of_its_own(self) -> None:
        portal = HubSpotPortal(hubspot_rows(), clock=still)
        portal.ten_secondly.requests = 0
        form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "refresh_token": REFRESH_TOKEN}
        client = TestClient(portal.app())
        granted = client.post("/oauth/v1/token", data={"grant_type": "refresh_token", **form}).json()
        client.headers["Authorization"] = f"Bearer {granted['access_token']}"
        told = client.get(OBJECTS).headers
        assert (told["X-HubSpot-RateLimit-Max"], told["X-HubSpot-RateLimit-Remaining"]) == ("110", "109")
        portal.ten_secondly_oauth.requests = 1
        assert client.get(OBJECTS).json()["policyName"] == "TEN_SECONDLY_ROLLING"
        assert client.post(f"{OBJECTS}/search", json={}).status_code == 200

    def test_faults_before_and_after_the_work(self, client: TestClient, portal: HubSpotPortal) -> None:
        portal.fail_next(502)
        portal.fail_next(429, "SECONDLY")
        portal.fail_next(500, after_work=True)
        update(client, one("9", jobtitle="a"), status=502)
        assert update(client, one("9", jobtitle="b"), status=429)["policyName"] == "SECONDLY"
        assert portal.tables["contacts"].tally.writes == {}
        update(client, one("9", jobtitle="c"), status=500)
        portal.drop_next()
        with pytest.raises(ConnectionResetError):
            update(client, one("9", jobtitle="d"))
        assert portal.tables["contacts"].tally.writes == {"9": 2}

    def test_the_counters_tell_every_field_that_did_not_change(self, client: TestClient) -> None:
        update(client, one("9", jobtitle="CTO", email="ANN@acme.example"), one("10", jobtitle="", phone="1"))
        update(client, one("9", phone="+44 7700 900123"))
        stats = TestClient(client.app).get("/_sandbox/stats").json()
        assert stats["requests"] == {"POST /crm/v3/objects/{type}/batch/update": 2}
        assert stats["objects"]["contacts"] == {
            "rows": 3,
            "writes": 3,
            "records_written": 2,
            "written_more_than_once": {"9": 2},
            "fields_received": {"email": 1, "jobtitle": 2, "phone": 2},
            "fields_unchanged": [
                {"id": "9", "field": "jobtitle"},
                {"id": "9", "field": "email"},
                {"id": "10", "field": "jobtitle"},
            ],
        }
