"""The search of the sandbox's HubSpot portal: operators, pages, limits and the lagging index."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from connector.sandbox.hubspot import HubSpotPortal
from connector.sandbox.hubspot_schema import CONTACTS
from connector.sandbox.hubspot_search import read_search
from connector.sandbox.hubspot_tokens import TOKEN
from tests.sandbox.rows import Rows, hubspot_rows, person, still

OBJECTS = "/crm/v3/objects/contacts"
NAMES = {"9": "Ann", "10": "Bob", "101": "Cai"}


@pytest.fixture
def portal() -> HubSpotPortal:
    return HubSpotPortal(hubspot_rows(), clock=still, limits=False)


@pytest.fixture
def client(portal: HubSpotPortal) -> TestClient:
    return TestClient(portal.app(), headers={"Authorization": f"Bearer {TOKEN}"})


def post(client: TestClient, path: str, body: dict[str, Any], status: int = 200) -> Any:
    answer = client.post(f"{OBJECTS}/{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def search(client: TestClient, *filters: dict[str, Any], status: int = 200, **more: Any) -> Any:
    groups = [{"filters": list(filters)}] if filters else []
    return post(client, "search", {"filterGroups": groups, **more}, status)


def found(client: TestClient, *filters: dict[str, Any]) -> str:
    return " ".join(NAMES[row["id"]] for row in search(client, *filters)["results"])


class TestSearch:
    @pytest.mark.parametrize(
        ("name", "operator", "value", "names"),
        [
            ("jobtitle", "EQ", "cto", "Ann"),
            ("jobtitle", "NEQ", "ceo", "Ann"),
            ("jobtitle", "HAS_PROPERTY", None, "Ann"),
            ("jobtitle", "NOT_HAS_PROPERTY", None, "Bob Cai"),
            ("firstname", "IN", ["Ann", "cai"], "Ann Cai"),
            ("firstname", "NOT_IN", ["Ann", "cai"], "Bob"),
            ("email", "CONTAINS_TOKEN", "example", "Ann Bob"),
            ("email", "CONTAINS_TOKEN", "exam*", "Ann Bob"),
            ("email", "CONTAINS_TOKEN", "exam", ""),
            ("email", "NOT_CONTAINS_TOKEN", "acme", "Bob"),
            ("hs_object_id", "GT", "9", "Bob Cai"),
            ("hs_object_id", "LTE", "10", "Ann Bob"),
            ("hs_object_id", "BETWEEN", ("10", "101"), "Bob Cai"),
            ("hs_email_optout", "EQ", "true", "Bob"),
            ("hs_email_optout", "EQ", True, "Bob"),
            ("lusha_last_enriched", "LT", "2026-11-20T00:00:00Z", "Cai"),
            ("lusha_last_enriched", "GTE", "1795132799000", "Cai"),
            ("lusha_last_enriched", "GT", "1795132799000", ""),
            ("lastmodifieddate", "GTE", "2026-10-01", "Ann Bob Cai"),
        ],
    )
    def test_operators(self, client: TestClient, name: str, operator: str, value: Any, names: str) -> None:
        given: dict[str, Any] = {"propertyName": name, "operator": operator}
        if isinstance(value, list):
            given["values"] = value
        elif isinstance(value, tuple):
            given["value"], given["highValue"] = value
        elif value is not None:
            given["value"] = value
        assert found(client, given) == names

    def test_filters_of_a_group_all_hold_and_any_group_does(self, client: TestClient) -> None:
        has_email = {"propertyName": "email", "operator": "HAS_PROPERTY"}
        no_title = {"propertyName": "jobtitle", "operator": "NOT_HAS_PROPERTY"}
        cai = {"propertyName": "firstname", "operator": "EQ", "value": "Cai"}
        body = {"filterGroups": [{"filters": [has_email, no_title]}, {"filters": [cai]}]}
        assert [row["id"] for row in post(client, "search", body)["results"]] == ["10", "101"]

    def test_pages_sort_and_free_text(self, client: TestClient) -> None:
        sorts = [{"propertyName": "hs_object_id", "direction": "DESCENDING"}]
        page = search(client, sorts=sorts, limit=2, properties=["firstname"])
        assert (page["total"], page["paging"]) == (3, {"next": {"after": "2"}})
        assert [row["properties"]["firstname"] for row in page["results"]] == ["Cai", "Bob"]
        rest = search(client, sorts=sorts, limit=2, after="2")
        assert [row["id"] for row in rest["results"]] == ["9"]
        assert "paging" not in rest
        assert [row["id"] for row in search(client, query="acme ann")["results"]] == ["9"]

    def test_ten_thousand_results_are_the_end(self, client: TestClient) -> None:
        assert search(client, limit=200, after="9800")["results"] == []
        refused = search(client, limit=200, after="9801", status=400)
        assert refused["message"] == "Paging past 10000 results is not supported: after=9801, limit=200"
        assert refused["category"] == "VALIDATION_ERROR"

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ({"limit": 201}, "Invalid limit: 201. It must be between 1 and 200"),
            ({"filter": []}, 'Invalid input JSON on line 1, column 1: unknown field "filter"'),
            ({"filterGroups": [{"filters": []}] * 6}, "Too many filterGroups: 6, at most 5 are allowed"),
            ({"filterGroups": [{"filters": [{"propertyName": "email", "operator": "HAS_PROPERTY"}] * 7}]},
             "Too many filters in a group: 7, at most 6 are allowed"),
            ({"filterGroups": [{"filters": [{"propertyName": "email", "operator": "HAS_PROPERTY"}] * 5}] * 4},
             "Too many filters: 20, at most 18 are allowed"),
            ({"filterGroups": [{"filters": [{"propertyName": "nickname", "operator": "HAS_PROPERTY"}]}]},
             "Property 'nickname' does not exist"),
            ({"filterGroups": [{"filters": [{"propertyName": "email", "operator": "LIKE", "value": "x"}]}]},
             "Invalid input JSON on line 1, column 1: unknown operator LIKE"),
            ({"filterGroups": [{"filters": [{"propertyName": "email", "operator": "EQ"}]}]},
             "operator EQ requires a value for property email"),
            ({"sorts": ["email", "phone"]}, "Too many sorts: 2, at most 1 is allowed"),
            ({"query": "x" * 3000}, "The request body is longer than 3000 characters"),
        ],
    )  # fmt: skip
    def test_what_hubspot_refuses_is_refused(self, client: TestClient, body: dict[str, Any], message: str) -> None:
        assert post(client, "search", body, 400)["message"] == message

    def test_the_index_lags_behind_writes(self, client: TestClient, portal: HubSpotPortal) -> None:
        portal.search_lag = math.inf
        title = {"propertyName": "jobtitle", "operator": "HAS_PROPERTY"}
        post(client, "batch/update", {"inputs": [{"id": "10", "properties": {"jobtitle": "Chef"}}]})
        assert found(client, title) == "Ann"
        read = post(client, "batch/read", {"inputs": [{"id": "10"}], "properties": ["jobtitle"]})
        assert read["results"][0]["properties"]["jobtitle"] == "Chef"
        portal.index_now()
        assert found(client, title) == "Ann Bob"


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from(["CTO", "CEO", "", "Chef"]), min_size=1, max_size=6), st.sampled_from(["cto", "chef", "x"])
)
def test_equal_unequal_and_missing_split_the_records(titles: list[str], wanted: str) -> None:
    rows = [person(str(n), jobtitle=title) for n, title in enumerate(titles, start=1)]
    portal = HubSpotPortal(Rows(hubspot={"companies": [], "contacts": rows}), clock=still)

    def ids(operator: str) -> set[str]:
        given = {"propertyName": "jobtitle", "operator": operator, "value": wanted}
        _, rows = portal.found("contacts", read_search(CONTACTS, {"filterGroups": [{"filters": [given]}]}))
        return {row["id"] for row in rows}

    equal, unequal, missing = ids("EQ"), ids("NEQ"), ids("NOT_HAS_PROPERTY")
    assert len(equal) + len(unequal) + len(missing) == len(titles) == len(equal | unequal | missing)
