"""The sandbox's Salesforce objects beside contacts and accounts: leads, a custom object, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from connector.sandbox.salesforce import TOKEN, SalesforceOrg
from connector.sandbox.salesforce_schema import SalesforceField
from tests.sandbox.rows import ACME, NOW, salesforce_rows, still

DATA = "/services/data/v68.0"


@pytest.fixture
def org() -> SalesforceOrg:
    return SalesforceOrg(salesforce_rows(), clock=still)


@pytest.fixture
def client(org: SalesforceOrg) -> TestClient:
    return TestClient(org.app(), headers={"Authorization": f"Bearer {TOKEN}", "Sforce-Auto-Assign": "FALSE"})


def rows(client: TestClient, text: str, path: str = "query") -> Any:
    return client.get(f"{DATA}/{path}", params={"q": text}).json()["records"]


def write(client: TestClient, object: str, id: str, **values: Any) -> list[tuple[str, str, list[str]]]:
    record = {"attributes": {"type": object}, "id": id, **values}
    (answer,) = client.patch(f"{DATA}/composite/sobjects", json={"records": [record]}).json()
    return [(error["statusCode"], error["message"], error["fields"]) for error in answer["errors"]]


def lead(org: SalesforceOrg, **values: Any) -> str:
    (id,) = org.put("Lead", [{"FirstName": "Ann", "LastName": "Archer", "Company": "Acme", **values}])
    return id


class TestLeads:
    def test_they_have_a_status_and_a_name_made_of_two(self, org: SalesforceOrg, client: TestClient) -> None:
        lead(org)
        (row,) = rows(client, "SELECT Name, Status, IsConverted FROM Lead")
        told = {name: row[name] for name in ("Name", "Status", "IsConverted")}
        assert told == {"Name": "Ann Archer", "Status": "Open - Not Contacted", "IsConverted": False}

    def test_their_edits_are_kept(self, org: SalesforceOrg, client: TestClient) -> None:
        id = lead(org)
        org.edit("Lead", id, Title="CTO")
        (row,) = rows(client, "SELECT LeadId, Field, NewValue FROM LeadHistory")
        assert (row["LeadId"], row["Field"], row["NewValue"]) == (id, "Title", "CTO")

    def test_company_and_status_are_needed(self, org: SalesforceOrg, client: TestClient) -> None:
        id = lead(org)
        (refused,) = write(client, "Lead", id, Company=None)
        assert refused == ("REQUIRED_FIELD_MISSING", "Required fields are missing: [Company]", ["Company"])
        (refused,) = write(client, "Lead", id, Status="Warm")
        assert refused[0] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"

    def test_a_converted_one_is_read_only_and_names_its_contact(self, org: SalesforceOrg, client: TestClient) -> None:
        id = lead(org, Title="CTO")
        contact = org.convert(id)
        refused = write(client, "Lead", id, Title="CEO")
        assert refused == [("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [])]
        (row,) = rows(client, "SELECT ConvertedContactId, ConvertedContact.Title, ConvertedDate FROM Lead")
        assert (row["ConvertedContactId"], row["ConvertedContact"]["Title"]) == (contact, "CTO")
        assert row["ConvertedDate"] == NOW.date().isoformat()
        assert rows(client, "SELECT Id FROM Lead WHERE IsConverted = false AND ConvertedDate = null") == []
        assert len(rows(client, "SELECT Id FROM Lead WHERE ConvertedDate = TODAY")) == 1
        assert len(rows(client, f"SELECT Id FROM Lead WHERE ConvertedDate <= {NOW:%Y-%m-%d}")) == 1

    def test_a_merged_one_names_its_master_to_query_all_alone(self, org: SalesforceOrg, client: TestClient) -> None:
        loser, master = lead(org), lead(org, FirstName="Anne")
        org.delete("Lead", loser, merged_into=master)
        text = f"SELECT MasterRecordId FROM Lead WHERE Id = '{loser}'"
        assert rows(client, text) == []
        assert rows(client, text, "queryAll")[0]["MasterRecordId"] == master


class TestACustomObject:
    def test_it_says_that_it_is_one_and_reaches_its_parent(self, org: SalesforceOrg, client: TestClient) -> None:
        org.put("Partner__c", [{"Name": "Acme Reselling", "Account__c": ACME}])
        told = client.get(f"{DATA}/sobjects/Partner__c/describe").json()
        assert (told["custom"], told["mergeable"], told["keyPrefix"]) == (True, False, "a01")
        (row,) = rows(client, "SELECT Name, Account__r.Name FROM Partner__c")
        assert row["Account__r"]["Name"] == "Acme"

    def test_its_history_points_to_its_parent_record(self, org: SalesforceOrg, client: TestClient) -> None:
        (id,) = org.put("Partner__c", [{"Name": "Acme Reselling"}])
        org.edit("Partner__c", id, Website__c="acme.example")
        (row,) = rows(client, "SELECT ParentId, Field FROM Partner__History")
        assert (row["ParentId"], row["Field"]) == (id, "Website__c")

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("Employees__c", "many", "JSON_PARSER_ERROR"),
            ("Founded__c", "2026-13-01", "JSON_PARSER_ERROR"),
            ("Technologies__c", "SAP;Abacus", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
            ("Notes__c", "x" * 256, "STRING_TOO_LONG"),
            ("Email__c", "nobody", "INVALID_EMAIL_ADDRESS"),
            ("Seats__c", 3, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ],
    )
    def test_it_refuses_by_type(
        self, org: SalesforceOrg, client: TestClient, field: str, value: object, code: str
    ) -> None:
        (id,) = org.put("Partner__c", [{"Name": "Acme Reselling"}])
        ((told, _, fields),) = write(client, "Partner__c", id, **{field: value})
        assert (told, fields) == (code, [field])

    def test_it_takes_what_fits(self, org: SalesforceOrg, client: TestClient) -> None:
        (id,) = org.put("Partner__c", [{"Name": "Acme Reselling"}])
        values = {"Employees__c": 12, "Founded__c": "2001-02-03", "Technologies__c": "SAP;HubSpot"}
        assert write(client, "Partner__c", id, **values) == []
        row = org.row("Partner__c", id)
        assert {name: row[name] for name in values} == {**values, "Employees__c": 12.0}


class TestPuttingRowsIn:
    def test_ids_come_in_order_and_none_twice(self, org: SalesforceOrg) -> None:
        ids = org.put("Lead", ({"LastName": f"L{number}", "Company": "Acme"} for number in range(3_000)))
        assert len(set(ids)) == 3_000
        assert [org.row("Lead", id)["LastName"] for id in ids[:2]] == ["L0", "L1"]

    def test_a_field_that_the_object_lacks_is_named(self, org: SalesforceOrg) -> None:
        with pytest.raises(ValueError, match="Lead has no fields Nickname in this org"):
            org.put("Lead", [{"Nickname": "Ann"}])

    def test_a_field_can_be_added_to_an_object_and_its_records(self, org: SalesforceOrg, client: TestClient) -> None:
        id = lead(org)
        org.having("Lead", SalesforceField("Nickname__c", "Nickname", length=20))
        assert write(client, "Lead", id, Nickname__c="Ann") == []
        assert rows(client, "SELECT Nickname__c FROM Lead")[0]["Nickname__c"] == "Ann"


class TestDependentPicklists:
    @pytest.fixture(autouse=True)
    def _fields(self, org: SalesforceOrg) -> None:
        tiers = (("Reseller",), ("Reseller", "Referrer"))
        org.having(
            "Partner__c",
            SalesforceField("Kind__c", "Kind", "picklist", 255, options=("Referrer", "Reseller")),
            SalesforceField(
                "Tier__c", "Tier", "picklist", 255, options=("Gold", "Silver"), restricted=True, controller="Kind__c",
                valid_for=tiers,
            ),
        )  # fmt: skip

    @pytest.mark.parametrize(("kind", "tier", "lands"), [
        ("Reseller", "Gold", True), ("Referrer", "Silver", True), ("Referrer", "Gold", False), (None, "Silver", False),
    ])  # fmt: skip
    def test_an_option_must_go_with_its_controller(
        self, org: SalesforceOrg, client: TestClient, kind: str | None, tier: str, lands: bool
    ) -> None:
        (id,) = org.put("Partner__c", [{"Name": "Acme Reselling", "Kind__c": kind}])
        refused = write(client, "Partner__c", id, Tier__c=tier)
        words = f"Tier: bad value for restricted picklist field: {tier}"
        assert refused == ([] if lands else [("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", words, ["Tier__c"])])

    def test_a_controller_may_not_leave_its_dependent_behind(self, org: SalesforceOrg, client: TestClient) -> None:
        (id,) = org.put("Partner__c", [{"Name": "Acme Reselling", "Kind__c": "Reseller", "Tier__c": "Gold"}])
        assert write(client, "Partner__c", id, Kind__c="Referrer") != []
        assert write(client, "Partner__c", id, Kind__c="Referrer", Tier__c="Silver") == []


class TestStateAndCountryPicklists:
    @pytest.fixture(autouse=True)
    def _switch(self, org: SalesforceOrg) -> None:
        org.edit("Account", ACME, BillingCountry="United States", BillingState="New York")
        org.state_and_country_picklists()

    def test_codes_of_what_was_there_are_found(self, org: SalesforceOrg) -> None:
        row = org.row("Account", ACME)
        assert (row["BillingCountryCode"], row["BillingStateCode"]) == ("US", "NY")

    def test_text_and_code_say_the_same(self, org: SalesforceOrg, client: TestClient) -> None:
        assert write(client, "Account", ACME, BillingCountryCode="CA", BillingState="Ontario") == []
        row = org.row("Account", ACME)
        told = [row[f"Billing{name}"] for name in ("Country", "CountryCode", "State", "StateCode")]
        assert told == ["Canada", "CA", "Ontario", "ON"]

    @pytest.mark.parametrize(
        ("values", "words", "field"),
        [
            ({"BillingCountry": "USA"}, "There's a problem with this country", "BillingCountry"),
            ({"BillingCountryCode": "XX"}, "There's a problem with this country", "BillingCountryCode"),
            ({"BillingState": "Ontario"}, "There's a problem with this state", "BillingState"),
            ({"BillingCountryCode": "CA"}, "There's a problem with this state", "BillingStateCode"),
            ({"BillingState": "NY"}, "There's a problem with this state", "BillingState"),
            (
                {"BillingCountryCode": "CA", "BillingCountry": "Germany"},
                "There's a problem with this country",
                "BillingCountryCode",
            ),
            ({"BillingCountry": None}, "A country/territory must be specified before", "BillingStateCode"),
        ],
    )
    def test_what_is_no_place_is_refused(
        self, client: TestClient, values: dict[str, Any], words: str, field: str
    ) -> None:
        ((code, message, fields),) = write(client, "Account", ACME, **values)
        assert (code, fields) == ("FIELD_INTEGRITY_EXCEPTION", [field])
        assert message.startswith(words)

    def test_a_countrys_code_takes_the_state_with_it(self, org: SalesforceOrg, client: TestClient) -> None:
        assert write(client, "Account", ACME, BillingCountryCode=None) == []
        row = org.row("Account", ACME)
        assert [row[f"Billing{name}"] for name in ("Country", "CountryCode", "State", "StateCode")] == [None] * 4

    def test_both_can_be_cleared(self, org: SalesforceOrg, client: TestClient) -> None:
        assert write(client, "Account", ACME, BillingCountry=None, BillingStateCode=None) == []
        row = org.row("Account", ACME)
        assert [row[f"Billing{name}"] for name in ("Country", "CountryCode", "State", "StateCode")] == [None] * 4


class TestPersonAccounts:
    @pytest.fixture(autouse=True)
    def _switch(self, org: SalesforceOrg) -> None:
        org.person_accounts()

    @pytest.fixture
    def person(self, org: SalesforceOrg) -> str:
        names = {"FirstName": "Ann", "LastName": "Lee", "Name": "Ann Lee"}
        (id,) = org.put("Account", [{**names, "IsPersonAccount": True}])
        return id

    def test_the_name_follows_from_its_parts_and_cannot_be_written(
        self, org: SalesforceOrg, client: TestClient, person: str
    ) -> None:
        ((code, _, fields),) = write(client, "Account", person, Name="Ann Byrne")
        assert (code, fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ["Name"])
        assert write(client, "Account", person, LastName="Byrne", PersonTitle="Chief") == []
        assert org.row("Account", person)["Name"] == "Ann Byrne"

    def test_a_company_has_no_fields_of_people(self, client: TestClient) -> None:
        ((code, _, fields),) = write(client, "Account", ACME, PersonTitle="Chief", Website="https://acme.example")
        assert (code, fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ["PersonTitle"])

    def test_the_contact_behind_it_is_edited_through_it_alone(
        self, org: SalesforceOrg, client: TestClient, person: str
    ) -> None:
        (contact,) = org.put("Contact", [{"LastName": "Lee", "AccountId": person, "IsPersonAccount": True}])
        ((code, _, fields),) = write(client, "Contact", contact, Title="Chief")
        assert (code, fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ["Title"])
