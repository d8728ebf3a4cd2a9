"""V3's search and enrichment of everybody in the world, and its refusals, held against Lusha's own document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connector.sandbox.lusha.limits import Limits, Plan
from connector.sandbox.lusha.prices import REVEALS
from tests.openapi import Document
from tests.sandbox.lusha.api import WORLD, Api
from tests.sandbox.lusha.mended import MENDED


@pytest.fixture(scope="module")
def document() -> Document:
    return MENDED["v3"]


def batches(ids: list[str]) -> list[list[str]]:
    return [ids[start : start + 100] for start in range(0, len(ids), 100)]


def strangers(document: Document, api: Api, path: str, body: Any) -> set[str]:
    """Undocumented properties of an answer that is otherwise as documented."""
    answer = api.ok(path, body)
    document.check("POST", path, 200, answer)
    return document.strangers("POST", path, answer)


def test_searching_and_enriching_everybody(document: Document, api: Api) -> None:
    found: set[str] = set()
    for ids in batches([*WORLD.people, "1"]):
        found |= strangers(document, api, "/v3/contacts/search", {"contacts": [{"id": id} for id in ids]})
        found |= strangers(document, api, "/v3/contacts/enrich", {"ids": ids})
    # in the document's examples, though not in its schema
    assert found <= {".results[].company.industry"}


def test_searching_and_enriching_every_company(document: Document, api: Api) -> None:
    found: set[str] = set()
    for ids in batches([*WORLD.companies, "1"]):
        found |= strangers(document, api, "/v3/companies/search", {"companies": [{"id": id} for id in ids]})
        for reveal in ((), REVEALS["companies"]):
            found |= strangers(document, api, "/v3/companies/enrich", {"ids": ids, "reveal": list(reveal)})
    # the schema says phone and email; the examples and ``has`` say phones[] and emails[]
    assert found == {".results[].phones", ".results[].emails"}


def test_every_name_in_has_and_can_reveal_is_one_the_document_knows(document: Document, api: Api) -> None:
    preview = document.schema("V3CompanyPreview")["properties"]
    shown = document.answers("/v3/companies/search")[""]["results"]
    known = {*preview["has"]["example"], *(name for result in shown for name in result["has"])}
    body = {"companies": [{"id": id} for id in [*WORLD.companies][:100]]}
    for result in api.ok("companies/search", body)["results"]:
        assert set(result["has"]) <= known
        assert {offer["field"] for offer in result["canReveal"]} <= set(REVEALS["companies"])


def test_refusals(document: Document, api: Api) -> None:
    path = "/v3/contacts/search"
    good = {"contacts": [{"id": next(iter(WORLD.people))}]}

    def refused(status: int, body: Any = good, headers: Mapping[str, str] | None = None) -> None:
        answer = api.http.post(path, json=body, headers=headers)
        assert answer.status_code == status
        document.check("POST", path, status, answer.json())

    refused(400, {"contacts": [{"email": "no"}]})
    refused(401, headers={"api_key": "wrong"})
    api.account.active = False
    refused(403)
    api.account.active = True
    api.account.used = api.account.total
    refused(402)
    api.account.limits = Limits(Plan(per_minute=0))
    refused(429)


def test_the_reveal_lists_are_the_documents(document: Document) -> None:
    for kind, name in (("contacts", "V3ContactsEnrichRequest"), ("companies", "V3CompaniesEnrichRequest")):
        assert set(REVEALS[kind]) == set(document.schema(name)["properties"]["reveal"]["items"]["enum"])
