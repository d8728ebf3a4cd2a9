"""Requests of each kind, full pages and batches as the product sends them, for ``benchmarks.sandbox``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from benchmarks.box import HUBSPOT_TOKEN, LUSHA_KEY, SALESFORCE_CLIENT, Box
from benchmarks.somebody import somebody
from connector.sandbox.native import salesforce_id

_BLANK = ("jobtitle", "phone", "mobilephone")
_HUBSPOT_FIELDS = ("firstname", "lastname", "email", "company", "hs_linkedin_url", "lusha_last_enriched", *_BLANK)
_SALESFORCE_FIELDS = "Id, SystemModstamp, FirstName, LastName, Email, LinkedIn_URL__c, Title, Phone, MobilePhone"
_BEFORE_FIRST = 88_000_000_000
_SET = 25_000
_PATIENCE = 60
_CONTACTS, _DATA = "/crm/v3/objects/contacts", "/services/data/v68.0"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request. ``records`` of each; ``ask``: sends the nth one (from 0); ``rate``: how many a second the
    vendor takes, None where only a day's quota limits them."""

    name: str
    records: int
    rate: int | None
    ask: Callable[[int], Any]


class Lusha:
    """``records`` people of a world, 100 at a time."""

    def __init__(self, box: Box, records: int, seed: int) -> None:
        self._client = httpx.Client(base_url=box.addresses["lusha"], headers={"api_key": LUSHA_KEY})
        self._records, self._seed = records, seed

    def kinds(self) -> Iterator[Kind]:
        yield Kind("lusha search", 100, 25, self._search)
        yield Kind("lusha enrich", 100, 25, self._enrich)

    def _search(self, n: int) -> None:
        people = (somebody(number, self._seed) for number in _numbers(n, 100, self._records))
        items = [{"clientReferenceId": one.id, "linkedinUrl": one.linkedin} for one in people]
        self._client.post("/v3/contacts/search", json={"contacts": items}).raise_for_status()

    def _enrich(self, n: int) -> None:
        ids = [somebody(number, self._seed).id for number in _numbers(n, 100, self._records)]
        body = {"ids": ids, "reveal": ["emails", "phones"]}
        self._client.post("/v3/contacts/enrich", json=body).raise_for_status()


class HubSpot:
    """A portal's ``records`` contacts."""

    def __init__(self, box: Box, records: int) -> None:
        headers = {"Authorization": f"Bearer {HUBSPOT_TOKEN}"}
        self._client = httpx.Client(base_url=box.addresses["hubspot"], headers=headers, timeout=_PATIENCE)
        self._records = records

    def kinds(self) -> Iterator[Kind]:
        since = {"propertyName": "lastmodifieddate", "operator": "GTE", "value": "1900000000000"}
        yield Kind("search", 200, 5, self._search)
        yield Kind("search since", 200, 5, lambda n: self._search(n, since))
        yield Kind("list", 100, 19, self._list)
        yield Kind("batch read", 100, 19, self._read)
        yield Kind("batch update", 100, 19, self._update)
        yield Kind("update and search", 200, 5, lambda n: (self._update(n + 1), self._search(n)))

    def _search(self, n: int, *more: dict[str, Any]) -> None:
        turned = {"propertyName": "hs_object_id", "operator": "GT", "value": str(_BEFORE_FIRST + 200 * n)}
        blank = [{"propertyName": name, "operator": "NOT_HAS_PROPERTY"} for name in _BLANK]
        groups = [{"filters": [one, *more, turned]} for one in blank]
        self._post("search", {"filterGroups": groups, "limit": 200, "properties": _HUBSPOT_FIELDS})

    def _list(self, n: int) -> None:
        asked = {"limit": 100, "properties": ",".join(_HUBSPOT_FIELDS), "after": _BEFORE_FIRST + 100 * n}
        self._client.get(_CONTACTS, params=asked).raise_for_status()

    def _read(self, n: int) -> None:
        self._post("batch/read", {"inputs": [{"id": id} for id in self._ids(n)], "properties": _HUBSPOT_FIELDS})

    def _update(self, n: int) -> None:
        values = {"jobtitle": f"Clerk {n}", "phone": "+12065550100", "lusha_last_enriched": "2026-11-20T00:00:00.000Z"}
        self._post("batch/update", {"inputs": [{"id": id, "properties": values} for id in self._ids(n)]})

    def _ids(self, n: int) -> list[str]:
        return [str(_BEFORE_FIRST + number) for number in _numbers(n, 100, self._records)]

    def _post(self, path: str, body: dict[str, Any]) -> None:
        self._client.post(f"{_CONTACTS}/{path}", json=body).raise_for_status()


class Salesforce:
    """An org's ``records`` contacts."""

    def __init__(self, box: Box, records: int) -> None:
        id, secret = SALESFORCE_CLIENT
        client = self._client = httpx.Client(base_url=box.addresses["salesforce"], timeout=_PATIENCE)
        body = {"grant_type": "client_credentials", "client_id": id, "client_secret": secret}
        token = client.post("/services/oauth2/token", data=body).json()["access_token"]
        client.headers.update({"Authorization": f"Bearer {token}", "Sforce-Auto-Assign": "FALSE"})
        self._records = records
        self._soql = f"SELECT {_SALESFORCE_FIELDS}, Account.Name FROM Contact WHERE Title = null ORDER BY AccountId, Id"
        self._next = ""
        self._job, self._locator = "", "null"

    def kinds(self) -> Iterator[Kind]:
        yield Kind("query page", 2_000, None, self._page)
        yield Kind("retrieve", 2_000, None, self._retrieve)
        yield Kind("update", 200, None, self._update)
        yield Kind("bulk set", min(_SET, self._records), None, self._set)

    def _page(self, _: int) -> None:
        """Page after page, from the first again after the last."""
        asked = {} if self._next else {"params": {"q": self._soql}}
        answer = self._client.get(self._next or f"{_DATA}/query", **asked)
        self._next = answer.raise_for_status().json().get("nextRecordsUrl", "")

    def _retrieve(self, n: int) -> None:
        body = {"ids": self._ids(n, 2_000), "fields": _SALESFORCE_FIELDS.split(", ")}
        self._client.post(f"{_DATA}/composite/sobjects/Contact", json=body).raise_for_status()

    def _update(self, n: int) -> None:
        values = {"attributes": {"type": "Contact"}, "Title": f"Clerk {n}", "Phone": "+12065550100"}
        body = {"allOrNone": False, "records": [{**values, "id": id} for id in self._ids(n, 200)]}
        self._client.patch(f"{_DATA}/composite/sobjects", json=body).raise_for_status()

    def _set(self, _: int) -> None:
        """The first: the job and its first set; then set after set, from the first again after the last."""
        path = f"{_DATA}/jobs/query"
        if not self._job:
            self._job = self._client.post(path, json={"operation": "query", "query": self._soql}).json()["id"]
            while self._client.get(f"{path}/{self._job}").json()["state"] != "JobComplete":
                pass  # it moves on when it is looked at
        asked = {"maxRecords": _SET} | ({"locator": self._locator} if self._locator != "null" else {})
        answer = self._client.get(f"{path}/{self._job}/results", params=asked).raise_for_status()
        self._locator = answer.headers["sforce-locator"]

    def _ids(self, n: int, size: int) -> list[str]:
        return [salesforce_id("003", number) for number in _numbers(n, size, self._records)]


def _numbers(n: int, size: int, records: int) -> Iterator[int]:
    """The nth batch of a world's records, from the first again after the last."""
    return (number % records + 1 for number in range(size * n, size * (n + 1)))
