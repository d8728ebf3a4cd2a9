"""The rules of bodies held against the schemas of Lusha's own documents, property by property."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from connector.sandbox.lusha.checker import Either, Flag, Many, Number, Rule, Shape, Text
from connector.sandbox.lusha.v2 import filter_rules as v2_filters
from connector.sandbox.lusha.v2 import rules as v2
from connector.sandbox.lusha.v3 import filter_rules as v3_filters
from connector.sandbox.lusha.v3 import rules as v3
from tests.openapi import Document
from tests.sandbox.lusha.mended import MENDED

KINDS = ("contacts", "companies")
RULES: dict[tuple[str, str], Rule] = {
    **{("v3", f"/v3/{kind}/search"): v3.SEARCH[kind] for kind in KINDS},
    **{("v3", f"/v3/{kind}/enrich"): v3.ENRICH[kind] for kind in KINDS},
    **{("v3", f"/v3/{kind}/search-and-enrich"): v3.SEARCH_AND_ENRICH[kind] for kind in KINDS},
    **{("v3", f"/v3/{kind}/prospecting"): v3_filters.PROSPECTING[kind] for kind in KINDS},
    **{("v3", f"/v3/{kind}/signals"): v3.SIGNALS[kind] for kind in KINDS},
    **{("v3", f"/v3/{kind}/lookalike"): v3.LOOKALIKE[kind] for kind in KINDS},
    ("v2", "/v2/person"): v2.PERSONS,
    ("v2", "/v2/company"): v2.COMPANIES,
    ("v2", "/prospecting/contact/search"): v2_filters.SEARCH["contacts"],
    ("v2", "/prospecting/company/search"): v2_filters.SEARCH["companies"],
    ("v2", "/prospecting/contact/enrich"): v2_filters.ENRICH["contacts"],
    ("v2", "/prospecting/company/enrich"): v2_filters.ENRICH["companies"],
    **{("v2", f"/api/signals/{kind}"): v2.SIGNALS[kind] for kind in KINDS},
    **{("v2", f"/api/signals/{kind}/search"): v2.SIGNALS_SEARCH[kind] for kind in KINDS},
    **{("v2", f"/v3/lookalike/{kind}"): v2.LOOKALIKE[kind] for kind in KINDS},
}
OURS: Mapping[str, str] = {
    r"/(v2|prospecting|api)/.*: 1 to 100, in the document None to None": "the limit stands in the words beside it",
    r".*\.filterBy: other values": "the two values stand in the words beside it, and in the single query",
    r".*\.(hiringByDepartments|newsEventTypes)\[\]: other values": "unrecognized values are silently ignored",
    r"/prospecting/\w+/search .*\.exclude(\.\w+)?: not in the document": "same structure as include, in words",
    r"/prospecting/\w+/search .*\.include\.signals: not in the document": "the example spells signal so",
    r"/prospecting/\w+/search .*\.include\.technologies\[\]: one of several": "the example has plain names",
    r"/prospecting/\w+/search .*\.include\.locations\[\]\.\w+: not in the document": "what the filter's values hold",
    r"/prospecting/\w+/search .*: whole number, where the document has number": "pages and ids have no fractions",
    r"/prospecting/\w+/enrich \.requestId: format uuid, where the document has None": "(UUID), in words",
}
"""Differences on purpose, and why. The rest of the deviations are rules of items together (``also``)."""


def differences(rule: Rule, schema: Mapping[str, Any], document: Document, where: str) -> Iterator[str]:
    schema = document.resolved(schema)
    if isinstance(rule, Shape):
        yield from _of_shapes(rule, schema, document, where)
    elif isinstance(rule, Many):
        if schema.get("type") != "array":
            yield f"{where}: an array, where the document has {schema.get('type')}"
            return
        yield from _of_bounds(where, (rule.least or None, rule.most), (schema.get("minItems"), schema.get("maxItems")))
        yield from differences(rule.of, schema["items"], document, f"{where}[]")
    elif isinstance(rule, Text):
        if schema.get("type") != "string":
            yield f"{where}: a text, where the document has {schema.get('type')}"
        if set(rule.one_of) != set(schema.get("enum", ())):
            yield f"{where}: other values"
        if rule.format != schema.get("format"):
            yield f"{where}: format {rule.format}, where the document has {schema.get('format')}"
        yield from _of_bounds(
            where, (rule.least or None, rule.most), (schema.get("minLength"), schema.get("maxLength"))
        )
    elif isinstance(rule, Number):
        if schema.get("type") != ("integer" if rule.whole else "number"):
            yield f"{where}: {'whole' if rule.whole else 'any'} number, where the document has {schema.get('type')}"
        yield from _of_bounds(where, (rule.least, rule.most), (schema.get("minimum"), schema.get("maximum")))
    elif isinstance(rule, Flag):
        if schema.get("type") != "boolean":
            yield f"{where}: a flag, where the document has {schema.get('type')}"
    else:
        assert isinstance(rule, Either)
        yield f"{where}: one of several"


def _of_shapes(rule: Shape, schema: Mapping[str, Any], document: Document, where: str) -> Iterator[str]:
    known = schema.get("properties", {})
    for name in sorted(rule.fields.keys() - known.keys()):
        yield f"{where}.{name}: not in the document"
    for name in sorted(known.keys() - rule.fields.keys()):
        yield f"{where}.{name}: not here"
    if set(rule.required) != set(schema.get("required", ())):
        yield f"{where}: requires {sorted(rule.required)}, the document {sorted(schema.get('required', ()))}"
    if rule.least != schema.get("minProperties", 0):
        yield f"{where}: at least {rule.least} properties, in the document {schema.get('minProperties', 0)}"
    for name in rule.fields.keys() & known.keys():
        yield from differences(rule.fields[name], known[name], document, f"{where}.{name}")


def _of_bounds(where: str, ours: tuple[Any, Any], theirs: tuple[Any, Any]) -> Iterator[str]:
    if ours != theirs:
        yield f"{where}: {ours[0]} to {ours[1]}, in the document {theirs[0]} to {theirs[1]}"


@pytest.mark.parametrize(("version", "path"), RULES, ids=lambda part: part)
def test_a_rule_differs_from_its_schema_only_where_we_say_why(version: str, path: str) -> None:
    assert [one for one in found(version, path) if not any(re.fullmatch(why, one) for why in OURS)] == []


def test_every_difference_that_we_explain_is_there() -> None:
    every = [one for version, path in RULES for one in found(version, path)]
    assert [why for why in OURS if not any(re.fullmatch(why, one) for one in every)] == []


def found(version: str, path: str) -> list[str]:
    made = MENDED[version]
    return [f"{path} {one}" for one in differences(RULES[version, path], made.body_schema(path), made, "")]


QUERIES = {("v2", "/v2/person"): v2.PERSON_QUERY, ("v2", "/v2/company"): v2.COMPANY_QUERY}


@pytest.mark.parametrize(("version", "path"), QUERIES, ids=lambda part: part)
def test_a_query_takes_what_the_document_lists(version: str, path: str) -> None:
    made, shape = MENDED[version], QUERIES[version, path]
    parameters = made.parameters(path)
    assert {one["name"] for one in parameters} == set(shape.fields)
    for one in parameters:
        assert list(differences(shape.fields[one["name"]], one["schema"], made, one["name"])) == []
