"""Fills ``companies.<property>`` of a page of records from each record's primary company.

A contact names its primary company itself (``associatedcompanyid``); for other objects the associations API is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from connector.crm.hubspot.answers import Body, results
from connector.crm.hubspot.endpoints import ASSOCIATION_BATCH, COMPANIES, COMPANIES_OF
from connector.crm.hubspot.transport import Transport
from connector.errors import ConfigError
from connector.models import Record, Value

_CACHED = 10_000  # companies kept while one read runs; neighbours in a CRM share them
_PRIMARY_LABEL = "Primary"
# HubSpot's own types: contact, deal and ticket to primary company
# (https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide#association-type-id-values)
_PRIMARY_TYPES = (1, 5, 26)

Fetch = Callable[[str, Sequence[str], Sequence[str]], Mapping[str, Record]]


def split_fields(object: str, fields: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Own properties, and related paths with the company property that each means.

    ConfigError: a path through anything but the primary company.
    """
    own = [name for name in fields if "." not in name]
    related: dict[str, str] = {}
    for path in fields:
        first, dot, rest = path.partition(".")
        if not dot:
            continue
        if first != COMPANIES or not rest or "." in rest or object == COMPANIES:
            raise ConfigError(
                f"{path}: HubSpot {object} have no such related field",
                hint=f"a related field is {COMPANIES}.<property>, read from the primary company"
                if object != COMPANIES
                else "companies have no related fields here",
            )
        related[path] = rest
    return own, related


class PrimaryCompanies:
    """The primary companies of one read; each is fetched once while it stays among the last 10,000.

    ``paths``: related path → company property.
    """

    def __init__(self, transport: Transport, fetch: Fetch, object: str, paths: Mapping[str, str]) -> None:
        self._transport = transport
        self._fetch = fetch
        self._object = object
        self._paths = paths
        self._known: dict[str, Mapping[str, Value]] = {}

    def values(self, company_of: Mapping[str, str | None]) -> Mapping[str, Mapping[str, Value]]:
        """Record id → value of each path, from record id → company id; None where there is no company."""
        wanted = {company for company in company_of.values() if company}
        kept = {company: self._known[company] for company in wanted & self._known.keys()}
        kept |= self._load(sorted(wanted - kept.keys()))
        self._remember(kept)
        nothing = dict.fromkeys(self._paths)
        return {record: kept.get(company or "", nothing) for record, company in company_of.items()}

    def associated(self, ids: Sequence[str]) -> dict[str, str | None]:
        """Record id → id of its primary company, for objects that do not name it themselves."""
        found: dict[str, str | None] = dict.fromkeys(ids)
        for start in range(0, len(ids), ASSOCIATION_BATCH):
            inputs = [{"id": one} for one in ids[start : start + ASSOCIATION_BATCH]]
            answer = self._transport.send(COMPANIES_OF, self._object, {"inputs": inputs})
            for entry in results(answer, str(COMPANIES_OF)):
                record = str((entry.get("from") or {}).get("id"))
                if record in found:
                    found[record] = _primary(entry.get("to") or ())
        return found

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


def _primary(companies: Sequence[Body]) -> str | None:
    """The association labelled primary, else the only one; several without that label say nothing."""
    chosen = [one for one in companies if any(_is_primary(kind) for kind in one.get("associationTypes") or ())]
    if not chosen and len(companies) == 1:
        chosen = list(companies)
    return str(chosen[0]["toObjectId"]) if chosen else None


def _is_primary(kind: Mapping[str, Any]) -> bool:
    own = kind.get("category") == "HUBSPOT_DEFINED"
    return own and (kind.get("label") == _PRIMARY_LABEL or kind.get("typeId") in _PRIMARY_TYPES)
