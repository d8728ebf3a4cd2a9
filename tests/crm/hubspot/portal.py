"""A scripted HubSpot behind the real SDK: it stands where urllib3's pool stands, so no socket is opened.

``StubPortal`` keeps rows and answers the few paths that the adapter uses; ``script`` puts answers or faults in front.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from urllib3 import HTTPHeaderDict

from connector.crm.hubspot import connect
from connector.redact import Secret

BASE_URL = "http://127.0.0.1:9"
Answer = tuple[int, Any]
Rule = Callable[[list[dict[str, Any]]], Answer | None]


class FakeTime:
    """A clock that only ``sleep`` moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Reply:
    """What the SDK reads of a urllib3 response."""

    reason = "scripted"

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.headers = HTTPHeaderDict({"Content-Type": "application/json", **(headers or {})})

    def getheaders(self) -> HTTPHeaderDict:
        return self.headers


def definition(name: str, kind: str = "string", widget: str = "text", **more: Any) -> dict[str, Any]:
    """One property definition as ``GET /crm/v3/properties`` lists it."""
    return {"name": name, "label": name.title(), "type": kind, "fieldType": widget, **more}


CONTACT_PROPERTIES = [
    definition("email"),
    definition("firstname"),
    definition("jobtitle"),
    definition("phone", widget="phonenumber"),
    definition("employees", "number", "number"),
    definition("level", "enumeration", "select", options=[{"value": "c_suite", "label": "C-Suite"}]),
    definition("badge", hasUniqueValue=True),
    definition("stamp", "datetime", "date"),
    definition("stamp_text"),
    definition("associatedcompanyid", "number", "number"),
    definition("score", "number", "number", calculated=True),
    definition("hs_email_optout", "bool", "booleancheckbox"),
]
COMPANY_PROPERTIES = [definition("name"), definition("domain"), definition("employees", "number", "number")]


class StubPortal:
    """Rows by object and id, the requests that came, and rules that refuse batches."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, dict[str, Any]]] = {"contacts": {}, "companies": {}, "pets": {}}
        self.properties = {
            "contacts": CONTACT_PROPERTIES,
            "companies": COMPANY_PROPERTIES,
            "pets": [definition("name")],
        }
        self.requests: list[tuple[str, str, Any]] = []
        self.script: deque[Any] = deque()
        self.rule: Rule = lambda inputs: None
        self.associations: dict[str, list[dict[str, Any]]] = {}
        self.silent: set[str] = set()
        self.time = FakeTime()
        self.slow = 0.0
        self.refused: dict[str, Answer] = {}

    def connect(self, **connection: Any) -> Any:
        """The adapter on this portal, through ``connector.crm.hubspot.connect``."""
        settings = {
            "access_token": Secret("test-token"),
            "base_url": BASE_URL,
            "api_version": "v3",
            "ca_file": None,
            "api_reserve": 0.2,
            **connection,
        }
        crm: Any = connect(settings, clock=self.time.clock, sleep=self.time.sleep)
        crm._transport._wire._api.rest_client.pool_manager = self
        return crm

    def add(self, object: str, id: str, **properties: Any) -> None:
        self.rows[object][id] = properties

    def sent(self, ending: str) -> list[Any]:
        """What was sent to paths that end so: bodies, or for a GET the query."""
        return [body for _, path, body in self.requests if path.endswith(ending)]

    def request(self, method: str, url: str, body: str | None = None, **options: Any) -> Reply:
        limit = options["timeout"]  # the SDK has none of its own: a call could wait for ever
        assert limit is not None and None not in (limit.connect_timeout, limit.read_timeout), "no time limit"
        address = urlsplit(url)
        path, query = address.path, {name: given[0] for name, given in parse_qs(address.query).items()}
        content = json.loads(body) if body else query or None
        self.requests.append((method, path, content))
        self.time.now += self.slow
        if self.script:
            scripted = self.script.popleft()
            if isinstance(scripted, Exception):
                raise scripted
            if scripted is not None:
                return scripted if isinstance(scripted, Reply) else Reply(*scripted)
        return Reply(*self._answer(path, content))

    def clear(self) -> None:
        self.requests.append(("", "closed", None))

    def _answer(self, path: str, body: Any) -> Answer:
        parts = path.strip("/").split("/")
        if refused := next((answer for place, answer in self.refused.items() if place in parts), None):
            return refused
        if path == "/account-info/v3/details":
            return 200, {"portalId": 8800001}
        if parts[-1] == "schemas":
            return 403, {"message": "no scope"}
        if "associations" in parts:
            return 200, {
                "results": [
                    {"from": {"id": one["id"]}, "to": self.associations[one["id"]]}
                    for one in body["inputs"]
                    if one["id"] in self.associations
                ]
            }
        if "properties" in parts:
            known = self.properties.get(parts[-1])
            return (200, {"results": known}) if known else (404, {"message": "Unable to infer object type"})
        rows = self.rows[parts[3]]
        if parts[-1] in self.rows:
            return self._list(rows, body)
        return {"search": self._search, "read": self._read, "update": self._update}[parts[-1]](rows, body)

    def _list(self, rows: dict[str, dict[str, Any]], query: Any) -> Answer:
        assert int(query["limit"]) <= 100
        after = int(query.get("after", 0))
        ids = [one for one in sorted(rows, key=int) if int(one) > after]
        page = [self._entry(one, rows[one], query["properties"].split(",")) for one in ids[: int(query["limit"])]]
        more = {"paging": {"next": {"after": page[-1]["id"]}}} if len(ids) > len(page) else {}
        return 200, {"results": page, **more}

    def _search(self, rows: dict[str, dict[str, Any]], body: Any) -> Answer:
        assert len(json.dumps(body)) <= 3_000
        found = [
            one
            for one in sorted(rows, key=int)
            if any(all(_holds(one, rows[one], f) for f in g["filters"]) for g in body["filterGroups"])
        ]
        if len(found) > 10_000 and int(body.get("after", 0)) + body["limit"] > 10_000:
            return 400, {"message": "paging past 10,000"}
        page = [self._entry(one, rows[one], body["properties"]) for one in found[: body["limit"]]]
        more = {"paging": {"next": {"after": str(body["limit"])}}} if len(found) > len(page) else {}
        return 200, {"total": len(found), "results": page, **more}

    def _read(self, rows: dict[str, dict[str, Any]], body: Any) -> Answer:
        key = body.get("idProperty")
        asked = [one["id"] for one in body["inputs"]]
        assert len(asked) <= 100
        found = {one: row for one, row in rows.items() if (row.get(key) if key else one) in asked}
        known = {row.get(key) if key else one for one, row in found.items()}
        errors = [
            {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "no", "context": {"ids": [one]}}
            for one in asked
            if one not in known
        ]
        results = [self._entry(one, row, body["properties"]) for one, row in found.items()]
        return (207 if errors else 200), {"results": results, **({"errors": errors} if errors else {})}

    def _update(self, rows: dict[str, dict[str, Any]], body: Any) -> Answer:
        if (refused := self.rule(body["inputs"])) is not None:
            return refused
        results, errors = [], []
        for one in body["inputs"]:
            if one["id"] not in rows:
                errors.append({"category": "OBJECT_NOT_FOUND", "message": "gone", "context": {"ids": [one["id"]]}})
            elif one["id"] not in self.silent:
                rows[one["id"]].update(one["properties"])
                results.append({"id": one["id"], "properties": one["properties"]})
        return (207 if errors else 200), {"results": results, **({"errors": errors} if errors else {})}

    def _entry(self, id: str, row: dict[str, Any], properties: list[str]) -> dict[str, Any]:
        return {"id": id, "properties": {name: row.get(name) for name in properties}}


def _holds(id: str, row: dict[str, Any], one: dict[str, Any]) -> bool:
    held = id if one["propertyName"] == "hs_object_id" else row.get(one["propertyName"])
    operator = one["operator"]
    if operator == "NOT_HAS_PROPERTY":
        return held in (None, "")
    if held in (None, ""):
        return False
    if operator == "IN":
        return held in one["values"]
    if operator == "EQ":
        return bool(held == one["value"])
    return int(held) > int(one["value"]) if operator == "GT" else int(held) < int(one["value"])
