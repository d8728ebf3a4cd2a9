"""Prospecting: filters by name, previews with offers, and the purchase under the search's request id."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import RequestRefused
from connector.lusha.calls import Undocumented
from connector.lusha.prices import PriceList
from connector.lusha.probe import PROBE
from connector.lusha.v2.prospecting import enrich, filter_types, filter_values, prospecting
from connector.models import Entity, FilterType, Price
from tests.lusha.v2 import telling

PRICES = PriceList({"emails": Price(2), "phones": Price(7), "company": Price(3)})
SALES = {"contacts": {"include": {"departments": ["Sales"]}}}
BOTH = {"emails", "phones"}


def test_a_search_for_people() -> None:
    call = prospecting("person", SALES, PRICES, page=2, size=50, without_do_not_call=True)
    assert (call.name, call.paid) == ("POST /prospecting/contact/search", True)
    assert call.body == {
        "pages": {"page": 2, "size": 50},
        "filters": SALES,
        "includePartialContact": False,
        "excludeDnc": True,
    }
    asked = prospecting("person", {}, partial=True).body
    assert asked == {"pages": {"page": 0, "size": 20}, "filters": {}, "includePartialContact": True}


def test_a_search_for_companies() -> None:
    filters = {"companies": {"include": {"names": ["Acme Example"]}, "exclude": {}}}
    call = prospecting("company", filters)
    assert (call.name, call.body) == (
        "POST /prospecting/company/search",
        {"pages": {"page": 0, "size": 20}, "filters": filters},
    )
    thin = prospecting("company", filters, partial=False).body
    assert thin and thin["filters"]["companies"]["include"] == {
        "names": ["Acme Example"],
        "excludePartialCompanies": True,
    }
    assert filters["companies"]["include"] == {"names": ["Acme Example"]}
    fat = prospecting("company", {}, partial=True).body
    assert fat and fat["filters"] == {"companies": {"include": {"excludePartialCompanies": False}}}


@pytest.mark.parametrize("word", ["signal", "signals"])
def test_both_words_for_signals_are_taken(word: str) -> None:
    filters = {"contacts": {"include": {word: {"names": ["promotion"]}}}}
    body = prospecting("person", filters).body
    assert body and body["filters"] == filters


@pytest.mark.parametrize(
    ("entity", "filters", "options", "problem"),
    [
        ("person", SALES, {"page": -1}, "pages are 0 to 1000, not -1"),
        ("person", SALES, {"page": 1001}, "pages are 0 to 1000, not 1001"),
        ("person", SALES, {"size": 9}, "a page has 10 to 50 results, not 9"),
        ("person", SALES, {"size": 51}, "a page has 10 to 50 results, not 51"),
        (
            "company",
            {},
            {"without_do_not_call": True},
            "only people can be looked for without those on a do-not-call list",
        ),
        ("person", {"contact": {}}, {}, "no group of filters 'contact' — did you mean 'contacts'?"),
        ("company", {"contacts": {}}, {}, "no group of filters 'contacts'"),
        ("person", {"contacts": []}, {}, "filters.contacts is no map of include and exclude"),
        (
            "person",
            {"contacts": {"includes": {}}},
            {},
            "no side of filters.contacts 'includes' — did you mean 'include'?",
        ),
        ("person", {"contacts": {"include": ["Sales"]}}, {}, "filters.contacts.include is no map of filters"),
        (
            "person",
            {"contacts": {"include": {"department": ["Sales"], "seniority": [4]}, "exclude": {"zip": 1}}},
            {},
            "no filter of filters.contacts.include 'department' — did you mean 'departments'?; "
            "no filter of filters.contacts.exclude 'zip'",
        ),
        (
            "company",
            {"companies": {"include": {"sicCode": []}}},
            {},
            "no filter of filters.companies.include 'sicCode' — did you mean 'sicCodes'?",
        ),
    ],
)
def test_refusals(entity: Entity, filters: dict[str, Any], options: dict[str, Any], problem: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        prospecting(entity, filters, **options)
    assert refused.value.message == f"Lusha: {problem}; nothing was sent"
    assert refused.value.code == "400"


def preview(**change: Any) -> dict[str, Any]:
    return {
        "contactId": "00000000-0000-4000-8000-000000000001",
        "isShown": False,
        "name": "Ada Example",
        "jobTitle": "Director of Operations",
        "companyId": 2000000001,
        "companyName": "Acme Example",
        "fqdn": "www.acme.example.com",
        "hasEmails": True,
        "hasPhones": True,
        **change,
    }


@pytest.mark.parametrize(
    ("change", "offers"),
    [
        ({}, {"emails": 2, "phones": 7}),
        ({"hasPhones": False}, {"emails": 2}),
        ({"hasEmails": None, "hasPhones": None}, {}),
        (
            {"hasEmails": None, "hasWorkEmail": True, "hasPhones": False, "hasMobilePhone": True},
            {"emails": 2, "phones": 7},
        ),
        ({"isShown": True}, {"emails": 0, "phones": 0}),
    ],
)
def test_people_found(change: dict[str, Any], offers: dict[str, int]) -> None:
    entry = preview(**change)
    payload = {
        "requestId": "r1",
        "currentPage": 0,
        "pageLength": 1,
        "totalResults": 37,
        "contacts": [entry, {"name": "X"}],
    }
    found = prospecting("person", SALES, PRICES).read(payload)
    assert (found.request_id, found.page, found.size, found.total, found.charged) == ("r1", 0, 20, 37, None)
    [profile] = found.profiles
    assert profile.id == "00000000-0000-4000-8000-000000000001"
    assert profile.attributes == {
        "full_name": "Ada Example",
        "job_title": {"title": "Director of Operations"},
        "company": {"id": "2000000001", "name": "Acme Example", "domain": "acme.example.com"},
    }
    assert (profile.offers, profile.revealed, profile.raw) == (offers, frozenset(), entry)


def test_companies_found() -> None:
    entry = {"id": "2000000001", "name": "Acme Example", "fqdn": "www.acme.example.com", "hasCompanyRevenue": True}
    found = prospecting("company", {}, PRICES, page=3).read({"companies": [entry]})
    assert (found.request_id, found.page, found.total) == (None, 3, None)
    [profile] = found.profiles
    assert (profile.id, profile.offers) == ("2000000001", {"company": 3})
    assert profile.attributes == {
        "id": "2000000001",
        "name": "Acme Example",
        "domain": "acme.example.com",
        "website": "https://www.acme.example.com",
    }


@pytest.mark.parametrize("payload", [None, [], {}, {"contacts": {}}, {"companies": []}])
def test_a_search_answer_of_another_shape(payload: Any) -> None:
    with pytest.raises(Undocumented):
        prospecting("person", SALES).read(payload)


def test_a_purchase() -> None:
    call = enrich("person", "r1", ["a", "b", "a"], {"emails"}, PRICES)
    assert (call.name, call.paid) == ("POST /prospecting/contact/enrich", True)
    assert call.body == {"requestId": "r1", "contactIds": ["a", "b"], "revealEmails": True, "revealPhones": False}
    assert enrich("person", "r1", ["a"], None, PRICES).body == {"requestId": "r1", "contactIds": ["a"]}
    call = enrich("company", "r1", ["7"], {"company"}, PRICES)
    assert (call.name, call.body) == (
        "POST /prospecting/company/enrich",
        {"requestId": "r1", "companiesIds": ["7"]},
    )


def test_purchases_that_are_refused() -> None:
    with pytest.raises(RequestRefused, match="item 2 of the request has a blank id"):
        enrich("company", "r1", ["7", " "], None, PRICES)
    with pytest.raises(RequestRefused, match="the id of the search that found them is blank"):
        enrich("company", " ", ["7"], None, PRICES)
    with pytest.raises(ValueError, match="must name what to reveal"):
        enrich("person", "r1", ["a"], set(), PRICES)
    with pytest.raises(RequestRefused, match="a request holds 100 items at most, not 101"):
        enrich("person", "r1", [str(number) for number in range(101)], BOTH, PRICES)
    with pytest.raises(ValueError, match="needs an item"):
        enrich("person", "r1", [], BOTH, PRICES)


@given(
    st.permutations(range(5)),
    st.sets(st.integers(0, 4)),
    st.sets(st.integers(0, 4)),
    st.lists(st.integers(0, 4)),
    st.sampled_from([{"emails"}, {"phones"}, BOTH, None]),
)
def test_people_bought_keep_their_places(
    order: list[int], left_out: set[int], failed: set[int], repeated: list[int], reveal: set[str] | None
) -> None:
    def entry(number: int, failed: bool) -> dict[str, Any]:
        data = {**telling.person_in_prospecting(PROBE["person"]), "fullName": f"Person {number}"}
        return {"id": f"c{number}", "isSuccess": not failed, "data": None if failed else data}

    contacts = [entry(number, number in failed) for number in order if number not in left_out]
    contacts += [entry(number, True) for number in repeated if number not in left_out]
    answer = enrich("person", "r1", [f"c{number}" for number in range(5)], reveal, PRICES).read({"contacts": contacts})
    price = sum({"emails": 2, "phones": 7}[datum] for datum in (reveal or BOTH))
    assert answer.charged == price * len(set(range(5)) - left_out - failed)
    assert answer.estimated
    for number, item in enumerate(answer.items):
        if number in left_out or number in failed:
            assert item.error == ("NO_ANSWER" if number in left_out else "ENRICH_FAILED")
        else:
            assert item.profile and item.profile.id == f"c{number}"
            assert item.profile.attributes["full_name"] == f"Person {number}"
            assert "id" not in item.profile.attributes
            assert item.profile.raw["id"] == f"c{number}"
            assert item.profile.revealed == {"emails", "phones", "profile"}


def test_companies_bought() -> None:
    entry = telling.company_in_prospecting(PROBE["company"])
    payload = {"requestId": "r1", "companies": [entry, {"id": 99, "error": {"message": "late"}}]}
    answer = enrich("company", "r1", ["99", "5", "2000000001"], None, PRICES).read(payload)
    assert [item.error for item in answer.items] == ["ENRICH_FAILED", "NO_ANSWER", None]
    profile = answer.items[2].profile
    assert profile and profile.id == "2000000001"
    assert profile.revealed == {"company", "intent"}
    assert (answer.charged, answer.estimated) == (3, True)


@pytest.mark.parametrize("payload", [None, [], {}, {"contacts": {}}])
def test_a_purchase_of_another_shape(payload: Any) -> None:
    with pytest.raises(Undocumented):
        enrich("person", "r1", ["a"], BOTH, PRICES).read(payload)


def test_filter_types() -> None:
    assert filter_types("person") == (
        FilterType("departments", False),
        FilterType("seniority", False),
        FilterType("existingDataPoints", False),
        FilterType("countries", False),
        FilterType("locations", True),
    )
    assert [filter.name for filter in filter_types("company") if filter.needs_query] == [
        "names",
        "locations",
        "technologies",
    ]
    assert len(filter_types("company")) == 9


def test_filter_values() -> None:
    call = filter_values("person", "existingDataPoints")
    assert (call.name, call.body, call.paid) == (
        "GET /prospecting/filters/contacts/existing_data_points",
        None,
        False,
    )
    assert call.read(["phone", {"id": 10, "name": "founder"}]) == ("phone", {"id": 10, "name": "founder"})
    call = filter_values("company", "locations", "Ber")
    assert (call.name, call.body) == ("POST /prospecting/filters/companies/locations", {"text": "Ber"})
    with pytest.raises(Undocumented):
        call.read({"values": []})


@pytest.mark.parametrize(
    ("entity", "name", "text", "problem"),
    [
        ("person", "department", None, "no list of values for filter 'department' — did you mean 'departments'?"),
        ("company", "locations", None, "the values of filter 'locations' are searched for by a query; there is none"),
        ("company", "names", " ", "the values of filter 'names' are searched for by a query; there is none"),
        ("company", "sics", "Iron", "the values of filter 'sics' take no query"),
    ],
)
def test_filter_values_that_are_refused(entity: Entity, name: str, text: str | None, problem: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        filter_values(entity, name, text)
    assert refused.value.message == f"Lusha: {problem}; nothing was sent"
