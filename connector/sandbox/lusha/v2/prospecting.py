"""``POST /prospecting/{contact,company}/{search,enrich}``: people and companies by filters, bought afterwards.

The search is free: the document names no charge but for signals that were filtered on ("charges apply per signal
type"). Its ``requestId`` and the ids it gave out are all that an enrich takes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.call import Call, Operations
from connector.sandbox.lusha.checker import Body
from connector.sandbox.lusha.contact_filters import data_points
from connector.sandbox.lusha.memory import Search
from connector.sandbox.lusha.prices import REVEALS
from connector.sandbox.lusha.prospects import companies_passing, contacts_passing
from connector.sandbox.lusha.refusals import Refusal, refuse
from connector.sandbox.lusha.signals import events_of, filtered_types
from connector.sandbox.lusha.v2 import firms, people
from connector.sandbox.lusha.v2.filter_rules import ENRICH, SEARCH, in_v3_names
from connector.sandbox.lusha.v2.revealing import revealed

Answer = dict[str, Any]

_NO_DNC = (
    "Exclude DNC is not supported on your current plan. Please contact support or your account manager for assistance."
)
_PAGES = {"page": 0, "size": 20}


def _search(kind: str) -> Callable[[LushaAccount, Call], Answer]:
    def work(account: LushaAccount, call: Call) -> Answer:
        body = call.body
        refuse(SEARCH[kind].problems(body, ""))
        exclude_dnc = bool(body.get("excludeDnc", False))
        if exclude_dnc and not account.dnc_filter:
            raise Refusal(403, _NO_DNC)
        filters = in_v3_names(body["filters"])
        found = (
            companies_passing(account.directory, filters)
            if kind == "companies"
            else contacts_passing(account.directory, filters, exclude_dnc=exclude_dnc)
        )
        pages = _PAGES | body.get("pages", {})
        shown = found[pages["page"] * pages["size"] : (pages["page"] + 1) * pages["size"]]
        ids = {str(uuid4()) if kind == "contacts" else id: id for id in shown}
        results = [_result(account, kind, given, id, filters) for given, id in ids.items()]
        if not account.charge(account.signal_fee(len(result.get("signalTypes", ())) for result in results)):
            raise Refusal(402)
        account.found.update(shown)
        return {
            "requestId": account.searches.keep(Search(kind, ids, exclude_dnc)),
            "currentPage": pages["page"],
            "pageLength": len(results),
            "totalResults": len(found),
            kind: results,
        }

    return work


def _result(account: LushaAccount, kind: str, given: str, id: str, filters: Body) -> Answer:
    shown = _contact(account, given, id) if kind == "contacts" else _company(account, id)
    wanted = filters.get(kind, {}).get("include", {}).get("signals")
    if wanted is None:
        return shown
    return shown | {"signalTypes": filtered_types(events_of(account.directory, kind, id), wanted)}


def _contact(account: LushaAccount, given: str, id: str) -> Answer:
    profile = account.directory.people[id].profile
    employer = account.directory.companies.get(profile["company"].get("id", ""))
    firm = employer.profile if employer else profile["company"]
    points = data_points(profile)
    return {
        "contactId": given,
        "isShown": any((id, datum) in account.revealed for datum in REVEALS["contacts"]),
        "name": profile["fullName"],
        "jobTitle": profile["jobTitle"]["title"],
        "companyId": people.employer_id(profile),
        "companyName": profile["company"]["name"],
        "fqdn": firms.fqdn(firm),
        **firms.flags(firm),
        "hasDepartment": bool(profile["jobTitle"]["departments"]),
        "hasSeniority": "seniority" in profile["jobTitle"],
        "hasContactLocation": True,
        "hasSocialLink": bool(profile["socialLinks"]),
        "hasEmails": "email" in points,
        "hasWorkEmail": "work_email" in points,
        "hasPrivateEmail": "private_email" in points,
        "hasPhones": "phone" in points,
        "hasMobilePhone": "mobile_phone" in points,
        "hasDirectPhone": "direct_phone" in points,
    }


def _company(account: LushaAccount, id: str) -> Answer:
    profile = account.directory.companies[id].profile
    description = {"description": profile["description"]} if "description" in profile else {}
    return {
        "id": id,
        "name": profile["name"],
        "fqdn": firms.fqdn(profile),
        **description,
        "logoUrl": profile["logoUrl"],
        **firms.flags(profile),
    }


def _searched(account: LushaAccount, kind: str, id: str) -> Search:
    """The search of a ``requestId``. An unknown one is refused with 400: the document gives an enrich no 404."""
    search = account.searches.find(id, kind)
    if search is None:
        raise Refusal(400, "Validation failed", ["requestId is not that of a prospecting search"])
    return search


def enrich_contacts(account: LushaAccount, call: Call) -> Answer:
    """An id that the search did not give out is an entry without success; each datum is charged once."""
    body = call.body
    refuse(ENRICH["contacts"].problems(body, ""))
    reveal = revealed(account, body)
    search = _searched(account, "contacts", body["requestId"])
    ids = {given: search.ids.get(given) for given in body["contactIds"]}
    profiles = {given: account.directory.people[id].profile for given, id in ids.items() if id is not None}
    data = [(profile["id"], datum) for profile in profiles.values() for datum in reveal if profile[datum]]
    if account.buy(data) is None:
        raise Refusal(402)
    return {
        "requestId": body["requestId"],
        "contacts": [
            {"id": given, "isSuccess": given in profiles}
            | ({"data": _bought(account, profiles[given], reveal, search)} if given in profiles else {})
            for given in ids
        ],
    }


def _bought(account: LushaAccount, profile: Any, reveal: tuple[str, ...], search: Search) -> Answer:
    employer = account.directory.companies.get(profile["company"].get("id", ""))
    firm = employer.profile if employer else {}
    return people.prospected(profile, firm, reveal, callable_only=search.exclude_dnc) | {"isShown": True}


def enrich_companies(account: LushaAccount, call: Call) -> Answer:
    """An id that the search did not give out is left out: the document's companies have no error of their own."""
    body = call.body
    refuse(ENRICH["companies"].problems(body, ""))
    search = _searched(account, "companies", body["requestId"])
    ids = [id for id in dict.fromkeys(body["companiesIds"]) if id in search.ids]
    if account.buy([(id, "company") for id in ids]) is None:
        raise Refusal(402)
    companies = account.directory.companies
    return {"requestId": body["requestId"], "companies": [firms.prospected(companies[id].profile) for id in ids]}


OPERATIONS: Operations = {
    ("POST", "/prospecting/contact/search"): _search("contacts"),
    ("POST", "/prospecting/company/search"): _search("companies"),
    ("POST", "/prospecting/contact/enrich"): enrich_contacts,
    ("POST", "/prospecting/company/enrich"): enrich_companies,
}
