"""Two ways to put the Salesforce adapter under test: against the sandbox over real HTTP, or against a script.

``SandboxBench`` is what the contract suite needs; ``Script`` plays answers and faults that no honest server gives.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import requests
from requests.adapters import BaseAdapter

from connector.crm.base import Crm
from connector.crm.salesforce import connect
from connector.crm.salesforce.adapter import SalesforceCrm
from connector.crm.salesforce.signin import account_of
from connector.crm.salesforce.transport import Transport
from connector.models import Value
from connector.redact import Secret
from connector.sandbox.native import salesforce_id
from connector.sandbox.salesforce import CLIENT_ID, CLIENT_SECRET, TOKEN, SalesforceOrg
from connector.sandbox.serving import LocalServer
from tests.crm.contract import Names

NAMES = Names("Contact", "Title", "Phone", "Seniority__c", "Lusha_Last_Enriched__c", option="Director")
INSTANCE = "https://acme.my.salesforce.com"
ACCESS = "00D000000000001!token"


def no_sleep(_seconds: float) -> None:
    """Waits for nothing."""


def now() -> datetime:
    return datetime(2026, 7, 1, 12, tzinfo=UTC)


def earlier() -> datetime:
    return datetime(2026, 6, 30, 12, tzinfo=UTC)


class Wall:
    """The clock of an org and of its clients: it stands still until somebody moves it."""

    def __init__(self) -> None:
        self.time = now()

    def __call__(self) -> datetime:
        return self.time


class SandboxBench:
    """A sandbox org with no contacts but those that a test seeds; signed in by client credentials."""

    names = NAMES
    more_than_a_page = 700
    bad_where = "Titel = 'x'"
    unknown_paths = ("Acount.Website", "Account.Websiet")
    conditional = True

    def __init__(self, org: SalesforceOrg, url: str, wall: Wall, **connection: Any) -> None:
        self.org = org
        self.wall = wall
        self.url = url
        self.connection = connection
        self.crm = self.connect(auth="client_credentials", client_id=CLIENT_ID, client_secret=Secret(CLIENT_SECRET))

    def connect(self, **connection: Any) -> Crm:
        """An adapter for this org, however it signs in."""
        now = connection.pop("now", self.wall)
        return connect({"instance_url": self.url, **self.connection, **connection}, sleep=no_sleep, now=now)

    def time(self) -> datetime:
        return self.wall.time

    def wait(self, seconds: float) -> None:
        self.wall.time += timedelta(seconds=seconds)

    def edit(self, id: str, values: Mapping[str, Value]) -> None:
        self.org.edit("Contact", id, **values)

    def seed(self, rows: Sequence[Mapping[str, Value]]) -> Sequence[str]:
        ids = [salesforce_id("003", number) for number in range(1, len(rows) + 1)]
        typed = [
            {"Id": id, "LastName": "Doe", **{name: value or None for name, value in row.items()}}
            for id, row in zip(ids, rows, strict=True)
        ]
        fresh = SalesforceOrg(SimpleNamespace(salesforce={"Contact": typed, "Account": []}), clock=earlier)
        self.org.tables["ContactHistory"].rows.clear()
        self.org.tables["Contact"].rows.clear()
        self.org.tables["Contact"].rows.update(fresh.tables["Contact"].rows)
        self.org.requests.clear()
        return ids

    def held(self, id: str) -> Mapping[str, Value]:
        return self.org.row("Contact", id)

    def received(self) -> Sequence[tuple[str, frozenset[str]]]:
        return [
            (record["id"], frozenset(record.keys() - {"id", "attributes"}))
            for request in self.org.requests
            if request.method == "PATCH"
            for record in request.body.get("records") or [{**request.body, "id": request.path.rpartition("/")[2]}]
        ]

    def alone(self) -> Sequence[tuple[str, str]]:
        """Every write on condition since ``seed``: record id, and the time compared."""
        sent = [request for request in self.org.requests if "if-unmodified-since" in request.headers]
        return [(one.path.rpartition("/")[2], one.headers["if-unmodified-since"]) for one in sent]

    def where(self, text: str) -> object:
        return f"Title = '{text}'"

    def unknown_id(self) -> str:
        return salesforce_id("003", 999_999)

    def delete(self, id: str) -> None:
        self.org.delete("Contact", id)

    def merge(self, id: str, into: str) -> str:
        self.org.delete("Contact", id, merged_into=into)
        return into

    def lose_next_answer(self) -> None:
        self.org.drop_next(path="/services/data/v68.0/composite/sobjects")

    def exhaust(self) -> None:
        self.org.daily.requests = self.org.daily.used

    def wrong_key(self) -> Crm:
        return self.connect(auth="token", access_token=Secret("00DSB0000000001!wrong"))

    def nobody_home(self) -> Crm:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        connection = {"auth": "token", "instance_url": f"http://127.0.0.1:{port}", "access_token": Secret(TOKEN)}
        return connect(connection, sleep=no_sleep)


@contextmanager
def sandbox_bench(*, page_size: int = 300, **connection: Any) -> Iterator[SandboxBench]:
    """A running sandbox org and its bench; ``connection``: keys beside those of the sign-in."""
    world = SimpleNamespace(salesforce={"Contact": [], "Account": []})
    wall = Wall()
    org = SalesforceOrg(world, clock=wall)
    org.page_size = page_size
    server = LocalServer(org.app(), clock=wall)
    server.start()
    try:
        bench = SandboxBench(org, server.url, wall, **connection)
        yield bench
        bench.crm.close()
    finally:
        server.end()  # it stops by itself in a moment, and the next test need not wait


Step = requests.Response | Exception | Callable[[requests.PreparedRequest], requests.Response]


class Script(BaseAdapter):
    """Plays one step for each request, in order; keeps the requests."""

    def __init__(self, *steps: Step) -> None:
        super().__init__()
        self.steps = list(steps)
        self.requests: list[requests.PreparedRequest] = []
        self.slept: list[float] = []

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self.requests.append(request.copy())
        assert self.steps, f"one request too many: {request.method} {request.url}"
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        answer = step(request) if callable(step) and not isinstance(step, requests.Response) else step
        assert isinstance(answer, requests.Response)
        answer.request, answer.url = request, str(request.url)
        return answer

    def close(self) -> None:
        """Nothing to close."""

    def bodies(self) -> list[Any]:
        """The JSON bodies of all requests."""
        return [json.loads(request.body) if request.body else None for request in self.requests]


def reply(status: int, body: object = None, **headers: str) -> requests.Response:
    """An answer: ``body`` as JSON, or raw where it is bytes."""
    answer = requests.Response()
    answer.status_code = status
    answer._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return answer


def refusal(status: int, code: str, message: str = "words") -> requests.Response:
    """Salesforce's own shape of an error."""
    return reply(status, [{"errorCode": code, "message": message}])


def scripted(*steps: Step, **connection: Any) -> tuple[SalesforceCrm, Script]:
    """The adapter over a script; signed in by a token unless told otherwise."""
    script = Script(*steps)
    return over(script, **connection), script


def over(script: Script, **connection: Any) -> SalesforceCrm:
    """The same over a script that is there already."""
    reserve = connection.pop("reserve", 0.2)
    settings = {key: connection.pop(key) for key in ("bulk_read_from", "bulk_write_from") if key in connection}
    clock, sleep = connection.pop("clock", time.monotonic), connection.pop("sleep", script.slept.append)
    session = requests.Session()
    session.mount("https://", script)
    account = account_of(
        {"auth": "token", "instance_url": INSTANCE, "access_token": Secret(ACCESS), **connection},
    )
    transport = Transport(session, account, reserve=reserve, clock=clock, sleep=sleep)
    return SalesforceCrm(transport, now=now, **settings)


BY_CLIENT: Mapping[str, Any] = {"auth": "client_credentials", "client_id": "app", "client_secret": Secret("s3cret")}


def token_reply(number: int = 1, instance: str = INSTANCE) -> requests.Response:
    """The token endpoint's good answer."""
    return reply(200, {"access_token": f"00D000000000001!t{number}", "instance_url": instance})


def described(*fields: Mapping[str, Any], types: Sequence[Mapping[str, Any]] = ()) -> requests.Response:
    """A describe answer with at least the fields that every object has; ``types``: its record types."""
    common = [
        {"name": "Id", "label": "Id", "type": "id", "length": 18},
        {"name": "SystemModstamp", "label": "Modified", "type": "datetime", "length": 0},
        {"name": "Title", "label": "Title", "type": "string", "length": 128, "updateable": True},
    ]
    return reply(200, {"fields": [*common, *fields], "recordTypeInfos": list(types)})
