"""What V3's bodies must be, as data: search, enrich, search-and-enrich, signals and lookalikes.

Written from https://docs.lusha.com (V3). Prospecting's filters stand in ``filter_rules``.
"""

from __future__ import annotations

from collections.abc import Mapping

from connector.sandbox.lusha.checker import (
    Body,
    Flag,
    Many,
    Number,
    Problems,
    Rule,
    Shape,
    Text,
    given,
    texts,
)
from connector.sandbox.lusha.lookalikes import seed_problems
from connector.sandbox.lusha.prices import REVEALS
from connector.sandbox.lusha.signals import ALL, COMPANY_TYPES, CONTACT_TYPES, LINKEDIN

MOST = 100
"""Items in one request."""
SIGNAL_TYPES: Mapping[str, tuple[str, ...]] = {
    "contacts": (ALL, *CONTACT_TYPES),
    "companies": (ALL, LINKEDIN, *COMPANY_TYPES),
}


def _person_named(item: Body, name: str) -> Problems:
    at_company = given(item, "companyName") or given(item, "companyDomain")
    named = given(item, "firstName") and given(item, "lastName") and at_company
    if not named and not any(given(item, key) for key in ("id", "linkedinUrl", "email")):
        yield (
            f"{name} must have an identifier: id, linkedinUrl, email, or firstName + lastName + "
            "companyName or companyDomain"
        )


def _company_named(item: Body, name: str) -> Problems:
    if not any(given(item, key) for key in ("id", "name", "domain")):
        yield f"{name} must have an identifier: id, name or domain"


def _texts_of(*names: str) -> dict[str, Rule]:
    return dict.fromkeys(names, Text())


_ITEMS: Mapping[str, Shape] = {
    "contacts": Shape(
        _texts_of("clientReferenceId", "id", "linkedinUrl")
        | {"email": Text(format="email")}
        | _texts_of("firstName", "lastName", "companyName", "companyDomain"),
        also=_person_named,
    ),
    "companies": Shape(_texts_of("clientReferenceId", "id", "name", "domain"), also=_company_named),
}
_OPTIONS = Shape({"includePartialProfiles": Flag()})
_FOUND_IDS = Many(Text(filled=True), least=1, most=MOST)
_MOST_SIGNALS = Number(least=1, most=100)


def _signals(kind: str) -> Shape:
    return Shape(
        {
            "types": texts(*SIGNAL_TYPES[kind]),
            "startDate": Text(format="date"),
            "maxResultsPerSignal": _MOST_SIGNALS,
        },
        required=("types",),
    )


def _search(kind: str) -> Shape:
    items = Many(_ITEMS[kind], least=1, most=MOST)
    return Shape({kind: items, "options": _OPTIONS, "signals": _signals(kind)}, required=(kind,))


def _search_and_enrich(kind: str) -> Shape:
    """Only contacts take ``reveal`` here: the document gives companies none, so their extras need an enrich."""
    reveal: dict[str, Rule] = {"reveal": texts(*REVEALS[kind])} if kind == "contacts" else {}
    items = Many(_ITEMS[kind], least=1, most=MOST)
    return Shape({kind: items, **reveal, "options": _OPTIONS}, required=(kind,))


def _enrich(kind: str) -> Shape:
    waterfall: dict[str, Rule] = {"waterfallEnabled": Flag()} if kind == "contacts" else {}
    return Shape(
        {"ids": _FOUND_IDS, "reveal": texts(*REVEALS[kind]), **waterfall, "tableId": Text()}, required=("ids",)
    )


def _signals_request(kind: str) -> Shape:
    categories = Shape({"include": Shape({"intentCategories": texts()})})
    filters: dict[str, Rule] = {"filters": categories} if kind == "companies" else {}
    return Shape(
        {
            "ids": _FOUND_IDS,
            "signalTypes": texts(*SIGNAL_TYPES[kind]),
            "startDate": Text(format="date"),
            "maxResultsPerSignal": _MOST_SIGNALS,
            "tableId": Text(),
            **filters,
        },
        required=("ids", "signalTypes"),
    )


def _employed(item: Body, name: str) -> Problems:
    if not given(item, "companyDomain") and not given(item, "companyName"):
        yield f"{name} must have companyDomain or companyName"


LOOKALIKE_CONTACT = Shape(
    _texts_of("firstName", "lastName", "companyDomain", "companyName"),
    required=("firstName", "lastName"),
    also=_employed,
)
_SEEDS: Mapping[str, Shape] = {
    "contacts": Shape(
        {
            "linkedinUrls": texts(most=MOST),
            "contacts": Many(LOOKALIKE_CONTACT, most=MOST),
            "emails": Many(Text(format="email"), most=MOST),
            "ids": texts(most=MOST),
            "contactIds": Many(Number(), most=MOST),
        },
        null=True,
    ),
    "companies": Shape({"domains": texts(most=MOST), "linkedinUrls": texts(most=MOST)}, least=1),
}


def lookalike_rules(batch: Shape, **more: Rule) -> Shape:
    """A lookalike request whose seeds and exclusions are such batches; ``more``: properties of one generation."""
    seeds = Shape(batch.fields, least=batch.least)
    return Shape(
        {
            "dedupeSessionId": Text(format="uuid"),
            "seeds": seeds,
            "exclude": batch,
            "limit": Number(least=1, most=100),
            **more,
        },
        required=("seeds",),
        also=seed_problems,
    )


SEARCH = {kind: _search(kind) for kind in _ITEMS}
ENRICH = {kind: _enrich(kind) for kind in _ITEMS}
SEARCH_AND_ENRICH = {kind: _search_and_enrich(kind) for kind in _ITEMS}
SIGNALS = {kind: _signals_request(kind) for kind in _ITEMS}
LOOKALIKE = {kind: lookalike_rules(_SEEDS[kind], tableId=Text()) for kind in _ITEMS}
