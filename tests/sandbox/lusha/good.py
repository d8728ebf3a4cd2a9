"""A good request to every operation of both generations: what conformance and strictness are tested with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from connector.sandbox.lusha.v2.catalogue import LISTED
from tests.sandbox.lusha.api import WORLD, Api, json_of, person_where, pick

PERSON = pick()
PROFILE = PERSON.profile
MOVED = person_where(lambda person: person.profile["previousEmployment"] and person.profile["emails"]).profile
PLAIN = person_where(lambda person: "domain" not in person.profile["company"]).profile
PEOPLE = [*WORLD.people]
FIRMS = [*WORLD.companies]
DOMAINS = [company.profile["domain"] for company in WORLD.companies.values()]
LONG_AGO = "2020-01-01"


@dataclass(frozen=True)
class Good:
    """One request. ``document``: the path as the document has it, where the served one names a part of it."""

    method: str
    path: str
    body: Any = None
    query: dict[str, Any] = field(default_factory=dict)
    document: str = ""

    def send(self, api: Api) -> Any:
        return api.get(self.path, **self.query) if self.method == "GET" else api.post(self.path, self.body)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def named(profile: Any) -> dict[str, str]:
    return {"firstName": profile["firstName"], "lastName": profile["lastName"]}


_PLACE = {"country": "United States", "continent": "North America"}
_V3_CONTACT = {
    "names": ["a"], "jobTitles": ["manager"], "searchText": "manager", "countries": ["US"],
    "locations": [_PLACE | {"city": "Boston", "state": "Massachusetts", "countryIso2": "US", "region": "Massachusetts",
                            "countryGrouping": "na"}],
    "seniorityIds": [5], "departments": ["Sales"], "linkedinUrls": ["https://www.linkedin.com/in/x"],
    "existingDataPoints": ["work_email"], "existingDataPointsCondition": "and",
    "signals": {"types": ["allSignals"], "startDate": LONG_AGO}, "emails": ["a@example.com"],
    "previousEmails": ["a@example.com"], "previousJobTitle": ["a"], "skills": ["a"], "certifications": ["a"],
    "awards": ["a"], "ids": ["1"], "jobTitlesExactMatch": ["a"], "normalizedJobTitles": ["a"],
    "jobChangedAfterDate": LONG_AGO, "jobChangedLastViewDate": LONG_AGO,
    "education": {"degrees": ["a"], "fieldsOfStudy": ["a"], "schools": ["a"], "startYearGte": 1,
                  "graduationYearLte": 2},
    "score": {"minScore": 0, "maxScore": 100}, "geographicDetails": [{"country": "US", "zipcode": "1", "distance": 2}],
}  # fmt: skip
_V3_FIRM = {
    "names": ["a"], "domains": ["a.test"], "ids": ["1"], "locations": [_PLACE], "sizes": [{"min": 0, "max": 10}],
    "revenues": [{"min": 0, "max": 1}], "technologies": ["react"], "technologiesCondition": "and",
    "mainIndustriesIds": [1], "subIndustriesIds": [101], "intentTopics": ["CRM"],
    "intentTopicsCondition": "or", "intentMinScore": 1, "intentMaxScore": 100, "intentTopicsOperator": "any",
    "topicCountThreshold": [{"min": 0}], "sicCodes": ["7"], "naicsCodes": ["5"], "foundedYear": [{"min": 1900}],
    "businessModel": ["B2B"], "companyType": ["Private Company"], "linkedinUrls": ["https://www.linkedin.com/company/x"],
    "keywords": ["a"], "specialities": ["a"], "exactSpecialities": ["a"], "exactKeywords": ["a"],
    "keywordsSearchFields": ["a"], "previousCompanyDomains": ["a.test"], "previousCompanyNames": ["a"],
    "geographicDetails": [{"country": "US", "zipcode": "1", "distance": 2}],
    "locationsZipcodes": [{"countryIso2": "US", "zipcode": "1"}],
    "headquarterZipcodes": [{"countryIso2": "US", "zipcode": "1"}],
}  # fmt: skip
_FUNDING = {
    "isIpo": False, "ranges": [{"coverage": "last_round", "min": 0, "max": 1}],
    "date": {"coverage": "last_round", "date": LONG_AGO},
    "rounds": [{"coverage": "last_round", "round": "series_a"}],
    "names": [{"coverage": "any_round", "name": "grant"}], "investors": ["a"], "types": ["a"],
}  # fmt: skip
_FIRM_SIGNALS = {
    "types": ["surgeInHiring"], "startDate": LONG_AGO,
    "filterByLocation": [{"country": "Germany", "state": "a", "startDate": LONG_AGO}],
    "filterByDepartment": [{"department": "Sales", "startDate": LONG_AGO}], "filterByIntentCategory": ["Technology"],
}  # fmt: skip
_V2_CONTACT = {
    "departments": ["Sales"], "seniority": [5], "existing_data_points": ["phone"],
    "locations": [_PLACE | {"city": "Boston", "state": "Massachusetts", "country_grouping": "na"}], "jobTitles": ["a"],
    "linkedinUrls": ["https://www.linkedin.com/in/x"], "searchText": "a",
    "signal": {"names": ["promotion"], "startDate": LONG_AGO},
}  # fmt: skip
_V2_FIRM = {
    "names": ["a"], "domains": ["a.test"], "locations": [_PLACE], "technologies": [{"name": "react"}, "sap"],
    "intentTopics": ["CRM"], "sizes": [{"min": 1, "max": 10}], "revenues": [{"min": 1}], "sicCodes": ["7"],
    "naicsCodes": ["5"], "mainIndustriesIds": [1], "subIndustriesIds": [101], "searchText": "a",
    "excludePartialCompanies": False, "companyLocations": [{"country": "Germany", "state": "Berlin"}],
    "employeesInLinkedIn": {"min": 1, "max": 5}, "signals": {"names": ["riskNews"], "startDate": LONG_AGO},
}  # fmt: skip


def _both(criteria: Any) -> dict[str, Any]:
    return {"include": criteria, "exclude": criteria}


_CONTACTS_V3 = {
    "contacts": [
        {"clientReferenceId": "r1", "id": PROFILE["id"]},
        {"linkedinUrl": PROFILE["socialLinks"]["linkedin"]},
        {"email": MOVED["emails"][0]["email"]},
        named(PROFILE) | {"companyName": PROFILE["company"]["name"], "companyDomain": PROFILE["company"]["domain"]},
        {"id": "1"},
    ],
    "options": {"includePartialProfiles": True},
}
_COMPANIES_V3 = {
    "companies": [{"clientReferenceId": "r1", "id": FIRMS[0]}, {"name": "Nobody"}, {"domain": DOMAINS[1]}],
    "options": {"includePartialProfiles": False},
}
_SEED_PEOPLE = {
    "linkedinUrls": [PROFILE["socialLinks"]["linkedin"]],
    "contacts": [named(MOVED) | {"companyDomain": MOVED["company"]["domain"], "companyName": MOVED["company"]["name"]}]
    if "domain" in MOVED["company"]
    else [named(MOVED) | {"companyName": MOVED["company"]["name"]}],
    "emails": [PERSON.emails[0]],
    "contactIds": [int(id) for id in PEOPLE[:5]],
}
_SEED_FIRMS = {"domains": DOMAINS[:4], "linkedinUrls": [WORLD.companies[FIRMS[5]].profile["socialLinks"]["linkedin"]]}

V3: tuple[Good, ...] = (
    Good("POST", "/v3/contacts/search", _CONTACTS_V3),
    Good("POST", "/v3/contacts/search", _CONTACTS_V3 | {
        "signals": {"types": ["allSignals"], "startDate": LONG_AGO, "maxResultsPerSignal": 3}}),
    Good("POST", "/v3/companies/search", _COMPANIES_V3 | {
        "signals": {"types": ["allSignals"], "startDate": LONG_AGO, "maxResultsPerSignal": 3}}),
    Good("POST", "/v3/companies/search", _COMPANIES_V3),
    Good("POST", "/v3/contacts/enrich", {"ids": [PROFILE["id"], "1"], "reveal": ["phones"], "waterfallEnabled": False}),
    Good("POST", "/v3/companies/enrich", {"ids": [*FIRMS[:9], "1"], "reveal": ["intent", "monthlyWebsiteTraffic"]}),
    Good("POST", "/v3/contacts/search-and-enrich", _CONTACTS_V3 | {"reveal": ["emails"]}),
    Good("POST", "/v3/companies/search-and-enrich", _COMPANIES_V3),
    Good("POST", "/v3/contacts/prospecting", {
        "pagination": {"page": 0, "size": 100}, "filters": {"contacts": {"include": {"countries": ["US"]}}},
        "options": {"includePartialProfiles": True, "excludeDnc": True}}),
    Good("POST", "/v3/contacts/prospecting", {
        "pagination": {"page": 0, "size": 10},
        "filters": {"contacts": _both(_V3_CONTACT), "companies": _both(
            _V3_FIRM | {"funding": _FUNDING, "industriesLabels": ["Construction"]})}}),
    Good("POST", "/v3/companies/prospecting", {
        "pagination": {"page": 0, "size": 100}, "options": {"includePartialProfiles": False},
        "filters": {"companies": {"include": {"businessModel": ["B2B"], "signals": {"types": ["allSignals"]}}}}}),
    Good("POST", "/v3/companies/prospecting", {
        "pagination": {"page": 0, "size": 10},
        "filters": {"companies": _both(_V3_FIRM | {"searchText": "a", "signals": _FIRM_SIGNALS})}}),
    Good("POST", "/v3/companies/prospecting", {
        "pagination": {"page": 0, "size": 10},
        "filters": {"companies": {"include": {"businessModel": ["B2B"]}},
                    "contacts": _both({"jobTitles": ["a"], "departments": ["Sales"], "seniorityIds": [5],
                                       "skills": ["a"], "locations": [_PLACE], "existingDataPoints": ["phone"]})}}),
    *(Good("GET", f"/v3/{kind}/filters") for kind in
      ("contacts/prospecting", "companies/prospecting", "companies/signals")),
    *(Good("GET", f"/v3/{kind}/filters/{name}", document=f"/v3/{kind}/filters/{{filterType}}") for kind, names in (
        ("contacts/prospecting", ("departments", "seniority", "existingDataPoints", "countries")),
        ("companies/prospecting", ("sizes", "revenues", "sics", "naics", "industriesLabels", "intentTopics")),
        ("companies/signals", ("newsEventTypes", "hiringByDepartments", "intentCategories")),
    ) for name in names),
    *(Good("GET", f"/v3/{kind}/filters/{name}", query={"query": query}, document=f"/v3/{kind}/filters/{{filterType}}")
      for kind, name, query in (
        ("contacts/prospecting", "locations", "Bos"), ("companies/prospecting", "names", "kes"),
        ("companies/prospecting", "technologies", "re"), ("companies/prospecting", "locations", "Ger"),
        ("companies/signals", "hiringByLocations", "un"))),
    Good("POST", "/v3/contacts/signals", {
        "ids": [*PEOPLE[:99], "1"], "signalTypes": ["allSignals"], "startDate": LONG_AGO, "maxResultsPerSignal": 5}),
    Good("POST", "/v3/companies/signals", {
        "ids": FIRMS, "signalTypes": ["allSignals"], "startDate": LONG_AGO, "maxResultsPerSignal": 5,
        "filters": {"include": {"intentCategories": ["Technology", "Business"]}}}),
    Good("GET", "/v3/contacts/signals/types"),
    Good("GET", "/v3/companies/signals/types"),
    Good("POST", "/v3/contacts/lookalike", {
        "seeds": _SEED_PEOPLE | {"ids": PEOPLE[5:8]}, "exclude": {"ids": PEOPLE[9:12]}, "limit": 100}),
    Good("POST", "/v3/companies/lookalike", {
        "seeds": _SEED_FIRMS, "exclude": {"domains": DOMAINS[7:9]}, "limit": 100}),
    Good("GET", "/v3/account/usage"),
)  # fmt: skip

_BULK = {
    "contacts": [
        {"contactId": "1", "personId": PROFILE["id"], "location": "Boston"},
        {"contactId": "2", "fullName": f"{MOVED['firstName']} {MOVED['lastName']}", "companies": [
            {"name": MOVED["company"]["name"], "isCurrent": True, "jobTitle": "a", "fqdn": "a",
             "companySocialId": "1"}]},
        {"contactId": "3", "email": "nobody@example.com"},
        {"contactId": "4", "linkedinUrl": PLAIN["socialLinks"]["linkedin"]},
        *({"contactId": id, "personId": id} for id in PEOPLE[:90]),
    ],
    "metadata": {
        "refreshJobInfo": True, "signals": ["allSignals"], "signalsStartDate": LONG_AGO, "partialProfile": True,
        "revealEmails": True, "revealPhones": True,
    },
}  # fmt: skip
_FIRM_FILTERS = {"include": {
    "newsEventTypes": ["partnership", "Security Issue"], "hiringByDepartments": ["Sales"],
    "hiringByLocations": [{"country": "United States", "state": "Texas"}]}}  # fmt: skip

V2: tuple[Good, ...] = (
    *(Good("GET", "/v2/person", query={
        "personId": profile["id"], "signals": "allSignals", "signalsStartDate": LONG_AGO})
      for profile in (PROFILE, MOVED, PLAIN)),
    Good("GET", "/v2/person", query=named(PROFILE) | {
        "companyName": PROFILE["company"]["name"], "companyDomain": "a.test", "refreshJobInfo": "true",
        "filterBy": "emailAddresses", "partialProfile": "false", "revealEmails": "true"}),
    Good("POST", "/v2/person", _BULK),
    *(Good("GET", "/v2/company", query={"companyId": id, "signals": ["allSignals"], "signalsStartDate": LONG_AGO,
                                        "partialCompany": "true"}) for id in FIRMS),
    Good("POST", "/v2/company", {
        "companies": [{"id": id, "companyId": id} for id in FIRMS[:80]]
        + [{"id": "a", "domain": DOMAINS[0]}, {"id": "b", "name": "Nobody"}, {"id": "c", "fqdn": DOMAINS[1]}],
        "signals": ["allSignals"], "signalsStartDate": LONG_AGO, "partialCompany": True,
        "signalsFilters": _FIRM_FILTERS}),
    *(Good("GET", f"/prospecting/filters/{name}") for name in LISTED),
    *(Good("POST", f"/prospecting/filters/{name}", {"text": text}) for name, text in (
        ("contacts/locations", "un"), ("companies/names", "kes"), ("companies/locations", "ger"),
        ("companies/technologies", "re"))),
    Good("POST", "/prospecting/contact/search", {"pages": {"page": 0, "size": 50}, "filters": {}}),
    Good("POST", "/prospecting/contact/search", {
        "includePartialContact": True, "excludeDnc": True, "pages": {"page": 0, "size": 10},
        "filters": {"contacts": _both(_V2_CONTACT), "companies": _both(_V2_FIRM)}}),
    Good("POST", "/prospecting/company/search", {
        "pages": {"page": 0, "size": 50},
        "filters": {"companies": {"include": {"signal": {"names": ["allSignals"]}}}}}),
    Good("POST", "/prospecting/company/search", {
        "pages": {"page": 0, "size": 10}, "filters": {"companies": _both(_V2_FIRM)}}),
    *(Good("GET", f"/api/signals/filters/{kind}", document="/api/signals/filters/{objectType}")
      for kind in ("contact", "company")),
    Good("POST", "/api/signals/contacts", {
        "contactIds": [int(id) for id in PEOPLE[:99]], "signals": ["promotion", "companyChange"], "startDate": LONG_AGO,
        "maxResultsPerSignal": 5}),
    Good("POST", "/api/signals/contacts/search", {
        "contacts": [
            {"id": "1", "social_link": PROFILE["socialLinks"]["linkedin"]},
            {"id": "2", "email": PERSON.emails[0]}, {"id": PEOPLE[3]},
            {"id": "3", "full_name": f"{PROFILE['firstName']} {PROFILE['lastName']}", "companies": [
                {"name": PROFILE["company"]["name"], "domain": "a.test", "is_current": True}]}],
        "signals": ["allSignals"], "startDate": LONG_AGO, "maxResultsPerSignal": 5}),
    Good("POST", "/api/signals/companies", {
        "companyIds": [int(id) for id in FIRMS], "signals": ["allSignals"], "startDate": LONG_AGO,
        "maxResultsPerSignal": 5}),
    Good("POST", "/api/signals/companies/search", {
        "companies": [{"id": "1", "domain": DOMAINS[0]}, {"id": "2", "name": "Nobody"}, {"id": FIRMS[2]}],
        "signals": ["allSignals"], "startDate": LONG_AGO, "maxResultsPerSignal": 5, "filters": _FIRM_FILTERS}),
    Good("POST", "/v3/lookalike/contacts", {"seeds": _SEED_PEOPLE, "exclude": {"contactIds": [1]}, "limit": 100}),
    Good("POST", "/v3/lookalike/companies", {"seeds": _SEED_FIRMS, "exclude": {"domains": ["a.test"]}, "limit": 100}),
    Good("GET", "/account/usage"),
)  # fmt: skip


def enrichments(api: Api) -> tuple[Good, ...]:
    """V2's prospecting enrichments need a search of the same account first."""
    made = []
    for kind, ids in (("contact", "contactIds"), ("company", "companiesIds")):
        search = {"filters": {"contacts": {}} if kind == "contact" else {}, "pages": {"size": 50}}
        found = json_of(api.post(f"/prospecting/{kind}/search", search))
        shown = [one.get("contactId", one.get("id")) for one in found.get("contacts", found.get("companies"))]
        body = {"requestId": found["requestId"], ids: shown}
        reveal = {"revealEmails": True, "revealPhones": True} if kind == "contact" else {}
        made.append(Good("POST", f"/prospecting/{kind}/enrich", body | reveal))
    return tuple(made)
