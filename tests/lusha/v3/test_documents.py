"""Prospecting, signals and lookalikes against Lusha's own OpenAPI document: bodies conform, examples parse."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from connector.lusha.calls import Call
from connector.lusha.criteria import SIDES
from connector.lusha.prices import PriceList
from connector.lusha.v3 import prospecting, signals
from connector.lusha.v3.lookalikes import lookalikes
from connector.lusha.v3.requests import USAGE_PATH, enrich_path, search_and_enrich_path, search_path
from connector.models import Entity, FilterType, Identity
from tests.lusha.test_attributes import ENTITIES, leaves
from tests.lusha.test_documents import IDENTITIES
from tests.openapi import V3

# --- prospecting


def filter_schema(entity: Entity, subject: str, side: str) -> dict[str, Any]:
    """What the document lets a request for this entity filter by."""
    schema = V3.resolved(V3.body_schema(prospecting_path(entity)))["properties"]["filters"]
    return V3.resolved(V3.resolved(schema)["properties"][subject]["properties"][side])


def prospecting_path(entity: Entity) -> str:
    return prospecting.prospecting(entity, {"companies": {"include": {}}}, PriceList()).path


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("side", SIDES)
def test_every_filter_of_the_document_is_known_and_no_other(entity: Entity, side: str) -> None:
    for subject, names in prospecting.FILTERS[entity].items():
        assert names == set(filter_schema(entity, subject, side)["properties"])


@pytest.mark.parametrize("entity", ENTITIES)
def test_prospecting_bodies_conform(entity: Entity) -> None:
    filled = {
        subject: {side: V3.fill(filter_schema(entity, subject, side)) for side in SIDES}
        for subject in prospecting.FILTERS[entity]
    }
    choices = [filled] if entity == "person" else [{"companies": filled["companies"]}]
    choices.append({"companies": {"include": {}}, "contacts": filled["contacts"]})
    for filters in choices:
        for call in (
            prospecting.prospecting(entity, filters, PriceList()),
            prospecting.prospecting(
                entity, filters, PriceList(), page=1000, size=100, partial=True, without_do_not_call=entity == "person"
            ),
        ):
            assert list(V3.call_problems(call)) == []


@pytest.mark.parametrize("entity", ENTITIES)
def test_prospecting_examples(entity: Entity) -> None:
    path = prospecting_path(entity)
    asked = V3.operation(path)["requestBody"]["content"]["application/json"]["example"]
    call = prospecting.prospecting(entity, asked["filters"], PriceList(), **asked["pagination"])
    assert call.body is not None
    assert {name: call.body[name] for name in ("filters", "pagination")} == {
        name: asked[name] for name in ("filters", "pagination")
    }
    payload = V3.example(path)
    found = call.read(payload)
    assert [profile.raw for profile in found.profiles] == payload["results"]
    assert {"page": found.page, "size": found.size, "total": found.total} == payload["pagination"]
    assert found.charged == payload["billing"]["creditsCharged"]
    assert all(profile.offers is None for profile in found.profiles)


@pytest.mark.parametrize("entity", ENTITIES)
def test_filters_of_prospecting(entity: Entity) -> None:
    call = prospecting.filter_types(entity)
    assert list(V3.call_problems(call)) == []
    told = call.read(V3.example(call.path, "get"))
    listed = prospecting.LISTED[entity]
    assert set(told) <= {FilterType(name, needs_query=query == "needed") for name, query in listed.items()}
    assert_listed(listed, f"{call.path}/{{filterType}}")
    for name, query in listed.items():
        texts = [None, "be"] if query == "taken" else ["be"]
        for text in texts:
            assert list(V3.call_problems(prospecting.filter_values(entity, name, text))) == []


def assert_listed(listed: Mapping[str, str], template: str) -> None:
    """The names are those of the document, and so is which of them need a query (told in its table alone)."""
    told = V3.operation(template, "get")
    assert set(listed) == set(told["parameters"][0]["schema"]["enum"])
    for name, query in listed.items():
        (line,) = [line for line in told["description"].splitlines() if f"`{name}`" in line]
        assert ("Yes" in line, "not supported" in line) == (query == "needed", query == "refused")


# --- signals


@pytest.mark.parametrize("entity", ENTITIES)
def test_signals_bodies_conform(entity: Entity) -> None:
    schema = V3.resolved(V3.body_schema(signals.signals(entity, ["1"], ["allSignals"]).path))
    assert list(signals.TYPES[entity]) == schema["properties"]["signalTypes"]["items"]["enum"]
    categories = ["Technology"] if entity == "company" else []
    for call in (
        signals.signals(entity, ["1", "2"], ["allSignals"]),
        signals.signals(
            entity, ["1"], signals.TYPES[entity], since=date(2026, 1, 2), most=100, intent_categories=categories
        ),
    ):
        assert list(V3.call_problems(call)) == []


def test_signals_example_of_people() -> None:
    call = signals.signals("person", ["115889", "4389064624"], ["allSignals"])
    payload = V3.example(call.path)
    answer = call.read(payload)
    assert (answer.start, answer.end) == (payload["startDate"], payload["endDate"])
    assert answer.charged == payload["billing"]["creditsCharged"]
    found, left_out = answer.items
    assert left_out.error == "NO_ANSWER"
    (signal,) = found.signals
    (told,) = payload["results"][0]["companyChange"]
    assert (found.id, signal.type, signal.date) == ("115889", "companyChange", told["signalDate"])
    assert signal.raw == told
    assert list(signal.facts.values()) == list(told.values())


def test_signals_of_companies_as_the_schema_has_them() -> None:
    call = signals.signals("company", ["16303253"], ["allSignals"])
    schema = V3.operation(call.path)["responses"]["200"]["content"]["application/json"]["schema"]
    payload = V3.fill(schema)
    answer = call.read(payload)
    assert answer.charged == payload["billing"]["creditsCharged"]
    (item,) = answer.items
    (signal,) = item.signals
    (told,) = payload["results"][0]["linkedinActivityIntent"]
    assert (item.name, signal.date) == ("Lusha", told["activityPublicationDate"])
    assert len(list(leaves(signal.facts))) == len(list(leaves(told)))


@pytest.mark.parametrize("entity", ENTITIES)
def test_signal_types_example(entity: Entity) -> None:
    call = signals.signal_types(entity)
    assert list(V3.call_problems(call)) == []
    assert call.read(V3.example(call.path, "get")) == signals.TYPES[entity]


def test_filters_of_signals() -> None:
    call = signals.signal_filter_types()
    assert list(V3.call_problems(call)) == []
    assert call.read(V3.example(call.path, "get")) == tuple(
        FilterType(name, needs_query=query == "needed") for name, query in signals.LISTED.items()
    )
    assert_listed(signals.LISTED, f"{call.path}/{{filterType}}")
    for name, query in signals.LISTED.items():
        assert list(V3.call_problems(signals.signal_filter_values(name, "be" if query == "needed" else None))) == []


# --- lookalikes


SEEDS: dict[Entity, list[Identity]] = {
    "person": IDENTITIES["person"],
    "company": [
        Identity("company", linkedin_url="https://www.linkedin.com/company/acme-example-0001"),
        *(Identity("company", domain=f"acme{n}.example.com") for n in range(4)),
    ],
}


@pytest.mark.parametrize("entity", ENTITIES)
def test_lookalike_bodies_conform(entity: Entity) -> None:
    seeds = SEEDS[entity]
    session = "58adaa77-7a6e-4c9b-8c2d-820a6538e613"
    for call in (
        lookalikes(entity, seeds, PriceList()),
        lookalikes(entity, seeds[:1], PriceList(), exclude=seeds, limit=100, session=session),
    ):
        assert list(V3.call_problems(call)) == []


@pytest.mark.parametrize("entity", ENTITIES)
def test_lookalike_examples(entity: Entity) -> None:
    path = lookalikes(entity, SEEDS[entity], PriceList()).path
    asked = V3.operation(path)["requestBody"]["content"]["application/json"]["examples"]["secondRequest"]["value"]
    fields = {"linkedinUrls": "linkedin_url", "domains": "domain"}
    seeds = [Identity(entity, **{fields[kind]: seed}) for kind, found in asked["seeds"].items() for seed in found]
    call = lookalikes(entity, seeds, PriceList(), limit=asked["limit"], session=asked["dedupeSessionId"])
    assert call.body == asked
    payload = V3.example(path)
    answer = call.read(payload)
    assert [profile.raw for profile in answer.profiles] == payload["results"]
    assert (answer.session, answer.more) == (payload["dedupeSessionId"], payload["meta"]["hasMore"])
    assert answer.charged == payload["billing"]["creditsCharged"]


@pytest.mark.parametrize(
    ("entity", "name"), [("person", "V3LookAlikeContactResult"), ("company", "V3LookAlikeCompanyResult")]
)
def test_everything_a_lookalike_can_tell_is_read(entity: Entity, name: str) -> None:
    result = V3.fill({"$ref": f"#/components/schemas/{name}"})
    (profile,) = lookalikes(entity, SEEDS[entity], PriceList()).read({"results": [result]}).profiles
    derived = {"full_name", "location.country_iso2", "website"}
    assert len(set(leaves(profile.attributes)) - derived) == len(set(leaves(result)))


# --- everything

NOT_OURS = (
    "/v3/contacts/tables", "/v3/companies/tables", "/v3/contacts/buying-group", "/v3/contacts/signal-score",
    "/v3/companies/signal-score", "/v3/companies/website-visits", "/api/subscriptions", "/api/audit-logs",
    "/api/account/secret",
)  # fmt: skip
"""What ``docs/lusha.md`` says is left out."""


def test_every_operation_that_is_not_left_out_on_purpose_is_ours() -> None:
    ours = {("GET", USAGE_PATH), ("GET", signals.signal_filter_types().endpoint)}
    ours.add(("GET", signals.signal_filter_values("newsEventTypes").endpoint))
    for entity in ENTITIES:
        ours |= {("POST", path(entity)) for path in (search_path, enrich_path, search_and_enrich_path)}
        calls: list[Call[Any]] = [
            prospecting.prospecting(entity, {"companies": {"include": {}}}, PriceList()),
            prospecting.filter_types(entity),
            prospecting.filter_values(entity, "locations", "be"),
            signals.signals(entity, ["1"], ["allSignals"]),
            signals.signal_types(entity),
            lookalikes(entity, SEEDS[entity], PriceList()),
        ]
        ours |= {(call.method, call.endpoint) for call in calls}
    assert ours == {(method, path) for method, path in V3.operations() if not path.startswith(NOT_OURS)}


def test_what_is_left_out_is_there() -> None:
    documented = [path for _, path in V3.operations()]
    assert [part for part in NOT_OURS if not any(path.startswith(part) for path in documented)] == []
