"""Nothing passes that Lusha would refuse: unknown properties at any depth, other types, what is required or bounded."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.sandbox.lusha.api import Api
from tests.sandbox.lusha.good import V2, V3, Good, enrichments

GOOD = (*V3, *V2)
BODIES = [request for request in GOOD if request.method == "POST"]
QUERIES = [request for request in GOOD if request.method == "GET"]
Where = tuple[str | int, ...]


def ids(requests: list[Good]) -> list[str]:
    return [f"{request} {nth}" for nth, request in enumerate(requests)]


def places(value: Any, where: Where = ()) -> Iterator[tuple[Where, Any]]:
    """Every value of a body with its place, the first three of each list alone."""
    yield where, value
    parts = value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*where, key))


def put(body: Any, where: Where, value: Any) -> Any:
    """The body with another value at ``where``."""
    made = deepcopy(body)
    if not where:
        return value
    inside = made
    for key in where[:-1]:
        inside = inside[key]
    inside[where[-1]] = value
    return made


def refused(request: Good, api: Api, body: Any) -> list[str]:
    answer = api.post(request.path, body)
    assert answer.status_code == 400, f"{body}: {answer.text}"
    assert answer.json()["message"] == "Validation failed"
    return list(answer.json()["errors"])


def check_strangers(request: Good, api: Api) -> None:
    for where, value in places(request.body):
        if isinstance(value, dict):
            errors = refused(request, api, put(request.body, where, value | {"stranger": 1}))
            assert f"{'.'.join(map(str, (*where, '')))}property stranger should not exist" in errors


def check_types(request: Good, api: Api) -> None:
    """Null fits nowhere but where the document says ``nullable`` (the exclusions of contact lookalikes)."""
    for where, value in places(request.body):
        wrong = [0.5, {"stranger": 1}] if not isinstance(value, int | float) or isinstance(value, bool) else ["1", {}]
        nullable = "lookalike" in request.path and "contact" in request.path and where == ("exclude",)
        for other in wrong if nullable else [*wrong, None]:
            refused(request, api, put(request.body, where, other))


@pytest.mark.parametrize("request_", BODIES, ids=ids(BODIES))
def test_an_unknown_property_is_refused_wherever_it_stands(request_: Good, api: Api) -> None:
    check_strangers(request_, api)
    assert api.account.used == 0


@pytest.mark.parametrize("request_", BODIES, ids=ids(BODIES))
def test_another_type_is_refused_wherever_it_stands(request_: Good, api: Api) -> None:
    check_types(request_, api)
    assert api.account.used == 0


def test_enrichments_of_v2_are_as_strict(api: Api) -> None:
    for request in enrichments(api):
        check_strangers(request, api)
        check_types(request, api)
    assert api.account.used == 0


@pytest.mark.parametrize("request_", QUERIES, ids=ids(QUERIES))
def test_an_unknown_query_is_refused(request_: Good, api: Api) -> None:
    answer = api.get(request_.path, **request_.query, stranger="1")
    assert answer.status_code == 400
    assert "property stranger should not exist" in answer.json()["errors"]


@pytest.mark.parametrize("request_", BODIES, ids=ids(BODIES))
def test_a_body_that_is_no_object_is_refused(request_: Good, api: Api) -> None:
    for body in ([], "x", 1, None):
        answer = api.post(request_.path, body)
        assert answer.status_code == 400
        assert answer.json()["errors"] == ["the body must be a JSON object"]


SEED = {"domains": ["a.test"] * 5}
CONTACT = {"contactId": "1", "email": "a@example.com"}
PAGES = {"page": 0, "size": 10}


@pytest.mark.parametrize(
    ("path", "body", "errors"),
    [
        ("/v3/contacts/search-and-enrich", {}, ["contacts must be an array"]),
        ("/v3/companies/search-and-enrich", {"companies": [{"id": "1"}], "reveal": ["intent"]},
         ["property reveal should not exist"]),
        ("/v3/contacts/prospecting", {"filters": {}}, ["pagination must be an object"]),
        ("/v3/contacts/prospecting", {"pagination": {"page": -1}, "filters": {}},
         ["pagination.page must not be less than 0", "pagination.size must be an integer number"]),
        ("/v3/contacts/prospecting", {"pagination": {"page": 1001, "size": 101}, "filters": {}},
         ["pagination.page must not be greater than 1000", "pagination.size must not be greater than 100"]),
        ("/v3/contacts/prospecting", {"pagination": {"page": 0, "size": 9}, "filters": {}},
         ["pagination.size must not be less than 10"]),
        ("/v3/contacts/prospecting", {"pagination": PAGES}, ["filters must be an object"]),
        ("/v3/contacts/prospecting",
         {"pagination": PAGES, "filters": {"contacts": {"include": {"score": {"minScore": 50}}}}},
         ["filters.contacts.include.score must be paired with a base filter"]),
        ("/v3/contacts/prospecting",
         {"pagination": PAGES, "filters": {"contacts": {"include": {"searchText": "a" * 201}}}},
         ["filters.contacts.include.searchText must be shorter than or equal to 200 characters"]),
        ("/v3/companies/prospecting", {"pagination": PAGES, "filters": {}}, ["filters.companies must be an object"]),
        ("/v3/companies/prospecting", {"pagination": PAGES, "filters": {"companies": {}}},
         ["filters.companies.include must be an object"]),
        ("/v3/companies/prospecting",
         {"pagination": PAGES, "filters": {
             "companies": {"include": {"searchText": "a", "intentTopics": ["CRM"], "names": ["a"]}},
             "contacts": {"include": {"departments": ["Sales"]}}}},
         ["filters.contacts cannot be combined with intentTopics",
          "filters.contacts cannot be combined with searchText"]),
        ("/v3/companies/prospecting",
         {"pagination": PAGES, "filters": {"companies": {"include": {"companyType": ["Nonprofit"]}}}},
         ["each value in filters.companies.include.companyType must be one of the following values: Government, "
          "Private Company, Public Company, Educational, Non Profit, Self Employed"]),
        ("/v3/contacts/signals", {"ids": ["1"]}, ["signalTypes must be an array"]),
        ("/v3/contacts/signals", {"ids": ["1"] * 101, "signalTypes": ["promotion"]},
         ["ids must contain no more than 100 elements"]),
        ("/v3/companies/lookalike", {"seeds": {"domains": ["a.test"] * 4}},
         ["seeds must contain between 5 and 100 identifiers in all"]),
        ("/v3/companies/lookalike", {"seeds": {"domains": ["a.test"] * 60, "linkedinUrls": ["a"] * 41}},
         ["seeds must contain between 5 and 100 identifiers in all"]),
        ("/v3/companies/lookalike", {"seeds": {}},
         ["seeds must not be empty", "seeds must contain between 5 and 100 identifiers in all"]),
        ("/v3/companies/lookalike", {"seeds": SEED, "limit": 101}, ["limit must not be greater than 100"]),
        ("/v3/lookalike/companies", {"seeds": SEED, "limit": 0}, ["limit must not be less than 1"]),
        ("/v3/lookalike/companies", {"seeds": SEED, "dedupeSessionId": "1"}, ["dedupeSessionId must be a UUID"]),
        ("/v3/lookalike/companies", {"seeds": SEED, "tableId": "1"}, ["property tableId should not exist"]),
        ("/v3/lookalike/contacts", {"seeds": {"contacts": [{"firstName": "a", "lastName": "b"}] * 5}},
         [f"seeds.contacts.{n} must have companyDomain or companyName" for n in range(5)]),
        ("/v2/person", {"contacts": []}, ["contacts must contain at least 1 elements"]),
        ("/v2/person", {"contacts": [{"email": "a@example.com"}]}, ["contacts.0.contactId must be a string"]),
        ("/v2/person", {"contacts": [CONTACT, CONTACT]}, ["contacts.1.contactId must be unique"]),
        ("/v2/person", {"contacts": [{"contactId": "1", "firstName": "Jane", "lastName": "Doe"}]},
         ["contacts.0.property firstName should not exist", "contacts.0.property lastName should not exist",
          "contacts.0 must have personId, email, linkedinUrl, or fullName with companies"]),
        ("/v2/person", {"contacts": [{"contactId": "1", "fullName": "Jane Doe"}]},
         ["contacts.0 must have personId, email, linkedinUrl, or fullName with companies"]),
        ("/v2/person", {"contacts": [CONTACT | {"companies": [{"name": "a"}]}]},
         ["contacts.0.companies.0.isCurrent must be a boolean value"]),
        ("/v2/person", {"contacts": [CONTACT | {"companies": [{"isCurrent": True}]}]},
         ["contacts.0.companies.0 must have name or domain"]),
        ("/v2/person", {"contacts": [CONTACT], "metadata": {"filterBy": "emails"}},
         ["metadata.filterBy must be one of the following values: phoneNumbers, emailAddresses"]),
        ("/v2/company", {"companies": [{"name": "a"}]}, ["companies.0.id must be a string"]),
        ("/v2/company", {"companies": [{"id": "1"}]}, ["companies.0 must have domain, fqdn, name or companyId"]),
        ("/v2/company",
         {"companies": [{"id": "1", "name": "a"}],
          "signalsFilters": {"include": {"hiringByLocations": [{"state": "Texas"}]}}},
         ["signalsFilters.include.hiringByLocations.0.country must be a string"]),
        ("/prospecting/contact/search", {}, ["filters must be an object"]),
        ("/prospecting/contact/search", {"filters": {}, "pages": {"page": 1001, "size": 51}},
         ["pages.page must not be greater than 1000", "pages.size must not be greater than 50"]),
        ("/prospecting/company/search", {"filters": {}, "pages": {"size": 9}},
         ["pages.size must not be less than 10"]),
        ("/prospecting/contact/enrich", {"requestId": "1", "contactIds": []},
         ["requestId must be a UUID", "contactIds must contain at least 1 elements"]),
        ("/prospecting/filters/companies/names", {}, ["text must be a string"]),
        ("/api/signals/contacts", {"contactIds": ["1"], "signals": ["promotion"]},
         ["contactIds.0 must be an integer number"]),
        ("/api/signals/contacts", {"contactIds": [1], "signals": ["riskNews"]},
         ["each value in signals must be one of the following values: allSignals, promotion, companyChange"]),
        ("/api/signals/contacts/search", {"contacts": [{"id": "1", "social_link": "x"}], "signals": []},
         ["contacts.0.social_link must be a URL address"]),
        ("/api/signals/companies/search", {"companies": [{"name": "a"}], "signals": []},
         ["companies.0.id must be a string"]),
    ],
)  # fmt: skip
def test_what_is_required_bounded_or_forbidden_together(
    api: Api, path: str, body: dict[str, Any], errors: list[str]
) -> None:
    assert api.errors(path, body) == errors
    assert api.account.used == 0


@pytest.mark.parametrize(
    ("path", "query", "errors"),
    [
        ("/v2/person", {}, ["provide personId, email, linkedinUrl, or firstName and lastName and (companyName or "
                            "companyDomain)"]),
        ("/v2/person", {"firstName": "Jane", "lastName": "Doe"},
         ["provide personId, email, linkedinUrl, or firstName and lastName and (companyName or companyDomain)"]),
        ("/v2/person", {"fullName": "Jane Doe", "email": "a@example.com"}, ["property fullName should not exist"]),
        ("/v2/person", {"personId": "1", "revealEmails": "yes"}, ["revealEmails must be a boolean value"]),
        ("/v2/person", {"personId": "1", "filterBy": "x"},
         ["filterBy must be one of the following values: phoneNumbers, emailAddresses"]),
        ("/v2/person", {"personId": "1", "signals": "riskNews"},
         ["each value in signals must be one of the following values: allSignals, promotion, companyChange"]),
        ("/v2/person", {"personId": ["1", "2"]}, ["personId must be a string"]),
        ("/v2/company", {}, ["provide domain, company or companyId"]),
        ("/v2/company", {"companyId": "1", "signalsStartDate": "1.1.2026"},
         ["signalsStartDate must be a valid ISO 8601 date string"]),
        ("/v3/contacts/prospecting/filters/locations", {}, ["query must be a string"]),
        ("/v3/contacts/prospecting/filters/locations", {"query": "x"},
         ["query must be longer than or equal to 2 characters"]),
        ("/v3/contacts/prospecting/filters/locations", {"query": "x" * 257},
         ["query must be shorter than or equal to 256 characters"]),
        ("/v3/contacts/prospecting/filters/names", {"query": "xx"},
         ["filterType must be one of the following values: locations, departments, seniority, countries, "
          "existingDataPoints"]),
        ("/v3/companies/signals/filters/intentCategories", {"query": "Technology"},
         ["query is not supported for intentCategories"]),
        ("/api/signals/filters/person", {}, ["objectType must be one of the following values: contact, company"]),
    ],
)  # fmt: skip
def test_queries_are_checked_as_bodies_are(api: Api, path: str, query: dict[str, Any], errors: list[str]) -> None:
    answer = api.get(path, **query)
    assert (answer.status_code, answer.json()["errors"]) == (400, errors)
