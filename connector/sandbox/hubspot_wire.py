"""Reads the requests of the sandbox's HubSpot portal and words its answers and refusals.

Stands between ``hubspot``, which decides, and HTTP: bodies, rows as JSON and errors, no state.
https://developers.hubspot.com/docs/api-reference/error-handling
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse

from connector.sandbox.front import Logged
from connector.sandbox.hubspot_records import Input, Outcome, Taken
from connector.sandbox.hubspot_schema import CONTACTS, PORTAL_ID, HubSpotType
from connector.sandbox.hubspot_types import find_type
from connector.sandbox.hubspot_values import Problem
from connector.sandbox.tables import Row

_NEEDED = {"contacts": ("email", "firstname", "lastname"), "companies": ("name", "domain")}
"""Of these a new record must have one; of another type, its first property."""
_SCALARS = (str, int, float, bool)


class ApiError(Exception):
    """An answer other than 2xx: ``{status, message, correlationId, category, …}``."""

    def __init__(self, status: int, message: str, category: str | None = None, **extra: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"status": "error", "message": message}
        if category is not None:
            self.body["category"] = category
        self.body |= extra

    def response(self, requests: Sequence[Logged]) -> JSONResponse:
        """The answer; its correlation id counts the requests, so that recordings stay the same."""
        return JSONResponse({**self.body, "correlationId": str(UUID(int=len(requests)))}, self.status)


def invalid(message: str, **extra: Any) -> ApiError:
    """A 400 of category VALIDATION_ERROR."""
    return ApiError(400, message, "VALIDATION_ERROR", **extra)


def bad_json(message: str) -> ApiError:
    """The refusal of a body that does not fit the endpoint."""
    return invalid(f"Invalid input JSON on line 1, column 1: {message}")


def bad_values(problems: Sequence[Problem]) -> dict[str, Any]:
    """Message and errors of refused property values, as HubSpot spells them: JSON within the message."""
    said = json.dumps([problem.as_validation() for problem in problems])
    return {
        "message": f"Property values were not valid: {said}",
        "errors": [problem.as_error() for problem in problems],
    }


def named_type(request: Request) -> HubSpotType:
    """The object type that the path names. Raises ApiError 400."""
    name = request.path_params["type"]
    if (found := find_type(name)) is None:
        raise invalid(f"Unable to infer object type from: {name}")
    return found


async def read_body(request: Request, known: Iterable[str], *, most_characters: int | None = None) -> dict[str, Any]:
    """The request's JSON object with no key but the known ones. Raises ApiError 400."""
    content = await request.body()
    if most_characters is not None and len(content.decode(errors="replace")) > most_characters:
        raise invalid(f"The request body is longer than {most_characters} characters")
    try:
        body = json.loads(content)
    except ValueError as error:
        raise bad_json(str(error)) from None
    if not isinstance(body, dict):
        raise bad_json("the body is no object")
    only_known(body, known)
    return body


def only_known(given: Mapping[str, Any], known: Iterable[str]) -> None:
    """Refuse a key that the endpoint does not document."""
    for name in given.keys() - set(known):
        raise bad_json(f'unknown field "{name}"')


def read_inputs(body: Mapping[str, Any], most: int, known: Iterable[str], *, new: bool = False) -> list[dict[str, Any]]:
    """The ``inputs`` of a batch: objects with an id unless they are new, at most ``most`` of them."""
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or not all(isinstance(one, dict) for one in inputs):
        raise bad_json("Some required fields were not set: [inputs]")
    if len(inputs) > most:
        raise invalid(f"The batch holds {len(inputs)} inputs; the most is {most}")
    for one in inputs:
        only_known(one, known)
        if not new and (not isinstance(one.get("id"), str | int) or isinstance(one["id"], bool)):
            raise bad_json("Some required fields were not set: [id]")
    return inputs


def read_updates(inputs: Iterable[Mapping[str, Any]]) -> list[Input]:
    """The inputs of a batch update; values that are no text become text, as HubSpot does it."""
    return [Input(str(one["id"]), _texts(one.get("properties")), one.get("objectWriteTraceId")) for one in inputs]


def read_new(spec: HubSpotType, inputs: Sequence[Mapping[str, Any]]) -> list[Input]:
    """The inputs of a batch of new records: each has what HubSpot asks of one, and no associations.

    https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide
    """
    news = [Input("", _texts(one.get("properties")), one.get("objectWriteTraceId")) for one in inputs]
    if any(one.get("associations") for one in inputs):
        raise invalid("The sandbox makes no associations")
    needed = _NEEDED.get(spec.name, spec.defaults[:1])
    if not all(any(one.properties.get(name) for name in needed) for one in news):
        raise invalid(f"At least one of these properties is required: {', '.join(needed)}")
    return news


def _texts(properties: Any) -> dict[str, str]:
    if not isinstance(properties, dict):
        raise bad_json("Some required fields were not set: [properties]")
    for name, value in properties.items():
        if not isinstance(value, _SCALARS):
            raise bad_json(f"the value of {name} is no text")
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in properties.items()}


def shown(spec: HubSpotType, rows: Iterable[Row], asked: Iterable[str] | None) -> list[dict[str, Any]]:
    """Records as JSON with the properties asked for (null where one has none) and those always given.

    Properties that do not exist are left out without a word; ``asked`` None means the type's defaults.
    """
    wanted = spec.defaults if asked is None else asked
    names = sorted({name for name in (*wanted, *spec.always) if name in spec.by_name})
    return [
        {
            "id": row["id"], "properties": {name: held.get(name) for name in names},
            "createdAt": held["createdate"], "updatedAt": held[spec.modified], "archived": row["archived"],
        }
        for row in rows
        for held in (row["properties"],)
    ]  # fmt: skip


def not_found(spec: HubSpotType, ids: Sequence[str]) -> dict[str, Any]:
    """The one entry of ``errors`` for all ids of a batch that do not exist."""
    message = f"Could not get some {spec.singular} objects, they may be deleted or not exist. Check that ids are valid."
    return {"status": "error", "category": "OBJECT_NOT_FOUND", "message": message, "context": {"ids": list(ids)}}


def no_record(id: str) -> ApiError:
    """The refusal of a path that names no record: https://github.com/HubSpot/hubspot-api-nodejs/issues/669"""
    message = "Object not found.  objectId are usually numeric."
    return ApiError(404, message, "OBJECT_NOT_FOUND", context={"id": [id]})


def update_errors(spec: HubSpotType, outcome: Outcome) -> list[dict[str, Any]]:
    """The ``errors`` of a batch update's answer."""
    errors: list[dict[str, Any]] = [not_found(spec, outcome.missing)] if outcome.missing else []
    for one, problems in outcome.refused:
        context = {"objectWriteTraceId": [one.trace or ""]}
        errors.append({"status": "error", "category": "VALIDATION_ERROR", **bad_values(problems), "context": context})
    for one, message in outcome.ruled_out:
        context = {"ids": [one.id]} | ({"objectWriteTraceId": [one.trace]} if one.trace else {})
        errors.append({"status": "error", "category": "VALIDATION_ERROR", "message": message, "context": context})
    return errors


def taken(spec: HubSpotType, refused: Taken) -> ApiError:
    """The refusal of a unique value that another record holds: e-mails of contacts have an answer of their own."""
    if spec.name == CONTACTS.name and refused.name == "email":
        return ApiError(409, f"Contact already exists. Existing ID: {refused.holder}", "CONFLICT")
    coordinates = (
        f"PropertyValueCoordinates{{portalId={PORTAL_ID}, objectTypeId={spec.type_id}, objectId={refused.record}, "
        f"propertyName={refused.name}, value={refused.value}}}"
    )
    message = f"Cannot set {coordinates} on {refused.record}. {refused.holder} already has that value."
    problem = Problem("CONFLICTING_UNIQUE_VALUE", message, refused.name)
    return ApiError(400, category="VALIDATION_ERROR", **bad_values([problem]))


def _companies(spec: HubSpotType, row: Row) -> list[str]:
    """Ids of a record's companies, the primary one first. A contact's is told by a property, a custom object's by the
    row's own ``companies``."""
    if spec.name == CONTACTS.name:
        company = row["properties"].get("associatedcompanyid")
        return [] if company is None else [company]
    return list(row.get("companies", ()))


def company_links(spec: HubSpotType, row: Row) -> list[dict[str, Any]]:
    """A record's companies in the v4 spelling: the primary one, labelled and unlabelled, then the others."""
    primary, plain = (1, 279) if spec.name == CONTACTS.name else (3_101, 3_102)
    category = "HUBSPOT_DEFINED"
    unlabelled = {"category": category, "typeId": plain, "label": None}
    labelled = {"category": category, "typeId": primary, "label": "Primary"}
    return [
        {"toObjectId": int(company), "associationTypes": [unlabelled] if place else [labelled, unlabelled]}
        for place, company in enumerate(_companies(spec, row))
    ]


def list_associations(spec: HubSpotType, row: Row) -> Mapping[str, Any]:
    """A record's companies as the list endpoint adds them; nothing where it has none."""
    kinds = (f"{spec.singular.lower()}_to_company", f"{spec.singular.lower()}_to_company_unlabeled")
    results = [{"id": company, "type": kind} for company in _companies(spec, row) for kind in kinds]
    return {"associations": {"companies": {"results": results}}} if results else {}


def no_company(spec: HubSpotType, id: str) -> dict[str, Any]:
    """The entry of ``errors`` for a record without a company."""
    kind = spec.singular.lower()
    return {
        "status": "error", "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No company is associated with {kind} {id}.",
        "context": {"fromObjectId": [id], "fromObjectType": [kind], "toObjectType": ["company"]},
    }  # fmt: skip
