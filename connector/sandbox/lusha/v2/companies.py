"""``GET /v2/company`` and ``POST /v2/company``: companies found and sold in one call, one credit each, once."""

from __future__ import annotations

from typing import Any

from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.call import Call, Operations
from connector.sandbox.lusha.checker import Body, typed
from connector.sandbox.lusha.refusals import Refusal, refuse
from connector.sandbox.lusha.signals import Asked, Event, company_events
from connector.sandbox.lusha.v2 import firms
from connector.sandbox.lusha.v2.rules import COMPANIES, COMPANY_QUERY, SIGNAL_TYPES
from connector.sandbox.lusha.v2.signals import refinements

Answer = dict[str, Any]
Events = dict[str, list[Event]]


def single(account: LushaAccount, call: Call) -> Answer:
    """One company by query; 404 when not found."""
    query = typed(COMPANY_QUERY, call.query)
    refuse(COMPANY_QUERY.problems(query, ""))
    names = {"companyId": "id", "domain": "domain", "company": "name"}
    id = account.directory.company({names[key]: value for key, value in query.items() if key in names})
    if id is None:
        raise Refusal(404)
    profile = account.directory.companies[id].profile
    events = _events(account, query, profile)
    _buy(account, {"": id}, {"": events})
    return {"data": firms.alone(profile) | _signals(events), "meta": {}}


def bulk(account: LushaAccount, call: Call) -> Answer:
    """Up to 100 companies, keyed by the request's ``id``; unknown ones are left out."""
    body = call.body
    refuse(COMPANIES.problems(body, ""))
    found = {item["id"]: account.directory.company(_named(item)) for item in body["companies"]}
    ids = {reference: id for reference, id in found.items() if id is not None}
    profiles = {reference: account.directory.companies[id].profile for reference, id in ids.items()}
    events = {reference: _events(account, body, profile) for reference, profile in profiles.items()}
    _buy(account, ids, events)
    return {reference: firms.in_bulk(profile) | _signals(events[reference]) for reference, profile in profiles.items()}


def _named(item: Body) -> Answer:
    """A bulk item in V3's names."""
    known = {"id": item.get("companyId"), "domain": item.get("domain") or item.get("fqdn"), "name": item.get("name")}
    return {key: value for key, value in known.items() if value}


def _buy(account: LushaAccount, ids: dict[str, str], events: dict[str, Events]) -> None:
    fee = account.signal_fee(len(each) for each in events.values())
    if account.buy([(id, "company") for id in ids.values()], fee) is None:
        raise Refusal(402)


def _events(account: LushaAccount, wanted: Body, profile: Any) -> Events:
    """The signals asked for, by type; none when none were."""
    types, today = wanted.get("signals", ()), account.clock().date()
    asked = Asked.of(types, SIGNAL_TYPES["companies"][1:], wanted.get("signalsStartDate"), today)
    return asked.of_one(company_events(profile), *refinements(wanted.get("signalsFilters", {})))


def _signals(events: Events) -> Answer:
    """Flat among the company's fields, as the document has them."""
    return {type: [dict(event.detail) for event in each] for type, each in events.items()}


OPERATIONS: Operations = {("GET", "/v2/company"): single, ("POST", "/v2/company"): bulk}
