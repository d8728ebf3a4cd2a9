"""Against Lusha's own OpenAPI document of V2, which is not part of the repository: examples parse, requests conform."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from connector.lusha.attributes import CATALOGUE, REVEALS
from connector.lusha.calls import Call
from connector.lusha.cleaning import mapping, prune
from connector.lusha.prices import PriceList
from connector.lusha.v2 import shape
from connector.lusha.v2.account import account
from connector.lusha.v2.filtering import FILTERS, LISTED
from connector.lusha.v2.lookalikes import lookalikes
from connector.lusha.v2.prospecting import enrich, filter_values, prospecting
from connector.lusha.v2.requests import look_up, look_up_one
from connector.lusha.v2.signals import TYPES, signal_types, signals, signals_of
from connector.models import Answer, Entity, Identity, Profile
from tests.lusha.test_attributes import ENTITIES, leaves
from tests.openapi import V2

PRICES = PriceList()
BOTH = {"emails", "phones"}
SINCE = date(2026, 1, 1)
PERSON = Identity("person", first_name="Zoë", last_name="Example", company_domain="acme.example.com")
IDENTITIES: dict[Entity, list[Identity]] = {
    "person": [
        Identity("person", id="1000000001"),
        Identity("person", linkedin_url="https://www.linkedin.com/in/zoe-example-0001"),
        Identity("person", email="zoe@acme.example.com"),
        PERSON,
        Identity("person", first_name="Zoë", last_name="Example", company_name="Acme Example"),
    ],
    "company": [
        Identity("company", id="2000000001"),
        Identity("company", domain="acme.example.com"),
        Identity("company", name="Acme Example"),
    ],
}
SEEDS: dict[Entity, list[Identity]] = {
    "person": IDENTITIES["person"],
    "company": [
        Identity("company", linkedin_url="https://www.linkedin.com/company/acme-example-0001"),
        *(Identity("company", domain=f"company-{number}.example.com") for number in range(4)),
    ],
}
SESSION = "00000000-0000-4000-8000-000000000001"
OURS = ("/v2/", "/prospecting/", "/api/signals/", "/account/usage", "/v3/lookalike/")
"""The rest of the document is webhooks: subscriptions, audit logs and their secret."""


def calls(entity: Entity) -> list[Call[Any]]:
    """Every kind of request there is about people or companies."""
    identities, reveal = IDENTITIES[entity], BOTH if entity == "person" else {"company"}
    references = [f"r{place}" for place in range(len(identities))]
    conforming = {"companies": {"include": {"names": ["Acme"], "sizes": [{"min": 1, "max": 10}]}}}
    return [
        look_up(entity, identities, references, reveal, PRICES),
        look_up(entity, identities, references, None, PRICES),
        *(look_up_one(entity, identity, reveal, PRICES) for identity in identities),
        look_up_one(entity, identities[0], None, PRICES),
        prospecting(entity, conforming, partial=False, without_do_not_call=entity == "person"),
        enrich(entity, "r1", ["1586"], reveal, PRICES),
        enrich(entity, "r1", ["1586"], None, PRICES),
        *(
            filter_values(entity, name, "Acme" if how.method == "POST" else None)
            for name, how in LISTED[entity].items()
        ),
        signals(entity, ["7"], TYPES[entity], since=SINCE, most=5),
        signals_of(entity, identities, references, TYPES[entity], since=SINCE, most=5),
        signal_types(entity),
        lookalikes(entity, SEEDS[entity], exclude=SEEDS[entity][:1], limit=100, session=SESSION),
        account(),
    ]


def profiles(answer: Answer) -> list[Profile]:
    return [item.profile for item in answer.items if item.profile]


@pytest.mark.parametrize("entity", ENTITIES)
def test_requests_conform(entity: Entity) -> None:
    for call in calls(entity):
        assert list(V2.call_problems(call)) == [], call.name


def test_every_operation_but_the_webhooks_is_ours() -> None:
    ours = {(call.method, call.endpoint) for entity in ENTITIES for call in calls(entity)}
    assert ours == {(method, path) for method, path in V2.operations() if path.startswith(OURS)}


def test_the_check_itself_bites() -> None:
    def problems(path: str, body: dict[str, Any] | None, **query: Any) -> list[str]:
        method: Any = "GET" if body is None else "POST"
        return list(V2.call_problems(Call(method, path, lambda told: told, body=body, query=query)))

    assert problems("/v2/person", {"contacts": [{"contactId": "1", "firstName": "Zoë"}]})
    assert problems("/v2/person", {"contacts": [{"contactId": "1", "companies": [{"name": "A", "fax": 1}]}]})
    assert problems("/v2/person", {"contacts": [{}]})
    assert problems("/v2/person", {"contacts": [], "metadata": {"waterfall": True}})
    assert problems("/v2/person", None, fax="1")
    assert problems("/v2/person", None, revealEmails="yes")
    assert problems("/v3/lookalike/contacts", {"seeds": {"contactIds": ["7"]}})
    assert not problems("/v2/person", {"contacts": []})
    assert not problems("/v3/lookalike/contacts", {"seeds": None})  # nullable


@pytest.mark.parametrize("path", ["contact", "company"])
def test_prospecting_sends_every_example_as_it_stands(path: str) -> None:
    entity: Entity = "person" if path == "contact" else "company"
    for name, body in V2.requests(f"/prospecting/{path}/search").items():
        pages, partial = body["pages"], {"includePartialContact": False} if entity == "person" else {}
        made = prospecting(entity, body["filters"], **pages, without_do_not_call=body.get("excludeDnc", False))
        assert made.body == {**body, **partial}, name


def test_the_table_of_filters_is_that_of_the_schemas_and_examples() -> None:
    for subject, schema in (("contacts", "ContactFilters"), ("companies", "CompanyFilters")):
        named = set(V2.schema(schema)["properties"]["include"]["properties"])
        used = {
            name
            for path in ("contact", "company")
            for body in V2.requests(f"/prospecting/{path}/search").values()
            for criteria in body["filters"].get(subject, {}).values()
            for name in criteria
        }
        assert FILTERS["person"][subject] == named | used | {"signals"}
    assert FILTERS["company"]["companies"] == FILTERS["person"]["companies"]


def test_the_table_of_signals_is_that_of_the_document() -> None:
    for entity, name in (("person", "ContactSignalsByIdRequest"), ("company", "CompanySignalsByIdRequest")):
        assert TYPES[entity] == tuple(V2.schema(name)["properties"]["signals"]["items"]["enum"])  # type: ignore[index]


def test_people_of_the_bulk_example() -> None:
    payload = V2.answers("/v2/person")[""]
    answer = look_up("person", [PERSON, PERSON, PERSON], ["2", "1", "3"], BOTH, PRICES).read(payload)
    assert [item.error for item in answer.items] == [None, None, "NO_ANSWER"]
    jane, john = profiles(answer)
    assert (jane.id, john.id, answer.charged) == ("3965070011", "1312840528", 0)
    assert set(leaves(john.attributes)) == set(CATALOGUE["person"]) - {"location.raw", "tags"}
    assert john.attributes["company"] == {
        "id": "1586",
        "name": "Amazon",
        "domain": "amazon.com",
        "industry": "Technology, Information & Media",
    }
    assert [phone["type"] for phone in john.attributes["phones"]] == ["direct"]
    assert "previous_job" not in jane.attributes
    assert jane.raw == {**payload["contacts"]["2"], "company": payload["companies"]["33222678"]}


def test_the_person_of_the_single_example() -> None:
    [payload] = V2.answers("/v2/person", "get").values()
    answer = look_up_one("person", PERSON, BOTH, PRICES).read(payload)
    [profile] = profiles(answer)
    untold = {"company.industry", "tags", "previous_job.company.name", "previous_job.company.domain",
              "previous_job.job_title.title"}  # fmt: skip
    assert set(leaves(profile.attributes)) == set(CATALOGUE["person"]) - untold
    assert profile.attributes["emails"][0]["email"] == payload["contact"]["data"]["emailAddresses"][0]["address"]


def of_v2(entity: Entity) -> set[str]:
    return {path for path, attribute in CATALOGUE[entity].items() if "v2" in attribute.generations}


UNTOLD = {
    "alternative_domains", "business_model", "keywords", "phone", "email", "location.zip_code",
    "additional_locations[].zip_code", "additional_locations[].raw", "additional_locations[].state",
    "additional_locations[].state_code", "social.facebook", "social.x",
}  # fmt: skip
"""What V2 has no word for; of the states of other sites its examples are null."""


@pytest.mark.parametrize(
    ("name", "untold"),
    [
        ("CompanyBulkResponse", {"location.state_code"}),
        ("CompanySingleResponseData", {"location.continent"}),
        ("CompanyEnrichData", {"founded_year", "sic_codes[].code", "sic_codes[].description", "naics_codes[].code",
                               "naics_codes[].description"}),
    ],
)  # fmt: skip
def test_everything_that_a_schema_of_companies_names_is_read(name: str, untold: set[str]) -> None:
    told = set(leaves(shape.company(mapping(prune(V2.fill({"$ref": f"#/components/schemas/{name}"}))))))
    states = {"additional_locations[].state", "additional_locations[].state_code"}
    assert told - states == (of_v2("company") - UNTOLD - untold) - states


def test_everything_that_the_schema_of_an_employer_names_is_read() -> None:
    told = shape.company(mapping(prune(V2.fill(V2.schema("CompanyResponse")))))
    assert {"industry", "sub_industry", "funding", "intent", "technologies", "revenue", "location"} <= told.keys()
    assert told["funding"]["last_round_date"] == "2020-01-01"
    assert told["social"].keys() == {"linkedin", "facebook", "x", "crunchbase"}
    assert told["sic_codes"] == [{"code": 1234, "description": "Software Publishing"}]


def test_everything_that_the_schema_of_a_person_names_is_read() -> None:
    contact = V2.fill({"$ref": "#/components/schemas/ContactSingleResponse"})
    [profile] = profiles(look_up_one("person", PERSON, BOTH, PRICES).read({"contact": contact}))
    assert set(leaves(profile.attributes)) == set(CATALOGUE["person"])


def test_prospected_people_as_the_schemas_have_them() -> None:
    payload = V2.fill({"$ref": "#/components/schemas/ContactSearchResponse"})
    found = prospecting("person", {}).read(payload)
    [profile] = found.profiles
    assert profile.attributes["company"] == {"id": "28054532", "name": "Lusha", "domain": "lusha.com"}
    assert profile.offers == {"emails": 1, "phones": 5}
    payload = V2.fill({"$ref": "#/components/schemas/ContactEnrichResponse"})
    payload["contacts"][0]["id"] = "c1"
    answer = enrich("person", "r1", ["c1"], BOTH, PRICES).read(payload)
    [profile] = profiles(answer)
    assert set(leaves(profile.attributes)) >= {
        "first_name", "last_name", "full_name", "job_title.title", "job_title.seniority", "job_title.departments",
        "company.id", "company.name", "location.country_iso2", "social.linkedin", "social.x", "emails[].email",
        "phones[].type",
    }  # fmt: skip
    assert profile.attributes["job_title"]["seniority"] == "senior"
    assert answer.charged == 6


def test_prospected_companies_as_the_schemas_have_them() -> None:
    payload = V2.fill({"$ref": "#/components/schemas/CompanySearchResponse"})
    [profile] = prospecting("company", {}).read(payload).profiles
    assert profile.attributes.keys() >= {"id", "name", "domain", "description", "logo_url"}
    payload = V2.fill({"$ref": "#/components/schemas/CompanyEnrichResponse"})
    answer = enrich("company", "r1", ["33222678"], None, PRICES).read(payload)
    assert (profiles(answer)[0].attributes["employee_count"], answer.charged) == (
        {"exact": 32, "min": 11, "max": 50}, 1,
    )  # fmt: skip


@pytest.mark.parametrize("entity", ENTITIES)
def test_values_of_filters(entity: Entity) -> None:
    for name, how in LISTED[entity].items():
        call = filter_values(entity, name, "un" if how.method == "POST" else None)
        for payload in V2.answers(how.path, how.method.lower()).values():
            assert call.read(payload) == tuple(payload)
        if how.method == "POST":
            assert V2.requests(how.path)[""].keys() == {"text"}


@pytest.mark.parametrize("entity", ENTITIES)
def test_examples_of_signals(entity: Entity) -> None:
    plural = "contacts" if entity == "person" else "companies"
    for last in ("", "/search"):
        for name, payload in V2.answers(f"/api/signals/{plural}{last}").items():
            [(key, entry)] = payload[plural].items()
            answer = signals(entity, [key], ["allSignals"]).read(payload)
            assert (answer.charged, answer.start, answer.end) == (
                payload["creditCharged"], payload["startDate"], payload["endDate"],
            ), name  # fmt: skip
            [found] = answer.items
            assert found.id == entry["personId" if entity == "person" else "companyId"]
            events = [event for entries in entry.values() if isinstance(entries, list) for event in entries]
            assert [signal.raw for signal in found.signals] == sorted(
                events, key=lambda event: event.get("signalDate") or event["articlePublishedDate"], reverse=True
            )
            assert all(signal.date and len(signal.facts) == len(prune(signal.raw)) for signal in found.signals)


def test_examples_of_signal_types() -> None:
    for name, payload in V2.answers("/api/signals/filters/{objectType}", "get").items():
        entity: Entity = "person" if payload["objectType"] == "contact" else "company"
        assert set(signal_types(entity).read(payload)) == set(TYPES[entity]), name


def test_examples_of_lookalikes() -> None:
    for entity, path in (("person", "/v3/lookalike/contacts"), ("company", "/v3/lookalike/companies")):
        for payload in V2.answers(path).values():
            found = lookalikes(entity, SEEDS[entity]).read(payload)  # type: ignore[arg-type, index]
            assert (found.session, found.more) == (payload["dedupeSessionId"], True)
            assert found.charged == payload.get("creditsCharged")
            [profile] = found.profiles
            assert profile.id == payload["results"][0].get("contactId", "")
            told = set(leaves(profile.attributes))
            assert {"location.country", "location.city", "social.linkedin"} <= told
            assert {"company.id", "full_name"} <= told or {"domain", "industry", "employee_count.exact"} <= told


def test_example_of_usage() -> None:
    payload = V2.answers("/account/usage", "get")[""]
    told = account().read(payload)
    assert (told.remaining, told.total, told.used, dict(told.prices)) == (850, 1000, 150, {})


def test_companies_that_the_schemas_make() -> None:
    entry = V2.fill({"$ref": "#/components/schemas/CompanyBulkResponse"})
    for key in ("1", "33222678", "16303253"):
        answer = look_up("company", [Identity("company", domain="lusha.com")], ["1"], None, PRICES).read({key: entry})
        assert ([profile.id for profile in profiles(answer)], answer.charged) == (["16303253"], 1)
        assert profiles(answer)[0].revealed & REVEALS["company"] == {"intent"}
