"""The sandbox's Salesforce org over HTTP: pages, reads, updates, refusals, faults and counters."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from connector.sandbox.salesforce import CLIENT_ID, CLIENT_SECRET, TOKEN, SalesforceOrg
from connector.sandbox.salesforce_records import ASSIGNMENT_QUEUE, ORGANIZATION_ID, OWNER
from connector.sandbox.salesforce_write import Refusal
from tests.sandbox.rows import ACME, ANN, BOB, CAI, DEE, SEEN, salesforce_rows, still

DATA = "/services/data/v68.0"
KEEP_OWNER = {"Sforce-Auto-Assign": "FALSE"}
UNKNOWN = "003SB0000000099AAA"


@pytest.fixture
def org() -> SalesforceOrg:
    return SalesforceOrg(salesforce_rows(), clock=still)


@pytest.fixture
def client(org: SalesforceOrg) -> TestClient:
    return TestClient(org.app(), headers={"Authorization": f"Bearer {TOKEN}"})


def query(client: TestClient, text: str, **headers: str) -> Any:
    return client.get(f"{DATA}/query", params={"q": text}, headers=headers).json()


def update(client: TestClient, *records: dict[str, Any], all_or_none: bool = False, assign: str = "FALSE") -> Any:
    typed = [{"attributes": {"type": "Contact"}, **record} for record in records]
    body = {"allOrNone": all_or_none, "records": typed}
    return client.patch(f"{DATA}/composite/sobjects", json=body, headers={"Sforce-Auto-Assign": assign}).json()


def error_of(result: dict[str, Any]) -> tuple[str, str, list[str]]:
    assert result["success"] is False
    assert "id" not in result
    (error,) = result["errors"]
    return error["statusCode"], error["message"], error["fields"]


class TestSignIn:
    def sign_in(self, client: TestClient, **form: str) -> Any:
        return client.post("/services/oauth2/token", data={"grant_type": "client_credentials", **form})

    def test_client_credentials_give_a_token_that_opens_the_door(self, client: TestClient) -> None:
        answer = self.sign_in(client, client_id=CLIENT_ID, client_secret=CLIENT_SECRET).json()
        assert answer["instance_url"] == "http://testserver"
        assert answer["token_type"] == "Bearer"
        assert answer["issued_at"] == "1795167000000"
        client.headers["Authorization"] = f"Bearer {answer['access_token']}"
        assert client.get(f"{DATA}/limits").status_code == 200

    def test_basic_authentication_does_as_well(self, org: SalesforceOrg) -> None:
        client = TestClient(org.app())
        form = {"grant_type": "client_credentials"}
        answer = client.post("/services/oauth2/token", data=form, auth=(CLIENT_ID, CLIENT_SECRET))
        assert answer.status_code == 200

    @pytest.mark.parametrize(
        ("form", "error", "description"),
        [
            ({"grant_type": "password"}, "unsupported_grant_type", "grant type not supported"),
            ({"client_id": "x", "client_secret": CLIENT_SECRET}, "invalid_client_id", "client identifier invalid"),
            ({"client_id": CLIENT_ID, "client_secret": "x"}, "invalid_client", "invalid client credentials"),
        ],
    )
    def test_a_refused_sign_in_says_why(
        self, org: SalesforceOrg, form: dict[str, str], error: str, description: str
    ) -> None:
        answer = self.sign_in(TestClient(org.app()), **form)
        assert answer.status_code == 400
        assert answer.json() == {"error": error, "error_description": description}

    def test_a_revoked_token_is_refused(self, client: TestClient, org: SalesforceOrg) -> None:
        org.tokens.clear()
        answer = client.get(f"{DATA}/limits")
        assert answer.status_code == 401
        assert answer.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


class TestQuery:
    def test_rows_carry_attributes_and_nested_parents(self, client: TestClient) -> None:
        answer = query(client, "SELECT Id, account.website, Account.Name FROM Contact ORDER BY Id LIMIT 2")
        assert answer == {
            "totalSize": 2,
            "done": True,
            "records": [
                {
                    "attributes": {"type": "Contact", "url": f"{DATA}/sobjects/Contact/{ANN}"},
                    "Id": ANN,
                    "Account": {
                        "attributes": {"type": "Account", "url": f"{DATA}/sobjects/Account/{ACME}"},
                        "Website": "acme.example",
                        "Name": "Acme",
                    },
                },
                {
                    "attributes": {"type": "Contact", "url": f"{DATA}/sobjects/Contact/{BOB}"},
                    "Id": BOB,
                    "Account": None,
                },
            ],
        }

    def test_pages_follow_each_other_and_keep_what_the_query_saw(self, client: TestClient, org: SalesforceOrg) -> None:
        org.page_size = 3
        first = query(client, "SELECT Id, Title FROM Contact")
        assert (first["totalSize"], first["done"], len(first["records"])) == (4, False, 3)
        org.edit("Contact", DEE, Title="Retired")
        second = client.get(first["nextRecordsUrl"]).json()
        assert second["done"] is True
        assert "nextRecordsUrl" not in second
        assert [(row["Id"], row["Title"]) for row in second["records"]] == [(DEE, "cto")]

    def test_the_batch_size_is_a_wish_between_200_and_2000(self, client: TestClient) -> None:
        answer = query(client, "SELECT Id FROM Contact", **{"Sforce-Query-Options": "batchSize=1"})
        assert len(answer["records"]) == 4

    def test_only_ten_cursors_stay_open(self, client: TestClient, org: SalesforceOrg) -> None:
        org.page_size = 1
        links = [query(client, "SELECT Id FROM Contact")["nextRecordsUrl"] for _ in range(11)]
        assert client.get(links[1]).status_code == 200
        closed = client.get(links[0])
        assert closed.status_code == 400
        assert closed.json() == [{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}]

    def test_deleted_rows_are_for_query_all(self, client: TestClient, org: SalesforceOrg) -> None:
        org.delete("Contact", BOB, merged_into=ANN)
        text = "SELECT Id, MasterRecordId FROM Contact WHERE IsDeleted = true"
        assert query(client, text)["records"] == []
        every = client.get(f"{DATA}/queryAll", params={"q": text}).json()["records"]
        assert [(row["Id"], row["MasterRecordId"]) for row in every] == [(BOB, ANN)]

    def test_count_and_organization(self, client: TestClient) -> None:
        assert query(client, "SELECT COUNT() FROM Contact") == {"totalSize": 4, "done": True, "records": []}
        assert query(client, "SELECT Id FROM Organization")["records"][0]["Id"] == ORGANIZATION_ID

    def test_a_bad_query_is_a_400_with_its_code(self, client: TestClient) -> None:
        answer = client.get(f"{DATA}/query", params={"q": "SELECT Id FROM Contact WHERE Title = 5"})
        assert answer.status_code == 400
        assert answer.json()[0]["errorCode"] == "INVALID_FIELD"

    def test_an_address_longer_than_16384_bytes_is_refused(self, client: TestClient) -> None:
        room = 16_384 - len(f"{DATA}/query?q=")
        text = "SELECT+Id+FROM+Contact+WHERE+Title='"
        for length, status in ((room, 200), (room + 1, 414)):
            url = f"{DATA}/query?q={text}{'x' * (length - len(text) - 1)}'"
            assert client.get(url).status_code == status


class TestReadByIds:
    def test_rows_align_with_ids_and_gaps_are_null(self, client: TestClient, org: SalesforceOrg) -> None:
        org.delete("Contact", CAI)
        body = {"ids": [BOB, UNKNOWN, ANN, CAI, BOB], "fields": ["Id", "title"]}
        answer = client.post(f"{DATA}/composite/sobjects/Contact", json=body).json()
        assert [row and row["Id"] for row in answer] == [BOB, None, ANN, None, BOB]
        assert answer[2] == {
            "attributes": {"type": "Contact", "url": f"{DATA}/sobjects/Contact/{ANN}"}, "Id": ANN, "Title": "CTO",
        }  # fmt: skip

    def test_more_than_2000_ids_and_unknown_fields_are_refused(self, client: TestClient) -> None:
        path = f"{DATA}/composite/sobjects/Contact"
        many = client.post(path, json={"ids": [ANN] * 2001, "fields": ["Id"]})
        assert (many.status_code, many.json()[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")
        unknown = client.post(path, json={"ids": [ANN], "fields": ["Nickname"]})
        assert unknown.json()[0]["message"] == "No such column 'Nickname' on sobject of type Contact"


class TestReadOne:
    def test_all_fields_or_those_asked_for(self, client: TestClient) -> None:
        whole = client.get(f"{DATA}/sobjects/contact/{ANN[:15]}").json()
        assert whole["attributes"] == {"type": "Contact", "url": f"{DATA}/sobjects/Contact/{ANN}"}
        assert (whole["Id"], whole["Title"], whole["Phone"]) == (ANN, "CTO", None)
        some = client.get(f"{DATA}/sobjects/Contact/{ANN}", params={"fields": "title, Id"}).json()
        assert some.keys() == {"attributes", "Title", "Id"}
        assert client.get(f"{DATA}/sobjects/Organization/{ORGANIZATION_ID}").json()["Name"] == "Sandbox Org"

    def test_refusals(self, client: TestClient, org: SalesforceOrg) -> None:
        org.delete("Contact", BOB)
        for path, status, code in (
            (f"Contact/{UNKNOWN}", 404, "NOT_FOUND"),
            (f"Contact/{BOB}", 404, "ENTITY_IS_DELETED"),
            (f"Contact/{ANN}?fields=Nope", 400, "INVALID_FIELD"),
            (f"Nope/{ANN}", 404, "NOT_FOUND"),
        ):
            answer = client.get(f"{DATA}/sobjects/{path}")
            assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)


class TestUpdate:
    def test_what_lands_is_trimmed_stamped_and_answered_in_order(self, client: TestClient, org: SalesforceOrg) -> None:
        results = update(
            client, {"id": BOB, "Title": "  Chef ", "Phone": ""}, {"Id": ANN, "mobilephone": "+44 7700 900456"}
        )
        assert results == [{"id": id, "success": True, "errors": []} for id in (BOB, ANN)]
        bob, ann = org.row("Contact", BOB), org.row("Contact", ANN)
        assert (bob["Title"], bob["Phone"], ann["MobilePhone"]) == ("Chef", None, "+44 7700 900456")
        assert bob["SystemModstamp"] == bob["LastModifiedDate"] == "2026-11-20T09:30:00.000+0000"
        assert ann["SystemModstamp"] == "2026-11-20T09:30:00.001+0000"

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"Title": "x" * 129},
             ("STRING_TOO_LONG", f"Title: data value too large: {'x' * 129} (max length=128)", ["Title"])),
            ({"Seniority__c": "Intern"},
             ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
              "Seniority: bad value for restricted picklist field: Intern", ["Seniority__c"])),
            ({"Email": "ann at acme"},
             ("INVALID_EMAIL_ADDRESS", "Email: invalid email address: ann at acme", ["Email"])),
            ({"MobilePhone": "07700 900456"},
             ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Mobile phone must be in international format", [])),
            ({"Nickname": "x"},
             ("INVALID_FIELD", "No such column 'Nickname' on sobject of type Contact", ["Nickname"])),
            ({"Name": "x"},
             ("INVALID_FIELD_FOR_INSERT_UPDATE",
              "Unable to create/update fields: Name. Please check the security settings of this field and verify that "
              "it is read/write for your profile or permission set.", ["Name"])),
            ({"LastName": " "}, ("REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", ["LastName"])),
            ({"Title": 5},
             ("JSON_PARSER_ERROR",
              "Cannot deserialize instance of string from VALUE_NUMBER_INT value 5 or request may be missing a "
              "required field at [line:1, column:1]", ["Title"])),
        ],
    )  # fmt: skip
    def test_one_bad_record_stops_only_itself(
        self, client: TestClient, org: SalesforceOrg, fields: dict[str, Any], error: tuple[str, str, list[str]]
    ) -> None:
        good, bad = update(client, {"id": BOB, "Title": "Chef"}, {"id": ANN, "Department": "R&D", **fields})
        assert good["success"] is True
        assert error_of(bad) == error
        assert org.row("Contact", ANN)["Department"] is None
        assert org.row("Contact", ANN)["SystemModstamp"] == SEEN

    def test_every_bad_field_is_named(self, client: TestClient) -> None:
        (result,) = update(client, {"id": ANN, "Title": "x" * 129, "Email": "x", "Seniority__c": "x"})
        assert [error["fields"] for error in result["errors"]] == [["Title"], ["Email"], ["Seniority__c"]]

    def test_ids_that_lead_nowhere(self, client: TestClient, org: SalesforceOrg) -> None:
        org.delete("Contact", CAI)
        results = update(
            client, {"id": CAI, "Title": "x"}, {"id": UNKNOWN, "Title": "x"}, {"id": ACME, "Title": "x"},
            {"Title": "x"}, {"id": ANN, "Title": "x"}, {"id": ANN[:15], "Title": "y"},
        )  # fmt: skip
        assert [error_of(result)[:2] for result in results] == [
            ("ENTITY_IS_DELETED", "entity is deleted"),
            ("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
            ("MALFORMED_ID", f"Contact ID: id value of incorrect type: {ACME}"),
            ("MISSING_ARGUMENT", "Id not specified in an update call"),
            ("DUPLICATE_VALUE", f"Duplicate id specified: {ANN}"),
            ("DUPLICATE_VALUE", f"Duplicate id specified: {ANN[:15]}"),
        ]

    def test_all_or_none_rolls_back(self, client: TestClient, org: SalesforceOrg) -> None:
        good, bad = update(client, {"id": BOB, "Title": "Chef"}, {"id": ANN, "Email": "x"}, all_or_none=True)
        assert error_of(good)[0] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
        assert error_of(bad)[0] == "INVALID_EMAIL_ADDRESS"
        assert org.row("Contact", BOB)["Title"] is None

    def test_a_request_holds_200_records_in_ten_chunks(self, client: TestClient) -> None:
        many = [{"id": ANN, "Title": "x"}] * 201
        assert update(client, *many) == [
            {"message": "record limit reached. cannot submit more than 200 records into this call",
             "errorCode": "EXCEEDED_ID_LIMIT"}
        ]  # fmt: skip
        mixed = [{"attributes": {"type": kind}, "id": ANN} for _ in range(6) for kind in ("Contact", "Account")]
        assert update(client, *mixed)[0]["message"].startswith("Cannot have more than 10 chunks")

    def test_forgetting_the_auto_assign_header_moves_the_record(self, client: TestClient, org: SalesforceOrg) -> None:
        update(client, {"id": ANN, "Title": "x"}, {"id": BOB, "Title": "x"}, assign="TRUE")
        update(client, {"id": CAI, "Title": "x"})
        owners = [org.row("Contact", id)["OwnerId"] for id in (ANN, BOB, CAI)]
        assert owners == [ASSIGNMENT_QUEUE, ASSIGNMENT_QUEUE, OWNER]
        assert [logged.headers.get("sforce-auto-assign") for logged in org.requests] == ["TRUE", "FALSE"]
        assert "authorization" not in org.requests[0].headers

    def test_a_rule_may_refuse_in_any_words(self, client: TestClient, org: SalesforceOrg) -> None:
        lock = Refusal("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
        org.rules.append(lambda object, row: lock if row["Id"] == ANN else None)
        (result,) = update(client, {"id": ANN, "Title": "x"})
        assert error_of(result) == ("UNABLE_TO_LOCK_ROW", lock.message, [])

    def test_a_record_may_move_between_read_and_write(self, client: TestClient, org: SalesforceOrg) -> None:
        org.before_write = lambda ids: org.edit("Contact", ids[0], Title="Typed by hand")
        update(client, {"id": ANN, "Phone": "+44 7700 900789"})
        assert org.row("Contact", ANN)["Title"] == "Typed by hand"
        assert org.tables["Contact"].tally.writes == {ANN: 1}

    def test_date_times_keep_whole_seconds(self, client: TestClient, org: SalesforceOrg) -> None:
        update(client, {"id": ANN, "Lusha_Last_Enriched__c": "2026-11-20T10:30:00.987+01:00"})
        assert org.row("Contact", ANN)["Lusha_Last_Enriched__c"] == "2026-11-20T09:30:00.000+0000"


class TestHistory:
    TEXT = f"SELECT ContactId, Contact.Email, Field, OldValue, NewValue FROM ContactHistory WHERE ContactId = '{ANN}'"

    def rows(self, client: TestClient) -> list[tuple[Any, ...]]:
        return [
            tuple(row[key] for key in ("Field", "OldValue", "NewValue")) for row in query(client, self.TEXT)["records"]
        ]

    def test_edits_of_tracked_fields_are_kept_whoever_made_them(self, client: TestClient, org: SalesforceOrg) -> None:
        assert self.rows(client) == []
        org.edit("Contact", ANN, Title="CEO", Department="Board")
        update(client, {"id": ANN, "Title": "CFO", "Phone": "+15550100"})
        assert self.rows(client) == [("Title", "CTO", "CEO"), ("Phone", None, "+15550100"), ("Title", "CEO", "CFO")]
        (row,) = query(client, "SELECT Id, CreatedDate, Contact.Name FROM ContactHistory WHERE Field = 'Phone'")[
            "records"
        ]
        assert row["CreatedDate"] == "2026-11-20T09:30:00.000+0000"
        assert row["Contact"]["Name"] == "Ann Archer"

    def test_a_write_of_the_same_value_or_a_refused_one_is_no_edit(
        self, client: TestClient, org: SalesforceOrg
    ) -> None:
        update(client, {"id": ANN, "Title": "CTO"})
        update(client, {"id": ANN, "Title": "x" * 500})
        assert self.rows(client) == []

    def test_accounts_have_a_history_too(self, client: TestClient, org: SalesforceOrg) -> None:
        org.edit("Account", ACME, Website="acme.example.org", NumberOfEmployees=7)
        text = "SELECT AccountId, Field, NewValue FROM AccountHistory WHERE Field IN ('Website', 'NumberOfEmployees')"
        (row,) = query(client, text)["records"]
        assert (row["AccountId"], row["Field"], row["NewValue"]) == (ACME, "Website", "acme.example.org")

    @pytest.mark.parametrize(
        ("text", "code", "words"),
        [
            ("SELECT Id FROM ContactHistory WHERE NewValue = 'x'", "INVALID_FIELD", "'NewValue' can not be filtered"),
            ("SELECT Id FROM ContactHistory WHERE ParentId = 'x'", "INVALID_FIELD", "No such column 'ParentId'"),
            ("SELECT Id FROM CaseHistory", "INVALID_TYPE", "sObject type 'CaseHistory' is not supported."),
        ],
    )
    def test_it_is_queried_as_strictly_as_the_rest(self, client: TestClient, text: str, code: str, words: str) -> None:
        (error,) = query(client, text)
        assert error["errorCode"] == code
        assert words in error["message"]

    def test_without_tracking_it_does_not_exist(self, client: TestClient, org: SalesforceOrg) -> None:
        org.tracked = {}
        org.edit("Contact", ANN, Title="CEO")
        (error,) = query(client, self.TEXT)
        assert error["errorCode"] == "INVALID_TYPE"
        assert "sObject type 'ContactHistory' is not supported." in error["message"]
        assert client.get(f"{DATA}/sobjects/ContactHistory/describe").status_code == 404
        org.tracked = {"Contact": frozenset({"Title"})}
        assert self.rows(client) == []

    def test_it_cannot_be_written(self, client: TestClient) -> None:
        row = {"attributes": {"type": "ContactHistory"}, "id": "017SB0000000001AAA", "Field": "x"}
        (error,) = update(client, row)
        assert error["errorCode"] == "INVALID_TYPE"
        path = f"{DATA}/sobjects/ContactHistory/017SB0000000001AAA"
        assert client.patch(path, json={"Field": "x"}).json()[0]["errorCode"] == "INVALID_TYPE"
        assert client.get(f"{DATA}/sobjects/ContactHistory/describe").json()["updateable"] is False


class TestSingleUpdate:
    def patch(self, client: TestClient, id: str, body: dict[str, Any], **headers: str) -> Any:
        return client.patch(f"{DATA}/sobjects/Contact/{id}", json=body, headers={**KEEP_OWNER, **headers})

    @pytest.mark.parametrize(("second", "status"), [("08:00:00", 204), ("07:59:59", 412)])
    def test_a_precondition_has_a_grain_of_one_second(
        self, client: TestClient, org: SalesforceOrg, second: str, status: int
    ) -> None:
        org.tables["Contact"].rows[ANN]["LastModifiedDate"] = "2026-10-01T08:00:00.900+0000"
        headers = {"If-Unmodified-Since": f"Thu, 01 Oct 2026 {second} GMT"}
        assert self.patch(client, ANN, {"Title": "x"}, **headers).status_code == status
        assert org.row("Contact", ANN)["Title"] == ("x" if status == 204 else "CTO")

    def test_what_happens_before_a_request_is_seen_by_its_precondition(
        self, client: TestClient, org: SalesforceOrg
    ) -> None:
        met: list[list[str]] = []

        def edit(ids: Any) -> None:
            met.append(list(ids))
            org.edit("Contact", ANN, Title="Typed by hand")

        org.before_write = edit
        seen = {"If-Unmodified-Since": "Thu, 01 Oct 2026 08:00:00 GMT"}
        assert self.patch(client, ANN, {"Title": "x"}, **seen).status_code == 412
        assert self.patch(client, ANN, {"Phone": "+15550100"}).status_code == 204
        assert met == [[ANN], [ANN]]
        assert org.row("Contact", ANN)["Title"] == "Typed by hand"

    def test_a_record_deleted_before_its_request_is_gone(self, client: TestClient, org: SalesforceOrg) -> None:
        org.before_write = lambda ids: org.delete("Contact", ids[0])
        assert self.patch(client, ANN, {"Title": "x"}).json()[0]["errorCode"] == "ENTITY_IS_DELETED"

    def test_refusals_are_404_and_400(self, client: TestClient, org: SalesforceOrg) -> None:
        org.delete("Contact", CAI)
        assert self.patch(client, UNKNOWN, {"Title": "x"}).json()[0]["errorCode"] == "NOT_FOUND"
        assert self.patch(client, CAI, {"Title": "x"}).json()[0]["errorCode"] == "ENTITY_IS_DELETED"
        bad = self.patch(client, ANN, {"Email": "x"})
        assert bad.status_code == 400
        assert bad.json() == [
            {"message": "Email: invalid email address: x", "errorCode": "INVALID_EMAIL_ADDRESS", "fields": ["Email"]}
        ]


class TestDescribe:
    def fields(self, client: TestClient, object: str) -> dict[str, Any]:
        answer = client.get(f"{DATA}/sobjects/{object}/describe").json()
        return {field["name"]: field for field in answer["fields"]}

    def test_fields_tell_what_may_be_written(self, client: TestClient) -> None:
        fields = self.fields(client, "Contact")
        assert (fields["Title"]["length"], fields["Title"]["type"]) == (128, "string")
        assert fields["Name"]["calculated"] is True
        assert fields["IsEmailBounced"]["updateable"] is False
        assert fields["Seniority__c"]["restrictedPicklist"] is True
        assert fields["Seniority__c"]["custom"] is True
        assert {"value": "Vice President", "label": "Vice President", "active": True}.items() <= (
            fields["Seniority__c"]["picklistValues"][1].items()
        )
        account = fields["AccountId"]
        assert (account["relationshipName"], account["referenceTo"]) == ("Account", ["Account"])
        assert self.fields(client, "Account")["Industry"]["restrictedPicklist"] is False

    @pytest.mark.parametrize(
        "path", [f"{DATA}/sobjects/Prospect/describe", f"{DATA}/nothing", "/services/data/v29.0/limits"]
    )
    def test_unknown_paths_are_404(self, client: TestClient, path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.json() == [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]


class TestLimitsAndFaults:
    def test_each_answer_tells_the_usage_and_the_day_ends(self, client: TestClient, org: SalesforceOrg) -> None:
        org.daily.requests = 2
        assert client.get(f"{DATA}/limits").headers["Sforce-Limit-Info"] == "api-usage=1/2"
        assert client.get(f"{DATA}/limits").json() == {"DailyApiRequests": {"Max": 2, "Remaining": 0}}
        refused = client.get(f"{DATA}/limits")
        assert refused.status_code == 403
        assert refused.json() == [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]

    def test_a_failure_does_nothing_unless_told(self, client: TestClient, org: SalesforceOrg) -> None:
        org.fail_next(503, "SERVER_UNAVAILABLE", path=f"{DATA}/composite/sobjects")
        org.fail_next(500, "UNKNOWN_EXCEPTION", path=f"{DATA}/composite/sobjects", after_work=True)
        assert client.get(f"{DATA}/limits").status_code == 200
        assert update(client, {"id": ANN, "Title": "one"})[0]["errorCode"] == "SERVER_UNAVAILABLE"
        assert org.row("Contact", ANN)["Title"] == "CTO"
        assert update(client, {"id": ANN, "Title": "two"})[0]["errorCode"] == "UNKNOWN_EXCEPTION"
        assert org.row("Contact", ANN)["Title"] == "two"

    def test_a_dropped_write_was_done(self, client: TestClient, org: SalesforceOrg) -> None:
        org.drop_next()
        with pytest.raises(ConnectionResetError):
            update(client, {"id": ANN, "Title": "Chief"})
        assert org.row("Contact", ANN)["Title"] == "Chief"

    def test_a_truncated_answer_is_no_json(self, client: TestClient, org: SalesforceOrg) -> None:
        org.drop_next(how="truncate")
        with pytest.raises(ValueError, match=r"Unterminated string|Expecting"):
            query(client, "SELECT Id, Title FROM Contact")

    def test_the_counters_tell_every_field_that_did_not_change(self, client: TestClient) -> None:
        update(client, {"id": ANN, "Title": " CTO", "Phone": "+44 7700 900789"}, {"id": BOB, "Email": "x"})
        update(client, {"id": ANN, "Phone": None})
        stats = TestClient(client.app).get("/_sandbox/stats").json()
        assert stats["requests"] == {"PATCH /services/data/{version}/composite/sobjects": 2}
        assert stats["objects"]["Contact"] == {
            "rows": 4,
            "writes": 2,
            "records_written": 1,
            "written_more_than_once": {ANN: 2},
            "fields_received": {"Phone": 2, "Title": 1},
            "fields_unchanged": [{"id": ANN, "field": "Title"}],
        }
