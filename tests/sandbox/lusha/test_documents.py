"""Every answer of the sandbox's Lusha API, and every request it takes, held against Lusha's own OpenAPI documents."""

from __future__ import annotations

from typing import Any

import pytest

from connector.sandbox.lusha import v2, v3
from tests.openapi import FOLDER, Document
from tests.sandbox.lusha.api import Api
from tests.sandbox.lusha.good import V2, V3, Good, enrichments
from tests.sandbox.lusha.mended import MENDED, PATCHES

OPERATIONS = {"v3": v3.OPERATIONS, "v2": v2.OPERATIONS}
NOT_SERVED = ("/v3/contacts/tables", "/v3/companies/tables", "buying-group", "signal-score", "website-visits",
              "/api/subscriptions", "/api/audit-logs", "/api/account/secret")  # fmt: skip
"""Webhooks, tables and scores: not enrichment, so nothing here needs them."""

SAID_ELSEWHERE = {
    # in the document's examples, though not in its schemas
    ".results[].company.industry",
    ".results[].phones", ".results[].emails",
    ".contacts.*.data.emailAddresses[].type", ".contact.data.emailAddresses[].type",
    ".contacts.*.data.location.is_eu_contact", ".contacts.*.data.location.location_coordinates",
    ".companies.*.mainIndustry", ".companies.*.subIndustry",
    ".contact.data.company.mainIndustry", ".contact.data.company.subIndustry",
    # named as required, though not among the properties
    *(f"{at}industryPrimaryGroupDetails.{name}Codes[].{name}" for name in ("sic", "naics")
      for at in (".companies.*.", ".contact.data.company.", ".data.", ".*.")),
    # in the words of the operation: "the `signals` object will be empty but still present in the response"
    ".contact.data.signals", ".contacts.*.data.signals",
}  # fmt: skip


def ids(requests: tuple[Good, ...]) -> list[str]:
    return [f"{request} {nth}" for nth, request in enumerate(requests)]


def answered(version: str, request: Good, api: Api) -> None:
    answer = request.send(api)
    assert answer.status_code == 200, answer.text
    path = request.document or request.path
    MENDED[version].check(request.method, path, 200, answer.json())
    assert MENDED[version].strangers(request.method, path, answer.json()) <= SAID_ELSEWHERE


@pytest.mark.parametrize("request_", V3, ids=ids(V3))
def test_every_answer_of_v3_is_one_that_the_document_allows(request_: Good, api: Api) -> None:
    answered("v3", request_, api)


@pytest.mark.parametrize("request_", V2, ids=ids(V2))
def test_every_answer_of_v2_is_one_that_the_document_allows(request_: Good, api: Api) -> None:
    answered("v2", request_, api)


def test_what_prospecting_enriches_in_v2_is_what_the_document_allows(api: Api) -> None:
    for request in enrichments(api):
        answered("v2", request, api)


@pytest.mark.parametrize("version", ["v3", "v2"])
def test_every_documented_operation_is_served_and_no_other(version: str) -> None:
    documented = {
        (method, path) for method, path in MENDED[version].operations() if not any(part in path for part in NOT_SERVED)
    }
    assert set(OPERATIONS[version]) == documented


@pytest.mark.parametrize("version", ["v3", "v2"])
def test_every_operation_has_a_good_request(version: str, api: Api) -> None:
    requests = V3 if version == "v3" else (*V2, *enrichments(api))
    assert {(one.method, one.document or one.path) for one in requests} == set(OPERATIONS[version])


# --- refusals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["v3", "v2"])
def test_every_refusal_has_the_documents_shape(version: str, api: Api) -> None:
    schema = MENDED[version].validator(MENDED[version].schema("ErrorResponse"))
    for (method, path), _ in OPERATIONS[version].items():
        url = path.replace("{filterType}", "nothing").replace("{objectType}", "nothing")
        refused = api.post(url, {"unknown": 1}) if method == "POST" else api.get(url, unknown="1")
        assert refused.status_code == 400, f"{method} {path}: {refused.text}"
        schema.validate(refused.json())
        assert set(refused.json()) == {"statusCode", "message", "errors"}
        stranger = api.http.request(method, url, headers={"api_key": "wrong"})
        assert (stranger.status_code, stranger.json()) == (401, {"statusCode": 401, "message": "Invalid API key"})
    assert api.account.used == 0


def test_sessions_that_are_over_are_refused_in_the_documents_two_shapes(api: Api) -> None:
    for version, request in [*(("v3", one) for one in V3), *(("v2", one) for one in V2)]:
        if "lookalike" in request.path:
            body = request.body | {"dedupeSessionId": "58adaa77-7a6e-4c9b-8c2d-820a6538e613"}
            answer = api.post(request.path, body)
            assert answer.status_code == 410
            MENDED[version].check("POST", request.path, 410, answer.json())


# --- requests ---------------------------------------------------------------------------------------------

CONTRADICTED: dict[tuple[str, str], str] = {
    ("/v3/contacts/lookalike", "firstRequest"): "3 seeds, where 5 are asked for",
    ("/v3/contacts/lookalike", "secondRequest"): "1 seed, where 5 are asked for",
    ("/v3/companies/lookalike", "firstRequest"): "3 seeds, where 5 are asked for",
    ("/v3/companies/lookalike", "secondRequest"): "1 seed, where 5 are asked for",
    ("/api/signals/contacts/search", "searchByNameAndCompany"): "a company without domain, and unknown properties",
}
"""Examples that break the document's own rules, and how."""
ADAPTED = ("tableId", "dedupeSessionId")
"""Name things of the document's account: left out."""


def examples(version: str) -> list[tuple[str, str, Any]]:
    return [
        (path, name, example)
        for method, path in OPERATIONS[version]
        for name, example in MENDED[version].requests(path, method).items()
    ]


@pytest.mark.parametrize("version", ["v3", "v2"])
def test_the_requests_of_the_documents_examples_are_taken(version: str, api: Api) -> None:
    taken = 0
    for path, name, example in examples(version):
        body = {key: value for key, value in example.items() if key not in ADAPTED}
        if path.endswith("/enrich") and path.startswith("/prospecting/"):
            kind = "contact" if "contact" in path else "company"
            found = api.ok(f"/prospecting/{kind}/search", {"filters": {}})
            body["requestId"] = found["requestId"]
        answer = api.post(path, body)
        contradicted = CONTRADICTED.get((path, name))
        assert answer.status_code == (400 if contradicted else 200), f"{path} {name}: {answer.text}"
        taken += answer.status_code == 200
    assert taken > 10


@pytest.mark.parametrize("path", ["/v2/person", "/v2/company"])
def test_the_queries_of_the_documents_examples_are_taken(path: str, api: Api) -> None:
    """Each parameter with its example: nobody is found by them here, and nothing is refused."""
    query = {one["name"]: one.get("example", one["schema"].get("example")) for one in MENDED["v2"].parameters(path)}
    answer = api.get(path, **{name: value for name, value in query.items() if value is not None})
    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize(
    ("version", "operation"),
    [(version, operation) for version, patches in PATCHES.items() for operation in patches],
    ids=str,
)
def test_the_document_breaks_its_own_schema_where_we_mend_it(version: str, operation: tuple[str, str, str]) -> None:
    """When this fails, the document was mended: drop the patch."""
    method, path, words = operation
    found, mended = Document(version), MENDED[version]
    example = found.answers(path, method)[""]
    assert any(words in error.message for error in found.answer_errors(method, path, example))
    assert not any(words in error.message for error in mended.answer_errors(method, path, example))


def test_the_documents_are_where_they_are_looked_for_or_not_at_all() -> None:
    """So that a moved folder is noticed: both documents or none."""
    assert len(list(FOLDER.glob("v?-openapi.yaml"))) in (0, 2)
