"""Requests of Lusha's API V2 for people and companies, many at once and one alone. All pure.

V2 has no search without a purchase: who is found is paid for. An item that Lusha would refuse refuses a whole
request, so it raises RequestRefused here, before anything is sent (``connector.lusha.identifying``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from connector.lusha.calls import Call
from connector.lusha.identifying import NAMES, check_count, check_references, given
from connector.lusha.prices import PriceList
from connector.lusha.refusing import refused
from connector.lusha.revealing import asked
from connector.lusha.v2 import answers
from connector.models import Answer, Entity, Identity

_ONE: Mapping[Entity, Mapping[str, str]] = MappingProxyType(
    {
        "person": {"id": "personId", **NAMES},
        "company": {"id": "companyId", "domain": "domain", "name": "company"},
    }
)
"""Names of an identity's fields in the query of a GET."""

_COMPANY_ITEM: Mapping[str, str] = MappingProxyType({"id": "companyId", "domain": "domain", "name": "name"})
"""The same in an item of the bulk request, where a name is ``name``."""


def look_up(
    entity: Entity,
    identities: Sequence[Identity],
    references: Sequence[str],
    reveal: Collection[str] | None,
    prices: PriceList,
) -> Call[Answer]:
    """1 to 100 people or companies, found and bought (``POST /v2/person``, ``POST /v2/company``).

    ``references``: one for each identity, no two alike; the answer is matched by them. ``reveal``: a person's data to
    buy, some of emails and phones, both flags always sent, since either is on where it is left out; None = the plan
    has no unified credits (403 for the flags): neither is sent, both data come and both may be charged. Companies come
    whole, and partial profiles of either are declined. Costs the price of each datum that comes, or of a company.

    ValueError: no items, another number of references, or nothing to reveal. RequestRefused: too many items, or one
    that Lusha would refuse, with code "412" for a name without both parts, else "400".
    https://docs.lusha.com/apis/openapi (searchMultipleContacts, searchMultipleCompaniesV2)
    """
    check_count(len(identities))
    check_references(identities, references)
    data = data_asked(entity, reveal)
    fields = [identified(entity, identity, place) for place, identity in enumerate(identities, start=1)]
    if entity == "person":
        body: dict[str, Any] = {
            "contacts": [
                {"contactId": reference, **_contact(item)} for reference, item in zip(references, fields, strict=True)
            ],
            "metadata": {**flags(data), "partialProfile": False},
        }
    else:
        body = {
            "companies": [
                {"id": reference, **{_COMPANY_ITEM[name]: value for name, value in item.items()}}
                for reference, item in zip(references, fields, strict=True)
            ],
            "partialCompany": False,
        }
    read = answers.people if entity == "person" else answers.companies
    return Call(
        "POST",
        f"/v2/{entity}",
        lambda payload: read(payload, identities, references, data, prices),
        body=body,
        paid=True,
    )


def look_up_one(entity: Entity, identity: Identity, reveal: Collection[str] | None, prices: PriceList) -> Call[Answer]:
    """One person or company, found and bought (``GET /v2/person``, ``GET /v2/company``).

    ``reveal``, cost and errors: as ``look_up``. A 404 is the item's error NOT_FOUND and costs nothing.
    https://docs.lusha.com/apis/openapi (searchSingleContact, searchSingleCompanyV2)
    """
    data = data_asked(entity, reveal)
    query: dict[str, str | int | bool | Sequence[str]] = {
        _ONE[entity][name]: value for name, value in identified(entity, identity, 1).items()
    }
    if entity == "person":
        query |= {**flags(data), "partialProfile": False}
    else:
        query["partialCompany"] = False
    read = answers.one_person if entity == "person" else answers.one_company
    return Call(
        "GET",
        f"/v2/{entity}",
        lambda payload: read(payload, identity, data, prices),
        query=query,
        paid=True,
        absent=lambda: answers.NOTHING,
    )


def data_asked(entity: Entity, reveal: Collection[str] | None) -> frozenset[str] | None:
    """As ``revealing.asked``; None where a request cannot say, and all of it comes."""
    return None if reveal is None else asked(entity, reveal)


def flags(data: frozenset[str] | None) -> dict[str, bool]:
    """What to reveal of people, both said: an omitted one is true."""
    return {} if data is None else {"revealEmails": "emails" in data, "revealPhones": "phones" in data}


def identified(entity: Entity, identity: Identity, place: int) -> dict[str, str]:
    """The fields of an identity, checked; a name without both parts is refused with 412, as by Lusha."""
    first, last = (bool((part or "").strip()) for part in (identity.first_name, identity.last_name))
    if entity == identity.entity == "person" and first != last:
        raise refused(place, "has a name without both parts", code="412")
    return given(entity, identity, place)


def _contact(item: Mapping[str, str]) -> dict[str, Any]:
    """An item of the bulk request: it takes a whole name and a list of employers, and refuses the parts."""
    if "first_name" not in item:
        return {_ONE["person"][name]: value for name, value in item.items()}
    employer = {"domain": item["company_domain"]} if "company_domain" in item else {"name": item["company_name"]}
    return {
        "fullName": f"{item['first_name']} {item['last_name']}",
        "companies": [{**employer, "isCurrent": True}],
    }
