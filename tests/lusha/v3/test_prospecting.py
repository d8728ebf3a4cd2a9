"""Prospecting: filters checked by name, pages read as previews. All people are invented."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import RequestRefused
from connector.lusha.calls import Undocumented
from connector.lusha.prices import PriceList
from connector.lusha.v3.prospecting import FILTERS, LISTED, filter_types, filter_values, prospecting
from connector.models import Entity, FilterType
from tests.lusha.test_cleaning import json_values

PRICES = PriceList()
SALES = {"contacts": {"include": {"departments": ["Sales"]}}}
SMALL = {"companies": {"include": {"sizes": [{"min": 1, "max": 50}]}}}


def test_people_by_default_on_the_first_page_without_partial_profiles() -> None:
    call = prospecting("person", SALES, PRICES)
    assert (call.method, call.path, call.paid) == ("POST", "/v3/contacts/prospecting", True)
    assert call.body == {
        "pagination": {"page": 0, "size": 25},
        "filters": SALES,
        "options": {"includePartialProfiles": False},
    }


def test_everything_that_can_be_asked_for() -> None:
    filters = {**SALES, "companies": {"exclude": {"domains": ["acme.example.com"]}}}
    call = prospecting("person", filters, PRICES, page=1000, size=100, partial=True, without_do_not_call=True)
    assert call.body == {
        "pagination": {"page": 1000, "size": 100},
        "filters": filters,
        "options": {"includePartialProfiles": True, "excludeDnc": True},
    }


def test_companies() -> None:
    call = prospecting("company", SMALL, PRICES, size=10)
    assert call.path == "/v3/companies/prospecting"
    assert call.body is not None
    assert call.body["options"] == {"includePartialProfiles": False}


def test_the_body_is_a_copy() -> None:
    mine: dict[str, Any] = {"contacts": {"include": {"departments": ["Sales"]}}}
    call = prospecting("person", mine, PRICES)
    mine["contacts"]["include"]["tableId"] = "1"
    assert call.body is not None
    assert call.body["filters"] == SALES


@pytest.mark.parametrize(
    ("entity", "filters", "problem"),
    [
        ("person", {"contact": {}}, "no group of filters 'contact' — did you mean 'contacts'?"),
        ("person", {"contacts": {"including": {}}},
         "no side of filters.contacts 'including' — did you mean 'include'?"),
        ("person", {"contacts": []}, "filters.contacts is no map of include and exclude"),
        ("person", {"contacts": {"include": ["Sales"]}}, "filters.contacts.include is no map of filters"),
        ("person", {"contacts": {"include": {"department": ["Sales"]}}},
         "no filter of filters.contacts.include 'department' — did you mean 'departments'?"),
        ("person", {"companies": {"exclude": {"searchText": "x"}}},
         "no filter of filters.companies.exclude 'searchText'"),
        ("person", {"contacts": {"include": {"x": 1}, "exclude": {"y": 1}}},
         "no filter of filters.contacts.include 'x'; no filter of filters.contacts.exclude 'y'"),
        ("company", {"companies": {"include": {"funding": {}}}}, "no filter of filters.companies.include 'funding'"),
        ("company", {}, "filters.companies.include is missing"),
        ("company", {"companies": {"exclude": {}}}, "filters.companies.include is missing"),
        ("company", {"companies": {"include": {"intentTopics": ["CRM"], "sizes": []}, "exclude": {"searchText": "x"}},
                     "contacts": {"include": {"departments": ["Sales"]}}},
         "filters.companies.include.intentTopics cannot stand beside filters.contacts; "
         "filters.companies.exclude.searchText cannot stand beside filters.contacts"),
        ("company", {**SMALL, "contacts": {"include": {"emails": []}}},
         "no filter of filters.contacts.include 'emails'"),
    ],
)  # fmt: skip
def test_filters_that_lusha_would_refuse(entity: Entity, filters: dict[str, Any], problem: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        prospecting(entity, filters, PRICES)
    assert refused.value.message == f"Lusha: {problem}; nothing was sent"
    assert refused.value.code == "400"


@pytest.mark.parametrize("contacts", [{}, {"include": {}, "exclude": {}}])
def test_empty_filters_of_contacts_stand_beside_anything(contacts: dict[str, Any]) -> None:
    filters = {"companies": {"include": {"technologies": ["node.js"]}}, "contacts": contacts}
    assert prospecting("company", filters, PRICES).body


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"page": -1}, "pages are 0 to 1000, not -1"),
        ({"page": 1001}, "pages are 0 to 1000, not 1001"),
        ({"size": 9}, "a page has 10 to 100 results, not 9"),
        ({"size": 101}, "a page has 10 to 100 results, not 101"),
        ({"without_do_not_call": True}, "only people can be looked for without those on a do-not-call list"),
    ],
)
def test_pages_and_options_that_lusha_would_refuse(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(RequestRefused, match=problem):
        prospecting("company", SMALL, PRICES, **options)


def test_a_page_of_previews() -> None:
    lean = {"id": "1000000001", "firstName": "Zoë", "lastName": "Example"}
    full = {"id": "1000000002", "canReveal": [{"field": "phones", "credits": 0}]}
    broken = [{"firstName": "Nobody"}, {"id": "3", "error": {"code": "NOT_FOUND"}}, None]
    found = prospecting("person", SALES, PRICES, page=2, size=50).read(
        {
            "requestId": "r",
            "results": [lean, *broken, full],
            "pagination": {"page": 2, "size": 40, "total": 670550},
            "billing": {"creditsCharged": 2},
        }
    )
    assert [profile.id for profile in found.profiles] == ["1000000001", "1000000002"]
    assert found.profiles[0].attributes["full_name"] == "Zoë Example"
    assert found.profiles[0].raw is lean
    assert [profile.offers for profile in found.profiles] == [None, {"phones": 0}]
    assert (found.page, found.size, found.total, found.charged) == (2, 40, 670550, 2)
    assert found.request_id is None


def test_a_page_that_tells_nothing_of_itself() -> None:
    found = prospecting("company", SMALL, PRICES, page=3, size=10).read({"results": []})
    assert (found.profiles, found.page, found.size, found.total, found.charged) == ((), 3, 10, None, None)


@pytest.mark.parametrize("payload", [None, [], "x", {}, {"results": {}}])
def test_an_answer_without_results_is_undocumented(payload: Any) -> None:
    with pytest.raises(Undocumented):
        prospecting("person", SALES, PRICES).read(payload)


@settings(max_examples=100)
@given(st.sampled_from(["person", "company"]), st.lists(json_values), json_values, json_values)
def test_no_answer_breaks_the_reader(entity: Entity, results: list[Any], pages: Any, billing: Any) -> None:
    known = {"id": "1", "name": "x"}
    read = prospecting(entity, SMALL, PRICES).read
    found = read({"results": [*results, known], "pagination": pages, "billing": billing})
    assert found.profiles[-1].raw is known


def test_filter_types() -> None:
    call = filter_types("person")
    assert (call.method, call.path, call.paid) == ("GET", "/v3/contacts/prospecting/filters", False)
    told = [{"filterType": "locations", "requiresQuery": True}, {"filterType": "seniority"}, {}, None]
    assert call.read({"availableFilters": told}) == (FilterType("locations", True), FilterType("seniority", False))
    with pytest.raises(Undocumented, match="no availableFilters"):
        call.read({"availableFilters": None})


def test_filter_values() -> None:
    call = filter_values("company", "names", "acme & co")
    assert (call.method, call.path, call.query) == (
        "GET", "/v3/companies/prospecting/filters/names", {"query": "acme & co"},
    )  # fmt: skip
    assert call.name == "GET /v3/companies/prospecting/filters/{filterType}"
    assert not call.paid
    assert filter_values("person", "seniority").query is None


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (["Sales", "Finance"], ("Sales", "Finance")),
        ([{"id": 10, "name": "founder"}], ({"id": 10, "name": "founder"},)),
        (None, ()),
        ([], ()),
        ({"a": 1}, ({"a": 1},)),
    ],
)
def test_filter_values_are_left_as_they_are(values: Any, read: tuple[Any, ...]) -> None:
    assert filter_values("company", "sizes").read({"values": values}) == read


@pytest.mark.parametrize("payload", [{}, None, ["Sales"]])
def test_an_answer_without_values_is_undocumented(payload: Any) -> None:
    with pytest.raises(Undocumented):
        filter_values("company", "sizes").read(payload)


@pytest.mark.parametrize(
    ("entity", "name", "query", "problem"),
    [
        ("person", "seniorities", None, "no list of values for filter 'seniorities' — did you mean 'seniority'?"),
        ("person", "technologies", None, "no list of values for filter 'technologies'"),
        ("company", "locations", None, "the values of filter 'locations' are searched for by a query; there is none"),
        ("company", "locations", "b", "a query has 2 to 256 characters, not 1"),
        ("company", "sizes", "b" * 257, "a query has 2 to 256 characters, not 257"),
    ],
)
def test_filter_values_that_lusha_would_refuse(entity: Entity, name: str, query: str | None, problem: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        filter_values(entity, name, query)
    assert refused.value.message == f"Lusha: {problem}; nothing was sent"


def test_the_tables_are_frozen() -> None:
    with pytest.raises(TypeError):
        FILTERS["person"] = {}  # type: ignore[index]
    with pytest.raises(TypeError):
        LISTED["person"] = {}  # type: ignore[index]
