"""Fills ``companies.<property>`` of a page of records from each record's primary company.

In most portals a contact names its primary company (``associatedcompanyid``); else the associations API is asked.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Any

from connector.crm.hubspot.answers import Body, results
from connector.crm.hubspot.endpoints import ASSOCIATION_BATCH, COMPANIES
from connector.crm.hubspot.errors import Forbidden, ReadRefused
from connector.crm.hubspot.transport import Transport
from connector.errors import ConfigError
from connector.models import Record, Value

_CACHED = 10_000  # companies kept while one read runs; neighbours in a CRM share them
_COMPANY_PATH = re.compile(rf"{COMPANIES}\.[^.]+")
_PRIMARY_LABEL = "Primary"
# HubSpot's own types: contact, deal and ticket to primary company
# (https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide#association-type-id-values)
_PRIMARY_TYPES = (1, 5, 26)

_log = logging.getLogger(__name__)
Fetch = Callable[[str, Sequence[str], Sequence[str]], Mapping[str, Record]]


def split_fields(object: str, fields: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Own properties, and related paths with the company property that each means.

    ConfigError: paths through anything but the primary company.
    """
    related = {path: path.partition(".")[2] for path in fields if "." in path}
    if wrong := [path for path in related if object == COMPANIES or not _COMPANY_PATH.fullmatch(path)]:
        raise ConfigError(
            f"HubSpot {object} have no such related field",
            problems=wrong if object == COMPANIES else [_with_near(path) for path in wrong],
            hint=f"a related field is {COMPANIES}.<property>, read from the primary company"
            if object != COMPANIES
            else "companies have no related fields here",
        )
    return [name for name in fields if "." not in name], related


class Associations:
    """Which company is a record's primary one, by the associations API.

    A portal that does not serve it for an object (404), or not to this token (403), is asked once: these records
    then count as without a company, and other ways to identify them are left.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._not_served: set[str] = set()

    def primary(self, object: str, ids: Sequence[str]) -> dict[str, str | None]:
        """Record id → id of its primary company, None where there is none or nobody tells."""
        found: dict[str, str | None] = dict.fromkeys(ids)
        for start in range(0, len(ids), ASSOCIATION_BATCH):
            for entry in self._entries(object, ids[start : start + ASSOCIATION_BATCH]):
                record = str((entry.get("from") or {}).get("id"))
                if record in found:
                    found[record] = _primary(entry.get("to") or ())
        return found

    def _entries(self, object: str, ids: Sequence[str]) -> Sequence[Body]:
        if object in self._not_served:
            return ()
        try:
            answer = self._transport.send(
                self._transport.endpoints.companies_of, object, {"inputs": [{"id": one} for one in ids]}
            )
        except (Forbidden, ReadRefused) as refusal:
            if isinstance(refusal, ReadRefused) and refusal.http_status != 404:
                raise
            self._not_served.add(object)
            _log.warning("no company is known of HubSpot %s in this run: %s", object, refusal.message)
            return ()
        return results(answer, str(self._transport.endpoints.companies_of))


class PrimaryCompanies:
    """The primary companies of one read; each is fetched once while it stays among the last 10,000.

    ``paths``: related path → company property. ``named``: the records have a property that names their company.
    Where it is blank throughout the first page (some portals never fill it), associations are asked once, and for
    the rest of the read as well if they know more.
    """

    def __init__(
        self, associations: Associations, fetch: Fetch, object: str, paths: Mapping[str, str], *, named: bool
    ) -> None:
        self._associations = associations
        self._fetch = fetch
        self._object = object
        self._paths = paths
        self._asks: bool | None = None if named else True  # None: the first page will tell
        self._known: dict[str, Mapping[str, Value]] = {}

    def values(self, page: Mapping[str, str | None]) -> Mapping[str, Mapping[str, Value]]:
        """Record id → value of each path, None where there is no company; ``page``: record id → company it names."""
        company_of = self._company_of(page)
        wanted = {company for company in company_of.values() if company}
        kept = {company: self._known[company] for company in wanted & self._known.keys()}
        kept |= self._load(sorted(wanted - kept.keys()))
        self._remember(kept)
        nothing = dict.fromkeys(self._paths)
        return {record: kept.get(company or "", nothing) for record, company in company_of.items()}

    def _company_of(self, page: Mapping[str, str | None]) -> Mapping[str, str | None]:
        if self._asks is False or (self._asks is None and any(page.values())):
            self._asks = False
            return page
        asked = self._associations.primary(self._object, list(page))
        if self._asks is None and page:
            self._asks = any(asked.values())
        return asked

    def _load(self, companies: Sequence[str]) -> dict[str, Mapping[str, Value]]:
        fields = sorted(set(self._paths.values()))
        read = self._fetch(COMPANIES, companies, fields) if companies else {}
        return {
            one: {path: read[one].values[name] if one in read else None for path, name in self._paths.items()}
            for one in companies
        }

    def _remember(self, used: Mapping[str, Mapping[str, Value]]) -> None:
        for company, values in used.items():
            self._known.pop(company, None)
            self._known[company] = values
        for oldest in list(islice(self._known, max(0, len(self._known) - _CACHED))):
            del self._known[oldest]


def _with_near(path: str) -> str:
    first, _, rest = path.partition(".")
    meant = rest and "." not in rest and get_close_matches(first, [COMPANIES], n=1)
    return f"{path} — did you mean '{COMPANIES}.{rest}'?" if meant and first != COMPANIES else path


def _primary(companies: Sequence[Body]) -> str | None:
    """The association labelled primary, else the only one; several without that label say nothing."""
    chosen = [one for one in companies if any(_is_primary(kind) for kind in one.get("associationTypes") or ())]
    if not chosen and len(companies) == 1:
        chosen = list(companies)
    return str(chosen[0]["toObjectId"]) if chosen else None


def _is_primary(kind: Mapping[str, Any]) -> bool:
    own = kind.get("category") == "HUBSPOT_DEFINED"
    return own and (kind.get("label") == _PRIMARY_LABEL or kind.get("typeId") in _PRIMARY_TYPES)
