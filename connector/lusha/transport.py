"""The one send path to Lusha: take a rate token → sign → send → classify → decide.

Requests are built in ``v3``, answers read in ``v3_answers``; this file alone holds the connection, the clock and
the key. Safe to call from several threads.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from connector.errors import AccessDenied
from connector.hosts import is_loopback
from connector.lusha import v3, v3_answers
from connector.lusha.cleaning import mapping, texts
from connector.lusha.errors import Decision, Fault, decide
from connector.lusha.limits import Limits
from connector.lusha.prices import PriceList
from connector.models import Account, Answer, Entity, Identity
from connector.pacing import Clock, Pacer, Rate, Sleep, backoff
from connector.redact import Secret, redact

BASE_URL = "https://api.lusha.com"
USAGE_RATE = Rate(5, 60.0)
"""Lusha's own limit for the usage endpoint."""

_TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=60.0, pool=10.0)
_UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
_LONGEST_WORDS = 300

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(slots=True)
class _Gate:
    """One endpoint's rate, and the plan's windows that it counts in."""

    pacer: Pacer
    limits: Limits
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True)
class _Reply:
    """What came back: a status with a readable answer, or a fault; ``words`` are the other side's own."""

    seen: int | Fault
    payload: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""


class LushaClient:
    """Lusha's API V3 for one key.

    ``base_url`` may carry a path prefix. ``rate_limit``: requests per second and endpoint. ``transport``,
    ``clock`` and ``sleep`` (seconds) are for tests. Raises the tree of ``connector.errors``: AccessDenied,
    QuotaExhausted, RequestRefused (nothing was done), VendorUnreachable, InDoubt (paid calls only).
    """

    def __init__(
        self,
        api_key: Secret,
        *,
        base_url: str = BASE_URL,
        rate_limit: int = 25,
        transport: httpx.BaseTransport | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._key = _checked(api_key)
        self._clock, self._sleep = clock, sleep
        self._rate = Rate(rate_limit, 1.0)
        self._plan = Limits()
        self._gates: dict[str, _Gate] = {}
        self._lock = Lock()
        self._calls = 0
        self._prices = PriceList()
        for name in ("httpx", "httpcore"):  # they log addresses, and at DEBUG headers
            logging.getLogger(name).setLevel(logging.WARNING)
        self._http = httpx.Client(
            base_url=base_url,
            transport=transport,
            timeout=_TIMEOUT,
            follow_redirects=False,
            mounts=_past_proxies(base_url),
            headers={"accept": "application/json", "user-agent": "lusha-crm-connector"},
        )

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, every repetition included."""
        return self._calls

    def account(self) -> Account:
        """Remaining credits and the price of each action; free, at most five times a minute.

        Its prices are used from then on where a search answer names none.
        """
        account = self._send("GET", v3.USAGE_PATH, None, v3_answers.account)
        self._prices = PriceList(account.prices)
        return account

    def search(self, entity: Entity, identities: Sequence[Identity]) -> Answer:
        """Previews of 1 to 100 people or companies, in the order asked; costs the search fee.

        An item that Lusha left out has the error NO_ANSWER. RequestRefused: an item Lusha will not take, found
        before sending where possible.
        """
        references = [str(place) for place in range(1, len(identities) + 1)]
        path, body = v3.search_body(entity, identities, references)
        return self._send(
            "POST", path, body, lambda told: v3_answers.search_answer(told, entity, references, self._prices)
        )

    def enrich(self, entity: Entity, ids: Sequence[str], reveal: Collection[str]) -> Answer:
        """Profiles of 1 to 100 Lusha ids, in the order asked, with the data named in ``reveal``.

        ``reveal``: data of the catalogue; for companies it may be empty (the base enrich), for people not.
        """
        path, body = v3.enrich_body(entity, ids, reveal)
        return self._send("POST", path, body, lambda told: v3_answers.enrich_answer(told, entity, ids, reveal))

    def close(self) -> None:
        """Give connections back."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, method: str, path: str, body: object, read: Callable[[Mapping[str, Any]], _T]) -> _T:
        """One request until there is an answer or an error; only what certainly did nothing is repeated."""
        gate, paid = self._gate(path), method == "POST"
        attempt = 0
        while True:
            attempt += 1
            self._take_token(gate)
            begun = self._clock()
            reply = self._attempt(gate, method, path, body)
            took = 1000 * (self._clock() - begun)
            _log.debug("%s %s: %s in %.0f ms, attempt %d", method, path, reply.seen, took, attempt)
            decision = decide(reply.seen, reply.words, attempt, paid=paid)
            if decision.action == "use":
                try:
                    return read(reply.payload)
                except v3_answers.Undocumented as error:
                    decision = decide("unreadable", str(error), attempt, paid=paid)
            if decision.action == "raise":
                raise decision.exception(f"{method} {path}")
            self._pause(gate, decision, attempt)

    def _gate(self, path: str) -> _Gate:
        with self._lock:
            if path not in self._gates:
                usage = path == v3.USAGE_PATH
                rates = (self._rate, USAGE_RATE) if usage else (self._rate,)
                pacer = Pacer(*rates, clock=self._clock, sleep=self._sleep)
                # The usage endpoint has a limit of its own; what its headers tell is not the plan's.
                self._gates[path] = _Gate(pacer, Limits() if usage else self._plan)
            return self._gates[path]

    def _take_token(self, gate: _Gate) -> None:
        with gate.lock:
            if (seconds := gate.limits.wait(self._clock())) > 0:
                _log.info("Lusha's limit is used up: waiting %.0f s", seconds)
                gate.pacer.pause(seconds)
            gate.pacer.wait()

    def _pause(self, gate: _Gate, decision: Decision, attempt: int) -> None:
        if decision.pause is not None:
            gate.limits.resets_in(decision.pause, self._clock())
        with gate.lock:
            gate.pacer.pause(backoff(attempt) if decision.pause is None else decision.pause)

    def _attempt(self, gate: _Gate, method: str, path: str, body: Any) -> _Reply:
        try:
            response = self._http.request(method, path, json=body, auth=self._sign)
        except _UNSENT as error:
            return _Reply("unsent", words=self._words(f"{type(error).__name__}: {error}"))
        except httpx.DecodingError:
            self._count()
            return _Reply("unreadable", words="broken compression")
        except httpx.TransportError as error:
            self._count()
            return _Reply("cut", words=type(error).__name__)
        self._count()
        gate.limits.observe(response.headers, self._clock())
        return self._classify(response)

    def _sign(self, request: httpx.Request) -> httpx.Request:
        request.headers["api_key"] = self._key.reveal()
        return request

    def _count(self) -> None:
        with self._lock:
            self._calls += 1

    def _classify(self, response: httpx.Response) -> _Reply:
        try:
            payload = response.json()
            if b"\\ud" in response.content.lower():  # half a character, legal in JSON, can be stored nowhere
                payload = json.loads(json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace"))
        except ValueError:
            payload = None
        if isinstance(payload, Mapping):
            return _Reply(response.status_code, payload, self._words(_said(payload)))
        return _Reply("unreadable", words="not JSON") if response.is_success else _Reply(response.status_code)

    def _words(self, said: str) -> str:
        """The other side's own words, fit for a message: one line, no key, no personal data."""
        line = " ".join(said.replace(self._key.reveal(), "***").split())
        return redact(line)[:_LONGEST_WORDS]


def _said(payload: Mapping[str, Any]) -> str:
    """Lusha's message in either shape: ``{statusCode, message, errors?}`` or ``{error: {code, message}}``."""
    nested = mapping(payload.get("error"))
    told = texts(payload.get("message")) or texts(nested.get("message")) or texts(payload.get("error"))
    return "; ".join([*told, *texts(payload.get("errors"))])


def _checked(key: Secret) -> Secret:
    """The key without white space around it (keys read from files end in a newline)."""
    value = key.reveal().strip()
    if not value or any(not "!" <= char <= "~" for char in value):
        raise AccessDenied("the Lusha API key is blank or holds characters that no key has", hint="check lusha.api_key")
    return Secret(value)


def _past_proxies(base_url: str) -> dict[str, None] | None:
    """A proxy of the environment never stands between us and a local server."""
    host = httpx.URL(base_url).host
    named = f"[{host}]" if ":" in host else host
    return {f"all://{named}": None} if is_loopback(host) else None
