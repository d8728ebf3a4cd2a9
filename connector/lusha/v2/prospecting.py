"""Lusha V2's prospecting: people and companies by filters, and their purchase under the search's request id. All pure.

filter_values ─► prospecting ─► request_id + ids ─► enrich
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from connector.lusha.calls import PLURAL, SINGULAR, Call, Undocumented, document
from connector.lusha.cleaning import boolean, integer, mapping, mappings, prune, text
from connector.lusha.criteria import check_do_not_call, check_page, check_values, checked
from connector.lusha.identifying import check_count, check_ids
from connector.lusha.prices import PriceList
from connector.lusha.refusing import refusal
from connector.lusha.v2 import shape
from connector.lusha.v2.filtering import FILTERS, LISTED
from connector.lusha.v2.purchases import companies_bought, people_bought
from connector.lusha.v2.requests import data_asked, flags
from connector.models import Answer, Entity, FilterType, Found, Profile

LARGEST_PAGE = 50

_HAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "emails": ("hasEmails", "hasWorkEmail", "hasPrivateEmail"),
        "phones": ("hasPhones", "hasMobilePhone", "hasDirectPhone"),
    }
)


def prospecting(
    entity: Entity,
    filters: Mapping[str, Any],
    prices: PriceList | None = None,
    *,
    page: int = 0,
    size: int = 20,
    partial: bool | None = None,
    without_do_not_call: bool = False,
) -> Call[Found]:
    """One page of people or companies that match (``POST /prospecting/{contact,company}/search``).

    ``filters`` in Lusha's own words, ``{"contacts": {"include": {…}, "exclude": {…}}, "companies": {…}}``. ``page`` 0
    to 1,000; ``size`` 10 to 50. ``partial``: incomplete profiles too; of people only where asked for, of companies as
    Lusha has it where left out. ``without_do_not_call``: nobody all of whose phones are on a do-not-call list; people
    only, and not on every plan. Results are previews; the id of a person's is good for ``enrich`` under the answer's
    ``request_id`` alone, so it is not among the attributes. Offers cost nothing where somebody of the account has
    revealed the person before.

    Lusha documents no price but that of a filter ``signals``, charged for each type that has results, and the answer
    tells none: ``charged`` is None. RequestRefused with code "400": Lusha would refuse the page, its size, or a
    filter's name or place. Undocumented: no list of results. https://docs.lusha.com/apis/openapi
    (searchProspectingContacts, searchProspectingCompanies)
    """
    check_page(page, size, LARGEST_PAGE)
    check_do_not_call(entity, without_do_not_call)
    criteria = checked(FILTERS[entity], filters)
    body: dict[str, Any] = {"pages": {"page": page, "size": size}, "filters": criteria}
    if entity == "person":
        body["includePartialContact"] = bool(partial)
    elif partial is not None:
        included = criteria.setdefault("companies", {}).setdefault("include", {})
        included.setdefault("excludePartialCompanies", not partial)
    if without_do_not_call:
        body["excludeDnc"] = True
    return Call(
        "POST",
        f"/prospecting/{SINGULAR[entity]}/search",
        lambda payload: _found(payload, entity, prices or PriceList(), page, size),
        body=body,
        paid=True,
    )


def enrich(
    entity: Entity, request_id: str, ids: Sequence[str], reveal: Collection[str] | None, prices: PriceList
) -> Call[Answer]:
    """Profiles of 1 to 100 results of one search, in the order asked (``POST /prospecting/{contact,company}/enrich``).

    ``ids``: those of the search's previews. ``reveal``: as of ``look_up``; None where the plan has no unified credits.
    One that is left out of the answer is NO_ANSWER; one that Lusha failed to enrich is ENRICH_FAILED. The answer tells
    no credits: the price of each datum asked that came (of a company for each) is estimated. A person's profile keeps
    the id of the search, since V2 tells no other here.

    ValueError: no ids, or nothing to reveal. RequestRefused with code "400": too many ids, a blank id or request id.
    Undocumented: no list of results. https://docs.lusha.com/apis/openapi (enrichProspectingContacts,
    enrichProspectingCompanies)
    """
    check_count(len(ids))
    check_ids(ids)
    if not request_id.strip():
        raise refusal("the id of the search that found them is blank")
    data = data_asked(entity, reveal)
    different = list(dict.fromkeys(ids))
    body: dict[str, Any] = {"requestId": request_id}
    if entity == "person":
        body |= {"contactIds": different, **flags(data)}
    else:
        body["companiesIds"] = different
    read = people_bought if entity == "person" else companies_bought
    return Call(
        "POST",
        f"/prospecting/{SINGULAR[entity]}/enrich",
        lambda payload: read(payload, ids, data, prices),
        body=body,
        paid=True,
    )


def filter_types(entity: Entity) -> tuple[FilterType, ...]:
    """The filters whose values Lusha lists. V2 has no operation for it: a table of ours, under V3's names."""
    return tuple(FilterType(name, needs_query=values.query == "needed") for name, values in LISTED[entity].items())


def filter_values(entity: Entity, name: str, text: str | None = None) -> Call[tuple[Any, ...]]:
    """The values of one filter (``GET`` or ``POST /prospecting/filters/{contacts,companies}/…``), as Lusha writes
    them: texts, ranges, ids with names. Free.

    ``text``: what is searched for; ``locations``, ``names`` and ``technologies`` need one, the others take none.
    RequestRefused with code "400": no such list, or a text missing or not taken. Undocumented: no list of values.
    https://docs.lusha.com/apis/openapi (Contact Filters, Company Filters)
    """
    listed = LISTED[entity]
    check_values({name: values.query for name, values in listed.items()}, name, text)
    values = listed[name]
    return Call(values.method, values.path, _values, body={"text": text} if values.method == "POST" else None)


def _found(payload: Any, entity: Entity, prices: PriceList, page: int, size: int) -> Found:
    told = document(payload)
    results = told.get(PLURAL[entity])
    if not isinstance(results, list):
        raise Undocumented(f"no {PLURAL[entity]} in the answer")
    preview = _person if entity == "person" else _company
    told_page = integer(told.get("currentPage"))
    return Found(
        profiles=tuple(found for entry in mappings(results) if (found := preview(entry, prices))),
        page=page if told_page is None else told_page,
        size=size,  # pageLength counts the results of this page
        total=integer(told.get("totalResults")),
        charged=None,
        request_id=text(told.get("requestId")),
    )


def _person(entry: Mapping[str, Any], prices: PriceList) -> Profile | None:
    told = mapping(prune(entry))
    id = text(told.get("contactId"))
    shown = boolean(entry.get("isShown")) is True
    offers = {
        datum: 0 if shown else prices.of(datum)
        for datum, flags in _HAS.items()
        if any(boolean(entry.get(flag)) for flag in flags)
    }
    return Profile("person", id, shape.person(told), offers=offers, raw=entry) if id else None


def _company(entry: Mapping[str, Any], prices: PriceList) -> Profile | None:
    attributes = shape.company(mapping(prune(entry)))
    id = attributes.get("id")
    return Profile("company", id, attributes, offers={"company": prices.of("company")}, raw=entry) if id else None


def _values(payload: Any) -> tuple[Any, ...]:
    if not isinstance(payload, list):
        raise Undocumented("no list of values in the answer")
    return tuple(payload)
