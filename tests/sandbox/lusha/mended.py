"""Lusha's own OpenAPI documents, mended where a schema contradicts the document's own examples: the examples win.

``test_documents`` shows that each of ``PATCHES`` is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connector.sandbox.lusha.prices import REVEALS
from tests.openapi import Document, Patch


def _in(*keys: str) -> Callable[[dict[str, Any]], Any]:
    def found(root: dict[str, Any]) -> Any:
        node: Any = root["components"]["schemas"]
        for key in keys:
            node = node[key]
        return node

    return found


def _company_offers(root: dict[str, Any]) -> None:
    """``canReveal[].field`` enumerates emails and phones alone; the company examples name their reveals there."""
    _in("V3CanRevealItem", "properties", "field")(root)["enum"] += REVEALS["companies"]


def _phones(root: dict[str, Any]) -> None:
    """``phones`` is one string by schema and a list in the example, as ``emails`` is."""
    _in("Contact", "properties")(root)["phones"] = {"type": "array", "items": {"type": "string"}}


def _no_error(root: dict[str, Any]) -> None:
    """``error`` must be an object by schema; every example of success has null."""
    for name in ("ContactResponse", "ContactSingleResponse"):
        properties = _in(name, "properties")(root)
        properties["error"] = {**properties["error"], "nullable": True}


def _bulk_location(root: dict[str, Any]) -> None:
    """Single and bulk share a schema that requires ``countryIso2`` and ``rawLocation``; bulk has ``country_iso2``."""
    _in("LocationResponse")(root)["required"] = ["country", "continent"]


def _previous_job(root: dict[str, Any]) -> None:
    """The job before requires a seniority and ``isCurrent`` of its company; the examples have ``{}``."""
    properties = _in("PreviousJobResponse", "properties")(root)
    properties["jobTitle"] = {"type": "object", "properties": _in("JobTitle", "properties")(root)}
    properties["company"] = {"type": "object", "properties": _in("Company", "properties")(root)}


def _funding_round(root: dict[str, Any]) -> None:
    """Beside a person a round requires ``title``; the example has ``roundType``, as everywhere else."""
    _in("CompanyResponse", "properties")(root)["funding"] = {"$ref": "#/components/schemas/CompanyFunding"}


def _seniorities(root: dict[str, Any]) -> None:
    """A list of strings by schema, of ``{id, name}`` in the example."""
    content = root["paths"]["/prospecting/filters/contacts/seniority"]["get"]["responses"]["200"]["content"]
    content["application/json"]["schema"]["items"] = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
    }


V2_PERSON, V3_COMPANIES = ("POST", "/v2/person"), ("POST", "/v3/companies/search")
PATCHES: Mapping[str, Mapping[tuple[str, str, str], Patch]] = {
    "v3": {(*V3_COMPANIES, "is not one of"): _company_offers},
    "v2": {
        (*V2_PERSON, "is not of type 'string'"): _phones,
        (*V2_PERSON, "None is not of type 'object'"): _no_error,
        (*V2_PERSON, "'rawLocation' is a required property"): _bulk_location,
        (*V2_PERSON, "'isCurrent' is a required property"): _previous_job,
        (*V2_PERSON, "'title' is a required property"): _funding_round,
        ("GET", "/prospecting/filters/contacts/seniority", "is not of type 'string'"): _seniorities,
    },
}
"""Operation whose own example breaks its schema, how, and the mended schema."""


MENDED: Mapping[str, Document] = {version: Document(version, *patches.values()) for version, patches in PATCHES.items()}
